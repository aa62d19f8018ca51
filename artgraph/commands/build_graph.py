"""artgraph build-graph: features become a graph."""

from typing import Any

import click

from artgraph.options import Command, option, settings_options, show, stage, with_corpus
from artgraph.settings import GraphSettings

__all__ = ["build_graph"]


@click.command("build-graph", cls=Command)
@with_corpus
@option("build_graph", "name", help="Key of the graph.")
@settings_options(GraphSettings)
@click.option("--diagnose", is_flag=True, help="Also print figures and draw a plot of degree and hubness.")
def build_graph(corpus: Any, diagnose: bool, **options: Any) -> None:
    """Link every painting to those that look most alike.

    \b
    Example:
      artgraph build-graph mycorpus --on gram,color
      artgraph build-graph mycorpus --on gram,color --merge snf --hubness csls --diagnose
      artgraph build-graph mycorpus --on gram --regress-out greyscale
      artgraph build-graph mycorpus --on vgae --name vgae --cross-artist --artist-edges --artist-edge-weight 2
    """
    made = stage("build_graph")(corpus, **options)
    show(made)
    if diagnose:
        for fact, value in made.facts.items():
            click.echo(f"  {fact}: {value}")
        out = corpus.path / "plots" / f"{made.key}.png"
        click.echo(f"plot: {stage('plot')(corpus, 'degree', graph=made.key, out=out)[0].key}")
