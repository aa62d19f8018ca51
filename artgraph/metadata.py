"""Read a spreadsheet about paintings without changing a character of it: everything stays text.

No value is interpreted: ``000001`` stays ``000001``, ``1889`` stays text, ``NA`` stays ``NA``. Only an empty field is
missing.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from artgraph.delimited import read_delimited
from artgraph.errors import IngestError
from artgraph.tabletext import CONTROL, decode, refuse_other_files, shown_names

__all__ = ["STANDARD", "Metadata", "clean_text", "read_metadata"]

#: Our columns and the names they are recognised by, in order of preference. Case does not count; spaces, hyphens and
#: underscores are the same.
STANDARD = {
    "image": ("image", "path", "image_path", "filename", "file_name", "file"),
    "id": ("id", "object_id", "objectid", "object_number", "accession_number"),
    "artist": ("artist", "artist_name", "artist_display_name", "creator", "author", "maker"),
    "title": ("title",),
    "date": ("date", "object_date", "date_display", "year"),
    "style": ("style", "movement", "genre"),
}


@dataclass(frozen=True)
class Metadata:
    """A spreadsheet as text.

    Attributes
    ----------
    table : dtype "string"; our column names where recognised, else the user's; missing values are null.
    lines : the line of the file on which each row begins (the header is usually line 1); for parquet, the row, from 1.
    encoding, delimiter : such as "utf-8" or "windows-1251", and a comma, semicolon, tab or "|"; "" for parquet.
    columns : from the user's column to ours, for every column kept.
    notes : what was changed, skipped or decided, in sentences.
    refused : list of (int, str); line and trouble of each row that could not be read.
    name : of the file.
    """

    table: pd.DataFrame
    lines: list
    encoding: str = ""
    delimiter: str = ""
    columns: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    name: str = "metadata"


def read_metadata(
    path: str | Path, *, columns: Mapping[str, str] | None = None, encoding: str | None = None
) -> Metadata:
    """Read the CSV, TSV or parquet file about paintings at `path` as text.

    The encoding of CSV is found for the file as a whole (`artgraph.tabletext.decode`), unless `encoding` names it;
    where it is a guess, a note shows the first names as they were read. Delimiter and header: `artgraph.delimited`.
    NUL and other control characters are removed, spaces around values are cut. A row with too few or too many fields
    is refused, by line.

    Columns are recognised by `STANDARD`. Where several fit one of ours, the earliest name in `STANDARD` wins and the
    others keep their own name. ``genre`` means style only where there is no column for style or movement. A column
    that would take one of our names (`STANDARD`, ``image_…``, ``metadata_line``) is renamed ``user_…``. All of it is
    noted.

    Parameters
    ----------
    path
    columns : from ours to the user's, where recognition is not enough: ``{"artist": "Maker name"}``.
    encoding : of a CSV file, as Python knows it; None: found out.

    Raises
    ------
    IngestError
        Where the file is missing, empty, holds only a header, is no table, repeats a column name, has a stray
        quotation mark, or lacks a column named in `columns`; and for an unknown `encoding`.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"Cannot read the spreadsheet {path}: {error.strerror or error}.") from error
    if not data.strip():
        raise IngestError(f"{path.name} is empty. Expected a header line and one line per painting.")
    refuse_other_files(path.name, data)
    decoded = None
    if data.startswith(b"PAR1"):
        notes: list[str] = []
        header, rows, lines = _read_parquet(path.name, data, notes)
        refused, delimiter = [], ""
    else:
        decoded = decode(path.name, data, encoding=encoding)
        known = {name for names in STANDARD.values() for name in names}
        chosen = set((columns or {}).values())
        read = read_delimited(
            path.name, decoded.text, recognised=lambda key: _plain(key) in known or _named(key) in chosen
        )
        header, rows, lines, delimiter, _, refused = read
        notes = [*decoded.notes, *read.notes]
    header = _name_columns(path.name, header, rows, notes)
    if not rows and not refused:
        raise IngestError(f"{path.name} has a header and no rows. Expected one line per painting.")
    names = _recognise(path.name, [name for name in header if name is not None], columns or {}, notes)
    kept = [(i, names[name]) for i, name in enumerate(header) if name is not None]
    table = pd.DataFrame({name: pd.array([row[i] or None for row in rows], dtype="string") for i, name in kept})
    if decoded is not None and decoded.guessed:
        order = sorted(
            table.columns, key=lambda name: ("artist", "title").index(name) if name in ("artist", "title") else 2
        )
        shown = shown_names(table[name] for name in order)
        notes.insert(
            0,
            f"{path.name} is not UTF-8 and was read as {decoded.encoding}"
            + (f": {_list(shown)}" if shown else "")
            + ". If names look wrong, say which it is with --encoding, or save it as UTF-8.",
        )
    return Metadata(table, lines, decoded.encoding if decoded else "", delimiter, names, notes, refused, path.name)


