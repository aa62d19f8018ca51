"""Places for new rows on a map that is there."""

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from artgraph.checks import check_adjacency
from artgraph.layouts.graph import graph_layout
from artgraph.layouts.plane import GOLDEN, checked_positions

__all__ = ["place_on_map"]

_REGION = 8.0  # around the middlemost neighbour, in typical distances to the nearest row
_STRONGEST = 64  # neighbours that count for the place of a new row
_TRIES = 2048  # places on the spiral; the last is 11 typical distances away


def place_on_map(layout: np.ndarray, adjacency: sp.sparray) -> np.ndarray:
    """Give new rows a place on a map near the rows that they are linked to; return (n, 2), in the map's own dtype.

    Rows that have a place keep it to the last bit. A new row stands at the weighted mean of its neighbours around the
    middlemost of them (the weighted medoid): where neighbours lie in two regions it goes to one, not between them.
    From there it moves along a spiral to the first place that is half the typical distance to the nearest row away from
    all others. Rows that are linked to new ones alone follow in rounds, in each the most strongly linked first. What no
    link joins to the map stands at the emptiest places of the border of -1 ... 1.

    Parameters
    ----------
    layout : (n, 2) float; NaN where a row is new. Where all are new, the map is made by :func:`graph_layout`.
    adjacency : (n, n) sparse; symmetric, weights at least 0, diagonal 0.

    Examples
    --------
    >>> links = sp.csr_array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    >>> place_on_map(np.array([[-1.0, 0.0], [1.0, 0.0], [np.nan, np.nan]]), links).tolist()
    [[-1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
    """
    matrix = check_adjacency(adjacency)
    result = np.array(layout, dtype=np.result_type(np.asarray(layout).dtype, np.float32))
    new = np.isnan(result).any(axis=1) if result.ndim == 2 else np.zeros(len(result), dtype=bool)
    xy = np.where(new[:, None], 0.0, result) if result.ndim == 2 else result
    xy = checked_positions(xy, matrix.shape[0], "layout")
    if new.all():
        return graph_layout(matrix).astype(result.dtype)
    crowd, placed = _Crowd(xy[~new]), ~new
    waiting = np.flatnonzero(new)
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    while waiting.size:
        known = matrix[waiting] @ placed.astype(float)
        ready = waiting[known > 0]
        if ready.size:
            ready = ready[np.argsort(-known[known > 0], kind="stable")]
            targets = [_amid(matrix, row, xy, placed, reach=_REGION * crowd.typical) for row in ready]
        else:  # rows with links first: what is linked to them follows
            ready = waiting[[int(np.argmax(strength[waiting]))]] if strength[waiting].any() else waiting
            targets = [None] * len(ready)
        for row, target in zip(ready, targets, strict=True):
            xy[row] = crowd.add(crowd.border() if target is None else target)
        placed[ready] = True
        waiting = waiting[~placed[waiting]]
    result[new] = xy[new]
    return result


def _amid(matrix: sp.csr_array, row: int, xy: np.ndarray, placed: np.ndarray, *, reach: float) -> np.ndarray:
    """Return the mean of a row's strongest neighbours around the middlemost of them, weighted by links."""
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    there = np.flatnonzero(placed[matrix.indices[part]])
    there = there[np.argsort(-matrix.data[part][there], kind="stable")[:_STRONGEST]]
    points, weights = xy[matrix.indices[part][there]], matrix.data[part][there]
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    middle = int(np.lexsort((-weights, np.round(apart @ weights / weights.sum(), 9)))[0])
    near = apart[middle] <= reach
    return np.average(points[near], axis=0, weights=weights[near])


class _Crowd:
    """Positions that are taken, and where there is room."""

    def __init__(self, xy: np.ndarray) -> None:
        self.old, self.new, self.recent = cKDTree(xy), None, []
        self.low, self.high = np.minimum(xy.min(axis=0), -1), np.maximum(xy.max(axis=0), 1)
        even = float((self.high - self.low).max() / 2) / np.sqrt(len(xy))
        typical = float(np.median(self.old.query(xy, 2)[0][:, 1])) if len(xy) > 1 else 0.0
        self.typical = typical if typical > 0.05 * even else 0.5 * even
        turn = GOLDEN * np.arange(_TRIES)
        self.spiral = np.sqrt(np.arange(_TRIES))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        self.rim = self.room = None
        self.points: list[np.ndarray] = []

    def distance(self, xy: np.ndarray) -> np.ndarray:
        """Distance of each position to the nearest that is taken."""
        found = self.old.query(xy)[0]
        if self.new is not None:
            found = np.minimum(found, self.new.query(xy)[0])
        if self.recent:
            found = np.minimum(found, np.linalg.norm(xy[:, None] - np.array(self.recent)[None], axis=2).min(axis=1))
        return found

    def add(self, target: np.ndarray) -> np.ndarray:
        """Take the first free place on the spiral around a position."""
        target, wanted = np.clip(target, self.low, self.high), 0.5 * self.typical
        for stop in (1, 64, _TRIES):
            places = target + 0.25 * self.typical * self.spiral[:stop]
            places = places[((places >= self.low) & (places <= self.high)).all(axis=1)]
            room = self.distance(places)
            if room.max() >= wanted:
                break
        while room.max() < wanted:  # so full that rows must stand closer
            wanted *= 0.7
        spot = places[int(np.argmax(room >= wanted))]
        self.points.append(spot)
        self.recent.append(spot)
        if len(self.recent) >= 64:
            self.new, self.recent = cKDTree(np.array(self.points)), []
        if self.rim is not None:
            self.room = np.minimum(self.room, np.linalg.norm(self.rim - spot, axis=1))
        return spot

    def border(self) -> np.ndarray:
        """Return the place of the border that is farthest from all that are taken."""
        if self.rim is None:
            side = np.linspace(0, 1, 257)[:-1]
            ends = ((0, 0, 1, 0), (1, 0, 0, 1), (1, 1, -1, 0), (0, 1, 0, -1))
            unit = np.concatenate([np.column_stack([x + dx * side, y + dy * side]) for x, y, dx, dy in ends])
            self.rim = self.low + unit * (self.high - self.low)
            self.room = self.distance(self.rim)
        return self.rim[int(np.round(self.room, 9).argmax())]
