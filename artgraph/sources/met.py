"""The Metropolitan Museum of Art: MetObjects.csv of its open access, and objects of its API as JSON."""

from artgraph.sources.base import Source

__all__ = ["MET"]

MET = Source(
    key="met",
    name="Met open access",
    signature=(
        "Object Number",
        "Object ID",
        "Artist Display Name",
        "Artist Display Bio",
        "Artist Alpha Sort",
        "Artist Prefix",
        "Artist Suffix",
        "Object Begin Date",
        "Object End Date",
        "Is Public Domain",
        "Object Wikidata URL",
    ),
    least=4,
    id=("Object ID", "Object Number", "Accession Number"),
    artist=("Artist Display Name", "Artist Alpha Sort"),
    prefix=("Artist Prefix",),
    suffix=("Artist Suffix",),
    role=("Artist Role",),
    title=("Title", "Object Name"),
    date=("Object Date",),
    begin=("Object Begin Date",),
    end=("Object End Date",),
    rights=("Rights and Reproduction", "Is Public Domain"),
    object_url=("Link Resource", "objectURL"),
    picture_url=("primaryImage", "primaryImageSmall"),
    between="|",
)
