"""Pictures are decoded, in shards or one by one, and compared with those that a corpus was made of."""

from __future__ import annotations

import calendar
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from artgraph.atomic import write_bytes
from artgraph.journal import entries
from artgraph.learning.prefetch import prefetch
from artgraph.shards import ShardStore, shard_bounds
from artgraph.soundness import whole_webp
from artgraph.storage import Folder

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.engine import Engine
    from artgraph.stages.base import Progress

__all__ = ["inspect_all", "inspect_one", "inspect_shards", "is_other", "last_taken"]

SHARD = 128
PART = 16  # of a shard, prepared ahead


class _Task(NamedTuple):
    """A shard of pictures to be decoded: its name, and their paths below the folder."""

    name: str
    paths: tuple[str, ...]


def inspect_shards(
    images: Path,
    paths: Sequence[str],
    store: ShardStore,
    *,
    out: Path,
    workers: int,
    engine: Engine,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Decode pictures, keep their thumbnails, and return what was measured on each, or why it was refused.

    Parameters
    ----------
    images, paths : A folder, and n paths below it.
    store : Of the shards; those that are there are taken as they are.
    out : The corpus that gets the thumbnails.
    workers : Decoding threads.
    engine : Who does it.
    progress : callable(stage, done, total)

    Returns
    -------
    list of dict
        As ``inspect_one`` returns them, n.
    """
    paths, thumbs = list(paths), Path(os.path.abspath(out / "thumbs"))
    thumbs.mkdir(exist_ok=True)
    there, names, tasks, done = store.names(), [], [], 0
    for start, stop in shard_bounds(len(paths), SHARD):
        names.append(f"{start:09d}.json")
        if names[-1] in there:
            done += stop - start
        else:
            tasks.append(_Task(names[-1], tuple(paths[start:stop])))

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress("ingest", done, len(paths))

    report(0)
    # thumbnails go straight to a corpus that all workers see; where there is a bucket, they may not see it
    inspecting = _Inspecting(
        Path(os.path.abspath(images)), thumbs if isinstance(store.storage, Folder) else None, store, workers=workers
    )
    engine.run(inspecting, tasks, progress=report)
    return [record for name in names for record in _unpacked(store, name, thumbs)]


class _Inspecting:
    """The work of decoding shards of pictures; ``thumbs`` None: their thumbnails go to the store as well."""

    def __init__(self, images: Path, thumbs: Path | None, store: ShardStore, *, workers: int) -> None:
        self.images, self.thumbs, self.store, self.workers = images, thumbs, store, workers

    def __call__(self, tasks: Iterable[_Task]) -> Iterator[int]:
        parts = (
            ((task, stop == len(task.paths)), [(self.images, path, self.thumbs) for path in task.paths[start:stop]])
            for task in tasks
            for start, stop in shard_bounds(len(task.paths), PART)
        )
        records: list[dict[str, Any]] = []
        for (task, last), found in prefetch(parts, inspect_one, workers=self.workers):
            records += found
            if last:
                _pack(self.store, task.name, records)
                records = []
            yield len(found)


def _pack(store: ShardStore, name: str, records: list[dict[str, Any]]) -> None:
    """Write a shard: records, and in a file beside them the thumbnails that they hold, one after the other."""
    thumbnails = [record["thumbnail"] for record in records if "thumbnail" in record]
    if thumbnails:
        store.put(f"{name}.webp", b"".join(thumbnails))
        records = [
            record | {"thumbnail": len(record["thumbnail"])} if "thumbnail" in record else record for record in records
        ]
    store.put(name, records)


def _unpacked(store: ShardStore, name: str, thumbs: Path) -> list[dict[str, Any]]:
    """Return the records of a shard; thumbnails that lie beside them go where the others are."""
    records = store.get(name)
    if any("thumbnail" in record for record in records):
        packed, start = store.get(f"{name}.webp"), 0
        for record in records:
            if length := record.pop("thumbnail", 0):
                _keep(thumbs, record["sha256"], packed[start : start + length])
                start += length
    return records


def _keep(thumbs: Path, sha256: str, thumbnail: bytes) -> None:
    file = thumbs / f"{sha256}.webp"
    if not whole_webp(file):
        write_bytes(file, thumbnail, sync=False)  # whoever reads one sees whether it is whole


def inspect_one(images: Path, path: str, thumbs: Path | None) -> dict[str, Any]:
    """Return what is measured on a picture, or why it is refused (dict); keep its thumbnail.

    Parameters
    ----------
    images, path : A folder, and a picture below it.
    thumbs : Where thumbnails go; None: into the dict.
    """
    from artgraph.ingest import Refusal, inspect_chunk

    (inspected,) = inspect_chunk(images, [path])
    record = asdict(inspected)
    if not isinstance(inspected, Refusal) and thumbs is not None:
        _keep(thumbs, inspected.sha256, record.pop("thumbnail"))
    return record


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
