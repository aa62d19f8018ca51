"""A partition, its graph and its map, as files for programs that draw graphs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from artgraph.stages.pictures import thumbnail_pixels
from artgraph.stages.view import View, with_free_names

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from artgraph.corpus import Corpus

__all__ = ["OWN_USE", "WRITERS", "for_graphs", "trimmed"]

OWN_USE = ("image_sha256", "image_bytes", "image_format", "image_mode", "image_dhash", "metadata_line")


def for_graphs(
    view: View, folder: Path, *, pictures: bool, image_url: str | None, report: Callable[[int, int], None] | None
) -> pd.DataFrame:
    """Return the table as people see it in Gephi, without what only artgraph needs.

    ``image`` is a file to show, relative to ``folder``; the original is ``file``.

    Parameters
    ----------
    view, folder, report
    pictures, image_url : As for ``export``.
    """
    corpus = view.corpus
    if not corpus.has_pictures:
        return trimmed(view)
    names = [f"{digest}.webp" for digest in corpus.paintings["image_sha256"]]
    table = trimmed(view)
    if pictures:
        written = _write_thumbnails(corpus, folder / f"{view.partition}-pictures", report)
        table["image"] = [f"{view.partition}-pictures/{name}" if name else None for name in written]
    else:
        thumbs = Path(os.path.relpath(corpus.path.resolve() / "thumbs", folder.resolve())).as_posix()
        there = set(os.listdir(corpus.path / "thumbs")) if (corpus.path / "thumbs").is_dir() else set()
        table["image"] = [f"{thumbs}/{name}" if name in there else None for name in names]
    if image_url and "image_url" not in table:
        table["image_url"] = [f"{image_url.rstrip('/')}/{quote(name)}" for name in names]
    return table


def trimmed(view: View, also: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the table of a ``view`` without what only artgraph needs, nor ``also``; the original is ``file``."""
    table = view.table.drop(columns=[name for name in (*OWN_USE, *also) if name in view.table])
    if not view.corpus.has_pictures:
        return table
    return with_free_names(table, ("file",)).rename(columns={"image": "file"})


def _write_thumbnails(corpus: Corpus, folder: Path, report: Callable[[int, int], None] | None) -> list[str | None]:
    """Write the thumbnails as JPEGs; return the name of each, None where a painting has none."""
    from artgraph.export import write_jpegs

    def read(row: int) -> np.ndarray | None:
        return thumbnail_pixels(corpus, row)

    return write_jpegs(folder, corpus.paintings["image_sha256"], read, report=report)


def _gexf(view: View, out: Path, table: pd.DataFrame, timeline: bool) -> None:
    from artgraph.export import write_gexf

    write_gexf(
        out,
        view.style,
        table,
        title=f"{view.corpus.path.resolve().name}: {view.partition}",
        layout=view.layout,
        sizes=view.sizes,
        colors=view.colors,
        years=view.catalogue.years if timeline else None,
        artist_adjacency=view.artist_edges,
        scale=view.scale,
    )


def _gexf_clusters(view: View, out: Path, table: pd.DataFrame, timeline: bool) -> None:
    import numpy as np

    from artgraph.colors import cluster_color
    from artgraph.export import write_gexf
    from artgraph.export.clusters import cluster_graph
    from artgraph.interpret import exemplars

    best = exemplars(view.typicality, view.labels, view.catalogue.artists)
    graph, nodes = cluster_graph(view.style, view.labels, best, typicality=view.typicality, names=view.names)
    works, rows = (nodes["kind"] == "work").to_numpy(), nodes["row"].to_numpy()
    known = table.iloc[rows[works]].drop(columns="cluster").set_axis(np.flatnonzero(works))
    nodes = nodes.drop(columns="row").assign(**{name: None for name in known if name not in nodes})
    for name in known:
        nodes.loc[works, name] = known[name].astype(object)
    middle = [np.median(view.layout[view.labels == label], axis=0) for label in nodes["cluster"][~works]]
    layout = np.concatenate([np.array(middle).reshape(-1, 2), view.layout[rows[works]]])
    largest = np.sqrt(nodes["works"].max()) if len(nodes) else 1
    sizes = np.where(works, 8.0, 20 + 60 * np.sqrt(nodes["works"].to_numpy(dtype=float)) / largest)
    colors = [cluster_color(label) for label in nodes["cluster"].tolist()]
    title = f"{view.corpus.path.resolve().name}: clusters of {view.partition}"
    write_gexf(out, graph, nodes, title=title, layout=layout, sizes=sizes, colors=colors, scale=2000.0)


def _graphml(view: View, out: Path, table: pd.DataFrame, timeline: bool) -> None:
    from artgraph.colors import hex_to_rgb
    from artgraph.export import write_graphml

    channels = dict(zip("rgb", hex_to_rgb(view.colors).T.astype(int).tolist(), strict=True))
    table = with_free_names(view.placed(table), tuple(channels)).assign(**channels)
    write_graphml(out, view.style, table, artist_adjacency=view.artist_edges)


def _gephi_csv(view: View, out: Path, table: pd.DataFrame, timeline: bool) -> None:
    from artgraph.export import write_gephi_csv

    write_gephi_csv(out, view.style, view.placed(table), artist_adjacency=view.artist_edges)


def _gephi_lite(view: View, out: Path, table: pd.DataFrame, timeline: bool) -> None:
    from artgraph.export import write_gephi_lite

    write_gephi_lite(
        out,
        view.style,
        table.drop(columns="cluster"),
        title=f"{view.corpus.path.resolve().name}: {view.partition}",
        labels=view.labels,
        cluster_names=view.names,
        layout=view.layout,
        sizes=view.sizes,
        artist_adjacency=view.artist_edges,
        scale=view.scale,
    )


WRITERS = {
    "gexf": _gexf,
    "gexf-clusters": _gexf_clusters,
    "graphml": _graphml,
    "gephi-csv": _gephi_csv,
    "gephi-lite": _gephi_lite,
}
