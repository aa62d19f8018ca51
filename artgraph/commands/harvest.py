"""artgraph harvest: pictures from museums' servers."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from artgraph.harvest.manifests import CANVASES
from artgraph.options import Bars, Choice, Command, makes, names, option, result, say, stage

__all__ = ["harvest"]


@click.command(cls=Command)
@click.argument("source")
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The folder to make.")
@option("harvest", "size", type=click.IntRange(1), help="Longest side of the pictures, in pixels.")
@option("harvest", "delay", type=click.FloatRange(0), help="Seconds between two requests to one server.")
@click.option(
    "--rights", callback=names, multiple=True,
    help="Take only works with these rights: codes such as cc0,pdm,cc-by, or patterns such as cc-by*.",
)  # fmt: skip
@option("harvest", "language", metavar="TAG", help="That texts are taken in where there are several.")
@option("harvest", "canvases", type=Choice(CANVASES), help="Which pictures of each manifest.")
@option("harvest", "column", metavar="NAME", help="That of a table with the addresses; default: found out.")
@option("harvest", "encoding", metavar="NAME", help="Of a CSV file; default: found out.")
@option("harvest", "limit", type=click.IntRange(1), help="Take so many pictures at most.")
@option("harvest", "retries", type=click.IntRange(0), help="How often a request that fails is repeated.")
@option("harvest", "refresh", is_flag=True, help="Read manifests again that an earlier run has read.")
@option("harvest", "max_failed", type=click.FloatRange(0, 1), help="Share that may fail before this is an error.")
@makes
def harvest(source: str, out: Path, rights: tuple[str, ...] | None, **options: Any) -> None:
    """Take pictures and what is said of them from IIIF, or from a table of addresses.

    SOURCE is the address or file of a IIIF manifest or collection (Presentation 2 or 3), or a table (CSV, parquet) with
    a column of addresses of pictures. Only addresses are asked that you gave or that stand there. The folder gets
    images/, metadata.csv and failed.csv, which says what was not taken and why. Started again, it goes on where it
    stopped and tries again what failed. Rights are those that the museum states: check them before you publish.

    \b
    Example:
      artgraph harvest https://example.org/iiif/collection.json --rights cc0,pdm -o scans
      artgraph run scans --metadata scans/metadata.csv -o mycorpus
    """
    from artgraph.harvest import harvest_lines

    bars = Bars("manifests")
    made = stage("harvest")(source, out, rights=rights or (), tell=bars.say, progress=bars, **options)
    bars.close()
    for text in harvest_lines(made):
        say(text)
    result(asdict(made))
