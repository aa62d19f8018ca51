"""From a file to upright 8-bit sRGB on white: what `artgraph.images` promises, and how it is kept."""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageChops, ImageCms

from artgraph.errors import ImageError
from artgraph.imagefiles import (
    IMAGE_ERRORS,
    cut_short,
    explain,
    is_targa,
    pixel_limit,
    readable_formats,
    strict_pillow,
)
from artgraph.tiffs import choose_picture, layout_of, read_picture, stretched
from artgraph.wholeness import END_MISSING, check_png, jpeg_end, jpeg_is_exact, png_without, whole_jpeg

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
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"MM*\0", b"II\0*")
_NOT_EXACT = "Its last scans are missing: the picture is less sharp than it was."
_NO_MARK = "It is a CMYK JPEG without Adobe's mark: its inks are read as they stand, not inverted."
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
    note : what the file lacks, or which picture in it was read; None where there is nothing to say.
    """

    pixels: np.ndarray
    width: int
    height: int
    format: str
    mode: str
    table: list | None
    note: str | None


@dataclass(slots=True)
class _Loaded:
    """A picture as Pillow has it, and what its file says: size as stored, orientation still to be applied."""

    picture: Image.Image
    size: tuple[int, int]
    mode: str
    format: str
    turn: int
    note: str | None = None
    table: list | None = None


def decode(file: BinaryIO, min_side: int | None, max_pixels: int) -> Decoded:
    """Decode an open file as `artgraph.images.load_image` describes.

    Parameters
    ----------
    file : at its start.
    min_side, max_pixels : as in `load_image`.
    """
    head = file.read(8)
    try:
        with strict_pillow:
            if head.startswith(b"\xff\xd8\xff"):
                found = _jpeg(file, min_side, max_pixels)
            elif head.startswith(b"\x89PNG"):
                found = _png(file, max_pixels)
            elif head.startswith(_TIFF):
                found = _tiff(file, max_pixels)
            else:
                found = _load(file, max_pixels, formats=("TGA",) if is_targa(file) else readable_formats())
                found.note = END_MISSING if cut_short(file) else None
        pixels = _to_srgb(found.picture, found.turn, min_side)
    except Image.DecompressionBombError as error:
        detail = f"It has more than the {max_pixels:,} pixels allowed. Save a smaller copy of it."
        raise ImageError("too large", detail) from error
    except ImageError as error:
        raise explain(error, file) from None
    except IMAGE_ERRORS as error:
        raise explain(error, file) from error
    width, height = found.size[::-1] if found.turn in (5, 6, 7, 8) else found.size
    return Decoded(pixels, width, height, found.format, found.mode, found.table, found.note)


def _load(file: BinaryIO, max_pixels: int, *, formats: tuple[str, ...], page: int = 0) -> _Loaded:
    with pixel_limit(max_pixels):
        file.seek(0)
        picture = Image.open(file, formats=formats)
        if page:
            picture.seek(page)
        mode = picture.mode
        picture.load()
    # the size of a TIFF is known after loading: it is turned then
    return _Loaded(picture, picture.size, mode, picture.format, _orientation(picture))


def _jpeg(file: BinaryIO, min_side: int | None, max_pixels: int) -> _Loaded:
    file.seek(0)
    data = file.read()
    found = failed = note = None
    try:
        found = _load_jpeg(data, min_side, max_pixels)
    except OSError as error:
        if error.errno is not None or "truncated" not in str(error):
            raise
        failed = error
    end, ended = jpeg_end(data)
    if found is None or not ended or _ends_grey(found.picture):
        mended = whole_jpeg(data[:end], lambda data: np.asarray(_load_jpeg(data, None, max_pixels).picture))
        if mended is None:
            raise failed or ImageError("truncated", "It is a JPEG picture, but its data end too early.")
        if not ended:
            found, note = _load_jpeg(mended, min_side, max_pixels), END_MISSING
    elif not jpeg_is_exact(data):
        note = _NOT_EXACT
    if found.picture.mode == "CMYK" and "adobe" not in found.picture.info:
        # Pillow inverts whatever it reads; without the mark 0 is no ink, as in libvips and ImageMagick.
        found.picture, note = ImageChops.invert(found.picture), note or _NO_MARK
    found.note = note
    return found


def _ends_grey(picture: Image.Image) -> bool:
    """Say whether the last pixels have the grey that stands for missing data."""
    width, height = picture.size
    last = np.asarray(picture.crop((max(0, width - 8), height - 1, width, height)))
    return bool((last == 128).all()) or (picture.mode == "CMYK" and bool((last[..., :3] == last[..., :1]).all()))


def _load_jpeg(data: bytes, min_side: int | None, max_pixels: int) -> _Loaded:
    file = io.BytesIO(data)
    with pixel_limit(None):
        picture = Image.open(file, formats=readable_formats())
        mode, size = picture.mode, picture.size
        _draft(picture, file, min_side, max_pixels)
    picture.load()
    table = picture.quantization.get(0)
    return _Loaded(picture, size, mode, picture.format, _orientation(picture), table=table)


def _png(file: BinaryIO, max_pixels: int) -> _Loaded:
    note = None
    try:
        found = _load(file, max_pixels, formats=("PNG",))
    except ValueError as error:
        if "MAX_TEXT" not in str(error):
            raise
        try:
            note = "Its texts are too large to be read and were passed over."
            found = _load(io.BytesIO(png_without(file, _TEXTS)), max_pixels, formats=("PNG",))
        except ValueError:
            note = "Its colour profile is too large to be read and was passed over."
            found = _load(io.BytesIO(png_without(file, (*_TEXTS, b"iCCP"))), max_pixels, formats=("PNG",))
    found.note = check_png(file) or note
    return found


def _tiff(file: BinaryIO, max_pixels: int) -> _Loaded:
    chosen = choose_picture(file)
    if chosen is None:
        return _load(file, max_pixels, formats=("TIFF",))
    page = chosen.page
    size = page.imagewidth, page.imagelength
    if size[0] * size[1] > max_pixels:
        raise Image.DecompressionBombError
    if chosen.number is None:
        picture = read_picture(page)
        turn = int(getattr(page.tags.get(274), "value", 1) or 1)
        found = _Loaded(picture, size, picture.mode, "TIFF", turn if turn in _TURN else 1)
    else:
        try:
            found = _load(file, max_pixels, formats=("TIFF",), page=chosen.number)
        except (Image.UnidentifiedImageError, SyntaxError) as error:
            detail = f"It is a TIFF picture of a kind that is not read ({layout_of(page)}). Save it as 8-bit RGB TIFF."
            raise ImageError("unsupported" if all(size) else "damaged", detail) from error
    found.note = chosen.note
    return found


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
    if picture.mode != "F" and values.size and values.min() >= 0 and values.max() <= 65535:
        grey = _FROM_16_BIT[values]
    else:
        grey = stretched(values, is_float=picture.mode == "F")
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
