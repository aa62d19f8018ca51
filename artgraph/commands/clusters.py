"""The command that finds clusters: many methods, one interface."""

import click

from artgraph.options import Bars, Command, keys, names, option, stage, with_corpus

__all__ = ["METHODS", "QUALITIES", "Resolution", "communities"]

METHODS = ("leiden", "spectral", "kmeans", "agglomerative", "gmm", "bayesian-gmm", "hdbscan", "dec")
QUALITIES = ("modularity", "cpm", "rb-er", "surprise", "significance")
"""As ``artgraph.communities`` has them, which is too heavy to load for a help text; a test compares."""


class Resolution(click.ParamType):
    """A number above 0, or 'auto'."""

    name = "number|auto"

    def convert(self, value, param, ctx):
        if value == "auto":
            return value
        number = click.FloatRange(0, min_open=True)
        try:
            return number.convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is neither a number above 0 nor 'auto'", param, ctx)


@click.command(cls=Command)
@with_corpus
@option("communities", "graph")
@option("communities", "on", callback=keys, help="For methods on features; default: those under the graph.")
@option("communities", "name", help="Key of the partition; default: the method.")
@option("communities", "method", type=click.Choice(METHODS))
@option(
    "communities",
    "resolution",
    type=Resolution(),
    help="Leiden's; higher: more clusters; auto: where they are stable and chance has none.",
)
@option("communities", "n_clusters", type=click.IntRange(1), help="Search for this many.")
@option("communities", "quality", type=click.Choice(QUALITIES), help="What Leiden maximises.")
@option("communities", "layers", callback=names, metavar="A=1,B=0.5", help="Leiden on several graphs, or 'artists'.")
@option("communities", "fixed", metavar="COLUMN", help="Works with one value there stay together.")
@option("communities", "max_size", type=click.IntRange(1), help="No cluster gets more works.")
@option("communities", "levels", type=click.IntRange(1), help="Also clusters of clusters, so many levels in all.")
@option(
    "communities", "membership", "--membership/--no-membership", help="How sure each work is, and its second cluster."
)
@option(
    "communities",
    "keep_names_of",
    metavar="PARTITION|CORPUS",
    help="Cluster 7 stays cluster 7: take the numbers of an earlier partition, or of an earlier corpus's.",
)
@option("communities", "seed", type=int)
def communities(corpus, **options):
    """Find the style clusters of a graph, or of features without one.

    leiden and spectral cluster a graph; kmeans, agglomerative, gmm, bayesian-gmm, hdbscan and dec cluster features.

    \b
    Example:
      artgraph communities mycorpus --n-clusters 11
      artgraph communities mycorpus --resolution auto --levels 3
      artgraph communities mycorpus --method kmeans --n-clusters 11
      artgraph communities mycorpus --layers style=1,artists=0.5 --name both
      artgraph communities mycorpus --name leiden-new --keep-names-of leiden
    """
    from artgraph.pipeline import line
    from artgraph.stages.communities import levels_of

    made = stage("communities")(corpus, progress=Bars(), **options)
    click.echo(line(made))
    if made.facts.get("verdict"):
        click.echo(made.facts["verdict"])
    wanted = options["n_clusters"]
    if wanted and made.facts.get("n_clusters", wanted) != wanted:
        click.echo(f"{wanted} clusters were asked for; this is as near as the method comes. Another --seed may hit it.")
    if roles := made.facts.get("membership", {}).get("roles"):
        shown = ((role, roles[role]) for role in ("core", "border", "bridge", "outlier"))
        click.echo("works: " + ", ".join(f"{count} {role}" for role, count in shown))
    for level in levels_of(corpus, made.key)[: options["levels"] - 1]:
        click.echo(line(level))
