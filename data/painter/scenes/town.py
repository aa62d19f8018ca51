"""Scenes in the town."""

import numpy as np

from data.painter._outlines import disc, limb, rect
from data.painter._stage import TIMES
from data.painter.colors import hex_color, mix

__all__ = ["cathedral", "night_street"]


def night_street(stage):
    """Set up a street by lamplight, seen along its length.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    stage.time = "night" if stage.rng.random() < 0.7 else "dusk"
    a, u, time = stage.a, stage.u, TIMES[stage.time]
    vx, vy = u(0.4, 0.6) * a, u(0.5, 0.56)
    stage.sky(vy, clouds=3)
    for _ in range(26):
        stage.add(disc(u(0, a), u(0, 0.4), u(0.003, 0.007)), "#fff3c4", depth=0.97, glow=1.0)
    road = [(-0.1, 1.1), (-0.1, 0.93), (vx - 0.02, vy), (vx + 0.02, vy), (a + 0.1, 0.93), (a + 0.1, 1.1)]
    stage.add(road, "#6a6475", "#8a7d78", flow=0.05, depth=0.5)
    walls = stage.rng.permutation(["#b98a66", "#8f6f7a", "#7d8296", "#c2a070", "#9a6a5a", "#6f7f86"])
    for side in (-1, 1):
        edge = -0.1 if side < 0 else a + 0.1
        cuts = [0.0, 0.3, 0.53, 0.7, 0.83, 0.93]
        for k in reversed(range(5)):
            t0, t1 = cuts[k], cuts[k + 1]
            x0, x1 = edge + (vx - side * 0.0 - edge) * t0, edge + (vx - edge) * t1
            high = u(0.85, 1.15)
            tops = [vy - (0.62 * high) * (1 - t) for t in (t0, t1)]
            feet = [vy + 0.43 * (1 - t) for t in (t0, t1)]
            wall = hex_color(str(walls[(k + side) % 6]))
            depth = 0.3 + 0.1 * k
            stage.add(
                [(x0, tops[0]), (x1, tops[1]), (x1, feet[1]), (x0, feet[0])], wall, wall * 0.75, flow=1.57, depth=depth
            )
            roof = 0.13 * (1 - (t0 + t1) / 2)
            stage.add(
                [(x0, tops[0] + 0.01), (x0, tops[0] - roof), (x1, tops[1] - roof * 0.8), (x1, tops[1] + 0.01)],
                "#4a3f4c",
                flow=0.3,
                depth=depth - 0.01,
            )
            for i in range(3):
                for j in range(4):
                    p, q = (i + 0.22) / 3, (i + 0.72) / 3
                    xs = [x0 + (x1 - x0) * s for s in (p, q)]
                    rows = [
                        [
                            tops[0]
                            + (feet[0] - tops[0]) * r
                            + ((tops[1] - tops[0]) * (1 - r) + (feet[1] - feet[0]) * r) * s
                            for s in (p, q)
                        ]
                        for r in (0.06 + 0.23 * j, 0.19 + 0.23 * j)
                    ]
                    lit = stage.rng.random() < (0.85 if j == 3 else 0.4)
                    stage.add(
                        [(xs[0], rows[0][0]), (xs[1], rows[0][1]), (xs[1], rows[1][1]), (xs[0], rows[1][0])],
                        "#ffc964" if lit else "#33384e",
                        "#f09a3e" if lit else "#2a2e42",
                        flow=1.57,
                        depth=depth - 0.02,
                        glow=0.95 if lit else 0.0,
                    )
    stage.ripples(
        vy + 0.08, 0.98, [hex_color("#ffc260"), hex_color("#c98a55"), time.horizon, hex_color("#4d4a60")], count=36
    )
    for k, t in enumerate((0.78, 0.5, 0.12)):
        for side in (-1, 1):
            edge = -0.02 if side < 0 else a + 0.02
            x, foot, high = edge + (vx - edge) * (t + 0.06), vy + 0.44 * (1 - t), 0.42 * (1 - t) + 0.05
            depth = 0.5 - 0.12 * k
            glow = 0.048 * (1 - t) + 0.016
            stage.add(
                limb([(x, foot), (x, foot - high)], 0.016 * (1.1 - t), 0.012 * (1.1 - t)),
                "#26242e",
                flow=1.57,
                depth=depth,
            )
            stage.add(disc(x, foot - high, glow * 0.55), "#fff0b5", flow=None, depth=depth - 0.01, glow=1.0)
            stage.halo(x, foot - high, glow * 2.6, "#ffb54d", strength=0.85)
    for _ in range(5):
        t = u(0.1, 0.75)
        coat = ("#2c2f45", "#6b2f35", "#3f4a3f", "#8a7a66")[stage.rng.integers(4)]
        stage.person(
            vx + u(-0.55, 0.55) * (1 - t) * a * 0.8,
            vy + 0.42 * (1 - t),
            0.34 * (1 - t) + 0.03,
            coat,
            depth=0.25 + 0.3 * t,
        )
    stage.focus = (vx / a, 0.62)


def _tower(stage, x0, x1, top, base, stone, *, spire):
    wide, middle = x1 - x0, (x0 + x1) / 2
    stage.add(rect(x0, top, x1, base), stone, stone * 0.8, volume=0.3, flow=1.57, depth=0.5)
    for k in range(4):
        y = top + (base - top) * (k + 0.12) / 4
        for dx in (0.3, 0.7):
            x = x0 + wide * dx
            stage.add(_lancet(x, y, wide * 0.13, (base - top) * 0.16), "#3d3a4a", "#565066", flow=1.57, depth=0.47)
        stage.add(
            rect(x0 - 0.008, y + (base - top) * 0.2, x1 + 0.008, y + (base - top) * 0.215), stone * 1.12, depth=0.46
        )
    stage.add(
        [(x0 - 0.005, top), (middle, top - spire), (x1 + 0.005, top)],
        hex_color("#5f7480"),
        hex_color("#48596a"),
        volume=0.4,
        flow=1.3,
        depth=0.49,
    )
    for x in (x0, x1):
        stage.add(
            [(x - 0.012, top + 0.01), (x, top - 0.07), (x + 0.012, top + 0.01)], stone * 0.9, flow=1.5, depth=0.48
        )


def _lancet(x, y, half, height):
    return [
        (x - half, y + height),
        (x - half, y + height * 0.35),
        (x, y),
        (x + half, y + height * 0.35),
        (x + half, y + height),
    ]


def cathedral(stage):
    """Set up the west front of a cathedral over a square.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u = stage.a, stage.u
    ground = u(0.78, 0.83)
    stage.sky(ground, clouds=5)
    for k in range(9):
        x, top = -0.05 + k * (a + 0.1) / 8.5, ground - u(0.12, 0.24)
        wall = hex_color(("#a8927c", "#b57f66", "#8b8f98")[k % 3])
        stage.add(rect(x, top, x + 0.17, ground), wall, wall * 0.8, flow=1.57, depth=0.75)
        stage.add([(x - 0.01, top), (x + 0.085, top - 0.07), (x + 0.18, top)], "#86564a", flow=0.5, depth=0.74)
    stone = mix(hex_color("#d9c6a4"), hex_color("#b7aaa6"), u(0, 1))
    cx, half, top = (0.5 + u(-0.08, 0.08)) * a, u(0.2, 0.24), u(0.3, 0.36)
    stage.add(
        [(cx - half, ground), (cx - half, top + 0.1), (cx, top - 0.06), (cx + half, top + 0.1), (cx + half, ground)],
        stone,
        stone * 0.78,
        flow=1.57,
        depth=0.52,
    )
    heights = stage.rng.permutation([u(0.12, 0.2), u(0.16, 0.24)])
    for side, height in zip((-1, 1), heights, strict=True):
        x = cx + side * (half + 0.05)
        _tower(stage, x - 0.075, x + 0.075, top - height * 0.4, ground, stone * u(0.92, 1.04), spire=height + 0.04)
    stage.add(disc(cx, top + 0.15, 0.088), stone * 0.72, flow=None, depth=0.47)
    petals = ("#3f5fa8", "#b5403f", "#d9a441", "#4f8a6a")
    for k in range(12):
        t = k * np.pi / 6
        stage.add(
            disc(cx + 0.054 * np.cos(t), top + 0.15 + 0.054 * np.sin(t), 0.02, 0.012, turn=t),
            petals[k % 4],
            depth=0.45,
            glow=0.5,
        )
    stage.add(disc(cx, top + 0.15, 0.022), "#f0cf74", volume=0.3, flow=None, depth=0.44, glow=0.5)
    for k in range(7):
        x = cx + (k - 3) * half * 0.27
        stage.add(_lancet(x, ground - 0.235, half * 0.085, 0.075), "#4a4452", flow=1.57, depth=0.46)
    for dx, wide, high in ((-0.6, 0.045, 0.11), (0.6, 0.045, 0.11), (0, 0.07, 0.15)):
        x = cx + dx * half
        stage.add(_lancet(x, ground - high - 0.02, wide, high + 0.02), stone * 1.1, flow=1.57, depth=0.45)
        stage.add(_lancet(x, ground - high, wide * 0.7, high), "#5a3b30", "#33231f", flow=1.57, depth=0.43)
    stage.add(rect(-0.1, ground, a + 0.1, 1.1), "#c2ad92", "#8f7d70", flow=0.0, depth=0.4)
    for k in range(8):
        x = (k - 0.5) * a / 6.5
        stage.add(
            limb([(x * 1.3 - 0.15 * a, 1.05), (0.35 * x + 0.32 * a, ground)], 0.012, 0.003),
            "#a08f7c",
            flow=1.2,
            depth=0.39,
        )
    for _ in range(11):
        t = u(0, 1) ** 1.5
        coat = ("#2f3550", "#8a3a36", "#e2d8c6", "#4a5a44", "#3a3230")[stage.rng.integers(5)]
        stage.person(u(0.03, 0.97) * a, ground + 0.03 + 0.14 * t, 0.07 + 0.09 * t, coat, depth=0.3 - 0.15 * t)
    stage.focus = (cx / a, 0.55)
