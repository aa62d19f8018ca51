"""A painting of a corpus as people see it: its picture and what stands under it."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.atomic import write_bytes
from artgraph.errors import ImageError, IngestError, InputError
from artgraph.soundness import whole_webp

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus

__all__ = [
    "caption", "check_originals", "need_pictures", "picture", "thumbnail", "thumbnail_again", "thumbnail_file",
    "thumbnail_pixels",
]  # fmt: skip


def need_pictures(corpus: Corpus, what: str) -> None:
    """Raise InputError where a corpus was made without pictures.

    Parameters
    ----------
    corpus
    what : That needs them.
    """
    if not corpus.has_pictures:
        raise InputError(
            f"{what} needs pictures, and {corpus.home} was made without (--no-pictures). Features of its works come "
            f"from: artgraph import {shlex.quote(str(corpus.home))} FILE"
        )


def check_originals(corpus: Corpus) -> None:
    """Raise IngestError where originals of a ``corpus`` are gone, or have another size than when they were taken.

    The message says what to do. A change that leaves the size as it was shows when the file is read. A table that was
    not made by ``ingest`` has no sizes, and nothing is compared.
    """
    if "image_bytes" not in corpus.paintings:
        return
    table, again = corpus.paintings, f"artgraph update {shlex.quote(str(corpus.path))}"
    if not corpus.image_root.is_dir():
        raise IngestError(
            f"The folder of the pictures, {corpus.image_root}, is not there. Connect its disk; or, where it was moved: "
            f"artgraph ingest FOLDER -o {shlex.quote(str(corpus.path))}"
        )
    gone, changed = [], []
    for image, size in zip(table["image"], table["image_bytes"], strict=True):
        now = _size(corpus.image_root / image)
        if now is None:
            gone.append(image)
        elif now != size:
            changed.append(image)
    if gone:
        raise IngestError(
            f"{_some(gone)} gone from {corpus.image_root} since the corpus was made. Put {_them(gone)} back, or take "
            f"{_them(gone)} out of the corpus with: {again}"
        )
    if changed:
        raise IngestError(
            f"{_some(changed)} changed in {corpus.image_root} since the corpus was made. Take {_them(changed)} anew "
            f"with: {again}"
        )


def thumbnail_file(corpus: Corpus, row: int) -> Path:
    """Return where the thumbnail (Path) of one row of a corpus lies, or would lie."""
    return corpus.home / "thumbs" / f"{corpus.paintings['image_sha256'].iloc[row]}.webp"


def thumbnail(corpus: Corpus, row: int) -> bytes | None:
    """Return the thumbnail (bytes) of one row of a corpus; None where it is gone, and its picture is, too.

    One that is missing or damaged is made again from its picture.
    """
    file = thumbnail_file(corpus, row)
    if not whole_webp(file):
        return thumbnail_again(corpus, row)
    return file.read_bytes()


def thumbnail_pixels(corpus: Corpus, row: int) -> np.ndarray | None:
    """Return the thumbnail of one row of a corpus, uint8 (h, w, 3); see ``thumbnail``."""
    from artgraph.images import load_image

    try:
        data = thumbnail(corpus, row)
        return None if data is None else load_image(data)
    except ImageError:
        data = thumbnail_again(corpus, row)
        return None if data is None else load_image(data)


def thumbnail_again(corpus: Corpus, row: int) -> bytes | None:
    """Make the thumbnail (bytes) of one row of a corpus again; None where its picture is gone, or another by now."""
    from artgraph.images import inspect_image

    file = thumbnail_file(corpus, row)
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

    Of an original that has changed since it was taken, the thumbnail is returned.

    Parameters
    ----------
    corpus, row
    min_side : Pixels that the short side needs to have.
    """
    from artgraph.images import load_image

    painting = corpus.paintings.iloc[row]
    original = corpus.image_root / painting["image"]
    unchanged = _size(original) == painting.get("image_bytes", _size(original))  # else the features are of another one
    for file in (*([original] if unchanged else []), thumbnail_file(corpus, row)):
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


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size if file.is_file() else None
    except OSError:
        return None


def _some(images: list[str]) -> str:
    shown = ", ".join(images[:3]) + (" …" if len(images) > 3 else "")
    return f"1 picture ({shown}) has" if len(images) == 1 else f"{len(images)} pictures ({shown}) have"


def _them(images: list[str]) -> str:
    return "it" if len(images) == 1 else "them"
