"""The Art Institute of Chicago: objects of its API and of its data dumps as JSON, and tables made of them."""

import re
from typing import Any

from artgraph.qualifiers import kind_of
from artgraph.rawtables import flat
from artgraph.sources.base import Source, works_in
from artgraph.sources.makers import Maker

__all__ = ["ARTIC"]


def _makers(row: dict[str, str]) -> list[Maker]:
    """``artist_title`` names the master of a follower, too: only ``artist_display`` says that it is one."""
    shown = re.split(r"\n|\s*\(", row.get("artistdisplay", "").strip())[0].strip()
    known = row.get("artisttitle", "")
    return [Maker(shown if kind_of(shown) or not known else known)]


def _records(data: Any) -> list[dict[str, str]] | None:
    """An answer for one work or for many, or an object of the dumps; the answer says where pictures are."""
    if (found := works_in(data, under="data", having=("artist_display",))) is None:
        return None
    config = data.get("config") if isinstance(data, dict) else None
    place = config.get("iiif_url") if isinstance(config, dict) else None
    records = []
    for one in found:
        record = flat(one)
        if place and one.get("image_id"):
            record["iiif_image"] = f"{place}/{one['image_id']}"
        records.append(record)
    return records


ARTIC = Source(
    key="artic",
    name="Art Institute of Chicago collection",
    signature=(
        "main_reference_number",
        "artist_display",
        "artist_title",
        "date_display",
        "place_of_origin",
        "medium_display",
        "is_public_domain",
        "image_id",
        "style_title",
        "department_title",
        "copyright_notice",
    ),
    least=4,
    id=("id", "image_id", "main_reference_number"),
    artist=("artist_title", "artist_display"),
    title=("title",),
    date=("date_display",),
    begin=("date_start",),
    end=("date_end",),
    style=("style_title",),
    rights=("copyright_notice", "is_public_domain"),
    iiif_url=("iiif_image",),
    makers=_makers,
    records=_records,
)
