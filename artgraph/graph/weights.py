"""From neighbour lists to edge weights."""

import numpy as np
from scipy.sparse import csr_matrix

from artgraph.errors import InputError

__all__ = ["jaccard_weights", "merge_layers"]


def jaccard_weights(indices):
    """Weight each neighbour pair by the neighbours that the two share.

    w(i, j) = |N(i) ∩ N(j)| / |N(i) ∪ N(j)| for every pair in which one is in the other's list, with N(i) the
    neighbours of i and i itself. A work near everything (a hub) shares few neighbours with each, so its edges are weak.

    Parameters
    ----------
    indices : (n, k) int array
        As returned by ``knn``: -1 where there is no neighbour.

    Returns
    -------
    (n, n) float32 CSR
        Symmetric, zero diagonal, weights in (0, 1]; rows without neighbours are empty.

    Notes
    -----
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
    n = len(indices)
    if indices.size and (indices.max() >= n or (indices == np.arange(n)[:, None]).any()):
        raise InputError("neighbour lists must hold rows of the same corpus, and no row its own number")
    own = np.concatenate([np.arange(n)[:, None], indices], axis=1)  # N(i), padded with -1
    size = (own >= 0).sum(axis=1)
    source, column = np.nonzero(indices >= 0)
    target = indices[source, column]
    shared = np.zeros(len(source), dtype=np.int64)
    for start in range(0, len(source), 65536):  # (edges, k + 1, k + 1) comparisons, a block at a time
        part = slice(start, start + 65536)
        left, right = own[source[part]], own[target[part]]
        shared[part] = ((left[:, :, None] == right[:, None, :]) & (left[:, :, None] >= 0)).sum(axis=(1, 2))
    weight = (shared / (size[source] + size[target] - shared)).astype(np.float32)
    directed = csr_matrix((weight, (source, target)), shape=(n, n), dtype=np.float32)
    return directed.maximum(directed.T).tocsr()


def merge_layers(style, links, *, strength=1.0):
    """Return style edges plus ``strength`` times the artist links, as one weighted graph.

    Parameters
    ----------
    style, links : (n, n) CSR, symmetric
    strength : float, 0 or more

    Returns
    -------
    (n, n) float32 CSR, symmetric
    """
    if style.shape != links.shape:
        raise InputError(f"layers must be of the same paintings; got {style.shape} and {links.shape}")
    if strength < 0:
        raise InputError(f"strength must be 0 or more; got {strength}")
    merged = (style + strength * links).tocsr().astype(np.float32)
    merged.eliminate_zeros()
    return merged
