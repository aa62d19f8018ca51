"""artgraph train-descriptor: a network is tuned on the collection itself."""

from typing import Any

import click

from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.options import (
    Bars,
    Choice,
    Command,
    makes,
    option,
    say,
    settings_options,
    show,
    show_facts,
    stage,
    with_corpus,
)

__all__ = ["train_descriptor"]


@click.command("train-descriptor", cls=Command)
@with_corpus
@option("train_descriptor", "backbone", help="A timm network, or artgraph_eye, which comes with artgraph.")
@option("train_descriptor", "name", help="What the descriptor is called.")
@option(
    "train_descriptor",
    "weights",
    multiple=True,
    metavar="FILE|BACKBONE=FILE|FOLDER",
    help="What it starts from; default: the hub.",
)
@option("train_descriptor", "subject", metavar="COLUMN", help="Contrast artists by works of the same subject.")
@settings_options(TuningConfig)
@option("train_descriptor", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("train_descriptor", "device", type=Choice(["auto", "cpu", "cuda"]))
@click.option("--diagnose", is_flag=True, help="Print the figures of the training, and draw its curves.")
@makes
def train_descriptor(corpus: Any, diagnose: bool, **options: Any) -> None:
    """Tune a network on the collection itself; artists' names teach it what distinguishes a manner.

    \b
    Example:
      artgraph train-descriptor mycorpus --name mine
      artgraph describe mycorpus --with mine
    """

    def tell(text: str) -> None:
        click.echo(text, err=True)

    bars = Bars("train-descriptor")
    made = stage("train_descriptor")(corpus, tell=tell, progress=bars, **options)
    show(made, bars)
    if diagnose:
        show_facts(made.facts, "history")
        out = corpus.path / "plots" / f"{made.key}.png"
        say(f"plot: {stage('plot')(corpus, 'training', model=made.key, out=out)[0].key}")
