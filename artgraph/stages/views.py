"""What leaves the corpus for people and other programs: layout, Gephi, CSV, the page to look at."""

import os
from pathlib import Path
from urllib.parse import quote

import numpy as np

from artgraph.errors import InputError
from artgraph.stages.base import Made, adjacency_of, features_of, graph_of, make

__all__ = ["FORMATS", "atlas", "export", "layout"]

FORMATS = ("gexf", "csv")


def layout(corpus, *, graph="style", seed=0):
    """Place every painting on a plane, linked works near each other.

    Parameters
    ----------
    corpus : Corpus
    graph : str
    seed : int

    Returns
    -------
    Made
        ``layouts/<graph>``: (n, 2) float32 in [-1, 1].
    """
    from artgraph.layouts import graph_layout, spread

    def compute():
        return {"": spread(graph_layout(adjacency_of(corpus, graph), seed=seed))}, {}

    return make(
        corpus,
        "layouts",
        graph,
        function="artgraph.layouts.graph_layout",
        params={"seed": seed},
        refs=[f"graphs/{graph}"],
        compute=compute,
    )


def _view(corpus, partition):
    """Return graph key, labels, fused features and layout of a partition, none of them stale."""
    corpus.inputs(f"partitions/{partition}")
    graph = graph_of(corpus, partition)
    layout(corpus, graph=graph)
    X = features_of(corpus, corpus.label("graphs", graph)["made_by"]["params"]["on"])
    return graph, corpus.get("partitions", partition), X, corpus.get("layouts", graph)


def _thumbnail(corpus, row):
    file = corpus.path / "thumbs" / f"{corpus.paintings['image_sha256'].iloc[row]}.webp"
    return file.read_bytes() if file.is_file() else None


def _href(corpus, row, folder):
    """Return the address of the original picture, relative to a folder; None where it lies on another drive."""
    try:
        relative = os.path.relpath(corpus.image_root / corpus.paintings["image"].iloc[row], folder)
    except ValueError:
        return None
    return quote(Path(relative).as_posix(), errors="surrogateescape")


def export(corpus, *, to="gexf", partition="leiden", out=None):
    """Write the graph for Gephi (GEXF 1.3), or the table of paintings with their clusters (CSV for Excel).

    Parameters
    ----------
    corpus : Corpus
    to : {"gexf", "csv"}
    partition : str
    out : str or Path, optional
        Default: ``exports/<partition>.<to>`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the file.
    """
    from artgraph.colors import NO_CLUSTER, cluster_colors
    from artgraph.export import paintings_table, write_csv, write_gexf
    from artgraph.interpret import typicality

    if to not in FORMATS:
        raise InputError(f"There is no export format '{to}' (there are: {', '.join(FORMATS)})")
    graph, labels, X, positions = _view(corpus, partition)
    out = Path(out) if out else corpus.path / "exports" / f"{partition}.{to}"
    out.parent.mkdir(parents=True, exist_ok=True)
    table = paintings_table(corpus.paintings, labels, scores={"typicality": typicality(X, labels)})
    if to == "csv":
        write_csv(out, table)
    else:
        style = corpus.get("graphs", graph)
        links = None
        if corpus.label("graphs", graph)["made_by"]["params"].get("artist_edges"):
            links = corpus.get("graphs", graph, "artists")
        palette = cluster_colors(int(labels.max(initial=-1)) + 1)
        degree = np.asarray(style.sum(axis=1)).ravel()
        write_gexf(
            out,
            style,
            table,
            title=f"{corpus.path.resolve().name}: {partition}",
            layout=positions,
            sizes=4 + 8 * degree / max(degree.max(initial=0), 1e-9),
            colors=[palette[label] if label >= 0 else NO_CLUSTER for label in labels],
            artist_adjacency=links,
        )
    return Made("export", str(out), True, {"n": len(corpus), "format": to})


def atlas(corpus, *, partition="leiden", out=None, images=True):
    """Write the page to look at: a folder whose index.html opens by double-click.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    out : str or Path, optional
        Default: ``atlas`` in the corpus.
    images : bool
        False makes an atlas that carries no pictures.

    Returns
    -------
    Made
        ``key`` is the path of index.html.
    """
    from artgraph.atlas import write_atlas
    from artgraph.interpret import palette, typicality
    from artgraph.stages.info import provenance

    graph, labels, X, positions = _view(corpus, partition)
    out = Path(out) if out else corpus.path / "atlas"
    typical = typicality(X, labels)
    near = corpus.get("graphs", graph, "knn")
    clusters = []
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        exemplars = members[np.argsort(-typical[members], kind="stable")][:12]
        pictures = [picture for row in exemplars if (picture := _thumbnail(corpus, row))] if images else []
        clusters.append({"label": label, "name": None, "palette": palette(pictures), "sentence": ""})
    styled = corpus.paintings["style"].notna().any()
    index = write_atlas(
        out,
        corpus.paintings,
        labels,
        title=corpus.path.resolve().name,
        thumbnails=lambda row: _thumbnail(corpus, row),
        sources=lambda row: _href(corpus, row, out.resolve()),
        layout=positions,
        neighbors=(near["indices"], np.clip(1 - near["distances"], 0, 1)),
        typicality=typical,
        clusters=clusters,
        reference="style" if styled else None,
        provenance=provenance(corpus, partition),
        images=images,
    )
    return Made("atlas", str(index), True, {"n": len(corpus), "clusters": len(clusters)})
