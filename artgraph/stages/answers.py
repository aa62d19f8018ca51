"""What people answered of pairs of works, from the decisions of a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artgraph.stages.ruling import in_force_of

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["answered_pairs"]

PAIRS = ("same", "different", "unsure")


def answered_pairs(corpus: Corpus) -> dict[tuple[str, str], str]:
    """Return what holds of each pair of works that somebody answered, {(id, id): one of ``PAIRS``}, ids in order.

    "unsure" where nobody could say, or people disagree: it teaches nothing, and is not asked again. Both works are in
    the ``corpus``.
    """
    found = in_force_of(corpus)
    pairs = {_pair(one.work, one.other): "unsure" for one in found.spoken if one.kind in PAIRS}
    return pairs | {_pair(one.work, one.other): one.kind for one in found.held if one.kind in PAIRS}


def _pair(work: str, other: str) -> tuple[str, str]:
    return (work, other) if work < other else (other, work)
