"""The columns of a museum's table become ours: which is which, one artist a row, a year where none is written."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artgraph.dates import parse_years
from artgraph.qualifiers import kind_of, qualified
from artgraph.rawtables import RawTable, read_raw
from artgraph.sources import ROLES, Source, folded, one_maker, split_makers

__all__ = [
    "how_read",
    "id_columns",
    "names_of",
    "plain",
    "put_together",
    "source_columns",
    "table_beside",
    "with_makers",
    "with_years",
]


def source_columns(source: Source, raw: RawTable, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return from our columns to those of a table that a source says they are.

    Parameters
    ----------
    source, raw : the source and the table.
    chosen : what the user says instead; it is not taken twice.
    """
    own = source.columns(raw.header, raw.rows) if source.columns is not None else {}
    found = {ours: theirs for ours, theirs in own.items() if ours not in chosen and theirs not in chosen.values()}
    roles = {"qualifier": source.prefix, "previous_attribution": source.previous}
    for ours in ROLES:
        theirs = source.found(raw.header, roles.get(ours, getattr(source, ours, ())))
        free = [name for name in theirs if name not in found.values() and name not in chosen.values()]
        if free and ours not in chosen and ours not in found:
            found[ours] = free[0]
    return found


def with_makers(source: Source, raw: RawTable, mapping: dict[str, str]) -> tuple[RawTable, dict[str, str]]:
    """Return a table with one artist a row, and a column of what qualifies the name; and the columns with that one.

    The cells as they were written are kept in a column of their own where they held more than the artist.

    Parameters
    ----------
    source, raw : how the table writes makers, and the table.
    mapping : from our columns to those of the table.
    """
    cells = {"name": (mapping["artist"],), "before": source.prefix, "after": source.suffix, "role": source.role}
    found = {key: (source.found(raw.header, names) or [None])[0] for key, names in cells.items()}
    if source.makers is not None:
        keys = [folded(name) for name in raw.header]
        makers = [one_maker(source.makers(dict(zip(keys, row, strict=True)))) for row in raw.rows]
    elif source.between or any(found[key] for key in ("before", "after", "role")):
        columns = [raw.column(name) for name in found.values()]
        makers = [
            one_maker(split_makers(source.between, **dict(zip(found, values, strict=True))))
            for values in zip(*columns, strict=True)
        ]
    else:
        return raw, mapping
    mapping = {ours: theirs for ours, theirs in mapping.items() if ours != "qualifier"}
    written = raw.column(mapping["artist"])
    artists = [name or said for (name, _), said in zip(makers, written, strict=True)]
    if any(one != other for one, other in zip(artists, written, strict=True)):
        raw = raw.with_column(_free("makers", raw.header), written).with_column(mapping["artist"], artists)
    said = [beside if kind_of(beside) else "" for _, beside in makers]
    if any(said):
        mapping["qualifier"] = _free("qualifier", raw.header)
        raw = raw.with_column(mapping["qualifier"], said)
    return raw, mapping


def put_together(artists: Iterable[str | None], beside: Iterable[str | None]) -> list[str | None]:
    """Return each of the ``artists`` with what stands ``beside`` the name, "before … after", as one would write it."""
    texts = []
    for artist, said in zip(artists, beside, strict=True):
        before, _, after = ("" if pd.isna(said) else str(said)).partition("…")
        texts.append(None if pd.isna(artist) else qualified(artist, before.strip(), after.strip()))
    return texts


