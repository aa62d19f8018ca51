"""Scenes at the waterside."""

import numpy as np

from data.painter._outlines import blob, disc, limb, rect, ridge
from data.painter._stage import TIMES
from data.painter.colors import hex_color, mix

__all__ = ["bridge", "harbour", "sea_storm"]


def _boat(stage, x, y, size, hull, sail, *, depth):
    s, lean = size, stage.u(-0.05, 0.05)
    reflection = hex_color(hull) * 0.6
    stage.add(disc(x, y + 0.1 * s, 0.5 * s, 0.12 * s), reflection, depth=depth + 0.02)
    pale = mix(hex_color(sail), hex_color("#5d7f96"), 0.5)
    for k in range(5):
        stage.add(
            disc(x + (0.1 + 0.05 * (k % 2)) * s, y + (0.14 + 0.09 * k) * s, (0.3 - 0.05 * k) * s, 0.025 * s),
            pale,
            depth=depth + 0.02,
        )
    top = (x + lean * s, y - 1.25 * s)
    stage.add(limb([(x, y), top], 0.035 * s, 0.02 * s), "#4a3527", flow=1.5, depth=depth)
    stage.add(
        [(x + 0.04 * s, y - 0.16 * s), (top[0] + 0.03 * s, y - 1.15 * s), (x + 0.62 * s, y - 0.2 * s)],
        sail,
        hex_color(sail) * 0.82,
        volume=0.35,
        flow=1.2,
        depth=depth - 0.01,
    )
    stage.add(
        [(x - 0.04 * s, y - 0.18 * s), (top[0] - 0.03 * s, y - 0.98 * s), (x - 0.4 * s, y - 0.2 * s)],
        hex_color(sail) * 0.92,
        hex_color(sail) * 0.75,
        volume=0.35,
        flow=-1.2,
        depth=depth - 0.01,
    )
    stage.add(
        [
            (x - 0.55 * s, y - 0.14 * s),
            (x + 0.62 * s, y - 0.16 * s),
            (x + 0.42 * s, y + 0.1 * s),
            (x - 0.4 * s, y + 0.1 * s),
        ],
        hull,
        hex_color(hull) * 0.6,
        volume=0.4,
        depth=depth - 0.02,
    )


def _house(stage, x0, x1, top, base, wall, roof, *, depth):
    u, wide = stage.u, x1 - x0
    stage.add(rect(x0, top, x1, base), wall, hex_color(wall) * 0.8, volume=0.1, flow=1.57, depth=depth)
    peak = top - wide * u(0.35, 0.6)
    stage.add(
        [(x0 - 0.01, top), ((x0 + x1) / 2, peak), (x1 + 0.01, top)],
        roof,
        hex_color(roof) * 0.8,
        flow=0.6,
        depth=depth - 0.01,
    )
    lit = stage.time in ("night", "dusk")
    rows = max(1, int((base - top) / 0.085))
    for row in range(rows):
        for column in range(max(1, int(wide / 0.06))):
            x, y = x0 + 0.018 + column * 0.055, top + 0.02 + row * 0.08
            if x + 0.028 < x1:
                glow = lit and stage.rng.random() < 0.6
                stage.add(
                    rect(x, y, x + 0.024, y + 0.04),
                    "#ffce70" if glow else "#46566a",
                    depth=depth - 0.02,
                    glow=0.9 * glow,
                )


