"""artgraph similar: the works nearest to a query, or to words."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Choice, Command, as_json, keys, option, say, show_json, stage, with_corpus

__all__ = ["similar"]


@click.command(cls=Command)
@with_corpus
@click.argument("query", required=False)
@option("similar", "text", metavar="WORDS", help="Words that the works are to fit, instead of QUERY.")
@option("similar", "without", metavar="WORDS", help="Words that they are to avoid.")
@option(
    "similar",
    "on",
    callback=keys,
    help="Features, separated by commas; default: those under the graph, or for words those of openclip.",
)
@option("similar", "graph", help="Where the features are taken from.")
@option("similar", "partition", help="Where the clusters are taken from.")
@option("similar", "n_neighbors", type=click.IntRange(1), help="How many works.")
@option("similar", "sheet", type=click.Path(path_type=Path), help="Draw query and hits: png, svg, pdf.")
@option("similar", "out", "--output", "-o", type=click.Path(path_type=Path), help="Write the hits as CSV.")
@option(
    "similar",
    "weights",
    multiple=True,
    metavar="FILE|BACKBONE=FILE|FOLDER",
    help="For a picture file or words: weights of networks; default: where they were read before.",
)
@option("similar", "device", type=Choice(["auto", "cpu", "cuda"]))
@as_json
def similar(corpus: Any, query: str | None, weights: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Find the works nearest to QUERY: an id, a cluster, or a picture file; or to words.

    What the query itself shows is never among them. Words need works that were described with openclip.

    \b
    Example:
      artgraph similar mycorpus monet/0001.jpg
      artgraph similar mycorpus cluster:3 --sheet near.png
      artgraph similar mycorpus found.jpg --weights resnet18.safetensors
      artgraph similar mycorpus --text "thick impasto, night" --without portrait
    """
    from artgraph.stages.summary import work_names

    if (query is None) == (options["text"] is None):
        raise click.UsageError("name a work, a cluster or a picture file, or words with --text")
    bars = Bars("similar")
    facts = stage("similar")(corpus, query, weights=weights or None, **options).facts
    bars.close()
    if as_json:
        show_json(facts)
        return
    say(f"nearest to {facts['query']}, by {', '.join(facts['on'])} (cosine distance, 0 to 2):")
    for hit, work in zip(facts["hits"], work_names(corpus, [hit["id"] for hit in facts["hits"]]), strict=True):
        cluster = "" if hit["cluster"] is None else f"cluster {hit['cluster']}"
        added = f", added {hit['added']}" if hit.get("added") else ""
        say(f"{hit['rank']:4d}  {hit['distance']:.3f}  {cluster:<10}  {work}{added}")
