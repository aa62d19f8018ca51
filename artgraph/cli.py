"""The command line: options and printing, nothing else. Every command calls one function of ``artgraph.pipeline``."""

import json
from pathlib import Path

import click

from artgraph import __version__
from artgraph.commands.clusters import communities
from artgraph.commands.doors import export, plot, similar
from artgraph.commands.reading import influence, interpret, worklist
from artgraph.commands.tuning import train_descriptor
from artgraph.options import (
    Bars,
    Group,
    keys,
    named_weights,
    names,
    network,
    network_options,
    option,
    stage,
    with_corpus,
)

__all__ = ["main"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="artgraph")
def main():
    """Group paintings by style, without labels.

    \b
    artgraph demo -o demo                     see what it does, with nothing to download
    artgraph run PICTURES -o mycorpus         the whole walk on your own pictures
    """


def _show(made):
    from artgraph.pipeline import line

    click.echo(line(made))


WITH_HELP = (
    "eye, color, texture, patches, gram, moments, cnn, clip, csd, separated by commas; gram:resnet18 names the network."
)
METADATA_HELP = "A spreadsheet (CSV, parquet) with a column of paths or ids."


@main.command()
@click.argument("images", type=click.Path(path_type=Path))
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@option("run", "metadata", type=click.Path(path_type=Path), help=METADATA_HELP)
@option("run", "descriptors", "--with", callback=names, help=WITH_HELP)
@option("run", "artist_edges", is_flag=True, help="Link works by the same hand, too.")
@option("run", "n_clusters", type=click.IntRange(1), help="How many clusters; default: as many as Leiden finds.")
@option("run", "max_refused", type=click.FloatRange(0, 1), help="Share of pictures that may be refused.")
@network_options("run")
@option("run", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("run", "seed", type=int)
def run(images, out, **options):
    """Do everything: pictures in; style clusters, a Gephi file and a page out.

    Killed and started again, it goes on where it was.

    \b
    Example:
      artgraph run scans --metadata scans.csv --with color,texture -o mycorpus
    """
    corpus = stage("run")(images, out, tell=click.echo, progress=Bars(), **network(options), **options)
    _finish(corpus)


@main.command()
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@option("demo", "workers", type=click.IntRange(1))
@option("demo", "seed", type=int, help="Of the painter, too: another seed, another exhibition.")
def demo(out, **options):
    """Paint a small collection and run everything on it. Needs no network and no weights.

    \b
    Example:
      artgraph demo -o demo
    """
    _finish(stage("demo")(out, tell=click.echo, progress=Bars(), **options))


def _finish(corpus):
    exports = corpus.path / "exports"
    click.echo(f"\nLook at it:   {corpus.path / 'atlas' / 'index.html'}  (opens by double-click)")
    click.echo(f"In Gephi:     {exports / 'leiden.gexf'}")
    click.echo(f"In Excel:     {exports / 'leiden.csv'}")
    click.echo(f"What is here: artgraph info {corpus.path}")


@main.command()
@click.argument("images", type=click.Path(path_type=Path))
@click.option("--output", "-o", "out", required=True, type=click.Path(path_type=Path), help="The corpus to make.")
@option("ingest", "metadata", type=click.Path(path_type=Path), help=METADATA_HELP)
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS", help="Such as artist=Maker; can be repeated."
)
@option("ingest", "max_refused", type=click.FloatRange(0, 1), help="Share of pictures that may be refused.")
@option("ingest", "workers", type=click.IntRange(1), help="Decoding threads.")
def ingest(images, out, columns, **options):
    """Make a corpus of a folder of pictures and a spreadsheet.

    \b
    Example:
      artgraph ingest scans --metadata scans.csv --column artist=Maker -o mycorpus
    """
    if any("=" not in column for column in columns):
        raise click.BadParameter("write it as OURS=THEIRS, such as artist=Maker", param_hint="--column")
    columns = dict(column.split("=", 1) for column in columns) or None
    corpus = stage("ingest")(images, out, columns=columns, progress=Bars(), **options)
    facts = corpus.head["facts"]
    click.echo(
        f"{facts['images_found']} pictures found = {facts['images_taken']} taken + {facts['images_refused']} refused; "
        f"{facts['rows_refused']} rows of the spreadsheet refused"
    )
    for note in facts.get("notes", ()):
        click.echo(f"note: {note}")
    if facts["images_refused"] or facts["rows_refused"]:
        click.echo(f"{corpus.path / 'refused.csv'} says which and why")


