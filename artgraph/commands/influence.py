"""artgraph influence: clusters in time."""

from typing import Any

import click

from artgraph.options import Bars, Command, as_json, partition_option, settings_options, show_json, stage, with_corpus
from artgraph.settings import InfluenceSettings

__all__ = ["influence"]


@click.command(cls=Command)
@with_corpus
@partition_option("influence")
@settings_options(InfluenceSettings)
@click.option("--top", type=click.IntRange(1), default=20, help="How many pairs to print; the report holds all.")
@as_json
def influence(corpus: Any, top: int, as_json: bool, **options: Any) -> None:
    """Compare the clusters in time: which precedes, which looks back to which.

    \b
    Example:
      artgraph influence mycorpus
    """
    bars = Bars("influence")
    made = stage("influence")(corpus, **options)
    bars.close()
    if as_json:
        show_json(made.facts)
        return
    for one in made.facts["clusters"]:
        span = f"{one['early']:.0f} to {one['late']:.0f}, median {one['median']:.0f}" if one["dated"] else "no date"
        click.echo(f"cluster {one['cluster']}: {span} ({one['dated']} of {one['size']} works dated)")
    for pair in made.facts["pairs"][:top]:
        click.echo(f"{pair['lift']:6.2f}  {pair['sentence']}")
    click.echo(f"\n{made.facts['summary']}")
    click.echo(f"plot: {corpus.path / 'plots' / (made.facts['partition'] + '-influence.png')}")
