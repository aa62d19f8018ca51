"""artgraph serve: the atlas in a browser, with decisions written as they are made."""

from typing import Any

import click

from artgraph.options import Command, option, partition_option, stage, with_corpus

__all__ = ["serve"]


@click.command(cls=Command)
@with_corpus
@partition_option(
    "serve", "The partition that is shown, and found again by “apply”; default: what the page shows first."
)
@option("serve", "port", type=click.IntRange(0, 65535), help="On this machine; 0 takes any that is free.")
def serve(corpus: Any, **options: Any) -> None:
    """Open the atlas to decisions: they are written to the corpus as they are made, and the clusters follow.

    It answers to browsers on this machine alone, at the address that it prints; whoever has the address can decide.
    Several browsers can be open at once.

    \b
    Example:
      artgraph serve mycorpus
    """
    stage("serve")(corpus, tell=click.echo, **options)
