"""Shapes on a stage: what a scene is before anyone paints it.

Coordinates: y runs from 0 (top) to 1 (bottom), x from 0 to the aspect ratio ``a`` = width / height.
"""

from dataclasses import dataclass, field

import numpy as np

from data.painter._outlines import blob, disc, limb, rect
from data.painter.colors import hex_color, mix

__all__ = ["TIMES", "Shape", "Stage"]


@dataclass(frozen=True)
class Shape:
    """One flat shape with what a painter would notice about it.

    Parameters
    ----------
    points : array (k, 2), float
        Corners in stage coordinates.
    top, bottom : array (3,), float, 0 to 1
        Colours at its upper and lower end.
    volume : float, 0 to 1
        How round it is: 0 a board, 1 a ball.
    flow : float or None
        Direction of its form in radians from the horizontal; None: around its middle.
    depth : float
        0 near, 1 far.
    glow : float, 0 to 1
        Light of its own.
    """

    points: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    volume: float
    flow: float | None
    depth: float
    glow: float


@dataclass(frozen=True)
class _Time:
    name: str
    zenith: np.ndarray
    horizon: np.ndarray
    tint: np.ndarray


TIMES = {
    name: _Time(name, *hex_color(sky), np.array(tint, np.float32))
    for name, sky, tint in (
        ("dawn", "#8fa9cf #f6cfb0", (1.04, 0.95, 0.92)),
        ("day", "#4d86c6 #cfe5f0", (1.0, 1.0, 1.0)),
        ("dusk", "#4a4880 #f09a58", (1.0, 0.80, 0.72)),
        ("night", "#131b3c #46598a", (0.48, 0.54, 0.74)),
    )
}


