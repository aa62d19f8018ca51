"""Features in a plane: where a painting stands on the map, and what every view of a partition starts from."""

from artgraph.stages.base import adjacency_of, make
from artgraph.stages.judging import ground_of

__all__ = ["layout", "view"]


def layout(corpus, *, graph="style", seed=0):
    """Place every painting on a plane, linked works near each other.

    Parameters
    ----------
    corpus : Corpus
    graph : str
    seed : int

    Returns
    -------
    Made
        ``layouts/<graph>``: (n, 2) float32 in [-1, 1].
    """
    from artgraph.layouts import graph_layout, spread

    def compute():
        return {"": spread(graph_layout(adjacency_of(corpus, graph), seed=seed))}, {}

    return make(
        corpus,
        "layouts",
        graph,
        function="artgraph.layouts.graph_layout",
        params={"seed": seed},
        refs=[f"graphs/{graph}"],
        compute=compute,
    )


def view(corpus, partition):
    """Return graph key, labels, keys of the features and layout of a partition of a corpus, none of them stale.

    A partition that was found in features is shown on the graph that its label names, or else on 'style'.
    """
    corpus.inputs(f"partitions/{partition}")
    graph, on = ground_of(corpus, partition)
    graph = graph or "style"
    layout(corpus, graph=graph)
    corpus.inputs(*(f"features/{key}" for key in on))
    return graph, corpus.get("partitions", partition), on, corpus.get("layouts", graph)
