"""Texture: how the paint lies, whatever it shows. Needs no weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import ndimage
from skimage.feature import graycomatrix, graycoprops

from artgraph.descriptors.base import Descriptor
from artgraph.images import resize_cover

__all__ = ["Texture", "texture_vector"]

GLCM_PROPERTIES = ("contrast", "dissimilarity", "homogeneity", "energy", "correlation", "entropy")
DISTANCES = (1, 2, 4, 8)
ANGLES = (0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
LEVELS = 4
DERIVATIVES = ((0, 1), (1, 0), (0, 2), (2, 0), (1, 1))  # orders along y and x
ORIENTATIONS = np.arange(6) * np.pi / 6


def _glcm(grey: np.ndarray) -> list[float]:
    levels = (grey * 31.999).astype(np.uint8)
    matrix = graycomatrix(levels, DISTANCES, ANGLES, levels=32, symmetric=True, normed=True)
    # Mean and range over the angles: what does not change, and how much it changes, when the picture is turned.
    rows = [graycoprops(matrix, name) for name in GLCM_PROPERTIES]
    return [value for row in rows for value in (*row.mean(axis=1), *np.ptp(row, axis=1))]


def _oriented(grey: np.ndarray) -> list[float]:
    values = []
    for _ in range(LEVELS):
        gx, gy, gxx, gyy, gxy = (ndimage.gaussian_filter(grey, 1, order=order, truncate=3) for order in DERIVATIVES)
        magnitude = np.hypot(gx, gy)
        for angle in ORIENTATIONS:
            c, s = np.cos(angle), np.sin(angle)
            edge, bar = c * gx + s * gy, c * c * gxx + 2 * c * s * gxy + s * s * gyy
            values += [np.log(np.abs(edge).mean() + 1e-4), np.log(np.abs(bar).mean() + 1e-4)]
        # How heavy the tails are (few strong edges or many weak ones), and how far strokes agree nearby.
        spread = magnitude.std() + 1e-6
        jxx, jyy, jxy = (ndimage.gaussian_filter(product, 4, truncate=2) for product in (gx * gx, gy * gy, gx * gy))
        coherence = np.hypot(jxx - jyy, 2 * jxy) / (jxx + jyy + 1e-6)
        laplacian = gxx + gyy
        skewness = (laplacian**3).mean() / (laplacian.std() + 1e-6) ** 3
        values += [np.log(spread), np.log1p(((magnitude - magnitude.mean()) ** 4).mean() / spread**4)]
        values += [coherence.mean(), coherence.std(), np.sign(skewness) * np.log1p(np.abs(skewness))]
        values.append((magnitude < 0.01).mean())
        grey = ndimage.gaussian_filter(grey, 1, truncate=3)[::2, ::2]
    return values


def texture_vector(image: np.ndarray) -> np.ndarray:
    """Describe the texture of an ``image``, (h, w, 3) uint8 sRGB: (120,) float32, standardise before comparing.

    48 values of grey-level co-occurrence (Haralick et al. 1973, doi:10.1109/TSMC.1973.4309314): six properties at
    distances 1, 2, 4 and 8 pixels, mean and range over four angles. Then 72 filter statistics: at four levels of a
    pyramid, each half the one before, log mean energies of first and second Gaussian derivatives steered to six
    orientations (Freeman and Adelson 1991, doi:10.1109/34.93808), and per level: spread and kurtosis of the gradient,
    mean and spread of the structure tensor's coherence, skewness of the Laplacian, share of flat pixels.
    """
    grey = image @ np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    return np.array(_glcm(grey) + _oriented(grey), dtype=np.float32)


class Texture(Descriptor):
    """Co-occurrence and oriented filter statistics (see ``texture_vector``) of a picture scaled to ``size`` pixels."""

    name = "texture"
    size = 224

    def params(self) -> dict[str, Any]:
        return {"descriptor": "texture", "size": self.size, "distances": list(DISTANCES), "levels": LEVELS}

    def prepare(self, image: np.ndarray) -> np.ndarray:
        return texture_vector(resize_cover(image, self.size))

    def fit(self, sample: np.ndarray) -> dict[str, np.ndarray]:
        spread = sample.std(axis=0)
        return {"mean": sample.mean(axis=0), "spread": np.where(spread > 1e-6, spread, 1).astype(np.float32)}

    def reduce(self, wide: np.ndarray, fitted: Mapping[str, np.ndarray]) -> np.ndarray:
        return np.clip((wide - fitted["mean"]) / fitted["spread"], -5, 5).astype(np.float32)
