"""The colours of some pictures."""

import io

import numpy as np
from PIL import Image
from skimage.color import lab2rgb, rgb2lab
from sklearn.cluster import KMeans

__all__ = ["palette"]


def palette(pictures, *, n_colors=6, seed=0):
    """Return the main colours of some pictures, from the most frequent to the least.

    k-means over CIELAB pixels, 24 × 24 from each picture.

    Parameters
    ----------
    pictures : sequence of bytes
        Encoded images.
    n_colors : int
    seed : int

    Returns
    -------
    list of str
        At most n_colors, as ``#rrggbb``; empty without pictures.
    """
    if not pictures:
        return []
    opened = [Image.open(io.BytesIO(picture)).convert("RGB").resize((24, 24)) for picture in pictures]
    pixels = rgb2lab(np.stack([np.asarray(picture) for picture in opened])).reshape(-1, 3)
    k = min(n_colors, len(np.unique(pixels.round(3), axis=0)))
    means = KMeans(k, n_init=2, random_state=seed).fit(pixels)
    order = np.argsort(-np.bincount(means.labels_, minlength=k), kind="stable")
    colors = np.round(np.clip(lab2rgb(means.cluster_centers_[order]), 0, 1) * 255).astype(int)
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in colors]
