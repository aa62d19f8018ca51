"""artgraph train-vgae: a graph and its features become latents."""

from typing import Any

import click

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
from artgraph.vgae.config import Config

__all__ = ["train_vgae"]


@click.command("train-vgae", cls=Command)
@with_corpus
@option("train_vgae", "graph", help="The graph to learn.")
@option("train_vgae", "name", help="Key of the model and of the latents.")
@option("train_vgae", "decisions", "--decisions", is_flag=True, help="Follow what people answered, where that helps.")
@settings_options(Config)
@option("train_vgae", "device", type=Choice(["auto", "cpu", "cuda"]))
@click.option("--diagnose", is_flag=True, help="Print the figures of the training, and draw its curves.")
@makes
def train_vgae(corpus: Any, diagnose: bool, **options: Any) -> None:
    """Refine features by a variational graph autoencoder.

    Where the graph was built with --artist-edges, the names of the artists teach it what distinguishes a manner.
    Several GPUs train one model together: torchrun --nproc-per-node 4 -m artgraph train-vgae mycorpus.

    \b
    Example:
      artgraph train-vgae mycorpus
      artgraph build-graph mycorpus --on vgae --name vgae
      artgraph communities mycorpus --graph vgae
    """
    from artgraph.learning.ranks import started_as

    if started_as():  # the first of several processes speaks for all
        stage("train_vgae")(corpus, **options)
        return
    bars = Bars("train-vgae")
    made = stage("train_vgae")(corpus, progress=bars, **options)
    show(made, bars)
    if diagnose:
        show_facts(made.facts, "history", "kl_per_dimension")
        out = corpus.path / "plots" / f"{made.key}.png"
        say(f"plot: {stage('plot')(corpus, 'training', model=made.key, out=out)[0].key}")
