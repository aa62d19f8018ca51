"""The file of a table becomes a header and rows of text: CSV, parquet, JSON, or a folder of JSON files."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from artgraph.delimited import read_delimited
from artgraph.errors import IngestError
from artgraph.tabletext import CONTROL, decode, refuse_other_files

__all__ = ["RawTable", "Records", "begins_as_json", "clean_text", "flat", "read_raw"]

#: From what a JSON file holds to its records, each a dict of text; None where it is not of the form that is looked for.
Records = Callable[[Any], list[dict[str, str]] | None]


class RawTable(NamedTuple):
    """A table as text, under its own column names.

    Attributes
    ----------
    header, rows : every row is as long as the header.
    lines : the line of the file on which each row begins; for parquet and JSON the row, from 1.
    encoding, delimiter : of CSV, else "".
    notes : what was changed, skipped or decided, in sentences.
    refused : (line, trouble) of each row that could not be read.
    guessed : whether the encoding is a guess.
    files : that were read.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    encoding: str = ""
    delimiter: str = ""
    notes: Sequence[str] = ()
    refused: Sequence[tuple[int, str]] = ()
    guessed: bool = False
    files: tuple[Path, ...] = ()

    def column(self, name: str | None) -> list[str]:
        """Return the values of a column by its ``name``; empty text where there is no such column."""
        if name not in self.header:
            return [""] * len(self.rows)
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def with_column(self, name: str, values: Iterable[str]) -> "RawTable":
        """Return the table with these ``values``, one for each row, in a column (``name``), added if need be."""
        values = list(values)
        if name in self.header:
            place = self.header.index(name)
            rows = [[*row[:place], value, *row[place + 1 :]] for row, value in zip(self.rows, values, strict=True)]
            return self._replace(rows=rows)
        rows = [[*row, value] for row, value in zip(self.rows, values, strict=True)]
        return self._replace(header=[*self.header, name], rows=rows)


def read_raw(
    path: str | Path,
    *,
    recognised: Callable[[str], bool],
    records: Records,
    encoding: str | None = None,
    repair: bool = False,
) -> RawTable:
    """Read a table.

    Parameters
    ----------
    path : of a file, or of a folder whose JSON files are read in the order of their names.
    recognised : as in `artgraph.delimited.read_delimited`.
    records : what finds the records in a JSON file; where it finds none, a list of objects is taken.
    encoding, repair : see `artgraph.tabletext.decode`.

    Raises
    ------
    IngestError
        Where the file is missing, empty, or no table.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folder(path, records)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"Cannot read the spreadsheet {path}: {error.strerror or error}.") from error
    if not data.strip():
        raise IngestError(f"{path.name} is empty. Expected a header line and one line per painting.")
    if (found := _read_json(path, data, records)) is not None:
        return _of_records(found, files=(path,))
    refuse_other_files(path.name, data)
    if data.startswith(b"PAR1"):
        notes: list[str] = []
        header, rows, lines = _read_parquet(path.name, data, notes)
        return RawTable(header, rows, lines, notes=notes, files=(path,))
    decoded = decode(path.name, data, encoding=encoding, repair=repair)
    read = read_delimited(path.name, decoded.text, recognised=recognised)
    notes = [*decoded.notes, *read.notes]
    return RawTable(*read[:3], decoded.encoding, read.delimiter, notes, read.refused, decoded.guessed, files=(path,))


def begins_as_json(data: bytes) -> bool:
    """Return whether the bytes of a file (``data``) begin as a JSON object or list does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def clean_text(text: str) -> str:
    """Remove control characters (all but tab and line breaks) and the white space around a ``text``."""
    return CONTROL.sub("", text).strip()


def flat(record: Any, *, before: str = "") -> dict[str, str]:
    """Return a JSON object as a row of text: names of nested ones get a dot, lists of plain values are joined by "; ".

    Parameters
    ----------
    record : dict
    before : what stands before every name.

    Examples
    --------
    >>> flat({"title": "Saint Jerome", "dating": {"year": 1480}, "types": ["painting", "panel"], "makers": [{}]})
    {'title': 'Saint Jerome', 'dating.year': '1480', 'types': 'painting; panel'}
    """
    found: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            found |= flat(value, before=f"{before}{key}.")
        elif isinstance(value, list):
            if not any(isinstance(one, (dict, list)) for one in value):
                found[f"{before}{key}"] = "; ".join(filter(None, map(_as_text, value)))
        else:
            found[f"{before}{key}"] = _as_text(value)
    return found


def _read_folder(path: Path, records: Records) -> RawTable:
    found, files = [], []
    for file in sorted(path.glob("*.json")):
        one = _read_json(file, file.read_bytes(), records)
        if one is not None:
            found += one
            files.append(file)
    if not found:
        raise IngestError(f"{path} is a folder without JSON files on paintings. Give a table: CSV, parquet or JSON.")
    return _of_records(found, files=tuple(files))


def _read_json(path: Path, data: bytes, records: Records) -> list[dict[str, str]] | None:
    """Return the records of a JSON file; None where it is none."""
    if not begins_as_json(data):
        return None
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        if path.suffix.lower() == ".json":
            raise IngestError(f"{path.name} is no JSON that can be read: {error}.") from error
        return None
    if isinstance(whole, dict) and "iiif.io" in str(whole.get("@context")):
        raise IngestError(f"{path.name} is a IIIF manifest or collection, not a table of works.")
    found = records(whole)
    if found is None:
        listed = whole
        if isinstance(whole, dict):
            lists = [value for value in whole.values() if isinstance(value, list) and value]
            listed = lists[0] if len(lists) == 1 and isinstance(lists[0][0], dict) else [whole]
        if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
            raise IngestError(f"{path.name} is JSON, but not a table: expected a list with one object per painting.")
        found = [flat(one) for one in listed]
    return found


def _of_records(records: list[dict[str, str]], *, files: tuple[Path, ...]) -> RawTable:
    header = list(dict.fromkeys(name for record in records for name in record))
    rows = [[clean_text(record.get(name, "")) for name in header] for record in records]
    return RawTable(header, rows, list(range(1, len(rows) + 1)), files=files)


def _read_parquet(name: str, data: bytes, notes: list[str]) -> tuple[list[str], list[list[str]], list[int]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

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
