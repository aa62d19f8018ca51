"""artgraph worklist: works to look at again."""

from typing import Any

import click

from artgraph.commands.interpret import say
from artgraph.options import Command, as_json, partition_option, settings_options, show_json, stage, with_corpus
from artgraph.settings import WorklistSettings

__all__ = ["worklist"]


@click.command(cls=Command)
@with_corpus
@partition_option("worklist")
@settings_options(WorklistSettings)
@click.option("--top", type=click.IntRange(1), default=20, help="How many to print; the files hold all.")
@as_json
def worklist(corpus: Any, top: int, as_json: bool, **options: Any) -> None:
    """List the works to look at again, each with its evidence.

    Works whose neighbours do not go with their artist, date or school; works without an artist that are near to one;
    and works that nothing here is like. As many are listed as chance does not explain, perhaps none. It claims no
    attribution: a work may be listed for its subject.

    \b
    Example:
      artgraph worklist mycorpus --kinds attribution,date
    """
    made = stage("worklist")(corpus, **options)
    if as_json:
        show_json(made.facts)
        return
    for one in made.facts["works"][:top]:
        chance = "< 0.001" if one["p"] < 0.001 else f"{one['p']:.3f}"
        say(f"p {chance:7}  {one['kind']:11}  {one['id']}: {one['sentence']}")
    click.echo(f"\n{made.facts['summary']}")
    click.echo(f"table: {corpus.path / 'exports' / (made.facts['partition'] + '-worklist.csv')}")