def with_years(source: Source, table: pd.DataFrame, *, raw: RawTable, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with years where a date is not written, or written so that no year is found in it.

    Parameters
    ----------
    source, table, raw : the source, our table, and that of the museum.
    names : from the museum's columns to ours.
    """
    first, last = (next(iter(source.found(raw.header, years)), None) for years in (source.begin, source.end))
    dated = next((theirs for theirs, ours in names.items() if ours == "date"), None)
    if first is None or last is None or (dated is not None and dated not in source.found(raw.header, source.date)):
        return table
    written = [text or None for text in raw.column(dated)]
    bare = [not re.search(r"\d{3}", text or "") for text in written]
    read = iter(np.isnan(parse_years([text for text, none in zip(written, bare, strict=True) if none])))
    unread = [none and bool(next(read)) for none in bare]
    dates = []
    for text, lacks, one, other in zip(written, unread, raw.column(first), raw.column(last), strict=True):
        years = [year.split("-")[0] if re.match(r"\d{4}-\d\d", year) else year for year in (one, other)]
        years = [f"{-int(y)} BC" if re.fullmatch(r"-\d+", y) else y for y in years if re.fullmatch(r"-?\d+", y)]
        years = [year for year in dict.fromkeys(years) if year != "0"]
        span = " - ".join(years) if lacks else ""
        dates.append(text if not span else f"{text} ({span})" if text else span)
    return table.assign(date=pd.array(dates, dtype="string"))


def id_columns(source: Source | None, names: Mapping[str, str], aliases: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of our table that may name the works, first the one that is taken where all do alike.

    Parameters
    ----------
    source : None where the table was not recognised.
    names : from the museum's columns to ours.
    aliases : what columns of ids are called.
    """
    if "id" not in names.values():
        return ()
    if source is not None:
        theirs = source.found(list(names), source.id)
    else:
        theirs = [key for key in names if names_of(key) & set(aliases)]
    return ("id", *(names[key] for key in theirs if names[key] != "id"))


def how_read(source: Source | None, names: Mapping[str, str], own: list[str]) -> str:
    """Return in a sentence how a table was read; empty where its columns are called as ours are.

    Parameters
    ----------
    source : None where the table was not recognised.
    names : from the columns of the table to ours.
    own : the columns that stand in the file itself.
    """
    theirs = {ours: f"'{key}'" if key in own else "tables beside it" for key, ours in names.items()}
    if source is None:
        told = [ours for key, ours in names.items() if ours in ROLES and plain(key) != ours]
        said = [f"{ROLES[ours]} from {theirs[ours]}" for ours in ROLES if ours in told]
        return f"Read: {', '.join(said)}" if said else ""
    beside = [f"'{name}'" for name in source.found(own, (*source.prefix, *source.suffix))]
    if "qualifier" in theirs:
        if beside:
            theirs["qualifier"] = " and ".join(beside)
        elif source.makers is not None:
            theirs["qualifier"] = theirs["artist"]
    said = [f"{what} from {theirs[ours]}" for ours, what in ROLES.items() if ours in theirs]
    return f"Read as: {source.name}" + (f"; {', '.join(said)}" if said else "")


def table_beside(path: Path, name: str, reading: Mapping[str, Any] | None) -> RawTable | None:
    """Return the table of a name beside another; of 'nga_objects.csv' and 'constituents.csv' 'nga_constituents.csv'.

    Parameters
    ----------
    path, name : of the table that is read, and the name of the other one.
    reading : keyword arguments of `artgraph.rawtables.read_raw`; None: there is nothing beside it.
    """
    if reading is None:
        return None
    before = path.name[: -len("objects.csv")] if path.name.lower().endswith("objects.csv") else ""
    for one in (path.parent / f"{before}{name}", path.parent / name):
        if one.is_file() and one != path:
            return read_raw(one, **reading)
    return None


def _free(name: str, header: Iterable[str]) -> str:
    while name in header:
        name = f"{name}_2"
    return name


def plain(key: str) -> str:
    """Return the name of a column (``key``) in lower case, with "_" for what stands between words."""
    return re.sub(r"[\s_-]+", "_", key.casefold())


def names_of(key: str) -> set[str]:
    """Return what a column (``key``) is called: the whole, and, where it is called in two languages, each.

    Examples
    --------
    >>> sorted(names_of("DateText")), sorted(names_of("Titel / Title"))
    (['date_text', 'datetext'], ['titel', 'titel_/_title', 'title'])
    """
    parts = [part.strip(" .:") for part in re.split(r"[/|()\[\]\n;]", key)]
    names = {key, *(parts if len(parts) > 1 else ())}
    apart = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name) for name in names}
    return {plain(name) for name in names | apart if name}