def harbour(stage):
    """Set up a harbour with houses on the quay and sailing boats.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, time = stage.a, stage.u, TIMES[stage.time]
    shore = u(0.46, 0.54)
    stage.sky(shore, clouds=4)
    stage.add(ridge(stage.rng, a, shore - 0.06, 0.06), "#7b8fb0", "#8ea3b0", flow=0.1, depth=0.88)
    water = mix(time.horizon, hex_color("#2f6f86"), 0.6)
    stage.add(rect(-0.1, shore, a + 0.1, 1.1), mix(water, time.horizon, 0.4), water * 0.75, depth=0.55)
    x, end = -0.03, u(0.42, 0.62) * a
    walls = stage.rng.permutation(["#e8d3b0", "#d99a72", "#c9705a", "#e6b866", "#b9c4c9", "#efe6d6"])
    roofs = ("#a5503c", "#7c4038", "#5a5f70")
    k = 0
    while x < end:
        wide, top = u(0.1, 0.17), shore - u(0.12, 0.28)
        _house(stage, x, x + wide, top, shore + 0.015, str(walls[k % 6]), roofs[k % 3], depth=0.6)
        mirrored = hex_color(str(walls[k % 6]))
        stage.add(
            rect(x + 0.01, shore + 0.04, x + wide - 0.01, shore + 0.04 + 0.6 * (shore - top)),
            mix(mirrored, water, 0.5),
            water,
            flow=0.0,
            depth=0.54,
        )
        x, k = x + wide, k + 1
    stage.add(rect(-0.1, shore + 0.005, x + 0.04, shore + 0.045), "#8a7f76", "#6a5f58", depth=0.5)
    glints = [water * 1.3, time.horizon, water * 0.65, mix(time.horizon, np.ones(3), 0.4)]
    stage.ripples(shore + 0.05, 0.98, glints, count=34)
    hulls, sails = (
        stage.rng.permutation(["#8f3b34", "#2f4d6b", "#3d5a45", "#6b4630"]),
        ("#f2e6cf", "#d98f4e", "#e9d9a8"),
    )
    spots = ((0.62, 0.58, 0.13), (0.86, 0.62, 0.17), (0.4, 0.72, 0.23), (0.74, 0.84, 0.34))
    for k, (fx, y, size) in enumerate(spots):
        _boat(
            stage,
            (fx + u(-0.06, 0.06)) * a,
            y + u(-0.02, 0.02),
            size,
            str(hulls[k]),
            sails[k % 3],
            depth=0.42 - 0.08 * k,
        )
    for k in range(3):
        px = (0.06 + 0.09 * k) * a + u(-0.01, 0.01)
        stage.add(
            limb([(px, 1.05), (px + 0.01, 0.80 + 0.03 * k)], 0.035, 0.03),
            "#6b5140",
            "#4a382d",
            volume=0.7,
            flow=1.5,
            depth=0.08,
        )
    stage.focus = (0.7, 0.74)


def bridge(stage):
    """Set up a stone bridge over a river.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, time = stage.a, stage.u, TIMES[stage.time]
    horizon = u(0.4, 0.48)
    stage.sky(horizon, clouds=4)
    stage.add(ridge(stage.rng, a, horizon - 0.08, 0.06), "#7f97b3", "#8fa89f", flow=0.1, depth=0.88)
    stage.add(ridge(stage.rng, a, horizon - 0.01, 0.03), "#6f935c", "#5f8350", flow=0.1, depth=0.75)
    for x in u(0, a, 7):
        stage.tree(x, horizon + 0.05, u(0.14, 0.24), "#55794a", depth=0.66)
    water = mix(time.horizon, hex_color("#3d7580"), 0.6)
    stage.add(rect(-0.1, horizon + 0.06, a + 0.1, 1.1), mix(water, time.horizon, 0.45), water * 0.65, depth=0.55)
    arches, spring, deck = int(stage.rng.integers(2, 4)), horizon + 0.17, horizon - u(0.02, 0.05)
    stone = mix(hex_color("#c9b394"), hex_color("#a79fa0"), u(0, 1))
    width = (a + 0.2) / arches
    rise = min(0.40 * width, 0.19)
    for k in range(arches):
        cx = -0.1 + width * (k + 0.5)
        stage.add(disc(cx, spring + 0.06, width * 0.46, rise * 1.1), mix(stone * 0.65, water, 0.45), water, depth=0.53)
        stage.add(disc(cx, spring + 0.04, width * 0.36, rise * 0.9), mix(water, time.horizon, 0.5), water, depth=0.52)
    stage.ripples(spring + 0.05, 0.97, [water * 1.25, time.horizon, water * 0.6, stone * 0.9], count=34)
    t = np.linspace(0, np.pi, 16)
    outline = [(-0.1, deck + 0.03), (a / 2, deck - 0.05), (a + 0.1, deck + 0.03)]
    for k in reversed(range(arches)):
        cx, r = -0.1 + width * (k + 0.5), 0.38 * width
        outline.append((cx + 0.5 * width, spring + 0.05))
        outline += [(cx + r * np.cos(s), spring + 0.03 - rise * np.sin(s)) for s in t]
        outline.append((cx - 0.5 * width, spring + 0.05))
    stage.add(outline, stone, stone * 0.72, flow=0.05, depth=0.4)
    for k in range(arches):
        cx = -0.1 + width * (k + 0.5)
        ring = [(cx + 0.40 * width * np.cos(s), spring + 0.03 - (rise + 0.02) * np.sin(s)) for s in t]
        stage.add(limb(ring, 0.022, 0.022), stone * 0.8, flow=None, depth=0.39)
        stage.add(
            rect(cx + 0.46 * width, deck + 0.02, cx + 0.54 * width, spring + 0.07),
            stone * 1.05,
            stone * 0.7,
            volume=0.4,
            flow=1.57,
            depth=0.38,
        )
    parapet = [(-0.1, deck + 0.035), (a / 2, deck - 0.045), (a + 0.1, deck + 0.035)]
    stage.add(limb(parapet, 0.03, 0.03), stone * 1.12, depth=0.37)
    for x in u(0.2, 0.8, 3) * a:
        stage.person(
            x, deck - 0.03, u(0.09, 0.11), ("#37435f", "#8f3f38", "#4d4a45")[stage.rng.integers(3)], depth=0.42
        )
    bank = [(-0.1, 0.82), (0.25 * a, 0.86), (u(0.4, 0.55) * a, 1.1), (-0.1, 1.1)]
    stage.add(bank, "#7d9148", "#4c6230", flow=0.4, depth=0.2)
    stage.tree(0.13 * a, 0.93, u(0.62, 0.75), "#64863c", depth=0.18)
    bx, by = u(0.6, 0.8) * a, u(0.8, 0.86)
    stage.add(
        [(bx - 0.15, by), (bx + 0.16, by - 0.01), (bx + 0.11, by + 0.05), (bx - 0.1, by + 0.05)],
        "#7a4a35",
        "#472b22",
        volume=0.4,
        depth=0.15,
    )
    stage.person(bx, by + 0.015, 0.16, "#e6dcc6", depth=0.14)
    stage.focus = (0.6, 0.6)


