"""What other programs read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from artgraph.checks import check_choice
from artgraph.errors import InputError
from artgraph.lineage import Ref
from artgraph.stages.archive import archive
from artgraph.stages.base import Made, Progress, progress_of
from artgraph.stages.graph_files import OWN_USE, WRITERS, for_graphs, trimmed
from artgraph.stages.pictures import need_pictures, picture, thumbnail
from artgraph.stages.view import View

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["FORMATS", "export", "network"]

# the name of each below exports/ in the corpus; those without an ending are folders
FORMATS = {
    "gexf": "{}.gexf",
    "gexf-clusters": "{}-clusters.gexf",
    "csv": "{}.csv",
    "graphml": "{}.graphml",
    "gephi-csv": "{}-gephi",
    "gephi-lite": "{}-gephi-lite.json",
    "anndata": "{}.h5ad",
    "embedding-atlas": "{}.parquet",
    "vikus": "{}-vikus",
    "iiif": "{}-iiif",
    "ro-crate": "{}-crate",
}
_OF_PICTURES = ("image_jpeg_quality", "image_brightness")  # measured, and read by programs


def export(
    corpus: Corpus,
    *,
    to: str = "gexf",
    partition: str = "leiden",
    out: str | Path | None = None,
    pictures: bool = False,
    timeline: bool = False,
    everything: bool = False,
    image_url: str | None = None,
    base: str | None = None,
    authors: Sequence[str] | None = None,
    license: str | None = None,
    date: str | None = None,
    title: str | None = None,
    progress: Progress = None,
) -> Made:
    """Write a partition, its graph and its map in the format of another program.

    Parameters
    ----------
    corpus
    to : {"gexf", "gexf-clusters", "csv", "graphml", "gephi-csv", "gephi-lite", "anndata", "embedding-atlas", "vikus",
        "iiif", "ro-crate"}
        Gephi; Gephi with clusters and their typical works in place of all works; Excel; GraphML; Gephi's spreadsheet
        import; Gephi Lite; scanpy; Embedding Atlas; VIKUS Viewer; viewers of IIIF; an archive of the whole corpus, see
        ``artgraph.stages.archive``.
    partition
    out : Default: a file, or for "gephi-csv", "vikus", "iiif" and "ro-crate" a folder, in ``exports`` of the corpus.
    pictures : bool
        Also give the pictures along. "gexf", "graphml" and "gephi-csv": a folder of JPEGs beside the file, since Gephi
        does not read WebP; "embedding-atlas": in the file; "vikus": JPEGs of 1024 pixels for vikus-viewer-script;
        "ro-crate": the originals and thumbnails.
    timeline : "gexf": dated paintings have their year as a time interval.
    everything : "csv": also what only programs read, such as hashes and byte counts; "anndata" always has it.
    image_url : str, optional
        Where the thumbnails (``thumbs`` of the corpus) stand on the web: each painting gets an ``image_url`` below it,
        which Gephi Lite can show. A column ``image_url`` of the table is exported as it is. "iiif": for works that have
        no picture on the web of their own.
    base : "iiif", which needs it: the address that the folder will have on the web.
    authors, license, date : "ro-crate", which needs them: who made it, such as "Josiah Carberry (Brown University)
        <0000-0002-1825-0097>"; the licence of the data, an SPDX identifier or an address; the day of publication.
    title : "ro-crate": of the archive; default: the name of the corpus's folder.
    progress : callable(stage, done, total)

    Returns
    -------
    Made
        ``key`` is the path of the file or folder. "iiif": the facts say how many works are ``left_out``.

    Raises
    ------
    InputError
        There is no such format, or it cannot give pictures along.
    ArtgraphError
        "anndata" without the package anndata.
    """
    check_choice("export format", to, FORMATS)
    if pictures and to in ("csv", "gexf-clusters", "anndata", "gephi-lite", "iiif"):
        raise InputError(f"'{to}' cannot give pictures along; gexf, graphml, gephi-csv, embedding-atlas and vikus can")
    if timeline and to != "gexf":
        raise InputError(f"'{to}' knows no timeline; gexf does")
    if everything and to != "csv":
        raise InputError(f"'{to}' has one set of columns; --all is for csv")
    if image_url and to not in ("gexf", "graphml", "gephi-csv", "gephi-lite", "iiif"):
        raise InputError(f"'{to}' takes no --image-url; gexf, graphml, gephi-csv, gephi-lite and iiif do")
    if base and to != "iiif":
        raise InputError(f"'{to}' takes no --base; iiif does")
    if to != "ro-crate" and (authors or license or date or title):
        raise InputError(f"'{to}' takes no --author, --license, --date or --title; ro-crate does")
    if to == "iiif":
        from artgraph.export.iiif import check_base

        base = check_base(base)
    if pictures or image_url:
        need_pictures(corpus, "--pictures" if pictures else "--image-url")
    out = Path(out) if out else corpus.path / "exports" / FORMATS[to].format(partition)
    out.parent.mkdir(parents=True, exist_ok=True)
    view, report, facts = View(corpus, partition), progress_of(progress, "export"), {"n": len(corpus), "format": to}
    if to == "csv":
        from artgraph.export import write_csv

        write_csv(out, view.table if everything else trimmed(view, _OF_PICTURES))
    elif to == "anndata":
        _anndata(view, out)
    elif to == "embedding-atlas":
        _embedding_atlas(view, out, pictures=pictures)
    elif to == "vikus":
        _vikus(view, out, pictures=pictures, report=report)
    elif to == "iiif":
        facts |= _iiif(view, out, base, image_url)
    elif to == "ro-crate":
        said = {"authors": authors or (), "license": license, "date": date, "title": title}
        facts |= archive(corpus, out, partition=partition, pictures=pictures, report=report, **said)
    else:
        folder = out if to == "gephi-csv" else out.parent
        table = for_graphs(view, folder, pictures=pictures, image_url=image_url, report=report)
        WRITERS[to](view, out, table, timeline)
        facts |= {"nodes": len(corpus), "links": view.style.nnz // 2} if to == "gexf" else {}
    return Made("export", str(out), True, facts)


def network(corpus: Corpus, *, partition: str = "leiden", library: str = "networkx") -> Any:
    """Return a partition, its graph and its map as a graph in Python.

    Parameters
    ----------
    corpus, partition
    library : {"networkx", "igraph", "pyg"}

    Returns
    -------
    networkx.Graph, networkx.MultiGraph (where works by the same artist are linked, too) or igraph.Graph
        See ``artgraph.export.to_networkx``; nodes also have ``x``, ``y``, ``size`` and ``color``.
    torch_geometric.data.HeteroData
        Features, clusters, places on the map, ids and typed edges: see ``artgraph.graph.typed.hetero_data``.

    Raises
    ------
    InputError
        There is no such library.
    """
    from artgraph.export import to_igraph, to_networkx

    check_choice("library", library, ("networkx", "igraph", "pyg"))
    view = View(corpus, partition)
    if library == "pyg":
        from artgraph.graph.typed import hetero_data

        ids = corpus.paintings["id"].tolist()
        return hetero_data(view.X, view.style, view.artist_edges, labels=view.labels, layout=view.layout, ids=ids)
    make = to_networkx if library == "networkx" else to_igraph
    return make(view.style, view.placed(view.table), artist_adjacency=view.artist_edges)


def _anndata(view: View, out: Path) -> None:
    from artgraph.export import to_anndata, write_h5ad

    data = to_anndata(
        view.X,
        view.table.drop(columns="cluster"),
        adjacency=view.style,
        neighbors=(view.neighbors["indices"], view.neighbors["distances"]),
        labels=view.labels,
        layout=view.layout,
        features={key: view.corpus.get("features", key) for key in view.beside},
        membership=view.stored_membership.get("membership"),
        artist_adjacency=view.artist_edges,
        params=view.lineage.known(Ref("graphs", view.graph))["facts"].get("source") or view.graph_params,
    )
    write_h5ad(out, data)


def _embedding_atlas(view: View, out: Path, *, pictures: bool) -> None:
    from artgraph.export import write_embedding_atlas

    clusters = [f"{label:02d}" if label >= 0 else None for label in view.labels]  # text: a category, not a quantity
    write_embedding_atlas(
        out,
        trimmed(view).assign(cluster=clusters),
        layout=view.layout,
        neighbors=(view.neighbors["indices"], view.neighbors["distances"]),
        pictures=[thumbnail(view.corpus, row) for row in range(len(view.corpus))] if pictures else None,
    )


def _vikus(view: View, out: Path, *, pictures: bool, report: Callable[[int, int], None] | None) -> None:
    from artgraph.export.viewers import vikus_names, write_jpegs, write_vikus
    from artgraph.images import resize_contain

    corpus = view.corpus
    table = view.table.drop(columns=[name for name in (*OWN_USE, "cluster", "image", "year") if name in view.table])
    years, title = view.catalogue.years, corpus.path.resolve().name
    write_vikus(out, table, layouts={"map": view.layout}, labels=view.labels, years=years, title=title)
    if pictures:

        def read(row: int) -> np.ndarray | None:
            found = picture(corpus, row, min_side=1024)
            return None if found is None else resize_contain(found, 1024)

        write_jpegs(out / "pictures", vikus_names(corpus.paintings["id"]), read, report=report)


def _iiif(view: View, out: Path, base: str, image_url: str | None) -> dict[str, Any]:
    from artgraph.addresses import is_address
    from artgraph.atlas.iiif import iiif_services
    from artgraph.export.cells import column_values
    from artgraph.export.iiif import addresses_of, write_iiif

    corpus, table = view.corpus, view.table
    values = {name: column_values(table[name]) for name in table}
    columns = {name: column for name, column in values.items() if any(isinstance(one, str) for one in column)}
    pictures = [next(filter(None, found), None) for found in zip(
        addresses_of(columns, "picture_url"), addresses_of(columns, "image_url"), strict=True
    )]  # fmt: skip
    services = iiif_services(columns)
    if image_url:
        place = image_url.rstrip("/")
        if not is_address(place):
            raise InputError(f"--image-url is an address on the web, not '{image_url}'")
        thumbs = [f"{place}/{quote(digest)}.webp" for digest in corpus.paintings["image_sha256"]]
        services = services or [None] * len(thumbs)
        rows = zip(pictures, services, thumbs, strict=True)
        pictures = [own or (None if service else thumb) for own, service, thumb in rows]
    sizes = None
    if corpus.has_pictures:
        sizes = corpus.paintings[["image_width", "image_height"]].to_numpy()
    counts = write_iiif(
        out,
        table,
        labels=view.labels,
        base=base,
        services=services,
        pictures=pictures,
        sizes=sizes,
        typicality=view.typicality,
        names=view.names,
        title=f"{corpus.path.resolve().name}: {view.partition}",
    )
    return counts | {"address": f"{base}/collection.json"}
