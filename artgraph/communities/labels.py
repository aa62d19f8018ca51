"""The numbers of clusters: 0 is the largest, -1 is none, and cluster 7 can stay cluster 7."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from artgraph.checks import check_labels
from artgraph.errors import InputError

__all__ = ["keep_names", "one_hot", "relabel_by_size"]

LEAST = 0.25
"""A cluster keeps a number only where this much of the two clusters together is common to both."""


def relabel_by_size(labels: ArrayLike) -> np.ndarray:
    """Renumber clusters, (n,) int ``labels``, so that 0 is the largest: (n,) int32, with -1 for negative numbers.

    Clusters of one size stand in the order of their first rows.

    Examples
    --------
    >>> relabel_by_size([7, 7, -5, 3, 3, 3, 9, 9]).tolist()
    [1, 1, -1, 0, 0, 0, 2, 2]
    """
    array = check_labels(labels)
    result = np.full(array.size, -1, dtype=np.int32)
    member = array >= 0
    if member.any():
        _, first, inverse, counts = np.unique(array[member], return_index=True, return_inverse=True, return_counts=True)
        rank = np.empty(counts.size, dtype=np.int32)
        rank[np.lexsort((first, -counts))] = np.arange(counts.size, dtype=np.int32)
        result[member] = rank[inverse]
    return result


def keep_names(labels: ArrayLike, earlier: ArrayLike) -> np.ndarray:
    """Renumber clusters after those of an earlier partition of the same rows: (n,) int32, -1 for none.

    Numbers are given so that as many rows as possible keep theirs (Kuhn 1955, doi:10.1002/nav.3800020109). A cluster
    that has less than a quarter in common with the earlier one (of the rows in either) counts as new. New clusters get
    the numbers after the earlier ones, largest first, so numbers of clusters that are gone stay empty: nobody reads an
    old note about cluster 7 under another cluster. ``labels`` and ``earlier`` are (n,) int; in ``earlier``, rows that
    were not there or had no cluster are negative.

    Examples
    --------
    >>> keep_names([0, 0, 0, 1, 1, 2], [1, 1, -1, 0, 0, 0]).tolist()
    [1, 1, 1, 0, 0, 2]
    """
    new, old = check_labels(labels), check_labels(earlier)
    if new.size != old.size:
        raise InputError(f"labels have {new.size} rows, the earlier ones {old.size}; expected the same paintings.")
    k, before = int(new.max(initial=-1)) + 1, int(old.max(initial=-1)) + 1
    common = np.zeros((k, before), dtype=np.int64)
    both = (new >= 0) & (old >= 0)
    np.add.at(common, (new[both], old[both]), 1)
    # rows that were not there before say nothing about whether a cluster is the same
    known = np.bincount(new[both], minlength=k)[:, None] + np.bincount(old[both], minlength=before) - common
    share = common / np.maximum(known, 1)
    name = np.full(k, -1, dtype=np.int64)
    for row, column in zip(*linear_sum_assignment(common * (share >= LEAST), maximize=True), strict=True):
        if share[row, column] >= LEAST:
            name[row] = column
    fresh = np.flatnonzero(name < 0)
    sizes = np.bincount(new[new >= 0], minlength=k)
    name[fresh[np.argsort(-sizes[fresh], kind="stable")]] = before + np.arange(fresh.size)
    return np.where(new >= 0, name[new] if k else -1, -1).astype(np.int32)


def one_hot(clusters: np.ndarray) -> sp.csr_array:
    """Return the membership of rows in clusters, (n,) int with -1 for none, as a sparse matrix (n, k) of ones."""
    has = np.flatnonzero(clusters >= 0)
    shape = (len(clusters), int(clusters.max(initial=-1)) + 1)
    return sp.csr_array((np.ones(has.size), (has, clusters[has])), shape=shape)
