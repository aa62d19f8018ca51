"""Thumbnail statistics, of the reproduction and not of the work: margin, hue spread, a tiny picture to find copies."""

import numpy as np
from PIL import Image
from skimage.color import rgb2lab

from artgraph.errors import InputError

__all__ = ["TINY", "hue_spread", "is_round", "margin", "painted", "tiny_picture"]

TINY = 16
_EVEN = 5.0  # standard deviation, in levels of 0 ... 255, of a line that is a margin: paper under JPEG stays below it
_NEAR = 8.0  # levels that a line of a margin may differ from the outermost line


def margin(picture: np.ndarray) -> float:
    """Measure the share, 0 ... 1, of a picture (h, w, 3) uint8 that is an even margin: paper, a mat, a black border.

    From each side, lines are counted as long as they are even and of the colour of the outermost one, up to a half of
    the picture. A frame with ornaments is none; nor is anything where all four sides together make less than 1 %. A
    picture of one colour is all margin.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> picture = np.full((100, 100, 3), 250, dtype=np.uint8)
    >>> picture[10:90, 20:100] = rng.integers(0, 256, (80, 80, 3))
    >>> margin(picture)  # 64 of 100 parts are painted
    0.36
    """
    pixels = np.asarray(picture)
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise InputError(f"A picture is an array (h, w, 3), not {pixels.shape}.")
    top, bottom, left, right = _margins(pixels)
    height, width = pixels.shape[:2]
    share = 1 - (height - top - bottom) * max(width - left - right, 0) / (height * width)
    return float(share) if share >= 0.01 else 0.0


def painted(picture: np.ndarray) -> np.ndarray:
    """Return a picture, (h, w, 3) uint8, without its even margin; a view.

    A margin ends along a straight line: on each side, the first line that is not even differs from the margin in half
    of its pixels or more. Otherwise the even lines are the ground behind a figure, which is painted. A picture that
    would nearly vanish is returned whole.

    Examples
    --------
    >>> picture = np.full((100, 100, 3), 250, dtype=np.uint8)
    >>> picture[10:90, 20:100] = np.random.default_rng(0).integers(0, 256, (80, 80, 3))
    >>> painted(picture).shape
    (80, 80, 3)
    """
    pixels = np.asarray(picture)
    height, width = pixels.shape[:2]
    top, bottom, left, right = _margins(pixels)
    if min(height - top - bottom, width - left - right) < max(8, min(height, width) // 4):
        return pixels
    rows, columns = slice(top, height - bottom), slice(left, width - right)
    sides = [
        top if top and _ends(pixels[0], pixels[top, columns]) else 0,
        bottom if bottom and _ends(pixels[-1], pixels[height - bottom - 1, columns]) else 0,
        left if left and _ends(pixels[:, 0], pixels[rows, left]) else 0,
        right if right and _ends(pixels[:, -1], pixels[rows, width - right - 1]) else 0,
    ]
    return pixels[sides[0] : height - sides[1], sides[2] : width - sides[3]]


def _ends(outermost: np.ndarray, line: np.ndarray) -> bool:
    """Say whether half of a ``line`` of pixels, or more, is of another colour than the ``outermost`` one."""
    ground = np.median(outermost.astype(np.float32), axis=0)
    return bool((np.abs(line - ground).max(axis=1) > 2 * _NEAR).mean() >= 0.5)


def is_round(picture: np.ndarray) -> bool:
    """Say whether a picture, (h, w, 3) uint8, is round or oval, reproduced on plain ground: a tondo, a miniature.

    Once its even margin is off, what lies beyond the ellipse that touches the four sides is of one colour, and what
    lies just within it mostly is not. A figure before a plain ground leaves ground within the ellipse, too.

    Examples
    --------
    >>> y, x = np.mgrid[-1:1:100j, -1:1:100j]
    >>> tondo = np.random.default_rng(0).integers(0, 256, (100, 100, 3)).astype(np.uint8)
    >>> is_round(tondo), is_round(np.where((np.hypot(x, y) > 1)[..., None], np.uint8(250), tondo))
    (False, True)
    """
    pixels = np.asarray(picture, dtype=np.float32)
    top, bottom, left, right = _margins(pixels)
    pixels = pixels[top : pixels.shape[0] - bottom, left : max(pixels.shape[1] - right, left)]
    height, width = pixels.shape[:2]
    if min(height, width) < 16:
        return False
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    radius = np.hypot(x, y)
    beyond, rim = pixels[radius > 1.08], pixels[(radius > 0.8) & (radius < 0.94)]
    if not len(beyond) or not len(rim):
        return False
    ground = np.median(beyond, axis=0)
    plain = [(np.abs(part - ground).max(axis=1) <= 2 * _NEAR).mean() for part in (beyond, rim)]
    return bool(plain[0] >= 0.95 and plain[1] <= 0.4)


def _margins(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """Count the even lines of (h, w, 3) at the top, the bottom, the left and the right."""
    planes = np.ascontiguousarray(np.moveaxis(pixels, 2, 0), dtype=np.float32)  # (3, h, w)
    height, width = pixels.shape[:2]
    top, bottom = _even_lines(planes)
    inner = planes[:, top : height - bottom]
    if not inner.size:
        return top, height - top, width, 0
    left, right = _even_lines(np.ascontiguousarray(np.swapaxes(inner, 1, 2)))
    return top, bottom, left, right


def _even_lines(planes: np.ndarray) -> list[int]:
    """Return how many lines are margin at the start and at the end of (3, lines, pixels)."""
    middle = planes.mean(axis=2)  # (3, lines)
    spread = np.sqrt(np.maximum((planes**2).mean(axis=2) - middle**2, 0))
    counts = []
    for step in (1, -1):
        near = np.abs(middle[:, ::step] - middle[:, [0 if step > 0 else -1]]).max(axis=0) <= _NEAR
        kept = ((spread.max(axis=0)[::step] <= _EVEN) & near)[: (middle.shape[1] + 1) // 2]
        counts.append(len(kept) if kept.all() else int(kept.argmin()))
    return counts


def hue_spread(picture: np.ndarray) -> float:
    """Measure how far the colours of a picture (h, w, 3) uint8 leave a single tone, in units of CIELAB.

    The root mean square distance of a* and b* from quadratic functions of L*: 0 for a black-and-white picture and for a
    sepia one, whose hue follows from its lightness; below about 2 a picture is of one tone.

    Examples
    --------
    >>> grey = np.repeat(np.arange(0, 250, 10, dtype=np.uint8).reshape(5, 5, 1), 3, axis=2)
    >>> round(hue_spread(grey), 2)
    0.0
    """
    small = Image.fromarray(np.asarray(picture)).resize((32, 32), Image.Resampling.BOX)
    lightness, *chroma = np.moveaxis(rgb2lab(np.asarray(small)).reshape(-1, 3), 1, 0)
    given = np.column_stack([np.ones_like(lightness), lightness / 100, (lightness / 100) ** 2])
    chroma = np.column_stack(chroma)
    rest = chroma - given @ np.linalg.lstsq(given, chroma, rcond=None)[0]
    return float(np.sqrt((rest**2).sum(axis=1).mean()))


def tiny_picture(picture: np.ndarray) -> np.ndarray:
    """Return a picture, (h, w, 3) uint8, as 16 × 16 pixels: (16, 16, 3) uint8, by box averages."""
    return np.asarray(Image.fromarray(np.asarray(picture)).resize((TINY, TINY), Image.Resampling.BOX))
