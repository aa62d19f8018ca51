"""A graph becomes a partition."""

from artgraph.errors import InputError
from artgraph.stages.base import adjacency_of, make

__all__ = ["communities"]


def communities(corpus, *, graph="style", name=None, method="leiden", resolution=1.0, n_clusters=None, seed=0):
    """Find the style clusters of a graph.

    Parameters
    ----------
    corpus : Corpus
    graph : str
    name : str, optional
        Key of the partition; default: the method, with the graph before it where that is not 'style'.
    method : {"leiden", "spectral"}
    resolution : float
        Leiden's; higher gives more clusters.
    n_clusters : int, optional
        Leiden: search for the resolution that gives this many. Spectral: default by the eigengap.
    seed : int

    Returns
    -------
    Made
    """
    from artgraph.communities import leiden, leiden_n_clusters, modularity, spectral

    if method not in ("leiden", "spectral"):
        raise InputError(f"There is no method '{method}' (there are: leiden, spectral)")
    name = name or (method if graph == "style" else f"{graph}-{method}")

    def compute():
        adjacency, found = adjacency_of(corpus, graph), resolution
        if method == "spectral":
            labels = spectral(adjacency, n_clusters, seed=seed)
        elif n_clusters is None:
            labels = leiden(adjacency, resolution=resolution, seed=seed)
        else:
            labels, found = leiden_n_clusters(adjacency, n_clusters, seed=seed)
        facts = {
            "n_clusters": int(labels.max(initial=-1)) + 1,
            "unassigned": int((labels < 0).sum()),
            "modularity": round(float(modularity(adjacency, labels)), 4),
        }
        return {"": labels}, facts | ({"resolution": found} if method == "leiden" else {})

    params = {"method": method, "n_clusters": n_clusters, "seed": seed}
    if method == "leiden" and n_clusters is None:
        params["resolution"] = resolution
    return make(
        corpus,
        "partitions",
        name,
        function=f"artgraph.communities.{method}",
        params=params,
        refs=[f"graphs/{graph}"],
        compute=compute,
    )
