"""A painting of a corpus as people see it: its picture and what stands under it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.atomic import write_bytes
from artgraph.errors import ImageError
from artgraph.soundness import whole_webp

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus

__all__ = ["caption", "picture", "thumbnail", "thumbnail_file", "thumbnail_pixels"]


def thumbnail_file(corpus: Corpus, row: int) -> Path:
    """Return where the thumbnail (Path) of one row of a corpus lies, or would lie."""
    return corpus.path / "thumbs" / f"{corpus.paintings['image_sha256'].iloc[row]}.webp"


def thumbnail(corpus: Corpus, row: int) -> bytes | None:
    """Return the thumbnail (bytes) of one row of a corpus; None where it is gone, and its picture is, too.

    One that is missing or damaged is made again from its picture.
    """
    file = thumbnail_file(corpus, row)
    if not whole_webp(file):
        return _made_again(corpus, row, file)
    return file.read_bytes()


def thumbnail_pixels(corpus: Corpus, row: int) -> np.ndarray | None:
    """Return the thumbnail of one row of a corpus, uint8 (h, w, 3); see ``thumbnail``."""
    from artgraph.images import load_image

    try:
        data = thumbnail(corpus, row)
        return None if data is None else load_image(data)
    except ImageError:
        data = _made_again(corpus, row, thumbnail_file(corpus, row))
        return None if data is None else load_image(data)


def _made_again(corpus: Corpus, row: int, file: Path) -> bytes | None:
    from artgraph.images import inspect_image

    try:
        inspected = inspect_image(corpus.image_root / corpus.paintings["image"].iloc[row])
    except (ImageError, OSError):
        return None
    if inspected.sha256 != file.stem:  # another picture by now
        return None
    with contextlib.suppress(OSError):  # a corpus that can only be read
        file.parent.mkdir(exist_ok=True)
        write_bytes(file, inspected.thumbnail)
    return inspected.thumbnail


def picture(corpus: Corpus, row: int, *, min_side: int) -> np.ndarray | None:
    """Return the picture of a painting, uint8 (h, w, 3); None where neither original nor thumbnail can be read.

    Parameters
    ----------
    corpus, row
    min_side : Pixels that the short side needs to have.
    """
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
