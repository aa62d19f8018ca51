"""Scenes in the open country."""

import numpy as np

from data.painter._outlines import blob, disc, limb, rect, ridge
from data.painter._stage import TIMES
from data.painter.colors import hex_color, mix

__all__ = ["mountains", "orchard", "wheat_field"]


def _pine(stage, x, y, height, *, depth):
    stage.add(
        limb([(x, y), (x, y - height * 0.3)], height * 0.06, height * 0.05),
        "#4a3528",
        volume=0.4,
        flow=1.5,
        depth=depth,
    )
    for k in range(4):
        bottom, top, half = y - height * (0.12 + 0.2 * k), y - height * (0.45 + 0.185 * k), height * (0.24 - 0.045 * k)
        tone = hex_color("#2c4a3a") * stage.u(0.8, 1.25)
        stage.add(
            [(x - half, bottom), (x, top), (x + half, bottom), (x, bottom + 0.03 * height)],
            tone * 1.2,
            tone * 0.75,
            volume=0.5,
            flow=1.2,
            depth=depth,
        )


def mountains(stage):
    """Set up snow mountains behind a lake.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, time = stage.a, stage.u, TIMES[stage.time]
    shore = u(0.60, 0.68)
    stage.sky(shore, clouds=3)
    peaks = sorted(u(0.08, 0.92) * a + u(-0.05, 0.05) for _ in range(3))
    for far, (x, height) in enumerate(zip(stage.rng.permutation(peaks), (0.36, 0.46, 0.40), strict=True)):
        top, half, depth = shore - height * u(0.85, 1.1), u(0.34, 0.46), 0.85 - 0.1 * far
        left = [(x - half * (1 - t) + u(-0.02, 0.02), shore - (shore - top) * t) for t in (0, 0.25, 0.5, 0.75)]
        right = [(x + half * (1 - t) + u(-0.02, 0.02), shore - (shore - top) * t) for t in (0.75, 0.5, 0.25, 0)]
        rock = mix(hex_color("#6d7690"), hex_color("#8a7468"), u(0, 1))
        stage.add([*left, (x, top), *right], rock, rock * 0.8, flow=0.9, depth=depth)
        stage.add(
            [(x, top), *right, (x + u(-0.05, 0.1), shore)], rock * 0.66, rock * 0.55, flow=-0.9, depth=depth - 0.01
        )
        snow = [(x, top)]
        for t, side in ((0.3, -1), (0.24, -0.45), (0.36, -0.1), (0.26, 0.35), (0.34, 0.9)):
            snow.append((x + side * half * t, top + (shore - top) * t * u(0.85, 1.15)))
        stage.add(snow, "#f6f7fb", "#cdd8ea", flow=0.9, depth=depth - 0.02)
    stage.add(ridge(stage.rng, a, shore - 0.05, 0.04), "#54704f", "#3c5546", flow=0.2, depth=0.55)
    water = mix(time.horizon, hex_color("#3f6f8f"), 0.55)
    stage.add(rect(-0.1, shore, a + 0.1, 1.1), mix(water, time.horizon, 0.3), water * 0.7, depth=0.5)
    stage.ripples(shore + 0.01, 0.95, [water * 1.25, time.horizon, hex_color("#e9eef5"), water * 0.7], count=30)
    bank = ridge(stage.rng, a, 0.93, 0.035)
    stage.add(bank, "#6f7d45", "#3f4c2c", flow=0.1, depth=0.2)
    for x in np.sort(u(-0.02, a + 0.02, 7)):
        if not 0.4 * a < x < 0.68 * a:
            _pine(stage, x, u(0.9, 0.98), u(0.22, 0.42), depth=0.15)
    x = u(0.46, 0.6) * a
    stage.add(rect(x - 0.06, 0.84, x + 0.06, 0.92), "#9a6b48", "#7a5138", volume=0.2, flow=1.57, depth=0.14)
    stage.add([(x - 0.08, 0.845), (x, 0.775), (x + 0.08, 0.845)], "#a2453a", "#7f342f", flow=0.6, depth=0.13)
    stage.add(rect(x - 0.012, 0.865, x + 0.016, 0.895), "#ffd98a", depth=0.12, glow=0.8)
    stage.focus = (x / a, 0.8)


def orchard(stage):
    """Set up fruit trees in a meadow, with a ladder and baskets.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u = stage.a, stage.u
    horizon = u(0.36, 0.46)
    stage.sky(horizon, clouds=4)
    stage.add(ridge(stage.rng, a, horizon - 0.02, 0.04), "#6f8fa5", "#7fa07d", flow=0.1, depth=0.85)
    stage.add(ridge(stage.rng, a, horizon + 0.03, 0.02), "#86a860", "#7d9f55", flow=0.1, depth=0.7)
    stage.add(rect(-0.1, horizon + 0.05, a + 0.1, 1.1), "#a9bf62", "#5f8138", flow=0.05, depth=0.55)
    for k in range(9):
        y = horizon + 0.08 + 0.055 * k
        tone = hex_color("#c9cc6a" if k % 2 else "#6f9143") * u(0.85, 1.1)
        stage.add(
            limb([(-0.05, y), (0.5 * a, y + u(-0.02, 0.03)), (a + 0.05, y + u(-0.02, 0.02))], 0.01 + 0.006 * k, 0.012),
            tone,
            flow=0.05,
            depth=0.5 - 0.04 * k,
        )
    fruit = str(stage.rng.choice(["#d8402f", "#f0902a", "#e8c53a"]))
    leaves = stage.rng.permutation(["#56803c", "#6f9440", "#41703f", "#86a24a"])
    for row, (y, height) in enumerate(((horizon + 0.13, 0.2), (horizon + 0.26, 0.36), (0.93, 0.68))):
        count = (5, 3, 2)[row]
        for k in range(count):
            x = (k + 0.5 + u(-0.18, 0.18)) * a / count
            shadow = disc(x + 0.04, y, height * 0.36, height * 0.06)
            stage.add(shadow, "#44622f", flow=0.0, depth=0.5 - 0.1 * row)
            stage.tree(x, y, height * u(0.9, 1.08), str(leaves[(k + row) % 4]), depth=0.48 - 0.12 * row, fruit=fruit)
    x = u(0.4, 0.6) * a
    for dx in (-0.03, 0.03):
        stage.add(limb([(x + dx * 1.5, 0.95), (x + dx, 0.5)], 0.014, 0.012), "#c9a06a", flow=1.5, depth=0.1)
    for t in np.linspace(0.1, 0.9, 7):
        y, half = 0.95 - 0.45 * t, 0.045 - 0.015 * t
        stage.add(rect(x - half, y, x + half, y + 0.01), "#c9a06a", depth=0.1)
    for side in (-1, 1):
        bx, by = x + side * u(0.14, 0.22), u(0.93, 0.96)
        stage.add(
            [(bx - 0.07, by - 0.06), (bx + 0.07, by - 0.06), (bx + 0.05, by + 0.03), (bx - 0.05, by + 0.03)],
            "#b07b45",
            "#7d5330",
            volume=0.5,
            depth=0.08,
        )
        for k in range(6):
            stage.add(
                disc(bx - 0.05 + 0.02 * k, by - 0.065 + u(-0.012, 0.008), 0.019),
                fruit,
                volume=0.9,
                flow=None,
                depth=0.07,
            )
    stage.focus = (x / a, 0.72)


