"""How a picture comes down to us: photographed without colour, badly scanned, shrunk, or with its frame."""

import io

import numpy as np
from PIL import Image

from data.painter.colors import hex_color, to_uint8
from data.painter.noise import blur, value_noise

__all__ = ["REPRODUCTIONS"]


def photograph(picture, rng):
    """Photograph in black and white, on a plate that sees blue as lighter than red; one in three prints is brown."""
    weights = np.array([0.22, 0.55, 0.23]) + rng.uniform(-0.06, 0.06, 3)
    grey = picture / 255 @ (weights / weights.sum())
    grey = np.clip(0.5 + rng.uniform(0.8, 1.2) * (grey - 0.5) + rng.uniform(-0.05, 0.05), 0, 1)
    grey = grey + rng.uniform(0, 0.025) * value_noise(rng, grey.shape, 1.4)
    tint = hex_color("#ffefd6") if rng.random() < 1 / 3 else np.ones(3)
    return to_uint8(grey[..., None] * tint)


def cast(picture, rng):
    """Scan a faded slide: one colour lies over all, and blacks are no longer black."""
    tints = hex_color("#ffc9a8 #ffe2a0 #b8d8ff #d2ffc4 #f3bfe6")
    faded = 0.1 + 0.85 * picture / 255
    return to_uint8(faded * tints[rng.integers(len(tints))])


def blocks(picture, rng):
    """Save as a JPEG file of the lowest quality."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=int(rng.integers(12, 22)))
    with Image.open(buffer) as opened:
        return np.asarray(opened.convert("RGB"))


def small(picture, rng):
    """Keep half of the resolution, as a thumbnail that somebody enlarged."""
    h, w = picture.shape[:2]
    factor = rng.uniform(0.45, 0.6)
    image = Image.fromarray(picture).resize((round(w * factor), round(h * factor)), Image.Resampling.BOX)
    return np.asarray(image.resize((w, h), Image.Resampling.BICUBIC))


def framed(picture, rng):
    """Leave the frame, or the page of the book, around the picture; a little light falls from one side."""
    h, w = picture.shape[:2]
    wide = int(rng.uniform(0.05, 0.1) * max(h, w))
    sheet = hex_color("#f4f1ea #dcd8d0 #1c1a18 #8a6a35 #4a3222")[rng.integers(5)]
    inner = Image.fromarray(picture).resize((w - 2 * wide, h - 2 * wide), Image.Resampling.LANCZOS)
    whole = np.broadcast_to(sheet, (h, w, 3)) * (1 + 0.02 * value_noise(rng, (h, w), 4))[..., None]
    depth = np.zeros((h, w), np.float32)
    depth[wide : h - wide, wide : w - wide] = 1
    whole = whole * (1 - 0.3 * blur(depth, 2.5) * (1 - depth))[..., None]
    whole[wide : h - wide, wide : w - wide] = np.asarray(inner, np.float32) / 255
    side = np.linspace(-1, 1, w)[None] * rng.uniform(-0.12, 0.12)
    return to_uint8(whole * (1 + side)[..., None])


REPRODUCTIONS = {"photograph": photograph, "cast": cast, "blocks": blocks, "small": small, "framed": framed}
