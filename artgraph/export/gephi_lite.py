"""A graph of paintings as a workspace of Gephi Lite, with the appearance that GEXF cannot tell it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.addresses import is_address
from artgraph.atomic import atomic_path
from artgraph.checks import check_labels
from artgraph.colors import cluster_color
from artgraph.errors import InputError
from artgraph.export.cells import edge_layers, node_columns, node_ids, node_labels, xml_text

__all__ = ["write_gephi_lite"]

VERSION = "1.0.2"  # of Gephi Lite, whose published schema of this format was followed
_OWN = ("label", "size", "cluster")
_EDGE_COLORS = {"style": "#cccccc", "artist": "#b08d57"}
_EDGE_SIZES = {"minSize": 0.5, "maxSize": 3, "missingSize": 0.5}


def write_gephi_lite(
    path: str | Path,
    adjacency: sp.spmatrix,
    attributes: pd.DataFrame,
    *,
    labels: np.ndarray,
    layout: np.ndarray,
    sizes: np.ndarray,
    artist_adjacency: sp.spmatrix | None = None,
    cluster_names: dict[int, str] | None = None,
    title: str = "",
    scale: float = 1000.0,
) -> None:
    """Write paintings and their links as a workspace of Gephi Lite (JSON): data, fields, layout and appearance.

    Gephi Lite colours the nodes of a GEXF file by a palette of its own; a workspace keeps that of the clusters. Sizes
    are those given, labels are "title (artist)", the two kinds of links have their colour, and where a column
    ``image_url`` has addresses, they are the pictures. Parallel links (by style and by artist) stay two. The same
    arguments give the same bytes.

    Parameters
    ----------
    path : of the file, whose name ends in .json.
    adjacency, artist_adjacency : (n, n), symmetric, as for ``write_gexf``.
    attributes : n rows with ``id``, as for ``write_gexf``. Missing values are left out. Columns of numbers are fields
        of numbers; of text, those of addresses are links, those whose values recur are categories.
    labels : (n,) int, partition: the category ``cluster``, left out where negative.
    layout : (n, 2) float, positions, finite.
    sizes : (n,) float, at least 0, in units of the layout times ``scale``.
    cluster_names : by number; the field ``cluster`` then has "3 name" for "3".
    title : of the workspace.
    scale : units of Gephi Lite in a unit of the layout.

    Raises
    ------
    InputError
        Rows do not match, values are not finite, or ids are not unique.
    """
    frame = attributes.reset_index(drop=True)
    n = len(frame)
    layers = edge_layers(adjacency, artist_adjacency, n)
    ids = [xml_text(text) for text in node_ids(frame)]
    if len(set(ids)) < len(ids) or "" in ids:
        raise InputError("The ids are not unique without characters that text files cannot hold, or one is empty.")
    clusters = check_labels(labels, n)
    places, sizes = np.asarray(layout, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if places.shape != (n, 2) or sizes.shape != (n,) or not (np.isfinite(places).all() and np.isfinite(sizes).all()):
        raise InputError(f"layout and sizes have shapes {places.shape} and {sizes.shape}; expected ({n}, 2) and ({n},)")
    named = {label: f"{label} {name}" for label, name in (cluster_names or {}).items()}
    cluster = [named.get(label, str(label)) if label >= 0 else None for label in clusters.tolist()]
    columns: dict[str, list] = {"label": node_labels(frame), "size": sizes.round(3).tolist(), "cluster": cluster}
    kinds = {"label": "text", "size": "number", "cluster": "category"}
    for column in node_columns(frame, taken=_OWN):
        columns[column.name] = column.block(0, n)
        kinds[column.name] = _kind(column.kind, columns[column.name])
    fields = [_field("nodes", name, kinds[name]) for name in columns]
    links = [
        (str(kind), ids[i], ids[j], float(str(weight)))
        for kind, upper in layers
        for i, j, weight in zip(upper.row.tolist(), upper.col.tolist(), upper.data, strict=True)
    ]
    workspace = {
        "type": "gephi-lite",
        "version": VERSION,
        "graphDataset": {
            "nodeData": {
                node: {name: _text(values[row]) for name, values in columns.items() if values[row] is not None}
                for row, node in enumerate(ids)
            },
            "edgeData": {str(at): {"weight": link[3], "kind": link[0]} for at, link in enumerate(links)},
            "layout": {
                node: {"x": x, "y": y}
                for node, (x, y) in zip(ids, (places * scale + 0.0).round(3).tolist(), strict=True)
            },
            "metadata": {"title": xml_text(title)},
            "nodeFields": fields,
            "edgeFields": [_field("edges", "weight", "number"), _field("edges", "kind", "category")],
            "fullGraph": {
                "attributes": {},
                "options": {"type": "undirected", "multi": True, "allowSelfLoops": False},
                "nodes": [{"key": node} for node in ids],
                "edges": [
                    {"key": str(at), "source": source, "target": target, "undirected": True}
                    for at, (_, source, target, _) in enumerate(links)
                ],
            },
        },
        "filters": {"filters": []},
        "appearance": _appearance(fields, dict(zip(cluster, clusters.tolist(), strict=True))),
    }
    text = json.dumps(workspace, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    with atomic_path(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _field(items: str, name: str, kind: str) -> dict[str, str]:
    return {"id": name, "itemType": items, "type": kind}


def _kind(kind: str, values: list) -> str:
    """Return how Gephi Lite is to read a column of GEXF's ``kind``: what recurs is a category, as it would guess."""
    if kind != "string":
        return "boolean" if kind == "boolean" else "number"
    there = [value for value in values if value is not None]
    if there and all(map(is_address, there)):
        return "url"
    return "category" if 1 < len(set(there)) < len(there) ** 0.75 else "text"


