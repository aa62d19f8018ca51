"""artgraph ingest: pictures and a spreadsheet become a corpus."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.run import spreadsheet_options
from artgraph.options import Bars, Command, option, say, stage

__all__ = ["ingest"]


@click.command(cls=Command)
@click.argument("images", type=click.Path(path_type=Path))
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@spreadsheet_options("ingest")
@option("ingest", "max_refused", type=click.FloatRange(0, 1), help="Share of pictures that may be refused.")
@option("ingest", "workers", type=click.IntRange(1), help="Decoding threads.")
def ingest(images: Path, out: Path, **options: Any) -> None:
    """Make a corpus of a folder of pictures and a spreadsheet.

    \b
    Example:
      artgraph ingest scans --metadata scans.csv --column artist=Maker -o mycorpus
    """
    from artgraph.stages.summary import ingest_lines

    bars = Bars("ingest")
    corpus = stage("ingest")(images, out, progress=bars, **options)
    bars.close()
    for text in ingest_lines(corpus):
        say(text)
