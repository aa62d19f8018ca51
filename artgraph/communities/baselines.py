"""Partitions made without a graph, to compare with: scikit-learn's clusterings under the rules of this package.

Every function takes finite features X, (n, d) float, as they are: scale them first where that matters. It returns the
cluster of each row, (n,) int32, 0 the largest; where no more rows differ than clusters are wanted, equal rows are the
clusters. Features that are not finite (n, d), and an n_clusters that is not in 1 ... n, raise ``InputError``.
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture

from artgraph.checks import check_features, check_n_clusters, check_seed
from artgraph.communities.labels import relabel_by_size
from artgraph.errors import InputError

__all__ = ["agglomerative", "bayesian_gaussian_mixture", "gaussian_mixture", "hdbscan", "kmeans"]

LARGEST_TREE = 30_000  # rows; a tree over more needs over 4 GB of distances
DIRECTIONS = 20


def kmeans(X: ArrayLike, n_clusters: int, *, seed: int = 0, n_init: int = 10) -> np.ndarray:
    """Cluster features by k-means (k-means++ starts: Arthur & Vassilvitskii, 2007).

    Parameters
    ----------
    X, n_clusters, seed
    n_init : starts, at least 1; the one with the least squared distances to the cluster means is kept.
    """
    return _partition(
        X, n_clusters, lambda x: KMeans(n_clusters, n_init=n_init, random_state=check_seed(seed)).fit_predict(x)
    )


def agglomerative(X: ArrayLike, n_clusters: int) -> np.ndarray:
    """Cluster features from below: join, again and again, the two clusters whose union spreads least.

    Ward (1963), doi:10.1080/01621459.1963.10500845. X (n, d) has at most 30,000 rows: the time grows with n².

    Examples
    --------
    >>> agglomerative([[0.0], [1.0], [5.0], [6.0], [7.0]], n_clusters=2).tolist()
    [1, 1, 0, 0, 0]
    """

    def fit(features: np.ndarray) -> np.ndarray:
        if len(features) > LARGEST_TREE:
            raise InputError(
                f"{len(features)} paintings are too many for agglomerative clustering (at most {LARGEST_TREE}); "
                "take kmeans or leiden."
            )
        return AgglomerativeClustering(n_clusters).fit_predict(features)

    return _partition(X, n_clusters, fit)


def gaussian_mixture(X: ArrayLike, n_clusters: int, *, seed: int = 0, n_init: int = 3) -> np.ndarray:
    """Cluster features by a mixture of Gaussians with axes along the features: the likeliest component of each row.

    Full covariances in hundreds of dimensions have more parameters than a corpus has numbers; under these is a floor of
    a thousandth of the mean variance.

    Parameters
    ----------
    X, n_clusters, seed
    n_init : starts, at least 1; the likeliest is kept.
    """
    return _partition(X, n_clusters, lambda x: _fit_mixture(GaussianMixture(n_clusters, n_init=n_init), x, seed))


def bayesian_gaussian_mixture(X: ArrayLike, n_clusters: int = 30, *, seed: int = 0) -> np.ndarray:
    """Cluster features by a mixture of Gaussians that leaves components empty which it does not need.

    Blei & Jordan (2006), doi:10.1214/06-BA104, with a Dirichlet process and covariances as in :func:`gaussian_mixture`.
    The features are first reduced to their 20 main directions: in hundreds, the prior on the covariances outweighs the
    paintings, and one component takes all.

    Parameters
    ----------
    X, seed
    n_clusters : the most that there may be, at least 1.
    """
    n_clusters = min(n_clusters, len(check_features(X))) if n_clusters > 0 else n_clusters

    def fit(features: np.ndarray) -> np.ndarray:
        if min(features.shape) > DIRECTIONS:
            features = PCA(DIRECTIONS, random_state=check_seed(seed)).fit_transform(features)
        return _fit_mixture(BayesianGaussianMixture(n_components=n_clusters), features, seed)

    return _partition(X, n_clusters, fit)


def hdbscan(X: ArrayLike, min_cluster_size: int = 10) -> np.ndarray:
    """Cluster features by density; rows in thin places get no cluster.

    Campello, Moulavi & Sander (2013), doi:10.1007/978-3-642-37456-2_14. Fewer rows of X (n, d) than
    ``min_cluster_size``, at least 2, are no cluster, and get -1.
    """
    features = check_features(X)
    if min_cluster_size < 2:
        raise InputError(f"min_cluster_size is {min_cluster_size}; expected at least 2.")
    if len(features) < min_cluster_size:
        return np.full(len(features), -1, dtype=np.int32)
    return relabel_by_size(HDBSCAN(min_cluster_size=min_cluster_size, copy=True).fit_predict(features))


def _partition(X: ArrayLike, n_clusters: int, fit: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Fit checked features, or return the partition into equal rows where these are no more than n_clusters."""
    features = check_features(X)
    check_n_clusters(n_clusters, len(features))
    distinct, group = np.unique(features, axis=0, return_inverse=True)
    return relabel_by_size(group.ravel() if len(distinct) <= n_clusters else fit(features))


def _fit_mixture(model: GaussianMixture | BayesianGaussianMixture, features: np.ndarray, seed: int) -> np.ndarray:
    """Fit a mixture with diagonal covariances, floored; return the component of each row."""
    floor = 1e-3 * max(float(features.var(axis=0).mean()), 1e-12)
    model.set_params(covariance_type="diag", max_iter=300, reg_covar=floor, random_state=check_seed(seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the best after 300 rounds is good enough for a baseline
        return model.fit_predict(features)
