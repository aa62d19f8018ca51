"""One picture that a source names, with what it says of the work; and what could not be taken."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from artgraph.addresses import is_address
from artgraph.harvest.services import Service

__all__ = ["COLUMNS", "Item", "Lost", "item_id"]

#: Columns of ``metadata.csv``, in their order; the pairs of label and value of a manifest follow.
COLUMNS = (
    "path", "id", "title", "artist", "date", "rights", "attribution", "provider", "manifest", "canvas", "iiif_image",
    "iiif_profile", "picture_url", "object_url", "collection", "description",
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A picture to take.

    Attributes
    ----------
    id : Unique; also the name of the file, without its ending.
    picture : Address of the whole picture, as the source names it; "" where there is a service alone.
    service : Its image service, with width and height of the picture where they are known; or None.
    row : What ``metadata.csv`` says of it, by column.
    """

    id: str
    picture: str
    service: Service | None = None
    row: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The address that says whether two items have one picture."""
        return self.service.address if self.service else self.picture


@dataclass(frozen=True)
class Lost:
    """A picture, or a manifest, that was not taken.

    Attributes
    ----------
    id, title : Of the work, as far as they are known.
    reason, detail : A short fixed code, and a sentence.
    address : That was asked for.
    manifest, canvas : Where it is named.
    """

    id: str
    title: str
    reason: str
    detail: str
    address: str = ""
    manifest: str = ""
    canvas: str = ""

    @classmethod
    def of(cls, item: Item, reason: str, detail: str) -> Lost:
        """Say of an ``item`` why it was not taken: ``reason`` and ``detail``."""
        row = item.row
        places = {name: row.get(name, "") for name in ("manifest", "canvas")}
        return cls(item.id, row.get("title", ""), reason, detail, item.picture or item.source, **places)


def item_id(name: str, *place: str) -> str:
    """Make an id that is readable, the same in every run, and a name that a file can bear everywhere.

    Parameters
    ----------
    name : An address, whose last part is shown, or a text.
    *place : What tells the picture from all others, such as the addresses of manifest and canvas.

    Examples
    --------
    >>> item_id("https://example.org/iiif/SK-A-4/manifest.json", "a", "b")
    'SK-A-4-7e18f737'
    """
    if is_address(name):
        parts = [part for part in unquote(urlsplit(name).path).split("/") if part]
        while len(parts) > 1 and re.fullmatch(
            r"(manifest|info|default|index|full|max|native|\d|iiif)(\.\w{2,4})?", parts[-1], re.IGNORECASE
        ):
            parts.pop()
        name = re.sub(r"\.(json|jpe?g|png|tiff?|webp)$", "", parts[-1], flags=re.IGNORECASE) if parts else ""
    name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:48].strip("-")
    digest = hashlib.sha256("\n".join(place).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{digest}" if plain else digest
