"""The Rijksmuseum: the CSV of its collection, and answers of its collection API as JSON."""

from typing import Any

from artgraph.rawtables import flat
from artgraph.sources.base import Source
from artgraph.sources.makers import Maker, with_roles

__all__ = ["RIJKSMUSEUM"]


def _makers(row: dict[str, str]) -> list[Maker]:
    """Each maker stands in a column of its own, with the role before the name: "schilder: Jan Steen"."""
    cells = [value for name, value in row.items() if name.startswith("objectcreator")]
    cells = [*cells, row.get("principalorfirstmaker") or row.get("principalmaker", "")]
    return [maker for cell in cells for maker in with_roles(cell)]


def _records(data: Any) -> list[dict[str, str]] | None:
    found = data.get("artObjects") if isinstance(data, dict) else None
    if found is None and isinstance(data, dict) and isinstance(data.get("artObject"), dict):
        found = [data["artObject"]]
    if found is None and isinstance(data, list) and data and isinstance(data[0], dict):
        found = data if "principalOrFirstMaker" in data[0] else None
    return None if found is None else [flat(one) for one in found]


RIJKSMUSEUM = Source(
    key="rijksmuseum",
    name="Rijksmuseum collection",
    signature=(
        "objectInventoryNumber",
        "objectPersistentIdentifier",
        "objectTitle[1]",
        "objectCreator[1]",
        "objectType[1]",
        "objectCreationDate[1]",
        "objectImage",
        "objectNumber",
        "principalOrFirstMaker",
        "longTitle",
        "webImage.url",
    ),
    id=("objectInventoryNumber", "objectNumber", "id"),
    artist=("objectCreator[1]", "objectCreator", "principalOrFirstMaker", "principalMaker"),
    title=("objectTitle[1]", "objectTitle", "title"),
    date=("objectCreationDate[1]", "objectCreationDate", "dating.presentingDate", "dating"),
    begin=("dating.yearEarly",),
    end=("dating.yearLate",),
    object_url=("objectPersistentIdentifier", "links.web"),
    picture_url=("objectImage", "webImage.url"),
    makers=_makers,
    records=_records,
)
