"""The command that tunes a network on the collection."""

import click

from artgraph.options import Bars, Command, option, stage, with_corpus

__all__ = ["train_descriptor"]


@click.command("train-descriptor", cls=Command)
@with_corpus
@option("train_descriptor", "backbone", help="A timm network, or artgraph_eye, which comes with artgraph.")
@option(
    "train_descriptor",
    "objective",
    type=click.Choice(["artist", "simclr", "both"]),
    help="Works of one hand come together, or cut-outs of one picture (needs no names), or both.",
)
@option(
    "train_descriptor",
    "augment",
    type=click.Choice(["curated", "usual"]),
    help="What a cut-out may lose; 'usual' changes colours and sharpness, as for photographs.",
)
@option("train_descriptor", "name", help="What the descriptor is called.")
@option(
    "train_descriptor",
    "weights",
    multiple=True,
    metavar="FILE|BACKBONE=FILE|FOLDER",
    help="What it starts from; default: the hub.",
)
@option("train_descriptor", "from_scratch", is_flag=True, help="Start from random numbers.")
@option(
    "train_descriptor",
    "reproduction",
    "--reproduction/--no-reproduction",
    help="Vary what belongs to the scan: cast, grey, resolution, JPEG.",
)
@option("train_descriptor", "subject", metavar="COLUMN", help="Tell hands apart by works that show the same.")
@option("train_descriptor", "steps", type=click.IntRange(1), help="Default: 480, fewer for few works.")
@option("train_descriptor", "size", type=click.IntRange(32), help="Side of a cut-out, pixels; default: its own.")
@option("train_descriptor", "artists_per_batch", type=click.IntRange(2))
@option("train_descriptor", "works_per_artist", type=click.IntRange(2))
@option("train_descriptor", "checkpointing", is_flag=True, help="Half the memory, a third more time.")
@option("train_descriptor", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("train_descriptor", "device", type=click.Choice(["auto", "cpu", "cuda"]))
@option("train_descriptor", "seed", type=int)
@click.option("--diagnose", is_flag=True, help="Print the figures of the training, and draw its curves.")
def train_descriptor(corpus, diagnose, **options):
    """Tune a network on the collection itself; artists' names teach it what makes a manner.

    \b
    Example:
      artgraph train-descriptor mycorpus --name mine
      artgraph describe mycorpus --with mine
    """
    from artgraph.pipeline import line

    def tell(text):
        click.echo(text, err=True)

    made = stage("train_descriptor")(corpus, tell=tell, progress=Bars(), **options)
    click.echo(line(made))
    if diagnose:
        for fact, value in made.facts.items():
            if fact != "history":
                click.echo(f"  {fact}: {value}")
        from artgraph.stages.train_descriptor import diagnose_descriptor

        click.echo(f"plot: {diagnose_descriptor(corpus, name=made.key).key}")
