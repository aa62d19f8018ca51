"""artgraph import: a user's own vectors become features."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Command, makes, option, show, stage, with_corpus

__all__ = ["import_vectors"]


@click.command("import", cls=Command)
@with_corpus
@click.argument("file", type=click.Path(path_type=Path))
@option("import_vectors", "name", help="Key of what is imported.")
@option("import_vectors", "id_file", type=click.Path(path_type=Path), help="For npy: a text file, one id a line.")
@option("import_vectors", "field", help="The list column of a parquet file, or the obsm entry of an h5ad file.")
@option("import_vectors", "labels", metavar="OBS", help="Of an h5ad file: the clusters in obs.")
@option("import_vectors", "graph", metavar="OBSP", help="Of an h5ad file: the graph in obsp, such as connectivities.")
@option("import_vectors", "layout", metavar="OBSM", help="Of an h5ad file: the map in obsm, such as X_umap.")
@option("import_vectors", "everything", "--all", is_flag=True, help="Of an h5ad file: all that is in it.")
@option("import_vectors", "allow_missing", is_flag=True, help="Paintings that the file lacks get no neighbours.")
@makes
def import_vectors(corpus: Any, file: Path, **options: Any) -> None:
    """Take your own vectors into the corpus, joined by id.

    Of an h5ad file, such as scanpy writes, also clusters, which can then be evaluated, interpreted and drawn.

    \b
    Example:
      artgraph import mycorpus vectors.parquet --name mine
      artgraph import mycorpus analysis.h5ad --name scanpy --all
      artgraph import mycorpus analysis.h5ad --name scanpy --labels leiden --graph connectivities
    """
    bars = Bars("import")
    show(stage("import_vectors")(corpus, file, **options), bars)
