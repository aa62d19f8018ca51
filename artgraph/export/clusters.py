"""Clusters and their typical works as a graph, where the graph of all works is too large to look at."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.checks import check_adjacency, check_labels
from artgraph.communities.labels import one_hot

__all__ = ["GEPHI_ELEMENTS", "cluster_graph", "too_large_for_gephi"]

GEPHI_ELEMENTS = 1_000_000
"""Nodes and links together; "networks up to a million elements" (https://github.com/gephi/gephi)."""


def too_large_for_gephi(n: int, links: int) -> bool:
    """Return whether ``n`` nodes and their ``links`` are more than Gephi says that it shows."""
    return n + links > GEPHI_ELEMENTS


def cluster_graph(
    adjacency: sp.spmatrix,
    labels: np.ndarray,
    exemplars: Mapping[int, Sequence[int]],
    *,
    typicality: np.ndarray,
    names: Mapping[int, str] | None = None,
) -> tuple[sp.csr_array, pd.DataFrame]:
    """Make a graph of k clusters and m typical works: (k + m, k + m) CSR, and a table of what its nodes are.

    The weight between two clusters is that of the links between their works, as a share of all links that leave the one
    that fewer leave. A work is linked to its cluster by its typicality, and to other typical works as in ``adjacency``.

    The table has ``id``, ``kind`` ("cluster" or "work"), ``cluster``, ``works`` (in the cluster), ``row`` (of the work,
    -1 for clusters) and ``title`` (of a cluster: its name, or "Cluster 3").

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    labels : (n,) int; negative: no cluster.
    exemplars : rows of each cluster, as from ``artgraph.interpret.exemplars``.
    typicality : (n,) float.
    names : of clusters, where they have one.

    Examples
    --------
    >>> from artgraph.testing import toy_adjacency
    >>> labels = np.array([0, 0, 0, 1, 1, 1])
    >>> graph, table = cluster_graph(toy_adjacency(), labels, {0: [0], 1: [5]}, typicality=np.full(6, 0.5))
    >>> graph.toarray().tolist()
    [[0.0, 1.0, 0.5, 0.0], [1.0, 0.0, 0.0, 0.5], [0.5, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0]]
    >>> table["title"].tolist()[:2]
    ['Cluster 0', 'Cluster 1']
    """
    matrix, clusters = check_adjacency(adjacency), check_labels(labels)
    known, chosen = np.unique(clusters[clusters >= 0]).tolist(), names or {}
    rows = np.array([row for label in known for row in exemplars.get(label, ())], dtype=np.int64)
    member = one_hot(clusters)[:, known]
    between = (member.T @ matrix @ member).toarray()
    np.fill_diagonal(between, 0)
    leaving = between.sum(axis=1)
    least = np.minimum(leaving[:, None], leaving)
    share = np.divide(between, least, out=np.zeros_like(between), where=least > 0)
    own = sp.csr_array(member[rows].multiply(np.maximum(np.asarray(typicality)[rows], 0)[:, None]))
    graph = sp.block_array([[sp.csr_array(share), own.T], [own, matrix[rows][:, rows]]], format="csr")
    graph.eliminate_zeros()
    size, of = np.bincount(clusters[clusters >= 0]), np.append(known, clusters[rows]).astype(np.int64)
    table = pd.DataFrame(
        {
            "id": [*(f"cluster {label}" for label in known), *map(str, rows.tolist())],
            "kind": ["cluster"] * len(known) + ["work"] * len(rows),
            "cluster": of,
            "works": size[of] if len(of) else of,
            "row": np.append(np.full(len(known), -1), rows),
            "title": [*(chosen.get(label, f"Cluster {label}") for label in known), *[None] * len(rows)],
        }
    )
    return graph, table
