"""What a window looks like: the strokes between two scales, whatever the light."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

__all__ = ["cut_windows", "difference_of_gaussians", "stretch"]


def difference_of_gaussians(picture: np.ndarray, *, sigmas: tuple[float, float] = (3, 5)) -> np.ndarray:
    """Return what lies between two scales of a ``picture``: |G_σ1 * picture - G_σ2 * picture|, float32, of its shape.

    (h, w), or (h, w, c), filtered channel by channel; ``sigmas`` in pixels. Kernels end at 3 σ; the border is mirrored.
    Marr and Hildreth 1980 (doi:10.1098/rspb.1980.0020).
    """
    picture = np.asarray(picture, dtype=np.float32)
    fine, coarse = (_blur(picture, sigma) for sigma in sigmas)
    return np.abs(fine - coarse)


def _blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    for axis in (0, 1):
        picture = gaussian_filter1d(picture, sigma, axis=axis, truncate=3)
    return picture


def cut_windows(picture: np.ndarray, corners: np.ndarray, *, window: int = 64) -> np.ndarray:
    """Cut square windows out of a picture.

    Parameters
    ----------
    picture : (h, w) or (h, w, c) array
    corners : (m, 2) int, y and x of the upper left corners.
    window : Side, pixels.
    """
    return np.stack([picture[y : y + window, x : x + window] for y, x in corners])


def stretch(windows: np.ndarray) -> np.ndarray:
    """Scale each of the ``windows``, (m, ...) float, 0 or more, to uint8 with 255 as its largest value, or all 0.

    >>> stretch(np.array([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]))
    array([[  0, 128, 255],
           [  0,   0,   0]], dtype=uint8)
    """
    windows = np.asarray(windows, dtype=np.float32)
    largest = windows.max(axis=tuple(range(1, windows.ndim)), keepdims=True)
    return np.rint(windows * (255 / np.maximum(largest, 1e-6))).astype(np.uint8)
