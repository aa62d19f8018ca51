"""Clusters as IIIF manifests, which any viewer (Mirador, Universal Viewer) opens: Presentation API 3."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from artgraph.addresses import image_request, is_address
from artgraph.atomic import write_bytes
from artgraph.checks import check_labels
from artgraph.errors import InputError
from artgraph.export.cells import column_values, node_ids, xml_text
from artgraph.export.tables import write_csv

__all__ = ["addresses_of", "check_base", "write_iiif"]

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_FORMATS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "tif": "tiff", "tiff": "tiff", "webp": "webp", "gif": "gif"}
_RIGHTS = re.compile(r"https?://(creativecommons\.org/(?:licenses|publicdomain)/\S+|rightsstatements\.org/vocab/\S+)")
_PROFILES = {
    1: "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level{}",
    2: "http://iiif.io/api/image/2/level{}.json",
    3: "level{}",
}
_SHOWN = ("artist", "date", "style", "cluster_name", "cluster")  # beside each picture, where the table has them


def check_base(base: str | None) -> str:
    """Return the address below which manifests will stand (``base``), without a slash at its end.

    Raises
    ------
    InputError
        There is none, or it is none: ids in IIIF are addresses on the web, and no viewer opens a file from disk.
    """
    if base is None:
        raise InputError(
            "'iiif' needs --base, the address that the folder will have on the web, such as "
            "https://example.org/clusters: ids in IIIF are addresses, and no viewer opens a file from disk."
        )
    if not is_address(base) or re.search(r"[?#]", base):
        raise InputError(f"--base is an address on the web such as https://example.org/clusters, not '{base}'.")
    return base.rstrip("/")


def addresses_of(columns: Mapping[str, Sequence[Any]], word: str) -> list[str | None]:
    """Return an address for each of n rows from the columns whose name holds a word, the first that has one.

    Parameters
    ----------
    columns : by name, n values.
    word : such as "manifest"; case does not count. A column that is called so comes first.

    Examples
    --------
    >>> addresses_of({"IIIF Manifest": ["https://example.org/m", None], "n": [1, 2]}, "manifest")
    ['https://example.org/m', None]
    """
    n = max((len(values) for values in columns.values()), default=0)
    found: list[str | None] = [None] * n
    for name in sorted((name for name in columns if word in name.casefold()), key=lambda name: name.casefold() != word):
        here = [value if is_address(value) else None for value in columns[name]]
        found = [one or other for one, other in zip(found, here, strict=True)]
    return found


def write_iiif(
    folder: str | Path,
    attributes: pd.DataFrame,
    *,
    labels: np.ndarray,
    base: str,
    services: Sequence[str | None] | None = None,
    pictures: Sequence[str | None] | None = None,
    sizes: np.ndarray | None = None,
    typicality: np.ndarray | None = None,
    names: Mapping[int, str] | None = None,
    title: str = "",
) -> dict[str, int]:
    """Write ``collection.json`` and a manifest for each cluster, ``cluster-00.json``, ...; return what was counted.

    A work is a canvas. Where the table knows the museum's canvas, it has its id and is ``partOf`` the museum's
    manifest; else it has an id below ``base``. Its picture comes from the image service, or from its own address;
    none is copied. Works without either stand in ``left_out.csv``. Works in no cluster are in ``no-cluster.json``.
    The same arguments give the same bytes.

    https://iiif.io/api/presentation/3.0/

    Parameters
    ----------
    folder : made where it is missing; manifests of an earlier export are replaced.
    attributes : n rows, with ``id``; ``title``, ``artist``, ``date``, ``rights``, ``attribution``, ``object_url``,
        ``manifest``, ``canvas``, ``iiif_profile`` and ``picture_url`` are used where they are there.
    labels : (n,) int; negative for none.
    base : see ``check_base``.
    services : n addresses of image services, or None.
    pictures : n addresses of pictures, or None.
    sizes : (n, 2); width and height of the pictures that were taken, in pixels; 1000 each where they are not known.
    typicality : (n,) float; the most typical works of a cluster come first.
    names : of clusters, by number; default: "Cluster 0".
    title : of the collection.

    Returns
    -------
    dict
        ``works`` that are shown, ``left_out``, ``canvases`` that are the museum's own, and ``manifests``.

    Raises
    ------
    InputError
        Not one work has an address; arguments that disagree.
    """
    base, ids, n = check_base(base), node_ids(attributes), len(attributes)
    labels = check_labels(labels, n)
    columns = {str(name): column_values(attributes[name]) for name in attributes.columns}
    services, pictures = list(services or [None] * n), list(pictures or [None] * n)
    sides = np.full((n, 2), 1000) if sizes is None else np.asarray(sizes).astype(int)
    if len(services) != n or len(pictures) != n or sides.shape != (n, 2):
        raise InputError(f"{len(services)} services, {len(pictures)} pictures, {len(sides)} sizes; expected {n} each.")
    shown = [row for row in range(n) if services[row] or is_address(pictures[row])]
    if not shown:
        raise InputError(
            "No work has an address on the web: a manifest points at pictures, and holds none. Columns that have them "
            "are those of artgraph harvest, or image_url; or give --image-url, where the thumbnails will stand."
        )
    rank = np.nan_to_num(np.zeros(n) if typicality is None else np.asarray(typicality, dtype=float), nan=-np.inf)
    museum = [addresses_of(columns, word) or [None] * n for word in ("manifest", "canvas")]
    canvases, used = {}, set()
    for row in shown:
        own = f"{base}/canvas/{quote(ids[row], safe='')}"
        theirs = museum[1][row] if museum[1][row] and "#" not in museum[1][row] else None
        place = own if theirs is None or theirs in used else theirs
        used.add(place)
        about = {name: values[row] for name, values in columns.items()} | {"manifest": museum[0][row]}
        body = _body(services[row], pictures[row], sides[row].tolist(), about)
        canvases[row] = _canvas(place, own, body, sides[row].tolist(), about)

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "collection.json").unlink(missing_ok=True)
    for old in [*folder.glob("cluster-*.json"), folder / "no-cluster.json", folder / "left_out.csv"]:
        old.unlink(missing_ok=True)
    members = []
    for label in sorted({int(labels[row]) for row in shown}, key=lambda label: (label < 0, label)):
        rows = sorted((row for row in shown if labels[row] == label), key=lambda row: (-rank[row], ids[row]))
        file = f"cluster-{label:02d}.json" if label >= 0 else "no-cluster.json"
        name = _clean((names or {}).get(label)) or (f"Cluster {label}" if label >= 0 else "In no cluster")
        member = {"id": f"{base}/{file}", "type": "Manifest", "label": {"none": [name]}}
        works = int((labels == label).sum())
        summary = f"{len(rows)} of {works} works" if len(rows) < works else f"{works} works"
        items = [canvases[row] for row in rows]
        _write(folder / file, {"@context": CONTEXT, **member, "summary": {"en": [summary]}, "items": items})
        members.append(member)
    about = {"@context": CONTEXT, "id": f"{base}/collection.json", "type": "Collection"}
    about |= {"label": {"none": [_clean(title) or "Clusters"]}, "summary": {"en": [f"{n} works, grouped by style"]}}
    left_out = sorted(set(range(n)) - set(shown))
    if left_out:
        rows = attributes.iloc[left_out]
        table = {name: rows[name].tolist() for name in ("id", "title") if name in rows}
        table |= {"cluster": labels[left_out].tolist(), "reason": ["no address on the web"] * len(left_out)}
        write_csv(folder / "left_out.csv", pd.DataFrame(table))
    _write(folder / "collection.json", about | {"items": members})
    counts = {"works": len(shown), "left_out": len(left_out), "manifests": len(members)}
    return counts | {"canvases": sum(not place["id"].startswith(f"{base}/canvas/") for place in canvases.values())}


def _body(service: str | None, picture: str | None, sides: list[int], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the picture as the body of an annotation."""
    said = re.search(r"ImageService([123])(?: level([012]))?", str(about.get("iiif_profile") or ""))
    version, level = (int(said[1]), int(said[2] or 0)) if said else (2, 0)
    body: dict[str, Any] = {"id": picture, "type": "Image"}
    if service and not (is_address(picture) and image_request(picture) == service):
        body["id"] = f"{service}/full/{'max' if version == 3 else 'full'}/0/default.jpg"
    elif picture == about.get("picture_url"):  # the file that was taken, and measured
        body |= {"width": sides[0], "height": sides[1]}
    ending = re.search(r"\.(\w+)$", str(body["id"]).split("?")[0])
    if ending and ending[1].lower() in _FORMATS:
        body["format"] = f"image/{_FORMATS[ending[1].lower()]}"
    if service:
        keys = ("id", "type") if version == 3 else ("@id", "@type")
        known = dict(zip(keys, (service, f"ImageService{version}"), strict=True))
        body["service"] = [known | {"profile": _PROFILES[version].format(level)}]
    return body


