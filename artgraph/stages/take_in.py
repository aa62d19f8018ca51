"""A folder and a spreadsheet are compared with the corpus that was made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from artgraph.errors import IngestError, InputError
from artgraph.stages.change import Change
from artgraph.stages.ingest import follows_links, left_out
from artgraph.stages.inspecting import inspect_all, is_other, last_taken
from artgraph.stages.spreadsheet import as_before, read_table, reading_of, relative
from artgraph.tablefiles import read_refused

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.stages.base import Progress

__all__ = ["Found", "compare", "corrected_table", "spreadsheet_of", "without"]


@dataclass(frozen=True)
class Found:
    """What is different.

    Attributes
    ----------
    change : What the corpus would become.
    added, redone : Ids of works that are new, and of those that have another picture.
    gone : Ids of works whose picture is no longer in the folder; they stay, unless they are to be removed.
    removed : Ids of works that are taken away.
    corrected : Column to the number of works in which it says something else now.
    refused : How many new pictures were refused.
    notes : What else there is to say.
    """

    change: Change
    added: list[str] = field(default_factory=list)
    redone: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    corrected: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether all is as it was."""
        return not (self.added or self.redone or self.removed or self.corrected)


def without(corpus: Corpus, ids: Iterable[str]) -> Found:
    """Return what becomes of a corpus without some works.

    Parameters
    ----------
    corpus, ids

    Raises
    ------
    InputError
        An id that is not in the corpus, or none would be left.
    """
    wanted = list(dict.fromkeys(ids))
    there = corpus.paintings["id"].isin(wanted).to_numpy()
    if unknown := sorted(set(wanted) - set(corpus.paintings["id"])):
        raise InputError(
            f"{len(unknown)} of {len(wanted)} ids are not in {corpus.path}, such as '{unknown[0]}'; its ids look like "
            f"'{corpus.paintings['id'].iloc[0]}'. Nothing was removed."
        )
    if there.all():
        raise InputError(f"No work would be left in {corpus.path}. Delete the folder instead.")
    origin = np.flatnonzero(~there)
    batches = np.bincount(corpus.batch[origin], minlength=len(corpus.batches)).tolist()
    gone = corpus.paintings.iloc[np.flatnonzero(there)]
    listed = [
        (image, "removed", "taken out", f"the work '{key}'")
        for key, image in zip(gone["id"], gone["image" if corpus.has_pictures else "id"], strict=True)
    ]
    now = pd.DataFrame(listed, columns=["input", "kind", "reason", "detail"], dtype="string")
    change = Change(
        corpus.paintings.iloc[origin].reset_index(drop=True),
        origin,
        np.zeros(len(origin), dtype=bool),
        batches,
        refused=pd.concat([read_refused(corpus.path), now], ignore_index=True),
    )
    return Found(change, removed=list(corpus.paintings["id"][there]))