def sea_storm(stage):
    """Set up a ship in a storm.

    Parameters
    ----------
    stage : Stage
        Gets the shapes, back to front, and the focus.
    """
    a, u, time = stage.a, stage.u, TIMES[stage.time]
    dark = mix(time.zenith, hex_color("#3a4656"), 0.65)
    horizon = u(0.5, 0.58)
    stage.add(
        rect(-0.1, -0.1, a + 0.1, horizon + 0.1), dark, mix(time.horizon, dark, 0.35), flow=0.3, depth=1.0, glow=0.6
    )
    light = u(0.25, 0.75) * a
    stage.halo(light, horizon - 0.1, 0.42, "#fbe6b0", strength=0.75)
    for _ in range(13):
        x, y, r = u(-0.1, a + 0.1), u(-0.02, 0.32), u(0.1, 0.22)
        tone = dark * u(0.6, 1.25)
        stage.add(
            blob(stage.rng, x, y, r * 1.5, r * 0.6, wobble=0.2),
            tone * 1.25,
            tone * 0.7,
            volume=0.5,
            flow=0.3,
            depth=0.96,
            glow=0.5,
        )
    for k in range(14):
        x = u(0, a)
        stage.add(
            limb([(x, u(0.26, 0.34)), (x - 0.12, horizon + 0.02)], 0.004, 0.012),
            dark * (1.02 + 0.02 * k),
            flow=1.9,
            depth=0.95,
            glow=0.5,
        )
    sea = mix(hex_color("#2f5a62"), time.zenith, 0.3)
    ship_x, ship_y, s, tilt = u(0.4, 0.6) * a, horizon + 0.12, u(0.36, 0.44), u(0.14, 0.3)
    for k in range(7):
        y, amp, depth = horizon + 0.02 + 0.075 * k, 0.022 + 0.011 * k, 0.8 - 0.1 * k
        if k == 2:
            _ship(stage, ship_x, ship_y, s, tilt)
        x = np.linspace(-0.1, a + 0.1, 70)
        phase, pitch = u(0, 6.3), (0.2 + 0.06 * k) * u(0.85, 1.15)
        swell = y - amp * (np.abs(np.sin(np.pi * x / pitch + phase)) ** 0.6 * 2 - 1) - 0.02 * np.sin(3 * x + phase)
        tone = mix(sea * u(0.85, 1.1), dark, 0.5 - 0.07 * k)
        stage.add(
            [*zip(x, swell, strict=True), (a + 0.1, 1.1), (-0.1, 1.1)],
            mix(tone, np.ones(3), 0.22),
            tone * 0.6,
            flow=-0.25,
            depth=depth,
        )
        for i in range(4, 66, 3):
            if swell[i] < y - 0.35 * amp and stage.rng.random() < 0.6:
                stage.add(
                    blob(stage.rng, x[i], swell[i] + 0.3 * amp, pitch * 0.16, amp * u(0.2, 0.5), wobble=0.25),
                    "#f2f4ee",
                    "#b9ccca",
                    volume=0.3,
                    flow=-0.4,
                    depth=depth - 0.02,
                )
    for _ in range(40):
        stage.add(disc(u(0, a), u(horizon, 0.98), u(0.003, 0.008)), "#f4f5ee", depth=0.1)
    stage.focus = (ship_x / a, 0.5)


