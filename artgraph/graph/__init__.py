"""From features to a graph: who is near whom (knn), how strongly (weights), who shares a hand (artists)."""

from artgraph.graph.artists import artist_links, linkable_artists
from artgraph.graph.diagnostics import describe_graph
from artgraph.graph.knn import Neighbors, knn
from artgraph.graph.weights import jaccard_weights, merge_layers

__all__ = [
    "Neighbors",
    "artist_links",
    "describe_graph",
    "jaccard_weights",
    "knn",
    "linkable_artists",
    "merge_layers",
]