@dataclass
class Stage:
    """A scene being set up, back to front.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every variation.
    a : float
        Aspect ratio, width / height.
    time : str
        Key of ``TIMES``.
    """

    rng: np.random.Generator
    a: float
    time: str = "day"
    shapes: list = field(default_factory=list)
    halos: list = field(default_factory=list)
    focus: tuple = (0.5, 0.5)

    def add(self, points, top, bottom=None, *, volume=0.0, flow=0.0, depth=0.5, glow=0.0):
        """Put a shape in front of all others.

        Parameters
        ----------
        points : array (k, 2), float
        top, bottom : str or array (3,)
            Colours; ``bottom`` is ``top`` when not given.
        volume, flow, depth, glow
            As in `Shape`.
        """
        top = hex_color(top) if isinstance(top, str) else np.asarray(top, np.float32)
        bottom = top if bottom is None else hex_color(bottom) if isinstance(bottom, str) else np.asarray(bottom)
        self.shapes.append(Shape(np.asarray(points, np.float32), top, bottom, volume, flow, depth, glow))

    def halo(self, x, y, radius, color, *, strength=0.6):
        """Let light glow around a place, over everything.

        Parameters
        ----------
        x, y, radius : float
        color : str
        strength : float, 0 to 1
            Share of the light's colour in the middle.
        """
        self.halos.append((x, y, radius, hex_color(color), strength))

    def u(self, low, high, size=None):
        """Draw numbers between two bounds.

        Parameters
        ----------
        low, high : float
        size : int or None

        Returns
        -------
        float, or array (size,)
        """
        return self.rng.uniform(low, high, size)

    def sky(self, horizon, *, clouds=4, orb=True):
        """Hang the sky, with the sun or the moon and some clouds.

        Parameters
        ----------
        horizon : float
            Height of the horizon.
        clouds : int
        orb : bool
        """
        time, a = TIMES[self.time], self.a
        self.add(rect(-0.1, -0.1, a + 0.1, horizon + 0.06), time.zenith, time.horizon, depth=1.0, glow=1.0)
        if orb:
            x, y, r = self.u(0.15, 0.85) * a, self.u(0.12, 0.55) * horizon, self.u(0.035, 0.06)
            light = {"night": "#f4efcf", "dusk": "#ffd27a", "dawn": "#ffe9c0", "day": "#fff6cf"}[self.time]
            self.halo(x, y, 3.6 * r, light, strength=0.75)
            self.add(disc(x, y, r), light, flow=None, depth=0.98, glow=1.0)
        for _ in range(clouds):
            x, y, width = self.u(0, a), self.u(0.08, 0.8) * horizon, self.u(0.08, 0.2)
            tone = mix(
                mix(time.zenith, time.horizon, 0.6), np.ones(3, np.float32), 0.35 if self.time == "night" else 0.65
            )
            low = mix(time.zenith, time.horizon, 0.75)
            for _ in range(3):
                cx, cy = x + self.u(-0.7, 0.7) * width, y + self.u(-0.015, 0.015)
                points = blob(self.rng, cx, cy, width * self.u(0.5, 0.9), width * self.u(0.14, 0.24))
                self.add(points, tone, low, volume=0.25, depth=0.97, glow=1.0)

    def ripples(self, top, bottom, colors, *, count=26):
        """Lay glints on water, smaller towards the horizon.

        Parameters
        ----------
        top, bottom : float
            Heights between which they lie.
        colors : list of str or array (3,)
        count : int
        """
        for t in np.sort(self.u(0, 1, count)):
            y = top + (bottom - top) * t**1.4
            width, thick = (0.03 + 0.16 * t) * self.u(0.6, 1.4), (0.0025 + 0.011 * t) * self.u(0.6, 1.3)
            color = colors[self.rng.integers(len(colors))]
            self.add(disc(self.u(0, self.a), y, width, thick), color, depth=0.6 - 0.4 * t)

    def tree(self, x, y, height, leaf, *, trunk="#5a4030", depth=0.4, fruit=None):
        """Grow a round tree.

        Parameters
        ----------
        x, y : float
            Foot of the trunk.
        height : float
        leaf, trunk : str
            Colours.
        depth : float
        fruit : str or None
            Colour of its fruit.
        """
        u, top = self.u, y - height
        lean = u(-0.08, 0.08) * height
        self.add(
            limb([(x, y), (x + lean, y - 0.5 * height)], 0.1 * height, 0.06 * height),
            trunk,
            volume=0.5,
            flow=1.5,
            depth=depth,
        )
        for side in (-1, 1):
            tip = (x + lean + side * u(0.12, 0.25) * height, y - u(0.6, 0.75) * height)
            self.add(
                limb([(x + lean * 0.7, y - 0.38 * height), tip], 0.05 * height, 0.02 * height),
                trunk,
                volume=0.4,
                flow=1.5 + side * 0.5,
                depth=depth,
            )
        base = hex_color(leaf)
        for k in range(7):
            t = u(0, 2 * np.pi)
            r = height * u(0.17, 0.27)
            cx = x + lean + np.cos(t) * height * 0.2 * (k > 0)
            cy = top + 0.32 * height + np.sin(t) * height * 0.15
            tone = np.clip(base * u(0.78, 1.2) + (0.04, 0.03, -0.01), 0, 1)
            self.add(
                blob(self.rng, cx, cy, r, r * 0.85, wobble=0.16),
                tone,
                tone * 0.7,
                volume=0.7,
                flow=None,
                depth=depth - 0.01 * k,
            )
        for _ in range(9 if fruit else 0):
            t, r = u(0, 2 * np.pi), height * u(0.05, 0.3)
            cx, cy = x + lean + np.cos(t) * r, top + 0.34 * height + np.sin(t) * r
            self.add(disc(cx, cy, height * 0.032), fruit, volume=0.8, flow=None, depth=depth - 0.1)

    def person(self, x, y, height, color, *, depth=0.25):
        """Place a small standing figure.

        Parameters
        ----------
        x, y : float
            Where the feet are.
        height : float
        color : str
            Of the coat.
        depth : float
        """
        h = height
        coat = [
            (x - 0.13 * h, y),
            (x - 0.12 * h, y - 0.6 * h),
            (x - 0.06 * h, y - 0.8 * h),
            (x + 0.06 * h, y - 0.8 * h),
            (x + 0.12 * h, y - 0.6 * h),
            (x + 0.14 * h, y),
        ]
        self.add(coat, color, volume=0.5, flow=1.5, depth=depth)
        self.add(disc(x, y - 0.89 * h, 0.075 * h, 0.095 * h), "#d9ab86", volume=0.7, flow=None, depth=depth)
        self.add(disc(x, y - 0.97 * h, 0.1 * h, 0.04 * h), "#3a2c28", depth=depth)
