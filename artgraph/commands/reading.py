"""Commands that read a partition: what its clusters are, what to look at again, who came before whom."""

import json

import click

from artgraph.options import Command, names, option, stage, with_corpus

__all__ = ["influence", "interpret", "worklist"]

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


def _say(text):
    """Print text that holds what a catalogue says: no control characters reach the terminal."""
    click.echo("".join(c if c.isprintable() else " " for c in text))


def _as_json(made):
    click.echo(json.dumps(made.facts, indent=1, ensure_ascii=False))


@click.command(cls=Command)
@with_corpus
@option("interpret", "partition")
@option("interpret", "columns", "--column", callback=names, help="Columns to look at besides artist and date.")
@option("interpret", "n_exemplars", "--exemplars", type=click.IntRange(1))
@option("interpret", "seed", type=int, help="Of the palettes.")
@as_json_option
def interpret(corpus, as_json, **options):
    """Say what each cluster is: its works, artists, decades, colours and neighbours.

    Writes exports/PARTITION-clusters.csv, too, and ends with a paragraph for the methods section of a paper.

    \b
    Example:
      artgraph interpret mycorpus --column school,museum
    """
    made = stage("interpret")(corpus, **options)
    if as_json:
        _as_json(made)
        return
    for one in made.facts["clusters"]:
        near = ", ".join(f"{other['cluster']} ({other['share']:.0%})" for other in one["near"])
        _say(f"cluster {one['cluster']}: {one['sentence']}")
        _say(f"  exemplars: {', '.join(one['exemplars'][:3])}" + (f"; linked with {near}" if near else ""))
    click.echo(f"\n{made.facts['methods']}")
    click.echo(f"\ntable: {corpus.path / 'exports' / (made.facts['partition'] + '-clusters.csv')}")


@click.command(cls=Command)
@with_corpus
@option("worklist", "partition")
@option("worklist", "kinds", callback=names, help="attribution, date, school, anonymous, separated by commas.")
@option("worklist", "school", help="The column of schools; default: school, culture or nationality, if there is one.")
@option("worklist", "n_neighbors", type=click.IntRange(1), help="Works shown as evidence, of each descriptor.")
@option("worklist", "share", type=click.FloatRange(0, 1), help="At most this share of the paintings, of each kind.")
@click.option("--top", type=click.IntRange(1), default=20, help="How many to print; the files hold all.")
@as_json_option
def worklist(corpus, top, as_json, **options):
    """List the works to look at again, each with its evidence.

    Works whose neighbours do not go with their artist, date or school; and works without an artist, with the hands
    that are nearest. It claims no attribution: a work may stand here because it is unusual, or for its subject.

    \b
    Example:
      artgraph worklist mycorpus --kinds attribution,date
    """
    made = stage("worklist")(corpus, **options)
    if as_json:
        _as_json(made)
        return
    for one in made.facts["works"][:top]:
        _say(f"{one['score']:.3f}  {one['kind']:11}  {one['id']}: {one['sentence']}")
    click.echo(f"\n{made.facts['summary']}")
    click.echo(f"table: {corpus.path / 'exports' / (made.facts['partition'] + '-worklist.csv')}")


@click.command(cls=Command)
@with_corpus
@option("influence", "partition")
@option("influence", "seed", type=int, help="Of the shuffles.")
@click.option("--top", type=click.IntRange(1), default=20, help="How many pairs to print; the report holds all.")
@as_json_option
def influence(corpus, top, as_json, **options):
    """Compare the clusters in time: which precedes, which looks back to which.

    \b
    Example:
      artgraph influence mycorpus
    """
    made = stage("influence")(corpus, **options)
    if as_json:
        _as_json(made)
        return
    for one in made.facts["clusters"]:
        span = f"{one['early']:.0f} to {one['late']:.0f}, median {one['median']:.0f}" if one["dated"] else "no date"
        click.echo(f"cluster {one['cluster']}: {span} ({one['dated']} of {one['size']} works dated)")
    for pair in made.facts["pairs"][:top]:
        click.echo(f"{pair['lift']:6.2f}  {pair['sentence']}")
    click.echo(f"\n{made.facts['summary']}")
    plot = corpus.path / "plots" / f"{made.facts['partition']}-influence.png"
    if plot.is_file():
        click.echo(f"plot: {plot}")