def _appearance(fields: Sequence[dict[str, str]], clusters: dict[str | None, int]) -> dict[str, Any]:
    """Return what is drawn how; ``clusters`` has the number of each value of the field ``cluster``."""
    known = {one["id"]: one for one in fields}
    palette = {name or "": cluster_color(label) for name, label in sorted(clusters.items(), key=lambda one: one[1])}
    none = cluster_color(-1)
    edges = {name: _field("edges", name, kind) for name, kind in (("weight", "number"), ("kind", "category"))}
    label = {"type": "fixed", "value": 14, "zoomCorrelation": 0, "density": 1}
    image = {"type": "none"}
    if known.get("image_url", {}).get("type") == "url":
        image = {"type": "field", "field": known["image_url"], "missingValue": None}
    return {
        "showEdges": {"value": True},
        "backgroundColor": "#ffffff",
        "layoutGridColor": "#666666",
        "nodesSize": {"type": "ranking", "field": known["size"], "missingSize": 4},
        "nodesColor": {
            "type": "partition",
            "field": known["cluster"],
            "colorPalette": palette,
            "missingColor": none,
        },
        "nodesLabel": {"type": "field", "field": known["label"], "missingValue": None},
        "nodesLabelSize": label,
        "nodesLabelEllipsis": {"type": "ellipsis", "enabled": True, "maxLength": 40},
        "nodesImage": image,
        "edgesSize": {"type": "ranking", "field": edges["weight"], **_EDGE_SIZES},
        "edgesColor": {
            "type": "partition",
            "field": edges["kind"],
            "colorPalette": _EDGE_COLORS,
            "missingColor": _EDGE_COLORS["style"],
        },
        "edgesLabel": {"type": "none"},
        "edgesLabelSize": label,
        "edgesLabelEllipsis": {"type": "ellipsis", "enabled": False, "maxLength": 25},
        "edgesZIndex": {"type": "none"},
    }


def _text(value: object) -> object:
    return xml_text(value) if isinstance(value, str) else value
