"""What the manners share: the run of the brush, grounds of paper and canvas, paint that stands in relief."""

import numpy as np
from PIL import Image, ImageDraw

from data.painter.noise import blur, fractal_noise, streaks, value_noise

__all__ = ["canvas_weave", "jittered_grid", "paper_grain", "relief", "run", "strokes", "to_image"]


def run(motif, rng, *, angle=0.0, follow=1.0, swirl=0.0, smooth=3.0):
    """Lay down the direction in which the brush runs.

    Parameters
    ----------
    motif : Motif
    rng : numpy.random.Generator
    angle : float
        The artist's own slant in radians.
    follow : float, 0 to 1
        How far the brush follows the form, against the artist's slant.
    swirl : float
        Size of slow turns added everywhere, in radians.
    smooth : float
        Blur of directions in standard pixels.

    Returns
    -------
    array (h, w), float32
        Radians from the horizontal, downward positive.
    """
    double = 2 * motif.flow
    x = follow * np.cos(double) + (1 - follow) * np.cos(2 * angle)
    y = follow * np.sin(double) + (1 - follow) * np.sin(2 * angle)
    x, y = blur(x, smooth * motif.unit), blur(y, smooth * motif.unit)
    turns = swirl * fractal_noise(rng, motif.shape, 110 * motif.unit, octaves=2) if swirl else 0.0
    return np.arctan2(y, x) / 2 + turns


def jittered_grid(rng, shape, spacing, *, jitter=0.5):
    """Scatter places evenly: a lattice, every point moved a little, in random order.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (int, int)
    spacing : float
        Pixels between neighbours.
    jitter : float
        Largest move, in spacings.

    Returns
    -------
    array (k,), array (k,)
        Rows and columns, float32, inside the picture.
    """
    h, w = shape
    y, x = np.mgrid[spacing / 2 : h : spacing, spacing / 2 : w : spacing]
    y[:, 1::2] += spacing / 2
    points = np.column_stack([y.ravel(), x.ravel()]) + rng.uniform(-jitter, jitter, (y.size, 2)) * spacing
    points = rng.permutation(np.clip(points, 0, [h - 1, w - 1])).astype(np.float32)
    return points[:, 0], points[:, 1]


def strokes(shape, y, x, *, angles, colors, lengths, widths, ground, height=None, steps=4):
    """Draw curved strokes, one over the other, that follow a field of directions.

    Parameters
    ----------
    shape : (int, int)
    y, x : array (k,)
        Where strokes start.
    angles : array (h, w)
        Directions in radians.
    colors : array (k, 3), float, 0 to 1
    lengths, widths : array (k,) or float
        Pixels.
    ground : array (h, w, 3), float, 0 to 1, or (3,)
        What shows between them.
    height : array (k,) or None
        Thickness of the paint, 0 to 1; asks for the relief as well.
    steps : int
        Segments of a stroke.

    Returns
    -------
    array (h, w, 3), float32, or a pair with the relief (h, w), float32
    """
    h, w = shape
    lengths, widths = np.broadcast_to(lengths, len(y)), np.broadcast_to(widths, len(y))
    path, py, px = np.empty((len(y), steps + 1, 2), np.float32), y.astype(np.float32), x.astype(np.float32)
    dy = dx = None
    for step in range(steps + 1):
        path[:, step] = np.column_stack([px, py])
        theta = angles[np.clip(py, 0, h - 1).astype(int), np.clip(px, 0, w - 1).astype(int)]
        ny, nx = np.sin(theta), np.cos(theta)
        if dy is not None:
            back = np.where(ny * dy + nx * dx < 0, -1, 1)
            ny, nx = ny * back, nx * back
        dy, dx = ny, nx
        py, px = py + dy * lengths / steps, px + dx * lengths / steps
    path -= (path[:, steps // 2] - path[:, 0])[:, None]
    canvas = to_image(np.broadcast_to(ground, (h, w, 3)))
    bumps = Image.new("L", (w, h), 90)
    draw, carve = ImageDraw.Draw(canvas), ImageDraw.Draw(bumps)
    flat = path.reshape(len(y), -1).tolist()
    inks = (np.clip(colors, 0, 1) * 255 + 0.5).astype(int).tolist()
    thick = np.maximum(1, np.rint(widths)).astype(int).tolist()
    tall = np.zeros(len(y), int) if height is None else (np.clip(height, 0, 1) * 255).astype(int)
    for line, ink, width, bump in zip(flat, inks, thick, tall.tolist(), strict=True):
        draw.line(line, fill=tuple(ink), width=width, joint="curve" if width > 4 else None)
        if height is not None:
            carve.line(line, fill=bump, width=width)
    picture = np.asarray(canvas, np.float32) / 255
    return picture if height is None else (picture, np.asarray(bumps, np.float32) / 255)


def relief(height, *, strength, unit):
    """Light a relief from the upper left.

    Parameters
    ----------
    height : array (h, w), float, 0 to 1
    strength : float
    unit : float
        Pixels of the standard picture per pixel.

    Returns
    -------
    array (h, w), float32
        Factor for the colours, around 1.
    """
    soft = blur(height, 0.7 * unit)
    slope = np.zeros_like(soft)
    slope[1:, 1:] = soft[1:, 1:] - soft[:-1, :-1]
    return 1 + np.clip(strength * unit * slope, -0.35, 0.35)


def paper_grain(rng, shape, unit, *, rough=1.0):
    """Make the tooth of a sheet of paper.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (int, int)
    unit : float
        Long side / 320.
    rough : float

    Returns
    -------
    array (h, w), float32, about -1 to 1
    """
    fine, fibre = value_noise(rng, shape, 1.6 * unit), streaks(rng, shape, length=7 * unit, width=1.5 * unit)
    return rough * (0.55 * fine + 0.3 * fibre + 0.25 * value_noise(rng, shape, 5 * unit))


def canvas_weave(rng, shape, unit, *, thread=2.6):
    """Make the weave of a canvas: threads over and under.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (int, int)
    unit : float
        Long side / 320.
    thread : float
        Spacing of threads in standard pixels.

    Returns
    -------
    array (h, w), float32, about -1 to 1
    """
    h, w = shape
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    k = 2 * np.pi / (thread * unit)
    weave = 0.5 * (np.sin(k * x) * np.sin(k * y * 0.5) + np.sin(k * y) * np.cos(k * x * 0.5))
    return (weave * (0.8 + 0.4 * value_noise(rng, shape, 14 * unit))).astype(np.float32)


def to_image(rgb):
    """Turn a picture into one that can be drawn on.

    Parameters
    ----------
    rgb : array (h, w, 3), float, 0 to 1

    Returns
    -------
    PIL.Image.Image
    """
    return Image.fromarray((np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8))
