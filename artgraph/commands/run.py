"""artgraph run: everything."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from artgraph.options import (
    SEED,
    Bars,
    Choice,
    Command,
    engine_options,
    makes,
    names,
    network,
    network_options,
    option,
    result,
    say,
    stage,
)
from artgraph.progress import span
from artgraph.sources import SOURCES
from artgraph.stages.lead import LEADS

__all__ = ["LINKS_HELP", "METADATA_HELP", "WITH_HELP", "cost_lines", "run", "spreadsheet_options"]

WITH_HELP = (
    "eye, lite, color, texture, patches, gram, moments, cnn, clip, openclip, csd, and date, separated by commas; "
    "gram:resnet18 names the network."
)
LINKS_HELP = "Take what symbolic links lead to, loops excepted; default: yes."
NO_COST = ("dates", "engine", "ray_address", "storage", "n_clusters", "max_refused", "max_unmatched", "follow_links")
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
        option(of, "views", metavar="WHICH", help="Of a work's several pictures: first, all, or a column's first."),
        option(of, "encoding", metavar="NAME", help="Of a CSV file, such as windows-1251; default: found out."),
    ]  # fmt: skip
    if unmatched:
        share = click.FloatRange(0, 1)
        options.append(option(of, "max_unmatched", type=share, help="Share of pictures that may have no row."))
    return lambda function: functools.reduce(lambda wrapped, add: add(wrapped), reversed(options), function)


@click.command(cls=Command)
@click.argument("images", type=click.Path(path_type=Path))
@click.option("--output", "-o", "out", type=click.Path(path_type=Path), help="The corpus to make.")
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
@engine_options("run")
@option("run", "seed", type=SEED, help="Of everything that is random.")
@click.option("--plan", is_flag=True, help="Only measure on a sample what it would cost: time, memory, disk.")
@makes
def run(images: Path, out: Path | None, plan: bool, **options: Any) -> None:
    """Do everything: pictures in; style clusters, a Gephi file and a page out.

    Killed and started again, it resumes where it was.

    \b
    Example:
      artgraph run scans --metadata scans.csv --with color,texture -o mycorpus
      artgraph run scans --metadata scans.csv --plan
    """
    given = network(options)
    if plan:
        _plan(images, **given, **{name: value for name, value in options.items() if name not in NO_COST})
        return
    if out is None:
        raise click.UsageError("Missing option '--output' / '-o': the corpus to make.")
    bars = Bars("checks")
    corpus = stage("run")(images, out, tell=bars.say, progress=bars, **given, **options)
    result(stage("info")(corpus))


def _plan(images: Path, **options: Any) -> None:
    bars = Bars("plan")
    about = stage("costs")(images, progress=bars, **options)
    bars.close()
    for text in cost_lines(about, images):
        say(text)
    result(about)


def cost_lines(about: Mapping[str, Any], images: str | Path) -> list[str]:
    """Return what ``costs`` measured, in lines, with what would shorten it.

    Parameters
    ----------
    about : As from ``costs``.
    images : The folder.
    """
    gpu = "a GPU" if about["gpu"] else "no GPU"
    lines = [
        f"{about['n']:,} pictures in {images}, {_bytes(about['bytes'])}; {about['cores']} cores, "
        f"{_bytes(about['memory_here'])} of memory, {gpu}",
        f"measured on {about['sampled']} of the pictures, and on {about['vectors']:,} vectors like theirs",
        f"{'stage':<26}{'time':>10}{'disk':>12}",
    ]
    for row in about["stages"]:
        lines.append(f"{row['stage']:<26}{span(row['seconds']):>10}{_bytes(row['disk']):>12}")
    lines.append(f"{'all':<26}{span(about['seconds']):>10}{_bytes(about['disk']):>12}")
    lines.append(f"memory: about {_bytes(about['memory'])}")
    if about["memory"] > about["memory_here"]:
        lines.append("That is more than this machine has.")
    if about["disk"] > about["disk_free"]:
        lines.append(f"Here are {_bytes(about['disk_free'])} free: too little.")
    describing = sum(row["seconds"] for row in about["stages"] if row["stage"].startswith("describe"))
    if describing > max(1800.0, about["seconds"] / 2):
        shares = max(2, min(64, round(describing / 1800)))
        quicker = "" if about["gpu"] else "A GPU shortens it; "
        quicker += "on a CPU --runtime onnxruntime does; " if not about["gpu"] and about["runtime"] == "torch" else ""
        lines.append(
            f"Most of it is describe. {quicker}{shares} machines share it by artgraph describe --shard 1/{shares}, ... "
            "and artgraph merge; or --engine ray."
        )
    return lines


def _bytes(count: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count / 1e3:.0f} kB"
