"""Colour: what the palette is, wherever it lies on the picture. Needs no weights."""

from typing import Any

import numpy as np
from PIL import Image
from skimage.color import rgb2hsv, rgb2lab
from sklearn.cluster import kmeans_plusplus

from artgraph.descriptors.base import Descriptor
from artgraph.images import resize_cover

__all__ = ["Color", "color_vector", "dominant_colors"]

LAB_EDGES = (
    np.linspace(0, 100, 9),  # lightness
    np.array([-128, -30, -15, -5, 5, 15, 30, 128]),  # green to red: finer near grey, where most paint lies
    np.array([-128, -30, -15, -5, 5, 15, 30, 128]),  # blue to yellow
)
DOMINANT = 5


def dominant_colors(
    pixels: np.ndarray, *, count: int = DOMINANT, rounds: int = 12, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the main colours of a picture, by k-means over its pixels, from dark to light, and their shares.

    CIELAB (count, 3), and (count,) of sum 1; a colour that no pixel is nearest to has share 0. Both float64.

    Parameters
    ----------
    pixels : (m, 3) float array, m at least ``count``; CIELAB; their order does not matter.
    count, rounds, seed : Colours, rounds of Lloyd's algorithm, and seed of the start (k-means++).

    Examples
    --------
    Three black pixels and a white one:

    >>> colors, share = dominant_colors(np.array([[0, 0, 0], [0, 0, 0], [100, 0, 0], [0, 0, 0]]), count=2)
    >>> colors[:, 0].tolist(), share.tolist()
    ([0.0, 100.0], [0.75, 0.25])
    """
    pixels = np.asarray(pixels, dtype=float)
    pixels = pixels[np.lexsort(pixels.T)]
    centers, _ = kmeans_plusplus(pixels, count, random_state=seed)
    channels = np.ascontiguousarray(pixels.T)
    for _ in range(rounds):  # by hand: libraries warn of plain pictures, and filters of warnings are shared by threads
        # channel by channel: a sum over three numbers is slow
        distance = sum((channel[:, None] - center) ** 2 for channel, center in zip(channels, centers.T, strict=True))
        nearest = distance.argmin(axis=1)
        size = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, channel, count) for channel in channels], axis=1)
        centers = np.where(size[:, None] > 0, sums / np.maximum(size, 1)[:, None], centers)
    order = np.argsort(centers[:, 0], kind="stable")
    return centers[order], size[order] / len(pixels)


def color_vector(image: np.ndarray) -> np.ndarray:
    """Describe the colours of an ``image``, (h, w, 3) uint8 sRGB, by 437 float32 numbers.

    1. 392 in [0, 1]: square roots of a joint CIELAB histogram (8 × 7 × 7 bins), so that Euclidean distance is
       Hellinger's; the uneven edges are ours.
    2. 18 in [0, 1]: quantiles of lightness and of chroma.
    3. 7 in [-1, 1]: HSV moments (Stricker and Orengo 1995, doi:10.1117/12.205308): mean and standard deviation of
       saturation and value, saturation-weighted circular mean of hue (cosine and sine), share of nearly grey pixels.
    4. 5 × 4 in [-1, 1]: the dominant colours from dark to light (of the picture reduced to 32 pixels or a little more),
       CIELAB and the root of their share.
    """
    lab = rgb2lab(image).reshape(-1, 3)
    histogram, _ = np.histogramdd(lab, bins=LAB_EDGES)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    steps = np.linspace(0.05, 0.95, 9)
    quantiles = [np.quantile(lab[:, 0], steps) / 100, np.quantile(chroma, steps) / 128]
    hue, saturation, value = np.moveaxis(rgb2hsv(image).reshape(-1, 3), 1, 0)
    weight = saturation * value
    turn = np.exp(2j * np.pi * hue) @ weight / max(weight.sum(), 1e-9)
    moments = [saturation.mean(), saturation.std(), value.mean(), value.std()]
    moments += [turn.real, turn.imag, (chroma < 8).mean()]
    root = np.sqrt(histogram.ravel() / max(histogram.sum(), 1))
    small = np.asarray(Image.fromarray(image).reduce(max(1, min(image.shape[:2]) // 32)))
    colors, share = dominant_colors(rgb2lab(small).reshape(-1, 3))
    dominant = np.column_stack([colors / [100, 128, 128], np.sqrt(share)])
    return np.concatenate([root, *quantiles, moments, dominant.ravel()]).astype(np.float32)


class Color(Descriptor):
    """CIELAB histogram and HSV moments (see ``color_vector``) of a picture scaled to ``size`` pixels."""

    name = "color"
    size = 128

    def params(self) -> dict[str, Any]:
        return {"descriptor": "color", "size": self.size, "lab_bins": [8, 7, 7], "dominant": DOMINANT}

    def prepare(self, image: np.ndarray) -> np.ndarray:
        return color_vector(resize_cover(image, self.size))
