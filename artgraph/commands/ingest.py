"""artgraph ingest: pictures and a spreadsheet become a corpus."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.run import LINKS_HELP, spreadsheet_options
from artgraph.options import Bars, Command, engine_options, makes, option, result, say, stage, was_given

__all__ = ["ingest"]


@click.command(cls=Command)
@click.argument("images", type=click.Path(path_type=Path), required=False)
@click.option("--no-pictures", is_flag=True, help="A table alone: each row is a work, whose vectors are imported.")
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@spreadsheet_options("ingest")
@option("ingest", "max_refused", type=click.FloatRange(0, 1), help="Share of pictures, or rows, that may be refused.")
@option("ingest", "follow_links", "--follow-links/--no-follow-links", help=LINKS_HELP)
@option("ingest", "workers", type=click.IntRange(1), help="Decoding threads.")
@engine_options("ingest")
@makes
def ingest(images: Path | None, out: Path, no_pictures: bool, **options: Any) -> None:
    """Make a corpus of a folder of pictures and a spreadsheet; or of a table alone, for vectors made elsewhere.

    \b
    Example:
      artgraph ingest scans --metadata scans.csv --column artist=Maker -o mycorpus
      artgraph ingest --no-pictures --metadata works.parquet --column id=object -o mycorpus
    """
    from artgraph.stages.summary import ingest_lines

    if images is None and not no_pictures:
        raise click.UsageError("Name the folder of the pictures; for a table alone, give --no-pictures.")
    if images is not None and no_pictures:
        raise click.UsageError(f"--no-pictures goes without a folder of pictures ('{images}' was given).")
    if no_pictures and was_given("max_unmatched"):
        raise click.UsageError("--max-unmatched is about pictures: without them there is nothing to match.")
    bars = Bars("ingest")
    corpus = stage("ingest")(images, out, progress=bars, **options)
    bars.close()
    for text in ingest_lines(corpus):
        say(text)
    result(stage("info")(corpus))
