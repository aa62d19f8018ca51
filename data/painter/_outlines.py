"""Outlines in stage coordinates: y from 0 (top) to 1 (bottom), x from 0 to the aspect ratio."""

import numpy as np

__all__ = ["blob", "disc", "limb", "rect", "ridge"]


def rect(x0, y0, x1, y1):
    """Give the corners of an upright rectangle.

    Parameters
    ----------
    x0, y0, x1, y1 : float

    Returns
    -------
    list of 4 (float, float)
    """
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def disc(cx, cy, rx, ry=None, *, turn=0.0, n=24):
    """Give points on an ellipse.

    Parameters
    ----------
    cx, cy : float
    rx, ry : float
        Half axes; a circle without ``ry``.
    turn : float
        Rotation in radians.
    n : int

    Returns
    -------
    array (n, 2), float64
    """
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    x, y = rx * np.cos(t), (rx if ry is None else ry) * np.sin(t)
    return np.column_stack([cx + x * np.cos(turn) - y * np.sin(turn), cy + x * np.sin(turn) + y * np.cos(turn)])


def blob(rng, cx, cy, rx, ry, *, wobble=0.12, n=30):
    """Give points on an ellipse drawn by an unsteady hand.

    Parameters
    ----------
    rng : numpy.random.Generator
    cx, cy, rx, ry : float
    wobble : float
        Relative size of the unsteadiness.
    n : int

    Returns
    -------
    array (n, 2), float64
    """
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    r = 1 + sum(wobble / (k - 1) ** 0.5 * np.sin(k * t + rng.uniform(0, 6.3)) for k in (2, 3, 5, 7)) * 0.6
    return np.column_stack([cx + rx * r * np.cos(t), cy + ry * r * np.sin(t)])


def ridge(rng, a, y, amp, *, rough=0.5, n=60, floor=1.1):
    """Give a jagged skyline from left to right, closed below.

    Parameters
    ----------
    rng : numpy.random.Generator
    a : float
        Aspect ratio of the stage.
    y, amp : float
        Mean height and size of its swings.
    rough : float, 0 to 1
        Strength of each octave against the one before.
    n : int
    floor : float
        Where it is closed.

    Returns
    -------
    array (n + 2, 2), float64
    """
    x = np.linspace(-0.05, a + 0.05, n)
    line = np.zeros(n)
    for k in range(5):
        knots = np.linspace(x[0], x[-1], 3 * 2**k)
        line += rough**k * np.interp(x, knots, rng.uniform(-1, 1, len(knots)))
    points = np.column_stack([x, y + amp * line])
    return np.vstack([points, [(a + 0.05, floor), (-0.05, floor)]])


def limb(path, start, end):
    """Give the outline of a tapering stroke along a path.

    Parameters
    ----------
    path : sequence of (float, float)
        At least two points.
    start, end : float
        Widths at the ends.

    Returns
    -------
    array (2 * len(path), 2), float64
    """
    path = np.asarray(path, float)
    along = np.gradient(path, axis=0)
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    half = np.linspace(start, end, len(path))[:, None] / 2
    return np.vstack([path + normal * half, (path - normal * half)[::-1]])
