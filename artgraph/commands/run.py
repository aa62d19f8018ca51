"""artgraph run: everything."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from artgraph.options import SEED, Bars, Choice, Command, names, network, network_options, option, stage
from artgraph.sources import SOURCES
from artgraph.stages.lead import LEADS

__all__ = ["LINKS_HELP", "METADATA_HELP", "WITH_HELP", "run", "spreadsheet_options"]

WITH_HELP = (
    "eye, lite, color, texture, patches, gram, moments, cnn, clip, openclip, csd, and date, separated by commas; "
    "gram:resnet18 names the network."
)
LINKS_HELP = "Take what symbolic links lead to, loops excepted; default: yes."
METADATA_HELP = "A spreadsheet (CSV, parquet, JSON) with a column of paths or ids."


def _columns(context: Any, parameter: Any, given: tuple[str, ...] | None) -> dict[str, str] | None:
    if any("=" not in column for column in given or ()):
        raise click.BadParameter("write it as OURS=THEIRS, such as artist=Maker")
    return dict(column.split("=", 1) for column in given or ()) or None


def spreadsheet_options(of: str, *, unmatched: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options on the spreadsheet to a command (``of``) that takes pictures in; ``unmatched``: all of them."""
    options: list[Any] = [
        option(of, "metadata", type=click.Path(path_type=Path), help=METADATA_HELP),
        click.option(
            "--column", "columns", multiple=True, callback=_columns, metavar="OURS=THEIRS",
            help="Which column is which, such as artist=Maker; ours: image, id, artist, qualifier, title, date, style, "
            "previous_attribution, rights. Can be repeated.",
        ),
        option(of, "source", "--as", metavar="NAME", help=f"Read it as: {', '.join(SOURCES)}; default: found out."),
        option(of, "repair_text", is_flag=True, help="Mend text that was saved in a wrong encoding before."),
        option(of, "encoding", metavar="NAME", help="Of a CSV file, such as windows-1251; default: found out."),
    ]  # fmt: skip
    if unmatched:
        share = click.FloatRange(0, 1)
        options.append(option(of, "max_unmatched", type=share, help="Share of pictures that may have no row."))
    return lambda function: functools.reduce(lambda wrapped, add: add(wrapped), reversed(options), function)


@click.command(cls=Command)
@click.argument("images", type=click.Path(path_type=Path))
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@spreadsheet_options("run")
@option("run", "descriptors", "--with", callback=names, help=WITH_HELP)
@option(
    "run", "artist_edges", "--artist-edges/--no-artist-edges",
    help="Link works by the same artist, whose names then teach the VGAE; default: where 30 artists have two works.",
)  # fmt: skip
@option("run", "dates", is_flag=True, help="Join the works' dates with what is seen, by a low weight.")
@option("run", "n_clusters", type=click.IntRange(1), help="How many clusters; default: as many as Leiden finds.")
@option("run", "lead", type=Choice(LEADS), help="The partition that is described, exported and shown first.")
@option("run", "max_refused", type=click.FloatRange(0, 1), help="Share of pictures that may be refused.")
@option("run", "follow_links", "--follow-links/--no-follow-links", help=LINKS_HELP)
@network_options("run")
@option("run", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("run", "seed", type=SEED, help="Of everything that is random.")
def run(images: Path, out: Path, **options: Any) -> None:
    """Do everything: pictures in; style clusters, a Gephi file and a page out.

    Killed and started again, it resumes where it was.

    \b
    Example:
      artgraph run scans --metadata scans.csv --with color,texture -o mycorpus
    """
    bars = Bars("checks")
    stage("run")(images, out, tell=bars.say, progress=bars, **network(options), **options)
