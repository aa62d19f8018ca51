"""artgraph add: new works join a corpus."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.run import spreadsheet_options
from artgraph.options import Bars, Choice, Command, as_json, option, say, show_json, stage, with_corpus

__all__ = ["add", "change_options", "show_growth", "vectors"]


def vectors(context: Any, parameter: Any, value: tuple[str, ...]) -> dict[str, str] | None:
    """Split 'name=file' of each option; a callback of click.

    Parameters
    ----------
    context, parameter : Click's; not used.
    value
    """
    if any("=" not in one for one in value):
        raise click.BadParameter("write it as NAME=FILE, such as imported=new.parquet")
    return dict(one.split("=", 1) for one in value) or None


def change_options(of: str) -> Any:
    """Add the options that add and update (``of``) share."""
    options = [
        click.option(
            "--vectors",
            multiple=True,
            callback=vectors,
            metavar="NAME=FILE",
            help="For imported features: those of the new works.",
        ),
        option(of, "max_refused", type=click.FloatRange(0, 1), help="Share of new pictures that may be refused."),
        option(
            of,
            "weights",
            multiple=True,
            metavar="FILE|BACKBONE=FILE|FOLDER",
            help="Weights of networks; default: the hub.",
        ),
        option(of, "workers", type=click.IntRange(1), help="Decoding threads."),
        option(of, "device", type=Choice(["auto", "cpu", "cuda"])),
        as_json,
    ]

    def add_all(function: Any) -> Any:
        for one in reversed(options):
            function = one(function)
        return function

    return add_all


@click.command(cls=Command)
@with_corpus
@click.argument("pictures", type=click.Path(path_type=Path), required=False)
@spreadsheet_options("add", unmatched=False)
@change_options("add")
@click.option("--check", is_flag=True, help="Also compare the clusters with those of a fresh run.")
def add(corpus: Any, pictures: Path | None, check: bool, as_json: bool, **options: Any) -> None:
    """Add new works to a corpus; those that are there keep their clusters and places.

    PICTURES is a folder with the new pictures; without it, the corpus's own folder is searched for them. Only new
    pictures are described. To a corpus without pictures the new rows of a table are added, with their vectors.

    Works that are farther from everything than the corpus's own works are from each other are listed: they fit nothing
    yet, and have no cluster.

    \b
    Example:
      artgraph add mycorpus new-scans --metadata new-scans.csv
      artgraph add mycorpus --check
      artgraph add myvectors --metadata new.csv --vectors imported=new.parquet
    """
    bars = Bars("add")
    growth = stage("add")(corpus, pictures, progress=bars, tell=_quiet if as_json else bars.say, **options)
    bars.close()
    show_growth(growth, as_json=as_json, check=check)


def _quiet(text: str) -> None:
    """Say nothing."""


def show_growth(growth: Any, *, as_json: bool = False, check: bool = False, dry_run: bool = False) -> None:
    """Print what a change did, or would do.

    Parameters
    ----------
    growth : As of ``artgraph.pipeline.update``.
    as_json, check, dry_run : As the options.
    """
    from artgraph.stages.growing_report import growth_facts, growth_lines

    if as_json:
        show_json(growth_facts(growth, check=check))
        return
    for text in growth_lines(growth, check=check, dry_run=dry_run):
        say(text)