def compare(
    corpus: Corpus,
    *,
    images: str | Path | None = None,
    metadata: str | Path | None = None,
    only_new: bool = False,
    remove_gone: bool = False,
    vectors: Mapping[str, Path] | None = None,
    reading: Mapping[str, Any] | None = None,
    workers: int = 2,
    progress: Progress = None,
) -> Found:
    """Compare a folder of pictures and a spreadsheet with a corpus. Pictures that are new or others are decoded.

    Parameters
    ----------
    corpus
    images : Default: the folder that the corpus was made of.
    metadata : Default: the spreadsheet that it was made of, if it is still there.
    only_new : Works that are there stay as they are, whatever folder and spreadsheet say of them.
    remove_gone : Take away works whose picture is no longer in the folder.
    vectors : See ``Change``.
    reading : How the spreadsheet is read, as from ``reading_of``.
    workers, progress

    Raises
    ------
    IngestError
        The folder is not there; or works that are new have the ids of others that are there.
    """
    from artgraph.folders import list_folder
    from artgraph.ingest import Refusal, check_matched, plan, refusals_table

    root = Path(images) if images is not None else corpus.image_root
    if not root.is_dir():
        raise IngestError(f"{root} is not a folder. Name the folder that the pictures are in.")
    sheet, reading, notes = spreadsheet_of(corpus, metadata, reading, must=not only_new)
    how = {"leave_out": left_out(root, corpus.home, sheet), "follow_links": follows_links(corpus.home)}
    paths = list_folder(root, **how).pictures
    table = read_table(sheet, reading, paths)
    planned = plan(
        paths, table, root=root, metadata_dir=Path(sheet).parent if sheet else None, views=reading.get("views")
    )
    if table is not None and metadata is not None:
        check_matched(planned, table, root)
    listed = planned.paintings.copy()
    files = list(listed["image"])
    listed["image"] = [_stored(corpus, root, path) for path in files]
    there, row_of = corpus.paintings, {}
    by_image = dict(zip(there["image"], range(len(there)), strict=True))
    by_id = dict(zip(there["id"], range(len(there)), strict=True))
    for at, (key, image) in enumerate(zip(listed["id"], listed["image"], strict=True)):
        row = by_image.get(image, by_id.get(key))
        if row is not None:
            row_of[at] = row
    since = last_taken(corpus)
    new = [at for at in range(len(listed)) if at not in row_of]
    if root.resolve() == corpus.image_root.resolve():  # what was taken out stays out
        before = read_refused(corpus.path)
        out = set(before["input"][before["kind"] == "removed"])
        new = [at for at in new if files[at] not in out]
    matched = {} if only_new else row_of
    other = [at for at, row in matched.items() if is_other(corpus, row, listed["image"].iloc[at], since=since)]
    inspected = inspect_all(
        root, [files[at] for at in [*new, *other]], corpus.home / "thumbs", workers=workers, progress=progress
    )
    records = dict(zip([*new, *other], inspected, strict=True))
    refusals = [Refusal(**record) for record in inspected if "reason" in record]
    if only_new and (clash := [at for at, row in row_of.items() if by_image.get(listed["image"].iloc[at]) is None]):
        _check_clashes(corpus, [(row_of[at], listed["image"].iloc[at]) for at in clash])
    new = [at for at in new if "reason" not in records[at]]
    other = [at for at in other if "reason" not in records[at]]
    other = [at for at in other if records[at]["sha256"] != there["image_sha256"].iloc[row_of[at]]]

    paintings = there.copy()
    if not only_new and table is not None:
        paintings = corrected_table(
            paintings, listed, row_of, columns=[name for name in table.table.columns if name in listed]
        )
    if other:
        paintings = _with_records(paintings, {row_of[at]: records[at] for at in other})
        for at in other:
            paintings.loc[row_of[at], "image"] = listed["image"].iloc[at]
    stay = np.ones(len(there), dtype=bool)
    unseen = [] if only_new else sorted(set(range(len(there))) - set(row_of.values()))
    gone = [row for row in unseen if not (corpus.image_root / there["image"].iloc[row]).is_file()]
    if remove_gone:
        stay[gone] = False
    added = _rows(listed.iloc[new], [records[at] for at in new]).sort_values("id", kind="stable")
    kept = np.flatnonzero(stay)
    merged = pd.concat([paintings.iloc[kept], added], ignore_index=True) if len(new) else paintings.iloc[kept]
    merged = merged.reset_index(drop=True).astype({name: there[name].dtype for name in there.columns}, errors="ignore")
    batches = np.bincount(corpus.batch[kept], minlength=len(corpus.batches)).tolist() + ([len(new)] if new else [])
    redone = np.zeros(len(merged), dtype=bool)
    place = {row: at for at, row in enumerate(kept)}
    redone[[place[row_of[at]] for at in other if row_of[at] in place]] = True
    facts = dict(corpus.head["facts"])
    if new or refusals:
        facts["images_found"] = facts.get("images_found", 0) + len(new) + len(refusals)
        facts["images_taken"] = facts.get("images_taken", 0) + len(new)
        facts["images_refused"] = facts.get("images_refused", 0) + len(refusals)
    if metadata is not None and not only_new:
        facts |= {"spreadsheet": relative(metadata, corpus.home), "reading": reading, "read_as": planned.read_as}
    change = Change(
        merged,
        np.concatenate([kept, np.full(len(new), -1, dtype=np.int64)]),
        redone,
        batches,
        refused=_refused(corpus, refusals_table(refusals), planned.refused) if (refusals or not only_new) else None,
        facts=facts,
        vectors=dict(vectors or {}),
    )
    ids = there["id"]
    return Found(
        change,
        added=list(added["id"]),
        redone=[ids.iloc[row_of[at]] for at in other],
        gone=[] if remove_gone else list(ids.iloc[gone]),
        removed=list(ids.iloc[gone]) if remove_gone else [],
        corrected={} if only_new else change.corrected(corpus),
        refused=len(refusals),
        notes=[*notes, *table.notes, *planned.notes] if table else [],
    )


