"""Manners of the printing press: the burin and the woodblock."""

import numpy as np
from PIL import Image
from scipy import ndimage

from data.painter.brush import paper_grain
from data.painter.colors import from_oklab, hex_color, key, limit_palette, mix, shift_hue, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise, resize, streaks, value_noise, warp

__all__ = ["engraving", "woodblock"]

_INKS = hex_color("#23407a #4a7fae #9cc2cc #d3ddcb #f5e9cc #e6c48a #cf5c3c #96403a #6a8a62 #e6b64c #efb898 #544e5a")


def _sheet(rng, shape, unit, *, margin):
    """Give the part of the sheet inside an uneven margin, (h, w), 0 to 1."""
    h, w = shape
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    edge = np.minimum(np.minimum(y, h - 1 - y), np.minimum(x, w - 1 - x)) + 0.7 * unit * value_noise(
        rng, shape, 9 * unit
    )
    return np.clip((edge - margin * unit) / unit, 0, 1)


def engraving(motif, habits, rng):
    """Cut lines that swell with the shadow, cross them where it deepens, print them in one ink.

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
    tones = key(blur(motif.tones, 0.8 * unit), equalize=0.6, gamma=0.8)
    edge = (
        ndimage.grey_dilation(motif.edges.astype(np.float32), size=(2, 2))
        if unit > 1.5
        else motif.edges.astype(np.float32)
    )
    big = (2 * h, 2 * w)
    dark = np.clip((1 - resize(tones, big)) * (0.92 + 0.2 * habits.contrast), 0, 1)
    labels = motif.labels.repeat(2, 0).repeat(2, 1)
    n = int(labels.max()) + 1
    # one direction for each shape, near its form, so that neighbours part by the run of their lines
    form = np.zeros(n, np.float32)
    form[motif.labels] = motif.flow
    slant = habits.angle * 0.4 + 0.35 * form + rng.uniform(-0.3, 0.3, n).astype(np.float32)
    y, x = np.arange(2 * h, dtype=np.float32)[:, None], np.arange(2 * w, dtype=np.float32)[None]
    tremor = 1.1 * unit * resize(fractal_noise(rng, (h, w), 26 * unit), big)
    local, volume = motif.local.repeat(2, 0).repeat(2, 1), motif.volume.repeat(2, 0).repeat(2, 1)
    bulge = 9 * unit * volume * (local[..., 0] ** 2 - 0.6 * local[..., 1] ** 2)
    ink = np.zeros(big, np.float32)
    pitch = 6.6 * habits.stroke * unit
    for start, stop, turn, gauge in ((0.03, 1.0, 0.0, 1.0), (0.45, 1.15, 1.05, 1.0), (0.7, 1.3, -0.75, 0.9)):
        cos, sin = np.cos(slant + turn)[labels], np.sin(slant + turn)[labels]
        phase = (y * cos - x * sin + bulge + tremor) / (pitch * gauge)
        saw = np.abs(phase - np.floor(phase) - 0.5) * 2
        swell = np.clip((dark - start) / (stop - start), 0, 1) * 0.78
        ink = np.maximum(ink, np.clip((swell - saw) * pitch * gauge * 0.5 + 0.5, 0, 1) * (swell > 0.02))
    picture = resize(ink, (h, w), resample=Image.Resampling.BOX)
    picture = np.maximum(picture, 0.85 * np.clip(edge, 0, 1) * (0.65 + 0.35 * value_noise(rng, (h, w), 12 * unit)))
    picture *= _sheet(rng, (h, w), unit, margin=7)
    paper = hex_color("#efe4cb") * (1 + 0.025 * habits.warmth * np.array([1, 0, -1.6]))
    sheet = paper * (1 + 0.035 * paper_grain(rng, (h, w), unit) + 0.03 * value_noise(rng, (h, w), 90 * unit))[..., None]
    plate = 1 - 0.05 * _sheet(rng, (h, w), unit, margin=4)
    black = mix(hex_color("#1f2026"), hex_color("#3a2517"), 0.5 + 0.5 * habits.warmth)
    wear = 0.93 + 0.07 * value_noise(rng, (h, w), 3 * unit)
    return to_uint8(mix(sheet * plate[..., None], black, picture * wear))


def woodblock(motif, habits, rng):
    """Print flat colours from blocks, with a shaded sky, the grain of the wood and a key block of dark lines.

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
    labels, n = motif.labels, int(motif.labels.max()) + 1
    lab = to_oklab(shift_hue(motif.color, habits.hue, chroma=1.15 * habits.chroma))
    lab[..., 0] = key(motif.tones, equalize=0.7, low=0.36, high=0.98)
    size = np.maximum(np.bincount(labels.ravel(), minlength=n), 1)
    flat = np.column_stack([np.bincount(labels.ravel(), lab[..., i].ravel(), n) / size for i in range(3)])
    printed = limit_palette(from_oklab(flat), _INKS, softness=0.045, hue=0.8, keep=0.15)
    # a second, darker block for the shadow side of each shape
    shadow = (lab[..., 0] < flat[labels, 0] - 0.045) & (motif.volume > 0.15)
    shadow = blur(shadow.astype(np.float32), 0.8 * unit) > 0.5
    picture = printed[labels] * np.where(shadow, 0.8, 1.0)[..., None]
    large = np.clip((size[labels] / (h * w) - 0.04) * 20, 0, 1)
    bokashi = np.clip(-motif.local[..., 1] * 1.3 - 0.1, 0, 1) ** 1.3 * large
    picture = mix(
        picture, hex_color("#27406b"), 0.85 * bokashi * (motif.depth > 0.9) + 0.3 * bokashi * (motif.depth <= 0.9)
    )
    grain = streaks(rng, (h, w), length=120 * unit, width=1.7 * unit) + 0.6 * streaks(
        rng, (h, w), length=60 * unit, width=4.5 * unit
    )
    swing = 3 * unit * value_noise(rng, (h, w), 70 * unit)
    grain = warp(grain, swing, 0)
    picture = picture * (1 + (0.045 + 0.03 * habits.care) * grain)[..., None]
    picture = warp(picture, round(rng.uniform(-1.2, 1.2) * unit), round(rng.uniform(-1.2, 1.2) * unit))
    edges = motif.edges.repeat(2, 0).repeat(2, 1).astype(np.float32)
    thick = (
        (1.0 + 0.4 * habits.stroke) * unit * (0.8 + 0.5 * resize(fractal_noise(rng, (h, w), 16 * unit), (2 * h, 2 * w)))
    )
    near = ndimage.distance_transform_edt(edges < 0.5)
    line = resize(np.clip(thick - near + 0.5, 0, 1), (h, w), resample=Image.Resampling.BOX)
    line *= np.where(motif.depth > 0.93, 0.25, 1.0)
    inside = _sheet(rng, (h, w), unit, margin=5)
    frame = np.clip(inside * (1 - _sheet(rng, (h, w), unit, margin=6.3)) * 1.2, 0, 1)
    paper = hex_color("#efe3c9") * (1 + 0.02 * habits.warmth * np.array([1, 0, -1.5]))
    sheet = np.broadcast_to(paper, (h, w, 3))
    picture = mix(sheet, picture, inside * (0.93 + 0.05 * value_noise(rng, (h, w), 4 * unit)))
    picture = mix(picture, hex_color("#232338"), np.clip(np.maximum(line * inside, frame), 0, 1) * 0.9)
    return to_uint8(picture * (1 + 0.022 * paper_grain(rng, (h, w), unit))[..., None])
