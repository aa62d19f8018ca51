"""artgraph build-graph: features become a graph."""

from typing import Any

import click

from artgraph.options import (
    Bars,
    Command,
    engine_options,
    makes,
    option,
    say,
    settings_options,
    show,
    show_facts,
    stage,
    was_given,
    with_corpus,
)
from artgraph.settings import GraphSettings

__all__ = ["build_graph"]


@click.command("build-graph", cls=Command)
@with_corpus
@option("build_graph", "name", help="Key of the graph.")
@settings_options(GraphSettings)
@engine_options("build_graph", help="Where many works are compared: here, or by Ray.")
@click.option("--diagnose", is_flag=True, help="Also print figures and draw a plot of degree and hubness.")
@makes
def build_graph(corpus: Any, diagnose: bool, **options: Any) -> None:
    """Link every painting to those that look most alike.

    \b
    Example:
      artgraph build-graph mycorpus --on gram,color
      artgraph build-graph mycorpus --on gram,color --merge snf --hubness csls --diagnose
      artgraph build-graph mycorpus --on gram --regress-out greyscale
      artgraph build-graph mycorpus --on vgae --name vgae --cross-artist --artist-edges --artist-edge-weight 2
    """
    if not options["artist_edges"]:
        for name in filter(was_given, ("artist_edge_weight", "max_years")):
            raise click.UsageError(f"--{name.replace('_', '-')} is of no use without --artist-edges")
    bars = Bars("build-graph")
    made = stage("build_graph")(corpus, progress=bars, **options)
    show(made, bars)
    if diagnose:
        show_facts(made.facts)
        out = corpus.path / "plots" / f"{made.key}.png"
        say(f"plot: {stage('plot')(corpus, 'degree', graph=made.key, out=out)[0].key}")