def _ship(stage, x, y, s, tilt):
    def turn(points):
        p = np.asarray(points, float) * s
        return np.column_stack(
            [x + p[:, 0] * np.cos(tilt) - p[:, 1] * np.sin(tilt), y + p[:, 0] * np.sin(tilt) + p[:, 1] * np.cos(tilt)]
        )

    for mast, height in ((-0.24, 0.85), (0.04, 1.05), (0.3, 0.8)):
        stage.add(turn(limb([(mast, 0), (mast, -height)], 0.035, 0.02)), "#3a2a22", flow=1.5, depth=0.5)
        for low, high, wide in ((0.2, 0.5, 0.15), (0.54, 0.78, 0.11)):
            bottom, top = -low * height, -high * height
            sail = [
                (mast - wide, bottom),
                (mast - wide * 0.8, top),
                (mast + wide * 0.8, top),
                (mast + wide * 1.15, bottom),
            ]
            stage.add(turn(sail), "#f0e3c4", "#b9a682", volume=0.5, flow=1.3, depth=0.49)
        stage.add(turn([(mast, -height), (mast + 0.13, -height + 0.03), (mast, -height + 0.07)]), "#b5402f", depth=0.48)
    hull = [(-0.5, -0.16), (-0.4, -0.1), (0.36, -0.12), (0.56, -0.2), (0.4, 0.14), (-0.38, 0.14)]
    stage.add(turn(hull), "#5a3a2a", "#2f201a", volume=0.4, flow=tilt, depth=0.47)
    stage.add(turn([(-0.44, -0.07), (0.44, -0.09), (0.43, -0.05), (-0.42, -0.03)]), "#c99a4e", flow=tilt, depth=0.46)
