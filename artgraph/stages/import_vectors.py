"""A user's own vectors become features."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.lineage import Ref
from artgraph.stages.base import Made, columns, make

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["import_vectors"]


def import_vectors(
    corpus: Corpus,
    file: str | Path,
    *,
    name: str = "imported",
    id_file: str | Path | None = None,
    field: str | None = None,
    allow_missing: bool = False,
) -> Made:
    """Take a user's own vectors into the corpus, joined by id; they are features like any other.

    Parameters
    ----------
    corpus
    file : str or Path
        ``.npy`` (rows in the order of the corpus, or of ``id_file``), ``.parquet`` (with a column ``id``) or ``.h5ad``.
    name : Key of the features.
    id_file : For ``.npy``: a text file with one id a line.
    field : The list column of a parquet file, or the ``obsm`` entry of an h5ad file.
    allow_missing : bool
        Give paintings that the file does not have a row of zeros (they have no neighbours), instead of an error.
    """
    from artgraph.descriptors.backbones import file_sha256
    from artgraph.descriptors.imported import read_vectors

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
