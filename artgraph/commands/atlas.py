"""artgraph atlas: the page to look at."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Command, option, partition_option, show, stage, with_corpus

__all__ = ["atlas"]


@click.command(cls=Command)
@with_corpus
@partition_option("atlas", "The partition that is shown first.")
@option("atlas", "compare", multiple=True, metavar="PARTITION", help="Show this one beside it; can be repeated.")
@option("atlas", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: atlas/ in the corpus.")
@option("atlas", "images", "--images/--no-images", help="Without: a page that carries no pictures.")
def atlas(corpus: Any, **options: Any) -> None:
    """Write the page to look at; it opens by double-click.

    \b
    Example:
      artgraph atlas mycorpus -o mypage
      artgraph atlas mycorpus --compare vgae-leiden
    """
    bars = Bars("atlas")
    show(stage("atlas")(corpus, **options), bars)
