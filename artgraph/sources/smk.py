"""The Statens Museum for Kunst, Copenhagen: answers of its API as JSON."""

from typing import Any

from artgraph.qualifiers import qualified
from artgraph.rawtables import flat
from artgraph.sources.base import Source, works_in

__all__ = ["SMK"]


def _first(values: Any, *names: str) -> str:
    """Return the first text under one of some names in a list of objects; empty where there is none."""
    found = (str(one[name]) for one in values or () if isinstance(one, dict) for name in names if one.get(name))
    return next(found, "")


def _records(data: Any) -> list[dict[str, str]] | None:
    """Titles, makers and dates are lists of objects: the first title and date, and all makers in one cell."""
    if (found := works_in(data, under="items", having=("object_number", "production"))) is None:
        return None
    records = []
    for one in found:
        lists = ("titles", "production", "production_date")
        makers = [
            qualified(_first([maker], "creator"), _first([maker], "creator_qualifier", "creator_role")) or ""
            for maker in one.get("production") or ()
        ]
        records.append(
            flat({name: value for name, value in one.items() if name not in lists})
            | {
                "creator": "; ".join(filter(None, makers)),
                "title": _first(one.get("titles"), "title"),
                "production_date": _first(one.get("production_date"), "period"),
                "production_begin": _first(one.get("production_date"), "start"),
                "production_end": _first(one.get("production_date"), "end"),
            }
        )
    return records


SMK = Source(
    key="smk",
    name="Statens Museum for Kunst collection",
    signature=(
        "object_number",
        "production_date",
        "image_native",
        "image_thumbnail",
        "image_iiif_id",
        "iiif_manifest",
        "public_domain",
        "responsible_department",
    ),
    id=("object_number", "id"),
    artist=("creator",),
    title=("title",),
    date=("production_date",),
    begin=("production_begin",),
    end=("production_end",),
    rights=("rights", "public_domain"),
    object_url=("frontend_url",),
    iiif_url=("iiif_manifest", "image_iiif_id"),
    picture_url=("image_native", "image_thumbnail"),
    records=_records,
)
