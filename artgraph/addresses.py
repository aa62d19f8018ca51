"""Addresses on the web, and those of the IIIF Image API among them, as they stand in tables and manifests."""

import re
from urllib.parse import urlsplit

__all__ = ["image_request", "image_service", "is_address"]

# what follows the service's own address in a request for a picture (IIIF Image API): region, size, turn, file
_REQUEST = re.compile(
    r"/(full|square|(pct:)?[\d.]+(,[\d.]+){3})/[^/]+/!?[\d.]+/(default|native|color|gray|bitonal)(\.\w+)?$"
)
_NO_PICTURE = re.compile(r"/(manifest|collection)(\.json)?$|/(manifests?|collections?|presentation)/", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?")


def is_address(value: object) -> bool:
    """Return whether a ``value`` is an address on the web (http, https) without white space.

    Examples
    --------
    >>> is_address("https://example.org/a.jpg"), is_address("scans/a.jpg"), is_address(None)
    (True, False, False)
    """
    if not isinstance(value, str) or re.search(r"[\s<>\"\x00-\x1f]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def image_request(address: str) -> str | None:
    """Return the image service that an ``address`` is a request to, or whose info.json it is; None where it is neither.

    Examples
    --------
    >>> image_request("https://example.org/iiif/2/abc/full/843,/0/default.jpg")
    'https://example.org/iiif/2/abc'
    >>> image_request("https://example.org/abc.jpg") is None
    True
    """
    base = _REQUEST.sub("", address.removesuffix("/info.json"))
    return base if base != address and is_address(base) and not urlsplit(base).query else None


def image_service(value: str | None) -> str | None:
    """Return the address of the image service that a text in a column on IIIF (``value``) names, or None.

    A service's own address, its info.json and a request for a picture are understood; a manifest names no picture.

    Examples
    --------
    >>> image_service("https://example.org/iiif/2/abc"), image_service("https://example.org/iiif/abc/manifest.json")
    ('https://example.org/iiif/2/abc', None)
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
