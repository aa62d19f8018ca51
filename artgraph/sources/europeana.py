"""Europeana: answers of its search API as JSON, and tables made of them."""

from typing import Any

from artgraph.rawtables import flat
from artgraph.sources.base import Source
from artgraph.sources.makers import Maker, with_roles

__all__ = ["EUROPEANA"]


def _words(value: Any) -> list[str]:
    """Return the texts of a field that may be a text, a list, or lists by language; addresses are left out."""
    if isinstance(value, dict):
        value = value.get("en") or value.get("def") or next(iter(value.values()), [])
    values = value if isinstance(value, list) else [value] if value else []
    return [str(one) for one in values if not str(one).startswith("http")]


def _records(data: Any) -> list[dict[str, str]] | None:
    found = data.get("items") if isinstance(data, dict) else data
    if not isinstance(found, list) or not found or not isinstance(found[0], dict):
        return None
    if not {"dcCreator", "dcCreatorLangAware", "dcTitleLangAware", "edmPreview", "edmIsShownBy"} & set(found[0]):
        return None
    records = []
    for one in found:
        record = {name: value for name, value in flat(one).items() if "LangAware." not in name}
        for name, fields in (
            ("dcCreator", ("dcCreator", "dcCreatorLangAware")),
            ("title", ("title", "dcTitleLangAware")),
        ):
            texts = next((words for field in fields if (words := _words(one.get(field)))), [])
            record[name] = "; ".join(dict.fromkeys(texts)) if name == "dcCreator" else "".join(texts[:1])
        for name in ("edmIsShownBy", "edmIsShownAt", "edmPreview", "rights", "year"):
            record[name] = str((one.get(name) or [""])[0]) if isinstance(one.get(name), list) else record.get(name, "")
        records.append(record)
    return records


def _makers(row: dict[str, str]) -> list[Maker]:
    """Names stand beside the addresses of the same people in authority files."""
    text = row.get("dccreator") or row.get("creator") or row.get("proxydccreator", "")
    return [maker for maker in with_roles(text) if not maker.name.startswith("http")]


EUROPEANA = Source(
    key="europeana",
    name="Europeana",
    signature=(
        "dcCreator",
        "edmIsShownBy",
        "edmIsShownAt",
        "edmPreview",
        "dataProvider",
        "europeana_id",
        "dcTitle",
        "edmRights",
        "guid",
        "proxy_dc_creator",
    ),
    id=("id", "europeana_id", "europeanaId"),
    artist=("dcCreator", "proxy_dc_creator", "creator"),
    title=("title", "dcTitle", "proxy_dc_title"),
    date=("dcDate", "dctermsCreated", "date", "year"),
    rights=("edmRights", "rights"),
    object_url=("guid", "edmIsShownAt"),
    picture_url=("edmIsShownBy", "edmPreview"),
    makers=_makers,
    records=_records,
)
