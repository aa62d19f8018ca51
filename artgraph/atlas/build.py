"""Write the atlas: a folder of plain files that needs no server, no network and no other program."""

import os
import re
from importlib.resources import files
from pathlib import Path

import numpy as np

from artgraph.atlas.agreement import agreement, manners
from artgraph.atlas.grid import hang
from artgraph.atlas.pack import checked_neighbors, pack, packed_neighbors, packed_windows, relative_address, text
from artgraph.atlas.page import data_script, index_page, is_ours
from artgraph.atlas.pictures import write_pictures
from artgraph.atlas.sheets import SIDE, sheet_order
from artgraph.atlas.summary import first_year, known_artist, summarize
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
    shares=None,
    artist_links=None,
    typicality=None,
    membership=None,
    windows=None,
    clusters=None,
    worklist=None,
    name="clusters",
    compare=None,
    reference=None,
    columns_used=(),
    provenance=(),
    methods=None,
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
    shares : tuple of (sequence of b str, array (n, m, b) int), optional
        Names of descriptors, and their share in each neighbour in per cent, as from ``reasons``.
    artist_links : scipy sparse, shape (n, n), optional
        Links between works by one hand; the map draws them apart from the others.
    typicality : array, shape (n,), float, optional
        Higher is more typical of its cluster.
    membership : dict, optional
        ``confidence`` (n,) float in 0 ... 1, ``second`` (n,) int (the second cluster, -1 for none), ``role`` (n,) text.
    windows : dict of arrays, optional
        ``painting``, ``x``, ``y``, ``scale``: squares that a descriptor looked at, as shares of the short side.
    clusters : list of dict, optional
        ``label`` and any of ``name``, ``sentence``, ``palette`` (list of "#rrggbb"), ``exemplars`` (rows), ``report``
        (what was found out about the cluster, in the form of ``artgraph interpret``, rows for ids).
    worklist : list of dict, optional
        ``row``, ``kind``, ``score``, ``sentence``, ``evidence`` (list of ``descriptor``, ``neighbors`` (rows)).
    name : str
        What the clusters are called beside others, such as the key of the partition.
    compare : dict of str to array (n,) int, optional
        Other partitions, to be seen beside this one.
    reference : str, optional
        Column that the clusters are held against. It is shown, never used.
    columns_used : sequence of str
        Columns that had a say in the clusters, by links or by teaching: the page says so.
    provenance : sequence of (str, str or dict)
        How it was made: a stage and its parameters. Rows whose stage is "caveat" are printed as warnings.
    methods : str, optional
        A paragraph on the methods, ready to be quoted.
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
    columns = {str(c): [text(v) for v in paintings[c]] for c in paintings.columns}
    labels = _labels(labels, n)
    compare = {str(key): _labels(other, n) for key, other in (compare or {}).items() if key != name}
    _check(columns, n, reference)
    indices, similarity = checked_neighbors(neighbors, n)
    if typicality is not None and np.shape(typicality) != (n,):
        raise InputError(f"typicality has shape {np.shape(typicality)}, expected ({n},): one number for each painting.")
    if layout is not None and len(layout) != n:
        raise InputError(
            f"The layout has {len(layout)} rows and there are {n} paintings: make it again for this corpus."
        )
    grid = hang(layout) if layout is not None and n else None
    order = sheet_order(*grid[:2]) if grid else None
    addresses = [relative_address(sources(i), i) for i in range(n)] if sources is not None and images else None
    years = [first_year(d) for d in columns.get("date", [None] * n)]
    hands = [known_artist(a) for a in columns.get("artist", [None] * n)]
    groupings = {name: labels, **compare} | ({f"column:{reference}": columns[reference]} if reference else {})

    out = _folder(out)
    (out / "index.html").unlink(missing_ok=True)

    def put(file, data):
        _put(out, file, data)

    aspect, missing, tints, sheets = write_pictures(
        out, put, thumbnails=thumbnails, columns=columns, order=order, images=images
    )
    found = summarize(labels, columns, typicality=typicality, neighbors=indices, reference=reference, given=clusters)
    slots = None if sheets is None else np.argsort(order).tolist()
    data = {
        "title": str(title),
        "n": n,
        "columns": [[c, pack(v)] for c, v in columns.items()],
        "small": [c for c in columns if _TECHNICAL.fullmatch(c)],
        "name": str(name),
        "labels": labels.tolist(),
        "colors": [NO_CLUSTER if c["label"] < 0 else cluster_color(c["label"]) for c in found],
        "clusters": found,
        "years": years if any(year is not None for year in years) else None,
        "artists": {"known": pack(hands), "manners": manners(labels, hands, years)},
        "compare": {
            "partitions": [[key, other.tolist()] for key, other in compare.items()],
            "palette": [cluster_color(k) for k in range(64)],
            "agreement": agreement(groupings),
        },
        "reference": reference,
        "columns_used": [str(column) for column in columns_used],
        "aspect": aspect,
        "images": bool(images),
        "missing": missing,
        "tints": tints if sheets else None,
        "sources": addresses,
        "grid": grid and {"column": grid[0].tolist(), "row": grid[1].tolist(), "shape": list(grid[2])},
        "sheets": sheets and {"levels": list(sheets.names.items()), "side": SIDE, "slots": slots},
        "neighbors": None if indices is None else packed_neighbors(indices, similarity),
        "shares": shares and {"names": [str(s) for s in shares[0]], "percent": np.asarray(shares[1]).ravel().tolist()},
        "artist_links": None if artist_links is None else _rows_of(artist_links),
        "membership": membership and _membership(membership, n),
        "windows": windows and packed_windows(windows, n),
        "worklist": worklist,
        "provenance": [[str(stage), _parameters(rest)] for stage, rest in provenance],
        "methods": methods,
    }
    static = files("artgraph.atlas") / "static"
    for file in sorted(static.iterdir(), key=lambda f: f.name):
        if file.name.endswith((".js", ".css")):
            put(f"static/{file.name}", file.read_bytes())
    put("data.js", data_script(data))
    put("index.html", index_page(str(title), n))
    return out / "index.html"


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
    """Write one file; the page itself in one step, since where it stands the atlas is whole."""
    path = out / name
    if not path.parent.is_dir():
        path.parent.mkdir()
    if name != "index.html":
        path.write_bytes(data)
        return
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


def _rows_of(links):
    links = links.tocsr()
    return [links.indices[a:b].tolist() for a, b in zip(links.indptr[:-1], links.indptr[1:], strict=True)]


def _membership(membership, n):
    confidence = np.asarray(membership["confidence"], dtype=float)
    second = np.asarray(membership["second"], dtype=np.int64)
    if len(confidence) != n or len(second) != n:
        raise InputError(f"membership has {len(confidence)} rows and there are {n} paintings.")
    role = membership.get("role")
    return {
        "confidence": [round(v, 3) if np.isfinite(v) else None for v in confidence.tolist()],
        "second": second.tolist(),
        "role": None if role is None else pack([str(r) for r in role]),
    }


def _parameters(rest):
    return [[str(k), str(v)] for k, v in rest.items()] if isinstance(rest, dict) else str(rest)
