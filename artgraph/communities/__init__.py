"""Partitions of a graph: Leiden, spectral clustering, and baselines.

Every function returns labels (n,) int32 by the same rules: 0 is the largest cluster, clusters of one size stand in the
order of their first rows, and -1 means none (a painting without links keeps its row).
"""

from artgraph.communities.baselines import agglomerative, bayesian_gaussian_mixture, gaussian_mixture, hdbscan, kmeans
from artgraph.communities.dec import dec
from artgraph.communities.labels import relabel_by_size
from artgraph.communities.leiden import leiden, leiden_n_clusters, modularity
from artgraph.communities.methods import METHODS, Method, cluster
from artgraph.communities.multiplex import leiden_multiplex
from artgraph.communities.planted import planted_graph
from artgraph.communities.resolution import Profile, leiden_auto, resolution_profile, rewire, verdict
from artgraph.communities.spectral import eigengap, spectral

__all__ = [
    "METHODS",
    "Method",
    "Profile",
    "agglomerative",
    "bayesian_gaussian_mixture",
    "cluster",
    "dec",
    "eigengap",
    "gaussian_mixture",
    "hdbscan",
    "kmeans",
    "leiden",
    "leiden_auto",
    "leiden_multiplex",
    "leiden_n_clusters",
    "modularity",
    "planted_graph",
    "relabel_by_size",
    "resolution_profile",
    "rewire",
    "spectral",
    "verdict",
]
