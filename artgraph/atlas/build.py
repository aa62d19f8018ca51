"""Write the atlas: a folder of plain files that needs no server, no network and no other program."""

import os
import re
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from artgraph.atlas.grid import hang
from artgraph.atlas.page import data_script, index_page, is_ours
from artgraph.atlas.sheets import SIDE, TILE, Sheets, look
from artgraph.atlas.summary import summarize
from artgraph.colors import NO_CLUSTER, cluster_color
from artgraph.errors import InputError

__all__ = ["write_atlas"]

_TECHNICAL = re.compile(r"image_.*|metadata_line")


def write_atlas(
    out,
    paintings,
    labels,
    *,
    title,
    thumbnails,
    sources=None,
    layout=None,
    neighbors=None,
    typicality=None,
    clusters=None,
    reference=None,
    provenance=(),
    images=True,
):
    """Write a page that shows every painting in its cluster, on a map and beside its nearest works.

    The same input gives the same bytes. ``index.html`` goes first and comes last: where it stands, the atlas is whole.

    Parameters
    ----------
    out : str or Path
        Folder; made if need be. An atlas that stands there is replaced; other files are left alone.
    paintings : pandas.DataFrame, n rows
        Row i is painting i. Columns of text: ``id`` (unique), ``artist``, ``title``, ``date``, ``style``, any others;
        ``image_width`` and ``image_height`` (pixels) give the shape of a picture.
    labels : array, shape (n,), int
        Cluster of each painting: 0 is the largest, -1 is none.
    title : str
        Name of the atlas.
    thumbnails : callable, int -> bytes or None
        The thumbnail of a row as WebP.
    sources : callable, int -> str or None, optional
        Address of a row's original, relative to ``out``.
    layout : array, shape (n, 2), float, optional
        Positions for the map; without them there is no map.
    neighbors : tuple of (array (n, m) int, array (n, m) float), optional
        Rows of the nearest works of each painting, nearest first, and their similarity; negative rows are skipped.
    typicality : array, shape (n,), float, optional
        Higher is more typical of its cluster.
    clusters : list of dict, optional
        ``label`` and any of ``name``, ``sentence``, ``palette`` (list of "#rrggbb"), ``exemplars`` (rows).
    reference : str, optional
        Column that the clusters are held against. It is shown, never used.
    provenance : sequence of (str, str or dict)
        How it was made: a stage and its parameters. Rows whose stage is "caveat" are printed as warnings.
    images : bool
        False writes no picture at all, and no address of one.

    Returns
    -------
    Path
        The page to open, ``out/index.html``.

    Raises
    ------
    InputError
        Lengths disagree, ids repeat, a source is not a relative address, or ``out`` holds a page that is not an atlas.
    """
    n = len(paintings)
    columns = {str(c): [_text(v) for v in paintings[c]] for c in paintings.columns}
    labels = _labels(labels, n)
    _check(columns, n, reference)
    indices, similarity = _neighbors(neighbors, n)
    if typicality is not None and np.shape(typicality) != (n,):
        raise InputError(f"typicality has shape {np.shape(typicality)}, expected ({n},): one number for each painting.")
    if layout is not None and len(layout) != n:
        raise InputError(
            f"The layout has {len(layout)} rows and there are {n} paintings: make it again for this corpus."
        )
    grid = hang(layout) if layout is not None and n else None
    addresses = [_address(sources(i), i) for i in range(n)] if sources is not None and images else None

    out = _folder(out)
    (out / "index.html").unlink(missing_ok=True)
    aspect, missing, sheets = _pictures(out, columns, thumbnails, images, grid is not None, n)
    found = summarize(labels, columns, typicality=typicality, neighbors=indices, reference=reference, given=clusters)
    data = {
        "title": str(title),
        "n": n,
        "columns": [[c, _pack(v)] for c, v in columns.items()],
        "small": [c for c in columns if _TECHNICAL.fullmatch(c)],
        "labels": labels.tolist(),
        "colors": [NO_CLUSTER if c["label"] < 0 else cluster_color(c["label"]) for c in found],
        "clusters": found,
        "reference": reference,
        "aspect": aspect,
        "images": bool(images),
        "missing": missing,
        "tints": None if sheets is None else sheets.tints,
        "sources": addresses,
        "grid": grid and {"column": grid[0].tolist(), "row": grid[1].tolist(), "shape": list(grid[2])},
        "sheets": {"names": sheets.names, "tile": TILE, "side": SIDE} if sheets and grid else None,
        "neighbors": (indices is not None and {"rows": indices.tolist(), "similarity": _numbers(similarity)}) or None,
        "provenance": [[str(stage), _parameters(rest)] for stage, rest in provenance],
    }
    static = files("artgraph.atlas") / "static"
    for file in sorted(static.iterdir(), key=lambda f: f.name):
        if file.name.endswith((".js", ".css")):
            _put(out, f"static/{file.name}", file.read_bytes())
    _put(out, "data.js", data_script(data))
    _put(out, "index.html", index_page(str(title), n))
    return out / "index.html"


