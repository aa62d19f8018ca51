"""Neighbour search in parts: rows are sorted into cells, cells are searched apart, and lists are merged.

Coordinates of all rows are never held: they are read a block or a cell at a time, so that features may lie in a file.
Searching one cell is a pure function of its rows and of those that are compared with them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

import faiss
import numpy as np
from threadpoolctl import threadpool_limits

from artgraph.graph.ranking import KINDS, Rows

__all__ = [
    "Cells", "Elsewhere", "Pairs", "Search", "Task", "best_of_cells", "exact_in_blocks", "in_threads", "search_cell",
    "sort_into_cells",
]  # fmt: skip

BLOCK = 8192  # rows that are held at once where all are passed through
SAMPLE = 256  # rows on which the recall is measured
ROUNDS = ((0, 1), (1, 4), (4, None))  # visits of a row that are made together
LEARN = 24  # rows for each centre, from which centres are learned

_T = TypeVar("_T")
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]  # rows, closeness, places
Elsewhere = Callable[[int, np.ndarray | None], Iterable[Pairs]]
"""Searches the cells of the round that was begun, by its number and the least closeness wanted; pairs in order."""


class Cells(NamedTuple):
    """Rows sorted into cells, and what shows how well that goes.

    Attributes
    ----------
    home : (n,) int32, the cell that each row lies in.
    visits : (n, p) int32, the cells that each row is compared with, nearest first; -1 for none.
    sample, truth : (s,) int64 rows, and (s, k) int64 their nearest by an exact search, -1 for none.
    """

    home: np.ndarray
    visits: np.ndarray
    sample: np.ndarray
    truth: np.ndarray


class Task(NamedTuple):
    """What is needed to search one cell.

    Attributes
    ----------
    members, queries : (m, d) and (q, d) float32, coordinates of the rows in the cell, and of those compared with them.
    least : (q,) float32, closeness from which on a member is wanted; None: any.
    own, other : (m,) and (q,) int64, their groups; None where rows of the same group may be neighbours.
    """

    members: np.ndarray
    queries: np.ndarray
    least: np.ndarray | None = None
    own: np.ndarray | None = None
    other: np.ndarray | None = None


def search_cell(task: Task, k: int, *, metric: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the nearest members of one cell for every query: pairs, as three arrays (r,).

    Numbers of queries (int64), closeness (float32) and places in the cell (int64); of each query the k nearest, or all
    that are as close as ``task.least``, in no order.

    Parameters
    ----------
    task
    k : at least 1.
    metric : {"cosine", "euclidean"}; closeness is the inner product, or q·m - m·m / 2, which orders the members by
        their distance.

    Examples
    --------
    >>> search_cell(Task(np.eye(2, dtype="f4"), np.array([[1, 0]], "f4"), np.array([0.5], "f4")), 2, metric="cosine")
    (array([0]), array([1.], dtype=float32), array([0]))
    """
    close = task.queries @ task.members.T
    if metric == "euclidean":
        close -= np.einsum("md,md->m", task.members, task.members) / 2
    if task.own is not None:
        close[task.other[:, None] == task.own] = -np.inf
    if task.least is None:
        k = min(k, close.shape[1])
        place = np.argpartition(close, -k, axis=1)[:, -k:].ravel()
        query = np.repeat(np.arange(len(close)), k)
    else:
        # several times as quick as nonzero of two dimensions
        query, place = np.divmod(np.flatnonzero(close >= task.least[:, None]), close.shape[1])
    close = close[query, place]
    there = close > -np.inf
    return query[there], close[there], place[there]


