"""artgraph ask: which pairs of works to ask people about."""

import shlex
from typing import Any

import click

from artgraph.options import Command, as_json, partition_option, say, settings_options, show_json, stage, with_corpus
from artgraph.settings import AskSettings

__all__ = ["ask"]


@click.command(cls=Command)
@with_corpus
@partition_option("ask", "The partition; default: what the page shows first.")
@settings_options(AskSettings)
@click.option("--top", type=click.IntRange(1), default=10, help="How many to print; the table holds all.")
@as_json
def ask(corpus: Any, top: int, as_json: bool, **options: Any) -> None:
    """Choose the pairs of works to ask about: are these of one manner?

    Each question shows typical works of two groups whose relation is uncertain, so that its answer tells of many works.
    The next page that artgraph atlas writes asks them.

    \b
    Example:
      artgraph ask mycorpus --budget 50
      artgraph atlas mycorpus
    """
    from artgraph.stages.summary import work_names

    made = stage("ask")(corpus, **options)
    if as_json:
        show_json(made.facts)
        return
    asked = made.facts["questions"]
    for one in asked[:top]:
        say(" / ".join(work_names(corpus, [one["work"], one["other"]])))
        say(f"  {one['why']}")
    if len(asked) > top:
        click.echo(f"… and {len(asked) - top} more, in the table; --top {len(asked)} prints all")
    click.echo(f"\n{len(asked)} questions; {made.facts['answered']} pairs had been answered.")
    click.echo(f"table: {corpus.path / 'exports' / 'questions.csv'}")
    if asked:
        of = made.facts["partition"]
        click.echo(f"the page asks them after: artgraph atlas {shlex.quote(str(corpus.path))} --partition {of}")
