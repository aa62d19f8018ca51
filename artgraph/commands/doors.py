"""The doors out: commands that export, search and draw."""

import json
from pathlib import Path

import click

from artgraph.options import Bars, Command, keys, names, option, stage, with_corpus

__all__ = ["export", "plot", "similar"]


@click.command(cls=Command)
@with_corpus
@option(
    "export",
    "to",
    type=click.Choice(["gexf", "csv", "graphml", "gephi-csv", "anndata", "embedding-atlas", "vikus"]),
)
@option("export", "partition")
@option("export", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: in exports/ of the corpus.")
@option("export", "pictures", is_flag=True, help="Give the pictures along, too.")
@option("export", "timeline", is_flag=True, help="gexf: dated paintings get a time interval.")
@option("export", "image_url", metavar="URL", help="Where you put the thumbnails on the web, for Gephi Lite.")
def export(corpus, **options):
    """Write a partition with its graph and map for another program.

    \b
    gexf             Gephi: everything, and it opens looking finished
    csv              Excel, LibreOffice: the table with the clusters
    graphml          whatever reads GraphML
    gephi-csv        Gephi's spreadsheet import: nodes.csv and edges.csv
    anndata          scanpy (h5ad); needs pip install 'artgraph[anndata]'
    embedding-atlas  Embedding Atlas (parquet)
    vikus            VIKUS Viewer: its data folder

    \b
    Example:
      artgraph export mycorpus --to gexf --pictures -o mycorpus.gexf
    """
    from artgraph.pipeline import line

    click.echo(line(stage("export")(corpus, progress=Bars(), **options)))


@click.command(cls=Command)
@with_corpus
@click.argument("query")
@option("similar", "on", callback=keys, help="Features, separated by commas; default: those under the graph.")
@option("similar", "graph")
@option("similar", "partition")
@option("similar", "n_neighbors", type=click.IntRange(1))
@option("similar", "sheet", type=click.Path(path_type=Path), help="Draw query and hits: png, svg, pdf.")
@option("similar", "out", "--output", "-o", type=click.Path(path_type=Path), help="Write the hits as CSV.")
@option(
    "similar",
    "weights",
    multiple=True,
    metavar="FILE|BACKBONE=FILE|FOLDER",
    help="For a picture file: weights of networks.",
)
@option("similar", "device", type=click.Choice(["auto", "cpu", "cuda"]))
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def similar(corpus, query, as_json, **options):
    """Find the works nearest to QUERY: an id, a cluster, or a picture file.

    What the query itself shows is never among them.

    \b
    Example:
      artgraph similar mycorpus monet/0001.jpg
      artgraph similar mycorpus cluster:3 --sheet near.png
      artgraph similar mycorpus found.jpg --weights resnet18.safetensors
    """
    facts = stage("similar")(corpus, query, **options).facts
    if as_json:
        click.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        return
    click.echo(f"nearest to {facts['query']}, by {', '.join(facts['on'])} (cosine distance):")
    for hit in facts["hits"]:
        cluster = "" if hit["cluster"] is None else f"cluster {hit['cluster']}"
        about = ", ".join(hit[name] for name in ("artist", "title", "date") if hit[name])
        click.echo(f"{hit['rank']:4d}  {hit['distance']:.3f}  {cluster:<10}  {hit['id']}  {about}".rstrip())


@click.command(cls=Command)
@with_corpus
@click.argument(
    "kind", type=click.Choice(["sheets", "confusion", "timeline", "resolution", "degree", "pca", "training"])
)
@option("plot", "partition")
@option("plot", "against", help="confusion: a column, or another partition.")
@option("plot", "model", help="training: which.")
@click.option("--clusters", callback=names, multiple=True, help="sheets: only these, separated by commas.")
@option("plot", "works", type=click.IntRange(1), help="sheets: at most so many on one.")
@option("plot", "seed", type=int)
@option("plot", "form", type=click.Choice(["png", "svg", "pdf"]))
@option("plot", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: in plots/ of the corpus.")
def plot(corpus, kind, clusters, **options):
    """Draw something of the corpus, for screen and print.

    \b
    sheets      the most typical works of each cluster: A3, 300 dpi
    confusion   a partition against a column, or another partition
    timeline    the decades of each cluster
    resolution  how stable the clusters are at each resolution
    degree      links and hubs of the graph
    pca         how much of the features few directions hold
    training    how a VGAE learned

    \b
    Example:
      artgraph plot mycorpus sheets --form pdf
      artgraph plot mycorpus confusion --against style
    """
    if clusters is not None:
        if not all(label.isdigit() for label in clusters):
            raise click.BadParameter("write numbers, such as 0,3,5", param_hint="--clusters")
        clusters = [int(label) for label in clusters]
    for made in stage("plot")(corpus, kind, clusters=clusters, progress=Bars(), **options):
        click.echo(made.key)
