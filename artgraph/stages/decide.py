"""Decisions are taken into a corpus: from a page, from another corpus, or from a scholar's spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from artgraph.decisions import COLUMNS, Decision, Problem, append, in_force, now, read, trouble
from artgraph.delimited import Rows, read_delimited
from artgraph.errors import IngestError, InputError
from artgraph.joining import join_rows, normal
from artgraph.metadata import STANDARD
from artgraph.stages.lead import shown_first
from artgraph.stages.ruling import file_of, in_force_of, names_of
from artgraph.tabletext import decode, refuse_other_files

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["Taken", "accept", "decide"]

LABELS = ("label", "cluster", "group", "class")  # the column of a spreadsheet that says where a work belongs
IDS = (*STANDARD["id"], *STANDARD["image"], "work")


class Taken(NamedTuple):
    """What was taken in.

    Attributes
    ----------
    taken, repeated : keys of decisions that were written now, and of those that were there.
    refused : rows and decisions that were not taken, each with a sentence.
    open : what does not hold of all decisions that the corpus has now, with a sentence.
    notes : how the file was read.
    """

    taken: list[str]
    repeated: list[str]
    refused: list[Problem]
    open: list[Problem]
    notes: list[str]


def decide(
    corpus: Corpus,
    file: str | Path,
    *,
    who: str | None = None,
    partition: str | None = None,
    encoding: str | None = None,
    dry_run: bool = False,
) -> Taken:
    """Take decisions into a corpus.

    A file with the columns of ``decisions.csv`` is taken as it is. Any other table has works (a column such as id or
    image, else the first) and labels (a column such as label or cluster, else the second). A label that is the number
    or the name of a cluster of ``partition`` says that the work belongs there. Works with the same other label are of
    one manner: each is ``same`` with the first of them; and the first works of two such labels are ``different``, since
    whoever gives a work one label takes it from the others. The label stands in ``why``.

    Parameters
    ----------
    corpus
    file : CSV, as a page saved it or a spreadsheet wrote it; delimiter and encoding are found out, as by ``ingest``.
    who : Who decided; needed for a spreadsheet, and for decisions that do not say it.
    partition : Whose clusters the labels of a spreadsheet name; by default those that the page shows first.
    encoding : Of the file.
    dry_run : Only say what would be taken.

    Raises
    ------
    IngestError, InputError
        The file cannot be read, or it is not said who decided.
    """
    path = Path(file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IngestError(f"Cannot read {path}: {error.strerror or error}.") from error
    refuse_other_files(path.name, data)
    decoded = decode(path.name, data, encoding=encoding)
    known = {*COLUMNS, *IDS, *LABELS}
    rows = read_delimited(path.name, decoded.text, recognised=lambda name: _plain(name) in known)
    refused = [Problem((), "unsound", f"Line {line} of {path.name}: {text}") for line, text in rows.refused]
    header = [_plain(name) for name in rows.header]
    if {"key", "kind", "when"} <= set(header):
        given = _as_saved(rows, header, who)
    else:
        if not who:
            raise InputError(f"{path.name} does not say who decided. Add: --who NAME")
        partition = shown_first(corpus) if partition is None else partition
        given, strange = _labelled(corpus, rows, header, who=who, partition=partition, source=(path.name, data))
        refused += strange
    taken, repeated, more = accept(corpus, given, dry_run=dry_run)
    return Taken(taken, repeated, refused + more, in_force_of(corpus).problems, [*decoded.notes, *rows.notes])


def accept(
    corpus: Corpus, decisions: Iterable[Decision], *, dry_run: bool = False
) -> tuple[list[str], list[str], list[Problem]]:
    """Write sound decisions about works and clusters that the corpus has; return keys taken, repeated, and refusals.

    Decisions that contradict others are taken: what holds is found out from all of them (``artgraph.decisions``).

    Parameters
    ----------
    corpus, decisions
    dry_run : Write nothing.
    """
    there, _ = read(file_of(corpus))
    known, decisions, refused = {one.key: one for one in there}, list(decisions), []
    bad = {}
    for one in decisions:
        if text := trouble(one):
            bad[one.key] = Problem((one.key,), "unsound", text)
    sound = [one for one in decisions if one.key not in bad]
    fresh = {one.key: one for one in sound if one.key not in known}
    clusters = {key: set(corpus.get("partitions", key).tolist()) for key in corpus.keys("partitions")}
    checked = in_force([*there, *fresh.values()], ids=set(corpus.paintings["id"]), clusters=clusters)
    bad |= {one.keys[0]: one for one in checked.problems if one.what == "unknown" and one.keys[0] in fresh}
    refused = list(bad.values())
    new = [one for key, one in fresh.items() if key not in bad]
    repeated = [one.key for one in sound if one.key in known]
    if dry_run:
        return [one.key for one in new], repeated, refused
    written, more = append(file_of(corpus), new)
    return written, repeated, refused + more


def _as_saved(rows: Rows, header: list[str], who: str | None) -> list[Decision]:
    at = [header.index(name) if name in header else None for name in COLUMNS]
    found = [Decision(*("" if place is None else row[place] for place in at)) for row in rows.rows]
    return [one._replace(who=one.who or who or "") for one in found]


def _labelled(
    corpus: Corpus, rows: Rows, header: list[str], *, who: str, partition: str, source: tuple[str, bytes]
) -> tuple[list[Decision], list[Problem]]:
    """Turn works and labels into decisions."""
    if len(header) < 2:
        raise IngestError(f"{source[0]} has one column; expected works and labels, such as id,label.")
    by = next((name for name in LABELS if name in header), header[1])
    of = next((name for name in IDS if name in header and name != by), header[0])
    values, labels = ([row[header.index(name)] for row in rows.rows] for name in (of, by))
    work, refused = _works(corpus, values, rows.lines, source[0])
    said, lines = {}, {}
    for value, label, line in zip(values, labels, rows.lines, strict=True):
        if value not in work or not label:
            continue
        id_ = work[value]
        if said.setdefault(id_, label) != label:
            text = f"Line {line} of {source[0]} gives '{id_}' another label than line {lines[id_]} does."
            refused.append(Problem((), "unsound", text))
        lines.setdefault(id_, line)
    numbers = set(corpus.get("partitions", partition).tolist()) if corpus.has("partitions", partition) else set()
    named = {name.casefold(): number for number, name in names_of(corpus, partition).items()}
    number_of = {label: named.get(label.casefold()) for label in said.values()}
    number_of |= {label: int(label) for label in number_of if label.isdecimal() and int(label) in numbers}
    when, start, found, first = now(), sha256(source[1] + who.encode()), [], {}

    def add(kind: str, why: str, **about: str) -> None:
        one = Decision("", when, who, kind, why=f"{why}, in {source[0]}", **about)
        digest = start.copy()  # the same file, taken in twice, is taken once
        digest.update(repr((kind, *sorted(about.items()))).encode())
        found.append(one._replace(key=digest.hexdigest()[:16]))

    for id_, label in said.items():
        if (number := number_of[label]) is not None:
            add("belongs", f"labelled {label}", work=id_, partition=partition, cluster=str(number))
        elif first.setdefault(label, id_) != id_:
            add("same", f"both labelled {label}", work=first[label], other=id_)
    for at, (label, id_) in enumerate(first.items()):
        for other, second in list(first.items())[at + 1 :]:
            add("different", f"labelled {label} and {other}", work=id_, other=second)
    if first and len(first) == len(said):
        raise InputError(
            f"Every label of {source[0]} occurs once, such as '{next(iter(first))}', and none is a cluster of "
            f"'{partition}'. Expected labels that several works have."
        )
    return found, refused


def _works(corpus: Corpus, values: list[str], lines: list[int], name: str) -> tuple[dict[str, str], list[Problem]]:
    """Find the work that each value means: by its id, or as ``ingest`` joins rows with pictures."""
    ids = {normal(id_): id_ for id_ in corpus.paintings["id"]}
    work = {value: ids[normal(value)] for value in values if normal(value) in ids}
    rest = list(dict.fromkeys(value for value in values if value and value not in work))
    why = dict.fromkeys(rest, "There is no such work.")
    if rest and corpus.has_pictures:
        joined = join_rows(corpus.paintings["image"].tolist(), pd.DataFrame({"id": rest}), root=corpus.image_root)
        of_picture = dict(zip(corpus.paintings["image"], corpus.paintings["id"], strict=True))
        work |= {rest[row]: of_picture[picture] for picture, row in joined.rows.items()}
        why |= {rest[row]: detail for row, _, detail in joined.refused}
    refused = [
        Problem((), "unknown", f"Line {line} of {name}: '{value}' names no work. {why.get(value, 'It is empty.')}")
        for value, line in zip(values, lines, strict=True)
        if value not in work
    ]
    return work, refused


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
