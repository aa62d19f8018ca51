"""artgraph merge: shares that several machines described become features."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Choice, Command, makes, option, show, stage, with_corpus

__all__ = ["merge"]


@click.command(cls=Command)
@with_corpus
@click.argument("copies", nargs=-1, type=click.Path(path_type=Path))
@option("merge", "storage", metavar="FOLDER|s3://...", help="As it was given to describe --shard.")
@click.option("--weights", multiple=True, metavar="FILE|BACKBONE=FILE|FOLDER", help="Of networks; default: as noted.")
@option("merge", "device", type=Choice(["auto", "cpu", "cuda"]))
@makes
def merge(corpus: Any, copies: tuple[Path, ...], weights: tuple[str, ...], **options: Any) -> None:
    """Make features of the shares that describe --shard made, in this corpus and in copies of it.

    The features are those of an undivided run, byte for byte.

    \b
    Example:
      artgraph describe mycorpus --with eye,lite --shard 1/2       here
      artgraph describe mycorpus --with eye,lite --shard 2/2       on another machine, with a copy of mycorpus
      artgraph merge mycorpus copy-of-mycorpus
    """
    bars = Bars("merge")
    for made in stage("merge")(corpus, copies, weights=weights or None, progress=bars, **options):
        show(made, bars)
