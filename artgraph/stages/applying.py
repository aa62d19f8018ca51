"""The clusters follow the decisions: a partition is made again, and what was made of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
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
from artgraph.stages.ruling import overview

if TYPE_CHECKING:
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
            command = [sys.executable, "-m", __name__, str(self.path), json.dumps(self.given)]
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
            threading.Thread(target=self._hear, args=(self._process,), daemon=True).start()

    def stop(self) -> None:
        """End it; what it was writing is whole or not there."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)

    def _hear(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            self._now = json.loads(line)
        process.wait()
        if self._now["state"] == "running":
            self._now = {"state": "failed", "text": "It was ended from outside."}


def _work(path: str, given: str) -> None:
    """Apply decisions to the corpus at a path, and print what becomes of it: a line of JSON for each state."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this
    out, sys.stdout = sys.stdout, sys.stderr  # what else is printed is no state

    def show(state: str, text: str, **more: Any) -> None:
        print(json.dumps({"state": state, "text": text, **more}), file=out, flush=True)

    def tell(stage: str, done: int, total: int) -> None:
        show("running", f"{stage} {100 * done // total} %" if total else stage)

    try:
        found = apply_decisions(Corpus(path), progress=tell, **json.loads(given))
    except Exception as error:  # whatever it is, the person at the page is told
        show("failed", str(error) or type(error).__name__)
        return
    n = len(found["moved"])
    text = "No work changed its cluster." if not n else f"{n:,} work{'s' * (n > 1)} changed their cluster."
    if wrong := (overview(Corpus(path)) or {"artists": ()})["artists"]:
        text += f" Artists that are to be corrected ({len(wrong)}) are taken in by: artgraph update {path}"
    show("done", text, moved=found["moved"])


if __name__ == "__main__":
    _work(*sys.argv[1:])
