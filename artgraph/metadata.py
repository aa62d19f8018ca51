"""Read a spreadsheet about paintings without changing a character of it: everything stays text.

No value is interpreted: ``000001`` stays ``000001``, ``1889`` stays text, ``NA`` stays ``NA``. Only an empty field is
missing.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from artgraph.errors import IngestError

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
_OTHER_FILES = {
    **dict.fromkeys([".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"], "a workbook"),
    **dict.fromkeys([".json", ".jsonl", ".ndjson", ".xml", ".html", ".htm"], "not a table"),
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Metadata:
    """A spreadsheet as text.

    Attributes
    ----------
    table : dtype "string"; our column names where recognised, else the user's; missing values are null.
    lines : the line of the file on which each row begins (the header is usually line 1); for parquet, the row, from 1.
    encoding, delimiter : "utf-8", "utf-16" or "windows-1252", and "," or ";" or a tab; "" for parquet.
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


def read_metadata(path: str | Path, *, columns: Mapping[str, str] | None = None) -> Metadata:
    """Read the CSV, TSV or parquet file about paintings at `path` as text.

    CSV is UTF-8 (a byte order mark is accepted), UTF-16 with a byte order mark, or else taken to be Windows-1252, with
    a note. The delimiter is whichever of comma, semicolon and tab the header has most of outside quotes; a first line
    ``sep=;`` is obeyed. Fields may hold line breaks within quotes (RFC 4180). NUL and other control characters are
    removed, spaces around values are cut. A row with too few or too many fields is refused, by line.

    Columns are recognised by `STANDARD`. Where several fit one of ours, the earliest name in `STANDARD` wins and the
    others keep their own name. ``genre`` means style only where there is no column for style or movement. A column
    that would take one of our names (`STANDARD`, ``image_…``, ``metadata_line``) is renamed ``user_…``. All of it is
    noted. `columns` goes from ours to the user's, where recognition is not enough: ``{"artist": "Maker name"}``.

    Raises IngestError where the file is missing, empty, holds only a header, is a workbook, repeats a column name, has
    a stray quotation mark, or lacks a column named in `columns`.
    """
    path = Path(path)
    if kind := _OTHER_FILES.get(path.suffix.lower()):
        raise IngestError(f"{path.name} is {kind}. Save it as CSV (in Excel: 'CSV UTF-8') and give that file.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"Cannot read the spreadsheet {path}: {error.strerror or error}.") from error
    if not data.strip():
        raise IngestError(f"{path.name} is empty. Expected a header line and one line per painting.")
    if data.startswith(b"PK\x03\x04"):
        raise IngestError(
            f"{path.name} is a workbook, whatever its name says. Save it as CSV UTF-8 and give that file."
        )
    if data.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise IngestError(f"{path.name} is an HTML page. Expected a CSV, TSV or parquet file.")
    notes, refused = [], []
    if data.startswith(b"PAR1"):
        encoding = delimiter = ""
        header, rows, lines = _read_parquet(path.name, data, notes)
    else:
        text, encoding = _decode(path.name, data, notes)
        header, rows, lines, delimiter = _read_csv(path, text, notes, refused)
    header = _name_columns(path.name, header, rows, notes)
    if not rows and not refused:
        raise IngestError(f"{path.name} has a header and no rows. Expected one line per painting.")
    names = _recognise(path.name, [name for name in header if name is not None], columns or {}, notes)
    kept = [(i, names[name]) for i, name in enumerate(header) if name is not None]
    table = pd.DataFrame({name: pd.array([row[i] or None for row in rows], dtype="string") for i, name in kept})
    return Metadata(table, lines, encoding, delimiter, names, notes, refused, path.name)


def clean_text(text: str) -> str:
    """Remove control characters (all but tab and line breaks) and the white space around a ``text``."""
    return _CONTROL.sub("", text).strip()


def _decode(name: str, data: bytes, notes: list[str]) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = data.decode("utf-16", "replace"), "utf-16"
    else:
        try:
            text, encoding = data.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError as error:
            text, encoding = data.decode("windows-1252", "replace"), "windows-1252"
            notes.append(
                f"{name} is not UTF-8 (byte {error.start + 1}) and was read as Windows-1252. "
                "If names look wrong, save it as UTF-8."
            )
    if "\ufffd" in text:
        notes.append(f"{name} holds bytes that are no {encoding}; they were replaced by \ufffd.")
    if removed := len(_CONTROL.findall(text)):
        notes.append(f"{removed} control characters (NUL and the like) were removed from {name}.")
    return _CONTROL.sub("", text), encoding


def _read_csv(
    path: Path, text: str, notes: list[str], refused: list[tuple[int, str]]
) -> tuple[list[str], list[list[str]], list[int], str]:
    skipped = 0
    if first := re.match("\ufeff?sep=([,;\t])\r?\n", text):
        text, skipped = text[first.end() :], 1
    delimiter = first[1] if first else _delimiter(text, "\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header, rows, lines, empty, begins = None, [], [], 0, 1
    try:
        for row in reader:
            line, begins = begins + skipped, reader.line_num + 1
            row = [value.strip() for value in row]
            if not any(row):
                empty += bool(row)
            elif header is None:
                header = row
            else:
                if any(row[len(header) :]) or len(row) < len(header):
                    refused.append((line, f"It has {len(row)} fields; the header has {len(header)}."))
                else:
                    rows.append(row[: len(header)])
                    lines.append(line)
    except csv.Error as error:
        raise IngestError(
            f"{path.name}, row that begins on line {begins + skipped}: {error}. "
            "A quotation mark inside a quoted field must be doubled, and every one that opens a field must be closed."
        ) from error
    if header is None:
        raise IngestError(f"{path.name} is empty. Expected a header line and one line per painting.")
    if empty:
        notes.append(f"{empty} empty rows of {path.name} were skipped.")
    return header, rows, lines, delimiter


def _delimiter(text: str, default: str) -> str:
    header = next((line for line in re.split("[\r\n]+", text) if line.strip()), "")
    outside = re.sub('"[^"]*("|$)', "", header)
    return max((default, ",", ";", "\t"), key=outside.count)


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
    header = [unicodedata.normalize("NFC", clean_text(key)) for key in header]
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


def _plain(key: str) -> str:
    return re.sub(r"[\s_-]+", "_", key.casefold())


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