def sort_into_cells(
    U: Rows, k: int, *, metric: str, recall: float, seed: int, groups: np.ndarray | None = None
) -> Cells:
    """Sort rows into 2 √n cells and say which cells each is to be compared with.

    The centres of the cells are learned by k-means on a sample. A row is compared with those in the p cells whose
    centres are nearest to it, the same p for all: the least with which a sample of 256 rows finds the wanted share of
    its true neighbours. Cells that hold works of the row's own group alone do not count.

    Parameters
    ----------
    U : n rows of coordinates.
    k : neighbours that are wanted of each.
    metric : {"cosine", "euclidean"}
    recall : in (0, 1].
    seed : of centres and sample.
    groups : (n,) int, of works that are not to be neighbours of each other.
    """
    (n, d), rng = U.shape, np.random.default_rng(seed)
    n_cells = min(round(2 * n**0.5), n)
    settings = {"min_points_per_centroid": 1, "max_points_per_centroid": LEARN, "spherical": metric == "cosine"}
    learned = faiss.Kmeans(d, n_cells, niter=4, seed=seed + 1, **settings)
    learned.train(U[np.sort(rng.choice(n, min(n, LEARN * n_cells), replace=False))])
    centres, blocks = learned.centroids, _blocks(n)

    def nearest(places: np.ndarray, p: int) -> np.ndarray:
        return faiss.knn(U[places], centres, p, metric=KINDS[metric])[1].astype(np.int32)

    sample = np.sort(rng.choice(n, min(SAMPLE, n), replace=False))
    truth = exact_in_blocks(U, sample, k, metric=metric, groups=groups)
    # a neighbour is found when its cell is visited, so that this shows how many visits are needed
    order, there = nearest(sample, n_cells), truth >= 0
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(n_cells, dtype=np.int32)[None].repeat(len(order), axis=0), axis=1)
    asked = np.nonzero(there)[0]
    ranks = np.sort(rank[asked, nearest(truth[there], 1)[:, 0]]) if len(asked) else asked
    wanted = recall + min(0.01, (1 - recall) / 5)  # the sample errs by about so much
    p = int(ranks[max(0, int(np.ceil(wanted * len(ranks))) - 1)]) + 1 if len(ranks) else 1
    p = n_cells if recall == 1 else p  # all of a sample is not all
    visits = np.concatenate(list(in_threads(lambda at: nearest(blocks[at], p), range(len(blocks)))))
    home = visits[:, 0].copy()
    if groups is not None:
        _pass_over_own(U, visits, home, groups, centres=centres, k=k, metric=metric)
    return Cells(home, visits, sample, truth)


