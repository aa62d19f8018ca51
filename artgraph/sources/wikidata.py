"""Wikidata: results of a query, as CSV or JSON. Their columns are called as the query calls them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from artgraph.rawtables import RawTable, flat
from artgraph.sources.base import Beside, Source, folded

__all__ = ["WIKIDATA"]

ENTITY = re.compile(r"(?:https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/|wd:)(?:Special:EntityData/)?(Q\d+)")
NOBODY = re.compile(r"https?://(?:www\.)?wikidata\.org/\.well-known/genid/\S+|_:\S+|t\d{6,}|[0-9a-f]{32}")
WHEN = re.compile(r"([+-]?\d{1,6})-(\d\d)-(\d\d)T[\d:]+Z?")


def _works(header: Sequence[str], rows: Sequence[Sequence[str]], *, what: re.Pattern[str] = ENTITY) -> str | None:
    """Return the column of the works: the first that holds entities, and of these one that is called so."""
    full = [
        name
        for place, name in enumerate(header)
        if (values := [row[place] for row in rows[:20] if row[place]])
        and sum(bool(what.fullmatch(value)) for value in values) > len(values) / 2
    ]
    named = [name for name in full if folded(name) in ("painting", "item", "work", "artwork", "object")]
    return (named or full or [None])[0]


def _when(text: str) -> str:
    """Return a date as people write it: a year, and month and day only where these are known and no filler."""
    if not (found := WHEN.fullmatch(text)):
        return text
    year, month, day = int(found[1]), found[2], found[3]
    said = f"{-year} BC" if year < 0 else str(year)
    return said if (month, day) in (("00", "00"), ("01", "01")) or year < 0 else f"{year:04d}-{month}-{day}"


def _join(table: RawTable, beside: Beside) -> RawTable:
    """Make one row of a work's rows: a query repeats a work for each of its artists, places and pictures."""
    work = _works(table.header, table.rows)
    if work is None:
        return table
    label = f"{work}Label"
    place, groups = table.header.index(work), defaultdict(list)
    lines: dict[str, int] = {}
    for line, row in zip(table.lines, table.rows, strict=True):
        found = ENTITY.fullmatch(row[place])
        key = found[1] if found else row[place]
        lines.setdefault(key, line)
        groups[key].append(row)
    rows = []
    for key, several in groups.items():
        cells = []
        for at, name in enumerate(table.header):
            values = [_when(row[at]) for row in several if row[at] and not NOBODY.fullmatch(row[at])]
            values = list(dict.fromkeys(values))
            if name == label:  # without a label the id stands in its place
                values = [value for value in values if not re.fullmatch(r"Q\d+", value)]
            # a picture is one: all of them in a cell would name no file
            one = name == label or any(value.startswith("http") and not ENTITY.fullmatch(value) for value in values)
            if len(values) > 1 and all(re.fullmatch(r"\d{3,4}", value) for value in values):
                values = [f"{min(values, key=int)} - {max(values, key=int)}"]
            cells.append("; ".join(values[:1] if one else values))
        cells[place] = key
        rows.append(cells)
    merged = len(table.rows) - len(rows)
    notes = [*table.notes]
    if merged:
        notes.append(
            f"{merged} rows repeat a work of another row with another value: such values stand in one cell, with ';'."
        )
    return table._replace(rows=rows, lines=[lines[key] for key in groups], notes=notes)


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Say which column holds the works, and which their titles: the label service adds "Label" to the name."""
    work = _works(header, rows, what=re.compile(r"Q\d+"))
    found = {"id": work, "title": f"{work}Label"}
    return {ours: theirs for ours, theirs in found.items() if theirs in header}


def _records(data: Any) -> list[dict[str, str]] | None:
    """Read the results of the query service in either of its two forms of JSON."""
    bindings = data.get("results", {}) if isinstance(data, dict) else None
    if isinstance(bindings, dict) and isinstance(bindings.get("bindings"), list):
        names = data.get("head", {}).get("vars", [])
        whole = [{name: one.get(name, {}).get("value", "") for name in names or one} for one in bindings["bindings"]]
        return [flat(one) for one in whole]
    return None


def _is_result(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    return _works(header, rows) is not None


WIKIDATA = Source(
    key="wikidata",
    name="Wikidata query results",
    like=_is_result,
    id=("work", "item", "painting"),
    image=("image", "picture", "pic", "img", "photo", "imageFile"),
    artist=("artistLabel", "creatorLabel", "painterLabel", "makerLabel", "authorLabel", "artists", "creators", "artist",
            "creator"),
    prefix=("qualifierLabel", "natureLabel", "statementNatureLabel"),
    title=("title", "workLabel", "itemLabel", "paintingLabel", "label"),
    date=("inception", "date", "inceptionLabel", "year", "creationDate", "when"),
    style=("movementLabel", "styleLabel", "movement", "genreLabel"),
    rights=("copyrightLabel", "licenseLabel", "rightsLabel"),
    iiif_url=("manifest", "iiif", "iiifManifest"),
    join=_join,
    columns=_columns,
    records=_records,
)  # fmt: skip
