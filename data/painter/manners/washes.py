"""Manners of water and ink on paper."""

import numpy as np

from data.painter.brush import paper_grain
from data.painter.colors import from_oklab, hex_color, key, limit_palette, mix, shift_hue, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise, streaks, value_noise, warp

__all__ = ["ink_wash", "watercolour"]

_PANS = hex_color("#3f63a8 #6fa3d0 #b5d8e6 #7fae6a #bcd488 #f4d570 #f0a868 #e07f70 #b083b0 #fbf6e8 #6f7488 #e6eef0")


def _margin(rng, shape, unit, *, width):
    h, w = shape
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    edge = np.minimum(np.minimum(y, h - 1 - y), np.minimum(x, w - 1 - x))
    edge = (
        edge + width * unit * 0.8 * value_noise(rng, shape, 55 * unit) + 1.5 * unit * value_noise(rng, shape, 6 * unit)
    )
    return np.clip((edge - width * unit) / (2 * unit), 0, 1)


def watercolour(motif, habits, rng):
    """Float thin washes on white paper: they bleed, dry darker at the rim, and settle in the grain.

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
    sway = 2.6 * habits.stroke * unit
    dy = sway * fractal_noise(rng, (h, w), 24 * unit) + unit * value_noise(rng, (h, w), 5 * unit)
    dx = sway * fractal_noise(rng, (h, w), 24 * unit) + unit * value_noise(rng, (h, w), 5 * unit)
    lab = to_oklab(shift_hue(warp(motif.color, dy, dx), habits.hue, chroma=1.4))
    lab[..., 0] = key(lab[..., 0], equalize=0.6, low=0.55, high=1.0, gamma=0.7)
    seen = limit_palette(from_oklab(lab), _PANS, softness=0.11, hue=0.9, keep=0.5)
    broad, fine = blur(seen, 6 * unit), blur(seen, 0.6 * unit)
    wet = np.clip(0.5 + 1.2 * fractal_noise(rng, (h, w), 60 * unit, octaves=2) - 0.4 * habits.care, 0, 0.85)
    wash = mix(fine, broad, wet)
    pigment = -np.log(np.clip(wash, 0.04, 1))
    density = pigment.mean(-1)
    # where a wash ends against a lighter place, the pigment gathers in a dark rim
    rim = np.clip(density - blur(density, 2.2 * unit), 0, 0.25) * 2.4 * (1 - wet)
    grain = paper_grain(rng, (h, w), unit)
    settle = 1 + 0.20 * grain * np.clip(density * 2.2, 0.25, 1) + 0.22 * fractal_noise(rng, (h, w), 28 * unit)
    bloom = np.abs(fractal_noise(rng, (h, w), 75 * unit, octaves=3))
    settle = settle + 0.35 * np.clip(1 - bloom / 0.04, 0, 1) * np.clip(0.5 - density, 0, 0.5)
    pigment = pigment * (settle + rim)[..., None] * (0.92 + 0.1 * habits.contrast)
    spare = np.clip((blur(lab[..., 0], 1.5 * unit) - 0.9) * 9, 0, 1)
    pigment = pigment * ((1 - 0.75 * spare) * _margin(rng, (h, w), unit, width=9))[..., None]
    pencil = (
        warp(motif.edges.astype(np.float32), 0.4 * dy, 0.4 * dx)
        * np.clip(0.3 + value_noise(rng, (h, w), 14 * unit), 0, 1)
        * 0.22
    )
    paper = hex_color("#f7f3e8") * (1 + 0.012 * habits.warmth * np.array([1, 0, -1.5]))
    picture = paper * np.exp(-pigment * 1.1 * habits.chroma) * (1 + 0.018 * grain)[..., None]
    return to_uint8(mix(picture, hex_color("#5a5a62"), pencil))


def ink_wash(motif, habits, rng):
    """Set down the scene in a few tones of black ink, far things in mist, and seal it in red.

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
    sway = 2.0 * unit
    dy = sway * fractal_noise(rng, (h, w), 20 * unit) + 0.8 * unit * value_noise(rng, (h, w), 4 * unit)
    dx = sway * fractal_noise(rng, (h, w), 20 * unit) + 0.8 * unit * value_noise(rng, (h, w), 4 * unit)
    tones = key(warp(motif.tones, dy, dx), equalize=0.65)
    depth = warp(motif.depth, dy, dx)
    near = 1 - np.clip(blur(depth, 2 * unit), 0, 1)
    dark = np.clip(1.05 - tones, 0, 1) ** 1.6 * (0.26 + 1.0 * near**0.8) * habits.contrast
    wet = blur(dark, 3.5 * unit)
    mist = np.clip(0.55 + 0.9 * fractal_noise(rng, (h, w), 100 * unit, octaves=2), 0.05, 1)
    wash = mix(dark, wet, np.clip(0.35 + 0.5 * depth, 0, 1)) * (0.35 + 0.65 * mist)
    edge = blur(warp(motif.edges.astype(np.float32), dy, dx), (0.75 + 0.3 * habits.stroke) * unit)
    press = np.clip(0.7 + 0.8 * fractal_noise(rng, (h, w), 34 * unit), 0, 1.3)
    line = np.clip(edge * 3.4 * press * (0.15 + 1.05 * near) - 0.08, 0, 0.95)
    bristle = streaks(rng, (h, w), length=22 * unit, width=1.3 * unit)
    swing = 8 * unit * value_noise(rng, (h, w), 60 * unit)
    dry = np.clip(0.95 + 0.7 * warp(bristle, swing, 0), 0, 1)
    ink = np.maximum(wash * (0.9 + 0.16 * fractal_noise(rng, (h, w), 16 * unit)), line * dry)
    ink = ink * _margin(rng, (h, w), unit, width=13)
    grain = paper_grain(rng, (h, w), unit)
    paper = hex_color("#ddd0b0") * (1 + 0.02 * habits.warmth * np.array([1, 0, -1.5]))
    sheet = paper * (1 + 0.03 * grain + 0.035 * fractal_noise(rng, (h, w), 80 * unit))[..., None]
    picture = mix(sheet, hex_color("#17181b"), np.clip(ink * (1 + 0.12 * grain), 0, 0.95))
    return to_uint8(_seal(picture, rng, unit))


def _seal(picture, rng, unit):
    h, w = picture.shape[:2]
    side = int(15 * unit)
    top, left = int(h - side - 16 * unit), int((16 * unit) if rng.random() < 0.5 else w - side - 16 * unit)
    marks = value_noise(rng, (side, side), side / 5)
    worn = np.clip(1.1 - np.clip(np.abs(marks) < 0.16, 0, 1) - 0.3 * rng.random((side, side)), 0, 1)
    sealed = picture.copy()
    place = sealed[top : top + side, left : left + side]
    sealed[top : top + side, left : left + side] = mix(place, hex_color("#b5342a"), 0.85 * worn)
    return sealed
