"""A partition and everything around it, as the exports show it."""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from artgraph.stages.base import adjacency_of, features_of
from artgraph.stages.layout import view

__all__ = ["Seen", "placed", "scale", "seen_of", "with_room"]

_SPACE = 20.0  # units of Gephi between neighbours on the map, where a painting has a radius of 4 to 10


class Seen(NamedTuple):
    """A partition and everything around it.

    Attributes
    ----------
    partition, graph : str
    table : DataFrame, n rows
        ``id``, ``cluster``, ``typicality``, ``confidence``, ``second``, ``role``, ``year``, then the columns of the
        corpus. Where the partition stores no membership, the confidence is the share of a painting's links, by weight,
        that stay in its cluster.
    labels, years, sizes : (n,) int, float, float
    on : tuple of str
        Keys of the features that the partition, or its graph, was made from.
    X : (n, d) float32
        These, fused.
    style, links : (n, n) CSR
        The layer of style and, or None, that of works by the same hand.
    near : dict
        Neighbour lists: ``indices`` and ``distances``, (n, k).
    layout : (n, 2) float32
    colors : list of str, length n
    """

    partition: str
    graph: str
    table: object
    labels: np.ndarray
    years: np.ndarray
    on: tuple
    X: np.ndarray
    style: object
    links: object
    near: dict
    layout: np.ndarray
    sizes: np.ndarray
    colors: list


def seen_of(corpus, partition):
    """Return a partition of a corpus and everything around it (Seen), none of it stale."""
    from artgraph.colors import cluster_color
    from artgraph.dates import parse_years
    from artgraph.export import paintings_table
    from artgraph.interpret import typicality

    graph, labels, on, layout = view(corpus, partition)
    X = features_of(corpus, on)
    style, params = corpus.get("graphs", graph), corpus.label("graphs", graph)["made_by"]["params"]
    years = parse_years(corpus.paintings["date"])
    table = paintings_table(
        corpus.paintings,
        labels,
        scores={
            "typicality": typicality(X, labels),
            **_membership(corpus, partition, graph, labels),
            "year": np.floor(years),
        },
    )
    table["year"] = table["year"].astype("Int64")
    table["second"] = table["second"].astype("Int64").mask(table["second"] < 0)
    degree = np.asarray(style.sum(axis=1)).ravel()
    return Seen(
        partition=partition,
        graph=graph,
        table=table,
        labels=labels,
        years=years,
        on=on,
        X=X,
        style=style,
        links=corpus.get("graphs", graph, "artists") if params.get("artist_edges") else None,
        near=corpus.get("graphs", graph, "knn"),
        layout=layout,
        sizes=4 + 6 * degree / max(degree.max(initial=0), 1e-9),
        colors=[cluster_color(label) for label in labels],
    )


def _membership(corpus, partition, graph, labels):
    """Return confidence, second cluster (-1: none) and role of each painting (dict of arrays)."""
    from artgraph.communities.membership import ROLES, assign_roles, graph_membership

    if f"{partition}.membership.npz" in corpus.label("partitions", partition)["files"]:
        stored = corpus.get("partitions", partition, "membership")
    else:
        stored = assign_roles(graph_membership(adjacency_of(corpus, graph), labels), labels)._asdict()
    roles = np.array(ROLES, dtype=object)[stored["role"]]
    return {"confidence": stored["confidence"], "second": stored["second"], "role": roles}


def placed(seen, table):
    """Return a table of the paintings that are seen, with columns x, y, size and color, as Gephi counts."""
    xy, table = seen.layout * scale(seen.layout), with_room(table, ("x", "y", "size", "color"))
    return table.assign(x=xy[:, 0].astype(float), y=xy[:, 1].astype(float), size=seen.sizes, color=seen.colors)


def with_room(table, names):
    """Return a table whose columns have none of these names; those that had are called name_2.

    Parameters
    ----------
    table : DataFrame
    names : sequence of str
    """
    from artgraph.export.cells import free_names

    return table.set_axis(free_names(table.columns, names), axis=1)


def scale(layout):
    """Return by how much Gephi's unit is smaller than that of a layout, so that paintings do not lie on each other.

    Parameters
    ----------
    layout : (n, 2) float

    Returns
    -------
    float
        20 over the median distance to the nearest painting; 100 where there is none.
    """
    if len(layout) < 2:
        return 100.0
    nearest = float(np.median(cKDTree(layout).query(layout, 2)[0][:, 1]))
    return _SPACE / nearest if nearest > 0 else 100.0
