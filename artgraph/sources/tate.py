"""Tate: artwork_data.csv."""

from artgraph.sources.base import Source

__all__ = ["TATE"]

TATE = Source(
    key="tate",
    name="Tate collection",
    signature=(
        "accession_number",
        "artistId",
        "artistRole",
        "dateText",
        "acquisitionYear",
        "creditLine",
        "thumbnailUrl",
        "thumbnailCopyright",
        "inscription",
    ),
    least=4,
    id=("accession_number", "id"),
    artist=("artist",),
    prefix=("artistRole",),  # "artist", and else "after", "attributed to"
    title=("title",),
    date=("dateText", "year"),
    begin=("year",),
    end=("year",),
    rights=("thumbnailCopyright",),
    object_url=("url",),
    picture_url=("thumbnailUrl",),
)
