"""artgraph export: what other programs read."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Choice, Command, makes, option, partition_option, show, stage, with_corpus
from artgraph.stages.export import FORMATS

__all__ = ["export"]


@click.command(cls=Command)
@with_corpus
@option("export", "to", type=Choice(list(FORMATS)), help="The format.")
@partition_option("export")
@option("export", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: in exports/ of the corpus.")
@option("export", "pictures", is_flag=True, help="Give the pictures along, too.")
@option("export", "timeline", is_flag=True, help="gexf: dated paintings get a time interval.")
@option("export", "everything", "--all", is_flag=True, help="csv: also what only programs read: hashes, byte counts.")
@option("export", "image_url", metavar="URL", help="Where you put the thumbnails on the web, for Gephi Lite and iiif.")
@option("export", "base", metavar="URL", help="iiif, which needs it: the address that the folder will have on the web.")
@option("export", "authors", "--author", multiple=True, metavar="NAME", help="ro-crate: 'NAME (PLACE) <ORCID>'.")
@option("export", "license", metavar="LICENCE", help="ro-crate: of the data, such as CC-BY-4.0, or an address.")
@option("export", "date", metavar="DAY", help="ro-crate: of publication, such as 2026-11-29.")
@option("export", "title", help="ro-crate: default: the name of the corpus's folder.")
@makes
def export(corpus: Any, **options: Any) -> None:
    """Write a partition with its graph and map for another program.

    \b
    gexf             Gephi: everything, with positions, sizes and colours
    gexf-clusters    Gephi: clusters and their typical works, where all are too many
    csv              Excel, LibreOffice: the table with the clusters
    graphml          whatever reads GraphML
    gephi-csv        Gephi's spreadsheet import: nodes.csv and edges.csv
    gephi-lite       Gephi Lite: its own file, with colours, sizes, labels and pictures on the web
    anndata          scanpy (h5ad); needs pip install 'artgraph[anndata]'
    embedding-atlas  Embedding Atlas (parquet)
    vikus            VIKUS Viewer: its data folder
    iiif             Mirador, Universal Viewer: a manifest for each cluster, on the pictures of their museums
    ro-crate         an archive for Zenodo and others: everything, how it was made, and the rights; see replay

    \b
    Example:
      artgraph export mycorpus --to gexf --pictures -o mycorpus.gexf
      artgraph export mycorpus --to iiif --base https://example.org/clusters
      artgraph export mycorpus --to ro-crate --author "Ada Example" --license CC-BY-4.0 --date 2026-11-29
    """
    bars = Bars("export")
    show(stage("export")(corpus, progress=bars, **options), bars)
