"""The motif: what a painter sees when standing before a scene."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from data.painter._stage import TIMES, Stage
from data.painter.noise import blur, fractal_noise, warp
from data.painter.scenes import SCENES

__all__ = ["Motif", "look"]


@dataclass(frozen=True)
class Motif:
    """A scene at the size of the picture.

    Parameters
    ----------
    color : array (h, w, 3), float32, 0 to 1
        Colours under the light of the day.
    labels : array (h, w), int32
        Number of the shape at each place; larger numbers stand in front.
    depth : array (h, w), float32
        0 near, 1 far.
    flow : array (h, w), float32
        Direction of the form in radians, from the horizontal, downward positive.
    local : array (h, w, 2), float32
        Place within the shape, -1 to 1 across and down.
    volume : array (h, w), float32, 0 to 1
        How round the shape is.
    focus : (float, float)
        Row and column, in pixels, of what the scene is about.
    unit : float
        Long side / 320: the size of a pixel of the standard picture.
    """

    color: np.ndarray
    labels: np.ndarray
    depth: np.ndarray
    flow: np.ndarray
    local: np.ndarray
    volume: np.ndarray
    focus: tuple[float, float]
    unit: float

    @property
    def shape(self):
        """Height and width in pixels."""
        return self.labels.shape

    @property
    def tones(self):
        """Luma of the colours, array (h, w), float32, 0 to 1."""
        return self.color @ np.array([0.299, 0.587, 0.114], np.float32)

    @property
    def edges(self):
        """Where two shapes meet, array (h, w), bool."""
        found = np.zeros(self.labels.shape, bool)
        found[:, 1:] |= self.labels[:, 1:] != self.labels[:, :-1]
        found[1:] |= self.labels[1:] != self.labels[:-1]
        return found


def look(scene, *, seed=0, size=(240, 320)):
    """See a scene: set it up, light it, and note colours, depth and forms.

    Parameters
    ----------
    scene : str
        Key of ``SCENES``.
    seed : int
        Composition, time of day and the side from which the light comes.
    size : (int, int)
        Height and width in pixels.

    Returns
    -------
    Motif
    """
    h, w = size
    rng = np.random.default_rng([seed, *scene.encode()])
    time = rng.choice(list(TIMES), p=[0.22, 0.42, 0.22, 0.14])
    stage = Stage(rng, w / h, str(time))
    SCENES[scene](stage)
    mirrored, zoom = rng.random() < 0.5, rng.uniform(1.0, 1.08)
    return _render(stage, size, mirrored=mirrored, zoom=zoom)


def _render(stage, size, *, mirrored, zoom):
    h, w = size
    canvas = Image.new("I", (w, h), 0)
    draw = ImageDraw.Draw(canvas)
    center = np.array([w / 2, h / 2], np.float32)
    boxes = np.empty((len(stage.shapes), 4), np.float32)
    for i, shape in enumerate(stage.shapes):
        points = (shape.points * h - center) * zoom + center
        if mirrored:
            points[:, 0] = w - points[:, 0]
        boxes[i] = *points.min(0), *np.maximum(np.ptp(points, axis=0), 1)
        draw.polygon(points.ravel().tolist(), fill=i)
    labels = np.asarray(canvas, np.int32)

    def spread(name, missing=0.0):
        values = [missing if getattr(s, name) is None else getattr(s, name) for s in stage.shapes]
        return np.asarray(values, np.float32)[labels]

    box = boxes[labels]
    x, y = np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32)[:, None]
    across, down = (x - box[..., 0]) / box[..., 2], (y - box[..., 1]) / box[..., 3]
    local = np.clip(np.stack([across, down], axis=-1) * 2 - 1, -1, 1)
    volume, depth, glow = spread("volume"), spread("depth"), spread("glow")
    top = spread("top")
    color = top + (spread("bottom") - top) * np.clip(down, 0, 1)[..., None]

    # light falls from the upper left of the unmirrored stage; near things shade what lies behind them
    side = 0.65 if mirrored else -0.65
    lit = 1 + volume * (0.5 * (local[..., 0] * side - 0.75 * local[..., 1]) - 0.3 * (local**2).sum(-1) + 0.12)
    behind = blur(warp(depth, -0.018 * h, 0.025 * h * side), 0.012 * h)
    shade = 1 - 0.55 * np.clip(depth - behind, 0, 0.5) * (1 - glow) * 2 * (depth < 0.96)
    grain = 1 + 0.05 * fractal_noise(stage.rng, size, 0.06 * h)
    tint = TIMES[stage.time].tint
    light = tint + (1 - tint) * glow[..., None]
    color = color * light * (lit * shade * grain)[..., None]
    haze = (np.clip(depth - 0.35, 0, 1) * 0.45 * (1 - glow))[..., None]
    color = color + (TIMES[stage.time].horizon - color) * haze

    angle = spread("flow") * (-1 if mirrored else 1)
    around = np.arctan2(local[..., 1] * box[..., 3], local[..., 0] * box[..., 2]) + np.pi / 2
    angle = np.where(np.array([s.flow is None for s in stage.shapes])[labels], around, angle)
    for px, py, radius, halo, strength in stage.halos:
        middle = (np.array([px * h, py * h]) - center) * zoom + center
        dy, dx = y - middle[1], x - (w - middle[0] if mirrored else middle[0])
        near = np.hypot(dy, dx) / (radius * h)
        color = color + (halo - color) * (strength * np.exp(-2.5 * near**2))[..., None]
        angle = np.where((near < 1) & (depth > 0.9), np.arctan2(dy, dx) + np.pi / 2, angle)
    focus = (np.array([stage.focus[0] * w, stage.focus[1] * h]) - center) * zoom + center
    return Motif(
        color=np.clip(color, 0, 1).astype(np.float32),
        labels=labels,
        depth=depth,
        flow=angle.astype(np.float32),
        local=local,
        volume=volume,
        focus=(float(focus[1]), float(w - focus[0] if mirrored else focus[0])),
        unit=max(h, w) / 320,
    )
