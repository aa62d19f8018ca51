"""From a file to upright 8-bit sRGB on white: what `artgraph.images` promises, and how it is kept."""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageCms

from artgraph.errors import ImageError
from artgraph.imagefiles import IMAGE_ERRORS, explain, pixel_limit, readable_formats, strict_pillow

__all__ = ["Decoded", "decode"]

_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GREY_MODES = ("1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_PLAIN = {"1": "L", "P": "RGB", "RGBX": "RGB", "HSV": "RGB", "YCbCr": "RGB"}
_FROM_16_BIT = ((np.arange(65536) * 255 + 32767) // 65535).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded picture and what its file said.

    Attributes
    ----------
    pixels : (h, w, 3) uint8; upright sRGB on white, possibly reduced.
    width, height : of the original, upright.
    format, mode : as Pillow names them.
    table : 64 int, or None; luminance quantisation of a JPEG, row by row.
    """

    pixels: np.ndarray
    width: int
    height: int
    format: str
    mode: str
    table: list | None


def decode(file: BinaryIO, min_side: int | None, max_pixels: int) -> Decoded:
    """Decode an open file as `artgraph.images.load_image` describes.

    Parameters
    ----------
    file : at its start.
    min_side, max_pixels : as in `load_image`.
    """
    is_jpeg = file.read(3) == b"\xff\xd8\xff"
    try:
        with strict_pillow:
            with pixel_limit(None if is_jpeg else max_pixels):
                picture = Image.open(file, formats=readable_formats())
                mode, size = picture.mode, picture.size
                if is_jpeg:
                    _draft(picture, file, min_side, max_pixels)
                else:
                    picture.load()
                    size = picture.size  # a TIFF is turned while it loads
            picture.load()
            turn = _orientation(picture)
        pixels = _to_srgb(picture, turn, min_side)
    except Image.DecompressionBombError as error:
        raise ImageError("too large", f"It has more than the {max_pixels:,} pixels allowed.") from error
    except IMAGE_ERRORS as error:
        raise explain(error, file) from error
    width, height = size[::-1] if turn in (5, 6, 7, 8) else size
    table = getattr(picture, "quantization", {}).get(0)
    return Decoded(pixels, width, height, picture.format, mode, table)


def _draft(picture: Image.Image, file: BinaryIO, min_side: int | None, max_pixels: int) -> None:
    width, height = picture.size
    wanted = min(width, height) // min_side if min_side else 1
    wanted = max(scale for scale in (1, 2, 4, 8) if scale <= max(wanted, 1))
    fitting = [scale for scale in (1, 2, 4, 8) if -(-width // scale) * -(-height // scale) <= max_pixels]
    # A JPEG in several scans has all its coefficients in memory at full size, at whatever scale it is decoded.
    if not fitting or (fitting[0] > 1 and not _in_one_scan(picture, file)):
        raise Image.DecompressionBombError
    scale = max(wanted, fitting[0])
    if scale > 1:
        picture.draft(None, (max(1, width // scale), max(1, height // scale)))


def _in_one_scan(picture: Image.Image, file: BinaryIO) -> bool:
    # Pillow has just read the header of the first scan: marker, length, number of components, 2 bytes each, 3 bytes.
    n, end = picture.layers, file.tell()
    file.seek(max(0, end - (8 + 2 * n)))
    start = file.read(5)
    file.seek(end)
    return not picture.info.get("progressive") and start == struct.pack(">2sHB", b"\xff\xda", 6 + 2 * n, n)


def _orientation(picture: Image.Image) -> int:
    try:
        turn = picture.getexif().get(274)
    except IMAGE_ERRORS:  # broken Exif does not make a broken picture
        return 1
    return turn if turn in _TURN else 1


def _to_srgb(picture: Image.Image, turn: int, min_side: int | None) -> np.ndarray:
    grey = picture.mode in _GREY_MODES
    icc = picture.info.get("icc_profile")
    picture = _eight_bit(picture)
    if turn != 1:
        picture = picture.transpose(_TURN[turn])
    factor = min(picture.size) // min_side if min_side else 1
    if factor > 1:
        picture = picture.reduce(factor)
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    if alpha is not None:
        picture = picture.convert("RGB")
    picture = _managed(picture, icc, grey)
    if alpha is not None:
        picture = Image.composite(picture, Image.new("RGB", picture.size, "white"), alpha)
    return np.array(picture)


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _scaled(picture)
    if picture.mode == "La":
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert(_PLAIN[picture.mode]) if picture.mode in _PLAIN else picture


def _scaled(picture: Image.Image) -> Image.Image:
    values = np.asarray(picture)
    finite = np.isfinite(values)
    known = values[finite] if not finite.all() else values
    least, most = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    if picture.mode != "F" and least >= 0 and most <= 65535:
        grey = _FROM_16_BIT[values]
    else:
        low, high = (0, 1) if most <= 1 else (0, 255)
        if picture.mode != "F" or least < 0 or most > 255:
            low, high = least, most
        part = (np.where(finite, values, low).astype(np.float64) - low) / (high - low or 1)
        grey = np.rint(255 * part).astype(np.uint8)
    result = Image.fromarray(grey)
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        alpha = np.where(values == clear, 0, 255).astype(np.uint8)
        result = Image.merge("LA", (result, Image.fromarray(alpha))).convert("RGBA")
    return result


def _managed(picture: Image.Image, icc: bytes | None, grey: bool) -> Image.Image:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc)) if icc else None
        space = profile.profile.xcolor_space.strip() if profile else None
        if space == "RGB" and picture.mode == "L":
            picture = picture.convert("RGB")
        if space == "GRAY" and picture.mode == "RGB" and grey:
            picture = picture.convert("L")
        if (space, picture.mode) in (("RGB", "RGB"), ("GRAY", "L"), ("CMYK", "CMYK")):
            return ImageCms.profileToProfile(
                picture,
                profile,
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
    except IMAGE_ERRORS:  # a broken profile does not make a broken picture
        pass
    return picture.convert("RGB")
