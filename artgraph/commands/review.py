"""artgraph review: what a reviewer asks about a partition, as a page and a PDF."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import (
    Bars,
    Command,
    as_json,
    option,
    partition_option,
    settings_options,
    show,
    show_json,
    stage,
    with_corpus,
)
from artgraph.settings import ReviewSettings

__all__ = ["review"]


@click.command(cls=Command)
@with_corpus
@partition_option("review")
@settings_options(ReviewSettings)
@option("review", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: in exports/ of the corpus.")
@as_json
def review(corpus: Any, as_json: bool, **options: Any) -> None:
    """Write what a reviewer asks about a partition: one page of HTML, and the same as PDF.

    How reliable and how well connected each cluster is, chance, confounds, births and splits over time, what is out of
    date, decisions that are not met, and what was not checked.

    \b
    Example:
      artgraph review mycorpus
    """
    bars = Bars("review")
    made = stage("review")(corpus, progress=bars, **options)
    if as_json:
        bars.close()
        show_json(made.facts | {"page": made.key})
        return
    show(made, bars)
