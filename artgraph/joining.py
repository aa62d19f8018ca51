"""Which row of a spreadsheet belongs to which picture: exact rules, then forgiving ones; and why a row has no place."""

import os
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pandas as pd

from artgraph.errors import IngestError
from artgraph.images import EXTENSIONS
from artgraph.metadata import STANDARD

__all__ = ["Finder", "Joined", "join_rows", "normal", "path_finder"]

Found = tuple[str | None, str | None, str | None]  # the picture, or the reason and the detail why there is none
Finder = Callable[[str], Found]
EXACT = 1000  # how well a row names its picture; less: the folders that agree


@dataclass(frozen=True)
class Joined:
    """The outcome of `join_rows`.

    Attributes
    ----------
    rows : from a picture's path to the position of its row.
    merged : number of rows that repeat a joined row in every column.
    refused : list of (int, str, str); position, reason and detail of every other row.
    key : "image" or "id"; the column that the rows were matched by.
    loose : from a picture's path to what its row says, where that is written otherwise.
    """

    rows: dict
    merged: int
    refused: list
    key: str = "image"
    loose: dict = field(default_factory=dict)


def join_rows(
    pictures: list[str], table: pd.DataFrame, *, root: str | Path = ".", metadata_dir: str | Path | None = None
) -> Joined:
    """Give each row to at most one picture and each picture at most one row, by the rules in `artgraph.ingest.plan`.

    Where the table has columns ``image`` and ``id``, and no ``image`` names a picture, the ids are tried.

    Parameters
    ----------
    pictures : relative paths, with "/".
    table : all text; without a column ``image`` or ``id`` it is an IngestError.
    root, metadata_dir : folder of the pictures, folder of the spreadsheet (`root` if None).
    """
    keys = [name for name in ("image", "id") if name in table.columns]
    if not keys:
        raise IngestError(
            f"No column of the spreadsheet names the pictures. It has: {', '.join(table.columns)}. Expected one of: "
            f"{', '.join(STANDARD['image'] + STANDARD['id'])}. Say which it is with --column image=NAME, or with "
            f"--column id=NAME where it holds the names without folder and ending."
        )
    finders = {"image": lambda: _by_path(pictures, root, metadata_dir), "id": lambda: _by_id(pictures)}
    joined = [_join(pictures, table, key, finders[key]()) for key in keys]
    return joined[-1] if joined[-1].rows and not joined[0].rows else joined[0]


def _join(pictures: list[str], table: pd.DataFrame, key: str, find: Finder) -> Joined:
    records = [tuple(row) for row in table.astype(object).where(table.notna(), None).itertuples(index=False)]
    values = [row[table.columns.get_loc(key)] for row in records]
    ids = [row[table.columns.get_loc("id")] for row in records] if "id" in table.columns else [None] * len(records)
    loosely = _loose(pictures, of_ids=key == "id")

    first, target, refused, rank = {}, {}, {}, {}
    for row, record in enumerate(records):
        if first.setdefault(record, row) != row:
            continue
        found, reason, detail = find(values[row]) if values[row] else (None, "no name", f"Its {key} field is empty.")
        rank[row] = EXACT
        if reason in ("no such image", "outside the folder"):
            (found, reason, detail), rank[row] = loosely(values[row], (found, reason, detail))
        elif reason == "elsewhere":
            reason = "outside the folder"
        if reason:
            refused[row] = reason, detail
        else:
            target[row] = found
    refused |= _outranked(target, rank, values)
    for row in refused:
        target.pop(row, None)
    refused |= _conflicts(target, ids)
    refused |= _taken_ids(target, ids, pictures)
    rows = {picture: row for row, picture in target.items() if row not in refused}

    merged, listed = 0, []
    for row, record in enumerate(records):
        if first[record] in refused:
            listed.append((row, *refused[first[record]]))
        else:
            merged += first[record] != row
    loose = {picture: values[row] for picture, row in rows.items() if rank[row] != EXACT}
    return Joined(rows, merged, listed, key, loose)


def path_finder(pictures: list[str], root: str | Path = ".", metadata_dir: str | Path | None = None) -> Finder:
    """Return what finds the picture that a path names, exactly or written otherwise.

    Parameters
    ----------
    pictures, root, metadata_dir : as for `join_rows`.
    """
    exactly, loosely = _by_path(pictures, root, metadata_dir), _loose(pictures, of_ids=False)

    def find(value: str) -> Found:
        found = exactly(value)
        return loosely(value, found)[0] if found[1] in ("no such image", "outside the folder") else found

    return find


