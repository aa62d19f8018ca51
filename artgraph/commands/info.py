"""artgraph info: what is in a corpus, how it was made, and what is stale."""

from typing import Any

import click

from artgraph.options import Command, as_json, show_json, stage, with_corpus

__all__ = ["info"]


@click.command(cls=Command)
@with_corpus
@as_json
def info(corpus: Any, as_json: bool) -> None:
    """Say what is in a corpus, how it was made, and what is stale.

    \b
    Example:
      artgraph info mycorpus
    """
    about = stage("info")(corpus)
    if as_json:
        show_json(about)
        return
    click.echo(f"{about['path']}: {about['n']} paintings, pictures in {about['image_root']}")
    counts = {name: count for name, count in about["columns"].items() if not name.startswith("image_")}
    click.echo("columns: " + ", ".join(f"{name} ({count})" for name, count in counts.items()))
    for reason, command in about["damage"]:
        click.echo(f"    DAMAGED: {reason}. Mend it: {command}")
    for thing in about["things"]:
        params = {key: value for key, value in thing["params"].items() if value not in (None, [], False)}
        settings = ", ".join(f"{key}={value}" for key, value in params.items())
        click.echo(f"  {thing['kind']}/{thing['key']}  {settings if len(settings) <= 100 else settings[:99] + '…'}")
        if thing["stale"]:
            click.echo(f"    STALE: {thing['stale'][0]}. Make it again: {thing['command']}")
