"""A user's own vectors become features."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.errors import InputError
from artgraph.lineage import Ref
from artgraph.stages.base import Made, columns, make
from artgraph.stages.import_analysis import import_analysis

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.corpus import Corpus

__all__ = ["check_order", "import_vectors"]


def check_order(file: str | Path, works: pd.DataFrame, *, advice: str) -> None:
    """Refuse an array without ids where the works are in another order than in the table that they were taken from.

    Parameters
    ----------
    file : Of vectors.
    works : (n, columns), rows of the table of the corpus, sorted by id.
    advice : What to do.

    Raises
    ------
    InputError
        Row i of the array may be meant for the work in row i of the table, which is another one.
    """
    if Path(file).suffix.lower() == ".npy" and not works["metadata_line"].is_monotonic_increasing:
        raise InputError(
            f"{Path(file).name} says nothing of ids, and the works are sorted by id here, otherwise than in their "
            f"table: {advice}, or import a parquet file with a column 'id'."
        )


def import_vectors(
    corpus: Corpus,
    file: str | Path,
    *,
    name: str = "imported",
    id_file: str | Path | None = None,
    field: str | None = None,
    labels: str | None = None,
    graph: str | None = None,
    layout: str | None = None,
    everything: bool = False,
    allow_missing: bool = False,
) -> Made:
    """Take a user's own vectors into the corpus, joined by id; they are features like any other.

    Of an h5ad file also a graph, clusters and a map, such as scanpy makes: a partition that can be evaluated,
    interpreted, exported and drawn as those made here. Works that are added later have no place in it.

    Parameters
    ----------
    corpus
    file : str or Path
        ``.npy`` (rows in the order of the corpus, or of ``id_file``), ``.parquet`` (with a column ``id``) or ``.h5ad``.
        Works without pictures may be in another order in their table than in the corpus; ``id_file`` then has to be
        given.
    name : Key of the features.
    id_file : For ``.npy``: a text file with one id a line.
    field : The list column of a parquet file, or the ``obsm`` entry of an h5ad file; there, with a graph, default: what
        that was built on.
    labels : The column of ``obs`` that becomes the partition ``name``.
    graph : The entry of ``obsp`` that becomes the graph ``name``, with the neighbour lists of "distances".
    layout : The entry of ``obsm`` that becomes the map of that graph.
    everything : All of these as the file has them, and all its vectors: see ``artgraph.export.from_anndata``.
    allow_missing : bool
        Give paintings that the file does not have a row of zeros (they have no neighbours), instead of an error.

    Returns
    -------
    Made
        The partition, where clusters were taken; else the graph, or the features.
    """
    if everything or labels or graph or layout:
        if id_file is not None:
            raise InputError(f"{Path(file).name} has its own ids; an id file goes with .npy only")
        wanted = {"labels": labels, "graph": graph, "layout": layout, "everything": everything}
        return import_analysis(corpus, file, name=name, vectors=field, allow_missing=allow_missing, **wanted)
    from artgraph.descriptors.imported import read_vectors
    from artgraph.descriptors.weights import file_sha256

    if not corpus.has_pictures and id_file is None:
        check_order(file, corpus.paintings, advice="give their ids, one a line, with --id-file FILE")
    X, facts = read_vectors(file, corpus.paintings["id"], id_file=id_file, key=field, allow_missing=allow_missing)
    params = {"file_sha256": facts["file_sha256"], "field": field, "allow_missing": allow_missing}
    if id_file is not None:
        params["id_file_sha256"] = file_sha256(id_file)
    return make(
        corpus,
        "import_vectors",
        Ref("features", name),
        params=params,
        inputs=columns("id"),
        compute=lambda: ({"": X}, {"n": len(X), "dimensions": X.shape[1], **facts}),
    )
