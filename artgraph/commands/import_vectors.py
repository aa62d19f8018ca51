"""artgraph import: a user's own vectors become features."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Command, makes, option, show, stage, with_corpus

__all__ = ["import_vectors"]


@click.command("import", cls=Command)
@with_corpus
@click.argument("file", type=click.Path(path_type=Path))
@option("import_vectors", "name", help="Key of the features.")
@option("import_vectors", "id_file", type=click.Path(path_type=Path), help="For npy: a text file, one id a line.")
@option("import_vectors", "field", help="The list column of a parquet file, or the obsm entry of an h5ad file.")
@option("import_vectors", "allow_missing", is_flag=True, help="Paintings that the file lacks get no neighbours.")
@makes
def import_vectors(corpus: Any, file: Path, **options: Any) -> None:
    """Take your own vectors into the corpus, joined by id.

    \b
    Example:
      artgraph import mycorpus vectors.parquet --name mine
    """
    bars = Bars("import")
    show(stage("import_vectors")(corpus, file, **options), bars)
