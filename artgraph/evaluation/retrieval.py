"""Whether the nearest paintings have the same reference value; the painting itself is never a hit."""

import numpy as np

from artgraph.errors import InputError
from artgraph.evaluation.contingency import encode
from artgraph.evaluation.uncertainty import row_groups

__all__ = ["cross_group_precision", "precision_at_k"]

_BLOCK_BYTES = 2**26


def precision_at_k(indices, reference, *, groups=None, k: int | None = None) -> dict:
    """Measure how many of the nearest rows share the reference value of the query.

    Per query: hits among the first k usable neighbours, divided by the number of these. Not usable are -1, neighbours
    without a reference value and, with groups, neighbours of the query's own group. Queries without a reference value
    or without a usable neighbour are left out.

    Parameters
    ----------
    indices : array-like, shape (n, n_neighbors), integer
        Neighbours of each row, nearest first; -1 for none. A row must not stand in its own list.
    reference : array-like, shape (n,)
    groups : array-like, shape (n,), optional
        Artist of each row; a row without one is a group of its own. Short lists may leave few usable neighbours: see
        ``mean_neighbors``, or use :func:`cross_group_precision`.
    k : int, 1 ... n_neighbors, optional
        None: n_neighbors.

    Returns
    -------
    dict
        ``precision`` (mean over queries), ``macro_precision`` (mean over reference values of the mean over their
        queries), ``chance`` (expected precision of neighbours drawn at random from the usable rows), ``k``,
        ``n_queries``, ``mean_neighbors`` (usable neighbours per query, at most k).

    Raises
    ------
    InputError
        Wrong shapes, an index outside -1 ... n-1, a row in its own list, k out of range, no usable query.
    """
    near = np.asarray(indices)
    codes, names = encode(reference)
    n = codes.size
    if near.ndim != 2 or near.shape[0] != n or near.dtype.kind not in "iu":
        raise InputError(f"indices have shape {near.shape} and dtype {near.dtype}; expected whole numbers ({n}, k).")
    k = near.shape[1] if k is None else k
    if not 1 <= k <= near.shape[1]:
        raise InputError(f"k is {k}; expected 1 to {near.shape[1]}, the number of neighbours in the lists.")
    if near.size and (near.min() < -1 or near.max() >= n):
        raise InputError(f"indices reach from {near.min()} to {near.max()}; expected row numbers 0 to {n - 1}, or -1.")
    own = np.flatnonzero((near == np.arange(n)[:, None]).any(axis=1))
    if own.size:
        raise InputError(f"Row {own[0]} is in its own neighbour list ({own.size} such rows); leave the query out.")
    group = row_groups(groups, n)
    usable = (near >= 0) & (codes[near] >= 0) & (codes >= 0)[:, None]
    if groups is not None:
        usable &= group[near] != group[:, None]
    usable &= np.cumsum(usable, axis=1) <= k
    hits = (usable & (codes[near] == codes[:, None])).sum(axis=1)
    return _summary(hits, usable.sum(axis=1), codes, names, group=group, k=k)


def cross_group_precision(X, reference, groups, *, k: int = 15) -> dict:
    """Measure how many of the k nearest rows of other groups share the reference value of the query.

    Style, not the hand of one artist: all works by the query's own artist are skipped before the k nearest are taken.
    Exact cosine similarity over all rows with a reference value, in float32, in blocks of at most 64 MiB; equal
    similarities in row order. A row of zeros has similarity 0 to every other.

    Parameters
    ----------
    X : array-like, shape (n, d), float
        Finite features.
    reference : array-like, shape (n,)
    groups : array-like, shape (n,), or None
        Artist of each row; a row without one is a group of its own. None: only the query itself is skipped.
    k : int, at least 1

    Returns
    -------
    dict
        As :func:`precision_at_k`.

    Raises
    ------
    InputError
        Wrong shapes, NaN or infinity, k below 1, no query with a usable neighbour.
    """
    features = np.array(X, dtype=np.float32)
    codes, names = encode(reference)
    if features.ndim != 2 or len(features) != codes.size:
        raise InputError(f"X has shape {features.shape}; expected ({codes.size}, d), one row for each reference value.")
    if not np.isfinite(features).all():
        raise InputError("X holds NaN or infinity; leave these rows out or fill them.")
    if k < 1:
        raise InputError(f"k is {k}; expected at least 1.")
    group = row_groups(groups, codes.size)
    rows = np.flatnonzero(codes >= 0)
    features, codes, group = features[rows], codes[rows], group[rows]
    # by the largest entry first: squares of very large or small numbers leave float32
    features /= np.maximum(np.abs(features).max(axis=1, initial=0, keepdims=True), np.finfo(np.float32).tiny)
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    n = len(rows)
    hits, used = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    step = max(1, _BLOCK_BYTES // (4 * max(n, 1)))
    for start in range(0, n, step):
        block = slice(start, start + step)
        similarity = features[block] @ features.T
        similarity[group[block, None] == group] = -np.inf
        taken = _largest(similarity, k) & (similarity > -np.inf)
        used[block] = taken.sum(axis=1)
        hits[block] = (taken & (codes[block, None] == codes)).sum(axis=1)
    return _summary(hits, used, codes, names, group=group, k=k)


def _largest(similarity: np.ndarray, k: int) -> np.ndarray:
    """Mark the k largest of each row, equal ones in column order; all where there are no more than k."""
    n = similarity.shape[1]
    if n <= k:
        return np.ones(similarity.shape, dtype=bool)
    threshold = np.partition(similarity, n - k, axis=1)[:, n - k, None]
    above = similarity > threshold
    level = similarity == threshold
    return above | (level & (np.cumsum(level, axis=1) <= k - above.sum(axis=1, keepdims=True)))


def _summary(hits, used, codes, names, *, group, k) -> dict:
    query = used > 0
    if not query.any():
        raise InputError("No painting with a reference value has a usable neighbour; nothing to measure.")
    precision = hits[query] / used[query]
    by_class = np.bincount(codes[query], minlength=len(names))
    sums = np.bincount(codes[query], weights=precision, minlength=len(names))
    present = by_class > 0
    return {
        "precision": float(precision.mean()),
        "macro_precision": float((sums[present] / by_class[present]).mean()),
        "chance": _chance(codes, group, query),
        "k": int(k),
        "n_queries": int(query.sum()),
        "mean_neighbors": float(used[query].mean()),
    }


def _chance(codes: np.ndarray, group: np.ndarray, query: np.ndarray) -> float:
    known = codes >= 0
    group = np.unique(group, return_inverse=True)[1]
    cell = np.where(known, codes * (group.max() + 1) + group, 0)
    cells, inverse = np.unique(cell, return_inverse=True)
    in_cell = np.bincount(inverse[known], minlength=cells.size)[inverse]
    same = np.bincount(codes[known])[np.maximum(codes, 0)] - in_cell
    others = known.sum() - np.bincount(group[known], minlength=group.max() + 1)[group]
    return float((same[query] / others[query]).mean())
