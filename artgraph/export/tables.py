"""Tables for people who work in Excel or LibreOffice."""

import csv
import re
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from artgraph.atomic import atomic_path
from artgraph.checks import check_labels
from artgraph.errors import InputError
from artgraph.export.cells import BLOCK, Column, free_names

__all__ = ["paintings_table", "write_csv"]

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?")
_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"  # also the full-width forms, which spreadsheets read alike
# byte order mark, zero width space, and what turns the direction of text round
_INVISIBLE = frozenset("\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def write_csv(path: str | Path, frame: pd.DataFrame, *, bom: bool = True) -> None:
    """Write a table as CSV that spreadsheets open with a double click, and without harm.

    UTF-8 with BOM (without it Excel reads "Cézanne" as "CÃ©zanne"), commas, CRLF at line ends (RFC 4180), quotes where
    needed. Control characters and those that turn the direction of text round are removed, line breaks and tabs become
    spaces. Text whose first visible character is one of = + - @ gets an apostrophe in front, so that no spreadsheet
    computes it, unless it is a plain number. Missing values are empty. The same table gives the same bytes; rows are
    written a block at a time. The index is not written. A spreadsheet still turns text that looks like a number into
    one: an id 000001 is shown as 1 unless the column is imported as text.

    Parameters
    ----------
    path, frame : the file and the table.
    bom : False for readers other than spreadsheets, which take the mark for a part of the first name.
    """
    columns = [Column.of(str(frame.columns[i]), frame.iloc[:, i]) for i in range(frame.shape[1])]
    encoding = "utf-8-sig" if bom else "utf-8"
    with atomic_path(path) as temporary, open(temporary, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([_cell(one.name) for one in columns])
        for start in range(0, len(frame), BLOCK):
            writer.writerows(zip(*(map(_cell, one.block(start, start + BLOCK)) for one in columns), strict=True))


def paintings_table(paintings: pd.DataFrame, labels: np.ndarray, *, scores: dict | None = None) -> pd.DataFrame:
    """Put the cluster of each painting beside what is known about it.

    The columns are ``id``, ``cluster`` (Int64, missing for none), the scores, then the others of paintings. One of
    these that has the name of an earlier column, upper or lower case, becomes name_2.

    Parameters
    ----------
    paintings : n rows, with a column ``id``.
    labels : (n,) int; negative for none.
    scores : more columns, each (n,), such as {"typicality": ..., "confidence": ...}.
    """
    if "id" not in paintings.columns:
        raise InputError(f"paintings have no column 'id' (there are: {', '.join(map(str, paintings.columns))}).")
    n = len(paintings)
    clusters = pd.array([None if label < 0 else label for label in check_labels(labels, n).tolist()], dtype="Int64")
    first = {"id": paintings["id"].to_numpy(), "cluster": clusters}
    for name, values in (scores or {}).items():
        first[name] = np.asarray(values)
        if first[name].shape != (n,):
            raise InputError(f"'{name}' has shape {first[name].shape}; expected one value for each of {n} paintings.")
    rest = paintings.drop(columns="id").reset_index(drop=True)
    rest.columns = free_names(rest.columns, first)
    return pd.concat([pd.DataFrame(first), rest], axis=1)


def _cell(value: object) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = value
    if not text.isprintable():
        text = "".join(" " if c in "\t\n\r\v\f\x85" else c for c in text)
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs") and c not in _INVISIBLE)
    start = text.lstrip()
    return "'" + text if start[:1] in tuple(_FORMULA) and not _NUMBER.fullmatch(start.rstrip()) else text
