"""Hands: what sets one painter apart from another who paints in the same manner."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Hand", "draw_hand"]


@dataclass(frozen=True)
class Hand:
    """The habits of one painter.

    Parameters
    ----------
    hue : float
        Turn of all colours, in degrees.
    chroma : float
        Strength of colours, around 1.
    stroke : float
        Size of strokes, dabs, tiles or facets, around 1.
    angle : float
        Slant of the hand, in radians.
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


def draw_hand(*, seed=0):
    """Draw the habits of a painter.

    Parameters
    ----------
    seed : int or sequence of int

    Returns
    -------
    Hand
    """
    rng = np.random.default_rng(seed)
    return Hand(
        hue=float(rng.uniform(-9, 9)),
        chroma=float(rng.uniform(0.9, 1.12)),
        stroke=float(rng.uniform(0.86, 1.2)),
        angle=float(np.pi * rng.uniform(-0.3, 0.3)),
        contrast=float(rng.uniform(0.9, 1.1)),
        warmth=float(rng.uniform(-1, 1)),
        care=float(rng.uniform(0, 1)),
    )
