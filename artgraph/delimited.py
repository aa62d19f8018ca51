"""The text of a CSV file becomes a header and rows: which delimiter, where the header is, which rows do not fit it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from artgraph.errors import IngestError

__all__ = ["DELIMITERS", "Rows", "read_delimited"]

DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 30  # rows; a header lies no deeper
_LONGEST_FIELD = 2**31 - 1  # the csv module stops at 131,072 characters


class Rows(NamedTuple):
    """A CSV file as text.

    Attributes
    ----------
    header, rows : fields without the blanks around them; every row is as long as the header.
    lines : the line of the file on which each row begins.
    delimiter
    notes : what was skipped, in sentences.
    refused : (line, trouble) of each row that is longer or shorter than the header.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    notes: list[str]
    refused: list[tuple[int, str]]


def read_delimited(name: str, text: str, *, recognised: Callable[[str], bool]) -> Rows:
    """Read the text of a CSV file; a first line ``sep=;`` is obeyed.

    The delimiter is the one of `DELIMITERS` with which a row holds most of the columns that are known, or else most
    rows are equally long. The header is, among the first 30 rows, the one with most known columns; the lines above it,
    such as "Exported from TMS on 3 May 2024", are skipped with a note. Fields may hold line breaks within quotes
    (RFC 4180).

    Parameters
    ----------
    name : Of the file, for messages.
    text
    recognised : callable(str) -> bool; whether a column of this name is one that artgraph or the user knows.

    Raises
    ------
    IngestError
        Where there is no row at all, or a quotation mark is not closed.
    """
    skipped = 0
    if first := re.match(r"sep=([,;\t|])\r?\n", text):
        text, skipped = text[first.end() :], 1
    delimiter = first[1] if first else _delimiter(name, text, recognised)
    start = _header(_sample(text, delimiter), recognised)
    header: list[str] | None = None
    rows, lines, refused, above, empty = [], [], [], [], 0
    for number, (line, row) in enumerate(_fields(name, text, delimiter, skipped)):
        if number < start:
            above += [value for value in row if value]
        elif not any(row):
            empty += bool(row)
        elif header is None:
            header = row
        elif any(row[len(header) :]) or len(row) < len(header):
            refused.append((line, f"It has {len(row)} fields; the header has {len(header)}."))
        else:
            rows.append(row[: len(header)])
            lines.append(line)
    if header is None:
        raise IngestError(f"{name} is empty. Expected a header line and one line per painting.")
    notes = [f"{empty} empty rows of {name} were skipped."] if empty else []
    if above:
        notes.append(f"What stands above the header of {name} was skipped: '{' '.join(above)[:80]}'.")
    return Rows(header, rows, lines, delimiter, notes, refused)


def _fields(name: str, text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line that a row begins on, and its fields."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins, usual = 1, csv.field_size_limit(_LONGEST_FIELD)
    try:
        for row in reader:
            yield begins + skipped, [value.strip() for value in row]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise IngestError(
            f"{name}, row that begins on line {begins + skipped}: {error}. "
            "A quotation mark inside a quoted field must be doubled, and every one that opens a field must be closed."
        ) from error
    finally:
        csv.field_size_limit(usual)


def _sample(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows, as far as they can be read."""
    found, usual = [], csv.field_size_limit(_LONGEST_FIELD)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            found.append([value.strip() for value in row])
            if len(found) == _LOOKED_AT:
                break
    except csv.Error:
        pass  # said with its line when the file is read
    finally:
        csv.field_size_limit(usual)
    return found


def _header(rows: list[list[str]], recognised: Callable[[str], bool]) -> int:
    """Return the position of the header: the row with most known columns, else the first with enough fields."""
    known = [sum(map(recognised, row)) for row in rows]
    filled = [sum(map(bool, row)) for row in rows]
    first = next((index for index, count in enumerate(filled) if count), 0)
    if not any(known):
        usual = Counter(len(row) for row, count in zip(rows, filled, strict=True) if count).most_common(1)
        enough = max(2, usual[0][0] // 2) if usual and usual[0][0] > 1 else 1
        return next((index for index, count in enumerate(filled) if count >= enough), first)
    best = max(range(len(rows)), key=lambda index: (known[index], filled[index], -index))
    # A word such as "genre" may also be a value: a row is above the header only where it has fewer fields.
    return best if all(filled[index] < filled[best] for index in range(best)) else first


def _delimiter(name: str, text: str, recognised: Callable[[str], bool]) -> str:
    if name.lower().endswith((".tsv", ".tab")):
        candidates: tuple[str, ...] = ("\t", *DELIMITERS)
    else:
        candidates = DELIMITERS

    def fit(delimiter: str) -> tuple[int, int, int]:
        rows = [row for row in _sample(text, delimiter) if any(row)]
        sizes = Counter(len(row) for row in rows if len(row) > 1)
        size, times = max(sizes.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return max((sum(map(recognised, row)) for row in rows if len(row) > 1), default=0), times, size

    return max(candidates, key=fit)
