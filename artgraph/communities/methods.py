"""Every way to make a partition, what it is made from, and whether it must be told the number of clusters."""

from typing import NamedTuple

import numpy as np

from artgraph.errors import InputError

__all__ = ["METHODS", "Method", "cluster"]


class Method(NamedTuple):
    """One way to make a partition.

    Attributes
    ----------
    function : str
        Name of the function in ``artgraph.communities``.
    takes : {"graph", "features"}
    number : {"needed", "optional", "own"}
        Of clusters: it must be given, can be given, or is the method's own affair.
    """

    function: str
    takes: str
    number: str


METHODS = {
    "leiden": Method("leiden", "graph", "optional"),
    "spectral": Method("spectral", "graph", "optional"),
    "kmeans": Method("kmeans", "features", "needed"),
    "agglomerative": Method("agglomerative", "features", "needed"),
    "gmm": Method("gaussian_mixture", "features", "needed"),
    "bayesian-gmm": Method("bayesian_gaussian_mixture", "features", "optional"),
    "hdbscan": Method("hdbscan", "features", "own"),
    "dec": Method("dec", "features", "needed"),
}


def cluster(data, method: str = "leiden", *, n_clusters: int | None = None, seed: int = 0) -> np.ndarray:
    """Make a partition by a method's name.

    Parameters
    ----------
    data : scipy sparse, shape (n, n), or array-like, shape (n, d)
        A graph or features, as ``METHODS[method].takes`` says.
    method : str
        A key of ``METHODS``.
    n_clusters : int, optional
        For a Bayesian mixture the most that there may be.
    seed : int

    Returns
    -------
    ndarray, shape (n,), int32
        Cluster of each row; 0 is the largest; -1 for none.

    Raises
    ------
    InputError
        An unknown method; a number of clusters that is needed and missing, or given where the method finds its own.

    Examples
    --------
    >>> cluster([[0.0], [1.0], [5.0], [6.0], [7.0]], "kmeans", n_clusters=2).tolist()
    [1, 1, 0, 0, 0]
    """
    from artgraph import communities

    if method not in METHODS:
        raise InputError(f"There is no method '{method}' (there are: {', '.join(METHODS)})")
    about = METHODS[method]
    if about.number == "needed" and n_clusters is None:
        raise InputError(f"'{method}' must be told how many clusters. Add: --n-clusters 11")
    if about.number == "own" and n_clusters is not None:
        raise InputError(f"'{method}' finds the number of clusters itself. Leave --n-clusters out.")
    if method == "leiden" and n_clusters is not None:
        return communities.leiden_n_clusters(data, n_clusters, seed=seed)[0]
    given = () if n_clusters is None else (n_clusters,)
    return getattr(communities, about.function)(data, *given, seed=seed)
