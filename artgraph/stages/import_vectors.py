"""A user's own vectors become features."""

from artgraph.stages.base import make

__all__ = ["import_vectors"]


def import_vectors(corpus, file, *, name="imported", id_file=None, field=None, allow_missing=False):
    """Take a user's own vectors into the corpus, joined by id; they are features like any other.

    Parameters
    ----------
    corpus : Corpus
    file : str or Path
        ``.npy`` (rows in the order of the corpus, or of ``id_file``), ``.parquet`` (with a column ``id``) or ``.h5ad``.
    name : str
        Key of the features.
    id_file : str or Path, optional
        For ``.npy``: a text file with one id a line.
    field : str, optional
        The list column of a parquet file, or the ``obsm`` entry of an h5ad file.
    allow_missing : bool
        Give paintings that the file does not have a row of zeros (they have no neighbours), instead of an error.

    Returns
    -------
    Made
    """
    from artgraph.descriptors.imported import read_vectors

    X, facts = read_vectors(file, corpus.paintings["id"], id_file=id_file, key=field, allow_missing=allow_missing)
    return make(
        corpus,
        "features",
        name,
        function="artgraph.descriptors.imported.read_vectors",
        params={"file_sha256": facts["file_sha256"], "field": field, "allow_missing": allow_missing},
        refs=["paintings/id"],
        compute=lambda: ({"": X}, {"n": len(X), "dimensions": X.shape[1], **facts}),
    )
