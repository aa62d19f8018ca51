"""What a notebook shows of a corpus: what is there, how it was made, exemplars of the clusters."""

from __future__ import annotations

import base64
import html as markup
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from artgraph.colors import cluster_color
from artgraph.errors import CorpusError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, adjacency_of
from artgraph.stages.lead import shown_first
from artgraph.stages.pictures import caption, thumbnail_pixels
from artgraph.stages.ruling import names_of
from artgraph.stages.summary import line

if TYPE_CHECKING:
    import scipy.sparse as sp

    from artgraph.corpus import Corpus

__all__ = ["exemplar_rows", "graph", "html", "labels", "picture_uri", "text"]

CLUSTERS, WORKS, SIDE = 12, 6, 72  # rows, pictures in a row, pixels of a picture


def labels(corpus: Corpus, partition: str | None = None) -> pd.Series:
    """Return the cluster of every painting (n values, int32, by id); a missing or stale partition is an error.

    Parameters
    ----------
    corpus
    partition : Default: the one that the page shows first.
    """
    ref = Ref("partitions", partition or shown_first(corpus))
    Lineage(corpus).inputs([ref])
    return pd.Series(corpus.get(*ref), index=pd.Index(corpus.paintings["id"], name="id"), name=ref.key)


def graph(corpus: Corpus, name: str | None = None) -> sp.csr_matrix:
    """Return a graph as clusters are found in it, (n, n) CSR; a missing or stale one is an error.

    Parameters
    ----------
    corpus
    name : Default: the graph under the partition that the page shows first; without one, 'style'.
    """
    first = shown_first(corpus)
    if name is None:
        name = Lineage(corpus).shown_graph(first) if corpus.has("partitions", first) else "style"
    Lineage(corpus).inputs([Ref("graphs", name)])
    return adjacency_of(corpus, name)


def text(corpus: Corpus) -> str:
    """Return what is in a ``corpus``, in one line."""
    kinds = {kind: ", ".join(corpus.keys(kind)) for kind in ("features", "graphs", "partitions")}
    found = "; ".join(f"{kind}: {keys}" for kind, keys in kinds.items() if keys)
    return f"Corpus({str(corpus.path)!r}, n={len(corpus)}{'; ' if found else ''}{found})"


def html(corpus: Corpus) -> str:
    """Return what is in a ``corpus`` as HTML (str): exemplars of its clusters, and how everything was made."""
    lineage = Lineage(corpus)
    rows = []
    for kind in ("features", "models", "graphs", "partitions", "reports"):
        for key in corpus.keys(kind):
            ref = Ref(kind, key)
            said, command = line(Made(*ref, True, lineage.known(ref)["facts"])), lineage.command(ref)
            stale = " <b>stale</b>" if lineage.stale(ref) else ""
            rows.append(f"<tr><td>{_safe(said)}{stale}</td><td><code>{_safe(command)}</code></td></tr>")
    made = f"<details><summary>How it was made</summary><table>{''.join(rows)}</table></details>" if rows else ""
    counts = [f"{int(corpus.paintings[name].notna().sum())} with {name}" for name in ("artist", "date", "style")
              if name in corpus.paintings and corpus.paintings[name].notna().any()]  # fmt: skip
    said = ", ".join([f"<b>{len(corpus)} works</b>", *counts, "" if corpus.has_pictures else "no pictures"]).rstrip(
        ", "
    )
    return f"<div><p><code>{_safe(str(corpus.path))}</code>: {said}</p>{_clusters(corpus)}{made}</div>"


def exemplar_rows(corpus: Corpus, partition: str, *, n_works: int = WORKS) -> dict[int, list[int]]:
    """Return the rows of works that are most of their cluster, by number of the cluster.

    Those that ``artgraph interpret`` chose, where its report is up to date; else those of highest confidence.

    Parameters
    ----------
    corpus, partition
    n_works : Of each cluster, at most.
    """
    found, report, lineage = (
        corpus.get("partitions", partition),
        Ref("reports", f"{partition}-clusters"),
        Lineage(corpus),
    )
    if corpus.has(*report) and not lineage.stale(report):
        row = {key: at for at, key in enumerate(corpus.paintings["id"])}
        told = corpus.label(*report)["facts"]["clusters"]
        return {one["cluster"]: [row[key] for key in one["exemplars"][:n_works]] for one in told}
    try:
        sure = corpus.get("partitions", partition, "membership")["confidence"]
    except CorpusError:
        sure = np.zeros(len(corpus))
    order = np.argsort(-np.nan_to_num(sure), kind="stable")
    return {label: order[found[order] == label][:n_works].tolist() for label in np.unique(found[found >= 0]).tolist()}


def picture_uri(corpus: Corpus, row: int, *, side: int = SIDE) -> str | None:
    """Return the thumbnail of a work as a data URI; None where there is none.

    Parameters
    ----------
    corpus, row
    side : Pixels of the longer side.
    """
    from PIL import Image

    from artgraph.images import resize_contain

    if not corpus.has_pictures or (pixels := thumbnail_pixels(corpus, row)) is None:
        return None
    data = io.BytesIO()
    Image.fromarray(resize_contain(pixels, side)).save(data, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"


def _clusters(corpus: Corpus) -> str:
    """Return a row of exemplars for each of the largest clusters of the partition shown first."""
    try:
        partition = shown_first(corpus)
        found = labels(corpus, partition)
        best, names = exemplar_rows(corpus, partition), names_of(corpus, partition)
    except CorpusError as error:
        return f"<p>{_safe(str(error))}</p>"
    sizes = found[found >= 0].value_counts()
    rows = [_cluster(corpus, label, best.get(label, []), f"{names.get(label, label)}: {sizes[label]} works")
            for label in sorted(sizes.index)[:CLUSTERS]]  # fmt: skip
    more = f"<p>and {len(sizes) - CLUSTERS} more clusters</p>" if len(sizes) > CLUSTERS else ""
    return (
        f"<p>{len(sizes)} clusters of partition <code>{_safe(partition)}</code></p><table>{''.join(rows)}</table>{more}"
    )


def _cluster(corpus: Corpus, label: int, works: Sequence[int], said: str) -> str:
    pictures = []
    for row in works:
        under = _safe(" · ".join(caption(corpus, row)))
        uri = picture_uri(corpus, row)
        pictures.append(f'<img src="{uri}" alt="{under}" title="{under}">' if uri else under)
    color = f'<span style="color:{cluster_color(label)}">●</span>'
    return f"<tr><td>{color} {_safe(said)}</td><td>{' '.join(pictures)}</td></tr>"


def _safe(text: str) -> str:
    return markup.escape(text, quote=True)