def _pictures(out, columns, thumbnails, images, on_map, n):
    """Write thumbnails and sheets; give the shape of each picture, the rows without one, and the sheets."""
    for folder, digits in (("thumbs", 6), ("sheets", 3)):
        for old in sorted((out / folder).glob("[0-9]" * digits + ".webp")):
            old.unlink()
    sheets = Sheets(n, lambda name, data: on_map and _put(out, name, data)) if images and n else None
    aspect, missing = [], []
    for i in range(n):
        webp = thumbnails(i) if images else None
        picture = look(webp) if webp else None
        shape = _shape(columns, i)
        if picture is not None:
            seen = picture.width / picture.height
            # a thumbnail is upright; numbers from a file's header may be those of a picture lying on its side
            shape = shape if shape and abs(shape / seen - 1) < 0.1 else seen
            _put(out, f"thumbs/{i:06d}.webp", webp)
        elif images:
            missing.append(i)
        aspect.append(round(min(max(shape or 0.8, 0.05), 20.0), 4))
        if sheets:
            sheets.add(picture, aspect[-1])
    return aspect, missing, sheets


def _folder(out):
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file: name a folder for the atlas.")
    index = out / "index.html"
    if index.exists() and not is_ours(index.read_bytes()):
        raise InputError(f"{index} is a page that artgraph did not make: name another folder for the atlas.")
    out.mkdir(parents=True, exist_ok=True)
    return out


def _put(out, name, data):
    path = out / name
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _labels(labels, n):
    labels = np.asarray(labels)
    if labels.shape != (n,) or (n and not np.issubdtype(labels.dtype, np.integer)):
        raise InputError(
            f"labels have shape {labels.shape} and dtype {labels.dtype}, expected ({n},) and integers: one a painting."
        )
    return np.maximum(labels.astype(np.int64), -1)


def _check(columns, n, reference):
    ids = columns.get("id")
    if ids is None or None in ids:
        raise InputError("Every painting needs an id: give the column 'id', without gaps.")
    if len(set(ids)) != n:
        twice = next(v for i, v in enumerate(ids) if v in ids[:i])
        raise InputError(f"The id {twice!r} stands twice in the paintings: ids are unique.")
    if reference is not None and reference not in columns:
        raise InputError(f"No column {reference!r} to hold the clusters against (there are: {', '.join(columns)}).")


def _neighbors(neighbors, n):
    if neighbors is None:
        return None, None
    indices, similarity = (np.asarray(a) for a in neighbors)
    if indices.ndim != 2 or indices.shape != similarity.shape or len(indices) != n:
        raise InputError(
            f"neighbors have shapes {indices.shape}, {similarity.shape}, expected twice ({n}, m): indices, similarity."
        )
    if indices.size and indices.max() >= n:
        raise InputError(f"neighbors name row {indices.max()}, the last painting is row {n - 1}.")
    return np.maximum(indices.astype(np.int64), -1), similarity.astype(float)


def _address(url, row):
    if url is None:
        return None
    url = str(url)
    try:
        parts = urlsplit(url)
        elsewhere = bool(parts.scheme or parts.netloc)
    except ValueError:
        elsewhere = True
    if elsewhere or url.startswith(("/", "\\")):
        raise InputError(f"The source of row {row} is {url!r}: expected an address relative to the atlas, or None.")
    return url


def _shape(columns, i):
    try:
        width, height = (float(columns[c][i]) for c in ("image_width", "image_height"))
    except (KeyError, TypeError, ValueError):
        return None
    return width / height if width > 0 and height > 0 and np.isfinite(width / height) else None


def _text(value):
    if value is None or pd.isna(value):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)  # a column of whole numbers with a gap in it
    return str(value) or None


def _pack(values):
    """Write a column of few different values as those values and numbers."""
    different = list(dict.fromkeys(values))
    if len(different) * 2 > len(values):
        return values
    code = {v: k for k, v in enumerate(different)}
    return {"values": different, "codes": [code[v] for v in values]}


def _numbers(similarity):
    return [[round(v, 4) if np.isfinite(v) else None for v in row] for row in similarity.tolist()]


def _parameters(rest):
    if isinstance(rest, dict):
        return ", ".join(f"{k} = {v}" for k, v in rest.items())
    return str(rest)
