"""When each work was added, which works are new to a partition, and which fit nothing in it yet."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import InputError
from artgraph.journal import batch_days, entries
from artgraph.lineage import Lineage, Ref
from artgraph.soundness import read_bytes
from artgraph.stages.drift import added_since, drift
from artgraph.stages.fitting import ALPHA, chances

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["Generations", "age", "generation_columns", "works_since"]


@dataclass(frozen=True)
class Generations:
    """The batches in which the works of a corpus were added.

    Parameters
    ----------
    corpus
    """

    corpus: Corpus

    @property
    def several(self) -> bool:
        """Whether works were added after the first day."""
        return len(self.corpus.batches) > 1

    @cached_property
    def days(self) -> list[str | None]:
        """The day (UTC, such as '2026-11-29') on which each batch was added; None where the journal does not say."""
        journal = read_bytes(self.corpus.path / "journal.jsonl") or b""
        return batch_days(journal.decode("utf-8", "replace"), len(self.corpus.batches))

    @property
    def origin(self) -> str | None:
        """A text that tells this corpus from others and stays when works are added: of its first works and its name."""
        first = next(entries(self.corpus.path / "journal.jsonl"), None)
        return hashlib.sha256(f"{first['made']} {self.corpus.home.name}".encode()).hexdigest()[:16] if first else None

    @cached_property
    def added(self) -> list[str | None]:
        """The day on which each work was added; length n."""
        return [self.days[batch] for batch in self.corpus.batch]

    def new(self, partition: str) -> np.ndarray:
        """Return which works were added since a ``partition`` was last made whole, (n,) bool."""
        return added_since(self.corpus, Ref("partitions", partition))

    def fits_nothing(self, partition: str) -> np.ndarray:
        """Return which works fit nothing yet, (n,) bool; none in a ``partition`` that was made whole since."""
        ref = Ref("partitions", partition)
        if not self.corpus.label(*ref)["facts"].get("held"):
            return np.zeros(len(self.corpus), dtype=bool)
        return chances(self.corpus, ref) < ALPHA

    def since(self, partition: str) -> str | None:
        """Return the day on which the first of the works that are new to a ``partition`` was added."""
        batches = self.corpus.batch[self.new(partition)]
        return self.days[batches.min()] if len(batches) else None


def generation_columns(corpus: Corpus, partition: str) -> dict[str, Any]:
    """Return columns on when works were added, for tables: none where all came on the first day.

    Parameters
    ----------
    corpus, partition

    Returns
    -------
    dict of str to list of str
        ``added``: the day, None where it is not known; ``new`` and ``fits_nothing``: 'yes' or 'no'.
    """
    generations = Generations(corpus)
    if not generations.several:
        return {}
    flags = {"new": generations.new(partition), "fits_nothing": generations.fits_nothing(partition)}
    said = {name: ["yes" if one else "no" for one in flag] for name, flag in flags.items()}
    return {"added": generations.added, **said}


def works_since(corpus: Corpus, since: str) -> np.ndarray:
    """Return which works were added on a day or later, or with a batch or later ones, (n,) bool.

    Parameters
    ----------
    corpus
    since : A day, such as '2026-11-29', also '2026-11' or '2026'; or the number of a batch, 1 for the first one that
        was added to the works of the first day.

    Raises
    ------
    InputError
        It is neither; or there is no such batch, or no journal that says on which days works were added.
    """
    generations, text = Generations(corpus), since.strip()
    listed = ", ".join(f"{number}: {day or 'day unknown'}" for number, day in enumerate(generations.days))
    if re.fullmatch(r"\d{1,3}", text):
        if int(text) >= len(corpus.batches):
            raise InputError(f"{corpus.path} has no batch {text} (there are: {listed})")
        return corpus.batch >= int(text)
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text) or not _is_day(text):
        raise InputError(
            f"'{since}' is no day; write it as 2026-11-29, or give the number of a batch (there are: {listed})"
        )
    if None in generations.days:
        raise InputError(
            f"The journal of {corpus.path} does not say when all works were added (batches: {listed}). "
            "Give the number of a batch."
        )
    return np.array([day >= text for day in generations.added], dtype=bool)


def _is_day(text: str) -> bool:
    try:
        np.datetime64(text)
    except ValueError:
        return False
    return True


def age(corpus: Corpus, partition: str, *, agreement: float | None = None) -> dict[str, Any] | None:
    """Return how a partition has aged since it was last made whole; None where works were neither added nor removed.

    A partition that is stale or damaged, or rests on what is, has no age.

    Parameters
    ----------
    corpus, partition, agreement : As for ``drift``.

    Returns
    -------
    dict or None
        As from ``drift``, with ``new``, how many of the works that are there now were added since, and ``since``, the
        day on which the first of them was.
    """
    lineage, ref = Lineage(corpus), Ref("partitions", partition)
    if not lineage.known(ref)["facts"].get("held") or any(lineage.stale(one) for one in lineage.ancestors(ref)):
        return None
    generations = Generations(corpus)
    return drift(corpus, partition, agreement=agreement) | {
        "new": int(generations.new(partition).sum()),
        "since": generations.since(partition),
    }
