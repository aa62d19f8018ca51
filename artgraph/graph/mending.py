"""Neighbour lists of a table that has changed: only what can be different is searched again."""

from collections.abc import Sequence

import faiss
import numpy as np

from artgraph.errors import InputError
from artgraph.graph.knn import MOST_OWN, Neighbors
from artgraph.graph.ranking import KINDS, checked_rows, coordinates, distinct, groups_of, other_groups, ranked

__all__ = ["mend"]

SPARE = 8  # candidates beyond those asked for, from which the exact distances choose
PIECE = 2**24  # numbers that are held at once
ROUNDING = 1e-5  # of a product of two rows of length 1, amply


def mend(
    X: np.ndarray,
    earlier: Neighbors,
    origin: np.ndarray,
    *,
    n_neighbors: int,
    metric: str = "cosine",
    duplicate_ids: Sequence | None = None,
    exclude_same: Sequence | None = None,
) -> tuple[Neighbors, np.ndarray]:
    """Bring neighbour lists up to date after rows were added, removed or changed, without a new search of all.

    New rows, and rows that lost a neighbour, are compared with all works; every other row with the new ones alone.
    Where the earlier lists were exact the result is that of ``knn(X, exact=True, ...)``: the same indices and, for
    cosine, the same bytes (for "euclidean" up to rounding, since coordinates are centred). Lists of an approximate
    search stay as good as they were: ``recall`` is the earlier one. Equal distances are ordered by row; where kept
    rows change their order, works that tie for the last place of a list stay as they were. Crowds of works at cosine
    distances of about 1e-5 are an exception: products of float32 do not tell candidates apart there, in either search.

    Parameters
    ----------
    X : (n, d) float array, finite: all rows as they are now.
    earlier : lists of the m rows before, made with the same ``n_neighbors`` and ``metric``.
    origin : (n,) int, the earlier number of every row; -1 for a row that is new, or whose features or value of
        ``exclude_same`` changed. Earlier rows that are not named are gone.
    n_neighbors, metric, duplicate_ids, exclude_same : as for :func:`~artgraph.graph.knn.knn`; the latter two of all
        rows now.

    Returns
    -------
    tuple
        The lists now, and (n,) bool: rows that were there and whose list changed, because a nearer row came or one of
        it went.

    Raises
    ------
    InputError
        Where the arguments do not fit each other, or a row is named twice.

    Examples
    --------
    >>> from artgraph.graph.knn import knn
    >>> X = np.array([[0.0], [1.0], [3.0], [3.5]])
    >>> before = knn(X[:3], n_neighbors=1, metric="euclidean")
    >>> now, changed = mend(X, before, np.array([0, 1, 2, -1]), n_neighbors=1, metric="euclidean")
    >>> now.indices.ravel().tolist(), changed.tolist()
    ([1, 0, 3, 2], [False, False, True, False])
    """
    X = checked_rows(X, n_neighbors, metric=metric)
    n = len(X)
    origin = _checked_origin(origin, n, earlier, n_neighbors)
    groups = groups_of(exclude_same, n)
    duplicate_of, rows = distinct(X, duplicate_ids, metric=metric)
    stood = np.append(earlier.duplicate_of < 0, False)  # the last is for origin -1
    known = stood[origin[rows]]
    place = np.full(n, -1)
    place[rows] = np.arange(len(rows))
    # where the rows in the earlier lists are now: -1 no neighbour, -2 gone, or a copy of another row now
    now = np.full(len(stood), -2, dtype=np.int32)
    now[-1] = -1
    now[origin[rows[known]]] = rows[known]
    was = now[earlier.indices][origin] if len(stood) > 1 else np.full((n, n_neighbors), -1, dtype=np.int32)
    lost = (was[rows] == -2).any(axis=1)
    indices = np.full((n, n_neighbors), -1, dtype=np.int32)
    distances = np.full((n, n_neighbors), np.inf, dtype=np.float32)
    whole = rows[known & ~lost]
    indices[whole], distances[whole] = was[whole], earlier.distances[origin[whole]]
    if len(rows) > 1:
        U = coordinates(X[rows], metric=metric)
        own = None if groups is None else groups[rows]
        settings = {"metric": metric, "n_neighbors": n_neighbors}

        def put(part: np.ndarray, found: np.ndarray) -> None:
            near, distance = ranked(U, rows, found, queries=part, **settings)
            indices[rows[part], : near.shape[1]], distances[rows[part], : near.shape[1]] = near, distance

        for part in _pieces(np.flatnonzero(~known | lost), U.shape[1]):
            put(part, _searched(U, part, own, **settings))
        fresh = np.flatnonzero(~known)
        for part in _pieces(place[whole] if len(fresh) else whole[:0], max(len(fresh), U.shape[1])):
            more = _nearer(U, part, fresh, own, last=distances[rows[part], -1], **settings)
            gains = (more >= 0).any(axis=1)
            part, more = part[gains], more[gains]
            listed = indices[rows[part]]
            put(part, np.concatenate([np.where(listed >= 0, place[listed], -1), more], axis=1))
    copies = np.flatnonzero(duplicate_of >= 0)
    indices[copies], distances[copies] = indices[duplicate_of[copies]], distances[duplicate_of[copies]]
    changed = (origin >= 0) & (indices != was).any(axis=1)
    return Neighbors(indices, distances, duplicate_of, float(earlier.recall)), changed


