"""What every neighbour search has in common: which rows are searched, in which coordinates, and how they are ranked."""

from collections.abc import Sequence

import faiss
import numpy as np
import pandas as pd

from artgraph.checks import unit_rows
from artgraph.errors import InputError
from artgraph.graph.duplicates import duplicates

__all__ = ["KINDS", "METRICS", "Rows", "checked_rows", "coordinates", "distinct", "groups_of", "other_groups", "ranked"]

KINDS = {"cosine": faiss.METRIC_INNER_PRODUCT, "euclidean": faiss.METRIC_L2}  # cosine: of rows of length 1
METRICS = tuple(KINDS)


def checked_rows(X: np.ndarray, n_neighbors: int, *, metric: str) -> np.ndarray:
    """Return features as (n, d) float32, or raise an InputError that says what is wrong with the arguments.

    Parameters
    ----------
    X, n_neighbors, metric : as for :func:`~artgraph.graph.knn.knn`.
    """
    X = np.asarray(X)
    if X.ndim != 2:
        raise InputError(f"features must be (n, d); got an array of shape {X.shape}")
    if metric not in METRICS:
        raise InputError(f"unknown metric '{metric}' (there are: {', '.join(METRICS)})")
    if n_neighbors < 1:
        raise InputError(f"n_neighbors must be at least 1; got {n_neighbors}")
    with np.errstate(over="ignore"):
        X = np.ascontiguousarray(X, dtype=np.float32)
    parts = (X[start : start + 8192] for start in range(0, len(X), 8192))
    bad = np.flatnonzero(~np.concatenate([np.isfinite(part).all(axis=1) for part in parts] or [np.ones(0, bool)]))
    if len(bad):
        raise InputError(f"{len(bad)} rows of the features are not finite, the first at row {bad[0]}")
    return X


def groups_of(exclude_same: Sequence | None, n: int) -> np.ndarray | None:
    """Return a number for each of the ``n`` values of ``exclude_same``; below 0, each its own, where there is none."""
    if exclude_same is None:
        return None
    groups = pd.factorize(pd.Series(exclude_same, dtype=object))[0]
    if len(groups) != n:
        raise InputError(f"{len(groups)} values of exclude_same for {n} rows of features")
    return np.where(groups < 0, -1 - np.arange(n), groups)


