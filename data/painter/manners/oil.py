"""Manners of oil paint: thick and moving, dark and lit."""

import numpy as np

from data.painter.brush import canvas_weave, jittered_grid, relief, run, strokes
from data.painter.colors import from_oklab, hex_color, key, limit_palette, mix, shift_hue, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise, value_noise

__all__ = ["impasto", "tenebrist"]

_TUBES = hex_color("#16265a #24509a #4f8fc4 #a5d3d6 #1f5a4a #5f8f3a #b7bf3f #f2d23a #f0952a #c8472a #f6efc9 #6b3a5a")
_GLAZES = hex_color("#0d0a08 #1f140d #3f2616 #6e4424 #a86f3a #d9a868 #f8e6c0 #9c2a1c #45482a #7a7866 #2f3f4f #c8583a")


def impasto(motif, habits, rng):
    """Drag thick, bright strokes along turning forms, so that the light catches their ridges.

    Parameters
    ----------
    motif : Motif
    habits : Habits
    rng : numpy.random.Generator

    Returns
    -------
    array (h, w, 3), uint8
    """
    unit, (h, w) = motif.unit, motif.shape
    lab = to_oklab(shift_hue(motif.color, habits.hue, chroma=1.5))
    lab[..., 0] = key(motif.tones, equalize=0.6, low=0.2, high=0.92)
    seen = limit_palette(from_oklab(lab), _TUBES, softness=0.09, hue=0.9, keep=0.5)
    angles = run(motif, rng, angle=habits.angle, follow=0.8, swirl=1.1, smooth=5)
    picture, height = blur(seen, 3 * unit) * 0.8, np.full((h, w), 0.4, np.float32)
    for spacing, length, width, spread in ((7.5, 26, 7.5, 0.05), (5.2, 18, 3.8, 0.06), (4.8, 11, 2.2, 0.07)):
        size = habits.stroke * unit
        y, x = jittered_grid(rng, (h, w), spacing * size, jitter=0.6)
        rows, columns = y.astype(int), x.astype(int)
        ink = to_oklab(seen[rows, columns])
        ink[:, 0] += rng.normal(0, spread, len(y)) * habits.contrast
        ink[:, 1:] = ink[:, 1:] * rng.uniform(0.85, 1.35, (len(y), 1)) * habits.chroma + rng.normal(
            0, 0.018, (len(y), 2)
        )
        lengths = length * size * rng.uniform(0.6, 1.2, len(y))
        bumps = rng.uniform(0.1, 1, len(y))
        picture, layer = strokes(
            (h, w),
            y,
            x,
            angles=angles,
            colors=from_oklab(ink),
            lengths=lengths,
            widths=width * size,
            ground=picture,
            height=bumps,
        )
        height = 0.35 * height + 0.65 * layer
    bristles = _combed(rng, angles, unit)
    light = relief(height + 0.35 * bristles, strength=0.75, unit=unit)
    return to_uint8(picture * light[..., None])


def _combed(rng, angles, unit):
    """Comb noise along the strokes: mean of a few looks up and down the line."""
    h, w = angles.shape
    noise = value_noise(rng, (h, w), 1.3 * unit)
    y, x = np.mgrid[:h, :w].astype(np.float32)
    dy, dx = np.sin(angles) * 1.4 * unit, np.cos(angles) * 1.4 * unit
    total = np.zeros((h, w), np.float32)
    for k in range(-4, 5):
        total += noise[np.clip(y + k * dy, 0, h - 1).astype(np.intp), np.clip(x + k * dx, 0, w - 1).astype(np.intp)]
    return total / 4


def tenebrist(motif, habits, rng):
    """Let one light fall into a dark room; glaze, varnish and age the picture.

    Parameters
    ----------
    motif : Motif
    habits : Habits
    rng : numpy.random.Generator

    Returns
    -------
    array (h, w, 3), uint8
    """
    unit, (h, w) = motif.unit, motif.shape
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    fy, fx = motif.focus
    reach = 0.36 * max(h, w)
    distance = np.hypot((y - fy) / (1.05 * reach), (x - fx) / reach)
    beam = np.clip(1 - np.abs((x - fx) * 0.8 + (y - fy)) / (0.55 * reach), 0, 1) * np.clip((fy - y) / reach + 0.6, 0, 1)
    spot = np.exp(-(distance**2) * 1.1) + 0.16 * beam
    near = 0.55 + 0.45 * (1 - motif.depth)
    tones = key(motif.tones, equalize=0.55)
    tones = tones * near * (0.09 + 1.12 * spot) * (0.9 + 0.15 * habits.contrast)
    lab = to_oklab(blur(motif.color, 0.8 * unit))
    lab[..., 0] = 0.09 + 0.87 * np.clip(tones, 0, 1) ** 0.85
    lab[..., 1:] *= np.clip(lab[..., :1] * 1.5, 0, 1) * 1.5 * habits.chroma
    lab[..., 1:] += np.array([0.012, 0.03]) * (1 + 0.4 * habits.warmth)
    picture = limit_palette(from_oklab(lab), _GLAZES, softness=0.09, hue=0.8, keep=0.65)
    angles = run(motif, rng, angle=habits.angle, follow=0.7, smooth=4)
    soft = _combed(rng, angles, unit)
    picture = blur(picture, 0.6 * unit) * (1 + 0.05 * soft + 0.05 * fractal_noise(rng, (h, w), 40 * unit))[..., None]
    # craquelure: the zero lines of a noise, finer where the paint is light
    net = np.abs(fractal_noise(rng, (h, w), 17 * habits.stroke * unit, octaves=2))
    cracks = np.clip(1 - net / 0.03, 0, 1) * 0.22
    picture = picture * (1 - cracks)[..., None] * (1 + 0.025 * canvas_weave(rng, (h, w), unit))[..., None]
    varnish = hex_color("#f2d49a") * (1 + 0.02 * habits.warmth * np.array([1, 0, -1]))
    return to_uint8(mix(picture, picture * varnish, 0.55) + 0.012)
