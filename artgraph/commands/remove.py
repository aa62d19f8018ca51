"""artgraph remove: works leave a corpus."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.add import show_growth
from artgraph.errors import InputError
from artgraph.options import Bars, Choice, Command, as_json, option, stage, with_corpus

__all__ = ["remove"]


@click.command(cls=Command)
@with_corpus
@click.option(
    "--ids",
    type=click.Path(path_type=Path),
    required=True,
    help="A text file with one id a line.",
)
@option("remove", "device", type=Choice(["auto", "cpu", "cuda"]))
@as_json
def remove(corpus: Any, ids: Path, device: str, as_json: bool) -> None:
    """Take works out of a corpus; the others keep their clusters and places, and the pictures stay on disk.

    \b
    Example:
      artgraph remove mycorpus --ids withdrawn.txt
    """
    if not ids.is_file():
        raise InputError(f"There is no file {ids}. Expected a text file with one id a line.")
    lines = ids.read_text("utf-8-sig").splitlines()
    wanted = [line.strip() for line in lines if line.strip()]
    bars = Bars("remove")
    tell = (lambda text: None) if as_json else bars.say
    growth = stage("remove")(corpus, wanted, device=device, tell=tell)
    bars.close()
    show_growth(growth, as_json=as_json)
