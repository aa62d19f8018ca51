"""The Carnegie Museum of Art: one JSON file for each object, all objects in one, or the CSV of them."""

from typing import Any

from artgraph.rawtables import RawTable, flat
from artgraph.sources.base import Beside, Source, index_of, works_in

__all__ = ["CARNEGIE"]


def _records(data: Any) -> list[dict[str, str]] | None:
    """Name makers and pictures as the CSV does; several stand in one cell with "|"."""
    if (found := works_in(data, under="things", having=("creator", "creation_date"))) is None:
        return None
    records = []
    for one in found:
        record, makers = flat(one), one.get("creator") or []
        for name in ("full_name", "cited_name", "role", "nationality"):
            record[name] = "|".join(str(maker.get(name) or "") for maker in makers)
        record["image_url"] = "|".join(str(image.get("image_url") or "") for image in one.get("images") or ())
        records.append(record)
    return records


def _join(table: RawTable, beside: Beside) -> RawTable:
    """Part the first picture from the others; add the last part of the id, by which files are often named."""
    ids, pictures = (table.column(index_of(table.header).get(name)) for name in ("id", "imageurl"))
    table = table.with_column("uuid", [one.rpartition("/")[2] for one in ids])
    if any("|" in one for one in pictures):
        table = table.with_column("further_images", [one.partition("|")[2].replace("|", "; ") for one in pictures])
    return table.with_column("image_url", [one.split("|")[0] for one in pictures])


CARNEGIE = Source(
    key="carnegie",
    name="Carnegie Museum of Art collection",
    signature=(
        "creation_date",
        "creation_date_earliest",
        "creation_date_latest",
        "accession_number",
        "date_acquired",
        "physical_location",
        "item_width",
        "item_height",
        "web_url",
        "provenance_text",
        "full_name",
        "cited_name",
    ),
    least=6,
    id=("id", "accession_number", "uuid"),
    artist=("full_name", "cited_name"),
    role=("role",),
    title=("title",),
    date=("creation_date",),
    begin=("creation_date_earliest",),
    end=("creation_date_latest",),
    object_url=("web_url",),
    picture_url=("image_url",),
    between="|",
    join=_join,
    records=_records,
)
