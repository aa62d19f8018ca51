"""artgraph demo: everything, on the pictures that come with artgraph."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.run import finish
from artgraph.options import Bars, Command, option, stage

__all__ = ["demo"]


@click.command(cls=Command)
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@option("demo", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("demo", "seed", type=int, help="Of everything that is random.")
def demo(out: Path, **options: Any) -> None:
    """Run everything on the 288 pictures that come with artgraph. Needs no network and no weights.

    \b
    Example:
      artgraph demo -o demo
    """
    finish(stage("demo")(out, tell=click.echo, progress=Bars(), **options))
