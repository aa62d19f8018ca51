"""Hang a layout on a wall: every painting in a place of its own, close to where the layout puts it."""

import numpy as np

from artgraph.errors import InputError

__all__ = ["hang"]

BEYOND = 0.08  # of the grid's height, on every side: room for works that are pushed outward, so that none meet a wall


def hang(
    layout: np.ndarray, *, aspect: float = 2.15, fill: float = 0.55
) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Move each painting to a free cell of a grid near its position, so that no picture hides another.

    Each axis is first set to the mean of its scaled value and its rank, which opens dense regions and draws in
    outliers. Then paintings take, from the most crowded to the least, the nearest free cell. Which paintings are
    neighbours survives; distances across the map and the density of regions do not.

    Returns the column and the row of each painting's cell, (n,) int32 from 0, no cell twice, and the numbers of columns
    and rows. Row 0 is the top: the largest y.

    Parameters
    ----------
    layout : (n, 2) float, positions in any unit; another shape or a value that is not finite is an InputError.
    aspect : above 0, width of the grid over its height.
    fill : in (0, 1], share of the grid's cells that hold a painting, before some are pushed beyond its edge.
    """
    xy = np.asarray(layout, dtype=np.float64)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise InputError(f"A layout has shape (n, 2), this one {xy.shape}: give two coordinates for each painting.")
    if not np.isfinite(xy).all():
        bad = int(np.flatnonzero(~np.isfinite(xy).all(1))[0])
        raise InputError(f"The layout of row {bad} is not finite: make the layout again, or leave it out.")
    n = len(xy)
    if n == 0:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), (0, 0)

    columns = max(1, int(np.ceil(np.sqrt(n / fill * aspect))))
    rows = max(1, int(np.ceil(n / fill / columns)))
    spread = np.stack([_spread(xy[:, 0]), 1 - _spread(xy[:, 1])], 1)
    cell = np.minimum((spread * [columns, rows]).astype(np.int64), [columns - 1, rows - 1])

    # a margin on every side, so that the search never needs to ask whether it has left the grid
    margin = max(columns, rows)
    width = columns + 2 * margin
    taken = np.ones((rows + 2 * margin, width), bool)
    beyond = round(BEYOND * rows)
    taken[margin - beyond : margin + rows + beyond, margin - beyond : margin + columns + beyond] = False
    taken = taken.reshape(-1)
    reach = min(64, margin)
    steps = _steps(reach, corners=reach == margin) @ np.array([1, width])
    homes = (cell[:, 1] + margin) * width + cell[:, 0] + margin
    places = np.empty(n, np.int64)
    for i in np.argsort(_sparsity(spread, aspect), kind="stable").tolist():
        while (place := _nearest_free(homes[i], steps, taken)) is None:
            reach = min(2 * reach, margin)
            steps = _steps(reach, corners=reach == margin) @ np.array([1, width])
        places[i] = place
        taken[place] = True
    column, row = places % width - margin, places // width - margin
    column, row = column - column.min(), row - row.min()
    return column.astype(np.int32), row.astype(np.int32), (int(column.max()) + 1, int(row.max()) + 1)


def _spread(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    if high == low:
        return np.full(len(values), 0.5)
    rank = np.empty(len(values))
    rank[np.argsort(values, kind="stable")] = np.linspace(0, 1, len(values))
    _, group = np.unique(values, return_inverse=True)
    rank = (np.bincount(group, rank) / np.bincount(group))[group]  # equal values keep equal ranks
    return 0.5 * (values - low) / (high - low) + 0.5 * rank


def _sparsity(spread: np.ndarray, aspect: float, bins: int = 24) -> np.ndarray:
    """Give each point the negative number of points in its part of the map: crowded parts settle first."""
    at = np.minimum((spread * [bins * aspect, bins]).astype(np.int64), [int(bins * aspect), bins])
    _, group, count = np.unique(at, axis=0, return_inverse=True, return_counts=True)
    return -count[group.reshape(-1)]


def _steps(reach: int, *, corners: bool) -> np.ndarray:
    """Return the steps (m, 2) to all cells no farther than ``reach``, with ``corners`` in each axis; shortest first."""
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    steps = np.stack([x.reshape(-1), y.reshape(-1)], 1)
    length = (steps**2).sum(1)
    order = np.argsort(length, kind="stable")
    return steps[order if corners else order[: np.count_nonzero(length <= reach**2)]]


def _nearest_free(home: int, steps: np.ndarray, taken: np.ndarray) -> int | None:
    start, size = 0, 64
    while start < len(steps):
        part = home + steps[start : start + size]
        if len(free := np.flatnonzero(~taken[part])):
            return part[free[0]]
        start, size = start + size, size * 4
    return None
