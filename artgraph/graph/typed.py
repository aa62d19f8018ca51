"""The typed graph: paintings, and links of similarity and of the same artist, as ``HeteroData`` of torch-geometric."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
import torch

from artgraph.checks import check_adjacency
from artgraph.errors import InputError
from artgraph.geometric import HeteroData

__all__ = ["SAME_ARTIST", "SIMILAR", "hetero_data", "to_csr"]

SIMILAR = ("painting", "similar", "painting")
SAME_ARTIST = ("painting", "same_artist", "painting")


def hetero_data(
    X: np.ndarray,
    adjacency: sp.sparray | sp.spmatrix,
    artist_links: sp.sparray | sp.spmatrix | None = None,
    *,
    artists: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    layout: np.ndarray | None = None,
    ids: Sequence[str] | None = None,
) -> HeteroData:
    """Make the typed graph of paintings.

    Edges have both directions, are sorted by source and then target, none twice: ``edge_index`` (2, m) int64 and
    ``edge_weight`` (m,) float32.

    Parameters
    ----------
    X : (n, d) float array, features: ``data["painting"].x``, float32.
    adjacency : (n, n), symmetric, weights 0 or more, diagonal 0: edges ``("painting", "similar", "painting")``.
    artist_links : (n, n), as adjacency: edges ``("painting", "same_artist", "painting")``.
    artists : (n,) int, code of the artist, -1 where none is known: ``data["painting"].artist``.
    labels : (n,) int, cluster, -1 for none: ``data["painting"].y``.
    layout : (n, 2) float, place on the map: ``data["painting"].pos``, float32.
    ids : length n: ``data["painting"].id``, a list.

    Examples
    --------
    >>> data = hetero_data(np.eye(2), sp.csr_array([[0, 0.5], [0.5, 0]]))
    >>> data["painting", "similar", "painting"].edge_index
    tensor([[0, 1],
            [1, 0]])
    """
    n, data = len(X), HeteroData()
    painting = data["painting"]
    painting.x = torch.from_numpy(np.array(X, dtype=np.float32))
    for name, values, dtype in (("artist", artists, np.int64), ("y", labels, np.int64), ("pos", layout, np.float32)):
        if values is not None:
            painting[name] = torch.from_numpy(np.array(values, dtype=dtype))
    if ids is not None:
        painting.id = list(ids)
    for name, values in painting.items():
        if len(values) != n:
            raise InputError(f"{len(values)} values of '{name}' for {n} paintings")
    for kind, links in ((SIMILAR, adjacency), (SAME_ARTIST, artist_links)):
        if links is None:
            continue
        if links.shape != (n, n):
            raise InputError(f"features {np.shape(X)} and graph {links.shape} are not of the same paintings")
        coo = check_adjacency(links).tocoo()
        data[kind].edge_index = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
        data[kind].edge_weight = torch.from_numpy(coo.data.astype(np.float32))
    return data


def to_csr(data: HeteroData, kind: tuple[str, str, str] = SIMILAR) -> sp.csr_matrix:
    """Return the links of one kind as a matrix, (n, n) float32 with sorted indices; data as from ``hetero_data``."""
    source, target = data[kind].edge_index.cpu().numpy()
    weight, n = data[kind].edge_weight.cpu().numpy(), data["painting"].num_nodes
    return sp.csr_matrix((weight, (source, target)), shape=(n, n))
