"""TIFFs: which of their pictures is meant, and layouts that Pillow refuses or takes for others."""

import logging
from dataclasses import dataclass
from itertools import islice
from operator import add
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image

from artgraph.errors import ImageError

if TYPE_CHECKING:
    from tifffile import TiffPage

__all__ = ["TiffChoice", "choose_picture", "layout_of", "read_picture", "stretched"]

_MOST_PAGES = 64
_SMALLER, _MASK, _SUB_PICTURES, _COLOR_FILTER = 1, 4, 330, 32803
_ASSOCIATED_ALPHA, _ALPHA = 1, 2
RAW = "It holds a thumbnail and what a camera's sensor saw. Develop it, and save it as TIFF or JPEG."


@dataclass(frozen=True, slots=True)
class TiffChoice:
    """The picture of a TIFF that is read.

    Attributes
    ----------
    page : as tifffile describes it.
    number : for Pillow's ``seek``; None where Pillow cannot read it, or would read it wrongly.
    note : why it is not the first one, else None.
    """

    page: "TiffPage"
    number: int | None
    note: str | None


def choose_picture(file: BinaryIO) -> TiffChoice | None:
    """Choose the picture that is meant in a TIFF, an open ``file``: the first that is not the thumbnail of another.

    A thumbnail says so itself (NewSubfileType), or has the proportions of a picture at least twice as long and wide.
    None where tifffile cannot read the directory of the file. Raises ImageError for what a camera calls raw.
    """
    import tifffile

    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # it speaks on standard error
    file.seek(0)
    if file.read(10)[8:] == b"CR":  # Canon's raw files are TIFFs up to here
        raise ImageError("unsupported", RAW)
    file.seek(0)
    try:
        pages = list(islice(tifffile.TiffFile(file).pages, _MOST_PAGES))
        within = list(pages[0].pages or ()) if _SUB_PICTURES in pages[0].tags else []
    except Exception:  # whatever a broken directory raises: Pillow has the last word
        return None
    finally:
        file.seek(0)
    whole = [number for number, page in enumerate(pages) if not page.subfiletype & (_SMALLER | _MASK)]
    if 0 in whole:
        larger = [number for number in whole if _is_thumbnail(pages[0], of=pages[number])]
        chosen = max(larger, key=lambda number: _area(pages[number])) if larger else 0
    elif whole:
        chosen = whole[0]
    else:
        inside = [page for page in within if not page.subfiletype & (_SMALLER | _MASK)]
        if any(page.photometric == _COLOR_FILTER for page in inside):
            raise ImageError("unsupported", RAW)
        if inside:
            return TiffChoice(
                max(inside, key=_area), None, "The first page is a thumbnail of the picture that is read."
            )
        chosen = 0
    note = f"Page {chosen + 1} is read: page 1 is its thumbnail." if chosen else None
    return TiffChoice(pages[chosen], chosen if _pillow_reads(pages[chosen]) else None, note)


def read_picture(page: "TiffPage") -> Image.Image:
    """Read a picture with tifffile, as 8-bit grey, RGB, RGBA or CMYK; its profile is in ``info``.

    Of 16-bit and 32-bit whole numbers the upper byte is kept; for floating point see `stretched`. Raises ImageError.

    Parameters
    ----------
    page : from `choose_picture`.
    """
    size = page.parent.filehandle.size
    if max(map(add, page.dataoffsets, page.databytecounts), default=0) > size:
        raise ImageError("truncated", "It is a TIFF picture, but its data end too early.")
    try:
        values = page.asarray(maxworkers=1)
    except MemoryError:
        raise
    except Exception as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise ImageError("damaged", f"It is a TIFF picture ({layout_of(page)}), but: {said}.") from error
    if page.planarconfig == 2 and values.ndim == 3:
        values = np.moveaxis(values, 0, 2)
    colors = {0: 1, 1: 1, 2: 3, 5: 4}.get(int(page.photometric), 0)
    values = values[..., None] if values.ndim == 2 else values
    if values.ndim != 3 or not colors or values.shape[2] < colors:
        raise ImageError("unsupported", f"It is a TIFF picture of a kind that is not read ({layout_of(page)}).")
    extra = int(page.extrasamples[0]) if page.extrasamples and values.shape[2] > colors else 0
    picture = _eight_bit(values[..., :colors])
    if page.photometric == 0:
        picture = 255 - picture
    mode = {1: "L", 3: "RGB", 4: "CMYK"}[colors]
    if extra in (_ASSOCIATED_ALPHA, _ALPHA) and mode in ("L", "RGB"):
        picture = np.repeat(picture, 3, axis=2) if mode == "L" else picture
        picture = np.concatenate([picture, _eight_bit(values[..., colors : colors + 1])], axis=2)
        mode = "RGBA" if extra == _ALPHA else "RGBa"
    height, width = picture.shape[:2]
    result = Image.frombytes(mode, (width, height), np.ascontiguousarray(picture).tobytes())
    result = result.convert("RGBA") if mode == "RGBa" else result
    result.info["icc_profile"] = page.iccprofile
    return result


def stretched(values: np.ndarray, *, is_float: bool = True) -> np.ndarray:
    """Bring numbers of any range to 0 … 255, uint8 of the same shape.

    Floating point within 0 … 1 or within 0 … 255 is read on that scale; other values are stretched from their least to
    their greatest. What is not a finite number is the least.

    Parameters
    ----------
    values : of one picture, all its channels.
    is_float : False: always stretch.
    """
    finite = np.isfinite(values)
    known = values[finite] if not finite.all() else values
    least, most = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    low, high = (0, 1) if most <= 1 else (0, 255)
    if not is_float or least < 0 or most > 255:
        low, high = least, most
    part = (np.where(finite, values, low).astype(np.float64) - low) / (high - low or 1)
    return np.rint(255 * part).astype(np.uint8)


def layout_of(page: "TiffPage") -> str:
    """Say in a few words how a ``page`` of a TIFF holds its numbers."""
    kind = getattr(page.photometric, "name", page.photometric)
    packing = getattr(page.compression, "name", page.compression)
    return f"{kind}, {page.samplesperpixel} × {page.bitspersample} bits, {packing}".lower()


def _eight_bit(values: np.ndarray) -> np.ndarray:
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind == "u":
        return (values >> (8 * values.dtype.itemsize - 8)).astype(np.uint8)
    return stretched(values, is_float=values.dtype.kind == "f")


def _area(page: "TiffPage") -> int:
    return page.imagewidth * page.imagelength


def _is_thumbnail(page: "TiffPage", *, of: "TiffPage") -> bool:
    width, height = page.imagewidth, page.imagelength
    if not width or not height or of.imagewidth < 2 * width or of.imagelength < 2 * height:
        return False
    return abs(width - of.imagewidth * height / of.imagelength) <= max(1.5, 0.02 * width)


def _pillow_reads(page: "TiffPage") -> bool:
    bits = page.bitspersample if isinstance(page.bitspersample, int) else max(page.bitspersample)
    several, is_float = page.samplesperpixel > 1, page.sampleformat == 3
    if several and ((page.planarconfig == 2 and bits > 8) or bits > 16):
        return False
    return not (is_float and (several or bits != 32)) and bits != 64
