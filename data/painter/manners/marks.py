"""Manners that differ in the mark alone: each keeps the colours and tones that it is given.

None has a palette, a margin or a format of its own: what tells them apart is the touch, the edge, the texture and how
form is made.
"""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import cKDTree

from data.painter.brush import canvas_weave, jittered_grid, paper_grain, relief, run, strokes, to_image
from data.painter.colors import from_oklab, mix, shift_hue, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise, streaks, value_noise, warp

__all__ = ["MARKS"]


def _seen(motif, habits):
    """Give the colours as the artist mixes them, (h, w, 3): a little turned, stronger or weaker, of other contrast."""
    lab = to_oklab(shift_hue(motif.color, habits.hue, chroma=habits.chroma))
    lab[..., 0] = 0.55 + (lab[..., 0] - 0.55) * habits.contrast + 0.02 * habits.warmth
    return from_oklab(lab)


def _inks(seen, y, x, rng, *, spread):
    """Mix the paint of single touches, (k, 3), none quite like the next."""
    lab = to_oklab(seen[y.astype(int), x.astype(int)])
    return from_oklab(lab + rng.normal(0, 1, lab.shape) * [spread, spread / 2, spread / 2])


def _layer(picture, motif, seen, rng, *, angles, spacing, length, width, spread, height=None):
    """Lay strokes over a picture, lengths and widths in standard pixels."""
    unit = motif.unit
    y, x = jittered_grid(rng, motif.shape, spacing * unit)
    bumps = None if height is None else rng.uniform(0.1, 1, len(y))
    return strokes(
        motif.shape,
        y,
        x,
        angles=angles,
        colors=_inks(seen, y, x, rng, spread=spread),
        lengths=length * unit * rng.uniform(0.7, 1.2, len(y)),
        widths=width * unit,
        ground=picture,
        height=bumps,
    )


def dotted(motif, habits, rng):
    """Set small round dots beside each other."""
    unit, (h, w) = motif.unit, motif.shape
    seen = _seen(motif, habits)
    canvas = to_image(blur(seen, 2 * unit)).resize((2 * w, 2 * h), Image.Resampling.BILINEAR)
    draw, size = ImageDraw.Draw(canvas), habits.stroke * unit
    for radius, spacing in ((2.2, 4.0), (1.7, 3.6)):
        y, x = jittered_grid(rng, (h, w), spacing * size)
        colors = (_inks(seen, y, x, rng, spread=0.045) * 255).astype(int).tolist()
        r = 2 * radius * size * rng.uniform(0.8, 1.1, len(y))
        corners = np.column_stack([2 * x - r, 2 * y - r, 2 * x + r, 2 * y + r]).tolist()
        for corner, color in zip(corners, colors, strict=True):
            draw.ellipse(corner, fill=tuple(color))
    return to_uint8(np.asarray(canvas.reduce(2), np.float32) / 255)


def dashed(motif, habits, rng):
    """Put short parallel strokes, all at the artist's slant, over each other."""
    seen, size = _seen(motif, habits), habits.stroke
    angles = run(motif, rng, angle=np.pi / 4 + 0.5 * habits.angle, follow=0.12)
    picture = blur(seen, 2 * motif.unit)
    for spacing, width in ((4.2, 3.2), (4.0, 2.4)):
        picture = _layer(
            picture, motif, seen, rng,
            angles=angles, spacing=spacing * size, length=11 * size, width=width * size, spread=0.045,
        )  # fmt: skip
    return to_uint8(picture)


def flowing(motif, habits, rng):
    """Draw long strokes of thick paint along turning forms."""
    seen, size = _seen(motif, habits), habits.stroke
    angles = run(motif, rng, angle=habits.angle, follow=0.85, swirl=1.0, smooth=5)
    picture, height = blur(seen, 2 * motif.unit), 0.4
    for spacing, width in ((5.5, 4.5), (5.0, 2.8)):
        picture, layer = _layer(
            picture, motif, seen, rng, height=True,
            angles=angles, spacing=spacing * size, length=32 * size, width=width * size, spread=0.05,
        )  # fmt: skip
        height = 0.35 * height + 0.65 * layer
    return to_uint8(picture * relief(height, strength=0.45, unit=motif.unit)[..., None])


