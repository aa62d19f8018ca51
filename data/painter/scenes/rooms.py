"""Scenes indoors: things on a table, a room with a window."""

import numpy as np

from data.painter._outlines import blob, disc, limb, rect
from data.painter.colors import hex_color
from data.painter.scenes._furniture import CLOTHS, chair, vase, window

__all__ = ["interior", "still_life"]


def still_life(stage):
    """Set up fruit, a jug and a bottle on a table.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, rng = stage.a, stage.u, stage.rng
    wall, edge = hex_color(str(rng.choice(["#7d8a94", "#a08a6a", "#6b6f5a", "#94707a"]))), u(0.55, 0.62)
    stage.add(rect(-0.1, -0.1, a + 0.1, 1.1), wall * 1.1, wall * 0.8, flow=0.8, depth=0.9)
    drape = hex_color(CLOTHS[rng.integers(8)])
    for k in range(4):
        stage.add(
            limb([(0.02 + 0.08 * k, -0.05), (0.06 + 0.06 * k, 0.3), (-0.02 + 0.05 * k, edge + 0.1)], 0.1, 0.08),
            drape * (0.7 + 0.14 * (k % 3)),
            drape * 0.55,
            volume=0.6,
            flow=1.4,
            depth=0.8,
        )
    stage.add(rect(-0.1, edge, a + 0.1, 1.1), "#9a6b45", "#6b452c", flow=0.03, depth=0.55)
    cloth = [
        (0.08 * a, edge + 0.03),
        (0.7 * a, edge + 0.01),
        (0.92 * a, edge + 0.2),
        (0.8 * a, 1.1),
        (0.3 * a, 1.1),
        (0.22 * a, edge + 0.26),
    ]
    stage.add(cloth, "#f4efe4", "#cfc9c0", flow=0.5, depth=0.5)
    for k in range(5):
        x = (0.28 + 0.12 * k) * a
        stage.add(
            limb([(x, edge + 0.1 + u(0, 0.05)), (x + 0.05, edge + 0.26), (x + u(-0.05, 0.08), 1.08)], 0.008, 0.05),
            "#b3b2ba",
            flow=1.3,
            depth=0.48,
        )
    bx, tall = u(0.2, 0.3) * a, u(0.42, 0.5)
    glass, foot = hex_color(str(rng.choice(["#2f5a44", "#4a3526", "#34506b"]))), edge + 0.12
    stage.add(
        [
            (bx - 0.07, foot),
            (bx - 0.07, foot - tall * 0.55),
            (bx - 0.025, foot - tall * 0.72),
            (bx - 0.025, foot - tall),
            (bx + 0.025, foot - tall),
            (bx + 0.025, foot - tall * 0.72),
            (bx + 0.07, foot - tall * 0.55),
            (bx + 0.07, foot),
        ],
        glass,
        glass * 0.6,
        volume=0.8,
        flow=1.57,
        depth=0.4,
    )
    stage.add(rect(bx - 0.045, foot - tall * 0.5, bx - 0.03, foot - 0.05), "#dfe9e0", flow=1.57, depth=0.39)
    jx, jr = u(0.74, 0.82) * a, u(0.11, 0.13)
    jug = hex_color(str(rng.choice(["#4f6f9a", "#d9cdb5", "#b5623c"])))
    stage.add(
        limb(
            [
                (jx + jr, edge - 0.12),
                (jx + jr * 1.7, edge - 0.08),
                (jx + jr * 1.5, edge + 0.05),
                (jx + jr, edge + 0.06),
            ],
            0.03,
            0.02,
        ),
        jug * 0.8,
        volume=0.6,
        flow=None,
        depth=0.41,
    )
    stage.add(
        rect(jx - jr * 0.5, edge - 0.26, jx + jr * 0.5, edge - 0.05), jug, jug * 0.9, volume=0.8, flow=1.57, depth=0.4
    )
    stage.add(disc(jx, edge, jr, jr * 1.2), jug, jug * 0.75, volume=0.95, flow=None, depth=0.39)
    stage.add(disc(jx, edge - 0.26, jr * 0.58, 0.022), jug * 0.55, depth=0.38)
    cx, cy = u(0.48, 0.54) * a, edge + 0.14
    fruits = ("#d8452f", "#f2a032", "#e9cf4a", "#8fae3f", "#c9413f", "#f0b84a")
    for k, (dx, dy) in enumerate(
        ((-0.12, -0.07), (0.0, -0.09), (0.12, -0.07), (-0.06, -0.15), (0.06, -0.155), (0.0, -0.215))
    ):
        r = u(0.058, 0.07)
        stage.add(
            disc(cx + dx, cy + dy, r), fruits[(k + int(u(0, 6))) % 6], volume=1.0, flow=None, depth=0.34 - 0.01 * k
        )
        stage.add(disc(cx + dx - 0.02, cy + dy - 0.024, 0.012, 0.009), "#fff6e0", depth=0.27)
    t = np.linspace(0, np.pi, 20)
    bowl = hex_color(str(rng.choice(["#e9e6df", "#3f5f8a", "#a8653f"])))
    stage.add(
        [*zip(cx + 0.22 * np.cos(t), cy - 0.04 + 0.13 * np.sin(t), strict=True)],
        bowl,
        bowl * 0.7,
        volume=0.7,
        flow=0.0,
        depth=0.26,
    )
    for x, y in ((0.3, 0.9), (0.42, 0.93), (0.68, 0.9), (0.8, 0.86)):
        r, x, y = u(0.055, 0.075), (x + u(-0.03, 0.03)) * a, y + u(-0.03, 0.02)
        stage.add(disc(x + 0.03, y + 0.05, r, r * 0.35), "#8f8078", depth=0.3)
        color = fruits[rng.integers(6)]
        stage.add(disc(x, y, r, r * u(0.88, 1.0)), color, volume=1.0, flow=None, depth=0.15)
        stage.add(disc(x - 0.022, y - 0.024, 0.013, 0.009), "#fff6e0", depth=0.14)
        stage.add(limb([(x, y - r * 0.8), (x + 0.012, y - r * 1.25)], 0.008, 0.005), "#4a3a22", depth=0.14)
    stage.focus = (cx / a, cy - 0.06)


def interior(stage):
    """Set up a room with a window, a table and flowers.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, rng = stage.a, stage.u, stage.rng
    wall, floor = hex_color(str(rng.choice(["#c9a97d", "#8fa39a", "#b5807a", "#a3a9bd", "#d3c39a"]))), u(0.68, 0.74)
    stage.add(rect(-0.1, -0.1, a + 0.1, 1.1), wall, wall * 0.82, flow=1.2, depth=0.85)
    stage.add(rect(-0.1, floor - 0.1, a + 0.1, floor), wall * 0.72, flow=1.57, depth=0.8)
    stage.add(rect(-0.1, floor, a + 0.1, 1.1), "#a5744e", "#7d5238", flow=0.1, depth=0.6)
    vx = 0.5 * a
    for k in range(12):
        x = vx + (k - 5.5) * 0.26 * a
        stage.add(limb([(x, 1.08), (vx + (x - vx) * 0.45, floor)], 0.012, 0.004), "#6b452f", flow=1.2, depth=0.58)
    x0, wide = u(0.28, 0.4) * a, u(0.3, 0.36) * a
    window(stage, x0, u(0.1, 0.14), x0 + wide, u(0.46, 0.52))
    stage.add(
        [(x0 + 0.02, floor + 0.06), (x0 + wide, floor + 0.06), (x0 + wide * 0.8, 0.98), (x0 - 0.2, 0.98)],
        "#f0cf9a",
        "#d9a770",
        flow=0.8,
        depth=0.55,
        glow=0.5,
    )
    px = u(0.04, 0.08) * a
    stage.add(rect(px, 0.16, px + 0.15 * a, 0.4), "#8f6a3a", flow=1.57, depth=0.75)
    stage.add(rect(px + 0.015, 0.175, px + 0.15 * a - 0.015, 0.385), "#4f6f7f", "#c9a56a", depth=0.74)
    stage.add(blob(rng, px + 0.07 * a, 0.31, 0.04, 0.05), "#3f5a3f", flow=None, depth=0.73)
    tx, ty, tw = u(0.58, 0.68) * a, u(0.62, 0.66), u(0.28, 0.34) * a
    for dx in (-0.85, 0.85):
        stage.add(
            limb([(tx + dx * tw, ty), (tx + dx * tw * 0.95, 0.96)], 0.03, 0.022),
            "#5f3d28",
            volume=0.5,
            flow=1.57,
            depth=0.3,
        )
    stage.add(disc(tx, ty, tw, 0.06), "#e9e0d0", "#c4b8a8", volume=0.2, depth=0.28)
    drop = [
        (tx - tw, ty),
        (tx + tw, ty),
        (tx + tw * 0.9, ty + 0.15),
        (tx + tw * 0.4, ty + 0.12),
        (tx, ty + 0.17),
        (tx - tw * 0.5, ty + 0.12),
        (tx - tw * 0.92, ty + 0.16),
    ]
    stage.add(drop, "#dcd2c2", "#a89c94", volume=0.3, flow=1.5, depth=0.27)
    vase(stage, tx, ty + 0.005, u(0.16, 0.2))
    for k in range(3):
        stage.add(
            disc(tx - tw * 0.6 + 0.06 * k, ty - 0.015, 0.03),
            ("#d8502f", "#f0a83a", "#c9c24a")[k],
            volume=1.0,
            flow=None,
            depth=0.2,
        )
    chair(stage, u(0.14, 0.22) * a, u(0.9, 0.95), u(0.3, 0.36))
    stage.focus = (tx / a, ty - 0.1)