def wheat_field(stage):
    """Set up ripe fields with a path, sheaves and cypresses under a moving sky.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, time = stage.a, stage.u, TIMES[stage.time]
    horizon = u(0.40, 0.5)
    stage.sky(horizon, clouds=2)
    for _ in range(5):
        x, y, r = u(0, a), u(0.1, 0.75) * horizon, u(0.10, 0.2)
        tone = mix(time.horizon, np.ones(3), 0.5)
        for k in range(3):
            t = np.linspace(-1, 1, 14)
            path = np.column_stack([x + r * t, y + 0.022 * k - 0.025 * np.sin(2.6 * t + k)])
            stage.add(limb(path, 0.003, 0.014), mix(tone, time.zenith, 0.2 * k), flow=0.15, depth=0.95, glow=1.0)
    stage.add(ridge(stage.rng, a, horizon - 0.035, 0.04), "#5d74a0", "#6f86a0", flow=-0.1, depth=0.85)
    stage.add(ridge(stage.rng, a, horizon, 0.015), "#5f7f4a", "#56733f", flow=0.1, depth=0.72)
    stage.add(rect(-0.1, horizon + 0.02, a + 0.1, 1.1), "#e6bd55", "#c98a2c", flow=0.1, depth=0.6)
    for k in range(8):
        y, tone = horizon + 0.05 + 0.07 * k, hex_color(("#f2d377", "#b98a30", "#dba63e", "#9aa04a")[k % 4])
        stage.add(
            limb(
                [(-0.05, y + u(-0.03, 0.03)), (a * u(0.3, 0.7), y + u(-0.03, 0.04)), (a + 0.05, y + u(-0.03, 0.03))],
                u(0.02, 0.05),
                u(0.02, 0.07),
            ),
            tone,
            tone * 0.85,
            flow=u(-0.2, 0.2),
            depth=0.55 - 0.05 * k,
        )
    for _ in range(60):
        t = u(0, 1)
        x, y, height = u(0, a), horizon + 0.06 + (0.98 - horizon) * t, 0.015 + 0.06 * t
        stage.add(
            limb([(x, y), (x + u(-0.02, 0.02), y - height)], 0.004 + 0.006 * t, 0.003),
            ("#f6dd8a", "#8f6a22", "#d39b35")[stage.rng.integers(3)],
            flow=1.4,
            depth=0.45 - 0.3 * t,
        )
    start, end = u(0.25, 0.75) * a, u(0.3, 0.7) * a
    path = [(start, 1.05), (0.7 * start + 0.3 * end + u(-0.12, 0.12), 0.78), (end, horizon + 0.03)]
    stage.add(limb(path, 0.24, 0.015), "#c98f6a", "#a8714f", flow=1.2, depth=0.4)
    side = 1 if start < 0.5 * a else -1
    for k in range(3):
        x, y, size = start + side * u(0.22, 0.55), 0.66 + 0.11 * k, 0.07 + 0.035 * k
        stage.add(disc(x + 0.03, y + 0.02, size * 0.9, size * 0.2), "#8f6a2a", depth=0.35)
        stage.add(
            [
                (x - size * 0.75, y + 0.02),
                (x - size * 0.35, y - size),
                (x, y - size * 1.35),
                (x + size * 0.35, y - size),
                (x + size * 0.75, y + 0.02),
            ],
            "#f3cd6a",
            "#b0782a",
            volume=0.7,
            flow=1.4,
            depth=0.3 - 0.05 * k,
        )
    for _ in range(2):
        x, base, height = start - side * u(0.28, 0.5), u(0.62, 0.8), u(0.42, 0.62)
        stage.add(
            blob(stage.rng, x, base - height / 2, 0.055, height / 2),
            "#35563a",
            "#20392c",
            volume=0.8,
            flow=1.5,
            depth=0.3,
        )
    for _ in range(6):
        x, y, s = u(0.1, 0.9) * a, u(0.12, 0.9) * horizon, u(0.015, 0.03)
        stage.add([(x - s, y - s * 0.6), (x, y), (x + s, y - s * 0.7), (x, y + s * 0.35)], "#23222c", depth=0.3)
    stage.focus = (float(np.clip((start + side * 0.3) / a, 0.2, 0.8)), 0.66)
