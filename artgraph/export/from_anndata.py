"""An analysis that was made elsewhere, such as with scanpy, read from AnnData: vectors, graph, clusters, map."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.checks import check_adjacency, check_choice
from artgraph.communities.labels import relabel_by_size
from artgraph.errors import InputError

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["Analysis", "read_analysis"]

LABELS, LAYOUTS = ("cluster", "leiden", "louvain"), ("X_map", "X_umap", "X_tsne", "X_draw_graph_fr")


@dataclass
class Analysis:
    """What is in the file, in the order of the works of a corpus.

    Attributes
    ----------
    X : (n, d) float32, what the graph was built on, or the vectors that were asked for.
    field : Where these stand: "X" or a key of ``obsm``.
    vectors : Other vectors, each (n, d) float32, by key of ``obsm``; "X" too, where the graph was built on others.
    adjacency : (n, n) CSR float32, diagonal 0; None where no graph was asked for.
    neighbors : indices (n, k) int32 and distances (n, k) float32, -1 and inf for none.
    artists : (n, n) CSR float32, links of works by the same artist; None without.
    labels : (n,) int32, -1 for none.
    names : Of clusters, by number, where they are no numbers.
    membership : (n, k) float32 or None.
    layout : (n, 2) float32 or None.
    keys : Which entries of the file ``labels``, ``graph`` and ``layout`` are.
    source : How the graph was made, as the file says.
    missing : Works that the file does not have: rows of zeros, without links or cluster.
    """

    X: np.ndarray
    field: str
    missing: int
    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    adjacency: sp.csr_matrix | None = None
    neighbors: tuple[np.ndarray, np.ndarray] | None = None
    artists: sp.csr_matrix | None = None
    labels: np.ndarray | None = None
    names: dict[int, str] = field(default_factory=dict)
    membership: np.ndarray | None = None
    layout: np.ndarray | None = None
    keys: dict[str, str | None] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)


def read_analysis(
    data: AnnData,
    ids: Sequence[str],
    *,
    vectors: str | None = None,
    labels: str | None = None,
    graph: str | None = None,
    layout: str | None = None,
    everything: bool = False,
    allow_missing: bool = False,
) -> Analysis:
    """Read an analysis and put it in the order of the corpus.

    Clusters that are called by whole numbers keep them; others are numbered by size, and keep their names beside.

    Parameters
    ----------
    data : Its ``obs_names`` are ids.
    ids : Of the n works, none twice; compared as text.
    vectors : A key of ``obsm``. Default: what the graph was built on, or ``X``.
    labels, graph, layout : A column of ``obs``, a key of ``obsp``, a key of ``obsm`` with two columns.
    everything : Also all that is not named: the graph of ``uns["neighbors"]``; "cluster", "leiden" or "louvain";
        "X_map", "X_umap" ...; all vectors.
    allow_missing : Whether the file may lack works.

    Raises
    ------
    InputError
        An entry that is not there, or that is not what it should be; works that the file lacks.
    """
    told = data.uns.get("neighbors", {}) if isinstance(data.uns.get("neighbors", {}), Mapping) else {}
    if everything:
        graph = graph or next(
            (key for key in (told.get("connectivities_key"), "connectivities") if key in data.obsp), None
        )
        labels = labels or next((name for name in LABELS if name in data.obs), None)
        layout = layout or next((key for key in LAYOUTS if key in data.obsm), None)
    for name, value, there in (
        ("obs", labels, data.obs),
        ("obsp", graph, data.obsp),
        ("obsm", layout, data.obsm),
    ):
        if value is not None:
            check_choice(f"{name} entry", value, [str(key) for key in there])
    search = dict(told.get("params", {})) if graph is not None else {}
    rows = _rows(data, ids, allow_missing)
    where = vectors or (_used(data, search) if graph is not None else "X")
    found = Analysis(_vectors(data, where, rows), where, int((rows < 0).sum()))
    found.keys = {"labels": labels, "graph": graph, "layout": layout}
    if everything:
        places = {key for key in data.obsm if _array(data.obsm[key]) is not None} - {where, layout, "membership"}
        places -= {key for key in LAYOUTS if key in places}
        also = [*sorted(places), *(["X"] if where != "X" and data.X is not None else [])]
        found.vectors = {key: _vectors(data, key, rows) for key in also}
    if graph is not None:
        found.source = _source(data, search)
        _graph(data, graph, str(told.get("distances_key", "distances")), rows, found)
    if labels is not None:
        found.labels, found.names = _labels(data.obs[labels], rows)
        if labels == "cluster" and "membership" in data.obsm:
            found.membership = _vectors(data, "membership", rows)
    if layout is not None:
        found.layout = _vectors(data, layout, rows)
        if found.layout.shape[1] != 2:
            raise InputError(f"obsm entry '{layout}' has {found.layout.shape[1]} columns; a map has 2")
    return found


def _rows(data: AnnData, ids: Sequence[str], allow_missing: bool) -> np.ndarray:
    """Return for each work its row in the file, -1 where it has none."""
    own = [str(name) for name in data.obs_names]
    if twice := [name for name, count in Counter(own).items() if count > 1]:
        raise InputError(f"obs_names has '{twice[0]}' more than once, and {len(twice) - 1} others; ids must be unique")
    at = {name: row for row, name in enumerate(own)}
    rows = np.array([at.get(str(one), -1) for one in ids], dtype=np.int64)
    if (rows < 0).any() and not allow_missing:
        first = next(one for one, row in zip(ids, rows, strict=True) if row < 0)
        raise InputError(
            f"The file lacks {(rows < 0).sum()} of {len(rows)} works, such as '{first}' (its obs_names are like "
            f"{own[:2]}). Add them, or allow missing ones, which then have no links and no cluster"
        )
    return rows


def _used(data: AnnData, search: Mapping[str, Any]) -> str:
    """Return where the vectors stand that the graph was built on, as scanpy finds them."""
    rep = search.get("use_rep")
    if isinstance(rep, str):
        return rep if rep in data.obsm else "X"
    return "X_pca" if "X_pca" in data.obsm and ("n_pcs" in search or data.n_vars > 50) else "X"


def _array(values: Any) -> np.ndarray | None:
    """Return an array of numbers (m, d); None where the entry is none."""
    values = values.toarray() if sp.issparse(values) else np.asarray(values)
    return values if values.ndim == 2 and values.shape[1] and values.dtype.kind in "fiub" else None


def _vectors(data: AnnData, key: str, rows: np.ndarray) -> np.ndarray:
    if key != "X":
        check_choice("obsm entry", key, [str(one) for one in data.obsm])
    values = data.X if key == "X" else data.obsm[key]
    values = None if values is None else _array(values)
    if values is None:
        raise InputError(f"'{key}' is no table of numbers (obsm has: {', '.join(data.obsm) or 'nothing'})")
    found = np.zeros((len(rows), values.shape[1]), dtype=np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        found[rows >= 0] = values[rows[rows >= 0]]
    if not np.isfinite(found).all():
        raise InputError(f"'{key}' has values that are not finite numbers in float32")
    return found


def _square(matrix: Any, rows: np.ndarray) -> sp.csr_matrix:
    """Return a matrix of the file (m, m) as one of the works, (n, n) CSR float32, rows and columns in their order."""
    there = np.flatnonzero(rows >= 0)
    pick = sp.csr_matrix((np.ones(len(there), np.float32), (there, rows[there])), shape=(len(rows), matrix.shape[0]))
    found = (pick @ sp.csr_matrix(matrix, dtype=np.float32) @ pick.T).tocsr()
    found.sort_indices()
    return found


def _graph(data: AnnData, key: str, distances: str, rows: np.ndarray, found: Analysis) -> None:
    from artgraph.graph import neighbors_in

    adjacency = _square(data.obsp[key], rows)
    adjacency.setdiag(0)  # works without links have one to themselves in files of ours
    adjacency.eliminate_zeros()
    found.adjacency = sp.csr_matrix(check_adjacency(adjacency), dtype=np.float32)
    if distances in data.obsp:
        found.neighbors = _lists(_square(data.obsp[distances], rows))
    else:
        near = neighbors_in(found.adjacency, n_neighbors=int(np.diff(found.adjacency.indptr).max(initial=1)) or 1)
        found.neighbors = near.indices, near.distances
    if "artists" in data.obsp:
        found.artists = sp.csr_matrix(check_adjacency(_square(data.obsp["artists"], rows)), dtype=np.float32)


def _lists(distances: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return neighbour lists, nearest first, of the distances of neighbours, (n, n) CSR."""
    n, count = distances.shape[0], np.diff(distances.indptr)
    k = max(int(count.max(initial=0)), 1)
    source = np.repeat(np.arange(n), count)
    order = np.lexsort((distances.indices, distances.data, source))
    column = np.arange(len(source)) - np.repeat(distances.indptr[:-1], count)
    indices, far = np.full((n, k), -1, dtype=np.int32), np.full((n, k), np.inf, dtype=np.float32)
    indices[source, column], far[source, column] = distances.indices[order], distances.data[order]
    return indices, far


