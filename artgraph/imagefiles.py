"""What a picture file is before it is pixels: how it is opened, what it looks like, why it cannot be read."""

import errno
import io
import os
import re
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import BinaryIO

from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from artgraph.errors import ImageError

__all__ = [
    "EXTENSIONS", "IMAGE_ERRORS", "cut_short", "explain", "is_picture", "is_targa", "open_file", "pixel_limit",
    "readable_formats", "strict_pillow",
]  # fmt: skip

#: File endings (lower case) that make a file a picture. Kinds that Pillow may not read are among them on purpose:
#: they are found and refused by name rather than passed over.
EXTENSIONS = frozenset(
    (
        *(".avif", ".bmp", ".gif", ".heic", ".heif", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpf", ".jpg", ".jpx"),
        *(".jxl", ".mpo", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)

#: Everything that a broken picture may raise in Pillow. ``DecompressionBombError`` is no OSError.
IMAGE_ERRORS = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, struct.error, zlib.error),
    *(Image.DecompressionBombError, ImageCms.PyCMSError),
)

# Only these: Pillow would otherwise also try kinds that start other programs (EPS) or have no signature to go by.
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "PPM", "JPEG2000", "AVIF", "PSD")

# What a file is by its first bytes, in lower case.
_PICTURES = {
    "a JPEG picture": b"\xff\xd8\xff",
    "a PNG picture": b"\x89png\r\n\x1a\n",
    "a GIF picture": (b"gif87a", b"gif89a"),
    "a TIFF picture": (b"ii*\0", b"mm\0*"),
    "a BigTIFF picture": (b"ii+\0", b"mm\0+"),
    "a WebP picture": b"riff",
    "a BMP picture": b"bm",
    "a Photoshop document": b"8bps\0\1",
    "a JPEG 2000 picture": (b"\0\0\0\x0cjp  ", b"\xff\x4f\xff\x51"),
}
_UNSUPPORTED = {
    "a JPEG XL picture": (b"\xff\x0a", b"\0\0\0\x0cjxl "),
    "a large Photoshop document": b"8bps\0\2",
    "a GIMP picture": b"gimp xcf",
    "a camera's raw file": (b"iiu\0", b"iiro", b"mmor", b"iirs", b"fujifilmccd-raw", b"foveonb"),
    "a PostScript file": b"%!ps",
    "an SVG drawing": b"<svg",
}
_NO_PICTURES = {
    "an HTML page": (b"<!doctype html", b"<html", b"<head"),
    "an XML file": b"<?xml",
    "a PDF document": b"%pdf",
    "a ZIP archive": b"pk\x03\x04",
    "a gzip archive": b"\x1f\x8b",
    "a Git LFS pointer, not the file itself": b"version https://git-lfs",
    "JSON text": b"{",
}
_MOST_TEXT = 2**24  # bytes of a text or a profile in a PNG, unpacked; Pillow alone stops at 2**20
_READ_WHOLE = 2**26  # bytes; a larger file is read piece by piece, so that refusing it costs no memory


_PLACES = {
    errno.EACCES: " Give yourself the right to read it.",
    errno.EPERM: " Give yourself the right to read it.",
    errno.ELOOP: " The link leads to itself: put the picture in its place.",
    errno.ENOENT: " If it is a link, what it leads to is gone.",
}


@contextmanager
def open_file(source: str | os.PathLike | bytes) -> Iterator[BinaryIO]:
    """Open a ``source``, a path or bytes, as a binary file that can be read and seeked.

    Files of up to 64 MiB are read into memory, once. The reason of an ImageError is "empty file" or "unreadable file"
    (missing, no permission, a directory, a pipe).
    """
    if isinstance(source, bytes | bytearray | memoryview):
        file = io.BytesIO(source)
        size = file.getbuffer().nbytes
    else:
        try:
            # Opening a named pipe would wait for a writer, so its kind is looked at first.
            if not stat.S_ISREG(os.stat(source).st_mode):
                raise ImageError("unreadable file", "It is a folder, a pipe or a device, not a regular file.")
            file = open(source, "rb")  # noqa: SIM115
            try:
                size = os.fstat(file.fileno()).st_size
                if size <= _READ_WHOLE:
                    with file:
                        file = io.BytesIO(file.read())
            except OSError:
                file.close()
                raise
        except (OSError, ValueError) as error:
            advice = _PLACES.get(getattr(error, "errno", None), "")
            raise ImageError("unreadable file", f"{getattr(error, 'strerror', None) or error}.{advice}") from error
    with file:
        if not size:
            raise ImageError("empty file", "It holds 0 bytes. Copy or download it again.")
        yield file


class _Strictness:
    """Pillow's tolerance of truncated files off, its limits for texts wide, no warnings, while threads are inside."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads = 0

    def __enter__(self) -> None:
        with self.lock:
            if not self.threads:
                self.filters = warnings.catch_warnings()
                self.filters.__enter__()
                warnings.simplefilter("ignore")
                self.tolerance, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
                self.texts = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
                PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = _MOST_TEXT, 4 * _MOST_TEXT
            self.threads += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.threads -= 1
            if not self.threads:
                self.filters.__exit__(None, None, None)
                ImageFile.LOAD_TRUNCATED_IMAGES = self.tolerance
                PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = self.texts


#: Context within which Pillow decodes: nothing truncated passes, and no warning is given.
strict_pillow = _Strictness()
_limit = threading.Lock()


@contextmanager
def pixel_limit(max_pixels: int | None) -> Iterator[None]:
    """Set Pillow's limit to ``max_pixels`` (None: no limit), one thread at a time, and put it back."""
    with _limit:
        before = Image.MAX_IMAGE_PIXELS
        # Pillow warns above its limit and raises above twice its limit.
        Image.MAX_IMAGE_PIXELS = None if max_pixels is None else max_pixels / 2
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _unlock_in_child() -> None:
    global _limit
    _limit, strict_pillow.lock = threading.Lock(), threading.Lock()
    if strict_pillow.threads:
        strict_pillow.threads = 1
        strict_pillow.__exit__()


