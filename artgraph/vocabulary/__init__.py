"""Words for paintings: terms of manner, technique, medium, mood and movement, of our own or from a user's file."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from artgraph.errors import IngestError, InputError
from artgraph.tabletext import decode, refuse_other_files

__all__ = ["COLUMNS", "PROMPT", "Term", "prompts_of", "read_vocabulary"]

COLUMNS = ("term", "kind", "prompt", "aat")
PROMPT = "a painting, {}"  # what a term is put into before it is encoded, where nothing else is said
BETWEEN = "|"  # several prompts, whose vectors are averaged


class Term(NamedTuple):
    """A term of a vocabulary.

    Attributes
    ----------
    term, kind : "thick impasto", "technique".
    prompt : What it is put into before it is encoded, at ``{}``; several, with ``|`` between them, are averaged.
    aat : Its number in the Art & Architecture Thesaurus of the Getty; "" where none is known.
    """

    term: str
    kind: str = ""
    prompt: str = PROMPT
    aat: str = ""


def read_vocabulary(file: str | Path | None = None) -> list[Term]:
    """Read a vocabulary: that of artgraph, or a user's.

    A user's ``file`` is a CSV with a column ``term`` and perhaps ``kind``, ``prompt`` and ``aat``; or a text file with
    a term a line. Terms that stand there twice are taken once.

    Raises
    ------
    IngestError
        There is no such file, it is a workbook, or a quotation mark in it is not closed.
    InputError
        It has no terms, or a prompt without a place for the term.

    Examples
    --------
    >>> [one.kind for one in read_vocabulary() if one.term == "sfumato"]
    ['technique']
    """
    source = files("artgraph.vocabulary") / "terms.csv" if file is None else Path(file)
    if not source.is_file():
        raise IngestError(f"There is no vocabulary {source}. Expected a CSV file with a column 'term'.")
    data = source.read_bytes()
    refuse_other_files(source.name, data)
    terms: dict[str, Term] = {}
    for row in _rows(source.name, decode(source.name, data).text):
        if row["term"]:
            terms.setdefault(row["term"].casefold(), _term(source.name, row))
    if not terms:
        raise InputError(f"{source} has no terms. Expected a CSV file with a column 'term', or a term a line.")
    return list(terms.values())


def prompts_of(one: Term) -> list[str]:
    """Return the phrases that a term (``one``) is encoded as.

    Examples
    --------
    >>> prompts_of(Term("sfumato", prompt="a painting with {}|{}"))
    ['a painting with sfumato', 'sfumato']
    """
    return [form.strip().replace("{}", one.term) for form in one.prompt.split(BETWEEN)]


def _rows(name: str, text: str) -> list[dict[str, str]]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    if "term" not in (cell.strip(' "').casefold() for cell in first.split(delimiter)):
        return [{"term": " ".join(line.split())} for line in lines]
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise IngestError(f"{name} cannot be read as CSV: {error}.") from error
    header, *rows = (row for row in table if any(cell.strip() for cell in row))
    header = [cell.strip().casefold() for cell in header]
    return [_cells(header, row) for row in rows]


def _cells(header: Iterable[str], row: Iterable[str]) -> dict[str, str]:
    pairs = itertools.zip_longest(header, row, fillvalue="")
    cells = {key: " ".join(cell.split()) for key, cell in pairs if key in COLUMNS}
    return {"term": "", **cells}


def _term(name: str, row: Mapping[str, str]) -> Term:
    found = Term(**{key: value for key, value in row.items() if value})
    if not all("{}" in form for form in found.prompt.split(BETWEEN)):
        raise InputError(f"{name}: the prompt '{found.prompt}' of '{found.term}' has no {{}}, the place for the term.")
    return found