@main.command()
@with_corpus
@option("describe", "descriptors", "--with", callback=names, help=WITH_HELP)
@option("describe", "fuse", is_flag=True, help="Also join them into one feature.")
@option("describe", "fuse_name", help="Its key.")
@option(
    "describe", "fuse_weights", callback=named_weights, metavar="NAME=NUMBER,...", help="What each weighs; default 1."
)
@network_options("describe")
@option("describe", "workers", type=click.IntRange(1), help="Decoding threads.")
@option("describe", "seed", type=int)
def describe(corpus, **options):
    """Turn pictures into features, all descriptors in one pass.

    \b
    Example:
      artgraph describe mycorpus --with gram,color --backbone resnet18 --weights resnet18.safetensors
      artgraph describe mycorpus --with color,texture,patches --fuse --fuse-weights patches=2
    """
    for made in stage("describe")(corpus, progress=Bars(), **network(options), **options):
        _show(made)


main.add_command(train_descriptor)


@main.command("import")
@with_corpus
@click.argument("file", type=click.Path(path_type=Path))
@option("import_vectors", "name")
@option("import_vectors", "id_file", type=click.Path(path_type=Path), help="For npy: a text file, one id a line.")
@option("import_vectors", "field", help="The list column of a parquet file, or the obsm entry of an h5ad file.")
@option("import_vectors", "allow_missing", is_flag=True, help="Paintings that the file lacks get no neighbours.")
def import_vectors(corpus, file, **options):
    """Take your own vectors into the corpus, joined by id.

    \b
    Example:
      artgraph import mycorpus vectors.parquet --name mine
    """
    _show(stage("import_vectors")(corpus, file, **options))


@main.command("build-graph")
@with_corpus
@option("build_graph", "on", callback=keys, help="Features, separated by commas.")
@option("build_graph", "name")
@option("build_graph", "n_neighbors", type=click.IntRange(1))
@option("build_graph", "metric", type=click.Choice(["cosine", "euclidean"]))
@option("build_graph", "weights", type=click.Choice(["jaccard", "fuzzy", "gauss", "cosine"]), help="Of the edges.")
@option("build_graph", "symmetry", type=click.Choice(["union", "mutual"]), help="Near for either, or for both.")
@option("build_graph", "hubness", type=click.Choice(["none", "csls", "mutual-proximity"]), help="Correct for hubs.")
@option(
    "build_graph", "merge", type=click.Choice(["features", "weights", "snf", "layers"]), help="How to join several."
)
@option(
    "build_graph", "regress_out", callback=names, help="Take these out of the features: greyscale, margin, a column ..."
)
@option("build_graph", "cross_artist", is_flag=True, help="Look for neighbours among works by other artists.")
@option("build_graph", "artist_edges", is_flag=True, help="Link works by the same hand, in a layer of their own.")
@option("build_graph", "artist_strength", type=click.FloatRange(0), help="Weight of that layer beside the style edges.")
@option("build_graph", "max_years", type=click.FloatRange(0), help="No such link between works dated further apart.")
@option("build_graph", "seed", type=int)
@click.option("--diagnose", is_flag=True, help="Also print figures and draw a plot of degree and hubness.")
def build_graph(corpus, diagnose, **options):
    """Link every painting to those that look most alike.

    \b
    Example:
      artgraph build-graph mycorpus --on gram,color
      artgraph build-graph mycorpus --on gram,color --merge snf --hubness csls --diagnose
      artgraph build-graph mycorpus --on gram --regress-out greyscale
      artgraph build-graph mycorpus --on vgae --name vgae --cross-artist --artist-edges --artist-strength 2
    """
    made = stage("build_graph")(corpus, **options)
    _show(made)
    if diagnose:
        for fact, value in made.facts.items():
            click.echo(f"  {fact}: {value}")
        from artgraph.stages.build_graph import diagnose_graph

        click.echo(f"plot: {diagnose_graph(corpus, graph=made.key).key}")