def clean_text(text: str) -> str:
    """Remove control characters (all but tab and line breaks) and the white space around a ``text``."""
    return CONTROL.sub("", text).strip()


def _read_parquet(name: str, data: bytes, notes: list[str]) -> tuple[list[str], list[list[str]], list[int]]:
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise IngestError(f"{name} is a damaged parquet file: {error}.") from error
    header, columns = [], []
    for key, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            notes.append(f"Column '{key}' of {name} holds {kind}, not text, and was left out.")
            continue
        header.append(str(key))
        columns.append([_as_text(value) for value in column.to_pylist()])
    rows = [list(row) for row in zip(*columns, strict=True)]
    return header, rows, list(range(1, len(rows) + 1))


def _as_text(value: object) -> str:
    # A column of years with a gap is stored as floating point: 1889.0 was 1889, NaN was missing.
    if value is None or value != value:
        return ""
    return clean_text(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))


def _name_columns(name: str, header: list[str], rows: list[list[str]], notes: list[str]) -> list[str | None]:
    header = [_named(key) for key in header]
    for i in [i for i, key in enumerate(header) if not key]:
        if any(row[i] for row in rows):
            header[i] = f"column_{i + 1}"
            notes.append(f"Column {i + 1} of {name} has no name and is called '{header[i]}'.")
        else:
            header[i] = None
    if repeated := sorted(key for key, times in Counter(header).items() if key is not None and times > 1):
        raise IngestError(
            f"{name} has more than one column named {_list(repeated)}. Rename or remove the surplus ones."
        )
    return header


def _recognise(name: str, header: list[str], chosen: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    for ours, theirs in chosen.items():
        if ours not in STANDARD:
            raise IngestError(f"There is no column '{ours}' to choose. Choose from {_list(STANDARD)}.")
        if theirs not in header:
            raise IngestError(f"{name} has no column '{theirs}' (chosen for {ours}). It has {_list(header)}.")
    if len(set(chosen.values())) < len(chosen):
        raise IngestError("One column cannot be chosen for two of ours. Choose each column once.")
    taken = {theirs: ours for ours, theirs in chosen.items()}
    for ours, aliases in STANDARD.items():
        fitting = [key for key in header if _plain(key) in aliases and key not in taken]
        fitting.sort(key=lambda key: (aliases.index(_plain(key)), key != _plain(key)))
        if ours in taken.values() or not fitting:
            continue
        taken[fitting[0]] = ours
        # A genre beside a style is a different thing, not a rival.
        if rivals := [key for key in fitting[1:] if _plain(key) != "genre"]:
            notes.append(f"Column '{fitting[0]}' of {name} is {ours}; {_list(rivals)} kept under their own name.")
    result = dict(taken)
    for key in [key for key in header if key not in taken]:
        own = key
        while own in result.values() or _reserved(own):
            own = f"user_{own}"
        if own != key:
            notes.append(f"Column '{key}' of {name} is kept as '{own}'.")
        result[key] = own
    return {key: result[key] for key in header}


def _reserved(key: str) -> bool:
    plain = _plain(key)
    return plain in STANDARD or plain == "metadata_line" or plain.startswith("image_")


def _named(key: str) -> str:
    return unicodedata.normalize("NFC", clean_text(key))


def _plain(key: str) -> str:
    return re.sub(r"[\s_-]+", "_", key.casefold())


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
