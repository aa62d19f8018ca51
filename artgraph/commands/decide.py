"""artgraph decide: what people decided about works and clusters is taken in."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Command, makes, option, result, say, stage, with_corpus

__all__ = ["decide"]


@click.command(cls=Command)
@with_corpus
@click.argument("file", type=click.Path(path_type=Path))
@option("decide", "who", help="Who decided; needed where the file does not say it.")
@option(
    "decide",
    "partition",
    help="Whose clusters the labels of a spreadsheet name; default: those that the page shows first.",
)
@option("decide", "encoding", help="Of the file; default: found out.")
@option("decide", "dry_run", is_flag=True, help="Only say what would be taken.")
@makes
@click.pass_context
def decide(context: click.Context, corpus: Any, file: Path, dry_run: bool, **options: Any) -> None:
    """Take in what people decided: these works are of one manner, this one belongs there, a cluster has a name.

    FILE is what the page saved, or any CSV of works and labels: id,label.

    \b
    Example:
      artgraph decide mycorpus decisions.csv
      artgraph decide mycorpus labels.csv --who "A. Scholar"
    """
    from artgraph.lineage import Lineage, Ref
    from artgraph.stages.ruling import overview, undecided

    made = stage("decide")(corpus, file, dry_run=dry_run, **options)
    for text in made.notes:
        say(text)
    for one in made.refused:
        say(f"refused: {' '.join(one.keys)} {one.text}".replace("  ", " "))
    for one in made.open:
        say(f"does not hold: {one.text}")
    now = overview(corpus) or {"agreement": (), "artists": ()}
    for pair in now["agreement"]:
        kappa = "not defined" if pair["kappa"] is None else f"{pair['kappa']:.2f}"
        say(f"{' and '.join(pair['who'])} agree on {pair['agree']:.0%} of {pair['n']} pairs (Cohen's kappa {kappa})")
    would = " would be" if dry_run else ""
    say(f"decisions{would} taken: {len(made.taken)}, there before: {len(made.repeated)}, refused: {len(made.refused)}")
    result(made._asdict() | {"agreement": now["agreement"]})
    if made.taken and not dry_run:
        for key in corpus.keys("partitions"):
            if undecided(corpus, key):
                say(f"clusters of {key} obey after: {Lineage(corpus).command(Ref('partitions', key))}")
        if now["artists"]:
            say(f"artists corrected in the table ({len(now['artists'])}) after: artgraph update {corpus.path}")
    if not made.taken and not made.repeated:
        context.exit(1)
