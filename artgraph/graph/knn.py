"""The nearest neighbours of every painting."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import faiss
import numpy as np

from artgraph.errors import InputError
from artgraph.graph.cells import Elsewhere, Search, best_of_cells, exact_in_blocks, in_threads, sort_into_cells
from artgraph.graph.duplicates import row_keys
from artgraph.graph.ranking import (
    KINDS,
    METRICS,
    Rows,
    checked_rows,
    coordinates,
    distinct,
    groups_of,
    other_groups,
    ranked,
)

__all__ = ["EXACT_UP_TO", "METRICS", "Neighbors", "knn"]

EXACT_UP_TO = 10_000  # rows; up to here exact search takes a second or two
MOST_OWN = 64  # candidates of the same group that are skipped before a row is searched again
SPARE = 4  # candidates of an approximate search beyond those asked for, from which the exact distances choose
RANKED = 4096  # rows that are ranked at once
Share = Callable[[Search], Elsewhere]


class Neighbors(NamedTuple):
    """The result of a neighbour search.

    Attributes
    ----------
    indices : (n, n_neighbors) int32; row numbers, nearest first; -1 where there is no further neighbour.
    distances : (n, n_neighbors) float32; cosine, in [0, 2], or Euclidean; inf where there is no further neighbour.
    duplicate_of : (n,) int32; the first row that shows the same work; -1 where the row is that first one.
    recall : Share of the true neighbours that were found, measured on a sample; 1.0 for an exact search.
    """

    indices: np.ndarray
    distances: np.ndarray
    duplicate_of: np.ndarray
    recall: float


def knn(
    X: np.ndarray,
    *,
    n_neighbors: int = 15,
    metric: str = "cosine",
    duplicate_ids: Sequence | None = None,
    exclude_same: Sequence | None = None,
    recall: float = 0.95,
    exact: bool | None = None,
    seed: int = 0,
    share: Share | None = None,
) -> Neighbors:
    """Find the nearest other works of every row.

    Up to ``EXACT_UP_TO`` works the search is exact. Beyond, works are sorted into cells around 2 √n centres, and each
    is compared with those in the nearest few cells, an inverted file as FAISS has one (Johnson, Douze and Jégou 2017,
    arXiv 1702.08734). How many cells, is read off the true neighbours of 256 works: as many as hold the wanted share of
    them. Cells are searched apart (``artgraph.graph.cells``): rows are read when they are needed, so that X may be
    mapped from a file (``np.load(file, mmap_mode="r")``), and no copy of it is made. Distances are computed again from
    the differences, row by row: those from products of matrices are inexact for rows that nearly agree.

    Lists are of distinct paintings: duplicates (rows that are equal, or of the same ``duplicate_ids``) are no
    neighbours of each other; the first of them stands for all, and each has its list. A row is never its own
    neighbour; equal distances are ordered by row. The same rows in another order give the same lists, and the
    same seed the same bytes.

    Parameters
    ----------
    X : (n, d) float array, finite.
    n_neighbors : at least 1; where there are fewer works, the lists are filled up with -1.
    metric : {"cosine", "euclidean"}; under cosine a row of zeros has no neighbours and is nobody's neighbour.
    duplicate_ids : length n; rows with the same value show the same painting, as in ``duplicates``.
    exclude_same : length n; rows with the same value are no neighbours: given artists, neighbours are by other artists.
        Rows without a value may be neighbours of any row; a duplicate takes the value of the first of its rows.
    recall : in (0, 1], wanted share of true neighbours where the search is approximate.
    exact : by default, by the number of works.
    seed : of the cells and of the sample.
    share : lets others search the cells of an approximate search, such as ``artgraph.graph.sharedcells.shared`` with an
        engine and a store of shards; the lists are the same. Default: threads of this process search them.

    Examples
    --------
    >>> knn(np.array([[0.0], [1.0], [3.0], [3.0]]), n_neighbors=2, metric="euclidean").indices
    array([[1, 2],
           [0, 2],
           [1, 0],
           [1, 0]], dtype=int32)
    >>> X, artists = np.array([[0.0], [1.0], [3.0]]), ["Anna", "Anna", "Berta"]
    >>> knn(X, n_neighbors=2, metric="euclidean", exclude_same=artists).indices
    array([[ 2, -1],
           [ 2, -1],
           [ 1,  0]], dtype=int32)
    """
    X = checked_rows(X, n_neighbors, metric=metric)
    if not 0 < recall <= 1:
        raise InputError(f"recall must be above 0 and at most 1; got {recall}")
    n = len(X)
    groups = groups_of(exclude_same, n)
    duplicate_of, rows = distinct(X, duplicate_ids, metric=metric)
    rows = rows[np.argsort(row_keys(X)[rows], kind="stable")]  # by content, so that the order given does not matter
    indices = np.full((n, n_neighbors), -1, dtype=np.int32)
    distances = np.full((n, n_neighbors), np.inf, dtype=np.float32)
    reached = 1.0
    if len(rows) > 1:
        own = None if groups is None else groups[rows]
        exact = len(rows) <= EXACT_UP_TO if exact is None else exact
        if exact:
            # a few more than asked for: the row itself is among them, and ties at the end are to be broken by row
            lists = [(rows, *_exact(coordinates(X[rows], metric=metric), rows, own, n_neighbors, metric=metric))]
        else:
            U = Rows(X, rows, metric=metric)
            lists, reached = _in_cells(U, own, n_neighbors, metric=metric, recall=recall, seed=seed, share=share)
        for part, near, distance in lists:
            indices[part, : near.shape[1]], distances[part, : near.shape[1]] = near, distance
        copies = np.flatnonzero(duplicate_of >= 0)
        indices[copies], distances[copies] = indices[duplicate_of[copies]], distances[duplicate_of[copies]]
    return Neighbors(indices, distances, duplicate_of, reached)


def _exact(
    U: np.ndarray, rows: np.ndarray, own: np.ndarray | None, n_neighbors: int, *, metric: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return row numbers and distances of the nearest, by comparing all."""
    width = n_neighbors + 8
    flat = faiss.IndexFlat(U.shape[1], KINDS[metric])
    flat.add(U)
    found = flat.search(U, min(width if own is None else width + MOST_OWN, len(U)))[1]
    if own is not None:
        found = other_groups(U, own, found, width=width, metric=metric)
    return ranked(U, rows, found, metric=metric, n_neighbors=n_neighbors)