if hasattr(os, "register_at_fork"):  # a process forked while another thread decodes would wait for ever
    os.register_at_fork(after_in_child=_unlock_in_child)


@lru_cache(maxsize=1)
def readable_formats() -> tuple[str, ...]:
    """List the picture formats, as Pillow names them, that this Pillow can read and that we allow."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def explain(error: Exception, file: BinaryIO) -> ImageError:
    """Turn an ``error`` that a broken picture, the open ``file``, raised into an ImageError with a fixed reason."""
    if isinstance(error, ImageError):
        return _advised(error.reason, error.detail)
    if isinstance(error, MemoryError):
        return _advised("too large", "There is not enough memory to decode it.")
    if isinstance(error, Image.DecompressionBombError):
        return _advised("too large", f"{error}.")
    if isinstance(error, OSError) and error.errno is not None:
        return ImageError("unreadable file", f"{error.strerror or error}.")
    reason, kind = _recognise(file)
    if reason != "damaged":
        return _advised(reason, f"It looks like {kind}." if kind else "No known picture format starts like this.")
    said = " ".join(str(error).split())
    if "object at 0x" in said or not said:  # Pillow's message for "not identified" shows the file object
        said = "its header cannot be read"
    detail = f"It is {kind}, but: {said.rstrip('.')}."
    if cut_short(file) or "truncated" in said.lower():
        return _advised("truncated", detail)
    unsupported = re.search("unsupported|not (yet )?supported|unknown pixel mode|not found in", said.lower())
    return _advised("unsupported" if unsupported else "damaged", detail)


_ADVICE = {
    "truncated": "Copy or download it again.",
    "damaged": "Copy or download it again; or, if a program still shows it, save it from there.",
    "not an image": "Put the picture itself in its place, or take the file away.",
    "unsupported": "Save it as JPEG, PNG or TIFF (8 bits, RGB).",
    "too large": "Save a smaller copy of it.",
}


def _advised(reason: str, detail: str) -> ImageError:
    advice = _ADVICE.get(reason, "")
    return ImageError(reason, detail if re.search(r"\b[Ss]ave\b", detail) or not advice else f"{detail} {advice}")


def is_targa(file: BinaryIO) -> bool:
    """Say whether an open ``file`` is a TGA picture, which has no signature: every field of its header must fit."""
    file.seek(0)
    head = file.read(18)
    if len(head) < 18:
        return False
    width, height, depth = (*struct.unpack("<HH", head[12:16]), head[16])
    kind, mapped = head[2], head[1]
    fits = mapped in (0, 1) and kind in (1, 2, 3, 9, 10, 11) and depth in (8, 15, 16, 24, 32) and width and height
    return bool(fits) and mapped == (kind & 7 == 1) and not head[17] & 0b11000000


def is_picture(head: bytes) -> bool:
    """Say whether a file whose first 512 bytes or so are ``head`` is a picture, whatever its name."""
    reason, kind = _recognise(io.BytesIO(head))
    if kind in ("a PostScript file", "an SVG drawing", "a film", "a TGA picture") or reason == "not an image":
        return False
    if kind in ("a BMP picture", "a PBM, PGM or PPM picture", "a WebP picture", "a JPEG XL picture"):
        # two letters alone may begin any text
        bmp = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in (12, 16, 40, 52, 56, 64, 108, 124)
        ppm = re.match(rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+(#[^\n]*\n\s*)*\d+\s", head)
        return bool(bmp or ppm or head[8:12] == b"WEBP" or head.startswith(b"\0\0\0\x0cJXL "))
    return True


def _recognise(file: BinaryIO) -> tuple[str, str | None]:
    file.seek(0)
    head = file.read(512)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower() if head[:1] not in b"\0\xff" else head.lower()
    if head[4:8] == b"ftyp":
        if head[8:12] not in (b"avif", b"avis"):
            return "unsupported", "a HEIF picture" if head[8:12] in (b"heic", b"heix", b"mif1", b"msf1") else "a film"
        return ("damaged" if "AVIF" in readable_formats() else "unsupported"), "an AVIF picture"
    for reason, table in (("damaged", _PICTURES), ("unsupported", _UNSUPPORTED), ("not an image", _NO_PICTURES)):
        for kind, signatures in table.items():
            if start.startswith(signatures):
                return reason, kind
    if len(head) > 2 and head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "damaged", "a PBM, PGM or PPM picture"
    return ("damaged", "a TGA picture") if is_targa(file) else ("not an image", None)


def cut_short(file: BinaryIO) -> bool:
    """Say whether a picture, the open ``file``, lacks its end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(12)
    file.seek(max(0, size - 64))
    tail = file.read(64)
    if head.startswith(b"\xff\xd8\xff"):
        return not tail.rstrip(b"\0\r\n").endswith(b"\xff\xd9")
    if head.startswith(b"\x89PNG"):
        return b"IEND" not in tail
    if head.startswith(b"GIF8"):
        return not tail.rstrip(b"\0").endswith(b";")
    if head.startswith(b"RIFF"):
        return len(head) < 8 or int.from_bytes(head[4:8], "little") + 8 > size
    return False
