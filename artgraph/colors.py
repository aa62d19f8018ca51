"""Colours for clusters: distinct, legible on light and on dark, and the same wherever a cluster is drawn."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from artgraph.errors import InputError

__all__ = ["NO_CLUSTER", "cluster_color", "cluster_colors", "contrast", "hex_to_rgb"]

NO_CLUSTER = "#8c8c88"
"""The grey of paintings that are in no cluster (label -1)."""

_PAPER, _NIGHT = "#ffffff", "#111111"
_FLOOR = 3.0  # WCAG 2.2, 1.4.11: graphics keep 3:1 against what they stand on
_FIRST = (0.56, 0.13, 255.0)  # a blue: the first cluster should not look like an alarm
_DISTINCT = 64
_HEX = re.compile("#[0-9a-fA-F]{6}")


def cluster_colors(n: int) -> list[str]:
    """Give one colour, "#rrggbb" in sRGB, to each of n clusters (n at least 0).

    Colour i is, among all candidates in OKLCH, the one farthest from colours 0 ... i-1, with every candidate at least
    3:1 in contrast against white and against near-black. So colour i does not depend on n, and a larger n adds colours
    without changing those before. After 64 the sequence repeats.

    OKLab: B. Ottosson, "A perceptual color space for image processing", 2020. The sequence is farthest-first traversal
    (Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5) with lightness weighted up, since hue alone fails some eyes.

    Examples
    --------
    >>> cluster_colors(3)[:2] == cluster_colors(2)
    True
    """
    palette = _palette()
    return [palette[i % len(palette)] for i in range(n)]


def cluster_color(label: int) -> str:
    """Give the colour, "#rrggbb", of the cluster ``label``; grey where it is negative."""
    palette = _palette()
    return NO_CLUSTER if label < 0 else palette[int(label) % len(palette)]


def hex_to_rgb(colors: Sequence[str]) -> np.ndarray:
    """Return red, green and blue, (n, 3) uint8, of n ``colors``, each "#" and six hexadecimal digits.

    Examples
    --------
    >>> hex_to_rgb(["#ff8000"]).tolist()
    [[255, 128, 0]]
    """
    if wrong := [color for color in colors if not (isinstance(color, str) and _HEX.fullmatch(color))]:
        raise InputError(f"colors must be texts like '#1f77b4'; {wrong[0]!r} is none.")
    return np.frombuffer(bytes.fromhex("".join(color[1:] for color in colors)), dtype=np.uint8).reshape(-1, 3)


def contrast(a: str, b: str) -> float:
    """Compute the WCAG contrast ratio of two colours ``a``, ``b``: (Y_lighter + 0.05) / (Y_darker + 0.05), 1 … 21."""
    low, high = sorted(_luminance(hex_to_rgb([a, b]) / 255.0))
    return float((high + 0.05) / (low + 0.05))


@lru_cache(maxsize=1)
def _palette() -> tuple[str, ...]:
    lightness, chroma, hue = np.arange(0.50, 0.705, 0.02), [0.06, 0.10, 0.14, 0.165], np.arange(0.0, 360.0, 5.0)
    lab = _oklab(np.stack(np.meshgrid(lightness, chroma, hue, indexing="ij"), -1).reshape(-1, 3))
    linear = _linear_rgb(lab)
    inside = ((linear >= 0) & (linear <= 1)).all(1)
    lab, linear = lab[inside], linear[inside]
    gamma = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    names = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.round(gamma * 255).astype(int)]
    legible = np.array([min(contrast(c, _PAPER), contrast(c, _NIGHT)) >= _FLOOR for c in names])
    lab, names = lab[legible], [c for c, ok in zip(names, legible, strict=True) if ok]

    weights = np.array([1.6, 1.0, 1.0])
    weighted, first = lab * weights, _oklab(np.array([_FIRST]))[0] * weights
    # the grey of "no cluster" is taken from the start, so no cluster comes near it
    gap = np.linalg.norm(weighted - np.array([0.63 * 1.6, 0.0, 0.0]), axis=1)
    order = [int(np.argmin(np.round(np.linalg.norm(weighted - first, axis=1), 6)))]
    while len(order) < _DISTINCT:
        gap = np.minimum(gap, np.linalg.norm(weighted - weighted[order[-1]], axis=1))
        order.append(int(np.argmax(np.round(gap, 6))))  # rounded: the last bit of a cosine must not choose
    return tuple(names[i] for i in order)


def _oklab(lch: np.ndarray) -> np.ndarray:
    h = np.deg2rad(lch[:, 2])
    return np.stack([lch[:, 0], lch[:, 1] * np.cos(h), lch[:, 1] * np.sin(h)], 1)


def _linear_rgb(lab: np.ndarray) -> np.ndarray:
    to_lms = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.707614701],
        ]
    )
    return (lab @ to_lms.T) ** 3 @ to_rgb.T


def _luminance(rgb: np.ndarray) -> np.ndarray:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
