"""The page to look at."""

import os
from pathlib import Path
from urllib.parse import quote

import numpy as np

from artgraph.stages.base import Made
from artgraph.stages.layout import view

__all__ = ["atlas"]


def _thumbnail(corpus, row):
    file = corpus.path / "thumbs" / f"{corpus.paintings['image_sha256'].iloc[row]}.webp"
    return file.read_bytes() if file.is_file() else None


def _href(corpus, row, folder):
    """Return the address of the original picture, relative to a folder; None where it lies on another drive."""
    try:
        relative = os.path.relpath(corpus.image_root / corpus.paintings["image"].iloc[row], folder)
    except ValueError:
        return None
    return quote(Path(relative).as_posix(), errors="surrogateescape")


def atlas(corpus, *, partition="leiden", out=None, images=True):
    """Write the page to look at: a folder whose index.html opens by double-click.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    out : str or Path, optional
        Default: ``atlas`` in the corpus.
    images : bool
        False makes an atlas that carries no pictures.

    Returns
    -------
    Made
        ``key`` is the path of index.html.
    """
    from artgraph.atlas import write_atlas
    from artgraph.interpret import palette, typicality
    from artgraph.stages.info import provenance

    graph, labels, X, positions = view(corpus, partition)
    out = Path(out) if out else corpus.path / "atlas"
    typical = typicality(X, labels)
    near = corpus.get("graphs", graph, "knn")
    clusters = []
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        exemplars = members[np.argsort(-typical[members], kind="stable")][:12]
        pictures = [picture for row in exemplars if (picture := _thumbnail(corpus, row))] if images else []
        clusters.append({"label": label, "name": None, "palette": palette(pictures), "sentence": ""})
    styled = corpus.paintings["style"].notna().any()
    index = write_atlas(
        out,
        corpus.paintings,
        labels,
        title=corpus.path.resolve().name,
        thumbnails=lambda row: _thumbnail(corpus, row),
        sources=lambda row: _href(corpus, row, out.resolve()),
        layout=positions,
        neighbors=(near["indices"], np.clip(1 - near["distances"], 0, 1)),
        typicality=typical,
        clusters=clusters,
        reference="style" if styled else None,
        provenance=provenance(corpus, partition),
        images=images,
    )
    return Made("atlas", str(index), True, {"n": len(corpus), "clusters": len(clusters)})
