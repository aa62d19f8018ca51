"""Paintings and their links as a graph of networkx or igraph, and as the two files that follow from it."""

from collections.abc import Sequence
from pathlib import Path

import igraph
import networkx as nx
import pandas as pd
import scipy.sparse as sp

from artgraph.atomic import atomic_path
from artgraph.export.cells import column_values, edge_layers, free_names, node_columns, node_ids, node_labels, xml_text
from artgraph.export.tables import write_csv

__all__ = ["to_igraph", "to_networkx", "write_gephi_csv", "write_graphml"]


def to_networkx(
    adjacency: sp.spmatrix, attributes: pd.DataFrame, *, artist_adjacency: sp.spmatrix | None = None
) -> nx.Graph:
    """Make a networkx graph of paintings and their links, a MultiGraph where there is a second layer.

    Edges have ``weight`` (float) and ``kind`` ("style" or "artist"); in a MultiGraph the kind is also the key.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0; each pair i < j with a weight above 0 is one edge.
    attributes : n rows; ``id`` (unique text) becomes the node; every other column becomes a node attribute of one type
        (bool, int, float or str). Missing values are left out.
    artist_adjacency : (n, n), a second layer, as adjacency.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> pair = sp.csr_array([[0, 0.5], [0.5, 0]])
    >>> graph = to_networkx(pair, pd.DataFrame({"id": ["a", "b"], "year": [1890, None]}))
    >>> graph.nodes["a"], graph.edges["a", "b"]
    ({'year': 1890}, {'weight': 0.5, 'kind': 'style'})
    """
    ids, columns, layers = _parts(adjacency, attributes, artist_adjacency)
    graph = nx.Graph() if artist_adjacency is None else nx.MultiGraph()
    graph.add_nodes_from(ids)
    for name, values in columns.items():
        for node, value in zip(ids, values, strict=True):
            if value is not None:
                graph.nodes[node][name] = value
    for kind, upper in layers:
        for i, j, weight in zip(upper.row.tolist(), upper.col.tolist(), _weights(upper), strict=True):
            key = {} if artist_adjacency is None else {"key": kind}
            graph.add_edge(ids[i], ids[j], weight=weight, kind=kind, **key)
    return graph


def to_igraph(
    adjacency: sp.spmatrix, attributes: pd.DataFrame, *, artist_adjacency: sp.spmatrix | None = None
) -> igraph.Graph:
    """Make an undirected igraph graph of paintings and their links; vertex i is painting i.

    Vertices have ``name`` (the id) and the columns, None where missing; edges have ``weight`` and ``kind``.

    Parameters
    ----------
    adjacency, attributes, artist_adjacency : as for :func:`to_networkx`.
    """
    ids, columns, layers = _parts(adjacency, attributes, artist_adjacency, taken=("name",))
    graph = igraph.Graph(len(ids), vertex_attrs={"name": ids, **columns})
    weights, kinds = [], []
    for kind, upper in layers:
        graph.add_edges(zip(upper.row.tolist(), upper.col.tolist(), strict=True))
        weights += _weights(upper)
        kinds += [kind] * upper.nnz
    graph.es["weight"], graph.es["kind"] = weights, kinds
    return graph


def write_graphml(
    path: str | Path, adjacency: sp.spmatrix, attributes: pd.DataFrame, *, artist_adjacency: sp.spmatrix | None = None
) -> None:
    """Write paintings and their links as GraphML (http://graphml.graphdrawing.org), by networkx, which works in memory.

    The same arguments give the same bytes. The node attribute ``label`` is "title (artist)", as in GEXF; Gephi takes
    positions, sizes and colours from columns ``x``, ``y``, ``size``, ``r``, ``g``, ``b``. Characters that XML 1.0
    cannot hold are removed; ids that are alike without them are refused.

    Parameters
    ----------
    path : of the file.
    adjacency, attributes, artist_adjacency : as for :func:`to_networkx`.
    """
    texts = {
        name: [xml_text(value) if isinstance(value, str) else value for value in column_values(column)]
        for name, column in attributes.items()
    }
    clean = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in texts.items()})
    labels = node_labels(clean)
    clean = clean.set_axis(free_names(clean.columns, ("label",)), axis=1).assign(label=labels)
    graph = to_networkx(adjacency, clean, artist_adjacency=artist_adjacency)
    with atomic_path(path) as temporary:
        nx.write_graphml_xml(graph, temporary)


def write_gephi_csv(
    folder: str | Path, adjacency: sp.spmatrix, attributes: pd.DataFrame, *, artist_adjacency: sp.spmatrix | None = None
) -> None:
    """Write ``nodes.csv`` and ``edges.csv`` as Gephi's spreadsheet import wants them.

    Nodes have ``Id``, ``Label`` ("title (artist)") and the columns; edges have ``Source``, ``Target``, ``Type``,
    ``Kind`` and ``Weight``. Text is made safe for spreadsheets as ``write_csv`` does it, in ids, too, and in both files
    alike. There is no byte order mark, which Gephi takes for a part of the first name. Gephi reads no positions, sizes
    or colours from such files: GEXF carries them.

    Parameters
    ----------
    folder : made where it is missing.
    adjacency, attributes, artist_adjacency : as for :func:`to_networkx`.
    """
    ids, columns, layers = _parts(adjacency, attributes, artist_adjacency, taken=("label",))
    nodes = {"Id": ids, "Label": list(node_labels(attributes)), **columns}
    edges = []
    for kind, upper in layers:
        ends = {"Source": [ids[i] for i in upper.row], "Target": [ids[j] for j in upper.col]}
        edges.append(pd.DataFrame({**ends, "Type": "Undirected", "Kind": kind, "Weight": _weights(upper)}))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "nodes.csv", pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in nodes.items()}), bom=False)
    write_csv(folder / "edges.csv", pd.concat(edges, ignore_index=True), bom=False)


def _parts(
    adjacency: sp.spmatrix, attributes: pd.DataFrame, artist_adjacency: sp.spmatrix | None, *, taken: Sequence[str] = ()
) -> tuple[list[str], dict[str, list], list[tuple[str, sp.coo_array]]]:
    """Return ids (n,), columns (name to list of n), and layers (kind, upper triangle)."""
    ids, frame = node_ids(attributes), attributes.reset_index(drop=True)
    columns = {one.name: one.block(0, len(ids)) for one in node_columns(frame, taken=["id", *taken])}
    return ids, columns, edge_layers(adjacency, artist_adjacency, len(ids))


def _weights(upper: sp.coo_array) -> list[float]:
    return upper.data.astype(str).astype(float).tolist()  # 0.1 of 32 bits is 0.1, not 0.10000000149011612
