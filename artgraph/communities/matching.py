"""Cluster 7 stays cluster 7: new clusters get the numbers of the earlier ones that they overlap."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from artgraph.checks import check_labels
from artgraph.errors import InputError

__all__ = ["keep_names"]

LEAST = 0.25
"""A cluster keeps a number only where this much of the two clusters together is common to both."""


def keep_names(labels, earlier) -> np.ndarray:
    """Renumber clusters after those of an earlier partition.

    Numbers are given so that as many rows as possible keep theirs. A cluster that has less than a quarter in common
    with the earlier one (of the rows in either) counts as new. New clusters get the numbers after the earlier ones,
    largest first, so numbers of clusters that are gone stay empty: nobody reads an old note about cluster 7 under
    another cluster.

    Parameters
    ----------
    labels : array-like, shape (n,), integer
    earlier : array-like, shape (n,), integer
        Rows that were not there, or had no cluster: negative.

    Returns
    -------
    ndarray, shape (n,), int32
        The same partition; -1 for none.

    Raises
    ------
    InputError
        Bad labels, or of different lengths.

    Notes
    -----
    The assignment is Kuhn's (1955), doi:10.1002/nav.3800020109, by scipy's ``linear_sum_assignment``.

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
