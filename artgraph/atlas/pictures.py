"""Every picture of the atlas: a thumbnail of each painting, and the sheets of small ones that the map is drawn from."""

import io
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from artgraph.atlas.parts import Packs
from artgraph.atlas.sheets import SIDE, Sheets, decoded, tiles_of

__all__ = ["ahead", "write_pictures"]

_AHEAD, _TOGETHER = 256, 16  # pictures in memory at a time, and those that a thread takes at once
_MANY = 4_096  # paintings from which the weight of the folder counts:
_HEAVY, _REDUCED = 8_000, 208  # a thumbnail of more bytes is then written with a longest side of this many pixels


def write_pictures(
    out: Path,
    put: Callable[[str, bytes], None],
    *,
    thumbnails: Callable[[int], bytes | None],
    columns: Mapping[str, list],
    order: np.ndarray | None,
    images: bool = True,
    again: Callable[[int], bytes | None] | None = None,
    packed: bool = False,
    laid: bool = True,
) -> tuple[list[float], list[int], list[str | None], Sheets | None]:
    """Write thumbnails and sheets, and say what is known of each picture.

    Thumbnails are written as they come, each a file or 32 to a part; from 4,096 paintings on those of more than 8,000
    bytes are reduced to a longest side of 208 pixels. Returns width over height of each row, in 0.05 ... 20; the rows
    without a picture, none where no pictures are wanted; the mean colour of each row as "rrggbb" or None; and the
    sheets or None.

    Parameters
    ----------
    out : the atlas; thumbnails and sheets of an older one are removed from it.
    put : takes the name and the bytes of each file.
    thumbnails : the thumbnail of a row as WebP, or None.
    columns : text, n rows; ``image_width`` and ``image_height`` are read.
    order : (n,) int, rows in the order in which they are laid on sheets and packed.
    images : False writes nothing.
    again : gives another thumbnail of a row whose first one is None or no picture.
    packed : whether thumbnails are put into parts, and sheets are a quarter as large.
    laid : False: no sheets.
    """
    n = len(columns["id"])
    for folder, digits in (("thumbs", 6), ("sheets", 3)):
        for old in sorted((out / folder).glob("*" + "[0-9]" * digits + ".webp")):
            old.unlink(missing_ok=True)
    sheets = Sheets(n, put, side=SIDE // 2 if packed else SIDE) if laid and images and n > 0 else None
    packs = Packs(put) if packed and images else None
    aspect, missing, tints = [0.8] * n, [], [None] * n

    def one(i: int) -> tuple:
        webp = thumbnails(i) if images else None
        picture = decoded(webp) if webp else None
        if picture is None and images and again:
            webp = again(i)
            picture = decoded(webp) if webp else None
        aspect = _aspect(_shape(columns, i), picture)
        if picture is None:
            return i, aspect, None, None, None
        if n >= _MANY and len(webp) > _HEAVY and max(picture.size) > _REDUCED:
            webp = _reduced(picture)
        return i, aspect, webp, *(tiles_of(picture, aspect, sheets.levels) if sheets else (None, None))

    for i, shape, webp, tiles, tint in ahead(one, order.tolist()):
        aspect[i], tints[i] = shape, tint
        if packs:
            packs.add(webp)
        elif webp is not None:
            put(f"thumbs/{i:06d}.webp", webp)
        if webp is None and images:
            missing.append(i)
        if sheets:
            sheets.add(tiles)
    if packs:
        packs.close()
    return aspect, sorted(missing), tints, sheets


def ahead(one: Callable[[int], tuple], rows: Iterable[int]) -> Iterator[tuple]:
    """Give what ``one`` makes of each of the ``rows``, in order; threads work ahead, and Pillow lets them."""
    rows, waiting = iter(rows), deque()

    def some(few: list[int]) -> list[tuple]:
        return [one(i) for i in few]

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        while few := list(islice(rows, _TOGETHER)):
            waiting.append(pool.submit(some, few))
            if len(waiting) >= _AHEAD // _TOGETHER:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _aspect(shape: float | None, picture: Image.Image | None) -> float:
    """Return width over height that the page uses for a picture."""
    if picture is not None:
        upright = picture.width / picture.height
        # a thumbnail is upright; numbers from a file's header may be those of a picture lying on its side
        shape = shape if shape and abs(shape / upright - 1) < 0.1 else upright
    return round(min(max(shape or 0.8, 0.05), 20.0), 4)


def _reduced(picture: Image.Image) -> bytes:
    """Return a smaller and lighter thumbnail (WebP) of a picture."""
    scale = _REDUCED / max(picture.size)
    small, size = io.BytesIO(), [max(1, round(scale * side)) for side in picture.size]
    picture.resize(size, Image.Resampling.HAMMING).save(small, "WEBP", quality=75, method=2)
    return small.getvalue()


def _shape(columns: Mapping[str, list], i: int) -> float | None:
    """Return width over height of row ``i`` from its columns, or None where they do not say it."""
    try:
        width, height = (float(columns[c][i]) for c in ("image_width", "image_height"))
    except (KeyError, TypeError, ValueError):
        return None
    return width / height if width > 0 and height > 0 and np.isfinite(width / height) else None
