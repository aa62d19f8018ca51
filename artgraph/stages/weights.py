"""Where the weights of networks were read from, so that nobody need say it twice.

Labels hold the hash of a file and no path: the same work gives the same bytes on every machine. The paths stand in the
journal, beside the times.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.descriptors.registry import PACKAGED
from artgraph.journal import entries

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor

__all__ = ["note_weights", "weights_noted"]


def note_weights(corpus: Corpus, descriptors: Iterable[Descriptor]) -> None:
    """Note in the journal of a ``corpus`` which files ``descriptors`` read their weights from, each once."""
    for one in descriptors:
        file, params = _file_of(one), one.params()
        sha256, packaged = params.get("weights_sha256"), params.get("backbone") in PACKAGED
        if file is None or not sha256 or packaged:
            continue
        # not where a link leads to: what lies beside the file, and the ending of its name, say what it is
        file = Path(os.path.abspath(file))
        if weights_noted(corpus, sha256) != file:
            with open(corpus.path / "journal.jsonl", "a", encoding="utf-8") as journal:
                journal.write(json.dumps({"weights": sha256, "file": str(file)}) + "\n")


def weights_noted(corpus: Corpus, sha256: str) -> Path | None:
    """Return the file that weights with this hash were last read from; None where nothing is noted.

    Parameters
    ----------
    corpus, sha256
    """
    noted = entries(corpus.path / "journal.jsonl")
    files = [entry["file"] for entry in noted if entry.get("weights") == sha256 and "file" in entry]
    return Path(files[-1]) if files else None


def _file_of(descriptor: Descriptor) -> Path | None:
    inner = getattr(descriptor, "descriptor", descriptor)  # of one that is shown pictures in grey
    file = getattr(inner, "file", None) or getattr(getattr(inner, "source", None), "file", None)
    return None if file is None else Path(file)
