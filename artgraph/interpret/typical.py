"""Which works stand for a cluster."""

import numpy as np

__all__ = ["exemplars", "typicality"]


def typicality(X, labels):
    """Return how near each painting is to the middle of its cluster: cosine to the mean of the cluster's unit rows.

    Parameters
    ----------
    X : (n, d) float array
    labels : (n,) int
        -1: no cluster.

    Returns
    -------
    (n,) float32 in [-1, 1]; 0 where there is no cluster or the row is zero
    """
    unit = unit_rows(np.asarray(X, dtype=np.float32))
    typical = np.zeros(len(unit), dtype=np.float32)
    for label in np.unique(labels[labels >= 0]):
        members = labels == label
        typical[members] = unit[members] @ unit_rows(unit[members].mean(axis=0))
    return np.clip(typical, -1, 1)


def exemplars(typical, labels, groups=None, *, n_works=12, per_group=2):
    """Choose the works that stand for each cluster: the most typical, not too many by one hand.

    Parameters
    ----------
    typical : (n,) float array
        As from ``typicality``.
    labels : (n,) int
        Negative: no cluster.
    groups : sequence, length n, optional
        Hand of each work, None where unknown.
    n_works : int
        At most so many of a cluster.
    per_group : int
        At most so many by one hand, as long as there are other works.

    Returns
    -------
    dict of int to list of int
        Rows of each cluster, the most typical first; works passed over for their hand stand at the end.

    Examples
    --------
    >>> exemplars(np.array([0.9, 0.8, 0.7, 0.6]), np.zeros(4, int), ["a", "a", "a", "b"], n_works=3)
    {0: [0, 1, 3]}
    """
    labels = np.asarray(labels)
    hands = [None] * len(labels) if groups is None else list(groups)
    chosen = {}
    for label in np.unique(labels[labels >= 0]).tolist():
        members = np.flatnonzero(labels == label)
        members = members[np.argsort(-np.asarray(typical)[members], kind="stable")].tolist()
        taken, passed, seen = [], [], {}
        for row in members:
            hand = hands[row]
            full = hand is not None and seen.get(hand, 0) >= per_group
            (passed if full else taken).append(row)
            seen[hand] = seen.get(hand, 0) + 1
            if len(taken) == n_works:
                break
        chosen[label] = (taken + passed)[:n_works]
    return chosen
