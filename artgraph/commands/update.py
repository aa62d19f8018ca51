"""artgraph update: a corpus is brought up to date with its folder and its spreadsheet."""

from pathlib import Path
from typing import Any

import click

from artgraph.commands.add import change_options, show_growth
from artgraph.commands.run import spreadsheet_options
from artgraph.options import Bars, Command, option, stage, with_corpus

__all__ = ["update"]


@click.command(cls=Command)
@with_corpus
@click.argument("pictures", type=click.Path(path_type=Path), required=False)
@spreadsheet_options("update", unmatched=False)
@change_options("update")
@option("update", "remove_gone", is_flag=True, help="Take out works whose picture, or row, is gone.")
@option("update", "fresh", is_flag=True, help="Make all again from the features on; clusters keep their numbers.")
@option("update", "dry_run", is_flag=True, help="Only say what would be done, and how long it took the last time.")
def update(corpus: Any, pictures: Path | None, as_json: bool, **options: Any) -> None:
    """Take in what has changed: new or better scans, corrections in the spreadsheet. Only what is stale is made again.

    A corrected artist makes again what names of artists teach or link; a corrected title makes no feature and no graph
    again.

    \b
    Example:
      artgraph update mycorpus --dry-run
      artgraph update mycorpus --metadata corrected.csv
      artgraph update mycorpus --fresh
    """
    bars = Bars("update")
    tell = (lambda text: None) if as_json or options["dry_run"] else bars.say
    growth = stage("update")(corpus, pictures, progress=bars, tell=tell, **options)
    bars.close()
    show_growth(growth, as_json=as_json, dry_run=options["dry_run"])
