"""The clusters follow the decisions: a partition is made again, and what was made of it."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.corpus import Corpus
from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.atlas import atlas
from artgraph.stages.export import FORMATS, export
from artgraph.stages.remake import remade

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from artgraph.stages.base import Progress

__all__ = ["Applying", "apply_decisions"]

EXPORTS = ("csv", "gexf")  # made again where they stand; others are written with options that are not kept


def apply_decisions(
    corpus: Corpus,
    *,
    partition: str = "leiden",
    title: str | None = None,
    images: str = "auto",
    progress: Progress = None,
) -> dict[str, Any]:
    """Find the clusters of a partition again, with the settings it has, and make again what follows from it.

    Reports on it, its tables in ``exports`` and the page are made again where they were there.

    Parameters
    ----------
    corpus, partition
    title, images : Of the page; see ``atlas``.
    progress : callable(stage, done, total)

    Returns
    -------
    dict
        ``moved``: ids of the works that changed their cluster; ``made``: what was made again.

    Raises
    ------
    InputError
        The partition was not found by ``communities``.
    """
    lineage, ref = Lineage(corpus), Ref("partitions", partition)
    if lineage.stage(ref) != "communities":
        raise InputError(f"Only partitions that artgraph communities found can be found again: not '{partition}'.")
    before, made = corpus.get(*ref), []
    reports = [Ref("reports", key) for key in corpus.keys("reports")]
    reports = [one for one in reports if ref in lineage.inputs_of(one)]

    def again(one: Ref) -> None:
        if progress is not None:
            progress(str(one), 0, 0)
        stage, params, inputs = lineage.stage(one), lineage.params(one), lineage.inputs_of(one)
        if remade(corpus, one, stage=stage, params=params, inputs=inputs, made=corpus, progress=progress):
            made.append(str(one))

    again(ref)
    for one in reports:
        again(one)
    for to in EXPORTS:
        if (corpus.path / "exports" / FORMATS[to].format(partition)).exists():
            export(corpus, to=to, partition=partition, progress=progress)
            made.append(to)
    if progress is not None:
        progress("atlas", 0, 0)
    atlas(corpus, partition=partition, title=title, images=images)
    # clusters keep their numbers: see ClusterSettings.keep_names_of
    moved = np.flatnonzero(before != corpus.get(*ref))
    return {"moved": corpus.paintings["id"].iloc[moved].tolist(), "made": made}


class Applying:
    """``apply_decisions`` in a process of its own, one at a time: the server goes on answering.

    Parameters
    ----------
    path : Of the corpus.
    **given : For ``apply_decisions``.
    """

    def __init__(self, path: Path, **given: Any) -> None:
        self.path, self.given = path, given
        self._lock, self._process, self._now = threading.Lock(), None, {"state": "idle", "text": ""}

    def state(self) -> dict[str, Any]:
        """Return ``state`` ("idle", "running", "done" or "failed"), ``text`` and, when it is done, ``moved``."""
        return self._now

    def start(self) -> None:
        """Begin, unless it is running."""
        with self._lock:
            if self._now["state"] == "running":
                return
            self._now = {"state": "running", "text": "it begins"}
            context = multiprocessing.get_context("spawn")  # threads and locks of the server do not come along
            receiver, sender = context.Pipe(duplex=False)
            self._process = context.Process(target=_work, args=(self.path, self.given, sender))
            self._process.start()
            sender.close()
            threading.Thread(target=self._hear, args=(receiver,), daemon=True).start()

    def stop(self) -> None:
        """End it; what it was writing is whole or not there."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            self._process.join(10)

    def _hear(self, receiver: Connection) -> None:
        try:
            while self._now["state"] == "running":
                self._now = receiver.recv()
        except EOFError:
            self._now = {"state": "failed", "text": "It was ended from outside."}


def _work(path: Path, given: dict[str, Any], sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this

    def tell(stage: str, done: int, total: int) -> None:
        sender.send({"state": "running", "text": f"{stage} {100 * done // total} %" if total else stage})

    try:
        found = apply_decisions(Corpus(path), progress=tell, **given)
    except Exception as error:  # whatever it is, the person at the page is told
        sender.send({"state": "failed", "text": str(error) or type(error).__name__})
        return
    n = len(found["moved"])
    text = "No work changed its cluster." if not n else f"{n:,} work{'s' * (n > 1)} changed their cluster."
    sender.send({"state": "done", "text": text, "moved": found["moved"]})
