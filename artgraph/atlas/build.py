"""Write the atlas: a folder of plain files that needs no server, no network and no other program."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from artgraph.atlas.agreement import agreement, changes_over_time
from artgraph.atlas.content import About, Clusters, Links, Paintings
from artgraph.atlas.details import Details
from artgraph.atlas.grid import hang
from artgraph.atlas.iiif import iiif_services
from artgraph.atlas.larger import write_larger
from artgraph.atlas.pack import checked_neighbors, ids_stamp, numbers, pack, packed_windows, relative_address, text
from artgraph.atlas.page import beside_script, data_script, index_page, is_ours
from artgraph.atlas.parts import MANY, remove_parts, shelf_order, write_parts
from artgraph.atlas.pictures import write_pictures
from artgraph.atlas.sheets import sheet_order
from artgraph.atlas.summary import summarize
from artgraph.atlas.words import FILE as WORDS
from artgraph.atlas.words import packed_words
from artgraph.atomic import write_bytes
from artgraph.checks import check_labels
from artgraph.colors import cluster_color
from artgraph.decisions import COLUMNS
from artgraph.errors import InputError

__all__ = ["write_atlas"]

_TECHNICAL = re.compile(r"image_.*|metadata_line")


def write_atlas(
    out: str | Path,
    paintings: Paintings,
    clusters: Clusters,
    *,
    about: About,
    links: Links | None = None,
    images: bool = True,
) -> Path:
    """Write a page that shows every painting in its cluster, on a map and beside its nearest works; return its path.

    Of 20,000 paintings or more the page comes in parts: texts, links and thumbnails stand in files that it loads as it
    needs them. The same input gives the same bytes. ``index.html`` goes first and comes last: where it stands, the
    atlas is whole. An InputError: lengths disagree, ids repeat, a source is not a relative address, or ``out`` holds
    another page.

    Parameters
    ----------
    out : folder; made if need be. An atlas that stands there is replaced; other files are left alone.
    paintings : n rows; every array of the other parts has as many.
    clusters, about, links : what else is shown.
    images : False writes no picture at all, and no address of one.
    """
    table, n, links = paintings.table, len(paintings.table), links or Links()
    many = n >= MANY  # the page comes in parts
    columns = {str(c): [text(v) for v in table[c]] for c in table.columns}
    _check(columns, n, clusters.reference)
    name, labels = str(clusters.name), check_labels(clusters.labels, n)
    compare = {str(key): check_labels(other, n) for key, other in clusters.compare.items() if key != name}
    artists = _rows("artists", paintings.artists, n) or [None] * n
    years = np.asarray(_rows("years", paintings.years, n) or [np.nan] * n, dtype=float)
    typicality = _rows("typicality", clusters.typicality, n)
    neighbors = checked_neighbors(links.neighbors, n)
    layout = _rows("layout", links.layout, n)
    grid = hang(layout) if layout else None
    sources = paintings.sources if images else None
    services = iiif_services(columns) if images else None
    reference = columns.get(clusters.reference)
    groupings = {name: labels, **compare} | ({f"column:{clusters.reference}": reference} if reference else {})
    found = summarize(
        labels,
        artists,
        years,
        typicality=typicality,
        neighbors=neighbors[0],
        reference=reference,
        descriptions=clusters.descriptions,
    )
    order = sheet_order(*grid[:2]) if grid else np.arange(n)
    if many:
        order = shelf_order([c["works"] for c in found], order if grid else None)

    details = Details(
        columns=columns,
        sources=sources and [relative_address(sources(i), i) for i in range(n)],
        services=services,
        neighbors=neighbors,
        links=replace(links, artist_links=None if links.artist_links is None else links.artist_links.tocsr()),
        membership=clusters.membership and {k: _rows("membership", v, n) for k, v in clusters.membership.items()},
        windows=paintings.windows and packed_windows(paintings.windows, n),
    )

    out = _folder(out)
    (out / "index.html").unlink(missing_ok=True)
    remove_parts(out)

    def put(file: str, data: bytes) -> None:
        (out / file).parent.mkdir(exist_ok=True)
        (out / file).write_bytes(data)

    aspect, missing, tints, sheets = write_pictures(
        out,
        put,
        thumbnails=paintings.thumbnails,
        columns=columns,
        order=order,
        images=images,
        again=paintings.again,
        packed=many,
        laid=grid is not None,
    )
    larger = write_larger(out, put, pictures=paintings.pictures if images else None, n=n)
    parts = None
    if many:
        searched = ("title", "artist", "date", "style", "id", clusters.reference)
        parts = write_parts(put, columns=columns, shelf=order, details=details.of, searched=searched)

    def written(values: Sequence | np.ndarray) -> list | dict:
        return numbers(values, packed=many)

    data = {
        "title": str(about.title),
        "n": n,
        "stamp": ids_stamp(columns["id"]),
        "corpus": about.corpus or ids_stamp(columns["id"]),
        "parts": parts,
        **(details.outline() if many else details.of(np.arange(n))),
        "small": [c for c in columns if _TECHNICAL.fullmatch(c)],
        "name": name,
        "labels": written(labels),
        "colors": [cluster_color(c["label"]) for c in found],
        "clusters": [c | {"works": written(c["works"])} for c in found],
        "names": _names(clusters.names, found),
        "years": written(years) if np.isfinite(years).any() else None,
        "artists": {
            "names": _artists(artists, many),
            "changes": changes_over_time(labels, artists, years),
        },
        "compare": {
            "partitions": [[key, written(other)] for key, other in compare.items()],
            "agreement": agreement(groupings),
        },
        "reference": clusters.reference,
        "columns_used": [str(column) for column in about.columns_used],
        "aspect": written(aspect),
        "images": bool(images),
        "missing": written(missing),
        "tints": (written([int(tint or "0", 16) for tint in tints]) if many else tints) if sheets else None,
        "larger": larger and written(larger),
        "grid": grid and {"column": written(grid[0]), "row": written(grid[1]), "shape": list(grid[2])},
        "sheets": sheets
        and {"levels": list(sheets.names.items()), "side": sheets.side, "slots": written(np.argsort(order))},
        "added": _added(paintings, clusters, n),
        "worklist": about.worklist,
        "questions": _questions(about.questions, n),
        "decisions": [[str(d.get(c) or "") for c in COLUMNS] for d in about.decisions],
        "provenance": [
            [str(stage), [[str(k), str(v)] for k, v in rest.items()] if isinstance(rest, Mapping) else str(rest)]
            for stage, rest in about.provenance
        ],
        "methods": about.methods,
    }
    for file in sorted((files("artgraph.atlas") / "static").iterdir(), key=lambda f: f.name):
        if file.name.endswith((".js", ".css")):
            put(f"static/{file.name}", file.read_bytes())
    put("data.js", data_script(data))
    if about.words is None:
        (out / WORDS).unlink(missing_ok=True)
    else:
        put(WORDS, beside_script("vocabulary", packed_words(about.words, n)))
    parts = [] if about.words is None else [WORDS]
    # in one step: where it stands, the atlas is whole
    write_bytes(
        out / "index.html",
        index_page(str(about.title), n, hosts=details.hosts if services else (), parts=parts),
    )
    return out / "index.html"


def _folder(out: str | Path) -> Path:
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file: name a folder for the atlas.")
    index = out / "index.html"
    if index.exists() and not is_ours(index.read_bytes()):
        raise InputError(f"{index} is a page that artgraph did not make: name another folder for the atlas.")
    out.mkdir(parents=True, exist_ok=True)
    return out


def _rows(name: str, values: Sequence | np.ndarray | None, n: int) -> list | None:
    """Return one value for each painting, None where there are none or no paintings."""
    if values is not None and len(values) != n:
        raise InputError(f"{name} has {len(values)} rows and there are {n} paintings.")
    return None if values is None else list(values)


def _added(paintings: Paintings, clusters: Clusters, n: int) -> dict | None:
    """Return when the works were added, which are new and which fit nothing yet; None where all came on one day."""
    batch = _rows("batch", paintings.batch, n)
    if not batch or max(batch) == 0:
        return None
    if len(paintings.days) <= max(batch):
        raise InputError(f"there are {len(paintings.days)} days and a work of batch {max(batch)}: give a day for each.")
    new, share, apart = clusters.new, *(clusters.apart or (0.0, None))
    return {
        "batch": [int(one) for one in batch],
        "days": list(paintings.days),
        "new": [] if new is None else np.flatnonzero(_rows("new", new, n)).tolist(),
        "apart": apart is not None and {"share": share, "rows": np.flatnonzero(_rows("apart", apart, n)).tolist()},
    }


def _check(columns: dict[str, list], n: int, reference: str | None) -> None:
    ids = columns.get("id")
    if ids is None or None in ids:
        raise InputError("Every painting needs an id: give the column 'id', without gaps.")
    if len(set(ids)) != n:
        twice = next(v for i, v in enumerate(ids) if v in ids[:i])
        raise InputError(f"The id {twice!r} stands twice in the paintings: ids are unique.")
    if reference is not None and reference not in columns:
        raise InputError(f"No column {reference!r} to compare the clusters with (there are: {', '.join(columns)}).")


def _artists(artists: Sequence[str | None], many: bool) -> list | dict:
    """Write under which name each painting is counted."""
    if not many:
        return pack(artists)
    code = {name: k for k, name in enumerate(dict.fromkeys(artists))}
    return {"values": list(code), "codes": numbers([code[name] for name in artists], packed=True)}


def _names(names: Mapping[int, str] | Sequence[str | None], found: list[dict]) -> dict[str, str] | None:
    """Return the names that people gave clusters, by their numbers; None where there are none."""
    pairs = names.items() if isinstance(names, Mapping) else enumerate(names)
    known = {c["label"] for c in found}
    return {str(label): str(name) for label, name in pairs if name and label in known} or None


def _questions(questions: Sequence[tuple[int, int, str]], n: int) -> list[list]:
    for a, b, _ in questions:
        if not (0 <= a < n and 0 <= b < n) or a == b:
            raise InputError(f"A question is on rows {a} and {b}: expected two of the {n} paintings.")
    return [[int(a), int(b), str(reason or "")] for a, b, reason in questions]
