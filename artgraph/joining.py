"""Which row of a spreadsheet belongs to which picture: exact rules, and a reason for every row that has no place."""

import os
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from artgraph.errors import IngestError
from artgraph.metadata import STANDARD

__all__ = ["Joined", "join_rows", "normal"]

Found = tuple[str | None, str | None, str | None]  # the picture, or the reason and the detail why there is none
Finder = Callable[[str], Found]


@dataclass(frozen=True)
class Joined:
    """The outcome of `join_rows`.

    Attributes
    ----------
    rows : from a picture's path to the position of its row.
    merged : number of rows that repeat a joined row in every column.
    refused : list of (int, str, str); position, reason and detail of every other row.
    """

    rows: dict
    merged: int
    refused: list


def join_rows(
    pictures: list[str], table: pd.DataFrame, *, root: str | Path = ".", metadata_dir: str | Path | None = None
) -> Joined:
    """Give each row to at most one picture and each picture at most one row, by the rules in `artgraph.ingest.plan`.

    Parameters
    ----------
    pictures : relative paths, with "/".
    table : all text; without a column ``image`` or ``id`` it is an IngestError.
    root, metadata_dir : folder of the pictures, folder of the spreadsheet (`root` if None).
    """
    key = next((name for name in ("image", "id") if name in table.columns), None)
    if key is None:
        raise IngestError(
            f"No column of the spreadsheet names the pictures. It has: {', '.join(table.columns)}. Expected one of: "
            f"{', '.join(STANDARD['image'] + STANDARD['id'])}. Say which it is: image=NAME or id=NAME."
        )
    find = _by_path(pictures, root, metadata_dir) if key == "image" else _by_id(pictures)
    records = [tuple(row) for row in table.astype(object).where(table.notna(), None).itertuples(index=False)]
    values = [row[table.columns.get_loc(key)] for row in records]
    ids = [row[table.columns.get_loc("id")] for row in records] if "id" in table.columns else [None] * len(records)

    first, target, refused = {}, {}, {}
    for row, record in enumerate(records):
        if first.setdefault(record, row) != row:
            continue
        found, reason, detail = find(values[row]) if values[row] else (None, "no name", f"Its {key} field is empty.")
        if reason:
            refused[row] = reason, detail
        else:
            target[row] = found
    refused |= _conflicts(target, ids)
    refused |= _taken_ids(target, ids, pictures)
    rows = {picture: row for row, picture in target.items() if row not in refused}

    merged, listed = 0, []
    for row, record in enumerate(records):
        if first[record] in refused:
            listed.append((row, *refused[first[record]]))
        else:
            merged += first[record] != row
    return Joined(rows, merged, listed)


def normal(text: str) -> str:
    """Bring a ``text`` to Unicode normal form C: macOS writes "é" as two characters, others as one."""
    return unicodedata.normalize("NFC", text)


def _by_path(pictures: list[str], root: str | Path, metadata_dir: str | Path | None) -> Finder:
    paths, names, folded = _index(pictures), _index(pictures, posixpath.basename), _index(pictures, str.casefold)
    home = _absolute(root)
    bases = [home, home if metadata_dir is None else _absolute(metadata_dir)]

    def find(value: str) -> Found:
        if normal(value) in paths:
            return _only(value, paths[normal(value)])
        name = normal(value).replace("\\", "/")
        if re.match("[a-z][a-z0-9+.-]+://", name, re.IGNORECASE):
            return None, "no such image", f"'{value}' is an address on the web; expected the name of a file."
        full = [posixpath.normpath(posixpath.join(base, name)) for base in bases]
        if re.match("[a-z]:", name, re.IGNORECASE):  # a drive letter makes a path absolute, on Windows only
            full = [posixpath.normpath(name)]
        inside = [path.removeprefix(home) for path in full if path.startswith(home)]
        if not inside:
            return None, "outside the folder", f"'{value}' leads out of the folder of pictures."
        for path in inside:
            if path in paths:
                return _only(value, paths[path])
        if name in names:
            return _only(value, names[name])
        close = [path for path in inside if path.casefold() in folded]
        hint = f" There is '{folded[close[0].casefold()][0]}': upper and lower case count." if close else ""
        return None, "no such image", f"There is no picture '{value}'.{hint}"

    return find


def _by_id(pictures: list[str]) -> Finder:
    stages = [
        _index(pictures),
        _index(pictures, lambda path: posixpath.splitext(path)[0]),
        _index(pictures, lambda path: posixpath.splitext(posixpath.basename(path))[0]),
    ]

    def find(value: str) -> Found:
        for stage in stages:
            if normal(value) in stage:
                return _only(value, stage[normal(value)])
        return None, "no such image", f"There is no picture named '{value}', with or without an ending."

    return find


def _index(pictures: list[str], key: Callable[[str], str] = str) -> dict[str, list[str]]:
    index = defaultdict(list)
    for path in pictures:
        index[key(normal(path))].append(path)
    return dict(index)


def _only(value: str, found: list[str]) -> Found:
    if value in found:  # two names may differ in their normal form alone
        found = [value]
    if len(found) == 1:
        return found[0], None, None
    shown = ", ".join(f"'{path}'" for path in found[:5]) + (" …" if len(found) > 5 else "")
    return None, "ambiguous name", f"'{value}' may be any of {len(found)} pictures: {shown}. Give the path."


def _conflicts(target: dict[int, str], ids: list[str | None]) -> dict[int, tuple[str, str]]:
    groups = defaultdict(list)
    for row, picture in target.items():
        groups["picture", picture].append(row)
        if ids[row]:
            groups["id", normal(ids[row])].append(row)
    refused = {}
    for (what, name), rows in groups.items():
        for row in rows if len(rows) > 1 else []:
            refused.setdefault(row, ("conflicting rows", f"{len(rows)} different rows have the {what} '{name}'."))
    return refused


def _taken_ids(target: dict[int, str], ids: list[str | None], pictures: list[str]) -> dict[int, tuple[str, str]]:
    paths = _index(pictures)
    return {
        row: ("id taken", f"Its id '{ids[row]}' is the path of another picture.")
        for row, picture in target.items()
        if ids[row] and any(other != picture for other in paths.get(normal(ids[row]), []))
    }


def _absolute(folder: str | Path) -> str:
    return normal(Path(os.path.realpath(folder)).as_posix()).rstrip("/") + "/"
