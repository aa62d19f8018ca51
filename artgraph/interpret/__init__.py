"""What a cluster is, in works, names, dates and words; which works to look at again; who came before whom."""

from artgraph.interpret.colors import palette
from artgraph.interpret.distinction import descriptor_shares, neighboring_clusters
from artgraph.interpret.influence import cluster_times, influence
from artgraph.interpret.methods import methods_text
from artgraph.interpret.typical import exemplars, typicality
from artgraph.interpret.words import cluster_sentence
from artgraph.interpret.worklist import affinity, date_gaps, school_votes, unusual

__all__ = [
    "affinity",
    "cluster_sentence",
    "cluster_times",
    "date_gaps",
    "descriptor_shares",
    "exemplars",
    "influence",
    "methods_text",
    "neighboring_clusters",
    "palette",
    "school_votes",
    "typicality",
    "unusual",
]
