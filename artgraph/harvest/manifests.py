"""IIIF manifests and collections, Presentation API 2 and 3, as a list of pictures. Nothing is asked for here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from artgraph.addresses import is_address
from artgraph.harvest.items import COLUMNS, Item, Lost, item_id
from artgraph.harvest.services import Service, service_of
from artgraph.harvest.texts import every_text, pair_columns, text_of

__all__ = ["CANVASES", "Member", "kind_of", "members_of", "works_of"]

CANVASES = ("all", "first")
# a request for less than the whole picture, whose sides are those of what it gives
_SMALLER = re.compile(r"/[^/]+/(?!full/|max/)[^/]+/!?[\d.]+/(default|native|color|gray|bitonal)\.\w+$")


@dataclass(frozen=True)
class Member:
    """What a collection names.

    Attributes
    ----------
    address : As it is named; may be no address on the web.
    label : One line.
    content : The manifest or collection itself where the collection holds it; else None.
    """

    address: str
    label: str
    content: Mapping[str, Any] | None = None


def kind_of(data: Any) -> str:
    """Return "Manifest" or "Collection" for what a JSON file holds (``data``); "" for anything else.

    Examples
    --------
    >>> kind_of({"@type": "sc:Manifest"}), kind_of({"type": "Collection"}), kind_of({"title": "Composition"})
    ('Manifest', 'Collection', '')
    """
    kind = _type(data)
    return kind if kind in ("Manifest", "Collection") else {"Layer": "", "CollectionPage": "Collection"}.get(kind, "")


def members_of(collection: Mapping[str, Any], *, base: str = "", language: str = "en") -> list[Member]:
    """Return the collections and manifests that a collection names, and its next pages, in their order.

    Parameters
    ----------
    collection : Version 2 (``members``, ``collections``, ``manifests``, ``first``, ``next``) or 3 (``items``).
    base : The address that it was read from, for addresses that are relative.
    language : See ``artgraph.harvest.texts.text_of``.
    """
    found = []
    for name in ("items", "members", "collections", "manifests"):
        for one in _list(collection.get(name)):
            if isinstance(one, str):
                found.append(Member(_absolute(one, base), ""))
            elif isinstance(one, Mapping) and _type(one) not in ("Canvas", "Range"):
                inside = any(one.get(key) for key in ("items", "members", "manifests", "collections", "sequences"))
                content = one if inside and kind_of(one) else None
                found.append(Member(_absolute(_id(one), base), text_of(one.get("label"), language), content))
    for name in ("first", "next"):  # a long collection of version 2.1 comes in pages
        page = collection.get(name)
        address = _id(page) if isinstance(page, Mapping) else page
        if address:
            found.append(Member(_absolute(str(address), base), text_of(collection.get("label"), language)))
    return found


def works_of(
    manifest: Mapping[str, Any],
    *,
    base: str = "",
    language: str = "en",
    canvases: str = "all",
    collection: str = "",
) -> tuple[list[Item], list[Lost]]:
    """Return the pictures of a manifest, one for each canvas, and the canvases that have none.

    Of several pictures on a canvas the first that fills it is taken, of a choice the default. Rights of a canvas come
    before those of its manifest; where neither has any, a pair of label and value that says "Rights" counts.

    Parameters
    ----------
    manifest : Version 2 or 3.
    base : The address that it was read from.
    language : See ``artgraph.harvest.texts.text_of``.
    canvases : {"all", "first"}
    collection : Labels of the collections that lead to it.
    """
    items, lost = [], []
    address = _id(manifest) if is_address(_id(manifest)) else base if is_address(base) else ""
    label = text_of(manifest.get("label"), language)
    pages = _canvases(manifest)
    shown = pages[:1] if canvases == "first" else pages
    if not pages:
        lost.append(Lost("", label, "no picture named", "The manifest has no canvas.", address or base, address))
    for number, canvas in enumerate(shown, start=1):
        place = _id(canvas)
        row = _row(manifest, canvas, language) | {"manifest": address, "canvas": place, "collection": collection}
        name = text_of(canvas.get("label"), language)
        title = row.get("title") or label or name
        if len(pages) > 1 and name and name != label:
            title = f"{label}, {name}" if label else name
        row["title"] = title
        picture, trouble = _picture(canvas, base or address)
        if picture is None:
            lost.append(Lost("", title, "no picture named", trouble, place, address, place))
            continue
        own = item_id(address or label or base, address or base, place, picture.source)
        if len(pages) > 1:
            stem, _, digest = own.rpartition("-")
            own = f"{stem}-{number:03d}-{digest}" if stem else f"{number:03d}-{digest}"
        service = picture.service
        row |= {"iiif_image": service.address, "iiif_profile": _profile(service)} if service else {}
        ordered = {column: row[column] for column in COLUMNS if row.get(column)}
        ordered |= {column: value for column, value in row.items() if column not in COLUMNS and value}
        items.append(replace(picture, id=own, row=ordered))
    return items, lost


def _row(manifest: Mapping[str, Any], canvas: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return what is said of the work: of manifest and canvas together."""
    pairs = [*_list(manifest.get("metadata")), *_list(canvas.get("metadata"))]
    row = pair_columns(pairs, language, taken=COLUMNS)
    for part in (manifest, canvas):
        said = {
            "rights": _rights(part),
            "attribution": text_of(_value(part.get("requiredStatement")) or part.get("attribution"), language),
            "provider": _labels(part.get("provider"), language),
            "object_url": _first_address(part.get("homepage") or part.get("related")),
            "description": text_of(part.get("summary") or part.get("description"), language),
        }  # fmt: skip
        row |= {name: text for name, text in said.items() if text}
    return row


