"""The Harvard Art Museums: objects of their API as JSON."""

from typing import Any

from artgraph.qualifiers import qualified
from artgraph.rawtables import flat
from artgraph.sources.base import Source, works_in
from artgraph.sources.makers import Maker, with_roles

__all__ = ["HARVARD"]


def _makers(row: dict[str, str]) -> list[Maker]:
    return with_roles(row.get("people", ""))


def _records(data: Any) -> list[dict[str, str]] | None:
    """The people of a work are objects with a prefix, a name and a role: one cell, as "Attributed to A (artist); B"."""
    if (found := works_in(data, under="records", having=("objectid", "objectnumber"))) is None:
        return None
    records = []
    for one in found:
        people = [
            f"{qualified(person.get('name'), person.get('prefix'))}"
            + (f" ({str(person['role']).lower()})" if person.get("role") else "")
            for person in one.get("people") or ()
            if isinstance(person, dict) and person.get("name")
        ]
        records.append({**flat({k: v for k, v in one.items() if k != "people"}), "people": "; ".join(people)})
    return records


HARVARD = Source(
    key="harvard",
    name="Harvard Art Museums collection",
    signature=(
        "objectid",
        "objectnumber",
        "dated",
        "datebegin",
        "dateend",
        "people",
        "primaryimageurl",
        "imagepermissionlevel",
        "classificationid",
        "accessionyear",
        "creditline",
    ),
    least=4,
    id=("objectnumber", "objectid", "id"),
    artist=("people",),
    title=("title",),
    date=("dated",),
    begin=("datebegin",),
    end=("dateend",),
    rights=("copyright",),
    object_url=("url",),
    picture_url=("primaryimageurl",),
    makers=_makers,
    records=_records,
)
