"""Where to look: windows in which much happens, chosen by chance but always the same for the same picture."""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image

from artgraph.errors import InputError

__all__ = [
    "WINDOW", "choose_windows", "gradient_magnitude", "luminance", "overlaps", "picture_seed", "scale_picture",
    "window_means",
]  # fmt: skip

#: Side of a window, in pixels of the picture that it is cut from.
WINDOW = 64


def luminance(image: np.ndarray) -> np.ndarray:
    """Return 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) of an ``image``, (h, w, 3) uint8 sRGB: (h, w) float32, 0 … 255.

    The lightness of gamma-coded pixels.
    """
    return image @ np.array([0.299, 0.587, 0.114], dtype=np.float32)


def gradient_magnitude(grey: np.ndarray) -> np.ndarray:
    """Return the length of the Sobel gradient, √(gx² + gy²), of ``grey``, (h, w), as float32 of the same shape.

    Edges are repeated beyond the border. In units of ``grey`` per 1/8 pixel: a ramp of 1 per pixel gives 8. Sobel and
    Feldman 1968, as in Duda and Hart, Pattern Classification and Scene Analysis, 1973.
    """
    padded = np.pad(np.asarray(grey, dtype=np.float32), 1, mode="edge")
    down = padded[:-2] + 2 * padded[1:-1] + padded[2:]  # (h, w + 2), smoothed along y
    right = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]  # (h + 2, w), smoothed along x
    return np.hypot(down[:, 2:] - down[:, :-2], right[2:] - right[:-2])


def window_means(values: np.ndarray, *, window: int = WINDOW, stride: int = 32) -> np.ndarray:
    """Average an array over square windows on a grid, (rows, columns) float64.

    Entry (i, j) is the mean over rows i·stride … i·stride + window - 1, and so for columns; windows that would reach
    over the border are not there.

    Parameters
    ----------
    values : (h, w) float array, h and w at least ``window``.
    window, stride : Pixels.

    Examples
    --------
    >>> window_means(np.array([[1, 1, 3, 3], [1, 1, 3, 3]]), window=2, stride=1)
    array([[1., 2., 3.]])
    """
    h, w = np.shape(values)
    if min(h, w) < window:
        raise InputError(f"A picture of {w} × {h} pixels has no window of {window}; enlarge it first.")
    total = np.zeros((h + 1, w + 1))
    total[1:, 1:] = np.cumsum(np.cumsum(values, axis=0, dtype=np.float64), axis=1)
    y, x = np.arange(0, h - window + 1, stride)[:, None], np.arange(0, w - window + 1, stride)
    sums = total[y + window, x + window] - total[y, x + window] - total[y + window, x] + total[y, x]
    return np.maximum(sums, 0) / window**2


def choose_windows(scores: np.ndarray, count: int, *, share: float = 0.1, seed: int = 0) -> np.ndarray:
    """Choose windows at random, in proportion to their scores, among those that score highest.

    Returns positions in ``scores``, (count,) int64, those with the highest scores first.

    Parameters
    ----------
    scores : (n,) float array, 0 or more.
    count : Windows to choose. Where there are fewer, each comes as often as the others, give or take one.
    share : 0 … 1. Only the ceil(share · n) that score highest can be chosen; or the ``count`` highest, if that is more.
    seed : Of the choice.
    """
    scores = np.asarray(scores, dtype=np.float64).ravel()
    if not len(scores):
        raise InputError("There are no windows to choose from.")
    ranked = np.argsort(-scores, kind="stable")
    pool = ranked[: max(int(np.ceil(share * len(scores) - 1e-9)), count)]
    if len(pool) > count:
        weight = scores[pool] + 1e-9 * max(scores.max(), 1e-9)  # a flat window is never quite impossible
        rng = np.random.default_rng(seed)
        pool = pool[np.sort(rng.choice(len(pool), count, replace=False, p=weight / weight.sum()))]
    return np.resize(pool, count)


def picture_seed(image: np.ndarray) -> int:
    """Return a seed, 0 … 2⁶⁴ - 1, that depends on the pixels of ``image`` alone, so on no other picture."""
    return int.from_bytes(hashlib.blake2b(np.ascontiguousarray(image), digest_size=8).digest(), "little")


def scale_picture(image: np.ndarray, factor: float) -> np.ndarray:
    """Resize an ``image``, (h, w, 3) uint8, by a ``factor`` above 0, bicubic, to sides of at least one window.

    h' = max(WINDOW, round(factor · h)), w' likewise; the picture itself where that changes nothing.
    """
    height, width = (max(WINDOW, round(factor * side)) for side in image.shape[:2])
    if (height, width) == image.shape[:2]:
        return image
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC))


def overlaps(boxes: np.ndarray) -> np.ndarray:
    """Return which squares share area, each with itself too: (m, m) bool.

    ``boxes`` are (m, 3) floats, x and y of a corner, and side.
    """
    low, side = np.asarray(boxes)[:, :2], np.asarray(boxes)[:, 2:]
    high = low + side
    width = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)  # (m, m, 2)
    return (width > 1e-6 * side.max(initial=0)).all(axis=2) | np.eye(len(low), dtype=bool)
