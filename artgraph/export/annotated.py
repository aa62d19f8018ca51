"""A corpus as AnnData, for scanpy and what is built on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.atomic import atomic_path
from artgraph.checks import check_adjacency, check_labels
from artgraph.colors import cluster_color
from artgraph.errors import InputError, MissingPackageError
from artgraph.export.cells import column_values, free_names, node_ids, xml_text

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["to_anndata", "write_h5ad"]


def to_anndata(
    X: np.ndarray,
    attributes: pd.DataFrame,
    *,
    adjacency: sp.spmatrix,
    neighbors: tuple[np.ndarray, np.ndarray] | None = None,
    labels: np.ndarray | None = None,
    layout: np.ndarray | None = None,
    features: Mapping[str, np.ndarray] | None = None,
    membership: np.ndarray | None = None,
    artist_adjacency: sp.spmatrix | None = None,
    params: Mapping | None = None,
) -> AnnData:
    """Make an AnnData that scanpy takes for one with neighbours found; raise MissingPackageError without anndata.

    ``scanpy.tl.leiden``, ``tl.umap``, ``tl.paga(groups="cluster")``, ``tl.diffmap`` and ``pl.embedding(basis="map")``
    run on it. Neighbours are stored as scanpy 1.11 stores them (``scanpy.pp.neighbors``): ``uns["neighbors"]`` names
    the two matrices in ``obsp`` and holds the parameters. Wolf, Angerer and Theis 2018 (doi:10.1186/s13059-017-1382-0).

    Parameters
    ----------
    X : (n, d) float array, the features that the graph was built on.
    attributes : n rows; ``id`` (unique) becomes ``obs_names``, text categories, whole numbers with gaps float64.
    adjacency : (n, n): ``obsp["connectivities"]``; a painting without links is linked to itself, or diffusion maps
        would divide by 0.
    neighbors : (indices, distances), each (n, k): ``obsp["distances"]``; index -1 for none.
    labels : (n,) int: ``obs["cluster"]``, categories "0", "1" …, and "-1" for none; with the colours of the atlas in
        ``uns["cluster_colors"]``.
    layout : (n, 2) float: ``obsm["X_map"]``.
    features : each (n, d): ``obsm["X_<name>"]``.
    membership : (n, k), shares of the clusters: ``obsm["membership"]``.
    artist_adjacency : (n, n): ``obsp["artists"]``.
    params : how the graph was made: ``n_neighbors``, ``metric``, ``weights`` go to ``uns["neighbors"]["params"]``, all
        of it to ``uns["artgraph"]``, each value as JSON.
    """
    try:
        from anndata import AnnData
    except ImportError:
        raise MissingPackageError(
            "AnnData files need anndata. Install it with: pip install 'artgraph[anndata]'"
        ) from None
    X, params = np.asarray(X, dtype=np.float32), params or {}
    obs = _table(attributes)
    n = len(obs)
    connectivities = check_adjacency(adjacency)
    if len(X) != n or connectivities.shape[0] != n:
        raise InputError(f"{n} paintings, {len(X)} rows of features, {connectivities.shape[0]} of adjacency.")
    alone = (np.diff(connectivities.indptr) == 0).astype(np.float32)
    connectivities = sp.csr_matrix(connectivities, dtype=np.float32) + sp.diags(alone, format="csr")
    graphs = {"connectivities": sp.csr_matrix(connectivities)}
    if neighbors is not None:
        graphs["distances"] = _distances(*neighbors)
    if artist_adjacency is not None:
        graphs["artists"] = sp.csr_matrix(artist_adjacency, dtype=np.float32)
    uns = {"artgraph": {str(key): json.dumps(value) for key, value in params.items()}}
    if labels is not None:
        obs, uns["cluster_colors"] = _clustered(obs, check_labels(labels, n))
    method = params.get("kernel", params.get("method", "artgraph"))
    search = {"n_neighbors": int(params.get("n_neighbors", 15)), "method": str(method)}
    search |= {
        "metric": str(params.get("metric", "cosine")),
        "random_state": int(params.get("seed", params.get("random_state", 0))),
    }
    keys = {"connectivities_key": "connectivities", "distances_key": "distances"}
    uns["neighbors"] = {**keys, "params": {**search, "use_rep": "X"}}
    places = {f"X_{name}": np.asarray(values, dtype=np.float32) for name, values in (features or {}).items()}
    if membership is not None:
        places["membership"] = np.asarray(membership, dtype=np.float32)
    if layout is not None:
        places["X_map"] = np.asarray(layout, dtype=np.float32)
    var = pd.DataFrame(index=[f"feature {i}" for i in range(X.shape[1])])
    return AnnData(X, obs=obs, var=var, obsm=places, obsp=graphs, uns=uns)


def write_h5ad(path: str | Path, data: AnnData) -> None:
    """Write an AnnData ``data``, such as :func:`to_anndata` makes, to ``path``, whole or not at all."""
    with atomic_path(Path(path)) as temporary:
        data.write_h5ad(temporary, compression="gzip")


def _table(attributes: pd.DataFrame) -> pd.DataFrame:
    """Return columns of kinds that every version of anndata writes, under names that HDF5 takes."""
    names = [str(name).replace("/", "|") for name in attributes.columns if name != "id"]
    index = pd.Index([xml_text(text) for text in node_ids(attributes)], dtype=object)
    if not index.is_unique:
        raise InputError("The ids are not unique without characters that HDF5 cannot hold.")
    columns, rest = {}, attributes.drop(columns="id")
    for name, (_, column) in zip(free_names(names, ("_index", "cluster")), rest.items(), strict=True):
        values = column_values(column)
        kinds = {type(value) for value in values if value is not None}
        if kinds <= {str}:
            columns[name] = pd.Categorical([None if value is None else xml_text(value) for value in values])
        elif kinds in ({bool}, {int}) and None not in values:
            columns[name] = np.array(values, dtype=bool if kinds == {bool} else np.int64)
        else:
            columns[name] = np.array([np.nan if value is None else float(value) for value in values])
    return pd.DataFrame(columns, index=index)


def _clustered(obs: pd.DataFrame, labels: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    found = np.unique(labels)
    categories = [*found[found >= 0], *found[found < 0]]
    names = pd.Categorical([str(label) for label in labels], categories=[str(label) for label in categories])
    obs.insert(0, "cluster", names)
    return obs, np.array([cluster_color(label) for label in categories], dtype=object)


def _distances(indices: np.ndarray, distances: np.ndarray) -> sp.csr_matrix:
    n, there = len(indices), np.asarray(indices) >= 0
    data = np.maximum(np.asarray(distances)[there], np.finfo(np.float32).tiny)  # a distance of 0 is no missing entry
    return sp.csr_matrix((data.astype(np.float32), (there.nonzero()[0], np.asarray(indices)[there])), shape=(n, n))
