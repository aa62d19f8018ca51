"""What other programs read."""

import os
from pathlib import Path

from artgraph.errors import InputError
from artgraph.stages.base import Made
from artgraph.stages.pictures import thumbnail
from artgraph.stages.seen import placed, scale, seen_of, with_room

__all__ = ["FORMATS", "export", "network"]

# how each is called below exports/ in the corpus; those without an ending are folders
FORMATS = {
    "gexf": "{}.gexf",
    "csv": "{}.csv",
    "graphml": "{}.graphml",
    "gephi-csv": "{}-gephi",
    "anndata": "{}.h5ad",
    "embedding-atlas": "{}.parquet",
    "vikus": "{}-vikus",
}
_OWN_USE = ("image_sha256", "image_bytes", "image_format", "image_mode", "image_dhash", "metadata_line")


def export(
    corpus,
    *,
    to="gexf",
    partition="leiden",
    out=None,
    pictures=False,
    timeline=False,
    image_url=None,
    progress=None,
):
    """Write a partition, its graph and its map in the format of another program.

    Parameters
    ----------
    corpus : Corpus
    to : {"gexf", "csv", "graphml", "gephi-csv", "anndata", "embedding-atlas", "vikus"}
        Gephi; Excel; GraphML; Gephi's spreadsheet import; scanpy; Embedding Atlas; VIKUS Viewer.
    partition : str
    out : str or Path, optional
        Default: a file, or for "gephi-csv" and "vikus" a folder, in ``exports`` of the corpus.
    pictures : bool
        Also give the pictures along. "gexf", "graphml" and "gephi-csv": a folder of JPEGs beside the file, since Gephi
        does not read WebP; "embedding-atlas": in the file; "vikus": JPEGs of 1024 pixels for vikus-viewer-script.
    timeline : bool
        "gexf": dated paintings have their year as a time interval.
    image_url : str, optional
        Where the thumbnails (``thumbs`` of the corpus) stand on the web: each painting gets an ``image_url`` below it,
        which Gephi Lite can show. A column ``image_url`` of the table is exported as it is.
    progress : callable(stage, done, total), optional

    Returns
    -------
    Made
        ``key`` is the path of the file or folder.

    Raises
    ------
    InputError
        There is no such format, or it cannot give pictures along.
    ArtgraphError
        "anndata" without the package anndata.
    """
    if to not in FORMATS:
        raise InputError(f"There is no export format '{to}' (there are: {', '.join(FORMATS)})")
    if pictures and to in ("csv", "anndata"):
        raise InputError(f"'{to}' cannot give pictures along; gexf, graphml, gephi-csv, embedding-atlas and vikus can")
    if timeline and to != "gexf":
        raise InputError(f"'{to}' knows no timeline; gexf does")
    out = Path(out) if out else corpus.path / "exports" / FORMATS[to].format(partition)
    out.parent.mkdir(parents=True, exist_ok=True)
    seen = seen_of(corpus, partition)
    report = None if progress is None else lambda done, n: progress("export", done, n)
    given = {"pictures": pictures, "timeline": timeline, "image_url": image_url, "report": report}
    {
        "gexf": _gexf,
        "csv": lambda *_: _csv(seen, out),
        "graphml": _graph_tables,
        "gephi-csv": _graph_tables,
        "anndata": _anndata,
        "embedding-atlas": _embedding_atlas,
        "vikus": _vikus,
    }[to](corpus, seen, out, given)
    return Made("export", str(out), True, {"n": len(corpus), "format": to})


def network(corpus, *, partition="leiden", library="networkx"):
    """Return a partition, its graph and its map as a graph in Python.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    library : {"networkx", "igraph", "pyg"}

    Returns
    -------
    networkx.Graph, networkx.MultiGraph (where works by the same hand are linked, too) or igraph.Graph
        See ``artgraph.export.to_networkx``; nodes also have ``x``, ``y``, ``size`` and ``color``.
    torch_geometric.data.HeteroData
        Features, clusters, places on the map, ids and typed edges: see ``artgraph.graph.typed.hetero_data``.

    Raises
    ------
    InputError
        There is no such library.
    """
    from artgraph.export import to_igraph, to_networkx

    if library not in ("networkx", "igraph", "pyg"):
        raise InputError(f"There is no library '{library}' (there are: networkx, igraph, pyg)")
    seen = seen_of(corpus, partition)
    if library == "pyg":
        from artgraph.graph.typed import hetero_data

        ids = corpus.paintings["id"].tolist()
        return hetero_data(seen.X, seen.style, seen.links, labels=seen.labels, layout=seen.layout, ids=ids)
    table = placed(seen, seen.table)
    make = to_networkx if library == "networkx" else to_igraph
    return make(seen.style, table, artist_adjacency=seen.links)


