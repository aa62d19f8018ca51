"""Several pictures of one work: which of them is taken, or all."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from artgraph.errors import IngestError
from artgraph.joining import Finder, normal
from artgraph.metadata import Metadata

__all__ = ["FIRST_WORDS", "Views", "choose_views", "natural", "one_picture_each"]

#: What a column says of the picture that stands for a work.
FIRST_WORDS = ("primary", "main", "first", "front", "recto", "yes", "true")
BETWEEN = " _-.,("  # between the id of a work and what tells its pictures apart: 1998.32_2, 1998.32 (2)
LISTED = re.compile(r"\s*[;|\n]\s*")


class Views(NamedTuple):
    """The outcome of `choose_views`.

    Attributes
    ----------
    table : with a column ``image`` that names one picture in each row; and, where all pictures are taken, ``view_of``:
        the id of the work that has several.
    lines : the line that each row of ``table`` begins at.
    passed_over : from the path of a picture that is not taken to the one that stands for its work.
    works : how many works have several pictures.
    """

    table: pd.DataFrame
    lines: list
    passed_over: dict
    works: int


def natural(text: str) -> list[tuple[bool, Any]]:
    """Return a key by which "2" stands before "10", for the numbers in a ``text``."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(part.isdigit(), int(part) if part.isdigit() else part) for part in parts if part]


def choose_views(
    pictures: Sequence[str], table: pd.DataFrame, lines: Sequence[int], *, views: str, by_path: Finder
) -> Views:
    """Let each row name one picture, where a work has several.

    A work has several pictures where rows with one id name different ones; where a row names several, separated by
    ";", "|" or line breaks; or where a row has only an id, and pictures lie in a folder of that name or have names that
    begin with it: ``1998.32/back.jpg``, ``1998.32_2.jpg``. The longest id that fits a name is meant.

    Parameters
    ----------
    pictures : paths of pictures.
    table, lines : all text, (n, columns); and the line of each row.
    views : "first": the first picture of each work is taken, in the order of the rows, or of their numbers: a name that
        is the id itself comes first. "all": every one, each a row with the data of its work; ids are ``1998.32``,
        ``1998.32 (2)``, ... Else the name of a column: the first by what it says, ``FIRST_WORDS`` before all else.
    by_path : finds the picture that a path names, as in `artgraph.joining`.

    Raises
    ------
    IngestError
        There is no such column.
    """
    if views not in ("first", "all") and views not in table:
        raise IngestError(
            f"--views {views}: there is no such column. Expected first, all, or one of: {', '.join(table.columns)}."
        )
    table = table.reset_index(drop=True)
    again = table.duplicated().to_numpy()
    named = _named_in_cells(table, by_path) if "image" in table else {}
    if not named and "id" in table:
        named = _named_by_id(pictures, table["id"])
    ids = table["id"].map(normal, na_action="ignore").tolist() if "id" in table else [None] * len(table)
    groups: dict[Any, list[tuple[int, str]]] = defaultdict(list)
    for row, found in named.items():
        if not again[row]:
            key = ids[row] if isinstance(ids[row], str) else row
            groups[key] += [(row, picture) for picture in found]
    image = (table["image"] if "image" in table else table["id"]).astype(object).tolist()
    origin, images, keys, works = list(range(len(table))), list(image), list(ids), [None] * len(table)
    passed_over, left_out, several = {}, set(), 0
    taken = set(ids)
    for key, found in groups.items():
        seen: dict[str, int] = {}
        for row, picture in found:
            seen.setdefault(picture, row)
        order = list(seen.items())
        if views not in ("first", "all"):
            said = table[views]
            order.sort(key=lambda one: _rank(said.iloc[one[1]]))
        (first, row), *others = order
        images[row] = first
        several += bool(others)
        left_out |= {other for _, other in order} - {row}
        if views != "all":
            passed_over |= {picture: first for picture, _ in others}
            continue
        if not others:
            continue
        work = key if isinstance(key, str) else normal(first)
        works[row] = work
        count = 1
        for picture, other in others:
            count += 1
            while (name := f"{work} ({count})") in taken:
                count += 1
            taken.add(name)
            origin.append(other)
            images.append(picture)
            keys.append(name)
            works.append(work)
    keep = [at for at in range(len(origin)) if at >= len(table) or at not in left_out]
    chosen = table.iloc[[origin[at] for at in keep]].reset_index(drop=True)
    chosen["image"] = pd.array([images[at] for at in keep], dtype="string")
    if "id" in table or views == "all":
        chosen["id"] = pd.array([keys[at] for at in keep], dtype="string")
    if views == "all" and several:
        chosen["view_of"] = pd.array([works[at] for at in keep], dtype="string")
    return Views(chosen, [lines[origin[at]] for at in keep], passed_over, several)