class Search:
    """The comparison of rows with the cells that they visit, in rounds: the nearest cell, the next three, the rest.

    Parameters
    ----------
    U : n rows of coordinates, or what gives them by places.
    home, visits : (n,) and (n, p) int32, as in :class:`Cells`.
    k : neighbours of each; a row is among its own.
    metric, groups : as for :func:`sort_into_cells`.
    """

    def __init__(
        self,
        U: Rows | np.ndarray,
        home: np.ndarray,
        visits: np.ndarray,
        *,
        k: int,
        metric: str,
        groups: np.ndarray | None = None,
    ) -> None:
        self.U, self.home, self.visits = U, home, visits
        self.k, self.metric, self.groups = k, metric, groups
        self.n_cells = int(max(home.max(), visits.max())) + 1
        self.members = _members(home, self.n_cells)
        self.asking: list[np.ndarray] = []

    def rounds(self) -> range:
        """Return the numbers of the rounds."""
        return range(sum(start < self.visits.shape[1] for start, _ in ROUNDS))

    def used(self, number: int) -> list[int]:
        """Return the cells that are searched in a round, by its ``number``."""
        visits = self.visits[:, slice(*ROUNDS[number])]
        asked = np.bincount(visits[visits >= 0], minlength=self.n_cells)
        return [cell for cell in np.flatnonzero(asked).tolist() if len(self.members[cell])]

    def begin(self, number: int) -> None:
        """Make ready for the cells of a round, by its ``number``."""
        visits = self.visits[:, slice(*ROUNDS[number])]
        self.asking = [places // visits.shape[1] for places in _members(visits.ravel(), self.n_cells)]

    def pairs(self, cell: int, least: np.ndarray | None) -> Pairs:
        """Return what one cell holds: rows, closeness and places of the neighbours, (r,) each.

        Parameters
        ----------
        cell : of the round that was begun.
        least : (n,) float32, closeness from which on a neighbour is wanted; None: any.
        """
        inside, rows = self.members[cell], self.asking[cell]
        own, other = (None, None) if self.groups is None else (self.groups[inside], self.groups[rows])
        task = Task(self.U[inside], self.U[rows], None if least is None else least[rows], own, other)
        query, close, place = search_cell(task, self.k, metric=self.metric)
        return rows[query], close, inside[place]


def best_of_cells(search: Search, *, elsewhere: Elsewhere | None = None) -> np.ndarray:
    """Search every cell and merge the lists: places of the k nearest of each row, (n, k) int64, -1 for none.

    First each row is compared with the cell nearest to it, then with the next three, then with all others that it
    visits; from a later cell only those are taken that are as close as the k-th so far.

    Parameters
    ----------
    search
    elsewhere : searches the cells of a round; by default threads of this process do.
    """
    merged = _Merged(len(search.visits), search.k)
    for number in search.rounds():
        least = merged.least() if number else None
        search.begin(number)
        if elsewhere is None:
            found = in_threads(partial(search.pairs, least=least), search.used(number))
        else:
            found = elsewhere(number, least)
        for pairs in found:
            merged.add(*pairs)
    return merged.places()


class _Merged:
    """The best of many pairs, k for each row."""

    def __init__(self, n: int, k: int) -> None:
        self.heap = faiss.ResultHeap(n, k, keep_max=True)

    def least(self) -> np.ndarray:
        """Return the closeness of the k-th of each row, (n,) float32; the least there is where there are fewer."""
        return self.heap.D[:, 0].copy()

    def add(self, rows: np.ndarray, close: np.ndarray, places: np.ndarray) -> None:
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # a row stands several times among the rows
        self.heap.add_result_subset(rows, close[:, None], places[:, None])
        faiss.omp_set_num_threads(threads)

    def places(self) -> np.ndarray:
        """Return the places of the best of each row, (n, k) int64, -1 for none."""
        self.heap.finalize()
        return self.heap.I


def exact_in_blocks(
    U: Rows, sample: np.ndarray, k: int, *, metric: str, groups: np.ndarray | None = None
) -> np.ndarray:
    """Compare some rows with all, a block at a time: the k nearest, (s, k) int64, -1 for none, without the row itself.

    Parameters
    ----------
    U : n rows of coordinates.
    sample : (s,) int, places of the rows.
    k, metric, groups : as for :func:`sort_into_cells`.
    """
    merged, Q, blocks = _Merged(len(sample), k), U[sample], _blocks(len(U))
    numbers = np.arange(len(U)) if groups is None else groups

    def work(at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        task = Task(U[blocks[at]], Q, None, numbers[blocks[at]], numbers[sample])
        query, close, place = search_cell(task, k, metric=metric)
        return query, close, blocks[at][place]

    for pairs in in_threads(work, range(len(blocks))):
        merged.add(*pairs)
    return merged.places()


def in_threads(work: Callable[[int], _T], numbers: Iterable[int]) -> Iterator[_T]:
    """Do ``work`` for each of the ``numbers``, in as many threads as FAISS has; yield the results in order."""
    threads = faiss.omp_get_max_threads()
    # one thread for each number: threads that share the work on one mostly wait for each other
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,)) as pool,
    ):
        waiting: deque = deque()
        for number in numbers:
            waiting.append(pool.submit(work, number))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _blocks(n: int) -> list[np.ndarray]:
    return [np.arange(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def _members(cell: np.ndarray, n_cells: int) -> list[np.ndarray]:
    """Return the places at which each cell is named."""
    order = np.argsort(cell, kind="stable")
    return np.split(order, np.searchsorted(cell[order], np.arange(n_cells + 1)))[1:-1]


def _pass_over_own(
    U: Rows, visits: np.ndarray, home: np.ndarray, groups: np.ndarray, *, centres: np.ndarray, k: int, metric: str
) -> None:
    """Visit others in place of cells that hold works of the row's own group alone, and at least one with k others."""
    p, size = visits.shape[1], np.bincount(home, minlength=len(centres))
    _, code, count = np.unique(groups, return_inverse=True, return_counts=True)
    order, ends = np.argsort(code, kind="stable"), np.cumsum(count)
    for one in np.flatnonzero(count >= size[size > 0].min()):
        rows = order[ends[one] - count[one] : ends[one]]
        others = size - np.bincount(home[rows], minlength=len(centres))
        some, many = np.flatnonzero(others), np.flatnonzero(others >= k)
        if not (len(some) < (size > 0).sum()):
            continue
        for start in range(0, len(rows) if len(some) else 0, BLOCK):
            part = rows[start : start + BLOCK]
            Q = U[part]
            place = faiss.knn(Q, centres[some], min(p, len(some)), metric=KINDS[metric])[1]
            visits[part] = -1
            visits[part, : place.shape[1]] = some[place]
            few = others[some[place]].sum(axis=1) < k
            if few.any() and len(many):
                visits[part[few], -1] = many[faiss.knn(Q[few], centres[many], 1, metric=KINDS[metric])[1][:, 0]]
