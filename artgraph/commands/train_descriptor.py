"""artgraph train-descriptor: a network is tuned on the collection itself."""

from typing import Any

import click

from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.options import Bars, Command, option, settings_options, show, stage, with_corpus

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
@option("train_descriptor", "device", type=click.Choice(["auto", "cpu", "cuda"]))
@click.option("--diagnose", is_flag=True, help="Print the figures of the training, and draw its curves.")
def train_descriptor(corpus: Any, diagnose: bool, **options: Any) -> None:
    """Tune a network on the collection itself; artists' names teach it what distinguishes a manner.

    \b
    Example:
      artgraph train-descriptor mycorpus --name mine
      artgraph describe mycorpus --with mine
    """

    def tell(text: str) -> None:
        click.echo(text, err=True)

    made = stage("train_descriptor")(corpus, tell=tell, progress=Bars(), **options)
    show(made)
    if diagnose:
        for fact, value in made.facts.items():
            if fact != "history":
                click.echo(f"  {fact}: {value}")
        out = corpus.path / "plots" / f"{made.key}.png"
        click.echo(f"plot: {stage('plot')(corpus, 'training', model=made.key, out=out)[0].key}")
