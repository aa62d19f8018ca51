"""From neighbour lists to edge weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from artgraph.errors import InputError

if TYPE_CHECKING:
    from artgraph.graph.knn import Neighbors

__all__ = ["KERNELS", "SYMMETRIES", "edge_weights", "jaccard_weights", "merge_layers"]

KERNELS = ("jaccard", "fuzzy", "gauss", "cosine")
SYMMETRIES = ("union", "mutual")


def edge_weights(neighbors: Neighbors, *, kernel: str = "jaccard", symmetry: str = "union") -> csr_matrix:
    """Weight the pairs of a neighbour search: (n, n) float32, symmetric, zero diagonal, weights in (0, 1].

    ===========  ===========================================================================================
    kernel       w(i, j), with d the distance of i and j
    ===========  ===========================================================================================
    ``jaccard``  the share of their neighbours that is common to both: see ``jaccard_weights``
    ``fuzzy``    UMAP's: p = exp(-max(0, d - r_i) / s_i), r_i the distance to the nearest neighbour and s_i such
                 that the p of a list of k sum to log2(k + 1); union p + p' - p p', mutual p p'
    ``gauss``    sqrt(2 s_i s_j / (s_i² + s_j²)) exp(-d² / (s_i² + s_j²)), s_i² the median of d² over i's list
    ``cosine``   1 - d, where that is above 0; for distances of the cosine metric only
    ===========  ===========================================================================================

    A copy of a work has one edge, of weight 1, to the first of the copies, and adds nothing to the edges of others; so
    a graph is the same with and without its copies.

    fuzzy: McInnes, Healy and Melville 2018, arXiv 1802.03426; the lists there hold the point itself and here do not,
    so that ``n_neighbors=14`` here is 15 there. gauss: Haghverdi et al. 2016, doi:10.1038/nmeth.3971, and Zelnik-Manor
    and Perona 2004 (NIPS 17), with the width as scanpy has it.

    Parameters
    ----------
    neighbors : as from ``knn``.
    kernel : {"jaccard", "fuzzy", "gauss", "cosine"}
    symmetry : {"union", "mutual"}; link two works when one is in the other's list, or only when each is in the other's.

    Examples
    --------
    >>> from artgraph.graph import Neighbors
    >>> near = Neighbors(np.array([[1], [0], [1]]), np.array([[0.1], [0.1], [0.5]]), np.array([-1, -1, -1]), 1.0)
    >>> edge_weights(near, kernel="cosine", symmetry="mutual").toarray().round(2)
    array([[0. , 0.9, 0. ],
           [0.9, 0. , 0. ],
           [0. , 0. , 0. ]], dtype=float32)
    """
    if kernel not in KERNELS:
        raise InputError(f"unknown kernel '{kernel}' (there are: {', '.join(KERNELS)})")
    if symmetry not in SYMMETRIES:
        raise InputError(f"unknown symmetry '{symmetry}' (there are: {', '.join(SYMMETRIES)})")
    n, copies, indices = len(neighbors.indices), np.flatnonzero(neighbors.duplicate_of >= 0), neighbors.indices.copy()
    indices[copies] = -1
    if kernel == "jaccard":
        values = _shared(indices)
    elif kernel == "cosine":
        values = np.maximum(1 - neighbors.distances, 0)
    else:
        values = (_fuzzy if kernel == "fuzzy" else _gauss)(indices, neighbors.distances)
    directed = _directed(indices, values)
    other = directed.T.tocsr()
    if kernel == "fuzzy":
        product = directed.multiply(other)
        weights = directed + other - product if symmetry == "union" else product
    else:
        weights = directed.maximum(other) if symmetry == "union" else directed.minimum(other)
    first = neighbors.duplicate_of[copies]
    same = csr_matrix((np.ones(len(copies), np.float32), (copies, first)), shape=(n, n))
    weights = (weights + same + same.T).tocsr().astype(np.float32)
    weights.eliminate_zeros()
    weights.sort_indices()
    return weights


def jaccard_weights(indices: np.ndarray) -> csr_matrix:
    """Weight each neighbour pair by the neighbours that the two share: float32, symmetric, in (0, 1].

    w(i, j) = |N(i) ∩ N(j)| / |N(i) ∪ N(j)| for every pair in which one is in the other's list, with N(i) the
    neighbours of i and i itself. A work near everything (a hub) shares few neighbours with each, so its edges are weak.
    ``indices``, (n, k) int, is as from ``knn``: -1 where there is no neighbour; rows without neighbours are empty.

    The graph of PhenoGraph (Levine et al. 2015, doi:10.1016/j.cell.2015.05.047), except that a point counts among its
    own neighbours, so that every pair found has a weight above 0.

    Examples
    --------
    >>> jaccard_weights(np.array([[1], [0], [1]])).toarray().round(3)  # {0, 1}, {0, 1}, {1, 2}
    array([[0.   , 1.   , 0.   ],
           [1.   , 0.   , 0.333],
           [0.   , 0.333, 0.   ]], dtype=float32)
    """
    indices = np.asarray(indices)
    directed = _directed(indices, _shared(indices))
    return directed.maximum(directed.T).tocsr()


def merge_layers(style: csr_matrix, links: csr_matrix, *, strength: float = 1.0) -> csr_matrix:
    """Return style edges plus strength times the artist links, as one weighted graph, float32.

    Parameters
    ----------
    style, links : (n, n), symmetric.
    strength : 0 or more.
    """
    if style.shape != links.shape:
        raise InputError(f"layers must be of the same paintings; got {style.shape} and {links.shape}")
    if strength < 0:
        raise InputError(f"strength must be 0 or more; got {strength}")
    merged = (style + strength * links).tocsr().astype(np.float32)
    merged.eliminate_zeros()
    return merged


def _directed(indices: np.ndarray, weights: np.ndarray) -> csr_matrix:
    """Return (n, n) CSR with the weight, (n, k), of every listed pair."""
    n = len(indices)
    source, column = np.nonzero(indices >= 0)
    values = weights[source, column].astype(np.float32)
    return csr_matrix((values, (source, indices[source, column])), shape=(n, n), dtype=np.float32)


def _shared(indices: np.ndarray) -> np.ndarray:
    n, k = indices.shape
    if indices.size and (indices.max() >= n or (indices == np.arange(n)[:, None]).any()):
        raise InputError("neighbour lists must hold rows of the same corpus, and no row its own number")
    # N(i), one column per row, so that each comparison below runs over many pairs at once; the two paddings differ,
    # so that they never count as shared.
    own = np.concatenate([np.arange(n)[None], indices.T]).astype(np.int32)
    size = (own >= 0).sum(axis=0)
    source, column = np.nonzero(indices >= 0)
    target = indices[source, column]
    shared = np.zeros(len(source), dtype=np.int32)
    narrow = np.uint8 if k < 255 else np.int32
    for start in range(0, len(source), 16384):  # a block fits the processor's cache
        part = slice(start, start + 16384)
        left, right = own[:, source[part]], own[:, target[part]]
        right[right < 0] = -2
        total, equal = np.zeros(left.shape[1], dtype=narrow), np.empty(left.shape[1], dtype=bool)
        for a in left:
            for b in right:
                np.equal(a, b, out=equal)
                total += equal.view(np.uint8)
        shared[part] = total
    weights = np.zeros((n, k), dtype=np.float32)
    weights[source, column] = shared / (size[source] + size[target] - shared)
    return weights


def _fuzzy(indices: np.ndarray, distances: np.ndarray) -> np.ndarray:
    there = indices >= 0
    d = np.where(there, distances, np.inf).astype(np.float64)
    nearest = np.where(d > 0, d, np.inf).min(axis=1, initial=np.inf)
    nearest[np.isinf(nearest)] = 0
    excess = np.maximum(d - nearest[:, None], 0)  # inf where there is no neighbour: weight 0
    # UMAP's lists hold the point itself, which its sum leaves out and its length counts.
    target = np.log2(there.sum(axis=1) + 1)
    low, high, width = np.zeros(len(d)), np.full(len(d), np.inf), np.ones(len(d))
    todo = np.flatnonzero(there.any(axis=1))
    for _ in range(64):
        off = np.exp(-excess[todo] / width[todo, None]).sum(axis=1) - target[todo]
        off, todo = off[abs(off) >= 1e-5], todo[abs(off) >= 1e-5]
        if not len(todo):
            break
        wide, narrow = todo[off > 0], todo[off < 0]
        high[wide], low[narrow] = width[wide], width[narrow]
        bounded = np.isfinite(high[todo])
        width[todo] = np.where(bounded, (low[todo] + np.where(bounded, high[todo], 0)) / 2, width[todo] * 2)
    sums, lengths = np.where(there, d, 0).sum(axis=1), there.sum(axis=1) + 1
    floor = np.where(nearest > 0, sums / lengths, sums.sum() / max(lengths[there.any(axis=1)].sum(), 1))
    width = np.maximum(width, 1e-3 * floor)
    return np.where(excess == 0, 1, np.exp(-excess / np.maximum(width, 1e-300)[:, None]))


def _gauss(indices: np.ndarray, distances: np.ndarray) -> np.ndarray:
    square = np.where(indices >= 0, distances, np.nan).astype(np.float64) ** 2
    listed = ~np.isnan(square).all(axis=1)
    variance = np.zeros(len(square))
    if listed.any():
        variance[listed] = np.nanmedian(square[listed], axis=1)
    total = variance[:, None] + variance[indices]
    mean = 2 * np.sqrt(variance[:, None] * variance[indices])
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.sqrt(mean / total) * np.exp(-square / total)
    return np.where(total > 0, weights, 1.0)  # all of both lists at distance 0: as near as can be
