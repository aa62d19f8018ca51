"""artgraph interpret: what each cluster is."""

from typing import Any

import click

from artgraph.options import Command, as_json, partition_option, settings_options, show_json, stage, with_corpus
from artgraph.settings import InterpretSettings

__all__ = ["interpret", "say"]


def say(text: str) -> None:
    """Print text that quotes the catalogue: no control characters reach the terminal."""
    click.echo("".join(c if c.isprintable() else " " for c in text))


@click.command(cls=Command)
@with_corpus
@partition_option("interpret")
@settings_options(InterpretSettings)
@as_json
def interpret(corpus: Any, as_json: bool, **options: Any) -> None:
    """Say what each cluster is: its works, artists, decades, colours and neighbours.

    Writes exports/PARTITION-clusters.csv, too, and ends with a paragraph for the methods section of a paper.

    \b
    Example:
      artgraph interpret mycorpus --column school,museum
    """
    made = stage("interpret")(corpus, **options)
    if as_json:
        show_json(made.facts)
        return
    for one in made.facts["clusters"]:
        near = ", ".join(f"{other['cluster']} ({other['share']:.0%})" for other in one["near"])
        say(f"cluster {one['cluster']}: {one['sentence']}")
        say(f"  exemplars: {', '.join(one['exemplars'][:3])}" + (f"; linked with {near}" if near else ""))
    click.echo(f"\n{made.facts['methods']}")
    click.echo(f"\ntable: {corpus.path / 'exports' / (made.facts['partition'] + '-clusters.csv')}")
