"""Partitions of a graph or of features: how many clusters, how sure, how nested, under which names.

Every function that makes a partition returns labels (n,) int32 by the same rules: 0 is the largest cluster, clusters of
one size stand in the order of their first rows, and -1 means none (a painting without links keeps its row).

Names are loaded when they are first used, so that ``METHODS`` costs neither igraph nor scikit-learn.
"""

import importlib

_HOME = {
    "METHODS": "methods",
    "QUALITIES": "methods",
    "agglomerative": "baselines",
    "bayesian_gaussian_mixture": "baselines",
    "cluster": "clustering",
    "dec": "deep",
    "eigengap": "laplacian",
    "gaussian_mixture": "baselines",
    "hdbscan": "baselines",
    "hierarchy": "levels",
    "keep_names": "labels",
    "kmeans": "baselines",
    "leiden": "leiden_igraph",
    "leiden_auto": "resolution",
    "leiden_multiplex": "multiplex",
    "leiden_n_clusters": "leiden_igraph",
    "modularity": "leiden_igraph",
    "resolution_profile": "resolution",
    "soft_membership": "clustering",
    "spectral": "laplacian",
}
__all__ = [*_HOME]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'artgraph.communities' has no attribute {name!r}")
    return getattr(importlib.import_module(f"artgraph.communities.{_HOME[name]}"), name)
