"""Whether all of a picture is in its file: what Pillow lets pass, and what it refuses although nothing is missing."""

import re
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np

from artgraph.errors import ImageError
from artgraph.imagefiles import IMAGE_ERRORS

__all__ = ["END_MISSING", "check_png", "jpeg_end", "jpeg_is_exact", "png_without", "whole_jpeg"]

#: What is noted of a picture whose file lacks its end and nothing else.
END_MISSING = "The file lacks its last bytes; all of the picture is there."

_PIECE = 2**20
_END = b"\xff\xd9"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # what ends the coded data of a scan
_MAY_FOLLOW = frozenset(b"\xc4\xd9\xda\xdb\xdc\xdd\xfe")  # tables, end, scan, tables, lines, interval, comment
# with restart marks, without which what follows a restart interval is not looked at
_FILL = b"\x55" * 64 + b"".join(bytes([0xFF, 0xD0 + n]) + b"\x55" * 32 for n in range(8))
_CUT = 16  # bytes that are taken away to see whether the last ones matter


def check_png(file: BinaryIO) -> str | None:
    """Check the data of a PNG, an open ``file``, by their checksums, which Pillow does not look at.

    Zeros behind a file that was cut off are decoded as a black rest of the picture. Returns `END_MISSING` where nothing
    is missing but what follows the picture, else None. Raises ImageError "truncated" or "damaged".
    """
    file.seek(8)
    data = []
    while len(head := file.read(8)) == 8:
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return None
        if kind != b"IDAT":
            file.seek(length + 4, 1)
            continue
        data.append((file.tell(), length))
        checksum = zlib.crc32(kind)
        for piece in _pieces(file, length):
            checksum = zlib.crc32(piece, checksum)
            length -= len(piece)
        given = file.read(4)
        if length or (len(given) < 4 and not _inflates(file, data)):
            raise ImageError("truncated", "It is a PNG picture, but its data end too early.")
        if len(given) == 4 and checksum != int.from_bytes(given, "big"):
            raise ImageError("damaged", "It is a PNG picture, but the checksum of its data is wrong: some were lost.")
    return END_MISSING


def png_without(file: BinaryIO, kinds: tuple[bytes, ...]) -> bytes:
    """Copy a PNG without some of its chunks.

    Parameters
    ----------
    file : open.
    kinds : names of chunks, of 4 bytes.
    """
    file.seek(0)
    kept = [file.read(8)]
    while len(head := file.read(8)) == 8:
        length = int.from_bytes(head[:4], "big") + 4
        if head[4:] in kinds:
            file.seek(length, 1)
        else:
            kept += [head, *_pieces(file, length)]
    return b"".join(kept)


def jpeg_end(data: bytes) -> tuple[int, bool]:
    """Return where the coded data of a JPEG (``data``: the file) end, and whether they are followed by its end mark.

    Where a JPEG was cut off and other bytes came behind it, Pillow decodes these, or leaves the rest grey.
    """
    end = 0
    for code, at, stop in _segments(data):
        if code == 0xD9:
            return end or at, True
        if end and code not in _MAY_FOLLOW:
            return end, False
        end = stop if code == 0xDA else end
    return end or len(data), False


def jpeg_is_exact(data: bytes) -> bool:
    """Say whether the scans of a JPEG (``data``: the file) hold all its coefficients to the last bit.

    The last scans of a progressive JPEG may be missing.
    """
    components, exact = 0, {}
    for code, at, _ in _segments(data):
        head = data[at : at + 280]
        if code in (0xC0, 0xC1, 0xC2):
            components = head[9] if len(head) > 9 else 0
        elif code == 0xDA and len(head) > 4:
            n = head[4]
            selection = head[5 + 2 * n : 8 + 2 * n]
            if len(selection) == 3 and not selection[2] & 15:
                for k in range(n):
                    exact.setdefault(head[5 + 2 * k], set()).update(range(selection[0], selection[1] + 1))
    return bool(exact) and len(exact) == components and all(len(known) == 64 for known in exact.values())


def whole_jpeg(data: bytes, decode: Callable[[bytes], np.ndarray]) -> bytes | None:
    """Return a JPEG that lacks its end mark with one, or None where some of the picture is missing, too.

    Nothing is missing if other bytes behind the data change no pixel, while other bytes instead of the last ones do;
    a progressive JPEG must also have brought all its coefficients to full precision.

    Parameters
    ----------
    data : the file, up to where its coded data end.
    decode : gives the pixels of a JPEG at full size, uint8 (h, w) or (h, w, c).
    """
    data, padded = data.rstrip(b"\0\xff"), data
    data += b"\xff\0" if padded[len(data) :].startswith(b"\xff\0") else b""  # an 0xFF of the data
    if len(data) <= 2 * _CUT or not jpeg_is_exact(data):
        return None
    base = data[:-2] if data.endswith(b"\xff\0") else data
    try:
        whole = decode(data + _END)
        if not np.array_equal(whole, decode(data + _FILL + _END)):
            return None
        return None if np.array_equal(whole, decode(base[:-_CUT].rstrip(b"\xff") + _FILL + _END)) else data + _END
    except IMAGE_ERRORS:
        return None


def _pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length and (piece := file.read(min(length, _PIECE))):
        yield piece
        length -= len(piece)


def _inflates(file: BinaryIO, data: list[tuple[int, int]]) -> bool:
    """Say whether the chunks of data, (place, length) each, are a whole zlib stream with the right checksum."""
    stream = zlib.decompressobj()
    try:
        for at, length in data:
            file.seek(at)
            for piece in _pieces(file, length):
                while piece:
                    stream.decompress(piece, _PIECE)
                    piece = stream.unconsumed_tail
    except zlib.error:
        return False
    return stream.eof


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the marker, the place and the end of each segment of a JPEG; a scan ends where its coded data do."""
    at = 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        code = data[at + 1]
        if code == 0xFF:
            at += 1
            continue
        end = at + 2 + (0 if 0xD0 <= code <= 0xD9 else int.from_bytes(data[at + 2 : at + 4], "big"))
        if code == 0xDA:
            found = _MARKER.search(data, end)
            end = found.start() if found else len(data)
            while found and data[end - 1] == 0xFF:  # any number of them may stand before a marker
                end -= 1
        yield code, at, end
        at = end
