"""Every decision about pixels: decode, turn upright, manage colour, resize, measure.

A picture becomes one thing only, a ``uint8`` array ``(h, w, 3)`` in sRGB, whatever the file held:

- the first page of a document that is not the thumbnail of another page, the first frame of an animation;
- upright, by the Exif orientation (CIPA DC-008, tag 274), also where only XMP states it;
- an embedded ICC profile (ICC.1:2010) is converted to sRGB, relative colorimetric with black point compensation;
  a profile that is broken or belongs to another colour space is ignored. PNG's gAMA and cHRM are ignored;
- CMYK without a profile: ``R = (255 - C)(255 - K) / 255``, and so on. CMYK JPEGs with Adobe's mark are inverted, others
  are not;
- transparent pixels lie on white;
- 16-bit grey ``v`` becomes ``round(v / 257)``. Of 16-bit colour the upper byte is kept;
- 32-bit whole numbers within 0 … 65535 are read as 16-bit; floating point within 0 … 1 or within 0 … 255 is read on
  that scale; any other values are stretched from their least to their greatest. What is not a finite number is black.

Nothing that a file lacks is made up: a picture of which a part is missing is refused. One whose file lacks its last
bytes and nothing of the picture is taken, with a note.

Threads may call everything here. They decode JPEGs in parallel, other kinds one at a time, because Pillow's pixel limit
is a global setting.
"""

import hashlib
import io
import os
from dataclasses import dataclass

import numpy as np
from PIL import Image

from artgraph.decoding import decode
from artgraph.errors import InputError
from artgraph.imagefiles import EXTENSIONS, IMAGE_ERRORS, open_file

__all__ = [
    "EXTENSIONS", "IMAGE_ERRORS", "MAX_PIXELS", "ImageRecord", "inspect_image", "load_image", "resize_contain",
    "resize_cover",
]  # fmt: skip

#: Pictures with more pixels than this are refused, unless they are JPEGs that can be decoded at reduced scale.
MAX_PIXELS = 300_000_000

_LUMINANCE = np.array(  # ITU-T T.81, table K.1, row by row
    [
        *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
    ]
)
_GREY_CHROMA = 8
_GREY_SHARE = 0.99


def load_image(
    source: str | os.PathLike | bytes, *, min_side: int | None = None, max_pixels: int = MAX_PIXELS
) -> np.ndarray:
    """Decode a picture to upright 8-bit sRGB on white, (h, w, 3) uint8, not linear.

    With `min_side` ``m`` and a short side of ``s >= m`` pixels, the picture is reduced while it is decoded (JPEG, by 2,
    4 or 8 in the cosine domain) and right after (all kinds, whole-number box averages), before its colours are
    converted, to a short side of at least ``m`` and less than ``2 m``. A smaller picture keeps its size.

    Raises nothing but ImageError for any file, and gives no warning; its `reason` is one of "empty file", "not an
    image", "truncated", "damaged", "unsupported", "too large", "unreadable file".

    Parameters
    ----------
    source : a file, or a file's content.
    min_side : pixels, at least 1; the least short side that the caller needs. None decodes at full size.
    max_pixels : at least 1; a picture with more is refused before it is decoded. A JPEG (sequential, in one scan) is
        decoded at the least reduction that fits instead, even where that goes below `min_side`.
    """
    if (min_side is not None and min_side < 1) or max_pixels < 1:
        raise InputError(f"min_side and max_pixels must be at least 1, not {min_side} and {max_pixels}.")
    with open_file(source) as file:
        return decode(file, min_side, max_pixels).pixels


