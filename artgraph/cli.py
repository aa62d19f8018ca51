"""The command line; each command is a file of ``artgraph.commands`` and calls one function of ``artgraph.pipeline``."""

import sys
from typing import Any

import click

from artgraph import __version__
from artgraph.commands.add import add
from artgraph.commands.ask import ask
from artgraph.commands.atlas import atlas
from artgraph.commands.build_graph import build_graph
from artgraph.commands.communities import communities
from artgraph.commands.decide import decide
from artgraph.commands.demo import demo
from artgraph.commands.describe import describe
from artgraph.commands.evaluate import evaluate
from artgraph.commands.export import export
from artgraph.commands.harvest import harvest
from artgraph.commands.import_vectors import import_vectors
from artgraph.commands.influence import influence
from artgraph.commands.info import info
from artgraph.commands.ingest import ingest
from artgraph.commands.interpret import interpret
from artgraph.commands.merge import merge
from artgraph.commands.plot import plot
from artgraph.commands.remove import remove
from artgraph.commands.replay import replay
from artgraph.commands.review import review
from artgraph.commands.run import run
from artgraph.commands.serve import serve
from artgraph.commands.similar import similar
from artgraph.commands.train_descriptor import train_descriptor
from artgraph.commands.train_vgae import train_vgae
from artgraph.commands.update import update
from artgraph.commands.words import words
from artgraph.commands.worklist import worklist
from artgraph.options import Group

__all__ = ["main"]


class _Main(Group):
    """The group, on a console of whatever encoding."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # A console that is not UTF-8 (Windows, LANG=C) gets \u0141 for a letter that it cannot show, and a name of
            # a file that is no UTF-8 is shown on every console: no work is lost to a line of text.
            if getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)


@click.group(cls=_Main, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
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
    harvest,
    ingest,
    describe,
    merge,
    train_descriptor,
    import_vectors,
    build_graph,
    train_vgae,
    communities,
    decide,
    evaluate,
    interpret,
    words,
    worklist,
    ask,
    influence,
    review,
    export,
    atlas,
    serve,
    similar,
    plot,
    info,
    add,
    update,
    remove,
    replay,
):
    main.add_command(command)
