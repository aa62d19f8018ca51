"""Addresses of the IIIF Image API that a table holds, from which a reader may ask for a picture in full size."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

__all__ = ["iiif_hosts", "iiif_services"]

# what follows the service's own address in a request for a picture (IIIF Image API 2 and 3): region, size, turn, file
_REQUEST = re.compile(
    r"/(full|square|(pct:)?[\d.]+(,[\d.]+){3})/[^/]+/!?[\d.]+/(default|native|color|gray|bitonal)(\.\w+)?$"
)
_NO_PICTURE = re.compile(r"/(manifest|collection)(\.json)?$|/(manifests?|collections?|presentation)/", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?")


def _service(value: str | None) -> str | None:
    """Return the address of the image service that a text names; None where it names none.

    >>> _service("https://example.org/iiif/2/abc/full/843,/0/default.jpg")
    'https://example.org/iiif/2/abc'
    >>> _service("https://example.org/iiif/abc/manifest.json") is None
    True
    """
    address = (value or "").strip()
    if re.search(r"[\s\"'<>\\`{|}\x00-\x1f]|[^\x21-\x7e]", address) or _NO_PICTURE.search(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc) or parts.query or parts.fragment:
        return None
    base = _REQUEST.sub("", address.removesuffix("/info.json")).rstrip("/")
    return base if urlsplit(base).path.strip("/") else None


def iiif_services(columns: Mapping[str, Sequence[str | None]]) -> list[str | None] | None:
    """Find the address of each painting's image service in the columns whose name says IIIF, the first that has one.

    A service's own address, its info.json and a request for a picture are understood; a manifest names no picture.
    None where no painting has an address.

    Parameters
    ----------
    columns : by name, n texts or None.
    """
    found: list[str | None] = []
    for name, values in columns.items():
        if "iiif" in name.lower():
            here = [_service(value) for value in values]
            found = [a or b for a, b in zip(found, here, strict=True)] if found else here
    return found if any(found) else None


def iiif_hosts(services: Sequence[str | None] | None) -> list[str]:
    """Return the hosts of some ``services`` ("https://example.org"), sorted, each once."""
    return sorted({"{}://{}".format(*urlsplit(address)[:2]) for address in services or () if address})