def _canvas(
    place: str, own: str, body: Mapping[str, Any], sides: list[int], about: Mapping[str, Any]
) -> dict[str, Any]:
    note = {"id": f"{own}/picture", "type": "Annotation", "motivation": "painting", "body": body, "target": place}
    title = _clean(about.get("title")) or _clean(about["id"])
    canvas = {"id": place, "type": "Canvas", "label": {"none": [title]}, "width": sides[0], "height": sides[1]}
    said = [(name.replace("_", " ").capitalize(), _clean(about.get(name))) for name in _SHOWN]
    pairs = [{"label": {"en": [name]}, "value": {"none": [_plain(text)]}} for name, text in said if text]
    if pairs:
        canvas["metadata"] = pairs
    if found := _RIGHTS.fullmatch(_clean(about.get("rights"))):
        canvas["rights"] = f"http://{found[1]}"
    if attribution := _clean(about.get("attribution")):
        canvas["requiredStatement"] = {"label": {"en": ["Attribution"]}, "value": {"none": [_plain(attribution)]}}
    if is_address(about.get("object_url")):
        page = {"id": about["object_url"], "type": "Text", "label": {"en": ["The work on its museum's site"]}}
        canvas["homepage"] = [page | {"format": "text/html"}]
    if about["manifest"]:
        canvas["partOf"] = [{"id": about["manifest"], "type": "Manifest", "label": {"none": [title]}}]
    return canvas | {"items": [{"id": f"{own}/page", "type": "AnnotationPage", "items": [note]}]}


def _clean(value: Any) -> str:
    return "" if value is None else " ".join(xml_text(str(value)).split())


def _plain(text: str) -> str:
    """Return a value that no viewer takes for HTML, as the specification says of one from < to >."""
    return html.escape(text, quote=False) if text.startswith("<") and text.endswith(">") else text


def _write(file: Path, value: Mapping[str, Any]) -> None:
    write_bytes(file, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())
