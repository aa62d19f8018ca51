"""A smaller graph of the same shape, and the way back: large graphs are laid out from coarse to fine."""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from artgraph.layouts.plane import GOLDEN

__all__ = ["coarser", "interpolated"]


def coarser(matrix: sp.csr_array, most: int) -> tuple[sp.csr_array, np.ndarray]:
    """Join rows that are linked strongly until there are at most so many: the graph of groups, and the group of a row.

    Each row names the one that it is linked to most strongly, as its size and the other's go; two that name each other
    are joined, and a row that names one of such a pair joins it. Again with the groups, until there are few enough or
    nothing can be joined. Links between groups are added up: (m, m) CSR and (n,) int64.

    Parameters
    ----------
    matrix : (n, n), symmetric, weights at least 0, diagonal 0, indices sorted.
    most : wanted number of groups.

    Examples
    --------
    >>> path = sp.csr_array(np.diag([3.0, 1, 3], 1) + np.diag([3.0, 1, 3], -1))
    >>> small, group = coarser(path, 2)
    >>> small.toarray().tolist(), group.tolist()
    ([[0.0, 1.0], [1.0, 0.0]], [0, 0, 1, 1])
    """
    group, size = np.arange(matrix.shape[0]), np.ones(matrix.shape[0])
    while (n := matrix.shape[0]) > most:
        joined, found = _joined(matrix, size)
        if found == n:
            break
        member = sp.csr_array((np.ones(n), (np.arange(n), joined)), shape=(n, found))
        matrix = sp.csr_array(member.T @ matrix @ member)
        matrix.setdiag(0)
        matrix.eliminate_zeros()
        matrix.sort_indices()
        group, size = joined[group], np.bincount(joined, weights=size)
    return matrix, group


def interpolated(matrix: sp.csr_array, group: np.ndarray, layout: np.ndarray) -> np.ndarray:
    """Place every row amid the groups that it and its neighbours are in: (n, 2).

    Rows of a group are set a little apart, on a spiral as wide as a third of the typical distance between groups.

    Parameters
    ----------
    matrix : (n, n), symmetric.
    group : (n,) int, of each row.
    layout : (m, 2), place of each group.
    """
    own = layout[group]
    weight = np.asarray(matrix.sum(axis=1)).ravel()
    amid = (matrix @ own + weight[:, None] * own) / np.maximum(2 * weight, 1e-300)[:, None]
    order = np.argsort(group, kind="stable")
    size = np.bincount(group, minlength=len(layout))
    place = np.empty(len(group))
    place[order] = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    radius = np.sqrt((place + 0.5) / size[group]) * np.ptp(layout, axis=0).max() / np.sqrt(len(layout)) / 3
    return amid + radius[:, None] * np.column_stack([np.cos(GOLDEN * place), np.sin(GOLDEN * place)])


def _joined(matrix: sp.csr_array, size: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the group of each row, numbered by their first rows, and how many there are."""
    n = matrix.shape[0]
    linked = np.diff(matrix.indptr) > 0
    row = np.repeat(np.arange(n), np.diff(matrix.indptr))
    strength = matrix.data / np.sqrt(size[row] * size[matrix.indices])
    most = np.zeros(n)
    most[linked] = np.maximum.reduceat(strength, matrix.indptr[:-1][linked])
    best = np.flatnonzero(strength == most[row])
    named = np.arange(n)
    # of equally strong links that to the first row after it, or else to the first: rows that are all alike form pairs
    named[row[best][::-1]] = matrix.indices[best][::-1]
    pair = (named[named] == np.arange(n)) & (named != np.arange(n))
    follows = ~pair & pair[named]
    use = pair | follows
    links = sp.coo_array((np.ones(use.sum()), (np.flatnonzero(use), named[use])), shape=(n, n))
    found, joined = connected_components(links, directed=False)
    return joined.astype(np.int64), found
