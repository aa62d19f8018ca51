"""The National Gallery of Art, Washington: objects.csv with the tables beside it; and its historical attributions."""

from collections import defaultdict

from artgraph.rawtables import RawTable
from artgraph.sources.base import Beside, Source, folded, index_of
from artgraph.sources.makers import Maker, one_maker

__all__ = ["NGA", "NGA_HISTORY"]


def _rows(table: RawTable | None, *, by: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a table by the value of one of its columns; none where there is no table."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    if table is None:
        return found
    names = [folded(name) for name in table.header]
    for row in table.rows:
        record = dict(zip(names, row, strict=True))
        found[record.get(by, "")].append(record)
    return found


def _order(record: dict[str, str]) -> tuple[int, str]:
    text = record.get("displayorder", "")
    return (int(text) if text.isdigit() else 999), text


def _said(history: list[dict[str, str]]) -> str:
    """Return what a work was attributed to, the earliest first: "School of Giotto (1937); Follower of Giotto"."""
    said = []
    for one in sorted((one for one in history if one.get("datatype") == "previous_attribution"), key=_order):
        when = " ".join((one.get("effectivedate") or "").split()) or one.get("remarks", "").strip().rstrip(".")
        name = one.get("forwardtext") or one.get("invertedtext") or ""
        said += [f"{name} ({when})" if when else name] if name else []
    return "; ".join(dict.fromkeys(said))


def _join(table: RawTable, beside: Beside) -> RawTable:
    """Add artists and what qualifies them, pictures and previous attributions, as far as these tables are there."""
    objectid = index_of(table.header).get("objectid")
    ids = table.column(objectid)
    people, links = _rows(beside("constituents.csv"), by="constituentid"), beside("objects_constituents.csv")
    if people and links is not None:
        of_object, makers = _rows(links, by="objectid"), []
        attribution = table.column(index_of(table.header).get("attribution"))
        for key, said in zip(ids, attribution, strict=True):
            found = []
            for one in sorted((one for one in of_object[key] if one.get("roletype") == "artist"), key=_order):
                for person in people[one.get("constituentid", "")][:1]:
                    name = person.get("forwarddisplayname") or person.get("preferreddisplayname", "")
                    found.append(Maker(name, one.get("prefix", ""), one.get("suffix", ""), one.get("role", "")))
            makers.append(one_maker(found) if found else (said, ""))
        # where the museum's words and the joined ones are of one person, the words of the museum say more
        names = [name or said for (name, _), said in zip(makers, attribution, strict=True)]
        table = table.with_column("artist", names).with_column("prefix", [before for _, before in makers])
    if (images := beside("published_images.csv")) is not None:
        pictures = _rows(images, by="depictstmsobjectid")
        first = [min(pictures[key], key=lambda one: one.get("viewtype") != "primary", default={}) for key in ids]
        for name in ("iiifurl", "iiifthumburl"):
            table = table.with_column(name, [one.get(name, "") for one in first])
        table = table.with_column("picture uuid", [one.get("uuid", "") for one in first])
    if (history := beside("objects_historical_data.csv")) is not None:
        before = _rows(history, by="objectid")
        table = table.with_column("previous_attribution", [_said(before[key]) for key in ids])
    return table


def _history(table: RawTable, beside: Beside) -> RawTable:
    """Make one row of the historical attributions of each object."""
    by_object = _rows(table, by="objectid")
    column = table.column(index_of(table.header).get("objectid"))
    lines = dict(zip(reversed(column), reversed(table.lines), strict=True))
    rows = [[key, _said(history)] for key, history in by_object.items()]
    return table._replace(header=["objectid", "forwardtext"], rows=rows, lines=[lines[key] for key in by_object])


NGA = Source(
    key="nga",
    name="National Gallery of Art open data",
    signature=(
        "objectid",
        "accessionnum",
        "displaydate",
        "attribution",
        "attributioninverted",
        "visualbrowsertimespan",
        "visualbrowserclassification",
        "departmentabbr",
        "beginyear",
        "endyear",
        "wikidataid",
    ),
    least=4,
    id=("objectid", "accessionnum", "picture uuid", "uuid"),
    artist=("artist", "attribution", "attributioninverted"),
    prefix=("prefix",),
    title=("title",),
    date=("displaydate",),
    begin=("beginyear",),
    end=("endyear",),
    previous=("previous_attribution",),
    iiif_url=("iiifurl",),
    picture_url=("iiifthumburl",),
    join=_join,
)
NGA_HISTORY = Source(
    key="nga-history",
    name="National Gallery of Art, historical attributions",
    signature=("datatype", "objectid", "forwardtext", "invertedtext", "effectivedate"),
    least=4,
    id=("objectid",),
    previous=("forwardtext",),
    join=_history,
)
