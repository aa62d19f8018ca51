"""A corpus changes: works are added, taken away, photographed again, or described otherwise in the table.

What is known of a work is kept: its row, features, cluster and place on the map. What is new is described with what
the corpus stores, and placed among what is there. What a correction of the table makes stale is made again. All of it
happens in a copy that takes the corpus's place when it is ready (``artgraph.staging``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.atomic import write_bytes
from artgraph.corpus import FORMAT, KINDS, Corpus
from artgraph.errors import LockedError
from artgraph.formats import content_sha256
from artgraph.lineage import Lineage, Ref
from artgraph.makers import TAKEN
from artgraph.staging import staged
from artgraph.tablefiles import read_refused, write_table

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.stages.base import Progress

__all__ = ["Change", "affected", "apply_change", "check_current", "only_table", "ordered"]

DONE = ".done.json"
SAW = ("image", "metadata_line")  # columns that only say where something was read


@dataclass(frozen=True)
class Change:
    """What a corpus is to become.

    Attributes
    ----------
    paintings : (n, columns), the table, in its order: works that stay in the order they had, then those added.
    origin : (n,) int64, the row that each work had; -1 for one that is added.
    redone : (n,) bool, works that stay and have another picture.
    batches : How many of the rows each batch added.
    refused, facts : As for ``Corpus.create``; None: as they are.
    vectors : Key of imported features to the file that has those of the added works.
    """

    paintings: pd.DataFrame
    origin: np.ndarray
    redone: np.ndarray
    batches: Sequence[int]
    refused: pd.DataFrame | None = None
    facts: Mapping[str, Any] | None = None
    vectors: Mapping[str, Path] = field(default_factory=dict)

    @cached_property
    def kept(self) -> np.ndarray:
        """(n,) int64: the row whose features a work keeps; -1 where they are computed now."""
        return np.where(self.redone, -1, self.origin)

    @cached_property
    def fresh(self) -> np.ndarray:
        """(m,) int64: the rows whose features are computed now."""
        return np.flatnonzero(self.kept < 0)

    @property
    def n_added(self) -> int:
        """How many works are added."""
        return int((self.origin < 0).sum())

    @property
    def n_redone(self) -> int:
        """How many works have another picture."""
        return int(self.redone.sum())

    def n_removed(self, corpus: Corpus) -> int:
        """Return how many works of the ``corpus`` are taken away."""
        return len(corpus) - int((self.origin >= 0).sum())

    def corrected(self, corpus: Corpus) -> dict[str, int]:
        """Return in how many works that stay each column of the ``corpus`` now says something else (0: not listed)."""
        stay, found = self.origin >= 0, {}
        for name in dict.fromkeys([*corpus.paintings.columns, *self.paintings.columns]):
            if name in SAW or name.startswith("image_"):
                continue
            if name not in corpus.paintings or name not in self.paintings:
                found[name] = int(stay.sum())
                continue
            before = corpus.paintings[name].astype("string").iloc[self.origin[stay]].reset_index(drop=True)
            now = self.paintings[name].astype("string")[stay].reset_index(drop=True)
            if other := int(((before != now).fillna(False) | (before.isna() != now.isna())).sum()):
                found[name] = other
        return found

    def stamp(self, corpus: Corpus, *, fresh: bool = False) -> str:
        """Return hexadecimal digits that say what the change is made of: table, files, and all that the corpus has.

        Parameters
        ----------
        corpus
        fresh : As for ``apply_change``.
        """
        from artgraph.descriptors.weights import file_sha256

        labels = [corpus.label(*ref)["sha256"] for ref in ordered(corpus)]
        table = [content_sha256(self.paintings[name]) for name in self.paintings.columns]
        files = {key: file_sha256(file) for key, file in self.vectors.items()}
        given = [files, fresh]
        return content_sha256([*self.paintings.columns, *table, *self.origin, *self.redone, *labels, *given])


def ordered(corpus: Corpus) -> list[Ref]:
    """Return everything in a corpus, each after what it was made from."""
    lineage, found = Lineage(corpus), {}
    for kind in KINDS:
        for key in corpus.keys(kind):
            found |= dict.fromkeys(lineage.ancestors(Ref(kind, key)))
    return list(found)


def affected(corpus: Corpus, change: Change, *, fresh: bool = False) -> dict[Ref, str]:
    """Return what has to be made again, in order, and why; everything else can be carried over.

    Parameters
    ----------
    corpus, change
    fresh : Also what was carried over in earlier changes.
    """
    lineage, corrected, found = Lineage(corpus), change.corrected(corpus), {}
    moved = bool(len(change.fresh)) or change.n_removed(corpus) > 0
    for ref in ordered(corpus):
        inputs, stage = lineage.inputs_of(ref), lineage.stage(ref)
        if reasons := lineage.stale(ref):
            found[ref] = reasons[0]
        elif fresh and stage not in TAKEN and (stage == "coordinates" or "held" in lineage.label(ref)["facts"]):
            found[ref] = "works were added or taken away since it was made"
        elif named := [one for one in inputs if one.kind == "paintings" and one.key in corrected]:
            found[ref] = f"{named[0].key} was corrected in {corrected[named[0].key]} works"
        elif below := [one for one in inputs if one in found]:
            found[ref] = f"{below[0]} is made again"
        elif ref.kind == "reports" and moved:
            found[ref] = "the works are others"
    # what is made together is made again together
    for ref in list(found):
        for other in (Ref("features", ref.key), Ref("models", ref.key), Ref("patches", ref.key)):
            beside = ref.kind in ("features", "models", "patches") and other not in found and corpus.has(*other)
            if beside and lineage.stage(other) == lineage.stage(ref):
                found[other] = found[ref]
    return {ref: found[ref] for ref in ordered(corpus) if ref in found}


def apply_change(
    corpus: Corpus,
    change: Change,
    *,
    again: Mapping[Ref, str] | None = None,
    weights: Any = None,
    device: str = "auto",
    workers: int = 2,
    fresh: bool = False,
    reports: bool = True,
    progress: Progress = None,
    tell: Callable[[str], None] = lambda text: None,
) -> dict[str, dict[str, Any]]:
    """Change a corpus: whole, or not at all.

    Parameters
    ----------
    corpus, change
    again : As of ``affected``, where it is known already.
    weights : Of networks; see ``describe``.
    device : {"auto", "cpu", "cuda"}
    workers : Decoding threads.
    fresh : Make again all that was carried over in earlier changes.
    reports : Make reports again, too; without it they stay as they are, and stale.
    progress : callable(stage, done, total)
    tell : callable(str); is given a line on each thing that is made again.

    Returns
    -------
    dict of str to dict
        What was done to each thing, by its reference.

    Raises
    ------
    LockedError
        Another process is writing to the corpus, or has changed it since it was opened.
    """
    from artgraph.stages.carry import CARRY
    from artgraph.stages.remake import clear, make_again
    from artgraph.stages.step import Step, carried_label, stale_label

    again = affected(corpus, change, fresh=fresh) if again is None else again
    stamp = change.stamp(corpus, fresh=fresh)
    with staged(corpus.path, stamp, linked=only_table(corpus, change)) as copy:
        check_current(corpus)
        write_table(
            copy,
            change.paintings,
            format=FORMAT,
            image_root=corpus.head["image_root"],
            batches=change.batches,
            refused=read_refused(corpus.path) if change.refused is None else change.refused,
            facts=corpus.head["facts"] if change.facts is None else change.facts,
        )
        new = Corpus(copy, home=corpus.path)
        step = Step(corpus, new, change, weights=weights, device=device, workers=workers, progress=progress)
        done = _Done(copy / DONE)
        if "cleared" not in done:
            clear(step, again)
            done.add("cleared", {})
        lineage = Lineage(corpus)
        for ref in ordered(corpus):
            if str(ref) not in done and ref not in again:
                carry = CARRY.get(lineage.stage(ref), carried_label)
                # where only the table changes, nothing under it has changed, and its label holds
                facts = {} if step.same_rows else carry(step, ref)
                done.add(str(ref), facts or {})
        for ref, why in again.items():
            if str(ref) in done:
                continue
            if ref.kind == "reports" and not reports:
                stale_label(step, ref)
                done.add(str(ref), {})
                continue
            facts = make_again(step, ref, why=why, tell=tell)
            done.add(str(ref), facts or {})
        (copy / DONE).unlink(missing_ok=True)
        new.journal("paintings", stamp)
    return done.facts


def check_current(corpus: Corpus) -> None:
    """Raise LockedError where another process has changed a ``corpus`` since it was opened."""
    if Corpus(corpus.path).head != corpus.head:
        raise LockedError(f"Another artgraph has changed {corpus.path} meanwhile. Run this again.")


def only_table(corpus: Corpus, change: Change) -> bool:
    """Return whether a ``change`` of a ``corpus`` is one of the table alone: no rows, no pictures."""
    return len(corpus) == len(change.paintings) and not len(change.fresh)


class _Done:
    """What has been done of a change, kept in a file so that a killed run goes on there."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.facts = json.loads(file.read_text("utf-8")) if file.is_file() else {}

    def __contains__(self, name: str) -> bool:
        return name in self.facts

    def add(self, name: str, facts: Mapping[str, Any]) -> None:
        self.facts[name] = dict(facts)
        write_bytes(self.file, json.dumps(self.facts).encode())