def knifed(motif, habits, rng):
    """Spread flat slabs of paint with the knife, upright and level, with ridges at their ends."""
    unit, (h, w) = motif.unit, motif.shape
    seen, size = _seen(motif, habits), habits.stroke * unit
    canvas, bumps = to_image(blur(seen, 3 * unit)), Image.new("L", (w, h), 90)
    draw, carve = ImageDraw.Draw(canvas), ImageDraw.Draw(bumps)
    for length, width, spacing in ((19, 12, 9), (12, 7, 6.5)):
        y, x = jittered_grid(rng, (h, w), spacing * size)
        colors = (_inks(blur(seen, unit), y, x, rng, spread=0.035) * 255).astype(int).tolist()
        lean = rng.choice([0, np.pi / 2], len(y)) + 0.35 * habits.angle + rng.normal(0, 0.13, len(y))
        long, wide = length * size * rng.uniform(0.35, 0.6, len(y)), width * size * rng.uniform(0.35, 0.6, len(y))
        cos, sin = np.cos(lean), np.sin(lean)
        corners = [
            (x + a * long * cos - b * wide * sin, y + a * long * sin + b * wide * cos)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        slabs = np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1).reshape(len(y), 8).tolist()
        for slab, color, bump in zip(slabs, colors, rng.integers(40, 255, len(y)).tolist(), strict=True):
            draw.polygon(slab, fill=tuple(color))
            carve.polygon(slab, fill=bump)
    height = np.asarray(bumps, np.float32) / 255
    light = relief(height, strength=0.4, unit=unit)
    return to_uint8(np.asarray(canvas, np.float32) / 255 * light[..., None])


def smoky(motif, habits, rng):
    """Let every edge melt into the next, without a visible touch."""
    unit = motif.unit
    seen = _seen(motif, habits)
    near = blur(seen, 1.6 * habits.stroke * unit)
    picture = mix(near, blur(seen, 5 * habits.stroke * unit), np.clip(0.25 + 0.5 * motif.depth, 0, 0.8))
    return to_uint8(picture * (1 + 0.012 * value_noise(rng, motif.shape, 3 * unit))[..., None])


def outlined(motif, habits, rng):
    """Fill flat fields inside dark contours."""
    unit, (h, w) = motif.unit, motif.shape
    seen, n = to_oklab(_seen(motif, habits)), int(motif.labels.max()) + 1
    size = np.maximum(np.bincount(motif.labels.ravel(), minlength=n), 1)
    flat = np.column_stack([np.bincount(motif.labels.ravel(), seen[..., i].ravel(), n) / size for i in range(3)])
    field = 0.85 * flat[motif.labels] + 0.15 * blur(seen, 3 * unit)
    thick = habits.stroke * unit * (1.0 + 0.5 * fractal_noise(rng, (h, w), 20 * unit))
    line = np.clip(thick - ndimage.distance_transform_edt(~motif.edges) + 0.8, 0, 1)
    dark = from_oklab(field * [0.45, 0.6, 0.6])
    picture = mix(from_oklab(field), dark, 0.9 * line)
    return to_uint8(picture * (1 + 0.015 * paper_grain(rng, (h, w), unit))[..., None])


def hatched(motif, habits, rng):
    """Model form with thin hatching along it, and across it in the shadows."""
    seen, unit = _seen(motif, habits), motif.unit
    angles = run(motif, rng, angle=habits.angle, follow=0.75, smooth=4)
    light, dark = seen * 1.0 + 0.11, seen * 0.66
    picture = blur(seen, 1.0 * unit)
    for ink, turn in ((dark, 0.0), (light, 0.0), (dark, 1.1)):
        y, x = jittered_grid(rng, motif.shape, 3.3 * habits.stroke * unit)
        tone = seen[y.astype(int), x.astype(int)].mean(-1)
        keep = rng.random(len(y)) < (tone if ink is light else 1.1 - tone) * (0.6 if turn else 1.0)
        y, x = y[keep], x[keep]
        picture = strokes(
            motif.shape,
            y,
            x,
            angles=angles + turn,
            colors=_inks(ink, y, x, rng, spread=0.02),
            lengths=11 * habits.stroke * unit,
            widths=1.0 * unit,
            ground=picture,
        )
    return to_uint8(picture)


