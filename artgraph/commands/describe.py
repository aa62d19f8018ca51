"""artgraph describe: pictures become features."""

from typing import Any

import click

from artgraph.commands.run import WITH_HELP
from artgraph.options import (
    SEED,
    Bars,
    Command,
    engine_options,
    makes,
    named_weights,
    names,
    network,
    network_options,
    option,
    say,
    show,
    stage,
    was_given,
    with_corpus,
)

__all__ = ["describe"]


@click.command(cls=Command)
@with_corpus
@option("describe", "descriptors", "--with", callback=names, help=WITH_HELP)
@option("describe", "fuse", is_flag=True, help="Also join them into one feature.")
@option("describe", "fuse_name", help="Its key.")
@option(
    "describe", "fuse_weights", callback=named_weights, metavar="NAME=NUMBER,...", help="Weight of each; default 1."
)
@network_options("describe")
@option("describe", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("describe", "seed", type=SEED, help="Of the sample that reductions are learned on.")
@click.option("--shard", metavar="NUMBER/OF", help="Describe one share of the pictures and stop; then artgraph merge.")
@engine_options("describe")
@makes
def describe(corpus: Any, shard: str | None, **options: Any) -> None:
    """Turn pictures into features, all descriptors in one pass.

    \b
    Example:
      artgraph describe mycorpus --with gram,color --backbone resnet18 --weights resnet18.safetensors
      artgraph describe mycorpus --with color,texture,patches --fuse --fuse-weights patches=2
      artgraph describe mycorpus --with eye --shard $SLURM_ARRAY_TASK_ID/16
    """
    if not options["fuse"]:
        for name in filter(was_given, ("fuse_weights", "fuse_name")):
            raise click.UsageError(f"--{name.replace('_', '-')} is of no use without --fuse")
    bars = Bars("describe")
    if shard is not None:
        for name in ("fuse", "fuse_name", "fuse_weights", "engine", "ray_address"):
            if was_given(name):
                raise click.UsageError(f"--{name.replace('_', '-')} is of no use with --shard")
            del options[name]
        made = stage("describe_share")(corpus, shard, progress=bars, **network(options), **options)
        bars.close()
        for one in made:
            say(f"{one.key}: share {one.number} of {one.of}, {one.n:,} pictures, in {one.where}")
        say(f"When all {one.of} are there: artgraph merge {corpus.path}" if made else "All features are up to date.")
        return
    for made in stage("describe")(corpus, progress=bars, **network(options), **options):
        show(made, bars)
