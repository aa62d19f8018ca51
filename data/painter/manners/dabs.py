"""Manners that build a picture of small separate touches."""

import numpy as np
from PIL import Image, ImageDraw

from data.painter.brush import canvas_weave, jittered_grid, run, to_image
from data.painter.colors import from_oklab, hex_color, key, limit_palette, mix, shift_hue, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise, value_noise

__all__ = ["mosaic", "pointillist"]

_LIGHT = hex_color("#2f3f9a #4d6fc4 #7a5fb0 #c46a9a #e88a6a #f0b04a #f4dc6a #8fbf6a #3f8f7a #f6ecd2 #bfd3e6")
_GLASS = hex_color("#22387f #3a6cc0 #58a8b0 #3f8a5a #a02438 #d8523a #e2ac3c #f6d67a #faf0da #7a4f92 #4a3548 #dca27c")


def _rekey(color, tones):
    lab = to_oklab(color)
    lab[..., 0] = tones
    return from_oklab(lab)


def pointillist(motif, habits, rng):
    """Paint in dots of divided colour that mix in the eye.

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
    tones = key(motif.tones, equalize=0.65, low=0.36, high=0.95, gamma=0.85)
    seen = limit_palette(_rekey(shift_hue(motif.color, habits.hue, chroma=1.2), tones), _LIGHT, softness=0.13, keep=0.5)
    seen = blur(shift_hue(seen, 0, chroma=1.05 * habits.chroma), 0.7 * unit)
    lab, angles = to_oklab(seen), run(motif, rng, angle=habits.angle, follow=0.7)
    ground = hex_color("#efe3c8") * (1 + 0.02 * habits.warmth * np.array([1, 0, -1]))
    canvas = to_image(np.broadcast_to(mix(ground, seen, 0.25 * np.ones((h, w))), (h, w, 3))).resize(
        (2 * w, 2 * h), Image.Resampling.BILINEAR
    )
    draw = ImageDraw.Draw(canvas)
    size = habits.stroke * unit
    for radius, spacing, spread in ((2.6, 4.6, 0.045), (1.9, 3.6, 0.075), (1.45, 4.6, 0.10)):
        y, x = jittered_grid(rng, (h, w), spacing * size, jitter=0.55)
        ink = lab[y.astype(int), x.astype(int)].copy()
        shade = np.clip(1.1 - ink[:, 0], 0, 1)
        # three kinds of touch: the local colour, the light's orange, the shadow's violet-blue
        kind = rng.random(len(y))
        ink[kind < 0.24] += spread * np.array([0.35, 0.25, 0.9]) * (1.5 - shade[kind < 0.24])[:, None]
        ink[kind > 0.72] += spread * np.array([-0.35, 0.3, -1.3]) * (0.5 + shade[kind > 0.72])[:, None]
        ink += rng.normal(0, 1, ink.shape) * [0.028, 0.014, 0.014]
        inks = (from_oklab(ink) * 255).astype(int).tolist()
        r = 2 * radius * size * rng.uniform(0.75, 1.15, len(y))
        theta = angles[y.astype(int), x.astype(int)]
        dx, dy = np.abs(np.cos(theta)), np.abs(np.sin(theta))
        rx, ry = r * (0.82 + 0.3 * dx), r * (0.82 + 0.3 * dy)
        corners = np.column_stack([2 * x - rx, 2 * y - ry, 2 * x + rx, 2 * y + ry]).tolist()
        for corner, color in zip(corners, inks, strict=True):
            draw.ellipse(corner, fill=tuple(color))
    picture = np.asarray(canvas.reduce(2), np.float32) / 255
    return to_uint8(picture * (1 + 0.03 * canvas_weave(rng, (h, w), unit)[..., None]))


def mosaic(motif, habits, rng):
    """Set small cubes of glass and gold into dark mortar.

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
    tones = key(motif.tones, equalize=0.6, low=0.34, high=0.95)
    seen = limit_palette(
        _rekey(shift_hue(motif.color, habits.hue, chroma=1.5), tones), _GLASS, softness=0.06, hue=0.9, keep=0.3
    )
    gold = hex_color("#e8b64a") * (0.9 + 0.3 * fractal_noise(rng, (h, w), 30 * unit)[..., None] * 0.5)
    heaven = np.clip((motif.depth - 0.78) * 8, 0, 1) * (0.75 + 0.25 * tones)
    # a row of dark cubes draws each contour
    contour = np.clip(2.2 * blur(motif.edges.astype(np.float32), 1.3 * unit) * (motif.depth < 0.95), 0, 0.5)
    seen = mix(blur(mix(seen, gold, heaven), 0.8 * unit), hex_color("#2a1f2e"), contour)
    angles = run(motif, rng, angle=habits.angle, follow=0.85, smooth=6)
    size = 5.0 * habits.stroke * unit
    y, x = jittered_grid(rng, (h, w), size, jitter=0.13 + 0.1 * (1 - habits.care))
    rows, columns = y.astype(int), x.astype(int)
    inks = to_oklab(seen[rows, columns])
    inks[:, 0] += rng.normal(0, 0.045, len(y))
    inks[:, 1:] *= rng.uniform(0.8, 1.35, (len(y), 1)) * habits.chroma
    inks = (from_oklab(inks) * 255).astype(int)
    # cubes lean with the lines of the form, but keep near the lattice so that they do not overlap
    lean = (angles[rows, columns] + np.pi / 4) % (np.pi / 2) - np.pi / 4 + rng.normal(0, 0.07, len(y))
    half = 0.43 * size * rng.uniform(0.88, 1.08, (len(y), 4)) * 2**0.5
    corner = lean[:, None] + np.pi / 4 + np.arange(4) * np.pi / 2
    px, py = 2 * (x[:, None] + half * np.cos(corner)), 2 * (y[:, None] + half * np.sin(corner))
    polygons = np.stack([px, py], axis=-1).reshape(len(y), 8)
    mortar = hex_color("#54483f") * (1 + 0.06 * habits.warmth * np.array([1, 0, -1]))
    canvas = Image.new("RGB", (2 * w, 2 * h), tuple((mortar * 255).astype(int).tolist()))
    draw = ImageDraw.Draw(canvas)
    bright = np.minimum(inks + 26, 255).tolist()
    for polygon, ink, rim in zip(polygons.tolist(), inks.tolist(), bright, strict=True):
        draw.polygon(polygon, fill=tuple(ink))
        draw.line(polygon[2:6], fill=tuple(rim), width=1)
    picture = np.asarray(canvas.reduce(2), np.float32) / 255
    glitter = 1 + 0.09 * value_noise(rng, (h, w), 3.2 * unit) + 0.06 * value_noise(rng, (h, w), 60 * unit)
    return to_uint8(picture * glitter[..., None])
