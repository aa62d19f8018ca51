"""Positions in the plane: checked, scaled, and pushed apart where pictures would hide each other."""

import numpy as np
from scipy.spatial import cKDTree

from artgraph.errors import InputError

__all__ = ["GOLDEN", "checked_positions", "spread", "to_unit"]

GOLDEN = np.pi * (3 - np.sqrt(5))  # an angle that fills a disc evenly


def spread(layout: np.ndarray, *, distance: float | None = None, n_iter: int = 100) -> np.ndarray:
    """Push rows apart that are so close that their pictures would hide each other.

    Rows nearer than ``distance`` move apart along the line between them, each by half of what is missing, all at once
    and again until none is too near or n_iter is reached. Where there is room nothing moves. The result is scaled to
    -1 ... 1 as by :func:`~artgraph.layouts.graph_layout`: where rows were pushed outward, all distances have shrunk.

    Parameters
    ----------
    layout : (n, 2) finite float.
    distance : wanted smallest distance, above 0, in units of the layout. None: 1.5 times the median distance to the
        nearest row, which opens crowded places and leaves the map as it is: of the links to the 15 strongest neighbours
        of 4,773 paintings 47 % were among the 15 nearest before and after. Where most rows fall together that is
        nothing (less than a twentieth of 1 / √n of half the extent, which is about an even spread); then it is half of
        1 / √n of half the extent.
    n_iter : at least 1.
    """
    xy = checked_positions(layout, len(layout), "layout")
    n = len(xy)
    if distance is not None and not (np.isfinite(distance) and distance > 0):
        raise InputError(f"distance is {distance!r}; expected a number above 0.")
    if n_iter < 1:
        raise InputError(f"n_iter is {n_iter}; expected at least 1.")
    if n < 2:
        return to_unit(xy)
    even = float(np.ptp(xy, axis=0).max() / 2 or 2.0) / np.sqrt(n)
    typical = float(np.median(cKDTree(xy).query(xy, 2)[0][:, 1]))
    wanted = distance or (1.5 * typical if typical > 0.05 * even else 0.5 * even)
    # rows in one place have no line between them: each starts in a direction of its own
    turn = GOLDEN * np.arange(n)
    xy = xy + 1e-3 * wanted * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(n_iter):
        pairs = cKDTree(xy).query_pairs(wanted * (1 - 1e-3), output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        line = xy[pairs[:, 0]] - xy[pairs[:, 1]]
        length = np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-12 * wanted)
        push = line / length * (wanted - length) / 2
        move = np.zeros_like(xy)
        np.add.at(move, pairs[:, 0], push)
        np.add.at(move, pairs[:, 1], -push)
        xy = xy + move
    return to_unit(xy)


def checked_positions(values: np.ndarray, n: int, name: str) -> np.ndarray:
    """Return positions, (n, 2) float64, or raise an InputError that says what is wrong with those under this name.

    Parameters
    ----------
    values, n, name : the positions, how many are expected, and what they are called.
    """
    xy = np.asarray(values, dtype=np.float64)
    if xy.shape != (n, 2) and not (n == 0 and xy.size == 0):
        raise InputError(f"{name} has shape {xy.shape}; expected two coordinates for each of {n} paintings, ({n}, 2).")
    if not np.isfinite(xy).all():
        raise InputError(f"{name} holds NaN or infinity in row {int((~np.isfinite(xy)).any(axis=1).argmax())}.")
    return xy.reshape(n, 2)


def to_unit(xy: np.ndarray) -> np.ndarray:
    """Centre positions ``xy``, (n, 2), on 0 and scale the larger extent to -1 ... 1: (n, 2) float32."""
    if not len(xy):
        return np.zeros((0, 2), dtype=np.float32)
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = (high - low).max() / 2
    return ((xy - (low + high) / 2) / (half if half > 0 else 1.0)).astype(np.float32)
