"""Addresses of the IIIF Image API that a table holds, from which a reader may ask for a picture in full size."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from artgraph.addresses import image_service

__all__ = ["iiif_hosts", "iiif_services"]


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
            here = [image_service(value) for value in values]
            found = [a or b for a, b in zip(found, here, strict=True)] if found else here
    return found if any(found) else None


def iiif_hosts(services: Sequence[str | None] | None) -> list[str]:
    """Return the hosts of some ``services`` ("https://example.org"), sorted, each once."""
    return sorted({"{}://{}".format(*urlsplit(address)[:2]) for address in services or () if address})
