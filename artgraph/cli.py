"""The command line; each command is a file of ``artgraph.commands`` and calls one function of ``artgraph.pipeline``."""

import click

from artgraph import __version__
from artgraph.commands.add import add
from artgraph.commands.atlas import atlas
from artgraph.commands.build_graph import build_graph
from artgraph.commands.communities import communities
from artgraph.commands.demo import demo
from artgraph.commands.describe import describe
from artgraph.commands.evaluate import evaluate
from artgraph.commands.export import export
from artgraph.commands.import_vectors import import_vectors
from artgraph.commands.influence import influence
from artgraph.commands.info import info
from artgraph.commands.ingest import ingest
from artgraph.commands.interpret import interpret
from artgraph.commands.plot import plot
from artgraph.commands.remove import remove
from artgraph.commands.replay import replay
from artgraph.commands.run import run
from artgraph.commands.similar import similar
from artgraph.commands.train_descriptor import train_descriptor
from artgraph.commands.train_vgae import train_vgae
from artgraph.commands.update import update
from artgraph.commands.worklist import worklist
from artgraph.options import Group

__all__ = ["main"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="artgraph")
def main() -> None:
    """Group paintings by style, without labels.

    \b
    artgraph demo -o demo                     see what it does, with nothing to download
    artgraph run PICTURES -o mycorpus         everything, on your own pictures
    """


for command in (
    run,
    demo,
    ingest,
    describe,
    train_descriptor,
    import_vectors,
    build_graph,
    train_vgae,
    communities,
    evaluate,
    interpret,
    worklist,
    influence,
    export,
    atlas,
    similar,
    plot,
    info,
    add,
    update,
    remove,
    replay,
):
    main.add_command(command)
