"""The table of decisions, ``decisions.csv`` in a corpus: UTF-8, one decision a line, only ever appended to.

::

    key        16 hexadecimal digits, drawn at random by whoever writes the decision; taken in twice, it counts once
    when       ISO 8601 in UTC with seconds, 2026-11-29T06:30:00Z
    who        free text
    kind       see below
    work, other            ids of paintings
    partition, cluster     key of a partition, and the number of a cluster at the time
    to         a name, or the number of another cluster
    why        free text

    name          partition, cluster, to        the name of a cluster; an empty one takes it away
    belongs       work, partition, cluster      the work is one of this cluster
    not-here      work, partition, cluster      the work is none of this cluster
    same          work, other                   of one manner
    different     work, other                   not of one manner
    unsure        work, other                   "cannot say"; counts as asked
    merge         partition, cluster, to        two clusters are one
    split         partition, cluster, to        one cluster is several: so many parts, by default 2
    wrong-artist  work, to                      the artist in the table is wrong; the right one, or empty
    withdraw      to                            takes back the decision with this key; only one's own

Quoting is RFC 4180. Line breaks within a field are written as spaces, so that a line that a killed process left torn
spoils no other one.
"""

import csv
import io
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from artgraph.atomic import locked_file
from artgraph.errors import CorpusError

__all__ = [
    "COLUMNS", "FILE", "KINDS", "PARTS", "Decision", "Problem", "append", "new_key", "now", "read", "said", "time_of",
    "trouble",
]  # fmt: skip

FILE = "decisions.csv"
COLUMNS = ("key", "when", "who", "kind", "work", "other", "partition", "cluster", "to", "why")
KINDS: Mapping[str, tuple[str, ...]] = {  # the fields that each kind needs
    "name": ("partition", "cluster"),
    "belongs": ("work", "partition", "cluster"),
    "not-here": ("work", "partition", "cluster"),
    "same": ("work", "other"),
    "different": ("work", "other"),
    "unsure": ("work", "other"),
    "merge": ("partition", "cluster", "to"),
    "split": ("partition", "cluster"),
    "wrong-artist": ("work",),
    "withdraw": ("to",),
}
PARTS = 2  # of a split that names no number
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+|\0")
_KEY, _NUMBER = re.compile("[0-9a-f]{16}"), re.compile(r"\d{1,9}")


class Decision(NamedTuple):
    """One row of the table; every field is text, empty where the kind does not have it."""

    key: str
    when: str
    who: str
    kind: str
    work: str = ""
    other: str = ""
    partition: str = ""
    cluster: str = ""
    to: str = ""
    why: str = ""


class Problem(NamedTuple):
    """Something that does not hold, and why.

    Attributes
    ----------
    keys : of the decisions that it is about; empty for a line that has none.
    what : "torn", "repeated", "unsound", "unknown", "contradiction", "disagreement" or "unmet".
    text : one sentence.
    """

    keys: tuple[str, ...]
    what: str
    text: str


def new_key() -> str:
    """Draw the key of a new decision: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def now() -> str:
    """Return the time as decisions have it, such as 2026-11-29T06:30:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_of(one: Decision) -> datetime:
    """Return when a decision (``one``, a sound one) was made."""
    return datetime.fromisoformat(one.when.replace("Z", "+00:00"))


def said(one: Decision) -> str:
    """Return a decision (``one``) as words, with its author and key."""
    cluster = f"cluster {one.cluster} of {one.partition}"
    words = {
        "name": f"{cluster} is called '{one.to}'" if one.to else f"{cluster} has no name",
        "belongs": f"'{one.work}' belongs to {cluster}",
        "not-here": f"'{one.work}' is not of {cluster}",
        "same": f"'{one.work}' and '{one.other}' are of one manner",
        "different": f"'{one.work}' and '{one.other}' are not of one manner",
        "unsure": f"'{one.work}' and '{one.other}': cannot say",
        "merge": f"{cluster} is one with {one.to}",
        "split": f"{cluster} is {one.to or PARTS} clusters",
        "wrong-artist": f"the artist of '{one.work}' is {one.to or 'wrong'}",
        "withdraw": f"{one.to} is taken back",
    }
    return f"{words[one.kind]} ({one.who or 'nobody named'}, {one.key})"


