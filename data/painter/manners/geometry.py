"""Manners that take the scene apart into planes."""

import numpy as np

from data.painter.brush import canvas_weave
from data.painter.colors import from_oklab, hex_color, key, limit_palette, mix, shift_hue, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise, streaks, value_noise, warp

__all__ = ["cubist", "neoplastic"]

_EARTH = hex_color("#2b2622 #5b4733 #8a6b43 #b8935a #d8bf8a #efe4c4 #6f7a6c #94a39c #c3cac0 #4d5a63 #a8673c")
_PRIMARY = {
    "red": "#c8261f",
    "yellow": "#f0c420",
    "blue": "#1f4a9e",
    "black": "#1b1b1e",
    "grey": "#c3c7cb",
    "white": "#f2efe6",
}


def cubist(motif, habits, rng):
    """Break the scene into shards, each seen from a little to the side and shaded from one edge.

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
    count = round(10 / habits.stroke)
    code, seam, ramp = np.zeros((h, w), np.int64), np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    slants = np.array([0.25, 1.25, -0.5, 1.8]) + 0.5 * habits.angle
    for k in range(count):
        theta = slants[k % 4] + rng.normal(0, 0.14)
        cy, cx = np.array(motif.focus) * 0.4 + 0.6 * rng.uniform(0.05, 0.95, 2) * (h, w)
        cos, sin = np.cos(theta), np.sin(theta)
        across, along = (y - cy) * cos - (x - cx) * sin, (x - cx) * cos + (y - cy) * sin
        reach = rng.uniform(0.28, 0.7) * max(h, w)
        cut = np.abs(along) < reach
        # lines end where another begins: shards of unlike size
        code = code * 3 + np.where(cut, (across > 0) + 1, 0)
        near = np.clip(1.3 - np.abs(across) / (0.8 * unit), 0, 1) * cut
        seam = np.maximum(seam, near)
        side = np.where(across > 0, 1, -1) * rng.choice([-1, 1])
        ramp += np.where(cut, side * np.exp(-np.abs(across) / (15 * unit)), 0)
        code %= 2_000_003
    _, shard = np.unique(code, return_inverse=True)
    shard = shard.reshape(h, w)
    n = int(shard.max()) + 1
    push = rng.normal(0, 5.5 * unit, (n, 2))
    zoom = rng.normal(0, 0.08, n)[shard]
    dy = push[shard, 0] + zoom * (y - motif.focus[0])
    dx = push[shard, 1] + zoom * (x - motif.focus[1])
    tones = key(warp(motif.tones, dy, dx), equalize=0.7)
    size = np.bincount(shard.ravel(), minlength=n)
    mean = np.bincount(shard.ravel(), tones.ravel(), n) / np.maximum(size, 1)
    tones = (
        0.58 * tones
        + 0.42 * mean[shard]
        + 0.15 * habits.contrast * np.clip(ramp, -1.5, 1.5)
        + rng.normal(0, 0.05, n)[shard]
    )
    lab = to_oklab(warp(motif.color, dy, dx))
    lab[..., 0] = np.clip(0.33 + 0.62 * tones, 0.2, 0.96)
    lab[..., 1:] = 0.6 * lab[..., 1:] + [0.004, 0.016] + rng.normal(0, 0.022, (n, 2))[shard]
    picture = shift_hue(
        limit_palette(from_oklab(lab), _EARTH, softness=0.08, hue=0.8, keep=0.55),
        habits.hue,
        chroma=1.15 * habits.chroma,
    )
    # short horizontal touches, as in the early years of the movement
    touch = streaks(rng, (h, w), length=9 * unit, width=2.6 * unit)
    picture = picture * (1 + 0.10 * touch + 0.05 * value_noise(rng, (h, w), 2 * unit))[..., None]
    ink = warp(motif.edges.astype(np.float32), dy, dx) * 0.55
    line = np.clip(0.6 * seam * (0.5 + 0.6 * fractal_noise(rng, (h, w), 50 * unit)) + ink, 0, 0.9)
    picture = mix(picture, hex_color("#231d1a"), line)
    light = np.clip(warp(seam, 2 * unit, 2 * unit) - seam, 0, 1) * 0.28
    picture = mix(picture, hex_color("#efe6cc"), light)
    return to_uint8(picture * (1 + 0.03 * canvas_weave(rng, (h, w), unit))[..., None])


def neoplastic(motif, habits, rng):
    """Reduce the scene to upright planes of primary colour between black bars.

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
    lab = to_oklab(blur(motif.color, 2 * unit))
    lab[..., 0] = key(motif.tones, equalize=0.7)
    sums = np.zeros((h + 1, w + 1, 4))
    sums[1:, 1:] = np.concatenate([lab, (lab**2).sum(-1, keepdims=True)], axis=-1).cumsum(0).cumsum(1)

    def spread(y0, x0, y1, x1):
        total = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
        return total[..., 3] - (total[..., :3] ** 2).sum(-1) / np.maximum((y1 - y0) * (x1 - x0), 1)

    least = int(15 * habits.stroke * unit)
    planes = [(0, 0, h, w)]
    target = round(rng.uniform(26, 34) / habits.stroke)
    while len(planes) < target:
        planes.sort(key=lambda p: spread(*p) + 1e-3 * (p[2] - p[0]) * (p[3] - p[1]))
        y0, x0, y1, x1 = planes.pop()
        cuts = []
        if y1 - y0 > 2 * least:
            c = np.arange(y0 + least, y1 - least)
            cuts += [
                (float(v), 0, int(k)) for v, k in zip(spread(y0, x0, c, x1) + spread(c, x0, y1, x1), c, strict=True)
            ]
        if x1 - x0 > 2 * least:
            c = np.arange(x0 + least, x1 - least)
            cuts += [
                (float(v), 1, int(k)) for v, k in zip(spread(y0, x0, y1, c) + spread(y0, c, y1, x1), c, strict=True)
            ]
        if not cuts:
            planes.insert(0, (y0, x0, y1, x1))
            target -= 1
            continue
        _, way, c = min(cuts)
        planes += [(y0, x0, c, x1), (c, x0, y1, x1)] if way == 0 else [(y0, x0, y1, c), (y0, c, y1, x1)]
    picture = np.empty((h, w, 3), np.float32)
    means = np.array(
        [
            (sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0])[:3] / ((y1 - y0) * (x1 - x0))
            for y0, x0, y1, x1 in planes
        ]
    )
    area = np.array([(y1 - y0) * (x1 - x0) for y0, x0, y1, x1 in planes]) / (h * w)
    names = _choose(means, area, rng)
    for (y0, x0, y1, x1), name in zip(planes, names, strict=True):
        tone = shift_hue(hex_color(_PRIMARY[name]), habits.hue * 0.4, chroma=habits.chroma)
        picture[y0:y1, x0:x1] = tone * rng.uniform(0.965, 1.02)
    touch = (
        streaks(rng, (h, w), length=26 * unit, width=1.8 * unit) * 0.5
        + 0.5 * streaks(rng, (w, h), length=26 * unit, width=1.8 * unit).T
    )
    picture *= (1 + 0.025 * touch)[..., None]
    bars = 2.4 * habits.stroke * unit
    for y0, x0, y1, x1 in planes:
        for start, stop, at, way in ((x0, x1, y0, 0), (y0, y1, x0, 1)):
            if at == 0:
                continue
            half = bars * rng.choice([0.8, 1.0, 1.0, 1.35])
            lo, hi = max(round(at - half), 0), round(at + half)
            ends = slice(max(int(start - half), 0), int(stop + half))
            if way == 0:
                picture[lo:hi, ends] = hex_color(_PRIMARY["black"])
            else:
                picture[ends, lo:hi] = hex_color(_PRIMARY["black"])
    crackle = np.clip(
        value_noise(rng, (h, w), 1.7 * unit) * 0.02 + 0.012 * canvas_weave(rng, (h, w), unit), -0.05, 0.05
    )
    return to_uint8(
        blur(picture, 0.45 * unit) * (1 + crackle)[..., None] * (1 + 0.012 * habits.warmth * np.array([1, 0, -1.5]))
    )


def _choose(means, area, rng):
    """Name the colour of each plane: most stay white; the strongest of each hue speak."""
    names = np.array(["white"] * len(means), dtype=object)
    light = np.argsort(means[:, 0])
    small = area < 0.14
    names[light[: max(2, len(light) // 9)]] = "grey"
    names[[i for i in light if small[i]][:2]] = "black"
    a, b = means[:, 1], means[:, 2]
    for name, score, count in (("blue", -b - 0.3 * a, 3), ("red", a + 0.3 * b, 3), ("yellow", b - 0.8 * a, 3)):
        order = [
            i
            for i in np.argsort(-(score - score.mean()) - rng.uniform(0, 0.01, len(a)))
            if names[i] in ("white", "grey") and area[i] < 0.22
        ]
        names[order[:count]] = name
    return names
