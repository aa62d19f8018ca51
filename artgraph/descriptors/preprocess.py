"""From a picture to a network's input, pixel for pixel as the network saw its pictures when it was trained."""

import math

import numpy as np
from PIL import Image

from artgraph.errors import InputError

__all__ = ["INTERPOLATIONS", "resize_crop", "square_tiles"]

INTERPOLATIONS = {name: Image.Resampling[name.upper()] for name in ("bicubic", "bilinear", "lanczos", "nearest")}


def resize_crop(
    image: np.ndarray, size: int, *, crop_pct: float = 1.0, mode: str = "center", interpolation: str = "bicubic"
) -> np.ndarray:
    """Resize a picture and cut out its centre, (size, size, 3) uint8.

    With s = floor(size / crop_pct): ``center`` makes the short side s and the long one int(s · long / short);
    ``squash`` makes both sides s. Then the central size × size. The same pixels as torchvision's ``Resize`` and
    ``CenterCrop`` on a Pillow image, and so as timm's and CLIP's evaluation transforms. An odd remainder r is cut at
    ``round(r / 2)``, half to even, as torchvision does; others cut at ``r // 2``, another pixel for r = 3, 7, 11 ...

    Parameters
    ----------
    image : (h, w, 3) uint8
    size : Pixels, at least 1.
    crop_pct : Above 0; share of the resized side that is kept. Above 1 the square gets a black border.
    mode : "center" or "squash".
    interpolation : A key of ``INTERPOLATIONS``; widened when it reduces, so that it does not alias.
    """
    if mode not in ("center", "squash") or interpolation not in INTERPOLATIONS:
        raise InputError(
            f"Pictures cannot be cropped by '{mode}' with '{interpolation}' resampling "
            f"(there are: center, squash; {', '.join(INTERPOLATIONS)})"
        )
    side = math.floor(size / crop_pct)
    height, width = image.shape[:2]
    short = min(height, width)
    shape = (side, side) if mode == "squash" else (int(side * width / short), int(side * height / short))
    resized = Image.fromarray(image).resize(shape, INTERPOLATIONS[interpolation])
    left, top = (_offset(length, size) for length in resized.size)
    return np.array(resized.crop((left, top, left + size, top + size)))


def square_tiles(image: np.ndarray, size: int, *, most: int = 8) -> np.ndarray:
    """Cut a picture into square tiles along its long side, evenly spaced from end to end: (t, size, size, 3) uint8.

    The short side is resized to ``size`` pixels (bicubic), the long side to L in proportion. A square picture is one
    tile; a longer one 1 + ⌈(L - size) / (0.75 size)⌉ tiles, so that neighbours share at least a quarter; but not more
    than ``most``. Everything is covered up to proportions of ``most`` : 1; between the tiles of a longer scroll there
    are gaps. They come from left to right, or from top to bottom. A panorama of 448 × 1,120 pixels, with ``size=224``,
    becomes 224 × 560: three tiles that begin at 0, 168 and 336.

    Parameters
    ----------
    image : (h, w, 3) uint8
    size, most : At least 1.
    """
    height, width = image.shape[:2]
    short = min(height, width)
    shape = (int(size * width / short), int(size * height / short))
    resized = np.asarray(Image.fromarray(image).resize(shape, Image.Resampling.BICUBIC))
    rest = max(shape) - size
    count = min(most, 1 + math.ceil(rest / (0.75 * size)))
    starts = np.linspace(0, rest, count).round().astype(int)
    along = resized if height > width else resized.swapaxes(0, 1)
    tiles = np.stack([along[start : start + size] for start in starts])
    return tiles if height > width else tiles.swapaxes(1, 2)


def _offset(length: int, size: int) -> int:
    rest = length - size
    return round(rest / 2) if rest >= 0 else -(-rest // 2)
