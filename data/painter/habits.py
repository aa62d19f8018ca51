"""Habits: what sets one artist apart from another who paints in the same manner."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Habits", "draw_habits"]


@dataclass(frozen=True)
class Habits:
    """The habits of one artist.

    Parameters
    ----------
    hue : float
        Turn of all colours, in degrees.
    chroma : float
        Strength of colours, around 1.
    stroke : float
        Size of strokes, dabs, tiles or facets, around 1.
    angle : float
        Slant of the strokes, in radians.
    contrast : float
        Contrast of tones, around 1.
    warmth : float, -1 to 1
        Cool or warm ground.
    care : float, 0 to 1
        From loose to exact.
    """

    hue: float = 0.0
    chroma: float = 1.0
    stroke: float = 1.0
    angle: float = 0.0
    contrast: float = 1.0
    warmth: float = 0.0
    care: float = 0.5


def draw_habits(*, seed=0):
    """Draw the habits of an artist.

    Parameters
    ----------
    seed : int or sequence of int

    Returns
    -------
    Habits
    """
    rng = np.random.default_rng(seed)
    return Habits(
        hue=float(rng.uniform(-9, 9)),
        chroma=float(rng.uniform(0.9, 1.12)),
        stroke=float(rng.uniform(0.86, 1.2)),
        angle=float(np.pi * rng.uniform(-0.3, 0.3)),
        contrast=float(rng.uniform(0.9, 1.1)),
        warmth=float(rng.uniform(-1, 1)),
        care=float(rng.uniform(0, 1)),
    )
