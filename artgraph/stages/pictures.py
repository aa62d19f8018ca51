"""A painting of a corpus as people see it: its picture and what stands under it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus

__all__ = ["caption", "picture", "thumbnail", "thumbnail_file"]


def thumbnail_file(corpus: Corpus, row: int) -> Path:
    """Return where the thumbnail (Path) of one row of a corpus lies, or would lie."""
    return corpus.home / "thumbs" / f"{corpus.paintings['image_sha256'].iloc[row]}.webp"


def thumbnail(corpus: Corpus, row: int) -> bytes | None:
    """Return the thumbnail (bytes, or None where it is gone) of one row of a corpus."""
    file = thumbnail_file(corpus, row)
    return file.read_bytes() if file.is_file() else None


def picture(corpus: Corpus, row: int, *, min_side: int) -> np.ndarray | None:
    """Return the picture of a painting, uint8 (h, w, 3); None where neither original nor thumbnail can be read.

    Parameters
    ----------
    corpus, row
    min_side : Pixels that the short side needs to have.
    """
    from artgraph.errors import ImageError
    from artgraph.images import load_image

    original = corpus.image_root / corpus.paintings["image"].iloc[row]
    for file in (original, thumbnail_file(corpus, row)):
        try:
            return load_image(file, min_side=min_side)
        except (ImageError, OSError):
            continue
    return None


def caption(corpus: Corpus, row: int, *, first: str | None = None) -> tuple[str, ...]:
    """Return the lines under a painting (tuple of str): the first one given, artist, title and date.

    Parameters
    ----------
    corpus, row, first
    """
    painting = corpus.paintings.iloc[row]
    values = (painting.get(name) for name in ("artist", "title", "date"))
    artist, title, date = (value if isinstance(value, str) else "" for value in values)
    titled = ", ".join(part for part in (title, date) if part)
    return tuple(line for line in (first, artist, titled or str(painting["id"])) if line)
