"""The journal of a corpus: when each thing was made, and of what, so that one whose label is lost can be made again.

One line of JSON for each thing, in ``journal.jsonl``; the last on a thing counts. The day on which a batch of works was
added is read from it, too; nothing else depends on it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from artgraph.soundness import read_bytes

__all__ = ["batch_days", "entries", "note", "remembered"]

NOTED = ("made_by", "inputs")  # of a label


def note(
    file: Path,
    made: str,
    *,
    seconds: float | None,
    label: Mapping[str, Any] | None,
    batches: Sequence[int] | None = None,
) -> None:
    """Append a line: what was made, when (UTC), in how many seconds, by what and of what.

    Parameters
    ----------
    file, made : ``journal.jsonl``, and a reference such as 'features/eye'.
    seconds, label : None where they are not known.
    batches : Of the table of paintings: how many of its rows each batch added.
    """
    line = {"made": made, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "seconds": seconds}
    line |= {name: label[name] for name in NOTED} if label else {}
    line |= {} if batches is None else {"batches": list(batches)}
    cut_off = not (read_bytes(file) or b"\n").endswith(b"\n")  # by a kill
    with open(file, "a", encoding="utf-8") as opened:
        opened.write("\n" * cut_off + json.dumps(line) + "\n")


def entries(file: Path) -> Iterator[dict[str, Any]]:
    """Yield what each line of a journal (``file``, perhaps none) says, in order; damaged ones are passed over."""
    yield from _entries((read_bytes(file) or b"").decode("utf-8", "replace"))


def _entries(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # cut off by a kill
            continue
        if isinstance(entry, dict):
            yield entry


def remembered(file: Path) -> dict[str, dict[str, Any]]:
    """Return {what was made: its made_by and inputs} of a journal (``file``); damaged lines are passed over."""
    found = {}
    for entry in entries(file):
        try:
            if isinstance(entry["made_by"]["params"], dict) and isinstance(entry["inputs"], dict):
                found[entry["made"]] = {name: entry[name] for name in NOTED}
        except (KeyError, TypeError):  # of a version that noted less
            continue
    return found


def batch_days(text: str, n_batches: int) -> list[str | None]:
    """Return on which day (UTC, such as '2026-11-29') each batch of works was added, from the text of a journal.

    A batch was added by the first change after which there were so many. Where the table was made anew with fewer
    batches, those that it lost are forgotten. None where the journal does not say.

    Parameters
    ----------
    text : Of ``journal.jsonl``; damaged lines are passed over.
    n_batches : How many batches there are.

    Examples
    --------
    >>> first = '{"made": "paintings/a1", "at": "2026-11-02T09:00:00Z", "batches": [60]}'
    >>> later = '{"made": "paintings/b2", "at": "2026-11-29T23:59:59Z", "batches": [60, 6]}'
    >>> batch_days(f"{first}\\n{later}", 3)
    ['2026-11-02', '2026-11-29', None]
    """
    days: list[str | None] = []
    for entry in _entries(text):
        try:
            made, day, batches = str(entry["made"]), time.strptime(entry["at"][:10], "%Y-%m-%d"), entry.get("batches")
        except (ValueError, KeyError, TypeError):
            continue
        if not made.startswith("paintings/"):
            continue
        # an earlier version noted no batches: what came first is the first day's
        count = len(batches) if isinstance(batches, list) else max(len(days), 1)
        days = days[:count] + [time.strftime("%Y-%m-%d", day)] * (count - len(days))
    return (days + [None] * n_batches)[:n_batches]
