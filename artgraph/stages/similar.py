"""The works nearest to a picture, a work or a cluster."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, features_of
from artgraph.stages.project import project

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from artgraph.corpus import Corpus

__all__ = ["similar"]


def similar(
    corpus: Corpus,
    query: str | Path,
    *,
    on: Sequence[str] | None = None,
    graph: str = "style",
    partition: str = "leiden",
    n_neighbors: int = 15,
    sheet: str | Path | None = None,
    out: str | Path | None = None,
    weights: str | Path | Sequence[str | Path] | None = None,
    device: str = "auto",
) -> Made:
    """Find the works nearest to a query; what the query itself shows is never among them.

    Parameters
    ----------
    corpus
    query : The id of a painting; or "cluster:3", whose middle is the query and whose members are left out; or a picture
        file, which is described as the corpus was. Where a file has the name of an id, write ``./name`` for the file.
    on : Features; default: those that the graph was built on.
    graph, partition : Where the features are taken from, and the clusters.
    n_neighbors
    sheet : Draw query and hits: PNG, SVG or PDF.
    out : Write the hits as CSV.
    weights : Of networks, for a picture file; see ``describe``.
    device : {"auto", "cpu", "cuda"}

    Returns
    -------
    Made
        Its facts hold ``query`` (what it was taken for) and ``hits``: a list of dicts with ``rank``, ``id``,
        ``distance`` (cosine, 0 to 2), ``cluster`` (None without a partition), ``artist``, ``title``, ``date``.

    Raises
    ------
    InputError
        The query is none of the three, or has no features; or the features say nothing of other pictures.
    WeightsError
        A picture file needs a network whose weights cannot be had.
    ImageError
        The file is not a picture.
    """
    from artgraph.retrieval import middle, nearest

    lineage = Lineage(corpus)
    on = tuple(on or lineage.params(Ref("graphs", graph))["on"])
    lineage.inputs(Ref("features", key) for key in on)
    labels = None
    if corpus.has("partitions", partition):
        lineage.inputs([Ref("partitions", partition)])
        labels = corpus.get("partitions", partition)
    kind, value = _understood(corpus, str(query), labels, partition)
    X = features_of(corpus, on)
    if kind == "file":
        vector = project(corpus, on, [value], weights=weights, device=device)[0]
        digest = hashlib.sha256(value.read_bytes()).hexdigest()
        own, about = np.flatnonzero(corpus.paintings["image_sha256"] == digest), f"the picture {value.name}"
    elif kind == "cluster":
        own = np.flatnonzero(labels == value)
        vector, about = middle(X, own), f"cluster {value} of '{partition}', {len(own)} paintings"
    else:
        own, vector = np.array([value]), X[value]
        about = f"painting {corpus.paintings['id'].iloc[value]}"
    if not vector.any():
        raise InputError(f"Nothing is known of {about} in the features {', '.join(on)}, so nothing can be near it")
    rows, distances = nearest(
        X, vector, n_neighbors=n_neighbors, exclude=own, duplicate_ids=corpus.paintings["image_sha256"].to_numpy()
    )
    hits = _table(corpus, rows, distances, labels)
    if out is not None:
        from artgraph.export import write_csv

        write_csv(out, hits)
    if sheet is not None:
        _draw(corpus, sheet, (kind, value), rows, hits=hits, about=about)
    plain = hits.astype(object).where(hits.notna(), None).to_dict("records")
    return Made("similar", str(sheet or out or ""), True, {"query": about, "on": list(on), "hits": plain})


def _understood(corpus: Corpus, query: str, labels: np.ndarray | None, partition: str) -> tuple[str, Any]:
    """Return ("id", row), ("cluster", label) or ("file", Path)."""
    at = np.flatnonzero(corpus.paintings["id"] == query)
    if len(at):
        return "id", int(at[0])
    if found := re.fullmatch(r"cluster:(\d+)", query):
        if labels is None:
            Lineage(corpus).label(Ref("partitions", partition))  # says what there is, and how to make it
        if int(found[1]) not in labels:
            raise InputError(f"'{partition}' has no cluster {found[1]} (there are: 0 to {labels.max(initial=-1)})")
        return "cluster", int(found[1])
    if Path(query).is_file():
        return "file", Path(query)
    ids = corpus.paintings["id"]
    raise InputError(
        f"'{query}' is neither an id in {corpus.path} (such as {', '.join(ids.iloc[:2])}), nor a cluster (such as "
        "cluster:0), nor a picture file"
    )


def _table(corpus: Corpus, rows: np.ndarray, distances: np.ndarray, labels: np.ndarray | None) -> pd.DataFrame:
    import pandas as pd

    paintings = corpus.paintings.iloc[rows].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "rank": range(1, len(rows) + 1),
            "id": paintings["id"],
            "distance": [round(float(distance), 4) for distance in distances],
            "cluster": pd.array([pd.NA] * len(rows) if labels is None else labels[rows], dtype="Int64"),
        }
    )
    table.loc[table["cluster"] < 0, "cluster"] = pd.NA
    return table.assign(**{name: paintings[name] for name in ("artist", "title", "date")})


def _draw(
    corpus: Corpus,
    sheet: str | Path,
    query: tuple[str, Any],
    rows: np.ndarray,
    *,
    hits: pd.DataFrame,
    about: str,
) -> None:
    from artgraph.plots import plot_sheet
    from artgraph.stages.pictures import caption, picture

    kind, value = query
    pictures, captions = [], []
    if kind == "file":
        from artgraph.images import load_image

        pictures, captions = [load_image(value, min_side=400)], [("the query", Path(value).name)]
    elif kind == "id":
        pictures, captions = [picture(corpus, value, min_side=400)], [caption(corpus, value, first="the query")]
    pictures += [picture(corpus, row, min_side=400) for row in rows]
    captions += [
        caption(corpus, row, first=f"{rank} · {distance:.3f}")
        for rank, row, distance in zip(hits["rank"], rows, hits["distance"], strict=True)
    ]
    plot_sheet(sheet, pictures, captions, title=f"Nearest to {about}", framed=1 if kind != "cluster" else 0, trim=True)
