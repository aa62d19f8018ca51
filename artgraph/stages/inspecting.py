"""Pictures are decoded, and compared with those that a corpus was made of."""

from __future__ import annotations

import calendar
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.journal import entries
from artgraph.stages.ingest import inspect_one

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.stages.base import Progress

__all__ = ["inspect_all", "is_other", "last_taken"]


def last_taken(corpus: Corpus) -> float:
    """Return when pictures were last taken into a ``corpus``, in seconds since 1970 (float); 0: nothing says so."""
    noted = entries(corpus.path / "journal.jsonl")
    days = [entry["at"] for entry in noted if str(entry.get("made")).startswith("paintings/")]
    return float(calendar.timegm(time.strptime(days[-1], "%Y-%m-%dT%H:%M:%SZ"))) if days else 0.0


def is_other(corpus: Corpus, row: int, image: str, *, since: float) -> bool:
    """Return whether the picture of a row has changed (bool): another size, or written since, with another hash.

    Parameters
    ----------
    corpus, row
    image : Where the picture is now.
    since : Of ``last_taken``.
    """
    file = corpus.image_root / image
    try:
        status = file.stat()
        if status.st_size != int(corpus.paintings["image_bytes"].iloc[row]):
            return True
        if status.st_mtime < since and image == corpus.paintings["image"].iloc[row]:
            return False
        return hashlib.sha256(file.read_bytes()).hexdigest() != corpus.paintings["image_sha256"].iloc[row]
    except OSError:
        return False


def inspect_all(
    root: Path, images: list[str], thumbs: Path, *, workers: int = 2, progress: Progress = None
) -> list[dict[str, Any]]:
    """Decode pictures, and return what was measured on each, or why it was refused (list of dict).

    Parameters
    ----------
    root, images : A folder, and paths below it.
    thumbs : Where thumbnails go.
    workers, progress
    """
    thumbs.mkdir(parents=True, exist_ok=True)
    found: list[dict[str, Any]] = []
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for record in pool.map(lambda image: inspect_one(root, image, thumbs), images):
            found.append(record)
            if progress:
                progress("ingest", len(found), len(images))
    return found
