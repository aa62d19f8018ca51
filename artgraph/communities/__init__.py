"""Partitions of a graph or of features: how many clusters, how sure, how nested, under which names.

Every function that makes a partition returns labels (n,) int32 by the same rules: 0 is the largest cluster, clusters of
one size stand in the order of their first rows, and -1 means none (a painting without links keeps its row).

Names are loaded when they are first used, so that ``METHODS`` costs neither igraph nor scikit-learn.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "baselines": ["agglomerative", "bayesian_gaussian_mixture", "gaussian_mixture", "hdbscan", "kmeans"],
        "clustering": ["cluster", "soft_membership"],
        "consensus": ["leiden_consensus"],
        "deep": ["dec"],
        "labels": ["keep_names"],
        "laplacian": ["eigengap", "spectral"],
        "leiden_igraph": ["leiden", "leiden_n_clusters", "modularity"],
        "levels": ["hierarchy"],
        "methods": ["METHODS", "QUALITIES"],
        "multiplex": ["leiden_multiplex"],
        "placing": ["place"],
        "resolution": ["leiden_auto", "resolution_profile"],
    },
)
