"""VIKUS Viewer: the data.csv of a collection, also the one that ``artgraph export --to vikus`` writes."""

from collections.abc import Sequence

from artgraph.sources.base import Source

__all__ = ["VIKUS"]


def _is_vikus(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    return {"id", "keywords", "year"} <= set(header) and any(name.startswith("_") for name in header)


VIKUS = Source(
    key="vikus",
    name="VIKUS Viewer",
    like=_is_vikus,
    id=("_id", "id"),  # artgraph's own ids stand in _id: VIKUS allows fewer characters
    image=("_image",),
    artist=("_artist", "_creator", "_maker", "_author", "_kuenstler"),
    prefix=("_qualifier",),
    title=("_title", "_titel"),
    date=("_date", "_creation", "_datierung", "year"),
    style=("_style", "_movement"),
    rights=("_rights", "_license", "_copyright"),
    previous=("_previous_attribution",),
    object_url=("_url", "_link", "_object_url"),
)