def _in_cells(
    U: Rows,
    own: np.ndarray | None,
    n_neighbors: int,
    *,
    metric: str,
    recall: float,
    seed: int,
    share: Share | None,
) -> tuple[Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]], float]:
    """Return rows, row numbers and distances of their nearest, some rows at a time, and the recall of a sample."""
    width = min(n_neighbors + 1 + SPARE, len(U))
    cells = sort_into_cells(U, n_neighbors, metric=metric, recall=recall, seed=seed, groups=own)
    search = Search(U, cells.home, cells.visits, k=width, metric=metric, groups=own)
    found = best_of_cells(search, elsewhere=None if share is None else share(search))
    if own is not None:
        _, group, count = np.unique(own, return_inverse=True, return_counts=True)
        lacking = np.flatnonzero((found >= 0).sum(axis=1) < np.minimum(n_neighbors, len(U) - count[group]))
        for start in range(0, len(lacking), RANKED):
            part = lacking[start : start + RANKED]
            found[part] = exact_in_blocks(U, part, width, metric=metric, groups=own)
    hits = (cells.truth[:, :, None] == found[cells.sample][:, None, :]).any(axis=2) & (cells.truth >= 0)
    reached = round(float(hits.sum() / max((cells.truth >= 0).sum(), 1)), 4)
    order = np.argsort(cells.home, kind="stable")  # rows of a cell have many neighbours in common
    parts = [order[start : start + RANKED] for start in range(0, len(order), RANKED)]

    def rank(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        part = parts[number]
        places, at = np.unique(np.append(part, found[part]), return_inverse=True)
        places, at = (places[1:], at - 1) if places[0] < 0 else (places, at)
        at, queries = at[len(part) :].reshape(len(part), -1), at[: len(part)]
        near = ranked(U.exact(places), U.rows[places], at, metric=metric, n_neighbors=n_neighbors, queries=queries)
        return U.rows[part], *near

    return in_threads(rank, range(len(parts))), reached
