"""The pictures that go into a page: thumbnails, made again where they are gone, and larger ones where these fit."""

from __future__ import annotations

import hashlib
import io
from threading import Semaphore
from typing import TYPE_CHECKING

import numpy as np

from artgraph.checks import check_choice
from artgraph.stages.pictures import thumbnail_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from artgraph.corpus import Corpus

__all__ = ["IMAGES", "MEDIUM", "MOST_BYTES", "Thumbnails", "has_larger", "larger_pictures", "medium_picture"]

IMAGES = ("auto", "medium", "small", "none")
MEDIUM = 1200  # pixels of the longest side
MOST_BYTES = 100_000_000  # of all medium pictures, up to which "auto" takes them along: what can still be sent
QUALITY = 80
_SMALL = 320  # pixels: a picture up to here is about as large as its thumbnail
_SAMPLE = 12
_DECODING = Semaphore(2)  # originals in memory at a time: one may take a gigabyte


class Thumbnails:
    """The thumbnails of a ``corpus``, made again where one is gone or broken and its original has not changed.

    ``restored`` is how many were made again so far; ``lost`` has the rows of which none could be made.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus, self.home = corpus, corpus.home / "thumbs"
        self.hashes = corpus.paintings["image_sha256"].tolist()
        self._again: dict[int, bytes | None] = {}

    def stored(self, row: int) -> bytes | None:
        """Return the thumbnail of a row as it lies in the corpus; None where there is none."""
        try:
            return (self.home / f"{self.hashes[row]}.webp").read_bytes()
        except OSError:
            return None

    def again(self, row: int) -> bytes | None:
        """Make the thumbnail of a row again; None where its original is gone, unreadable or another picture."""
        if row not in self._again:
            self._again[row] = thumbnail_again(self.corpus, row)
        return self._again[row]

    def whole(self, row: int) -> bytes | None:
        """Return the thumbnail of a row, made again where it is broken."""
        from artgraph.atlas.sheets import decoded

        data = self.stored(row)
        return data if data and decoded(data) is not None else self.again(row)

    @property
    def restored(self) -> int:
        return sum(data is not None for data in self._again.values())

    @property
    def lost(self) -> list[int]:
        return sorted(row for row, data in self._again.items() if data is None)


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
