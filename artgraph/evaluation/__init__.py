"""How good a partition is: agreement with a reference column, chance, uncertainty, retrieval, and what not to claim."""

from artgraph.evaluation.leakage import caveats, check_not_circular
from artgraph.evaluation.partition import partition_scores, per_class
from artgraph.evaluation.report import format_report
from artgraph.evaluation.retrieval import cross_group_precision, precision_at_k
from artgraph.evaluation.uncertainty import bootstrap_interval, permutation_null

__all__ = [
    "bootstrap_interval",
    "caveats",
    "check_not_circular",
    "cross_group_precision",
    "format_report",
    "partition_scores",
    "per_class",
    "permutation_null",
    "precision_at_k",
]
