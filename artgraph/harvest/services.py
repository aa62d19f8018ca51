"""Requests to the IIIF Image API, versions 1 to 3: which address gives a picture in the size asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Service", "needs_info", "picture_addresses", "service_of", "with_info"]


@dataclass(frozen=True)
class Service:
    """What is known of an image service.

    Attributes
    ----------
    address : Without a slash at its end.
    version : 1, 2 or 3 of the Image API.
    level : 0, 1 or 2; None where it is not known. 1 also where a level 0 says that it scales to a width.
    width, height : Of the whole picture, pixels; None where they are not known.
    sizes : (width, height) of the pictures that a level 0 has ready.
    most : Longest side that the server gives; None: no limit is known.
    """

    address: str
    version: int = 2
    level: int | None = None
    width: int | None = None
    height: int | None = None
    sizes: tuple[tuple[int, int], ...] = ()
    most: int | None = None


def service_of(given: Any) -> Service | None:
    """Return the image service in the ``service`` of a picture (``given``: a mapping or a list of them), or None."""
    for one in given if isinstance(given, list) else [given]:
        if not isinstance(one, Mapping):
            continue
        address = one.get("id") or one.get("@id")
        kind, profile = str(one.get("type") or one.get("@type") or ""), _flat(one.get("profile"))
        context = _flat(one.get("@context"))
        if isinstance(address, str) and (
            kind.startswith("ImageService") or "api/image" in profile + context or "image-api" in profile + context
        ):
            return _with(Service(address.rstrip("/"), _version(kind, context, profile)), one)
    return None


def with_info(service: Service, info: Mapping[str, Any]) -> Service:
    """Return a ``service`` with what its ``info.json`` (``info``) says of version, level, sizes and limits."""
    kind, context = str(info.get("type") or ""), _flat(info.get("@context"))
    profile = _flat(info.get("profile"))
    known = bool(kind or context or profile)
    return _with(replace(service, version=_version(kind, context, profile)) if known else service, info)


def needs_info(service: Service, size: int) -> bool:
    """Return whether ``info.json`` has to be asked for before a picture.

    Parameters
    ----------
    service
    size : Longest side asked for, pixels.
    """
    sides = service.width and service.height
    if service.level is None or ((service.level == 1 or service.version < 3) and not sides):
        return True  # before version 3, servers may enlarge
    fits = sides and max(service.width, service.height) <= size
    return service.level == 0 and not service.sizes and not fits


def picture_addresses(service: Service, size: int) -> list[str]:
    """Return addresses of the whole picture, longest side at most ``size`` pixels, best first; [] where none is known.

    Levels 1 and 2 scale it, and never enlarge it. A level 0 gives the smallest of its sizes that is not smaller than
    ``size``, or else its largest.

    Parameters
    ----------
    service
    size

    Examples
    --------
    >>> picture_addresses(Service("https://example.org/a", 3, 1, width=4000, height=6000), 1200)
    ['https://example.org/a/full/800,/0/default.jpg']
    >>> picture_addresses(Service("https://example.org/a", 3, 0, sizes=((300, 200), (1500, 1000))), 1200)
    ['https://example.org/a/full/1500,1000/0/default.jpg', 'https://example.org/a/full/1500,/0/default.jpg']
    """
    size = min(size, service.most or size)
    whole, file = ("max" if service.version == 3 else "full"), ("native" if service.version == 1 else "default")
    sides = (service.width, service.height) if service.width and service.height else None
    if service.level:
        if sides and max(sides) <= size:
            words = [whole]
        elif sides:
            words = [f"{max(1, round(sides[0] * size / max(sides)))},"]
        elif service.level == 2:
            words = [f"!{size},{size}"]
        else:
            words = []
    elif service.sizes:
        large = [one for one in service.sizes if max(one) >= size]
        width, height = min(large, key=max) if large else max(service.sizes, key=max)
        forms = [f"{width},{height}", f"{width},"]
        words = forms if service.version == 3 else forms[::-1]
        if sides == (width, height):
            words = [whole, *words]
    else:
        words = [whole] if sides and max(sides) <= size and service.level == 0 else []
    return [f"{service.address}/full/{word}/0/{file}.jpg" for word in words]


def _with(service: Service, said: Mapping[str, Any]) -> Service:
    level = _level(said)
    sizes = tuple(
        (int(one["width"]), int(one["height"]))
        for one in _list(said.get("sizes"))
        if isinstance(one, Mapping) and _is_side(one.get("width")) and _is_side(one.get("height"))
    )
    limits = {}
    for part in (said, *(one for one in _list(said.get("profile")) if isinstance(one, Mapping))):
        limits |= {name: int(part[name]) for name in ("maxWidth", "maxHeight", "maxArea") if _is_side(part.get(name))}
    width, height = (int(said[name]) if _is_side(said.get(name)) else None for name in ("width", "height"))
    width, height = (width, height) if width and height else (service.width, service.height)
    most = min((limits[name] for name in ("maxWidth", "maxHeight") if name in limits), default=None)
    if "maxArea" in limits:
        ratio = max(width, height) / min(width, height) if width and height else 1.0
        most = min(int((limits["maxArea"] * ratio) ** 0.5), most or 10**9)
    return replace(
        service,
        level=service.level if level is None else level,
        width=width,
        height=height,
        sizes=sizes or service.sizes,
        most=most or service.most,
    )


def _level(said: Mapping[str, Any]) -> int | None:
    found = re.search(r"level([012])", _flat(said.get("profile")))
    can = [said.get("supports"), said.get("extraFeatures")]
    can += [part.get("supports") for part in _list(said.get("profile")) if isinstance(part, Mapping)]
    scales = any("sizeByW" in _list(one) for one in can)
    if found is None:
        return 1 if scales else None
    return max(int(found[1]), 1) if scales else int(found[1])


def _version(kind: str, context: str, profile: str) -> int:
    for text in (kind, context, profile):
        if found := re.search(r"ImageService([123])|image/([123])|image-api/(1)", text):
            return int(next(part for part in found.groups() if part))
    return 3 if re.fullmatch(r"level[012]", profile) else 2


def _flat(value: Any) -> str:
    return " ".join(one for one in _list(value) if isinstance(one, str))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_side(value: Any) -> bool:
    if isinstance(value, str):
        return value.isdecimal() and 0 < int(value) < 10**7
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 10**7
