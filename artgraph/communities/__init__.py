"""Partitions of a graph: Leiden, spectral clustering, and baselines.

Every function returns labels (n,) int32 by the same rules: 0 is the largest cluster, clusters of one size stand in the
order of their first rows, and -1 means none (a painting without links keeps its row).
"""

from artgraph.communities.baselines import kmeans
from artgraph.communities.labels import relabel_by_size
from artgraph.communities.leiden import leiden, leiden_n_clusters, modularity
from artgraph.communities.multiplex import leiden_multiplex
from artgraph.communities.spectral import eigengap, spectral

__all__ = [
    "eigengap",
    "kmeans",
    "leiden",
    "leiden_multiplex",
    "leiden_n_clusters",
    "modularity",
    "relabel_by_size",
    "spectral",
]
