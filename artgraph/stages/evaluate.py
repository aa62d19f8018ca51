"""A partition is judged against a column."""

from artgraph.stages.base import features_of, graph_of, make

__all__ = ["evaluate"]


def evaluate(corpus, *, partition="leiden", against="style", n_neighbors=15, seed=0):
    """Judge a partition, and the features under it, against a reference column.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    against : str
        A column of the table; labels are for judging only, no stage before this one reads it.
    n_neighbors : int
        k of precision at k.
    seed : int
        Of permutations and bootstrap.

    Returns
    -------
    Made
        Its facts hold ``scores``, ``chance`` (permutation null), ``interval`` (95 %, bootstrap over artists),
        ``retrieval``, ``per_class`` and ``caveats``.

    Raises
    ------
    CircularError
        The column made links in the graph.
    """
    from artgraph import evaluation as ev
    from artgraph.graph import knn

    graph = graph_of(corpus, partition)
    params = corpus.label("graphs", graph)["made_by"]["params"]
    links = ["artist"] if _used_artists(corpus, graph) else []
    ev.check_not_circular(against, links)

    def compute():
        labels, artists = corpus.get("partitions", partition), corpus.paintings["artist"].to_numpy(dtype=object)
        reference = corpus.paintings[against].to_numpy(dtype=object)
        scores = ev.partition_scores(labels, reference)
        X = features_of(corpus, params["on"])
        indices = knn(X, n_neighbors=n_neighbors).indices
        return {}, {
            "partition": partition,
            "against": against,
            "scores": scores,
            "chance": ev.permutation_null(labels, reference, seed=seed),
            "interval": ev.bootstrap_interval(labels, reference, groups=artists, seed=seed),
            "retrieval": {
                "P@1": ev.precision_at_k(indices, reference, k=1),
                f"P@{n_neighbors}": ev.precision_at_k(indices, reference),
                f"P@{n_neighbors} other artists": ev.cross_group_precision(X, reference, artists, k=n_neighbors),
            },
            "per_class": ev.per_class(labels, reference).to_dict("records"),
            "caveats": ev.caveats(against, links, scores=scores),
        }

    return make(
        corpus,
        "reports",
        partition,
        function="artgraph.evaluation.partition_scores",
        params={"against": against, "n_neighbors": n_neighbors, "seed": seed},
        refs=[f"partitions/{partition}", f"graphs/{graph}", "paintings/artist", f"paintings/{against}"],
        compute=compute,
    )


def _used_artists(corpus, graph):
    """Return whether artist names made links in this graph, or in one that its features were learned on (bool)."""
    params = corpus.label("graphs", graph)["made_by"]["params"]
    if params.get("artist_edges"):
        return True
    sources = [corpus.label("features", key)["inputs"] for key in params["on"]]
    return any(
        _used_artists(corpus, ref.partition("/")[2])
        for inputs in sources
        for ref in inputs
        if ref.startswith("graphs/")
    )
