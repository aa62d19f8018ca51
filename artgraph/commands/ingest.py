"""artgraph ingest: pictures and a spreadsheet become a corpus."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.run import METADATA_HELP
from artgraph.options import Bars, Command, option, say, stage

__all__ = ["ingest"]


@click.command(cls=Command)
@click.argument("images", type=click.Path(path_type=Path))
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@option("ingest", "metadata", type=click.Path(path_type=Path), help=METADATA_HELP)
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS", help="Such as artist=Maker; can be repeated."
)
@option("ingest", "max_refused", type=click.FloatRange(0, 1), help="Share of pictures that may be refused.")
@option("ingest", "workers", type=click.IntRange(1), help="Decoding threads.")
def ingest(images: Path, out: Path, columns: tuple[str, ...], **options: Any) -> None:
    """Make a corpus of a folder of pictures and a spreadsheet.

    \b
    Example:
      artgraph ingest scans --metadata scans.csv --column artist=Maker -o mycorpus
    """
    from artgraph.stages.summary import ingest_lines

    if any("=" not in column for column in columns):
        raise click.BadParameter("write it as OURS=THEIRS, such as artist=Maker", param_hint="--column")
    named = dict(column.split("=", 1) for column in columns) or None
    bars = Bars("ingest")
    corpus = stage("ingest")(images, out, columns=named, progress=bars, **options)
    bars.close()
    for text in ingest_lines(corpus):
        say(text)
