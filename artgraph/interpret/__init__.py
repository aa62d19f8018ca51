"""What a cluster is, in works, names, dates and words; which works to look at again; who came before whom."""

from artgraph.interpret.clusters import (
    cluster_sentence,
    descriptor_shares,
    exemplars,
    neighboring_clusters,
    palette,
    typicality,
)
from artgraph.interpret.influence import cluster_times, influence
from artgraph.interpret.methods import MethodsDescription, methods_text
from artgraph.interpret.worklist import affinity, date_gaps, school_votes, unusual

__all__ = [
    "MethodsDescription", "affinity", "cluster_sentence", "cluster_times", "date_gaps", "descriptor_shares",
    "exemplars", "influence", "methods_text", "neighboring_clusters", "palette", "school_votes", "typicality",
    "unusual",
]  # fmt: skip