def _labels(things: Any, language: str) -> str:
    labels = [text_of(one.get("label"), language) for one in _list(things) if isinstance(one, Mapping)]
    return "; ".join(filter(None, labels))


def _rights(part: Mapping[str, Any]) -> str:
    for name in ("rights", "license"):
        texts = [text for one in _list(part.get(name)) for text in ([_id(one)] if _id(one) else every_text(one))]
        if texts:
            return "; ".join(dict.fromkeys(texts))
    return ""


def _canvases(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    sequences = [one for one in _list(manifest.get("sequences")) if isinstance(one, Mapping)]
    named = _list(sequences[0].get("canvases")) if sequences else _list(manifest.get("items"))
    return [one for one in named if isinstance(one, Mapping) and _type(one) in ("Canvas", "")]


def _picture(canvas: Mapping[str, Any], base: str) -> tuple[Item | None, str]:
    """Return the picture that is painted on a canvas, as an item without id and row; or None and why."""
    found, others = [], []
    for whole, body in _painted(canvas):
        body = _resource(body)
        kind, format = _type(body) if body else "", str((body or {}).get("format") or "")
        if body and (kind in ("Image", "") or format.startswith("image/")):
            service = service_of(body.get("service"))
            address = _absolute(_id(body), base)
            if is_address(address) or service:
                sides = _sides(body) or (_sides(canvas) if whole and not service else None)
                if service and not is_address(service.address):
                    service = None
                if service and sides and not service.width and not _SMALLER.search(address):
                    service = replace(service, width=sides[0], height=sides[1])
                if service or is_address(address):
                    found.append((whole, Item("", address if is_address(address) else "", service)))
                    continue
            others.append(f"an address that is none on the web ('{address[:80]}')")
        elif kind:
            others.append(f"{kind}, no picture")
    found.sort(key=lambda one: not one[0])
    if found:
        return found[0][1], ""
    return None, f"The canvas has {others[0]}." if others else "The canvas has no picture painted on it."


def _painted(canvas: Mapping[str, Any]) -> Iterator[tuple[bool, Any]]:
    """Yield each body that is painted on a canvas, and whether it fills the canvas."""
    notes = list(_list(canvas.get("images")))
    for page in _list(canvas.get("items")):
        notes += _list(page.get("items")) if isinstance(page, Mapping) else []
    for note in notes:
        if not isinstance(note, Mapping):
            continue
        motives = " ".join(str(one) for one in _list(note.get("motivation")))
        if motives and "painting" not in motives:
            continue
        target = note.get("target") or note.get("on")
        whole = "#xywh" not in str(target) and "selector" not in (target if isinstance(target, Mapping) else ())
        for body in _list(note.get("body") or note.get("resource")):
            yield whole, body


def _resource(body: Any) -> Mapping[str, Any] | None:
    """Return the picture itself: of a choice the default, of a part of a picture the picture."""
    for _ in range(5):
        if isinstance(body, str):
            return {"id": body, "type": "Image"}
        if not isinstance(body, Mapping):
            return None
        if _type(body) == "Choice":
            body = body.get("default") or next(iter(_list(body.get("items")) or _list(body.get("item"))), None)
        elif _type(body) == "SpecificResource":
            body = body.get("source") or body.get("full")
        else:
            return body
    return None


def _profile(service: Service) -> str:
    level = "" if service.level is None else f" level{service.level}"
    return f"ImageService{service.version}{level}"


def _first_address(value: Any) -> str:
    addresses = [_id(one) if isinstance(one, Mapping) else one for one in _list(value)]
    return next((one for one in addresses if is_address(one)), "")


def _value(statement: Any) -> Any:
    return statement.get("value") if isinstance(statement, Mapping) else None


def _sides(part: Mapping[str, Any]) -> tuple[int, int] | None:
    sides = [part.get(name) for name in ("width", "height")]
    whole = all(isinstance(side, (int, float)) and not isinstance(side, bool) and 1 <= side < 10**7 for side in sides)
    return (int(sides[0]), int(sides[1])) if whole else None


def _type(data: Any) -> str:
    kind = (data.get("type") or data.get("@type") or "") if isinstance(data, Mapping) else ""
    return re.split(r"[:#/]", str(next(iter(_list(kind)), "")))[-1]


def _id(data: Any) -> str:
    value = (data.get("id") or data.get("@id") or "") if isinstance(data, Mapping) else ""
    return value.strip() if isinstance(value, str) else ""


def _absolute(address: str, base: str) -> str:
    try:
        return urljoin(base, address) if address and is_address(base) and not is_address(address) else address
    except ValueError:
        return address


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
