"""Files for two other viewers of collections, Embedding Atlas and VIKUS Viewer, and pictures as JPEGs."""

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from artgraph.atomic import atomic_path, write_bytes
from artgraph.errors import InputError
from artgraph.export.cells import column_values, free_names, node_ids, xml_text
from artgraph.export.tables import write_csv

__all__ = ["vikus_names", "write_embedding_atlas", "write_jpegs", "write_vikus"]

MOST_YEARS = 40  # columns that VIKUS Viewer can stand side by side
_OWN = ("projection_x", "projection_y", "neighbors", "picture")


def write_embedding_atlas(
    path: str | Path,
    attributes: pd.DataFrame,
    *,
    layout: np.ndarray,
    neighbors: tuple[np.ndarray, np.ndarray],
    pictures: Sequence[bytes | None] | None = None,
) -> None:
    """Write a parquet file that Embedding Atlas opens with map and neighbours, computing nothing.

    ::

        embedding-atlas FILE --x projection_x --y projection_y --neighbors neighbors

    https://apple.github.io/embedding-atlas/tool.html. The same arguments give the same bytes.

    Parameters
    ----------
    path : of the file.
    attributes : n rows, with ``id``; columns that have one of the names below become name_2.
    layout : (n, 2) float: ``projection_x``, ``projection_y``.
    neighbors : (indices, distances), each (n, k), nearest first, index -1 for none: ``neighbors``, {"ids": [row, from
        0], "distances": [...]}.
    pictures : length n: ``picture``, {"bytes": an encoded image, "path": its id}; shown with ``--image picture``.
    """
    ids, frame = node_ids(attributes), attributes.drop(columns="id")
    xy, (indices, distances) = np.asarray(layout, dtype=np.float32), map(np.asarray, neighbors)
    if xy.shape != (len(ids), 2) or indices.shape != distances.shape or len(indices) != len(ids):
        shapes = f"layout {xy.shape}, neighbours {indices.shape} and {distances.shape}"
        raise InputError(f"{shapes}; expected {len(ids)} rows in each.")
    columns = {"id": pa.array(map(_utf8, ids), pa.string())}
    for name, (_, column) in zip(free_names(frame.columns, ("id", *_OWN)), frame.items(), strict=True):
        values = [_utf8(value) if isinstance(value, str) else value for value in column_values(column)]
        columns[name] = pa.array(values, None if any(value is not None for value in values) else pa.string())
    columns["projection_x"], columns["projection_y"] = pa.array(xy[:, 0]), pa.array(xy[:, 1])
    lists = zip(indices, distances, strict=True)
    near = [{"ids": row[row >= 0].tolist(), "distances": far[row >= 0].tolist()} for row, far in lists]
    shape = pa.struct([("ids", pa.list_(pa.int64())), ("distances", pa.list_(pa.float32()))])
    columns["neighbors"] = pa.array(near, shape)
    if pictures is not None:
        pairs = zip(ids, pictures, strict=True)
        rows = [None if data is None else {"bytes": data, "path": _utf8(node)} for node, data in pairs]
        columns["picture"] = pa.array(rows, pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
    with atomic_path(path) as temporary:
        pq.write_table(pa.table(columns), temporary)


def write_jpegs(
    folder: str | Path,
    names: Sequence[str],
    read: Callable[[int], np.ndarray | None],
    *,
    report: Callable[[int, int], None] | None = None,
) -> list:
    """Write pictures as JPEGs; those that are there already stay. Return file names, None where there is no picture.

    Parameters
    ----------
    folder : made where it is missing.
    names : length n; names of the files, without ending.
    read : gives the picture of a row, uint8 (h, w, 3) in sRGB, or None where there is none.
    report : called with (done, n).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for row, name in enumerate(names):
        file = folder / f"{name}.jpg"
        if not file.is_file() and (pixels := read(row)) is not None:
            encoded = io.BytesIO()
            Image.fromarray(pixels).save(encoded, "JPEG", quality=88)
            write_bytes(file, encoded.getvalue())
        written.append(file.name if file.is_file() else None)
        if report:
            report(row + 1, len(names))
    return written


def vikus_names(ids: Iterable[str]) -> list[str]:
    """Make of each of ``ids`` a name that a picture's file can bear everywhere, and that no other has.

    Names hold letters a-z of either case, digits and ``-``; what is cut or changed is made up for by eight hexadecimal
    digits of the id's sha256.

    Examples
    --------
    >>> vikus_names(["SK-A-4", "monet/0001.jpg"])
    ['SK-A-4', 'monet-0001-jpg-b1608d41']
    """
    texts = [str(text) for text in ids]
    folded = Counter(text.casefold() for text in texts)  # some file systems do not tell A from a
    names = []
    for text in texts:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:60]
        if not plain or plain != text or folded[text.casefold()] > 1:
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            plain = f"{plain}-{digest}".strip("-")
        names.append(plain)
    return names


def write_vikus(
    folder: str | Path,
    attributes: pd.DataFrame,
    *,
    layouts: Mapping[str, np.ndarray],
    labels: np.ndarray,
    years: np.ndarray,
    title: str = "",
) -> None:
    """Write the data folder of a VIKUS Viewer (https://github.com/cpietsch/vikus-viewer), all but the pictures.

    ``data.csv`` (``id``, ``keywords``, ``year``, ``cluster``, and each column as ``_column``), one ``<layout>.csv``
    (``id``, ``x``, ``y``) for each layout, ``timeline.csv`` (empty), ``info.md`` and ``config.json``. Then VIKUS's own
    vikus-viewer-script makes sprites of pictures that are named ``<id>.jpg``.

    Some versions show text as HTML: ``<`` and ``>`` are written as ‹ and ›. A comma separates keywords: one within a
    name is written as ‚ (U+201A). The config has no entries of type "function", which VIKUS runs as code.

    Parameters
    ----------
    folder : made where it is missing.
    attributes : n rows, with ``id``; VIKUS's id is ``vikus_names`` of it, its own stands in ``_id``.
    layouts : each (n, 2) float.
    labels : (n,) int; negative for none.
    years : (n,) float; NaN for unknown. Where there are more than 40 years, they are rounded down to decades.
    title : of the collection.
    """
    ids, names = node_ids(attributes), vikus_names(attributes["id"])
    labels, years = np.asarray(labels), np.floor(np.asarray(years, dtype=float))
    if len(labels) != len(ids) or len(years) != len(ids):
        raise InputError(f"{len(labels)} labels and {len(years)} years; expected {len(ids)} of each.")
    known = years[~np.isnan(years)]
    if len(np.unique(known)) > MOST_YEARS:
        years = np.floor(years / 10) * 10
    frame = pd.DataFrame({"_id": list(map(_shown, ids))})
    rest = attributes.drop(columns="id")
    for name, (_, column) in zip(free_names(map(_shown, rest.columns), ("id", "year")), rest.items(), strict=True):
        values = [_shown(value) if isinstance(value, str) else value for value in column_values(column)]
        frame[f"_{name}"] = pd.Series(values, dtype=object)
    clusters = [f"Cluster {label}" if label >= 0 else None for label in labels.tolist()]
    words = [frame[name] for name in ("_artist", "_style") if name in frame]
    rows = zip(clusters, *words, strict=True)
    first = {
        "id": names,
        "keywords": [",".join(str(word).replace(",", "‚") for word in row if word) for row in rows],
        "year": pd.array([None if np.isnan(year) else int(year) for year in years], dtype="Int64"),
        "cluster": pd.array([None if label < 0 else label for label in labels.tolist()], dtype="Int64"),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "data.csv", pd.concat([pd.DataFrame(first), frame], axis=1), bom=False)
    for name, layout in layouts.items():
        xy = np.round(np.asarray(layout, dtype=float), 5)
        if xy.shape != (len(ids), 2):
            raise InputError(f"layout '{name}' has shape {xy.shape}; expected ({len(ids)}, 2).")
        write_csv(folder / f"{name}.csv", pd.DataFrame({"id": names, "x": xy[:, 0], "y": xy[:, 1]}), bom=False)
    write_csv(folder / "timeline.csv", pd.DataFrame(columns=["year", "title", "text", "extra"]), bom=False)
    heading = re.sub(r"[^\w .,:-]", " ", _shown(title))
    write_bytes(folder / "info.md", f"# {heading}\n\n{len(ids)} paintings, grouped by style.\n".encode())
    config = _config(heading, layouts, frame.columns, has_years=bool(len(known)))
    write_bytes(folder / "config.json", (json.dumps(config, indent=1, ensure_ascii=False) + "\n").encode())


def _config(title: str, layouts: Mapping[str, np.ndarray], columns: Iterable[str], *, has_years: bool) -> dict:
    shown = [name for name in ("_title", "_artist", "_date", "_style", "_id") if name in columns]
    details = [{"name": name[1:].capitalize(), "source": name, "display": "column", "type": "text"} for name in shown]
    groups = [{"title": "Clusters", "type": "group", "groupKey": "cluster"}]
    if has_years:
        groups.append({"title": "Time", "type": "group", "groupKey": "year"})
    return {
        "project": {"name": title, "quality": 1},
        "loader": {
            "info": "data/info.md",
            "timeline": "data/timeline.csv",
            "items": "data/data.csv",
            "textures": {
                "medium": {"size": 128, "url": "data/sprites/spritesheet.json"},
                "detail": {"size": 1024, "url": "data/1024/"},
            },
            "layouts": [*groups, *({"title": name.capitalize(), "url": f"data/{name}.csv"} for name in layouts)],
        },
        "style": {
            "fontColor": "#222222",
            "fontColorActive": "#ffffff",
            "fontBackground": "#3b6ea5",
            "textShadow": "none",
            "canvasBackground": "#f6f5f1",
            "timelineBackground": "#f6f5f1",
            "timelineFontColor": "#222222",
            "detailBackground": "#ffffff",
            "infoBackground": "#ffffff",
            "infoFontColor": "#222222",
            "searchbarBackground": "#ffffff",
        },
        "projection": {"columns": 8},
        "detail": {"structure": details},
    }


def _shown(text: object) -> str:
    return xml_text(str(text)).replace("<", "‹").replace(">", "›")


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
