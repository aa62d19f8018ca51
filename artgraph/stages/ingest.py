"""Pictures and a spreadsheet become a corpus."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.atomic import locked
from artgraph.corpus import KINDS, Corpus
from artgraph.engine import opened
from artgraph.errors import CorpusError, IngestError
from artgraph.shards import ShardStore, clear_shards
from artgraph.soundness import damage_beside, read_head
from artgraph.stages.inspecting import inspect_shards
from artgraph.stages.spreadsheet import (
    as_before,
    list_artists,
    read_table,
    reading_of,
    refuse_unmatched,
    relative,
    spellings_note,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artgraph.engine import Engine
    from artgraph.folders import Listing
    from artgraph.ingest import Metadata, Plan
    from artgraph.stages.base import Progress

__all__ = ["check_kind", "follows_links", "ingest", "left_out"]

WORK = ".ingest-"
REVISION = 3  # counted up when the same folder and spreadsheet give another table


def ingest(
    images: str | Path | None,
    out: str | Path,
    *,
    metadata: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    source: str | None = None,
    repair_text: bool = False,
    views: str | None = None,
    max_unmatched: float = 1.0,
    max_refused: float = 0.05,
    follow_links: bool | None = None,
    workers: int = 2,
    engine: str | Engine = "process",
    ray_address: str | None = None,
    storage: str | Path | None = None,
    progress: Progress = None,
) -> Corpus:
    """Make a corpus of a folder of pictures and, if there is one, a spreadsheet; or of a table alone.

    Every picture is decoded whole, so that a damaged one is found now; a thumbnail of it is kept. Without pictures each
    row of the table is a work, and its features are imported.

    Parameters
    ----------
    images : Searched recursively. None: there are no pictures.
    out : The corpus. If it is there already it must hold the same paintings; their data are brought up to date.
    metadata : CSV, JSON or parquet with a column of paths or ids, or a folder of JSON files; see ``artgraph.ingest``
        for the rules. Without pictures it has to be there, with a column of ids.
    columns : Our column name to the spreadsheet's, where the usual names do not fit.
    encoding : Of a CSV file; default: found out, see ``artgraph.tabletext.decode``.
    source : A key of ``artgraph.sources.SOURCES``: the museum, or kind of table; default: recognised by the columns.
        "wikiart" without ``metadata`` reads artist, title and style in the names of the pictures.
    repair_text : Mend text of the CSV file that had been saved in a wrong encoding before.
    views : {None, "first", "all"} or the name of a column
        Which picture is taken of a work that has several; see ``artgraph.objectviews.choose_views``. With "all" they
        are no neighbours of each other in graphs.
    max_unmatched : float in [0, 1]
        Share of the pictures that may have no row in the spreadsheet before this is an error (the corpus is made all
        the same). That no row at all belongs to a picture is always an error, and nothing is made.
    max_refused : float in [0, 1]
        Share of the pictures found (without pictures: of the rows) that may be refused before this is an error (the
        corpus is made all the same).
    follow_links : Whether pictures and folders are taken that symbolic links in the folder lead to, each folder once.
        None: as at the last ingest of the corpus, else yes.
    workers : Decoding threads.
    engine, ray_address, storage : See ``describe``. Who decodes the pictures, and where thumbnails and measures lie
        until all are there.
    progress : callable(stage, done, total)

    Notes
    -----
    ``metadata`` and how it is read, where not given, are as at the corpus's last ingest, with a note, so that no
    artists are lost by running again. ``artists.csv`` in the corpus lists every spelling of an artist, and for
    whom it was taken.

    Raises
    ------
    IngestError
        No pictures, or more refused than ``max_refused``; ``out`` is the folder of pictures; or that is a corpus.
    CorpusError
        ``out`` holds other works; or the same without pictures, where there are some now, or the other way round.
    """
    from artgraph.folders import list_folder
    from artgraph.ingest import check_matched, plan
    from artgraph.sources import is_named_so

    check_kind(out, pictures=images is not None)
    asked = reading_of(columns, encoding, source=source, repair_text=repair_text, views=views)
    if images is None:
        return _ingest_table(Path(out), metadata, asked, max_refused=max_refused)
    images, out = Path(images), Path(out)
    if not images.is_dir():
        raise IngestError(f"{images} is not a folder. Give the folder that the pictures are in.")
    if os.path.realpath(images) == os.path.realpath(out) or (out.is_dir() and os.path.samefile(images, out)):
        other = Path(os.path.realpath(images)).parent / "mycorpus"
        raise IngestError(f"-o names {out}, the folder of the pictures itself. Name another, such as -o {other}")
    metadata, reading, _ = as_before(out, metadata, asked)
    follow = follows_links(out) if follow_links is None else follow_links
    listing = list_folder(images, leave_out=left_out(images, out, metadata), follow_links=follow)
    found = listing.pictures
    table = read_table(metadata, reading, found)
    metadata_dir = Path(metadata).parent if metadata else None
    planned = plan(found, table, root=images, metadata_dir=metadata_dir, views=reading.get("views"))
    notes: list[str] = []
    if table:
        check_matched(planned, table, images)
        notes = [*table.notes, *planned.notes, *spellings_note(planned.paintings)]
    elif is_named_so(found):
        notes.append("the pictures are named as on WikiArt; --as wikiart reads artist, title and style in their names.")
    stamp = _fingerprint(images, found, table, reading)
    spreadsheet = {"spreadsheet": relative(metadata, out)} if metadata else {}
    spreadsheet |= {"reading": reading, "read_as": planned.read_as} if table else {}
    corpus = _unchanged(out, stamp)
    if corpus is None or any(out.glob(f"{WORK}*")):
        with locked(out, folders=("", "thumbs", *KINDS)):
            store = ShardStore(storage or out, WORK, stamp)
            with opened(engine, ray_address) as who:
                records = inspect_shards(
                    images, planned.paintings["image"], store, out=out, workers=workers, engine=who, progress=progress
                )
            corpus = _take_in(images, out, planned, listing, notes=notes, records=records, spreadsheet=spreadsheet)
            store.remove()
            list_artists(corpus)
            corpus.journal("paintings", stamp)
            clear_shards(out, WORK)
    facts = corpus.head["facts"]
    if facts["images_refused"] > max_refused * facts["images_found"]:
        raise IngestError(
            f"{facts['images_refused']} of {facts['images_found']} pictures were refused, more than --max-refused "
            f"{max_refused:g} allows. {out / 'refused.csv'} says which and why."
        )
    if table:
        refuse_unmatched(corpus, table.name, max_unmatched)
    return corpus


def check_kind(out: str | Path, *, pictures: bool) -> None:
    """Raise CorpusError where a corpus is there that has pictures, and is to have none, or the other way round.

    Parameters
    ----------
    out : Of the corpus, which need not be there.
    pictures : Whether it is to have pictures.
    """
    try:
        root = read_head(Path(out) / "corpus.json").get("image_root")
    except (OSError, CorpusError):
        return
    if isinstance(root, str) and bool(root) != pictures:
        there = "works without pictures" if pictures else "works with pictures"
        raise CorpusError(
            f"{out} holds {there}. Choose another folder with -o"
            + ("; or go on with: artgraph import, build-graph, train-vgae, communities." if pictures else ".")
        )


def _ingest_table(
    out: Path,
    metadata: str | Path | None,
    reading: dict[str, Any],
    *,
    max_refused: float,
) -> Corpus:
    """Make a corpus of a table whose rows are works without pictures."""
    from artgraph.ingest import plan_table

    metadata, reading, notes = as_before(out, metadata, reading)
    if metadata is None:
        raise IngestError("Without pictures there has to be a table of the works: give one with --metadata FILE.")
    table = read_table(metadata, reading, ())
    stamp = _fingerprint(None, (), table, reading)
    corpus = _unchanged(out, stamp)
    if corpus is None:
        planned = plan_table(table)
        paintings, refused = planned.paintings, planned.refused
        if paintings.empty:
            why = f"; most of all: {refused['reason'].value_counts().index[0]}" if len(refused) else ""
            raise IngestError(f"No row of {metadata} could be taken ({len(refused)} refused{why}).")
        facts = {name: count for name, count in planned.counts.items() if name.startswith("rows")}
        facts["notes"] = [*notes, *table.notes, *spellings_note(paintings)]
        facts |= {"spreadsheet": relative(metadata, out), "reading": reading, "read_as": planned.read_as}
        with locked(out, folders=("", *KINDS)):
            corpus = Corpus.create(out, paintings, image_root=None, refused=refused, facts=facts)
            list_artists(corpus)
            corpus.journal("paintings", stamp)
    facts = corpus.head["facts"]
    if facts["rows_refused"] > max_refused * facts["rows"]:
        raise IngestError(
            f"{facts['rows_refused']} of {facts['rows']} rows were refused, more than --max-refused {max_refused:g} "
            f"allows. {out / 'refused.csv'} says which and why."
        )
    return corpus


def follows_links(out: str | Path) -> bool:
    """Return whether symbolic links were followed when a corpus (``out``) was made; True where it is not there."""
    try:
        return not read_head(Path(out) / "corpus.json").get("facts", {}).get("links_passed_over")
    except (OSError, CorpusError, AttributeError):
        return True


def left_out(images: Path, out: Path, metadata: str | Path | None) -> list[Path]:
    """Return what may lie among the pictures and is none: the spreadsheet, and a corpus that does not hold them.

    Parameters
    ----------
    images, out, metadata : As for ``ingest``.
    """
    sheet = [Path(metadata)] if metadata else []
    inside = Path(os.path.realpath(images)).is_relative_to(os.path.realpath(out))  # as those of the demo
    return sheet if inside else [*sheet, out]


def _take_in(
    images: Path,
    out: Path,
    planned: Plan,
    listing: Listing,
    *,
    notes: list[str],
    records: Sequence[Mapping[str, Any]],
    spreadsheet: Mapping[str, Any],
) -> Corpus:
    import pandas as pd

    from artgraph.ingest import Refusal, passed_over, refusals_table

    paintings = planned.paintings
    refusals = [Refusal(**record) for record in records if "reason" in record]
    others = refusals_table([*refusals, *passed_over(listing)])
    refused = pd.concat([planned.refused, others], ignore_index=True)
    taken = [position for position, record in enumerate(records) if "reason" not in record]
    if not taken:
        why = f"; most of all: {refused['reason'].value_counts().index[0]}" if len(refused) else ""
        raise IngestError(f"No picture in {images} could be taken ({len(records)} found, {len(refused)} refused{why}).")
    measured = pd.DataFrame([records[position] for position in taken]).add_prefix("image_")
    measured["image_jpeg_quality"] = measured["image_jpeg_quality"].astype("Int64")
    measured["image_note"] = measured["image_note"].astype("string")
    table = pd.concat([paintings.iloc[taken].reset_index(drop=True), measured], axis=1)
    facts = {
        "images_found": planned.counts["images"],
        "images_taken": len(table),
        "images_refused": int((refused["kind"] == "image").sum()),
        **{name: count for name, count in planned.counts.items() if name.startswith("rows")},
        "images_noted": int(measured["image_note"].notna().sum()),
        **_counts(listing),
        **{name: count for name, count in planned.counts.items() if name == "other_views"},
        "images_without_row": int(table["metadata_line"].isna().sum()),
        "notes": notes,
        **spreadsheet,
    }
    corpus = Corpus.create(out, table, image_root=images, refused=refused, facts=facts)
    keep = {f"{sha256}.webp" for sha256 in table["image_sha256"]}
    for thumbnail in (out / "thumbs").iterdir():
        if thumbnail.name not in keep:
            thumbnail.unlink()
    return corpus


def _counts(listing: Listing) -> dict[str, Any]:
    """Return what was passed over, counted: files and folders by reason, other files by ending."""
    reasons = Counter(reason for _, _, reason, _ in listing.passed_over)
    return {
        "files_beside_a_picture": reasons["beside a picture"],
        "folders_unreadable": reasons["unreadable folder"],
        **({"links_passed_over": reasons["link"]} if reasons["link"] else {}),
        "folders_passed_over": dict(sorted((listing.system_folders + Counter(corpus=reasons["corpus"])).items())),
        "other_files": dict(sorted(listing.others.items())),
    }


def _fingerprint(images: Path | None, found: Sequence[str], table: Metadata | None, reading: Mapping[str, Any]) -> str:
    """Return a hash of what the result depends on: names, sizes and times of the pictures, and the spreadsheet."""
    listing = []
    for path in found:
        try:
            status = (images / path).stat()
            listing.append([path, status.st_size, status.st_mtime_ns])
        except OSError:
            listing.append([path, None, None])
    read = table.files if table is not None else ()
    sheet = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in read]
    root = None if images is None else os.path.realpath(images)
    whole = json.dumps([REVISION, root, listing, sheet, reading], sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()


def _unchanged(out: Path, stamp: str) -> Corpus | None:
    """Return the corpus if its last ingest had the same fingerprint, else None. Times are kept in the journal alone."""
    try:
        lines = (out / "journal.jsonl").read_text("utf-8").splitlines()
        stamps = [line for line in lines if '"made": "paintings/' in line]
        corpus = Corpus(out) if stamps and json.loads(stamps[-1])["made"] == f"paintings/{stamp}" else None
        damaged = corpus and damage_beside(out, corpus.head, corpus.paintings.get("image_sha256", ()))
        return None if damaged else corpus
    except (OSError, ValueError, KeyError, TypeError, CorpusError):
        return None
