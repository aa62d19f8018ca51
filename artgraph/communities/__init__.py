"""Partitions of a graph or of features: how many clusters, how sure, how nested, under which names.

Every function that makes a partition returns labels (n,) int32 by the same rules: 0 is the largest cluster, clusters of
one size stand in the order of their first rows, and -1 means none (a painting without links keeps its row).
"""

from artgraph.communities.baselines import agglomerative, bayesian_gaussian_mixture, gaussian_mixture, hdbscan, kmeans
from artgraph.communities.dec import dec
from artgraph.communities.hierarchy import coarsen, hierarchy
from artgraph.communities.labels import relabel_by_size
from artgraph.communities.leiden import leiden, leiden_n_clusters, modularity
from artgraph.communities.matching import keep_names
from artgraph.communities.membership import (
    ROLES,
    Membership,
    assign_roles,
    calibrate,
    co_assignment,
    feature_membership,
    graph_membership,
    subsample_runs,
)
from artgraph.communities.methods import METHODS, Method, cluster
from artgraph.communities.multiplex import leiden_multiplex
from artgraph.communities.planted import planted_graph
from artgraph.communities.reliability import calibration_error, reliability_curve
from artgraph.communities.resolution import Profile, leiden_auto, resolution_profile, rewire, verdict
from artgraph.communities.spectral import eigengap, spectral

__all__ = [
    "METHODS",
    "ROLES",
    "Membership",
    "Method",
    "Profile",
    "agglomerative",
    "assign_roles",
    "bayesian_gaussian_mixture",
    "calibrate",
    "calibration_error",
    "cluster",
    "co_assignment",
    "coarsen",
    "dec",
    "eigengap",
    "feature_membership",
    "gaussian_mixture",
    "graph_membership",
    "hdbscan",
    "hierarchy",
    "keep_names",
    "kmeans",
    "leiden",
    "leiden_auto",
    "leiden_multiplex",
    "leiden_n_clusters",
    "modularity",
    "planted_graph",
    "relabel_by_size",
    "reliability_curve",
    "resolution_profile",
    "rewire",
    "spectral",
    "subsample_runs",
    "verdict",
]
