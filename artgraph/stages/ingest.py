"""Pictures and a spreadsheet become a corpus."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.atomic import locked, write_bytes
from artgraph.corpus import KINDS, Corpus
from artgraph.errors import CorpusError, IngestError
from artgraph.shards import ShardStore, clear_shards, shard_bounds
from artgraph.soundness import damage_beside, whole_webp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artgraph.ingest import Plan
    from artgraph.stages.base import Progress

__all__ = ["ingest"]

SHARD = 128
WORK = ".ingest-"


def ingest(
    images: str | Path,
    out: str | Path,
    *,
    metadata: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    max_refused: float = 0.05,
    workers: int = 2,
    progress: Progress = None,
) -> Corpus:
    """Make a corpus of a folder of pictures and, if there is one, a spreadsheet.

    Every picture is decoded whole, so that a damaged one is found now; a thumbnail of it is kept.

    Parameters
    ----------
    images : Searched recursively.
    out : The corpus. If it is there already it must hold the same paintings; their data are brought up to date.
    metadata : CSV or parquet with a column of paths or ids; see ``artgraph.ingest`` for the rules.
    columns : Our column name to the spreadsheet's, where the usual names do not fit.
    max_refused : float in [0, 1]
        Share of the pictures found that may be refused before this is an error (the corpus is made all the same).
    workers : Decoding threads.
    progress : callable(stage, done, total)

    Raises
    ------
    IngestError
        No pictures, or more refused than ``max_refused``.
    """
    from artgraph.ingest import find_images, plan, read_metadata

    images, out = Path(images), Path(out)
    if not images.is_dir():
        raise IngestError(f"{images} is not a folder. Give the folder that the pictures are in.")
    table = read_metadata(metadata, columns=columns) if metadata else None
    found = [path for path in find_images(images) if not (images / path).resolve().is_relative_to(out.resolve())]
    if images.resolve().is_relative_to(out.resolve()):  # the demo keeps its pictures inside the corpus
        found = find_images(images)
    planned = plan(found, table, root=images, metadata_dir=Path(metadata).parent if metadata else None)
    notes = list(table.notes) if table else []
    stamp = _fingerprint(images, found, metadata, columns)
    corpus = _unchanged(out, stamp)
    if corpus is None or any(out.glob(f"{WORK}*")):
        with locked(out, folders=("", "thumbs", *KINDS)):
            corpus = _take_in(images, out, planned, notes, stamp, workers, progress)
            corpus.journal("paintings", stamp)
            clear_shards(out, WORK)
    facts = corpus.head["facts"]
    if facts["images_refused"] > max_refused * facts["images_found"]:
        raise IngestError(
            f"{facts['images_refused']} of {facts['images_found']} pictures were refused, more than --max-refused "
            f"{max_refused:g} allows. {out / 'refused.csv'} says which and why."
        )
    return corpus


def _take_in(
    images: Path, out: Path, planned: Plan, notes: list[str], stamp: str, workers: int, progress: Progress
) -> Corpus:
    import pandas as pd

    from artgraph.ingest import Refusal, refusals_table

    paintings = planned.paintings
    paths = list(paintings["image"])
    store = ShardStore(out, WORK, stamp)
    (out / "thumbs").mkdir(exist_ok=True)
    inspected = []
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for start, stop in shard_bounds(len(paths), SHARD):
            name = f"{start:09d}.json"
            if not store.has(name):
                records = list(pool.map(lambda path: _inspect(images, path, out / "thumbs"), paths[start:stop]))
                store.put(name, records)
            inspected += store.get(name)
            if progress:
                progress("ingest", stop, len(paths))
    refusals = [Refusal(**record) for record in inspected if "reason" in record]
    refused = pd.concat([planned.refused, refusals_table(refusals)], ignore_index=True)
    taken = [position for position, record in enumerate(inspected) if "reason" not in record]
    if not taken:
        why = f"; most of all: {refused['reason'].value_counts().index[0]}" if len(refused) else ""
        raise IngestError(f"No picture in {images} could be taken ({len(paths)} found, {len(refused)} refused{why}).")
    measured = pd.DataFrame([inspected[position] for position in taken]).add_prefix("image_")
    measured["image_jpeg_quality"] = measured["image_jpeg_quality"].astype("Int64")
    table = pd.concat([paintings.iloc[taken].reset_index(drop=True), measured], axis=1)
    facts = {
        "images_found": planned.counts["images"],
        "images_taken": len(table),
        "images_refused": int((refused["kind"] == "image").sum()),
        **{name: count for name, count in planned.counts.items() if name.startswith("rows")},
        "images_without_row": int(table["metadata_line"].isna().sum()),
        "notes": notes,
    }
    corpus = Corpus.create(out, table, image_root=images, refused=refused, facts=facts)
    keep = {f"{sha256}.webp" for sha256 in table["image_sha256"]}
    for thumbnail in (out / "thumbs").iterdir():
        if thumbnail.name not in keep:
            thumbnail.unlink()
    return corpus


def _inspect(images: Path, path: str, thumbs: Path) -> dict[str, Any]:
    from artgraph.ingest import Refusal, inspect_chunk

    (inspected,) = inspect_chunk(images, [path])
    record = asdict(inspected)
    if not isinstance(inspected, Refusal):
        thumbnail = record.pop("thumbnail")
        file = thumbs / f"{inspected.sha256}.webp"
        if not whole_webp(file):
            write_bytes(file, thumbnail)
    return record


def _fingerprint(
    images: Path, found: Sequence[str], metadata: str | Path | None, columns: Mapping[str, str] | None
) -> str:
    """Return a hash of what the result depends on: names, sizes and times of the pictures, and the spreadsheet."""
    listing = []
    for path in found:
        try:
            status = (images / path).stat()
            listing.append([path, status.st_size, status.st_mtime_ns])
        except OSError:
            listing.append([path, None, None])
    sheet = hashlib.sha256(Path(metadata).read_bytes()).hexdigest() if metadata else None
    whole = json.dumps([str(images.resolve()), listing, sheet, columns], sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()


def _unchanged(out: Path, stamp: str) -> Corpus | None:
    """Return the corpus if its last ingest had the same fingerprint, else None. Times are kept in the journal alone."""
    try:
        lines = (out / "journal.jsonl").read_text("utf-8").splitlines()
        stamps = [line for line in lines if '"made": "paintings/' in line]
        corpus = Corpus(out) if stamps and json.loads(stamps[-1])["made"] == f"paintings/{stamp}" else None
        damaged = corpus and damage_beside(out, corpus.head, corpus.paintings["image_sha256"])
        return None if damaged else corpus
    except (OSError, ValueError, KeyError, TypeError, CorpusError):
        return None