def _checked_origin(origin: np.ndarray, n: int, earlier: Neighbors, n_neighbors: int) -> np.ndarray:
    m, width = np.shape(earlier.indices)
    if width != n_neighbors:
        raise InputError(f"the earlier lists have {width} neighbours; expected n_neighbors, {n_neighbors}")
    origin = np.asarray(origin)
    if origin.shape != (n,) or (n and origin.dtype.kind not in "iu"):
        raise InputError(
            f"origin has shape {origin.shape}, dtype {origin.dtype}; expected one whole number for {n} rows"
        )
    origin = origin.astype(np.int64)
    named = origin[origin >= 0]
    if len(named) and named.max() >= m:
        raise InputError(f"origin names the earlier row {named.max()}; there are {m}")
    if len(twice := np.flatnonzero(np.bincount(named, minlength=m) > 1)):
        raise InputError(f"origin names the earlier row {twice[0]} twice")
    return np.maximum(origin, -1)


def _pieces(places: np.ndarray, wide: int) -> list[np.ndarray]:
    """Cut places into runs, so that an array of so many rows and ``wide`` columns is bounded."""
    step = max(1, PIECE // max(wide, 1))
    return [places[start : start + step] for start in range(0, len(places), step)]


def _searched(U: np.ndarray, part: np.ndarray, own: np.ndarray | None, *, metric: str, n_neighbors: int) -> np.ndarray:
    """Return candidates among all works for the works at these places, (q, width), -1 for none."""
    width = n_neighbors + SPARE
    wide = min(width if own is None else width + MOST_OWN, len(U))
    found = faiss.knn(U[part], U, wide, metric=KINDS[metric])[1]
    return found if own is None else other_groups(U, own, found, width=width, metric=metric, queries=part)


def _nearer(
    U: np.ndarray,
    part: np.ndarray,
    fresh: np.ndarray,
    own: np.ndarray | None,
    *,
    last: np.ndarray,
    metric: str,
    n_neighbors: int,
) -> np.ndarray:
    """Return the new works that may be nearer than the ``last`` of each list, (q, up to width), -1 for none."""
    A, B = U[part], U[fresh]
    distance = A @ B.T
    if metric == "cosine":
        distance = 1 - distance
        most = last[:, None] + ROUNDING
    else:
        square = np.square(A).sum(axis=1)[:, None] + np.square(B).sum(axis=1)
        distance = square - 2 * distance
        most = np.square(last)[:, None] * (1 + ROUNDING) + ROUNDING * square
    distance[~(distance <= most)] = np.inf
    if own is not None:
        distance[own[part][:, None] == own[fresh]] = np.inf
    width = min(n_neighbors + SPARE, len(fresh))
    best = np.argpartition(distance, width - 1, axis=1)[:, :width] if width < len(fresh) else np.arange(width)[None]
    best = np.broadcast_to(best, (len(part), width))
    return np.where(np.isinf(np.take_along_axis(distance, best, axis=1)), -1, fresh[best])