def spreadsheet_of(
    corpus: Corpus, metadata: str | Path | None, reading: Mapping[str, Any] | None, *, must: bool
) -> tuple[str | Path | None, dict[str, Any], list[str]]:
    """Return the spreadsheet, how it is read, and notes; one of the first day that is gone is none, where it may be.

    Parameters
    ----------
    corpus, metadata, reading : As for ``compare``; ``must`` : whether it has to be there, if there was one.
    """
    try:
        return as_before(corpus.home, metadata, dict(reading or reading_of()))
    except IngestError:
        if must:
            raise
        return None, {}, []


def _stored(corpus: Corpus, root: Path, path: str) -> str:
    """Return the path of a picture as the table keeps it: below the image root, or else absolute."""
    whole, base = (root / path).absolute(), corpus.image_root.absolute()
    if root.resolve() == corpus.image_root.resolve():
        return path
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else whole.as_posix()


def _check_clashes(corpus: Corpus, clashes: list[tuple[int, str]]) -> None:
    """Refuse new pictures that have the ids of works with other pictures; the same picture again is no clash."""
    others = [
        (row, image)
        for row, image in clashes
        if hashlib.sha256((corpus.image_root / image).read_bytes()).hexdigest()
        != corpus.paintings["image_sha256"].iloc[row]
    ]
    if others:
        row, image = others[0]
        key = corpus.paintings["id"].iloc[row]
        raise IngestError(
            f"{len(others)} new pictures have ids that other works in {corpus.path} have, such as '{key}' ({image}). "
            "If they are better scans of these works, take them in with: artgraph update CORPUS PICTURES. If not, give "
            "them other ids in the spreadsheet, or put the pictures into a folder with another name within one folder."
        )


def _rows(listed: pd.DataFrame, records: list[dict[str, Any]]) -> pd.DataFrame:
    measured = pd.DataFrame(records, index=range(len(records))).add_prefix("image_")
    if "image_jpeg_quality" in measured:
        measured["image_jpeg_quality"] = measured["image_jpeg_quality"].astype("Int64")
    return pd.concat([listed.reset_index(drop=True), measured], axis=1)


def _with_records(paintings: pd.DataFrame, records: Mapping[int, dict[str, Any]]) -> pd.DataFrame:
    for row, record in records.items():
        for name, value in record.items():
            if f"image_{name}" in paintings:
                paintings.loc[row, f"image_{name}"] = pd.NA if value is None else value
    return paintings


def corrected_table(
    paintings: pd.DataFrame, listed: pd.DataFrame, row_of: Mapping[int, int], *, columns: Sequence[str]
) -> pd.DataFrame:
    """Return the table with what the spreadsheet says now of the works that it has; ids stay as they were.

    Parameters
    ----------
    paintings, listed : (n, columns), the table of the corpus; (m, columns), what the spreadsheet says.
    row_of : From the place of a work in ``listed`` to its row in ``paintings``.
    columns : That are taken over.
    """
    said = listed["metadata_line"].notna().to_numpy()
    pairs = [(at, row) for at, row in row_of.items() if said[at]]
    at, rows = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for name in [*columns, "metadata_line"]:
        if name in ("id", "image"):
            continue
        if name not in paintings:
            paintings[name] = pd.array([pd.NA] * len(paintings), dtype=listed[name].dtype)
        column = paintings[name].astype(object).to_numpy().copy()
        column[rows] = listed[name].astype(object).to_numpy()[at]
        paintings[name] = pd.array(column, dtype=paintings[name].dtype)
    return paintings


def _refused(corpus: Corpus, pictures: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Return all refusals: those of pictures that were there before, works that were taken out, and those of now."""
    before = read_refused(corpus.path)
    before = before[before["kind"].isin(["image", "removed"])]
    whole = pd.concat([before, planned, pictures], ignore_index=True)
    return whole.drop_duplicates(["input", "kind"], keep="last").reset_index(drop=True)
