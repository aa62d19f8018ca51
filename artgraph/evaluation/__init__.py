"""How good a partition is: agreement, chance, uncertainty, retrieval, confounds, and what not to claim."""

from artgraph.evaluation.confounds import confound_caveats, confound_table, suspect_clusters
from artgraph.evaluation.connectedness import cluster_cuts, minimum_cut
from artgraph.evaluation.enrichment import over_represented
from artgraph.evaluation.internal import internal_scores
from artgraph.evaluation.leakage import caveats, check_not_circular
from artgraph.evaluation.near_duplicates import near_duplicates, separated_duplicates
from artgraph.evaluation.over_time import clusters_over_time, cut_years
from artgraph.evaluation.partition import partition_scores, per_class
from artgraph.evaluation.report import evaluation_report
from artgraph.evaluation.retrieval import cross_group_precision, precision_at_k, retrieval_scores
from artgraph.evaluation.stability import cluster_stability
from artgraph.evaluation.uncertainty import bootstrap_interval, per_class_uncertainty, permutation_null

__all__ = [
    "bootstrap_interval", "caveats", "check_not_circular", "cluster_cuts", "cluster_stability", "clusters_over_time",
    "confound_caveats", "confound_table", "cross_group_precision", "cut_years", "evaluation_report", "internal_scores",
    "minimum_cut", "near_duplicates", "over_represented", "partition_scores", "per_class", "per_class_uncertainty",
    "permutation_null", "precision_at_k", "retrieval_scores", "separated_duplicates", "suspect_clusters",
]  # fmt: skip
