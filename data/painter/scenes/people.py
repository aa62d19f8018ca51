"""Scenes with a sitter."""

import numpy as np

from data.painter._outlines import blob, disc, limb, rect
from data.painter.colors import hex_color, mix
from data.painter.scenes._furniture import CLOTHS, window

__all__ = ["portrait", "seated_figure"]

_SKIN = ("#e6b893", "#d9a27a", "#b97f58", "#8c5a3f", "#f0c8a8")
_HAIR = ("#3a2a22", "#6b4428", "#22202a", "#a8642f", "#8a8078", "#c9a25a")


def _head(stage, cx, cy, r, *, depth=0.15, turn=0.0):
    u, rng = stage.u, stage.rng
    skin, hair = hex_color(_SKIN[rng.integers(5)]), hex_color(_HAIR[rng.integers(6)])
    long = rng.random() < 0.55
    stage.add(
        blob(
            rng,
            cx - turn * 0.3 * r,
            cy + (0.18 if long else -0.12) * r,
            1.0 * r,
            (1.35 if long else 1.1) * r,
            wobble=0.06,
        ),
        hair,
        hair * 0.7,
        volume=0.5,
        flow=1.4,
        depth=depth + 0.04,
    )
    stage.add(
        [
            (cx - 0.36 * r, cy + 0.5 * r),
            (cx + 0.36 * r, cy + 0.5 * r),
            (cx + 0.46 * r, cy + 1.6 * r),
            (cx - 0.46 * r, cy + 1.6 * r),
        ],
        skin * 0.78,
        skin * 0.9,
        volume=0.6,
        flow=1.5,
        depth=depth + 0.03,
    )
    t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    jaw = 1 - 0.2 * np.clip(np.sin(t), 0, 1) ** 2
    stage.add(
        np.column_stack([cx + 0.78 * r * np.cos(t) * jaw, cy + 1.05 * r * np.sin(t)]),
        skin,
        skin * 0.92,
        volume=0.75,
        flow=1.2,
        depth=depth,
    )
    far = 1 if turn > 0 else -1
    shadow = [
        (cx - far * 0.3 * r, cy - 0.8 * r),
        (cx - far * 0.75 * r, cy - 0.3 * r),
        (cx - far * 0.68 * r, cy + 0.4 * r),
        (cx - far * 0.2 * r, cy + r),
    ]
    stage.add([*shadow, (cx - far * 0.42 * r, cy + 0.2 * r)], skin * 0.72, flow=1.3, depth=depth - 0.01)
    fx = cx + turn * 0.22 * r
    for side in (-1, 1):
        ex, ey = fx + side * 0.3 * r, cy - 0.08 * r
        stage.add(disc(ex, ey - 0.02 * r, 0.19 * r, 0.12 * r), skin * 0.72, flow=0.0, depth=depth - 0.02)
        stage.add(disc(ex, ey, 0.14 * r, 0.07 * r), "#f0e8dc", flow=0.0, depth=depth - 0.03)
        stage.add(disc(ex + turn * 0.04 * r, ey, 0.065 * r), "#33302e", depth=depth - 0.04)
        stage.add(
            limb(
                [(ex - 0.19 * r, ey - 0.17 * r), (ex, ey - 0.24 * r), (ex + 0.19 * r, ey - 0.17 * r)],
                0.05 * r,
                0.04 * r,
            ),
            hair * 0.8,
            depth=depth - 0.04,
        )
        stage.add(
            disc(fx + side * 0.36 * r, cy + 0.3 * r, 0.16 * r, 0.12 * r),
            mix(skin, hex_color("#d0604f"), 0.3),
            flow=None,
            depth=depth - 0.01,
        )
    stage.add(
        [
            (fx - 0.02 * r, cy - 0.1 * r),
            (fx + 0.09 * r * far, cy + 0.3 * r),
            (fx + 0.14 * r * far, cy + 0.36 * r),
            (fx - 0.1 * r * far, cy + 0.38 * r),
        ],
        skin * 0.8,
        flow=1.4,
        depth=depth - 0.03,
    )
    stage.add(disc(fx, cy + 0.58 * r, 0.22 * r, 0.065 * r), "#a8483f", flow=0.0, depth=depth - 0.03)
    stage.add(
        limb([(fx - 0.2 * r, cy + 0.575 * r), (fx + 0.2 * r, cy + 0.575 * r)], 0.02 * r, 0.02 * r),
        "#6b2a28",
        depth=depth - 0.04,
    )
    crown = [
        (cx - 0.92 * r, cy + 0.05 * r),
        (cx - 0.85 * r, cy - 0.7 * r),
        (cx - 0.35 * r, cy - 1.15 * r),
        (cx + 0.35 * r, cy - 1.15 * r),
        (cx + 0.85 * r, cy - 0.7 * r),
        (cx + 0.92 * r, cy + 0.05 * r),
        (cx + 0.66 * r, cy - 0.35 * r),
        (cx + turn * 0.5 * r, cy - 0.66 * r),
        (cx - 0.66 * r, cy - 0.35 * r),
    ]
    stage.add(crown, hair * 1.15, hair * 0.85, volume=0.5, flow=0.5, depth=depth - 0.05)
    if rng.random() < 0.45:
        hat = hex_color(CLOTHS[rng.integers(8)])
        stage.add(
            disc(cx, cy - 0.66 * r, 1.35 * r, 0.24 * r, turn=u(-0.15, 0.15)),
            hat,
            hat * 0.7,
            volume=0.3,
            depth=depth - 0.06,
        )
        stage.add(
            blob(rng, cx, cy - 0.98 * r, 0.8 * r, 0.42 * r, wobble=0.05),
            hat * 1.1,
            hat * 0.8,
            volume=0.6,
            flow=0.2,
            depth=depth - 0.07,
        )