def scumbled(motif, habits, rng):
    """Drag a dry brush over coarse canvas, so that the ground shows through."""
    unit, (h, w) = motif.unit, motif.shape
    rough = 1.5 * value_noise(rng, (h, w), 9 * unit)
    seen = warp(_seen(motif, habits), rough, 2 * rough)
    drag = warp(streaks(rng, (h, w), length=26 * unit, width=1.6 * habits.stroke * unit),
                9 * unit * value_noise(rng, (h, w), 70 * unit), 0)  # fmt: skip
    weave = canvas_weave(rng, (h, w), unit, thread=3.4)
    caught = np.clip(0.62 + 0.9 * drag + 0.55 * weave + 0.5 * value_noise(rng, (h, w), 2.4 * unit), 0, 1)
    lab = to_oklab(blur(seen, 4 * unit))
    ground = from_oklab(np.stack([0.45 * lab[..., 0] + 0.38, 0.5 * lab[..., 1], 0.5 * lab[..., 2]], axis=-1))
    return to_uint8(mix(ground, seen, caught))


def stained(motif, habits, rng):
    """Let thin colour run into wet cloth: edges creep, and dry with a darker rim."""
    unit, (h, w) = motif.unit, motif.shape
    sway = 4.0 * habits.stroke * unit
    dy, dx = (sway * fractal_noise(rng, (h, w), 16 * unit) for _ in range(2))
    seen = warp(_seen(motif, habits), dy, dx)
    wet = np.clip(0.45 + 1.0 * fractal_noise(rng, (h, w), 45 * unit, octaves=2), 0, 0.9)
    wash = mix(blur(seen, 0.6 * unit), blur(seen, 5 * unit), wet)
    tone = wash.mean(-1)
    rim = np.clip(blur(tone, 2.2 * unit) - tone, 0, 0.2) * 1.6
    bloom = np.clip(1 - np.abs(fractal_noise(rng, (h, w), 42 * unit, octaves=3)) / 0.05, 0, 1)
    pool = 1 - rim - 0.13 * bloom + 0.12 * fractal_noise(rng, (h, w), 24 * unit)
    return to_uint8(wash * pool[..., None] * (1 + 0.03 * paper_grain(rng, (h, w), unit))[..., None])


def faceted(motif, habits, rng):
    """Break forms into tilted planes, each shaded from one edge."""
    unit, (h, w) = motif.unit, motif.shape
    y, x = jittered_grid(rng, (h, w), 21 * habits.stroke * unit, jitter=0.6)
    grid = np.stack(np.mgrid[:h, :w], axis=-1).reshape(-1, 2)
    # planes are leaning: the nearest middle is sought on a sheared, stretched sheet
    lean = np.array([[1.0, 0.45 + 0.4 * habits.angle], [-0.35, 0.8]], np.float32)
    plane = cKDTree(np.column_stack([y, x]) @ lean).query(grid @ lean)[1].reshape(h, w)
    n = len(y)
    lab = to_oklab(_seen(motif, habits))
    push = rng.normal(0, 2.5 * unit, (n, 2))
    lab = warp(lab, push[plane, 0], push[plane, 1])
    size = np.maximum(np.bincount(plane.ravel(), minlength=n), 1)
    mean = np.column_stack([np.bincount(plane.ravel(), lab[..., i].ravel(), n) / size for i in range(3)])[plane]
    turn = rng.uniform(0, 2 * np.pi, n)[plane]
    rows, columns = np.mgrid[:h, :w]
    ramp = ((rows - y[plane]) * np.sin(turn) + (columns - x[plane]) * np.cos(turn)) / (12 * unit)
    lab = 0.45 * lab + 0.55 * mean
    lab[..., 0] += 0.09 * np.clip(ramp, -1, 1)
    return to_uint8(from_oklab(lab))


MARKS = {
    "dotted": dotted,
    "dashed": dashed,
    "flowing": flowing,
    "knifed": knifed,
    "smoky": smoky,
    "outlined": outlined,
    "hatched": hatched,
    "scumbled": scumbled,
    "stained": stained,
    "faceted": faceted,
}
