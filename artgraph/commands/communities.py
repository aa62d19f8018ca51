"""artgraph communities: a graph, or features, become a partition."""

from typing import Any

import click

from artgraph.options import Bars, Command, makes, option, say, settings_options, show, stage, with_corpus
from artgraph.settings import ClusterSettings

__all__ = ["communities"]


@click.command(cls=Command)
@with_corpus
@option("communities", "name", help="Key of the partition; default: the method, after the graph if not 'style'.")
@settings_options(ClusterSettings)
@makes
def communities(corpus: Any, **options: Any) -> None:
    """Find the style clusters of a graph, or of features without one.

    leiden and spectral cluster a graph; kmeans, agglomerative, gmm, bayesian-gmm, hdbscan and dec cluster features.

    \b
    Example:
      artgraph communities mycorpus --n-clusters 11
      artgraph communities mycorpus --resolution auto --levels 3
      artgraph communities mycorpus --method kmeans --n-clusters 11
      artgraph communities mycorpus --graphs style=1,artists=0.5 --name both
      artgraph communities mycorpus --name leiden-new --keep-names-of leiden
    """
    from artgraph.stages.communities import levels_of
    from artgraph.stages.growing_report import changes_lines

    bars = Bars("communities")
    made = stage("communities")(corpus, progress=bars, **options)
    show(made, bars)
    if made.facts.get("verdict"):
        say(made.facts["verdict"])
    if any((made.facts.get("changes") or {}).values()):
        for text in changes_lines({f"{made.kind}/{made.key}": made.facts}):
            say(text)
    if decided := made.facts.get("decisions"):
        say(f"decisions obeyed: {decided['held']}, made by {decided['persons']}")
        for kind in ("unmet", "open"):
            for text in decided[kind]:
                say(f"  {'not met' if kind == 'unmet' else 'does not hold'}: {text}")
    wanted = options["n_clusters"]
    if wanted and made.facts.get("n_clusters", wanted) != wanted:
        say(f"{wanted} clusters were asked for; this is as near as the method comes. Another --seed may hit it.")
    if roles := made.facts.get("membership", {}).get("roles"):
        shown = ((role, roles[role]) for role in ("core", "border", "bridge", "outlier"))
        say("works: " + ", ".join(f"{count} {role}" for role, count in shown))
    for level in levels_of(corpus, made.key)[: options["levels"] - 1]:
        show(level)
