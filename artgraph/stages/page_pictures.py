"""The pictures that go into a page: thumbnails, made again where they are gone, and larger ones where these fit."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore
from typing import TYPE_CHECKING

import numpy as np

from artgraph.checks import check_choice
from artgraph.stages.pictures import thumbnail, thumbnail_again, thumbnail_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from artgraph.corpus import Corpus

__all__ = ["IMAGES", "MEDIUM", "MOST_BYTES", "has_larger", "larger_pictures", "medium_picture", "restored_thumbnails"]

IMAGES = ("auto", "medium", "small", "none")
MEDIUM = 1200  # pixels of the longest side
MOST_BYTES = 100_000_000  # of all medium pictures, up to which "auto" takes them along: what can still be sent
QUALITY = 80
_SMALL = 320  # pixels: a picture up to here is about as large as its thumbnail
_SAMPLE = 12
_DECODING = Semaphore(2)  # originals in memory at a time: one may take a gigabyte


def restored_thumbnails(corpus: Corpus) -> tuple[Callable[[int], bytes | None], int, list[int]]:
    """Make thumbnails again that are gone or broken, from originals that have not changed since they were taken in.

    Parameters
    ----------
    corpus

    Returns
    -------
    thumbnail : callable(row), WebP or None.
    restored : int, how many were made again.
    lost : list of int, rows without a thumbnail: their original is gone, unreadable or another picture.
    """
    from artgraph.atlas.sheets import decoded

    def whole(row: int) -> bool:
        file = thumbnail_file(corpus, row)
        return file.is_file() and bool(data := file.read_bytes()) and decoded(data) is not None

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        broken = [row for row, good in enumerate(pool.map(whole, range(len(corpus)))) if not good]
    again = {row: thumbnail_again(corpus, row) for row in broken}
    lost = [row for row in broken if not again[row]]
    return lambda row: again[row] if row in again else thumbnail(corpus, row), len(broken) - len(lost), lost


def _original(corpus: Corpus, row: int) -> bytes | None:
    """Return the original of a row as it was taken in; None where it is gone or has changed."""
    file = corpus.image_root / corpus.paintings["image"].iloc[row]
    try:
        data = file.read_bytes()
    except (OSError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest() == corpus.paintings["image_sha256"].iloc[row] else None


def has_larger(corpus: Corpus) -> bool:
    """Tell whether any original of a corpus is larger than its thumbnail."""
    return bool((corpus.paintings[["image_width", "image_height"]].max(axis=1) > _SMALL).any())


def larger_pictures(corpus: Corpus, images: str) -> Callable[[int], bytes | None] | None:
    """Return what gives the picture of a row with a longest side of 1,200 pixels; None where the page takes none along.

    "auto" takes them along where all together come to no more than 100 MB, as 12 of them, evenly chosen, let expect. A
    picture whose original is no larger than a thumbnail, is gone, or has changed, has none.

    Parameters
    ----------
    corpus
    images : {"auto", "medium", "small", "none"}

    Returns
    -------
    callable(row) or None
        WebP, or None where the row has no larger picture.
    """
    check_choice("images", images, IMAGES)
    if images in ("small", "none") or not len(corpus):
        return None
    if images == "medium":
        return lambda row: medium_picture(corpus, row)
    rows = np.unique(np.linspace(0, len(corpus) - 1, _SAMPLE).astype(int)).tolist()
    sample = {row: medium_picture(corpus, row) for row in rows}
    expected = sum(len(data or b"") for data in sample.values()) / len(rows) * len(corpus)
    if not any(sample.values()) or expected > MOST_BYTES:
        return None
    return lambda row: sample[row] if row in sample else medium_picture(corpus, row)


def medium_picture(corpus: Corpus, row: int) -> bytes | None:
    """Return the picture of one row as WebP with a longest side of 1,200 pixels, or None.

    Parameters
    ----------
    corpus, row
    """
    from PIL import Image

    from artgraph.errors import ImageError
    from artgraph.images import load_image, resize_contain

    width, height = (int(corpus.paintings[name].iloc[row]) for name in ("image_width", "image_height"))
    if max(width, height) <= _SMALL:
        return None
    side = max(1, -(-MEDIUM * min(width, height) // max(width, height)))
    with _DECODING:
        data = _original(corpus, row)
        if data is None:
            return None
        try:
            picture = resize_contain(load_image(data, min_side=side), MEDIUM)
        except ImageError:
            return None
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "WEBP", quality=QUALITY, method=2)
    return out.getvalue()
