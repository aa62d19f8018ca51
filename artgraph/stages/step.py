"""One change of a corpus while it is made: what a thing that is carried over is put with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.lineage import Lineage, Ref
from artgraph.soundness import parts_of
from artgraph.stages.change import Change, only_table

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.stages.base import Progress

__all__ = ["Step", "carried_label", "made_here", "stale_label"]


@dataclass
class Step:
    """One change while it is made.

    Attributes
    ----------
    old, new : The corpus as it was, and its copy.
    change
    weights : Of networks, as for ``describe``.
    device, workers, progress
    """

    old: Corpus
    new: Corpus
    change: Change
    weights: Any = None
    device: str = "auto"
    workers: int = 2
    progress: Progress = None

    @property
    def same_rows(self) -> bool:
        """Whether only the table changes: no rows, no pictures."""
        return only_table(self.old, self.change)

    def stack(self, old: np.ndarray, fresh: np.ndarray) -> np.ndarray:
        """Return rows (n, ...): those of ``old`` where works keep theirs, byte for byte; ``fresh`` for the others."""
        rows = np.empty((len(self.new), *old.shape[1:]), dtype=old.dtype)
        has = self.change.kept >= 0
        rows[has] = old[self.change.kept[has]]
        rows[~has] = fresh
        return rows


def made_here(step: Step, ref: Ref) -> dict[str, Any]:
    """Return ``made_by``, ``inputs`` and ``facts`` for the label of a thing that was carried over.

    Parameters
    ----------
    step, ref
    """
    lineage, label = Lineage(step.new), step.old.label(*ref)
    first = {"first_day": len(step.old), "batches": len(step.old.batches), "added": 0, "removed": 0, "redone": 0}
    held = dict(label["facts"].get("held") or first)
    change = step.change
    held["added"] += change.n_added
    held["removed"] += change.n_removed(step.old)
    held["redone"] += change.n_redone
    made_by = {"stage": Lineage(step.old).stage(ref), "params": label["made_by"]["params"]}
    made_by["revision"] = label["made_by"].get("revision", 0)
    return {
        "made_by": made_by,
        "inputs": lineage.inputs(map(Ref.of, label["inputs"])),
        "facts": label["facts"] | {"held": held},
    }


def stale_label(step: Step, ref: Ref) -> None:
    """Keep a report under a label for the works there are now; it does not follow from them, and is stale.

    Parameters
    ----------
    step, ref
    """
    label = step.old.label(*ref)
    made_by = {name: value for name, value in label["made_by"].items() if name != "version"}
    step.new.put(*ref, {}, made_by=made_by, inputs=label["inputs"], facts=label["facts"])


def carried_label(step: Step, ref: Ref) -> dict[str, Any]:
    """Keep a thing that has no rows (a model) as it is, under a label for the works that there are now.

    Parameters
    ----------
    step, ref

    Returns
    -------
    dict
        Empty.
    """
    parts = {part: step.old.get(*ref, part) for part in parts_of(step.old.label(*ref))}
    step.new.put(*ref, parts, **made_here(step, ref))
    return {}
