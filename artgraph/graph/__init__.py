"""From features to a graph: who is near whom (knn), how strongly (weights), who shares an artist (artists)."""

from artgraph.graph.artists import artist_links
from artgraph.graph.attribution import Attribution, attributions, linkable_artists
from artgraph.graph.building import similarity_graph, with_artists
from artgraph.graph.hubness import correct_hubness, describe_graph, hubness
from artgraph.graph.knn import Neighbors, knn
from artgraph.graph.mending import mend
from artgraph.graph.merging import mean_graph, neighbors_in, similarity_network_fusion
from artgraph.graph.regress import regress_out
from artgraph.graph.weights import edge_weights, jaccard_weights, merge_layers

__all__ = [
    "Attribution", "Neighbors", "artist_links", "attributions", "correct_hubness", "describe_graph", "edge_weights",
    "hubness", "jaccard_weights", "knn", "linkable_artists", "mean_graph", "mend", "merge_layers", "neighbors_in",
    "regress_out", "similarity_graph", "similarity_network_fusion", "with_artists",
]  # fmt: skip
