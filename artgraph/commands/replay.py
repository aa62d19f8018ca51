"""artgraph replay: everything in a corpus is made again elsewhere."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Choice, Command, as_json, option, show_json, stage, with_corpus

__all__ = ["replay"]


@click.command(cls=Command)
@with_corpus
@option("replay", "out", "--output", "-o", type=click.Path(path_type=Path), required=True, help="A new folder.")
@option(
    "replay",
    "images",
    "--images",
    "--pictures",
    type=click.Path(path_type=Path),
    help="The pictures, also under other names; default: where the corpus has them.",
)
@option(
    "replay",
    "weights",
    multiple=True,
    metavar="FILE|BACKBONE=FILE|FOLDER",
    help="Weights of networks; default: the hub.",
)
@option("replay", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("replay", "device", type=Choice(["auto", "cpu", "cuda"]))
@as_json
def replay(corpus: Any, as_json: bool, **options: Any) -> None:
    """Make everything in a corpus again in another folder, as its labels say, and compare the files byte for byte.

    What differs is listed with the reason: another picture, another version, or what it rests on. An archive that
    export --to ro-crate wrote is a corpus, too.

    \b
    Example:
      artgraph replay mycorpus -o again
      artgraph replay mycorpus-crate -o again --pictures scans
    """
    bars = Bars("replay")
    tell = (lambda text: None) if as_json else bars.say
    outcome = stage("replay")(corpus, progress=bars, tell=tell, **options)
    bars.close()
    if as_json:
        show_json(outcome)
        return
    for ref, what in outcome.items():
        click.echo(f"{ref}: {what}")
    same = sum(what == "the same" for what in outcome.values())
    click.echo(f"{same} of {len(outcome)} things are the same, byte for byte")
