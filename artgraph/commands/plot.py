"""artgraph plot: something of the corpus, drawn."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import (
    SEED,
    Bars,
    Choice,
    Command,
    keep,
    makes,
    names,
    option,
    partition_option,
    stage,
    with_corpus,
)
from artgraph.stages.plot import PLOTS

__all__ = ["plot"]


@click.command(cls=Command)
@with_corpus
@click.argument("kind", type=Choice(PLOTS))
@partition_option("plot")
@option("plot", "against", help="confusion: a column, or another partition.")
@option("plot", "model", help="training: which.")
@option("plot", "graph", help="degree: which; default: the one under the partition.")
@click.option("--clusters", callback=names, multiple=True, help="sheets: only these, separated by commas.")
@option("plot", "works", type=click.IntRange(1), help="sheets: at most so many on one.")
@option("plot", "seed", type=SEED, help="resolution: of subsamples and rewired graphs.")
@option("plot", "form", type=Choice(["png", "svg", "pdf"]), help="The file format.")
@option("plot", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: in plots/ of the corpus.")
@makes
def plot(corpus: Any, kind: str, clusters: tuple[str, ...] | None, **options: Any) -> None:
    """Draw something of the corpus, for screen and print.

    \b
    sheets      the most typical works of each cluster: A3, 300 dpi
    confusion   a partition against a column, or another partition
    timeline    the decades of each cluster
    resolution  how stable the clusters are at each resolution
    degree      links and hubs of the graph
    pca         variance explained by the first components of the features
    training    how a VGAE, or a tuned network, learned

    \b
    Example:
      artgraph plot mycorpus sheets --form pdf
      artgraph plot mycorpus confusion --against style
    """
    wanted = None
    if clusters is not None:
        if not all(label.isdigit() for label in clusters):
            raise click.BadParameter("write numbers, such as 0,3,5", param_hint="--clusters")
        wanted = [int(label) for label in clusters]
    bars = Bars("plot")
    for made in stage("plot")(corpus, kind, clusters=wanted, progress=bars, **options):
        keep(made)
        bars.say(made.key)
