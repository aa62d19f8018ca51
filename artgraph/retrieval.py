"""Rows ranked by cosine similarity: the one engine under similar works, precision at k and the scores of retrieval."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from artgraph.checks import check_at_least_one, check_features, unit_rows
from artgraph.errors import InputError

__all__ = ["middle", "nearest", "ranked"]

BLOCK = 2**22  # similarities at a time: 16 MiB
MARGIN = 8  # candidates more than wanted, so that their exact distances decide


def ranked(
    X: np.ndarray, queries: np.ndarray, *, exclude_same: np.ndarray | None = None, k: int | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Rank rows by their cosine similarity to rows that are queries, block by block.

    Yields the next of the queries, (b,) int; rows, the most similar first, equal ones in row order, those that are no
    answers last, (b, min(k, n)) int64; and which of these are answers, (b, min(k, n)) bool.

    Parameters
    ----------
    X : (n, d) float, finite. A row of zeros has similarity 0 to every other.
    queries : (q,) int, rows of X.
    exclude_same : (n,) int; rows with the value of the query are no answers to it. A row is never an answer to itself.
    k : so many answers only; by default all.
    """
    unit = unit_rows(X, least=0)
    step = max(1, BLOCK // max(len(unit), 1))
    for start in range(0, len(queries), step):
        rows = queries[start : start + step]
        similarity = unit[rows] @ unit.T
        if exclude_same is not None:
            similarity[exclude_same[rows, None] == exclude_same] = -np.inf
        similarity[np.arange(len(rows)), rows] = -np.inf
        order = _largest_first(similarity, k)
        yield rows, order, np.take_along_axis(similarity, order, axis=1) > -np.inf


def nearest(
    X: ArrayLike,
    query: ArrayLike,
    *,
    n_neighbors: int = 15,
    exclude: Sequence[int] = (),
    duplicate_ids: Sequence | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows whose direction is nearest to that of a query from outside.

    Returns at most n_neighbors rows, int64, the nearest first, equal distances by row; and their cosine distances in
    [0, 2], float32, computed from the differences, as in :func:`artgraph.graph.knn`. Shapes that do not fit, values
    that are not finite, a query of zeros, n_neighbors below 1: ``InputError``.

    Parameters
    ----------
    X, query : (n, d) and (d,) float. A row of zeros has no direction, and is never found.
    n_neighbors : at least 1; fewer are returned where there are fewer.
    exclude : rows that are the query itself.
    duplicate_ids : (n,); rows with the same value show the same painting: only the first of them is returned, and none
        that shows the painting of an excluded row.

    Examples
    --------
    >>> nearest(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]]), [0.0, 1.0], n_neighbors=2)
    (array([1, 2]), array([0. , 0.2], dtype=float32))
    """
    X, query = check_features(X, dtype=np.float32), np.asarray(query, dtype=np.float32)
    if query.shape != X.shape[1:]:
        raise InputError(f"X has shape {X.shape} and the query {query.shape}; expected (n, d) and (d,).")
    if not np.isfinite(query).all():
        raise InputError("The query has values that are not finite.")
    check_at_least_one("n_neighbors", n_neighbors)
    if not query.any():
        raise InputError("The query is a vector of zeros, which has no direction: nothing is near it.")
    allowed = _allowed(X, exclude, duplicate_ids)
    unit, direction = unit_rows(X[allowed], least=0), unit_rows(query, least=0)
    near = _largest_first((unit @ direction)[None], n_neighbors + MARGIN)[0]
    rows, distances = allowed[near], np.square(unit[near] - direction).sum(axis=1) / 2
    best = np.lexsort((rows, distances))[:n_neighbors]
    return rows[best], np.minimum(distances[best], 2).astype(np.float32)


def middle(X: ArrayLike, rows: Sequence[int]) -> np.ndarray:
    """Return the direction in the middle of some ``rows`` of X (n, d): the mean of their unit vectors, (d,) float32.

    Examples
    --------
    >>> middle(np.array([[2.0, 0.0], [0.0, 5.0], [1.0, 1.0]]), [0, 1])
    array([0.5, 0.5], dtype=float32)
    """
    return unit_rows(np.asarray(X, dtype=np.float32)[np.asarray(rows)], least=0).mean(axis=0)


def _largest_first(similarity: np.ndarray, k: int | None) -> np.ndarray:
    """Return the columns of the k largest of each row (b, k), the largest first, equal ones in column order."""
    n = similarity.shape[1]
    if k is None or k >= n:
        return np.argsort(-similarity, axis=1, kind="stable")
    threshold = np.partition(similarity, n - k, axis=1)[:, n - k, None]
    above, level = similarity > threshold, similarity == threshold
    taken = above | (level & (np.cumsum(level, axis=1) <= k - above.sum(axis=1, keepdims=True)))
    columns = np.nonzero(taken)[1].reshape(-1, k)
    order = np.argsort(-np.take_along_axis(similarity, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def _allowed(X: np.ndarray, exclude: Sequence[int], duplicate_ids: Sequence | None) -> np.ndarray:
    """Return the rows that may be found (m,) int64."""
    allowed = X.any(axis=1)
    exclude = np.asarray(exclude, dtype=np.int64)
    if duplicate_ids is not None:
        codes = np.unique(np.asarray(duplicate_ids, dtype=object).astype(str), return_inverse=True)[1]
        first = np.zeros(len(X), dtype=bool)
        first[np.unique(codes, return_index=True)[1]] = True
        allowed &= first & ~np.isin(codes, codes[exclude])
    allowed[exclude] = False
    return np.flatnonzero(allowed)