def distinct(X: np.ndarray, duplicate_ids: Sequence | None, *, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the first row that shows the same work, (n,) int32, and the rows that are searched, ascending.

    Searched are those that stand for a work (-1 in the first array); under cosine, rows of zeros are not.

    Parameters
    ----------
    X, duplicate_ids, metric : as for :func:`~artgraph.graph.knn.knn`.
    """
    duplicate_of = duplicates(X, duplicate_ids=duplicate_ids)
    rows = np.flatnonzero(duplicate_of < 0)
    if metric == "cosine":
        largest = np.maximum(X.max(axis=1, initial=0), -X.min(axis=1, initial=0))
        rows = rows[largest[rows] > 1e-12]
        duplicate_of[largest <= 1e-12] = -1  # nothing is known of them, not even that they are alike
    return duplicate_of, rows


def coordinates(U: np.ndarray, *, metric: str) -> np.ndarray:
    """Return rows U, (n, d) float32, a copy that is used up, brought to length 1 (cosine ``metric``) or centred."""
    if metric == "cosine":
        return unit_rows(U)
    if len(U):
        U -= U.mean(axis=0, dtype=np.float64).astype(np.float32)  # far from the origin differences would be lost
    return U


class Rows:
    """Coordinates of some rows of features, computed when they are asked for: ``U[places]`` is (len(places), d).

    Parameters
    ----------
    X : (n, d) float32, in memory or mapped from a file.
    rows : (m,) int, the rows that there are coordinates of.
    metric : {"cosine", "euclidean"}
    """

    def __init__(self, X: np.ndarray, rows: np.ndarray, *, metric: str) -> None:
        self.X, self.rows, self.shape = X, rows, (len(rows), X.shape[1])
        self.middle, self.scale = None, None
        blocks = (X[rows[start : start + 8192]] for start in range(0, len(rows), 8192))
        if metric == "cosine":
            self.scale = np.concatenate([_over_length(block) for block in blocks])
        else:  # far from the origin differences would be lost
            self.middle = (sum(block.sum(axis=0, dtype=np.float64) for block in blocks) / len(rows)).astype(np.float32)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, places: np.ndarray) -> np.ndarray:
        found = self.X[self.rows[places]]
        if self.scale is None:
            found -= self.middle
        else:
            found *= self.scale[places]
        return found

    def exact(self, places: np.ndarray) -> np.ndarray:
        """Return coordinates of rows to measure distances between: those of length 1 are so to the last bit."""
        return self[places] if self.scale is None else unit_rows(self.X[self.rows[places]])


def _over_length(block: np.ndarray) -> np.ndarray:
    """Return one over the length of each row, (n, 1)."""
    largest = np.abs(block).max(axis=1, keepdims=True)  # so that squares neither overflow nor vanish
    return 1 / largest / np.linalg.norm(block / largest, axis=1, keepdims=True)


def other_groups(
    U: np.ndarray,
    groups: np.ndarray,
    found: np.ndarray,
    *,
    width: int,
    metric: str,
    queries: np.ndarray | None = None,
) -> np.ndarray:
    """Return the first ``width`` candidates that are of another group, (q, width) places in U, -1 for none.

    Parameters
    ----------
    U, groups : (n, d) float32 coordinates and (n,) int.
    found : (q, wide) places in U of the candidates of each query, nearest first, -1 for none.
    width : candidates wanted; rows of a large group, with fewer among those found, are searched again.
    metric
    queries : (q,) places in U of the rows that are searched; by default all.
    """
    _, group, count = np.unique(groups, return_inverse=True, return_counts=True)
    queries = np.arange(len(U)) if queries is None else queries
    usable = (found >= 0) & (groups[found] != groups[queries, None])
    first = np.argsort(~usable, axis=1, kind="stable")[:, :width]
    near = np.where(np.take_along_axis(usable, first, axis=1), np.take_along_axis(found, first, axis=1), -1)
    lacking = usable.sum(axis=1) < np.minimum(width, len(U) - count[group[queries]])
    for one in np.unique(groups[queries[lacking]]):  # a group with very many rows near each other: all are compared
        others, rows = np.flatnonzero(groups != one), np.flatnonzero(lacking & (groups[queries] == one))
        again = faiss.knn(U[queries[rows]], U[others], min(width, len(others)), metric=KINDS[metric])[1]
        near[rows, : again.shape[1]] = others[again]
    return near


def ranked(
    U: np.ndarray,
    rows: np.ndarray,
    found: np.ndarray,
    *,
    metric: str,
    n_neighbors: int,
    queries: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return row numbers and exact distances of the candidates, nearest first, ties by row, without the row itself.

    Parameters
    ----------
    U, rows : (n, d) float32 coordinates and (n,) the row numbers that they stand for.
    found : (q, k) places in U of the candidates of each query, -1 for none.
    metric
    n_neighbors : most that are kept, and no more than n - 1.
    queries : (q,) places in U of the rows that are searched; by default all.
    """
    n, k = found.shape
    queries = np.arange(n) if queries is None else queries
    kept = min(n_neighbors, len(U) - 1, k)
    indices, distances = np.empty((n, kept), dtype=np.int32), np.empty((n, kept), dtype=np.float32)
    step = max(1, 2**24 // (k * U.shape[1] + 1))
    for start in range(0, n, step):
        part = slice(start, start + step)
        difference = U[found[part]]
        difference -= U[queries[part], None, :]
        square = np.einsum("ikd,ikd->ik", difference, difference)
        distance = np.minimum(square / 2, 2) if metric == "cosine" else np.sqrt(square)
        missing = (found[part] < 0) | (found[part] == queries[part, None])
        distance = np.where(missing, np.float32(np.inf), distance)
        names = np.where(missing, np.iinfo(np.int64).max, rows[found[part]])
        best = np.lexsort((names, distance), axis=1)[:, :kept]
        nearest = np.take_along_axis(distance, best, axis=1)
        distances[part] = nearest
        indices[part] = np.where(np.isinf(nearest), -1, np.take_along_axis(names, best, axis=1))
    return indices, distances