def normal(text: str) -> str:
    """Bring a ``text`` to Unicode normal form C: macOS writes "é" as two characters, others as one."""
    return unicodedata.normalize("NFC", text)


def _by_path(pictures: list[str], root: str | Path, metadata_dir: str | Path | None) -> Finder:
    paths, names = _index(pictures), _index(pictures, posixpath.basename)
    home = _absolute(root)
    bases = [home, home if metadata_dir is None else _absolute(metadata_dir)]

    def find(value: str) -> Found:
        if normal(value) in paths:
            return _only(value, paths[normal(value)])
        name = normal(value).replace("\\", "/")
        if any(os.path.isfile(path) for path in _elsewhere(name, bases)):
            return None, "elsewhere", f"'{value}' leads to another file, out of the folder of pictures."
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
        return None, "no such image", f"There is no picture '{value}'."

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


def _elsewhere(name: str, bases: list[str]) -> list[str]:
    """Return where a path leads that is not inside the folder of pictures: a file there is not one of the pictures."""
    full = [posixpath.normpath(posixpath.join(base, name)) for base in bases]
    return [path for path in full if not path.startswith(bases[0])]


def _loose(pictures: list[str], *, of_ids: bool) -> Callable[[str, Found], tuple[Found, int]]:
    """Return what finds the one picture that a value means although it is written otherwise.

    Case, blanks at either end of a name, Unicode form, percent-encoding and "\\" do not count, nor drive letters and
    what stands before the folder of pictures in a path of another machine; nor the ending, if it is one of pictures.
    Of several pictures of one name the one is meant whose folders agree further.
    """
    by_name, by_stem = defaultdict(list), defaultdict(list)
    for path in pictures:
        parts = _parts(path)
        by_name[parts[-1]].append((parts, path))
        by_stem[_stem(parts[-1])].append((parts, path))

    def find(value: str, exact: Found) -> tuple[Found, int]:
        address = re.match(r"(?!file:)[a-z][a-z0-9+.-]+://", value, re.IGNORECASE)
        text = re.sub(r"^file:/{2,3}", "/", value, flags=re.IGNORECASE)
        text = re.split(r"[?#]", text)[0] if address else text
        away = bool(address) or bool(re.match(r"[a-z]:|[/\\]", text.strip(), re.IGNORECASE))
        parts = [part for part in _parts(re.sub("^[/\\\\]?[a-zA-Z]:", "", text.strip())) if part != "."]
        if not parts or ".." in parts:
            return exact, EXACT
        for index, name, penalty in ((by_name, parts[-1], 0), (by_stem, _stem(parts[-1]), 500)):
            agreeing = []
            for own, path in index.get(name, []):
                length = min(len(own), len(parts))
                same = next((k for k in range(1, length) if own[-k - 1] != parts[-k - 1]), length)
                if (same == length or away) and not (of_ids and len(parts) > len(own)):
                    agreeing.append(((same, same == len(own)), path))
            best = max((how for how, _ in agreeing), default=None)
            meant = [path for how, path in agreeing if how == best]
            if meant and not (address and len(meant) > 1):
                return _only(value, meant), best[0] - penalty
        return exact, EXACT

    return find


def _parts(path: str) -> list[str]:
    """Return folders and name of a path as they are compared where the exact ones do not meet."""
    path = path.replace("\\", "/")
    if re.search("%[0-9a-f]{2}", path, re.IGNORECASE):
        try:
            path = unquote(path, errors="strict")
        except UnicodeDecodeError:
            path = unquote(path, encoding="latin-1")
    parts = [" ".join(normal(part).casefold().split()) for part in path.split("/")]
    parts = [re.sub(r"\s+(?=\.[^.\s]+$)", "", part) for part in parts if part]
    return parts or [""]


def _stem(name: str) -> str:
    stem, ending = posixpath.splitext(name)
    return stem.rstrip() if ending in EXTENSIONS else name


def _outranked(target: dict[int, str], rank: dict[int, int], values: list[str | None]) -> dict[int, tuple[str, str]]:
    """Refuse rows for whose picture there is another row that names it better."""
    best: dict[str, int] = {}
    for row, picture in target.items():
        best[picture] = max(best.get(picture, rank[row]), rank[row])
    return {
        row: ("no such image", f"There is no picture '{values[row]}'. '{picture}' is that of another row.")
        for row, picture in target.items()
        if rank[row] < best[picture]
    }


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
