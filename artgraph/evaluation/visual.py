"""What one sees in a picture, in numbers: light, colour, line, direction, composition, format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2lab

from artgraph.errors import InputError
from artgraph.evaluation.thumbnails import painted

__all__ = ["VISUAL_MEASURES", "VisualMeasure", "visual_measures"]

_SIDE = 128  # pixels of the long side at which pictures are measured, whatever their size
_GREY = 10.0  # chroma, in units of CIELAB, below which a pixel counts as grey
_HUES = {  # degrees of the hue angle h* of CIELAB: where a band begins and ends
    "reds and pinks": (345.0, 45.0),
    "browns and oranges": (45.0, 75.0),
    "yellows and ochres": (75.0, 105.0),
    "greens": (105.0, 190.0),
    "blues": (190.0, 290.0),
    "violets": (290.0, 345.0),
}


class VisualMeasure(NamedTuple):
    """A measure of a picture, and how one speaks of it.

    Attributes
    ----------
    name, family, unit : of the measure; the family is what it is about: light, colour, line, direction, composition
        or format.
    high, low : what is said of pictures that have more of it, or less, than others.
    adjective : whether the words follow "are" ("darker"), or "have" ("more blues").
    """

    name: str
    family: str
    unit: str
    high: str
    low: str
    adjective: bool = False


_SHARE = "share of the surface"
_EDGES = "share of the squared gradient"
_STROKES = "lines and strokes"
VISUAL_MEASURES: tuple[VisualMeasure, ...] = (
    VisualMeasure("lightness", "light", "L*, 0 to 100", "lighter", "darker", True),
    VisualMeasure("contrast", "light", "sd of L*", "stronger contrasts of light and dark", "more even light"),
    VisualMeasure("chroma", "colour", "mean C*", "more vivid in colour", "more muted in colour", True),
    VisualMeasure("warmth", "colour", "units of Ou and others", "warmer in colour", "cooler in colour", True),
    VisualMeasure("hues", "colour", "effective number, of 12", "more different hues", "fewer hues"),
    *(VisualMeasure(name, "colour", _SHARE, f"more {name}", f"fewer {name}") for name in _HUES),
    VisualMeasure("greys", "colour", _SHARE, "more greys", "fewer greys"),
    VisualMeasure("near-blacks", "light", _SHARE, "more near-black", "hardly any near-black"),
    VisualMeasure("edges", "line", _SHARE, "more sharp edges", "softer transitions"),
    VisualMeasure("flat areas", "line", _SHARE, "larger even areas", "fewer even areas"),
    VisualMeasure("dark lines", "line", _SHARE, "more thin dark lines", "fewer thin dark lines"),
    VisualMeasure("fineness", "line", "share of the detail that is fine", "finer detail", "broader forms"),
    VisualMeasure(
        "parallels",
        "direction",
        "coherence, 0 to 1",
        f"{_STROKES} that run side by side",
        f"{_STROKES} that cross",
    ),
    VisualMeasure("horizontals", "direction", _EDGES, f"more horizontal {_STROKES}", f"fewer horizontal {_STROKES}"),
    VisualMeasure("verticals", "direction", _EDGES, f"more vertical {_STROKES}", f"fewer vertical {_STROKES}"),
    VisualMeasure("diagonals", "direction", _EDGES, f"more diagonal {_STROKES}", f"fewer diagonal {_STROKES}"),
    VisualMeasure(
        "horizon",
        "composition",
        "share of the variance",
        "a clearer horizontal division",
        "no clear horizontal division",
    ),
    VisualMeasure("sky", "composition", "L*, top less bottom third", "a lighter upper part", "a darker upper part"),
    VisualMeasure(
        "light centre",
        "composition",
        "L*, middle less rim",
        "a light middle on darker ground",
        "a middle darker than the rim",
    ),
    VisualMeasure("symmetry", "composition", "correlation", "more symmetrical", "less symmetrical", True),
    VisualMeasure("format", "format", "log2 of width over height", "wider in format", "more upright in format", True),
)
"""The columns of ``visual_measures``, in order."""


def visual_measures(pictures: Sequence[np.ndarray | None]) -> np.ndarray:
    """Measure what one sees in n pictures: (n, m) float32, a column for each of ``VISUAL_MEASURES``.

    An even margin is left out (``painted``), then the picture is reduced to 128 pixels; what is finer, such as the
    hairs of a brush, is not seen. Colours are CIELAB under D65. NaN: no picture; or no colour, for measures of hue.

    - lightness, contrast, chroma: mean and standard deviation of L*, mean of C*.
    - warmth: mean of -0.5 + 0.02 C*^1.07 cos(h* - 50°) (Ou, Luo, Woodcock and Wright 2004, doi:10.1002/col.20010).
    - hues: exponential of the entropy of a histogram of 12 bands of h*, weighted by C* (Hill 1973,
      doi:10.2307/1934352).
    - shares of colours: pixels with C* of 10 or more in a band of h*; "greys" are the others; near-black is L* below
      15.
    - edges: share with a gradient of L* (Sobel, after a Gaussian of 1 pixel) above 8 per pixel; flat areas: below 1.
    - dark lines: share where the black top-hat of L* with a square of 5 pixels is above 8 (Serra 1982).
    - fineness: energy of L* finer than a Gaussian of 1 pixel, over that finer than one of 4 (Burt and Adelson 1983,
      doi:10.1109/TCOM.1983.1095851).
    - parallels: coherence of the structure tensor within a Gaussian of 3 pixels, weighted by its energy (Bigün and
      Granlund 1987); horizontals, verticals, diagonals: share of the squared gradient across lines within 22.5° of
      each.
    - horizon: share of the variance of CIELAB, at 32 by 32, between above and below the best horizontal cut in the
      middle three fifths (Otsu 1979, doi:10.1109/TSMC.1979.4310076, along the height in place of the grey levels).
    - sky, light centre: difference of the mean L* of two parts; symmetry: correlation of L*, at 32 by 32, with its
      mirror image.

    Thresholds are ours. They are the same for all pictures, so that pictures can be compared; no measure is a fact
    about the painting rather than its reproduction.

    Parameters
    ----------
    pictures : (h, w, 3) uint8 each; None where there is none.

    Raises
    ------
    InputError
        A picture of another shape.

    Examples
    --------
    >>> black, white = np.zeros((40, 80, 3), np.uint8), np.full((80, 40, 3), 255, np.uint8)
    >>> visual_measures([black, white])[:, [0, -1]].round().tolist()  # lightness and format
    [[0.0, 1.0], [100.0, -1.0]]
    """
    measured = np.full((len(pictures), len(VISUAL_MEASURES)), np.nan, dtype=np.float32)
    for row, picture in enumerate(pictures):
        if picture is not None:
            found = _measure(picture)
            measured[row] = [found.get(one.name, np.nan) for one in VISUAL_MEASURES]
    return measured


def _measure(picture: np.ndarray) -> dict[str, float]:
    pixels = np.asarray(picture)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise InputError(f"A picture is an array (h, w, 3), not {pixels.shape}.")
    pixels = np.ascontiguousarray(painted(pixels))
    height, width = pixels.shape[:2]
    scale = _SIDE / max(height, width)
    size = max(round(width * scale), 8), max(round(height * scale), 8)
    image = Image.fromarray(pixels)
    lab = rgb2lab(np.asarray(image.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)))
    small = rgb2lab(np.asarray(image.resize((32, 32), Image.Resampling.BOX)))
    found = {"format": float(np.log2(width / height))}
    return found | _light_and_color(lab) | _marks(lab[..., 0].astype(np.float64)) | _composition(small)


def _light_and_color(lab: np.ndarray) -> dict[str, float]:
    lightness, a, b = np.moveaxis(lab.reshape(-1, 3), 1, 0)
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    found = {"lightness": lightness.mean(), "contrast": lightness.std(), "chroma": chroma.mean()}
    colored = chroma >= _GREY
    found |= {"greys": 1 - colored.mean(), "near-blacks": (lightness < 15).mean()}
    for name, (start, end) in _HUES.items():
        inside = (hue >= start) & (hue < end) if start < end else (hue >= start) | (hue < end)
        found[name] = (inside & colored).mean()
    if chroma.mean() > 1:  # else there is no hue to speak of
        found["warmth"] = (-0.5 + 0.02 * chroma**1.07 * np.cos(np.radians(hue - 50))).mean()
        share = np.bincount((hue // 30).astype(int) % 12, weights=chroma, minlength=12) / chroma.sum()
        found["hues"] = np.exp(-(share[share > 0] * np.log(share[share > 0])).sum())
    return found


def _marks(lightness: np.ndarray) -> dict[str, float]:
    smooth = ndimage.gaussian_filter(lightness, 1, mode="nearest")
    down, right = (ndimage.sobel(smooth, axis, mode="nearest") / 8 for axis in (0, 1))
    steep = np.hypot(down, right)
    lines = ndimage.black_tophat(lightness, size=(5, 5), mode="nearest")
    found = {"edges": (steep > 8).mean(), "flat areas": (steep < 1).mean(), "dark lines": (lines > 8).mean()}
    fine, all_detail = (
        (lightness - smooth).var(),
        (lightness - ndimage.gaussian_filter(lightness, 4, mode="nearest")).var(),
    )
    total = float((steep**2).sum())
    if all_detail < 0.5 or total <= 0:  # an even picture has no detail and no direction
        return found
    found["fineness"] = fine / all_detail
    tensor = [ndimage.gaussian_filter(part, 3, mode="nearest") for part in (right * right, down * down, right * down)]
    energy = tensor[0] + tensor[1]
    found["parallels"] = np.hypot(tensor[0] - tensor[1], 2 * tensor[2]).sum() / energy.sum()
    across = np.abs(
        np.degrees(np.arctan2(down, right))
    )  # of the gradient: 90 across a horizontal line, 0 or 180 a vertical
    found["horizontals"] = (steep**2)[np.abs(across - 90) < 22.5].sum() / total
    found["verticals"] = (steep**2)[(across < 22.5) | (across > 157.5)].sum() / total
    found["diagonals"] = 1 - found["horizontals"] - found["verticals"]
    return found


def _composition(small: np.ndarray) -> dict[str, float]:
    """Measure how the surface of a picture, CIELAB at 32 by 32, is laid out."""
    light = small[..., 0]
    y, x = np.mgrid[-1:1:32j, -1:1:32j]
    radius = np.hypot(x, y)
    found = {"sky": light[:11].mean() - light[-11:].mean()}
    found["light centre"] = light[radius < 0.5].mean() - light[np.maximum(np.abs(x), np.abs(y)) > 0.85].mean()
    deviation = small - small.mean(axis=(0, 1))
    variance = (deviation**2).sum()
    if variance / light.size < 1:  # an even picture is divided nowhere
        return found
    rows = deviation.sum(axis=1)  # (32, 3)
    above = np.cumsum(rows, axis=0)[:-1]
    count = np.arange(1, 32)[:, None] * 32
    between = (above**2 * (1 / count + 1 / (light.size - count))).sum(axis=1) / variance
    found["horizon"] = between[6:25].max()
    if light.std() > 1:
        found["symmetry"] = np.corrcoef(light.ravel(), light[:, ::-1].ravel())[0, 1]
    return found
