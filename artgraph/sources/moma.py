"""The Museum of Modern Art: Artworks.csv and Artworks.json."""

import re

from artgraph.sources.base import Source
from artgraph.sources.makers import Maker

__all__ = ["MOMA"]


def _makers(row: dict[str, str]) -> list[Maker]:
    """Several makers stand in a cell with commas; how many there are, their ids or their lives in brackets tell."""
    names = row.get("artist", "")
    people = re.findall(r"\d+", row.get("constituentid", "")) or re.findall(r"\([^()]*\)", row.get("artistbio", ""))
    parts = re.split(r",\s+|;\s*", names)
    return [Maker(name) for name in (parts if len(parts) == len(people) > 1 else [names])]


MOMA = Source(
    key="moma",
    name="MoMA collection",
    signature=(
        "ArtistBio",
        "ConstituentID",
        "CreditLine",
        "MoMANumber",
        "AccessionNumber",
        "DateAcquired",
        "CuratorApproved",
        "Cataloged",
        "ObjectID",
        "ThumbnailURL",
        "ImageURL",
        "OnView",
    ),
    least=5,
    id=("ObjectID", "AccessionNumber", "MoMANumber"),
    artist=("Artist",),
    title=("Title",),
    date=("Date",),
    object_url=("URL",),
    picture_url=("ImageURL", "ThumbnailURL"),
    makers=_makers,
)