def _csv(seen, out):
    from artgraph.export import write_csv

    write_csv(out, seen.table)


def _for_graphs(corpus, seen, folder, given):
    """Return the table as people see it in Gephi, without what only artgraph needs.

    ``image`` is a file to show, relative to ``folder``; the original is ``file``.
    """
    from urllib.parse import quote

    names = [f"{digest}.webp" for digest in corpus.paintings["image_sha256"]]
    table = _trimmed(seen)
    if given["pictures"]:
        written = _write_thumbnails(corpus, folder / f"{seen.partition}-pictures", given["report"])
        table["image"] = [f"{seen.partition}-pictures/{name}" if name else None for name in written]
    else:
        thumbs = Path(os.path.relpath(corpus.path.resolve() / "thumbs", folder.resolve())).as_posix()
        there = set(os.listdir(corpus.path / "thumbs")) if (corpus.path / "thumbs").is_dir() else set()
        table["image"] = [f"{thumbs}/{name}" if name in there else None for name in names]
    if given["image_url"] and "image_url" not in table:
        table["image_url"] = [f"{given['image_url'].rstrip('/')}/{quote(name)}" for name in names]
    return table


def _trimmed(seen):
    table = seen.table.drop(columns=[name for name in _OWN_USE if name in seen.table])
    return with_room(table, ("file",)).rename(columns={"image": "file"})


def _write_thumbnails(corpus, folder, report):
    """Write the thumbnails as JPEGs; return the name of each (str), None where a painting has none."""
    from artgraph.export import write_jpegs
    from artgraph.images import load_image

    def read(row):
        data = thumbnail(corpus, row)
        return None if data is None else load_image(data)

    return write_jpegs(folder, corpus.paintings["image_sha256"], read, report=report)


def _gexf(corpus, seen, out, given):
    from artgraph.export import write_gexf

    write_gexf(
        out,
        seen.style,
        _for_graphs(corpus, seen, out.parent, given),
        title=f"{corpus.path.resolve().name}: {seen.partition}",
        layout=seen.layout,
        sizes=seen.sizes,
        colors=seen.colors,
        years=seen.years if given["timeline"] else None,
        artist_adjacency=seen.links,
        scale=scale(seen.layout),
    )


def _graph_tables(corpus, seen, out, given):
    from artgraph.export import write_gephi_csv, write_graphml

    folder = out.parent if out.suffix else out
    table = placed(seen, _for_graphs(corpus, seen, folder, given))
    if out.suffix:
        channels = {name: [int(c[k : k + 2], 16) for c in seen.colors] for name, k in (("r", 1), ("g", 3), ("b", 5))}
        write_graphml(out, seen.style, with_room(table, channels).assign(**channels), artist_adjacency=seen.links)
    else:
        write_gephi_csv(out, seen.style, table, artist_adjacency=seen.links)


def _anndata(corpus, seen, out, given):
    from artgraph.export import to_anndata, write_h5ad

    params = corpus.label("graphs", seen.graph)["made_by"]["params"]
    data = to_anndata(
        seen.X,
        seen.table.drop(columns="cluster"),
        adjacency=seen.style,
        neighbors=(seen.near["indices"], seen.near["distances"]),
        labels=seen.labels,
        layout=seen.layout,
        features={key: corpus.get("features", key) for key in seen.on},
        artist_adjacency=seen.links,
        params=params,
    )
    write_h5ad(out, data)


def _embedding_atlas(corpus, seen, out, given):
    from artgraph.export import write_embedding_atlas

    table = _trimmed(seen)
    clusters = [f"{label:02d}" if label >= 0 else None for label in seen.labels]  # text: a category, not a quantity
    pictures = None
    if given["pictures"]:
        pictures = [thumbnail(corpus, row) for row in range(len(corpus))]
    near = seen.near["indices"], seen.near["distances"]
    write_embedding_atlas(out, table.assign(cluster=clusters), layout=seen.layout, neighbors=near, pictures=pictures)


def _vikus(corpus, seen, out, given):
    from artgraph.export import vikus_names, write_jpegs, write_vikus
    from artgraph.images import load_image, resize_contain

    table = seen.table.drop(columns=[name for name in (*_OWN_USE, "cluster", "image", "year") if name in seen.table])
    title = corpus.path.resolve().name
    write_vikus(out, table, layouts={"map": seen.layout}, labels=seen.labels, years=seen.years, title=title)
    if given["pictures"]:
        files = [corpus.image_root / image for image in corpus.paintings["image"]]

        def read(row):
            return resize_contain(load_image(files[row], min_side=1024), 1024)

        write_jpegs(out / "pictures", vikus_names(corpus.paintings["id"]), read, report=given["report"])
