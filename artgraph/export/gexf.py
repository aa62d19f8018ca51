"""A graph of paintings as GEXF 1.3, for Gephi and for whatever else reads it."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.atomic import atomic_path
from artgraph.checks import check_labels
from artgraph.colors import cluster_color, hex_to_rgb
from artgraph.errors import InputError
from artgraph.export.cells import BLOCK, Column, edge_layers, labels_by_block, node_columns, node_ids, xml_text

__all__ = ["write_gexf"]

# what Gephi and networkx call their own
_RESERVED = ("id", "label", "timeset", "interval", "viz", "pid", "parents", "spells", "slices", "start", "end")
_LINES = 10_000
Part = Callable[[int, int], list[str]]  # what is drawn of the nodes from one row to another


def write_gexf(
    path: str | Path,
    adjacency: sp.spmatrix,
    attributes: pd.DataFrame,
    *,
    artist_adjacency: sp.spmatrix | None = None,
    labels: np.ndarray | None = None,
    layout: np.ndarray | None = None,
    sizes: np.ndarray | None = None,
    colors: Sequence[str] | None = None,
    years: np.ndarray | None = None,
    title: str = "",
    modified: datetime.date | str | None = None,
    scale: float = 1000.0,
) -> None:
    """Write paintings and their links as GEXF 1.3 (https://gexf.net).

    The same arguments give the same bytes. Nodes and edges are written a block at a time, so the file may be larger
    than memory; it appears under its name when it is complete. Edges have the attribute ``kind`` twice: GEXF's own, by
    which Gephi tells parallel edges apart, and an ordinary edge attribute for readers that skip the former, such as
    networkx. Colours are written as r, g, b, which the schema allows beside ``hex`` and which all readers know.
    Characters that XML 1.0 cannot hold are removed from all text.

    Parameters
    ----------
    path : of the file.
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0; each pair i < j with a weight above 0 is one edge of
        kind "style".
    attributes : n rows; ``id`` (unique text) becomes the node id; ``title`` and ``artist``, where present, make the
        node's label "title (artist)". Every column but ``id`` becomes a node attribute of one type: boolean, integer
        (long where 32 bits are too few), double or string, under its own name, or name_2 where Gephi or networkx use
        that name themselves or where two names differ only in case. Missing values (None, NaN, infinity, empty text)
        are left out. Give ``image`` (relative path) and ``url`` here.
    artist_adjacency : a second layer, as adjacency, edges of kind "artist"; a pair in both has two parallel edges.
    labels : (n,) int, partition: integer attribute ``cluster``, left out where negative.
    layout : (n, 2) float, positions, finite.
    sizes : (n,) float, at least 0, in Gephi's unit. None: 10 for all, Gephi's own default.
    colors : "#rrggbb" for each painting. None: the colours of the clusters, if there are labels.
    years : (n,) float, when each was painted; NaN for unknown. The graph becomes one over time, in which a painting is
        there for its year: Gephi shows a timeline.
    title : description of the file.
    modified : date of the graph. None: no date is written.
    scale : Gephi's units per unit of the layout: 1000 puts a layout in -1 ... 1 where nodes of size 10 lie apart.
    """
    frame = attributes.reset_index(drop=True)
    n = len(frame)
    layers = edge_layers(adjacency, artist_adjacency, n)
    ids = [_quote(text) for text in node_ids(frame)]
    if len(set(ids)) < len(ids) or '""' in ids:
        raise InputError("The ids are not unique without characters that XML cannot hold, or one is empty.")
    clusters = None if labels is None else check_labels(labels, n)
    if colors is None and clusters is not None:
        named = {label: cluster_color(label) for label in np.unique(clusters).tolist()}
        colors = [named[label] for label in clusters.tolist()]
    parts = [_spells(years, n), _colors(colors, n), _positions(layout, n, scale), _sizes(sizes, n)]
    own = [] if clusters is None else [Column.of("cluster", pd.Series(clusters).where(clusters >= 0))]
    columns = own + node_columns(frame, taken=[*_RESERVED, *(one.name for one in own)])
    mode = "static" if years is None else "dynamic"
    time = ' timeformat="double" timerepresentation="interval"' if mode == "dynamic" else ""
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
        f"<meta{_date(modified)}>\n<creator>artgraph</creator>",
        *([f"<description>{_quote(title)[1:-1]}</description>"] if title else []),
        "</meta>",
        f'<graph mode="{mode}" defaultedgetype="undirected" idtype="string"{time}>',
        '<attributes class="node" mode="static">',
        *(f'<attribute id={_quote(v.name)} title={_quote(v.name)} type="{v.kind}"/>' for v in columns),
        "</attributes>",
        '<attributes class="edge" mode="static">\n<attribute id="kind" title="kind" type="string"/>\n</attributes>',
        f'<nodes count="{n}">',
    ]
    middle = ["</nodes>", f'<edges count="{sum(upper.nnz for _, upper in layers)}">']
    nodes, edges = _nodes(frame, ids, columns, parts), _edges(ids, layers)
    lines = chain(head, nodes, middle, edges, ["</edges>", "</graph>", "</gexf>"])
    with atomic_path(path) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
        while chunk := list(islice(lines, _LINES)):
            file.write("\n".join(chunk) + "\n")


def _nodes(frame: pd.DataFrame, ids: list[str], columns: list[Column], parts: list[Part]) -> Iterator[str]:
    names, labels = [_quote(one.name) for one in columns], labels_by_block(frame)
    for start in range(0, len(ids), BLOCK):
        stop = min(start + BLOCK, len(ids))
        named = list(map(_quote, labels(start, stop)))
        rows = zip(*(one.block(start, stop) for one in columns), strict=True) if columns else [()] * len(named)
        drawn = zip(*(part(start, stop) for part in parts), strict=True) if parts else [()] * len(named)
        for node, label, row, more in zip(ids[start:stop], named, rows, drawn, strict=True):
            cells = [(name, _value(value)) for name, value in zip(names, row, strict=True)]
            inner = "".join(f"<attvalue for={name} value={value}/>" for name, value in cells if value != '""')
            inner = f"<attvalues>{inner}</attvalues>" if inner else ""
            yield f"<node id={node} label={label}>{inner}{''.join(more)}</node>"


def _edges(ids: list[str], layers: list[tuple[str, sp.coo_array]]) -> Iterator[str]:
    number = 0
    for kind, upper in layers:
        tail = f'kind="{kind}"><attvalues><attvalue for="kind" value="{kind}"/></attvalues></edge>'
        for start in range(0, upper.nnz, BLOCK):
            part = slice(start, start + BLOCK)
            row, column, weights = upper.row[part].tolist(), upper.col[part].tolist(), map(str, upper.data[part])
            for i, j, weight in zip(row, column, weights, strict=True):
                yield f'<edge id="{number}" source={ids[i]} target={ids[j]} weight="{weight}" {tail}'
                number += 1


def _quote(text: str) -> str:
    return quoteattr(xml_text(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;", '"': "&quot;"})


def _value(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: '""', True: '"true"', False: '"false"'}[value]
    return _quote(value) if isinstance(value, str) else f'"{value!r}"'


def _nothing(start: int, stop: int) -> list[str]:
    return [""] * (stop - start)


def _colors(colors: Sequence[str] | None, n: int) -> Part:
    if colors is None:
        return _nothing
    if len(colors) != n:
        raise InputError(f"colors must be {n} texts like '#1f77b4', one for each painting.")
    channels = hex_to_rgb(colors)
    return lambda start, stop: [f'<viz:color r="{r}" g="{g}" b="{b}"/>' for r, g, b in channels[start:stop].tolist()]


def _positions(layout: np.ndarray | None, n: int, scale: float) -> Part:
    if layout is None:
        return _nothing
    xy = np.asarray(layout, dtype=np.float64)
    if xy.shape != (n, 2) or not np.isfinite(xy).all():
        raise InputError(f"layout has shape {xy.shape}; expected finite positions ({n}, 2).")
    return lambda start, stop: [
        f'<viz:position x="{x:.3f}" y="{y:.3f}" z="0.0"/>' for x, y in (xy[start:stop] * scale + 0.0).tolist()
    ]


def _spells(years: np.ndarray | None, n: int) -> Part:
    if years is None:
        return _nothing
    values = np.asarray(years, dtype=np.float64)
    if values.shape != (n,) or np.isinf(values).any():
        raise InputError(f"years have shape {values.shape}; expected {n} finite numbers, or NaN for unknown.")
    spell = '<spells><spell start="{}" end="{}"/></spells>'
    return lambda start, stop: [
        "" if np.isnan(year) else spell.format(year, year + 1) for year in np.floor(values[start:stop]).tolist()
    ]


def _sizes(sizes: np.ndarray | None, n: int) -> Part:
    values = np.full(n, 10.0) if sizes is None else np.asarray(sizes, dtype=np.float64)
    if values.shape != (n,) or not np.isfinite(values).all() or (values < 0).any():
        raise InputError(f"sizes have shape {values.shape}; expected {n} finite numbers of at least 0.")
    return lambda start, stop: [f'<viz:size value="{size:g}"/>' for size in values[start:stop].tolist()]


def _date(modified: datetime.date | str | None) -> str:
    if modified is None:
        return ""
    try:
        day = datetime.date.fromisoformat(modified) if isinstance(modified, str) else modified
        return f' lastmodifieddate="{day:%Y-%m-%d}"'
    except (TypeError, ValueError):
        raise InputError(f"modified is {modified!r}; expected a date, such as '2024-05-31'.") from None
