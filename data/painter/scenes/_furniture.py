"""What stands in rooms: windows, chairs, flowers, and the cloths that things are made of."""

import numpy as np

from data.painter._outlines import blob, disc, limb, rect
from data.painter._stage import TIMES
from data.painter.colors import hex_color

__all__ = ["CLOTHS", "chair", "vase", "window"]

CLOTHS = ("#8c2f39", "#2f4f7a", "#3f6650", "#c98a35", "#5d3f6b", "#d9cdb5", "#2c2c38", "#b5533c")


def window(stage, x0, y0, x1, y1):
    """Open a window on a landscape, between curtains; the pane has corners (x0, y0) and (x1, y1)."""
    time, u = TIMES[stage.time], stage.u
    wide, high = x1 - x0, y1 - y0
    stage.add(rect(x0 - 0.03, y0 - 0.03, x1 + 0.03, y1 + 0.03), "#d9cbb2", flow=1.57, depth=0.8)
    stage.add(rect(x0, y0, x1, y1), time.zenith, time.horizon, depth=1.0, glow=1.0)
    stage.add(disc(x0 + wide * u(0.25, 0.75), y0 + high * 0.3, 0.03), "#fff2c0", flow=None, depth=0.98, glow=1.0)
    hill = [
        (x0, y1),
        (x0, y0 + high * u(0.55, 0.7)),
        (x0 + wide * 0.5, y0 + high * u(0.48, 0.6)),
        (x1, y0 + high * u(0.55, 0.75)),
        (x1, y1),
    ]
    stage.add(hill, "#6f8fa0", "#79985f", flow=0.1, depth=0.9, glow=0.6)
    for k in range(4):
        stage.add(
            blob(stage.rng, x0 + wide * (k + 0.5) / 4, y1 - high * 0.12, wide * 0.12, high * 0.1),
            "#557a45",
            volume=0.5,
            flow=None,
            depth=0.88,
            glow=0.4,
        )
    for t in (1 / 3, 2 / 3):
        stage.add(rect(x0 + wide * t - 0.008, y0, x0 + wide * t + 0.008, y1), "#cdbfa6", flow=1.57, depth=0.78)
    stage.add(rect(x0, y0 + high * 0.42, x1, y0 + high * 0.42 + 0.016), "#cdbfa6", depth=0.78)
    stage.add(rect(x0 - 0.05, y1 + 0.02, x1 + 0.05, y1 + 0.05), "#e6d9c0", depth=0.7)
    cloth = hex_color(CLOTHS[stage.rng.integers(8)])
    for side, x in ((-1, x0 - 0.01), (1, x1 + 0.01)):
        for k in range(3):
            top = (x + side * 0.03 * k, y0 - 0.06)
            stage.add(
                limb([top, (top[0] + side * 0.02, (y0 + y1) / 2), (top[0] + side * 0.05, y1 + 0.12)], 0.05, 0.06),
                cloth * (0.8 + 0.15 * (k % 2)),
                cloth * 0.65,
                volume=0.6,
                flow=1.5,
                depth=0.68,
            )


def vase(stage, x, y, size):
    """Stand a vase of flowers with its foot at (x, y); `size` is its height without the flowers."""
    jug = hex_color(CLOTHS[stage.rng.integers(8)])
    for _ in range(15):
        t, r = stage.u(-2.7, -0.45), stage.u(0.5, 1.15) * size
        tip = (x + r * np.cos(t) * 0.9, y - size * 0.75 + r * np.sin(t))
        stage.add(limb([(x, y - size * 0.6), tip], 0.012, 0.006), "#4f7a45", flow=1.4, depth=0.24)
        petal = ("#e85a4f", "#f4c542", "#f0ead8", "#b06ab3", "#f08a4b")[stage.rng.integers(5)]
        stage.add(
            blob(stage.rng, *tip, size * 0.2, size * 0.18, wobble=0.2),
            petal,
            hex_color(petal) * 0.8,
            volume=0.5,
            flow=None,
            depth=0.2,
        )
    stage.add(disc(x, y - size * 0.35, size * 0.34, size * 0.42), jug, jug * 0.7, volume=0.95, flow=None, depth=0.18)
    stage.add(
        rect(x - size * 0.18, y - size * 0.85, x + size * 0.18, y - size * 0.55),
        jug,
        jug * 0.9,
        volume=0.7,
        flow=1.57,
        depth=0.18,
    )


def chair(stage, x, y, s):
    """Stand a chair with its feet at (x, y); its back is 1.15 `s` high."""
    wood, seat = "#6f452c", hex_color(CLOTHS[stage.rng.integers(8)])
    for dx in (-0.25, 0.25):
        stage.add(
            limb([(x + dx * s, y - 0.04), (x + dx * s, y - 1.15 * s)], 0.025, 0.022),
            wood,
            volume=0.5,
            flow=1.57,
            depth=0.24,
        )
    for t in (0.75, 0.95, 1.1):
        stage.add(rect(x - 0.25 * s, y - t * s, x + 0.25 * s, y - t * s + 0.025), wood, depth=0.23)
    stage.add(
        [
            (x - 0.3 * s, y - 0.52 * s),
            (x + 0.3 * s, y - 0.52 * s),
            (x + 0.36 * s, y - 0.38 * s),
            (x - 0.36 * s, y - 0.38 * s),
        ],
        seat,
        seat * 0.8,
        volume=0.2,
        depth=0.2,
    )
    for dx in (-0.32, 0.32):
        stage.add(
            limb([(x + dx * s, y - 0.4 * s), (x + dx * s * 1.05, y + 0.02)], 0.028, 0.022),
            wood,
            volume=0.5,
            flow=1.57,
            depth=0.19,
        )