@main.command("train-vgae")
@with_corpus
@option("train_vgae", "graph")
@option("train_vgae", "name")
@option(
    "train_vgae",
    "model",
    type=click.Choice(["none", "smooth", "contrastive", "gae", "vgae"]),
    help="The baselines show what the VGAE adds.",
)
@option("train_vgae", "encoder", type=click.Choice(["gcn", "sage", "gat", "linear", "sign"]))
@option("train_vgae", "hops", type=click.IntRange(0), help="Propagation steps of the encoder 'sign'.")
@option("train_vgae", "latent_dim", type=click.IntRange(1))
@option("train_vgae", "epochs", type=click.IntRange(1), help="At most; default 25; 200 for 'gcn', 'sage' and 'gat'.")
@option("train_vgae", "kl_weight", type=click.FloatRange(0))
@option(
    "train_vgae",
    "kindred_weight",
    type=click.FloatRange(0),
    help="How far artists who paint alike come together; 0: no.",
)
@option("train_vgae", "artist_strength", type=click.FloatRange(0), help="How far a known artist moves a work.")
@option(
    "train_vgae",
    "gated",
    "--gated/--not-gated",
    help="Whether works of one hand that look unlike each other count less as such.",
)
@option("train_vgae", "device", type=click.Choice(["auto", "cpu", "cuda"]))
@option("train_vgae", "seed", type=int)
@click.option("--diagnose", is_flag=True, help="Print the figures of the training, and draw its curves.")
def train_vgae(corpus, diagnose, **options):
    """Refine features by a variational graph autoencoder.

    Where the graph was built with --artist-edges, the names of the artists teach it what makes a manner.

    \b
    Example:
      artgraph train-vgae mycorpus
      artgraph build-graph mycorpus --on vgae --name vgae
      artgraph communities mycorpus --graph vgae
    """
    made = stage("train_vgae")(corpus, progress=Bars(), **options)
    _show(made)
    if made.facts.get("warning"):
        click.echo(f"warning: {made.facts['warning']}")
    if diagnose:
        for fact, value in made.facts.items():
            if fact not in ("history", "kl_per_dimension"):
                click.echo(f"  {fact}: {value}")
        from artgraph.stages.train_vgae import diagnose_training

        click.echo(f"plot: {diagnose_training(corpus, name=made.key).key}")


main.add_command(communities)


@main.command()
@with_corpus
@option("evaluate", "partition")
@option("evaluate", "against", help="The column to judge by.")
@option("evaluate", "confounds", "--confound", callback=names, help="Columns that clusters should not follow.")
@option("evaluate", "n_neighbors", type=click.IntRange(1), help="k of precision at k.")
@option("evaluate", "seed", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def evaluate(corpus, as_json, **options):
    """Judge a partition: against a column, by itself, and by what it should not follow.

    Every figure stands beside what chance gives and, in brackets of 95 %, what other choices of artists would give.

    \b
    Example:
      artgraph evaluate mycorpus --against style
      artgraph evaluate mycorpus --against style --confound subject,museum
    """
    made = stage("evaluate")(corpus, **options)
    if as_json:
        click.echo(json.dumps(made.facts, indent=1, ensure_ascii=False))
        return
    from artgraph.evaluation import evaluation_report

    click.echo(evaluation_report(made.facts), nl=False)


main.add_command(interpret)
main.add_command(worklist)
main.add_command(influence)
main.add_command(export)


@main.command()
@with_corpus
@option("atlas", "partition")
@option("atlas", "compare", multiple=True, metavar="PARTITION", help="Show this one beside it; can be repeated.")
@option("atlas", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: atlas/ in the corpus.")
@option("atlas", "images", "--images/--no-images", help="Without: a page that carries no pictures.")
def atlas(corpus, **options):
    """Write the page to look at; it opens by double-click.

    \b
    Example:
      artgraph atlas mycorpus -o mypage
      artgraph atlas mycorpus --compare vgae-leiden
    """
    _show(stage("atlas")(corpus, **options))


main.add_command(similar)
main.add_command(plot)


@main.command()
@with_corpus
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def info(corpus, as_json):
    """Say what is in a corpus, how it was made, and what is stale.

    \b
    Example:
      artgraph info mycorpus
    """
    about = stage("info")(corpus)
    if as_json:
        click.echo(json.dumps(about, indent=1, ensure_ascii=False))
        return
    click.echo(f"{about['path']}: {about['n']} paintings, pictures in {about['image_root']}")
    columns = ", ".join(
        f"{name} ({count})" for name, count in about["columns"].items() if not name.startswith("image_")
    )
    click.echo(f"columns: {columns}")
    for thing in about["things"]:
        made_by = thing["made_by"]
        settings = ", ".join(f"{key}={value}" for key, value in made_by["params"].items() if value is not None)
        state = f"  STALE: {thing['stale'][0]}" if thing["stale"] else ""
        click.echo(f"  {thing['kind']}/{thing['key']}  {settings[:100]}{state}")
