"""The Cleveland Museum of Art: data.csv and data.json of its open access."""

from typing import Any

from artgraph.rawtables import flat
from artgraph.sources.base import Source, works_in
from artgraph.sources.makers import Maker, with_roles

__all__ = ["CLEVELAND"]


def _makers(row: dict[str, str]) -> list[Maker]:
    return with_roles(row.get("creators", "") or row.get("artiststags", ""))


def _records(data: Any) -> list[dict[str, str]] | None:
    """The makers of a work are objects with a description, a role and a qualifier: one cell, as in the CSV."""
    if (found := works_in(data, under="data", having=("tombstone",))) is None:
        return None
    records = []
    for one in found:
        makers = [
            " ".join(filter(None, (maker.get("qualifier"), maker.get("description"))))
            + (f", {maker['role']}" if maker.get("role") else "")
            for maker in one.get("creators") or ()
        ]
        records.append({**flat(one), "creators": "; ".join(makers)})
    return records


CLEVELAND = Source(
    key="cleveland",
    name="Cleveland Museum of Art open access",
    signature=(
        "accession_number",
        "share_license_status",
        "tombstone",
        "creators",
        "creation_date",
        "creation_date_earliest",
        "creation_date_latest",
        "image_web",
        "images.web.url",
        "wall_description",
        "did_you_know",
        "artists_tags",
    ),
    least=4,
    id=("accession_number", "id", "athena_id"),
    artist=("creators", "artists_tags"),
    title=("title",),
    date=("creation_date",),
    begin=("creation_date_earliest",),
    end=("creation_date_latest",),
    rights=("share_license_status",),
    object_url=("url",),
    picture_url=("image_web", "images.web.url", "image_print", "images.print.url"),
    makers=_makers,
    records=_records,
)
