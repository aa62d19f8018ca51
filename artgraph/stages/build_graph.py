"""Features become a graph."""

from artgraph.stages.base import features_of, make

__all__ = ["build_graph"]


def build_graph(
    corpus, *, on=("gram",), name="style", n_neighbors=15, metric="cosine", artist_edges=False, artist_strength=0.5
):
    """Link every painting to those that look most alike, weighted by the neighbours that they share.

    Parameters
    ----------
    corpus : Corpus
    on : sequence of str
        Features; several are fused with equal say.
    name : str
        Key of the graph.
    n_neighbors : int
    metric : {"cosine", "euclidean"}
    artist_edges : bool
        Also link works by the same hand, in a layer of their own.
    artist_strength : float
        Weight of that layer beside the style edges, where the two are used together.

    Returns
    -------
    Made
    """
    from artgraph.graph import artist_links, describe_graph, jaccard_weights, knn

    def compute():
        X = features_of(corpus, on)
        neighbors = knn(X, n_neighbors=n_neighbors, metric=metric)
        adjacency = jaccard_weights(neighbors.indices)
        parts = {"": adjacency, "knn": neighbors._asdict()}
        facts = describe_graph(adjacency, neighbors.indices)
        if artist_edges:
            parts["artists"] = artist_links(corpus.paintings["artist"], X)
            facts["artist_links"] = int(parts["artists"].nnz // 2)
        return parts, facts

    params = {"on": list(on), "n_neighbors": n_neighbors, "metric": metric, "weights": "jaccard"}
    if artist_edges:
        params |= {"artist_edges": True, "artist_strength": artist_strength}
    refs = [f"features/{key}" for key in on] + (["paintings/artist"] if artist_edges else [])
    return make(corpus, "graphs", name, function="artgraph.graph.knn", params=params, refs=refs, compute=compute)
