"""artgraph demo: everything, on the pictures that come with artgraph."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import SEED, Bars, Command, makes, option, result, stage

__all__ = ["demo"]


@click.command(cls=Command)
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@option(
    "demo",
    "hard",
    is_flag=True,
    help="The 296 pictures whose manners differ in the mark alone, described without colour.",
)
@option("demo", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("demo", "seed", type=SEED, help="Of everything that is random.")
@makes
def demo(out: Path, **options: Any) -> None:
    """Run everything on the pictures that come with artgraph. Needs no network and no weights.

    \b
    Example:
      artgraph demo -o demo
    """
    bars = Bars("demo")
    corpus = stage("demo")(out, tell=bars.say, progress=bars, **options)
    result(stage("info")(corpus))