def one_picture_each(
    pictures: list[str], metadata: Metadata, views: str | None, *, by_path: Finder
) -> tuple[Metadata, dict[str, str], list[str]]:
    """Let each row name one picture; return the rows, the pictures that are left out, and a note.

    Without ``views`` all stays as it is, and the note says that there are works with several pictures.

    Parameters
    ----------
    pictures, metadata : as for `artgraph.ingest.plan`.
    views, by_path : as for `choose_views`.
    """
    if "image" not in metadata.table and "id" not in metadata.table:
        return metadata, {}, []
    chosen = choose_views(pictures, metadata.table, metadata.lines, views=views or "first", by_path=by_path)
    if not chosen.works:
        return metadata, {}, []
    many = "1 work has" if chosen.works == 1 else f"{chosen.works:,} works have"
    if views is None:
        how = (
            "--views first takes the first of each, --views all every one, --views COLUMN the one that a column names."
        )
        return metadata, {}, [f"{many} several pictures. {how}"]
    took = "every one is a row of its own" if views == "all" else f"{len(chosen.passed_over):,} were left out"
    found = replace(metadata, table=chosen.table, lines=chosen.lines)
    return found, chosen.passed_over, [f"{many} several pictures; {took}."]


def _rank(said: Any) -> tuple[Any, ...]:
    """Return the place of a picture by what a column says of it; nothing comes last."""
    if pd.isna(said):
        return (2, [])
    word = said.strip().casefold()
    return (0, [(True, FIRST_WORDS.index(word))]) if word in FIRST_WORDS else (1, natural(word))


def _named_in_cells(table: pd.DataFrame, by_path: Finder) -> dict[int, list[str]]:
    """Return the pictures that each row names in its column ``image``; rows that find none are left out."""
    found: dict[int, list[str]] = {}
    for row, cell in enumerate(table["image"]):
        if pd.isna(cell):
            continue
        whole, reason, _ = by_path(cell)
        parts = [whole] if not reason else [by_path(part)[0] for part in LISTED.split(cell) if part]
        if all(parts):
            found[row] = parts
    return found


def _named_by_id(pictures: Sequence[str], ids: Iterable[str | None]) -> dict[int, list[str]]:
    """Return the pictures whose path, name, folder or beginning of the name is the id of each row, in their order."""
    rows = {normal(key): row for row, key in reversed(list(enumerate(ids))) if pd.notna(key)}
    found: dict[int, list[tuple[Any, str]]] = defaultdict(list)
    for path in pictures:
        whole = normal(path)
        folder, name = posixpath.split(whole)
        stem = posixpath.splitext(name)[0]
        own = [key for key in (whole, posixpath.splitext(whole)[0], stem) if key in rows]
        ends = (at for at in range(len(stem) - 1, 0, -1) if stem[at] in BETWEEN)
        begun = [stem[:at] for at in ends if stem[:at] in rows]
        inside = [part for part in reversed(folder.split("/")) if part in rows]
        for rank, keys in enumerate((own, begun, inside)):
            if keys:
                found[rows[keys[0]]].append(((rank, natural(whole)), path))
                break
    return {row: [path for _, path in sorted(paths)] for row, paths in found.items()}