def trouble(decision: Decision) -> str | None:
    """Say what is wrong with a ``decision`` by itself, whatever the corpus is; None where nothing is."""
    if not _KEY.fullmatch(decision.key):
        return f"Its key '{decision.key}' is not 16 hexadecimal digits."
    try:
        if time_of(decision).utcoffset() is None:
            return f"Its time '{decision.when}' has no zone; expected UTC, such as 2026-11-29T06:30:00Z."
    except ValueError:
        return f"Its time '{decision.when}' is not ISO 8601, such as 2026-11-29T06:30:00Z."
    if decision.kind not in KINDS:
        return f"There is no kind '{decision.kind}' (there are: {', '.join(KINDS)})."
    for name in KINDS[decision.kind]:
        if not getattr(decision, name):
            return f"'{decision.kind}' needs the field '{name}', which is empty."
    numbers = ["cluster"] if "cluster" in KINDS[decision.kind] else []
    numbers += ["to"] if decision.kind == "merge" or (decision.kind == "split" and decision.to) else []
    for name in numbers:
        if not _NUMBER.fullmatch(value := getattr(decision, name)):
            return f"Its field '{name}' is '{value}'; expected the number of a cluster, 0 or more."
    if decision.work and decision.work == decision.other:
        return f"It compares '{decision.work}' with itself."
    if decision.kind == "merge" and int(decision.cluster) == int(decision.to):
        return f"It merges cluster {decision.cluster} with itself."
    if decision.kind == "split" and decision.to and int(decision.to) < 2:
        return f"It splits a cluster in {decision.to}; expected 2 parts or more."
    return None


def read(path: str | Path) -> tuple[list[Decision], list[Problem]]:
    """Read a table of decisions; without a file there are none.

    Parameters
    ----------
    path : The file ``decisions.csv``.

    Returns
    -------
    list of Decision, list of Problem
        In the order of the file, each key once; lines that are no sound decision are problems.

    Raises
    ------
    CorpusError
        The file cannot be read, or has other columns.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror or error}.") from error
    return _parse(path, data)


def append(path: str | Path, decisions: Iterable[Decision]) -> tuple[list[str], list[Problem]]:
    """Append decisions to a table, and return when they are on the disk.

    Several processes may append at once: each waits for the other. A torn last line, left by one that was killed, is
    closed first, and stays, as a problem of the table where it has not all fields.

    Parameters
    ----------
    path : The file ``decisions.csv``; made where it is not there.
    decisions

    Returns
    -------
    list of str, list of Problem
        The keys that stand in the file now, written now or before; and what was refused, with the reason.

    Raises
    ------
    LockedError
        Another process has been writing for longer than 10 seconds.
    CorpusError
        The file cannot be written.
    """
    path, decisions, there, refused = Path(path), list(decisions), [], []
    with locked_file(path):
        try:
            data = path.read_bytes() if path.exists() else b""
            seen = any(one.key.encode("utf-8", "replace") in data for one in decisions)
            lines = data if seen else data.partition(b"\n")[0]  # of a long table only what has to be looked at
            known = {one.key: one for one in _parse(path, lines)[0]}
            rows = []
            for one in decisions:
                row = Decision(*(" ".join(_BREAKS.sub(" ", field).split("\t")).strip() for field in one))
                text = trouble(row)
                if text is None and known.setdefault(row.key, row) != row:
                    text = f"Another decision has the key {row.key}."
                if text:
                    refused.append(Problem((row.key,), "unsound", text))
                elif row.key not in there:
                    there.append(row.key)
                    rows += [row] if known[row.key] is row else []
            if rows:
                rows = rows if data else [COLUMNS, *rows]
                _write(path, (b"" if data.endswith(b"\n") or not data else b"\n") + _lines(rows))
        except OSError as error:
            raise CorpusError(f"{path} cannot be written: {error.strerror or error}.") from error
    return there, refused


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def _write(path: Path, data: bytes) -> None:
    fresh = not path.exists()
    with open(path, "ab", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        os.fsync(file.fileno())
    if fresh and os.name != "nt":  # the name of a new file is on the disk when its folder is
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _parse(path: Path, data: bytes) -> tuple[list[Decision], list[Problem]]:
    lines = data.decode("utf-8-sig", "replace").split("\n")
    if not data.strip():
        return [], []
    if tuple(_fields(lines[0].rstrip("\r")) or ()) != COLUMNS:
        raise CorpusError(
            f"{path} does not begin with the line {','.join(COLUMNS)}. Move it away, and take its decisions in with: "
            "artgraph decide CORPUS FILE"
        )
    found: dict[str, Decision] = {}
    problems = []
    for number, line in enumerate(lines[1:], 2):
        fields = _fields(line.rstrip("\r"))
        if not line.strip():
            continue
        if fields is None or len(fields) != len(COLUMNS):
            text = f"Line {number} of {path.name} is torn or has not {len(COLUMNS)} fields: '{line[:80]}'."
            problems.append(Problem((), "torn", text))
            continue
        one = Decision(*fields)
        if text := trouble(one):
            problems.append(Problem((one.key,), "unsound", f"Line {number} of {path.name}: {text}"))
        elif found.setdefault(one.key, one) != one:
            text = f"Line {number} of {path.name} has the key {one.key} of another decision."
            problems.append(Problem((one.key,), "repeated", text))
    return list(found.values()), problems


def _fields(line: str) -> list[str] | None:
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return None
