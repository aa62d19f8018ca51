"""Partitions made without a graph, to compare with."""

import numpy as np
from sklearn.cluster import KMeans

from artgraph.communities.igraph_bridge import check_seed
from artgraph.communities.labels import relabel_by_size
from artgraph.communities.leiden import check_n_clusters
from artgraph.errors import InputError

__all__ = ["kmeans"]


def kmeans(X, n_clusters: int, *, seed: int = 0, n_init: int = 10) -> np.ndarray:
    """Cluster features by k-means, without a graph.

    Minimises the sum of squared Euclidean distances to the cluster means. Features are taken as they are: scale them
    first where that matters.

    Parameters
    ----------
    X : array-like, shape (n, d), float
        Finite features.
    n_clusters : int, 1 ... n
    seed : int
    n_init : int, at least 1
        Starts; the best is kept.

    Returns
    -------
    ndarray, shape (n,), int32
        Cluster of each row; 0 is the largest. Where X has fewer different rows than n_clusters there are as many
        clusters as different rows.

    Raises
    ------
    InputError
        Wrong shape, NaN or infinity, n_clusters not in 1 ... n.

    Notes
    -----
    scikit-learn's ``KMeans`` (k-means++ starts: Arthur & Vassilvitskii, 2007).
    """
    features = np.asarray(X, dtype=np.float64)
    if features.ndim != 2:
        raise InputError(f"X has shape {features.shape}; expected one row for each painting, (n, d).")
    if not np.isfinite(features).all():
        bad = int((~np.isfinite(features).all(axis=1)).sum())
        raise InputError(
            f"X holds NaN or infinity in {bad} of {len(features)} rows; leave these rows out or fill them."
        )
    check_n_clusters(n_clusters, len(features))
    distinct, group = np.unique(features, axis=0, return_inverse=True)
    if len(distinct) <= n_clusters:
        return relabel_by_size(group)
    model = KMeans(n_clusters, n_init=n_init, random_state=check_seed(seed))
    return relabel_by_size(model.fit_predict(features))
