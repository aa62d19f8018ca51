"""A table of works without pictures is compared with the corpus that was made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from artgraph.errors import IngestError
from artgraph.stages.change import Change
from artgraph.stages.spreadsheet import read_table, relative
from artgraph.stages.take_in import Found, corrected_table, spreadsheet_of
from artgraph.tablefiles import read_refused

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["compare_table"]


def compare_table(
    corpus: Corpus,
    *,
    metadata: str | Path | None = None,
    only_new: bool = False,
    remove_gone: bool = False,
    vectors: Mapping[str, Path] | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Found:
    """Compare a table with a corpus without pictures: rows are the same work where their ids are.

    Parameters
    ----------
    corpus, only_new, vectors, reading : As for ``artgraph.stages.take_in.compare``.
    metadata : Default: the table that the corpus was made of.
    remove_gone : Take away works that have no row in the table; where none is given, those of the first day.

    Raises
    ------
    IngestError
        There is no table to find new works in, or it has no column of ids.
    """
    from artgraph.ingest import plan_table

    there = corpus.paintings
    sheet, reading, notes = spreadsheet_of(corpus, metadata, reading, must=not only_new)
    if sheet is None:
        if only_new or remove_gone:
            raise IngestError(f"There is no table to compare {corpus.path} with: give one with --metadata FILE.")
        nothing = np.zeros(len(there), dtype=bool)
        return Found(Change(there, np.arange(len(there)), nothing, corpus.batches, vectors=dict(vectors or {})))
    table = read_table(sheet, reading, ())
    planned = plan_table(table)
    listed, by_id = planned.paintings, pd.Series(np.arange(len(there)), index=there["id"])
    rows = by_id.reindex(listed["id"]).to_numpy()
    new, before = np.flatnonzero(np.isnan(rows)), read_refused(corpus.path)
    if metadata is None or not only_new:  # what was taken out stays out, unless another table brings it
        out = before["input"][before["kind"] == "removed"]
        new = new[~listed["id"].iloc[new].isin(out).to_numpy()]
    row_of = {int(at): int(rows[at]) for at in np.flatnonzero(~np.isnan(rows))}
    paintings = there.copy()
    if not only_new:
        said = {"file" if name == "image" else name for name in table.table.columns}
        paintings = corrected_table(paintings, listed, row_of, columns=[name for name in listed if name in said])
    # works that were added came with other tables: that of the first day does not say whether they are gone
    looked_for = np.flatnonzero(corpus.batch == 0) if metadata is None else np.arange(len(there))
    gone = np.setdiff1d(looked_for, list(row_of.values())) if not only_new else looked_for[:0]
    kept = np.setdiff1d(np.arange(len(there)), gone) if remove_gone else np.arange(len(there))
    if not len(kept):
        raise IngestError(f"No work of {corpus.path} has a row in {sheet}: nothing would be left. Nothing was changed.")
    merged = pd.concat([paintings.iloc[kept], listed.iloc[new]] if len(new) else [paintings.iloc[kept]])
    merged = merged.reset_index(drop=True).astype({name: there[name].dtype for name in there.columns})
    batches = np.bincount(corpus.batch[kept], minlength=len(corpus.batches)).tolist() + ([len(new)] if len(new) else [])
    refused, count = _refused(before, planned.refused, added=listed["id"].iloc[new], only_new=only_new)
    change = Change(
        merged,
        np.concatenate([kept, np.full(len(new), -1, dtype=np.int64)]),
        np.zeros(len(merged), dtype=bool),
        batches,
        refused=refused,
        facts=_facts(corpus, planned.counts, n_new=len(new), n_refused=count, only_new=only_new)
        | (
            {"spreadsheet": relative(sheet, corpus.home), "reading": reading, "read_as": planned.read_as}
            if not only_new
            else {}
        ),
        vectors=dict(vectors or {}),
    )
    left = list(there["id"].iloc[gone])
    return Found(
        change,
        added=list(listed["id"].iloc[new]),
        gone=[] if remove_gone else left,
        removed=left if remove_gone else [],
        corrected={} if only_new else change.corrected(corpus),
        refused=count,
        notes=[*notes, *table.notes],
    )


def _facts(corpus: Corpus, counts: Mapping[str, int], *, n_new: int, n_refused: int, only_new: bool) -> dict[str, Any]:
    """Return what was counted at the ingest, with what came since; of an update, what the table has now."""
    facts = dict(corpus.head["facts"])
    if only_new:
        for name, more in (("rows", n_new + n_refused), ("rows_joined", n_new), ("rows_refused", n_refused)):
            facts[name] = facts.get(name, 0) + more
        return facts
    return facts | {name: count for name, count in counts.items() if name.startswith("rows")}


def _refused(before: pd.DataFrame, now: pd.DataFrame, *, added: pd.Series, only_new: bool) -> tuple[pd.DataFrame, int]:
    """Return the rows that are refused and the works that were taken out, and how many were not refused before."""
    known, found = (Counter(zip(one["reason"], one["detail"], strict=True)) for one in (before, now))
    removed = before["kind"] == "removed"
    before = before[(removed & ~before["input"].isin(added)) | (~removed & only_new)]
    whole = pd.concat([before, now], ignore_index=True).drop_duplicates(["input", "reason", "detail"])
    return whole.reset_index(drop=True), (found - known).total()
