"""A graph, clusters and a map that were made elsewhere become those of the corpus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from artgraph.errors import InputError
from artgraph.lineage import Ref
from artgraph.settings import GraphSettings
from artgraph.stages.base import Made, columns, make

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.export.from_anndata import Analysis

__all__ = ["IMPORTED", "import_analysis", "rows_of"]

IMPORTED = ("import_graph", "import_labels", "import_layout")  # stages


def import_analysis(
    corpus: Corpus, file: str | Path, *, name: str, vectors: str | None, allow_missing: bool, **wanted: Any
) -> Made:
    """Take vectors, graph, clusters and map of an h5ad file; see ``import_vectors``.

    Parameters
    ----------
    corpus, file, name, allow_missing : As for ``import_vectors``.
    vectors : Its ``field``.
    **wanted : ``labels``, ``graph``, ``layout`` and ``everything``.
    """
    from artgraph.descriptors.imported import open_h5ad
    from artgraph.descriptors.weights import file_sha256
    from artgraph.export.from_anndata import read_analysis

    path = Path(file)
    if path.suffix.lower() != ".h5ad":
        raise InputError(f"{path.name} holds vectors alone; labels, a graph and a map are read from .h5ad files.")
    found = read_analysis(
        open_h5ad(path), corpus.paintings["id"], vectors=vectors, allow_missing=allow_missing, **wanted
    )
    if found.layout is not None and found.adjacency is None:
        raise InputError("A map is shown with the links of a graph: give --graph, too, such as --graph connectivities")
    by = {"file_sha256": file_sha256(path), "allow_missing": allow_missing}
    made = _features(corpus, name, found.X, by | {"field": found.field, "joined": found.adjacency is not None})
    for key, X in found.vectors.items():
        other = _free_key(corpus, name, key, by["file_sha256"])
        _features(corpus, other, X, by | {"field": key})
    if found.adjacency is not None:
        made = _graph(corpus, name, found, by)
    if found.layout is not None:
        _put_one(corpus, "import_layout", Ref("layouts", name), by | {"field": found.keys["layout"]},
                 [Ref("graphs", name)], {"": found.layout}, {})  # fmt: skip
    return made if found.labels is None else _partition(corpus, name, found, by)


def _put_one(
    corpus: Corpus,
    stage: str,
    ref: Ref,
    params: Mapping[str, Any],
    inputs: list[Ref],
    parts: dict[str, Any],
    facts: dict[str, Any],
) -> Made:
    inputs = [*inputs, *columns("id")]
    return make(corpus, stage, ref, params=params, inputs=inputs, compute=lambda: (parts, facts))


def _features(corpus: Corpus, name: str, X: np.ndarray, params: dict[str, Any]) -> Made:
    facts = {"n": len(X), "dimensions": X.shape[1]}
    return _put_one(corpus, "import_vectors", Ref("features", name), params, [], {"": X}, facts)


def _free_key(corpus: Corpus, name: str, key: str, sha256: str) -> str:
    """Return a key for other vectors of a file: its own, such as 'pca' of X_pca, unless something else has that."""
    short = "".join(c if c.isascii() and c.isalnum() else "-" for c in key.removeprefix("X_").lower()).strip("-")
    short = f"{name}-x" if key == "X" or not short else short
    label = corpus.sound_label("features", short)
    ours = label is not None and label["made_by"]["params"].get("file_sha256") == sha256
    return short if (label is None or ours) and short != name else f"{name}-{short}"


def _graph(corpus: Corpus, name: str, found: Analysis, by: dict[str, Any]) -> Made:
    from artgraph.graph import describe_graph

    indices, distances = found.neighbors
    knn = {"indices": indices, "distances": distances, "duplicate_of": np.full(len(indices), -1, np.int32)}
    parts = {"": found.adjacency, "knn": knn | {"recall": np.float64(1.0)}}
    facts = {**describe_graph(found.adjacency, indices), "source": found.source}
    inputs = [Ref("features", name)]
    if found.artists is not None:
        parts["artists"], facts["artist_links"] = found.artists, int(found.artists.nnz // 2)
        inputs += columns("artist") if "artist" in corpus.paintings else []
    metric = found.source.get("metric")
    settings = GraphSettings(
        on=(name,),
        n_neighbors=indices.shape[1],
        metric=metric if metric in ("cosine", "euclidean") else "euclidean",
        artist_edges=found.artists is not None,
        artist_edge_weight=float(found.source.get("artist_edge_weight", 0.5)),
    )
    params = settings.params() | by | {"field": found.keys["graph"]}
    return _put_one(corpus, "import_graph", Ref("graphs", name), params, inputs, parts, facts)


def _partition(corpus: Corpus, name: str, found: Analysis, by: dict[str, Any]) -> Made:
    from artgraph.communities import modularity
    from artgraph.communities.membership import assign_roles
    from artgraph.stages.base import adjacency_of

    graph = name if found.adjacency is not None else None
    facts = {"n_clusters": len(set(found.labels[found.labels >= 0].tolist()))}
    facts["unassigned"] = int((found.labels < 0).sum())
    if graph:
        facts["modularity"] = round(float(modularity(adjacency_of(corpus, name), found.labels)), 4)
    if found.names:
        facts["names"] = {str(number): text for number, text in sorted(found.names.items())}
    parts = {"": found.labels}
    if found.membership is not None:
        parts["membership"] = assign_roles(found.membership, found.labels)._asdict()
    params = by | {"field": found.keys["labels"], "graph": graph}
    inputs = [Ref("graphs", name) if graph else Ref("features", name)]
    return _put_one(corpus, "import_labels", Ref("partitions", name), params, inputs, parts, facts)


def rows_of(corpus: Corpus, ref: Ref, origin: np.ndarray) -> dict[str, Any]:
    """Return the parts of something that was imported, for other works: new ones have no links and no cluster.

    Parameters
    ----------
    corpus, ref : Where it is, and what; of one of the stages ``IMPORTED``.
    origin : (n,) int64, the row that each work has in the corpus; -1 for one that is new.
    """
    from artgraph.communities.membership import ROLES
    from artgraph.soundness import parts_of

    stay = origin >= 0
    now = np.full(len(corpus) + 1, -1, dtype=np.int32)  # the last is for -1, no neighbour
    now[origin[stay]] = np.flatnonzero(stay)

    def rows(values: np.ndarray, empty: Any) -> np.ndarray:
        found = np.full((len(origin), *values.shape[1:]), empty, dtype=values.dtype)
        found[stay] = values[origin[stay]]
        return found

    parts = {part: corpus.get(*ref, part) for part in parts_of(corpus.label(*ref))}
    if ref.kind == "partitions":
        empty = {"membership": 0, "confidence": 0, "second": -1, "role": ROLES.index("outlier")}
        soft = {name: rows(values, empty[name]) for name, values in parts.get("membership", {}).items()}
        return {"": rows(parts[""], -1)} | ({"membership": soft} if soft else {})
    if ref.kind == "layouts":
        return {"": rows(parts[""], np.nan)}
    pick = sp.csr_matrix((np.ones(stay.sum(), np.float32), (np.flatnonzero(stay), origin[stay])),
                         shape=(len(origin), len(corpus)))  # fmt: skip
    found = {part: (pick @ matrix @ pick.T).tocsr() for part, matrix in parts.items() if part != "knn"}
    near = parts["knn"]
    indices = now[rows(near["indices"], -1)]
    distances = np.where(indices >= 0, rows(near["distances"], np.inf), np.float32(np.inf))
    none = np.full(len(origin), -1, dtype=np.int32)
    return found | {"knn": {**near, "indices": indices, "distances": distances, "duplicate_of": none}}