def resize_cover(image: np.ndarray, size: int) -> np.ndarray:
    """Resize the largest centred square of a picture: short side to ``size`` pixels, centre crop.

    ``image`` is (h, w, 3) uint8, the result (size, size, 3) uint8. Bicubic (a = -0.5), widened when it reduces, so that
    it does not alias. Crop and resize are one step: an odd remainder is cut by half a pixel on both sides, and what
    lies just outside the square is part of the averages along its edge, as when a picture is resized first and cropped
    after.
    """
    picture = _from_array(image, size)
    (width, height), side = picture.size, min(picture.size)
    box = ((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2)
    return np.array(picture.resize((size, size), Image.Resampling.BICUBIC, box=box))


def resize_contain(image: np.ndarray, long_side: int) -> np.ndarray:
    """Resize a whole picture, bicubic, so that its long side is at most ``long_side`` pixels; never enlarge it.

    ``image`` is (h, w, 3) uint8; of the result (h', w', 3) uint8, max(h', w') = min(long_side, max(h, w)), and the
    short side keeps the proportion, rounded, at least 1.
    """
    picture = _from_array(image, long_side)
    scale = long_side / max(picture.size)
    if scale >= 1:
        return np.array(picture)
    size = tuple(max(1, round(side * scale)) for side in picture.size)
    return np.array(picture.resize(size, Image.Resampling.BICUBIC))


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """What `inspect_image` finds out about one picture.

    Attributes
    ----------
    sha256 : of the file's bytes, 64 hex digits.
    bytes : size of the file.
    width, height : pixels of the original, upright.
    format, mode : as Pillow names them: "JPEG", "CMYK".
    jpeg_quality : 1 … 100, of the picture's last saving; None where it is no JPEG. See `inspect_image`.
    greyscale : whether at least 99 % of the pixels have max(R, G, B) - min(R, G, B) <= 8. A grey picture saved in
        colour is grey; a sepia photograph is not.
    brightness : 0 … 1; mean luma (Rec. 601, of the gamma-coded values).
    dhash : 64 bits as 16 hex digits, first bit first. See `inspect_image`.
    thumbnail : WebP.
    note : what the file lacks, or which picture in it was read; None where there is nothing to say.
    """

    sha256: str
    bytes: int
    width: int
    height: int
    format: str
    mode: str
    jpeg_quality: int | None
    greyscale: bool
    brightness: float
    dhash: str
    thumbnail: bytes
    note: str | None = None


def inspect_image(
    path: str | os.PathLike | bytes, *, thumbnail: int = 256, max_pixels: int = MAX_PIXELS
) -> ImageRecord:
    """Read a picture once, decode all of it, and describe the file and its picture.

    JPEG quality ``q`` is the one whose luminance table ``floor((K1 s + 50) / 100)`` (in 1 … 255; ``s = 5000 / q`` below
    50, else ``200 - 2 q``) has the least sum of absolute differences to the file's: exact for files by the Independent
    JPEG Group's encoder (jcparam.c), the nearest equivalent for others. The difference hash reduces the luma to 9×8
    (Lanczos) and sets bit ``8 y + x`` where pixel (x + 1, y) is brighter than (x, y) (N. Krawetz, "Kind of like that",
    2013). Everything is measured on the reduced picture that the thumbnail is made from.

    Parameters
    ----------
    path, max_pixels : as `source` and `max_pixels` of `load_image`, and with its errors.
    thumbnail : longest side of the thumbnail (WebP, quality 75), pixels.
    """
    if thumbnail < 1 or max_pixels < 1:
        raise InputError(f"thumbnail and max_pixels must be at least 1, not {thumbnail} and {max_pixels}.")
    with open_file(path) as file:
        decoded = decode(file, thumbnail, max_pixels)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    pixels = decoded.pixels
    red, green, blue = np.moveaxis(pixels, 2, 0)  # many times faster than a maximum over an axis of 3
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    luma = Image.fromarray(pixels).convert("L")
    tiny = np.asarray(luma.resize((9, 8), Image.Resampling.LANCZOS))
    bits = np.packbits(tiny[:, 1:] > tiny[:, :-1])
    small = io.BytesIO()
    Image.fromarray(resize_contain(pixels, thumbnail)).save(small, "WEBP", quality=75, method=2)
    return ImageRecord(
        sha256=sha256,
        bytes=size,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        mode=decoded.mode,
        jpeg_quality=_jpeg_quality(decoded.table),
        greyscale=bool(np.mean(chroma <= _GREY_CHROMA) >= _GREY_SHARE),
        brightness=float(np.mean(luma)) / 255,
        dhash=bits.tobytes().hex(),
        thumbnail=small.getvalue(),
        note=decoded.note,
    )


def _jpeg_quality(table: list[int] | None) -> int | None:
    if table is None or len(table) != 64:
        return None
    q = np.arange(1, 101)[:, None]
    tables = np.clip((_LUMINANCE * np.where(q < 50, 5000 // q, 200 - 2 * q) + 50) // 100, 1, 255)
    return int(q[np.abs(tables - np.asarray(table)).sum(axis=1).argmin(), 0])


def _from_array(image: np.ndarray, size: int) -> Image.Image:
    image = np.asarray(image)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise InputError(f"A picture is a uint8 array (h, w, 3), not {image.dtype} {image.shape}.")
    if size < 1:
        raise InputError(f"A side must be at least 1 pixel, not {size}.")
    return Image.fromarray(image)
