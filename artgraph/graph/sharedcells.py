"""Cells searched by the workers of an engine: what they read and what they find lies in files that all of them see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from artgraph.graph.cells import Pairs, Search, in_threads

if TYPE_CHECKING:
    from artgraph.engine import Engine
    from artgraph.shards import ShardStore

__all__ = ["CellTask", "SearchingCells", "shared"]

ROWS_COMPARED = 2**27  # pairs of rows that a task compares, about; it takes some seconds
PAIR = np.dtype([("row", "<i8"), ("close", "<f4"), ("place", "<i8")])


class CellTask(NamedTuple):
    """Some cells of a round, to be searched.

    Attributes
    ----------
    name : Of the shard of pairs.
    number : Of the round.
    cells
    """

    name: str
    number: int
    cells: tuple[int, ...]


class SearchingCells:
    """The work of searching cells; it may be sent to another process."""

    def __init__(self, store: ShardStore, *, k: int, metric: str) -> None:
        self.store, self.k, self.metric = store, k, metric
        self.search: Search | None = None
        self.least: tuple[int, np.ndarray | None] = (-1, None)

    def __call__(self, tasks: Iterable[CellTask]) -> Iterator[int]:
        """Search the cells of tasks, and yield how many are done."""
        for task in tasks:
            search = self._at(task.number)
            found = list(in_threads(lambda cell, search=search: search.pairs(cell, self.least[1]), task.cells))
            rows, close, places = (np.concatenate(part) for part in zip(*found, strict=True))
            pairs = np.empty(len(rows), dtype=PAIR)
            pairs["row"], pairs["close"], pairs["place"] = rows, close, places
            self.store.put(task.name, pairs)
            yield len(task.cells)

    def _at(self, number: int) -> Search:
        """Return the search, ready for the cells of a round."""
        if self.search is None:
            coordinates, home, visits = (self.store.mapped(f"{name}.npy") for name in ("rows", "home", "visits"))
            groups = self.store.get("groups.npy") if self.store.has("groups.npy") else None
            self.search = Search(
                coordinates, np.asarray(home), np.asarray(visits), k=self.k, metric=self.metric, groups=groups
            )
        if number != self.least[0]:
            self.least = number, self.store.get(f"least-{number}.npy") if number else None
            self.search.begin(number)
        return self.search


def shared(
    search: Search,
    engine: Engine,
    store: ShardStore,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Callable[[int, np.ndarray | None], Iterator[Pairs]]:
    """Return what lets an engine search the cells of a round, for ``best_of_cells``.

    The pairs are those of a search in this process, in the same order. A search that was killed resumes.

    Parameters
    ----------
    search
    engine : whose workers see the ``store``.
    store : of shards, for this search alone.
    progress : called with (cells done, cells of all rounds).
    """
    n = len(search.visits)
    given = {"rows": search.U, "home": search.home, "visits": search.visits, "groups": search.groups}
    there, rounds = store.names(), [search.used(number) for number in search.rounds()]
    for name, value in given.items():
        if value is not None and f"{name}.npy" not in there:
            store.put(f"{name}.npy", value[np.arange(n)])
    work, total, done = SearchingCells(store, k=search.k, metric=search.metric), sum(map(len, rounds)), 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, total)

    def elsewhere(number: int, least: np.ndarray | None) -> Iterator[Pairs]:
        names = store.names()
        if least is not None:
            store.put(f"least-{number}.npy", least)
        tasks = [
            CellTask(f"pairs-{number}-{cells[0]:07d}.npy", number, tuple(cells))
            for cells in _together(search, rounds[number])
        ]
        report(sum(len(task.cells) for task in tasks if task.name in names))
        engine.run(work, [task for task in tasks if task.name not in names], progress=report)
        for task in tasks:
            pairs = store.get(task.name)
            yield pairs["row"].copy(), pairs["close"].copy(), pairs["place"].copy()

    return elsewhere


def _together(search: Search, cells: list[int]) -> Iterator[list[int]]:
    """Yield cells of a round in portions of about equal work."""
    portion, compared = [], 0
    for cell in cells:
        portion.append(cell)
        compared += len(search.members[cell]) * len(search.asking[cell])
        if compared >= ROWS_COMPARED:
            yield portion
            portion, compared = [], 0
    if portion:
        yield portion