def _labels(column: pd.Series, rows: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
    """Return the numbers of clusters, (n,) int32, and their names where they are no numbers."""
    there = column.iloc[np.maximum(rows, 0)].astype(object).to_numpy(dtype=object)
    texts = [None if row < 0 or pd.isna(one) else str(one) for row, one in zip(rows, there, strict=True)]
    if all(text is None or text.removesuffix(".0").removeprefix("-").isdecimal() for text in texts):
        return np.array([-1 if text is None else max(int(float(text)), -1) for text in texts], dtype=np.int32), {}
    codes, names = pd.factorize(np.array(texts, dtype=object), use_na_sentinel=True)
    labels = relabel_by_size(codes)
    return labels, {int(labels[np.flatnonzero(codes == code)[0]]): str(name) for code, name in enumerate(names)}


def _source(data: AnnData, search: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the graph was made: as artgraph wrote it into the file, or as scanpy did."""
    ours = data.uns.get("artgraph")
    if isinstance(ours, Mapping):
        try:
            return {str(key): json.loads(str(value)) for key, value in ours.items()}
        except ValueError:  # a file of a version that wrote no JSON
            return {str(key): str(value) for key, value in ours.items()}
    return {str(key): value.item() if isinstance(value, np.generic) else value for key, value in search.items()
            if isinstance(value, (str, int, float, bool, np.generic))}  # fmt: skip
