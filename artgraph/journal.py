"""The journal of a corpus: when each thing was made, and of what, so that one whose label is lost can be made again.

One line of JSON for each thing, in ``journal.jsonl``; the last on a thing counts. Nothing else depends on it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgraph.soundness import read_bytes

__all__ = ["note", "remembered"]

NOTED = ("made_by", "inputs")  # of a label


def note(file: Path, made: str, *, seconds: float | None, label: Mapping[str, Any] | None) -> None:
    """Append a line: what was made, when (UTC), in how many seconds, by what and of what.

    Parameters
    ----------
    file, made : ``journal.jsonl``, and a reference such as 'features/eye'.
    seconds, label : None where they are not known.
    """
    line = {"made": made, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "seconds": seconds}
    line |= {name: label[name] for name in NOTED} if label else {}
    cut_off = not (read_bytes(file) or b"\n").endswith(b"\n")  # by a kill
    with open(file, "a", encoding="utf-8") as opened:
        opened.write("\n" * cut_off + json.dumps(line) + "\n")


def remembered(file: Path) -> dict[str, dict[str, Any]]:
    """Return {what was made: its made_by and inputs} of a journal (``file``); damaged lines are passed over."""
    found = {}
    for line in (read_bytes(file) or b"").decode("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
            if isinstance(entry["made_by"]["params"], dict) and isinstance(entry["inputs"], dict):
                found[entry["made"]] = {name: entry[name] for name in NOTED}
        except (ValueError, KeyError, TypeError):  # cut off by a kill, or of a version that noted less
            continue
    return found
