"""Write the atlas: a folder of plain files that needs no server, no network and no other program."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from artgraph.atlas.agreement import agreement, changes_over_time
from artgraph.atlas.content import About, Clusters, Links, Paintings
from artgraph.atlas.grid import hang
from artgraph.atlas.iiif import iiif_hosts, iiif_services
from artgraph.atlas.larger import write_larger
from artgraph.atlas.pack import (
    checked_neighbors,
    pack,
    packed_membership,
    packed_neighbors,
    packed_windows,
    relative_address,
    text,
    year_number,
)
from artgraph.atlas.page import data_script, index_page, is_ours, part_script
from artgraph.atlas.pictures import write_pictures
from artgraph.atlas.sheets import SIDE, sheet_order
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

    The same input gives the same bytes. ``index.html`` goes first and comes last: where it stands, the atlas is whole.
    An InputError: lengths disagree, ids repeat, a source is not a relative address, or ``out`` holds another page.

    Parameters
    ----------
    out : folder; made if need be. An atlas that stands there is replaced; other files are left alone.
    paintings : n rows; every array of the other parts has as many.
    clusters, about, links : what else is shown.
    images : False writes no picture at all, and no address of one.
    """
    table, n, links = paintings.table, len(paintings.table), links or Links()
    columns = {str(c): [text(v) for v in table[c]] for c in table.columns}
    _check(columns, n, clusters.reference)
    name, labels = str(clusters.name), check_labels(clusters.labels, n)
    compare = {str(key): check_labels(other, n) for key, other in clusters.compare.items() if key != name}
    artists = _rows("artists", paintings.artists, n) or [None] * n
    years = np.asarray(_rows("years", paintings.years, n) or [np.nan] * n, dtype=float)
    typicality = _rows("typicality", clusters.typicality, n)
    indices, similarity = checked_neighbors(links.neighbors, n)
    layout = _rows("layout", links.layout, n)
    grid = hang(layout) if layout else None
    order = sheet_order(*grid[:2]) if grid else None
    sources = paintings.sources if images else None
    addresses = sources and [relative_address(sources(i), i) for i in range(n)]
    services = iiif_services(columns) if images else None
    reference = columns.get(clusters.reference)
    groupings = {name: labels, **compare} | ({f"column:{clusters.reference}": reference} if reference else {})

    out = _folder(out)
    (out / "index.html").unlink(missing_ok=True)

    def put(file: str, data: bytes) -> None:
        (out / file).parent.mkdir(exist_ok=True)
        (out / file).write_bytes(data)

    aspect, missing, tints, sheets = write_pictures(
        out, put, thumbnails=paintings.thumbnails, columns=columns, order=order, images=images
    )
    larger = write_larger(out, put, pictures=paintings.pictures if images else None, n=n)
    found = summarize(
        labels,
        artists,
        years,
        typicality=typicality,
        neighbors=indices,
        reference=reference,
        descriptions=clusters.descriptions,
    )
    data = {
        "title": str(about.title),
        "n": n,
        "stamp": _stamp(columns["id"]),
        "corpus": about.corpus or _stamp(columns["id"]),
        "columns": [[c, pack(v)] for c, v in columns.items()],
        "small": [c for c in columns if _TECHNICAL.fullmatch(c)],
        "name": name,
        "labels": labels.tolist(),
        "colors": [cluster_color(c["label"]) for c in found],
        "clusters": found,
        "names": _names(clusters.names, found),
        "years": [year_number(year) for year in years.tolist()] if np.isfinite(years).any() else None,
        "artists": {"names": pack(artists), "changes": changes_over_time(labels, artists, years)},
        "compare": {
            "partitions": [[key, other.tolist()] for key, other in compare.items()],
            "agreement": agreement(groupings),
        },
        "reference": clusters.reference,
        "columns_used": [str(column) for column in about.columns_used],
        "aspect": aspect,
        "images": bool(images),
        "missing": missing,
        "tints": tints if sheets else None,
        "larger": larger,
        "sources": addresses,
        "iiif": services and {"hosts": iiif_hosts(services), "services": services},
        "grid": grid and {"column": grid[0].tolist(), "row": grid[1].tolist(), "shape": list(grid[2])},
        "sheets": sheets and {"levels": list(sheets.names.items()), "side": SIDE, "slots": np.argsort(order).tolist()},
        "neighbors": None if indices is None else packed_neighbors(indices, similarity),
        "shares": links.shares
        and {"names": list(map(str, links.shares[0])), "percent": np.asarray(links.shares[1]).ravel().tolist()},
        "artist_links": None if links.artist_links is None else _neighbor_lists(links.artist_links),
        "membership": clusters.membership and packed_membership(clusters.membership, n),
        "windows": paintings.windows and packed_windows(paintings.windows, n),
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
        put(WORDS, part_script("vocabulary", packed_words(about.words, n)))
    parts = [] if about.words is None else [WORDS]
    # in one step: where it stands, the atlas is whole
    write_bytes(out / "index.html", index_page(str(about.title), n, hosts=iiif_hosts(services), parts=parts))
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


def _stamp(ids: Sequence[str]) -> str:
    """Return eight hex digits that tell one list of paintings from another: addresses of a selection carry them."""
    return hashlib.sha256("\n".join(ids).encode("utf-8", "surrogatepass")).hexdigest()[:8]


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


def _neighbor_lists(links: sp.csr_matrix) -> list[list[int]]:
    links = links.tocsr()
    return [links.indices[a:b].tolist() for a, b in zip(links.indptr[:-1], links.indptr[1:], strict=True)]
