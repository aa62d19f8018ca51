"""How well a partition agrees with a reference column."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from artgraph.checks import check_labels
from artgraph.evaluation.contingency import compared, contingency, encode, table_scores

__all__ = ["BestClusters", "best_clusters", "partition_scores", "per_class"]


def partition_scores(labels: ArrayLike, reference: ArrayLike) -> dict[str, float]:
    """Score a partition against a reference column.

    Rows without a reference value (None, NaN, empty text) and rows without a cluster are left out of every score and
    counted. A partition that leaves many rows out can thus score high: read ``n_unassigned`` too. ``labels`` are (n,)
    int, negative for none, ``reference`` (n,) text or numbers; different lengths, or no row to compare: ``InputError``.

    ``ami``, ``ari``: adjusted for chance: 0 on average for random partitions, 1 for the same partition; AMI is the one
    to read where classes differ much in size. ``nmi``, ``homogeneity``, ``completeness``, ``v_measure`` (equal to NMI
    with arithmetic mean), ``purity``, ``matched_accuracy``: in 0 ... 1, higher with more clusters or by chance.
    ``purity`` is the share of rows in the most frequent class of their cluster; ``matched_accuracy`` the share in the
    class that their cluster is matched to, one to one, in the best way (Kuhn 1955). All equal scikit-learn's, natural
    logarithm, arithmetic mean. ``n_clusters``, ``n_reference``: number of clusters and of values among the rows
    compared. ``n``: rows compared. ``n_unlabelled``: rows without a reference value. ``n_unassigned``: rows with one
    but in no cluster. The last three add up to the number of rows.

    Examples
    --------
    >>> scores = partition_scores([0, 0, 1, 1, -1, 0], ["a", "a", "b", "a", "b", None])
    >>> scores["purity"], scores["n"], scores["n_unlabelled"], scores["n_unassigned"]
    (0.75, 4, 1, 1)
    """
    clusters, classes, names, rows = compared(labels, reference)
    table = contingency(clusters, classes)
    unlabelled = int((encode(reference)[0] < 0).sum())
    return {
        **table_scores(table),
        "n_clusters": table.shape[0],
        "n_reference": len(names),
        "n": int(rows.size),
        "n_unlabelled": unlabelled,
        "n_unassigned": len(check_labels(labels)) - unlabelled - int(rows.size),
    }


def per_class(labels: ArrayLike, reference: ArrayLike) -> pd.DataFrame:
    """Show for each reference value, the most frequent first, the cluster that holds it best.

    The best cluster is the one with the highest F1 (the larger overlap, then the lower number, on ties). Several values
    may share one cluster. Rows of ``labels`` and ``reference`` are left out as in :func:`partition_scores`. The table
    has ``reference``; ``size`` (rows with it); ``cluster`` (label of the best cluster); ``overlap`` (rows in both);
    ``recall`` = overlap / size; ``precision`` = overlap / size of the cluster; ``f1`` = harmonic mean of these.

    Examples
    --------
    >>> per_class([0, 0, 0, 1], ["a", "a", "b", "b"])[["reference", "cluster", "recall", "precision"]].values.tolist()
    [['a', 0, 1.0, 0.6666666666666666], ['b', 1, 0.5, 1.0]]
    """
    clusters, classes, names, rows = compared(labels, reference)
    label_of = np.unique(check_labels(labels)[rows])
    best = best_clusters(contingency(clusters, classes))
    columns = {"reference": pd.Series(names, dtype=object)} | best._asdict() | {"cluster": label_of[best.cluster]}
    frame = pd.DataFrame(columns)
    return frame.iloc[np.lexsort((np.arange(len(names)), -best.size))].reset_index(drop=True)


class BestClusters(NamedTuple):
    """The cluster that holds each class best: rows of the class, the cluster, rows in both, each (n_classes,) int.

    Then recall, precision and F1, (n_classes,) float; NaN for a class without rows.
    """

    size: np.ndarray
    cluster: np.ndarray
    overlap: np.ndarray
    recall: np.ndarray
    precision: np.ndarray
    f1: np.ndarray


def best_clusters(table: np.ndarray) -> BestClusters:
    """Find, for each class of a ``table`` (n_clusters, n_classes), the cluster with the highest F1.

    On ties the larger overlap counts, then the lower number.

    Examples
    --------
    >>> best_clusters(np.array([[2, 1], [0, 1]])).f1.round(3).tolist()
    [0.8, 0.667]
    """
    sizes, cluster_sizes = table.sum(axis=0), table.sum(axis=1)
    f1 = 2 * table / np.maximum(sizes[None, :] + cluster_sizes[:, None], 1)
    best = np.array([np.lexsort((-table[:, j], -f1[:, j]))[0] for j in range(table.shape[1])], dtype=np.int64)
    j = np.arange(table.shape[1])
    there = np.where(sizes > 0, 1.0, np.nan)
    overlap = table[best, j]
    recall, precision = there * overlap / np.maximum(sizes, 1), there * overlap / np.maximum(cluster_sizes[best], 1)
    return BestClusters(sizes, best, overlap, recall, precision, there * f1[best, j])
