"""How far a corpus that grows has moved from what a fresh run would find."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.corpus import Corpus
from artgraph.lineage import Lineage, Ref
from artgraph.soundness import parts_of
from artgraph.stages.change import Change, affected
from artgraph.stages.fitting import ALPHA, chances
from artgraph.stages.step import Step

if TYPE_CHECKING:
    from artgraph.stages.base import Progress

__all__ = ["ADDED", "AGREEMENT", "added_since", "agreement_with_fresh", "drift"]

ADDED = 0.25  # of the works of the last fresh run: from here a fresh run is recommended
AGREEMENT = 0.65  # AMI with a fresh partition; after a tenth was added it is 0.73 to 0.79 (experiments/growing.py)


def added_since(corpus: Corpus, ref: Ref) -> np.ndarray:
    """Return which works ((n,) bool) were added since a thing (``ref``) of a corpus was last made whole."""
    held = corpus.label(*ref)["facts"].get("held")
    if not held:
        return np.zeros(len(corpus), dtype=bool)
    return corpus.batch >= held["batches"]


def drift(corpus: Corpus, partition: str, *, agreement: float | None = None) -> dict[str, Any]:
    """Say how a partition has aged since it was last made whole.

    Parameters
    ----------
    corpus, partition
    agreement : Of ``agreement_with_fresh``, where it was asked for.

    Returns
    -------
    dict
        ``works`` then, ``added``, ``removed`` and ``redone`` since; ``mended``: share of the works of then whose
        neighbour list now names an added one; ``confidence`` and ``confidence_added``: mean of the works of then, and
        of those added; ``fits_nothing``: how many of those added fit nothing yet; ``agreement``: as
        given; ``fresh_run``: whether one is recommended, and ``why``.
    """
    ref, lineage = Ref("partitions", partition), Lineage(corpus)
    label = lineage.label(ref)
    held = label["facts"].get("held") or {"first_day": len(corpus), "added": 0, "removed": 0, "redone": 0}
    new = added_since(corpus, ref)
    found: dict[str, Any] = {"works": held["first_day"], **{key: held[key] for key in ("added", "removed", "redone")}}
    graph = lineage.basis(partition).graph
    indices = corpus.get("graphs", graph, "knn")["indices"] if graph else np.empty((len(corpus), 0), dtype=int)
    named = (new[indices] & (indices >= 0)).any(axis=1)
    found["mended"] = round(float(named[~new].mean()), 4) if (~new).any() else 0.0
    if "membership" in parts_of(label) and new.any():
        confidence = corpus.get("partitions", partition, "membership")["confidence"]
        found["confidence"] = round(float(confidence[~new].mean()), 4)
        found["confidence_added"] = round(float(confidence[new].mean()), 4)
    found["fits_nothing"] = int((chances(corpus, ref)[new] < ALPHA).sum())
    found["agreement"] = agreement
    share = int(new.sum()) / max(held["first_day"], 1)
    why = []
    if share > ADDED:
        why.append(f"{share:.0%} as many works were added as there were")
    if found["agreement"] is not None and found["agreement"] < AGREEMENT:
        why.append(f"a fresh partition agrees with an AMI of {found['agreement']:.2f}")
    return found | {"fresh_run": bool(why), "why": "; ".join(why)}


def agreement_with_fresh(corpus: Corpus, partition: str, *, device: str = "auto", progress: Progress = None) -> float:
    """Return the AMI between a partition and the one that a fresh run would find; nothing in the corpus changes.

    Parameters
    ----------
    corpus, partition, device, progress
    """
    from sklearn.metrics import adjusted_mutual_info_score

    from artgraph.stages.remake import clear, make_again

    ref, lineage = Ref("partitions", partition), Lineage(corpus)
    change = Change(corpus.paintings, np.arange(len(corpus)), np.zeros(len(corpus), dtype=bool), corpus.batches)
    under = lineage.ancestors(ref)
    again = {one: why for one, why in affected(corpus, change, fresh=True).items() if one in under or one == ref}
    copy = corpus.path / ".check"
    shutil.rmtree(copy, ignore_errors=True)
    try:
        from artgraph.staging import copied

        copied(corpus.path, copy)
        step = Step(corpus, Corpus(copy, home=corpus.path), change, device=device, progress=progress)
        clear(step, [*again, *_coordinates(corpus)])
        for one, why in again.items():
            make_again(step, one, why=why, tell=lambda text: None)
        fresh = step.new.get(*ref)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    return round(float(adjusted_mutual_info_score(corpus.get(*ref), fresh)), 4)


def _coordinates(corpus: Corpus) -> list[Ref]:
    return [Ref("models", key) for key in corpus.keys("models") if key.startswith("coordinates-")]
