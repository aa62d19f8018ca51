"""What is asked of people, and the decisions that they make, as pages and servers read and write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from artgraph.corpus import Corpus
from artgraph.decisions import COLUMNS, Decision, append, read
from artgraph.lineage import Lineage, Ref
from artgraph.stages.ruling import file_of

__all__ = ["Decided", "questions_of"]


class Decided:
    """``decisions.csv`` of a corpus.

    Parameters
    ----------
    corpus
    """

    def __init__(self, corpus: Corpus) -> None:
        self.file, self.home = file_of(corpus), corpus.home
        self._ids = set(corpus.paintings["id"])
        self._read, self._state = [], None

    def read(self) -> list[dict[str, str]]:
        """Return all that stand there, in the order of the file; it is read again only where it has changed."""
        try:
            found = self.file.stat()
        except FileNotFoundError:
            return []
        state = found.st_size, found.st_mtime_ns
        if state != self._state:
            self._read = [one._asdict() for one in read(self.file)[0]]
            self._state = state
        return self._read

    def append(self, decisions: Sequence[Mapping[str, str]]) -> tuple[list[str], list[tuple[str, str]]]:
        """Write ``decisions`` to the disk; return the keys of those that stand there, and (key, reason) of others."""
        rows = [Decision(*(one.get(column, "") for column in COLUMNS)) for one in decisions]
        if self._unknown(rows):
            self._ids = set(Corpus(self.home).paintings["id"])  # works may have been added since
        unknown = self._unknown(rows)
        keys, problems = append(self.file, [one for one in rows if one.key not in unknown])
        return keys, [*unknown.items(), *((key, one.text) for one in problems for key in one.keys)]

    def _unknown(self, rows: Sequence[Decision]) -> dict[str, str]:
        return {
            one.key: f"There is no work '{work}' in this corpus."
            for one in rows
            for work in (one.work, one.other)
            if work and work not in self._ids
        }


def questions_of(corpus: Corpus, partition: str) -> list[tuple[int, int, str]]:
    """Return the pairs of rows that ``artgraph ask`` chose for a ``partition``, each with its reason.

    Parameters
    ----------
    corpus, partition
        None are returned where they were chosen for other clusters.
    """
    ref, rows = Ref("reports", f"{partition}-questions"), {id_: row for row, id_ in enumerate(corpus.paintings["id"])}
    if not corpus.has(*ref) or Lineage(corpus).stale(ref):
        return []
    return [(rows[one["work"]], rows[one["other"]], one["why"]) for one in corpus.label(*ref)["facts"]["questions"]]