def portrait(stage):
    """Set up a sitter, head and shoulders.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, rng = stage.a, stage.u, stage.rng
    wall = hex_color(str(rng.choice(["#6f7d6a", "#86705f", "#55657f", "#9a8a6a", "#7a5560"])))
    stage.add(rect(-0.1, -0.1, a + 0.1, 1.1), wall * 1.15, wall * 0.75, flow=0.9, depth=0.9)
    drape = hex_color(CLOTHS[rng.integers(8)])
    for k in range(5):
        x = a - 0.02 - 0.07 * k
        stage.add(
            limb([(x, -0.05), (x + 0.02, 0.4), (x - 0.03 + u(-0.02, 0.02), 1.05)], 0.09, 0.12),
            drape * (0.75 + 0.12 * (k % 3)),
            drape * 0.6,
            volume=0.6,
            flow=1.5,
            depth=0.75,
        )
    cx, cy, r, turn = (
        (0.47 + u(-0.06, 0.04)) * a,
        u(0.33, 0.38),
        min(u(0.19, 0.225), 0.27 * a),
        float(rng.choice([-1, 1])) * u(0.4, 0.9),
    )
    coat, s = hex_color(CLOTHS[rng.integers(8)]), r * 2.1
    shoulders = [
        (cx - s * 1.15, 1.1),
        (cx - s * 1.02, cy + 1.9 * r),
        (cx - s * 0.7, cy + 1.55 * r),
        (cx - 0.45 * r, cy + 1.25 * r),
        (cx + 0.45 * r, cy + 1.25 * r),
        (cx + s * 0.7, cy + 1.55 * r),
        (cx + s * 1.02, cy + 1.9 * r),
        (cx + s * 1.15, 1.1),
    ]
    stage.add(shoulders, coat, coat * 0.65, volume=0.6, flow=1.1, depth=0.3)
    for side in (-1, 1):
        fold = [(cx + side * s * 0.3, cy + 1.6 * r), (cx + side * s * 0.5, cy + 2.3 * r), (cx + side * s * 0.42, 1.1)]
        stage.add(limb(fold, 0.02, 0.07), coat * 0.72, flow=1.3, depth=0.28)
    _head(stage, cx, cy, r, turn=turn)
    collar = hex_color(str(rng.choice(["#f0ebe0", "#d9b36a", "#e9e2d2"])))
    stage.add(
        [
            (cx - 0.6 * r, cy + 1.25 * r),
            (cx, cy + 1.55 * r),
            (cx + 0.6 * r, cy + 1.25 * r),
            (cx + 0.42 * r, cy + 1.85 * r),
            (cx, cy + 1.7 * r),
            (cx - 0.42 * r, cy + 1.85 * r),
        ],
        collar,
        collar * 0.85,
        volume=0.3,
        flow=0.4,
        depth=0.08,
    )
    for k in range(3):
        stage.add(disc(cx, cy + (2.1 + 0.35 * k) * r, 0.06 * r), "#d9b55a", volume=0.9, flow=None, depth=0.07)
    stage.focus = (cx / a, cy)


def seated_figure(stage):
    """Set up a figure sitting in an armchair by a window.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, rng = stage.a, stage.u, stage.rng
    wall, floor = hex_color(str(rng.choice(["#8f7f9a", "#9aa58a", "#b58f70", "#7d93a5"]))), u(0.76, 0.8)
    stage.add(rect(-0.1, -0.1, a + 0.1, 1.1), wall, wall * 0.8, flow=1.2, depth=0.85)
    stage.add(rect(-0.1, floor, a + 0.1, 1.1), "#8f6248", "#6b4735", flow=0.05, depth=0.6)
    rug = hex_color(CLOTHS[rng.integers(8)])
    for k, share in enumerate((1.0, 0.82, 0.6)):
        stage.add(
            disc(0.5 * a, 0.92, 0.55 * a * share, 0.09 * share),
            (rug, rug * 0.6, mix(rug, np.ones(3), 0.4))[k],
            depth=0.5,
        )
    window(stage, 0.06 * a, 0.1, 0.3 * a, 0.48)
    cx, s = u(0.56, 0.64) * a, min(1.0, 0.9 * a + 0.15)
    chair, dress, top = (hex_color(CLOTHS[i]) for i in rng.permutation(8)[:3])
    stage.add(blob(rng, cx, 0.52, 0.24 * s, 0.33, wobble=0.04), chair, chair * 0.65, volume=0.5, flow=1.5, depth=0.4)
    for side in (-1, 1):
        stage.add(
            rect(cx + side * 0.23 * s - 0.05, 0.58, cx + side * 0.23 * s + 0.05, 0.92),
            chair * 1.05,
            chair * 0.6,
            volume=0.5,
            flow=1.5,
            depth=0.34,
        )
        stage.add(disc(cx + side * 0.23 * s, 0.58, 0.065, 0.04), chair * 1.2, volume=0.7, flow=None, depth=0.33)
    lean, hy = u(-0.03, 0.03), u(0.25, 0.28)
    torso = [
        (cx - 0.13 * s, hy + 0.14),
        (cx + 0.13 * s, hy + 0.14),
        (cx + 0.15 * s, hy + 0.24),
        (cx + 0.12 * s, 0.66),
        (cx - 0.12 * s, 0.66),
        (cx - 0.15 * s, hy + 0.24),
    ]
    stage.add(torso, top, top * 0.75, volume=0.6, flow=1.3, depth=0.28)
    skirt = [
        (cx - 0.14 * s, 0.62),
        (cx + 0.14 * s, 0.62),
        (cx + 0.2 * s, 0.72),
        (cx + 0.16 * s, 0.96),
        (cx - 0.2 * s, 0.97),
        (cx - 0.24 * s, 0.76),
    ]
    stage.add(skirt, dress, dress * 0.65, volume=0.5, flow=1.2, depth=0.24)
    for k in range(4):
        x = cx + (-0.14 + 0.09 * k) * s
        stage.add(
            limb([(x, 0.68), (x - 0.02, 0.8), (x - 0.01 + u(-0.03, 0.02), 0.96)], 0.012, 0.035),
            dress * 0.7,
            flow=1.4,
            depth=0.22,
        )
    _head(stage, cx + lean, hy, 0.092 * s + 0.01, depth=0.2, turn=float(rng.choice([-1, 1])) * u(0.3, 0.9))
    for side in (-1, 1):
        elbow = (cx + side * 0.2 * s, 0.56)
        hand = (cx + side * 0.035, 0.665)
        stage.add(
            limb([(cx + side * 0.13 * s, hy + 0.19), elbow, hand], 0.085, 0.05),
            top * 1.08,
            top * 0.8,
            volume=0.6,
            flow=1.2,
            depth=0.14,
        )
        stage.add(disc(*hand, 0.036, 0.026), "#dba983", volume=0.7, flow=None, depth=0.12)
    stage.add(
        [(cx - 0.075, 0.63), (cx + 0.07, 0.62), (cx + 0.08, 0.69), (cx - 0.06, 0.70)],
        "#efe8d8",
        "#d3c6ae",
        flow=0.0,
        depth=0.1,
    )
    px = 0.9 * a
    stage.add(
        [(px - 0.06, 0.78), (px + 0.06, 0.78), (px + 0.045, 0.92), (px - 0.045, 0.92)],
        "#a8603f",
        "#7d452d",
        volume=0.7,
        flow=1.5,
        depth=0.2,
    )
    for k in range(9):
        t = -2.6 + 2.1 * k / 8
        tip = (px + 0.16 * np.cos(t), 0.76 + 0.3 * np.sin(t))
        leaf = hex_color("#4f7f48") * u(0.8, 1.25)
        stage.add(
            limb([(px, 0.78), ((px + tip[0]) / 2, (0.78 + tip[1]) / 2), tip], 0.04, 0.006),
            leaf,
            volume=0.4,
            flow=t,
            depth=0.18,
        )
    stage.focus = ((cx + lean) / a, hy + 0.1)
