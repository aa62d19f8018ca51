"""Who is in which cluster and in which class, as one table of counts; scores read off that table."""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import expected_mutual_information

from artgraph.checks import check_labels
from artgraph.errors import InputError

__all__ = [
    "adjusted_mutual_information", "adjusted_rand", "compared", "contingency", "encode", "entropy",
    "expected_information", "is_missing", "purity", "table_scores",
]  # fmt: skip


def is_missing(series: pd.Series) -> pd.Series:
    """Return which values of a ``series`` (n,) are None, NaN, NaT or text without a visible character, (n,) bool."""
    return (series.isna() | series.map(lambda v: isinstance(v, str) and not v.strip())).astype(bool)


def encode(values: ArrayLike) -> tuple[np.ndarray, list]:
    """Number the values of a reference column, (n,) text or numbers, that are not :func:`is_missing`.

    Returns the codes, (n,) int64, in the order of the values' text, -1 for missing, and the value of each code.
    """
    series = pd.Series(list(values), dtype=object)
    if series.map(lambda v: isinstance(v, (list, tuple, dict, set, np.ndarray))).any():
        raise InputError("The reference column holds lists; expected one value for each painting, (n,).")
    missing = is_missing(series)
    present = series[~missing]
    names = sorted(present.unique().tolist(), key=lambda v: (str(v), type(v).__name__))
    codes = np.full(len(series), -1, dtype=np.int64)
    codes[~missing.to_numpy()] = present.map({name: i for i, name in enumerate(names)}).to_numpy(np.int64)
    return codes, names


def compared(labels: ArrayLike, reference: ArrayLike) -> tuple[np.ndarray, np.ndarray, list, np.ndarray]:
    """Keep the rows that have both a cluster, (n,) int, negative for none, and a reference value, (n,).

    Returns their clusters and classes, (m,) int64 from 0 without gaps, clusters in the order of the ``labels``; the
    value of the ``reference`` for each class; and which rows were kept, (m,) int64. Different lengths, or no row left:
    ``InputError``.
    """
    codes, names = encode(reference)
    clusters = check_labels(labels, codes.size)
    rows = np.flatnonzero((clusters >= 0) & (codes >= 0))
    if not rows.size:
        n = codes.size
        raise InputError(f"None of {n} paintings has both a cluster and a reference value; nothing to compare.")
    used, classes = np.unique(codes[rows], return_inverse=True)
    return np.unique(clusters[rows], return_inverse=True)[1], classes, [names[i] for i in used], rows


def contingency(clusters: np.ndarray, classes: np.ndarray, *, weights: np.ndarray | None = None) -> np.ndarray:
    """Count the rows in each cluster and class: (n_clusters, n_classes) int64.

    Parameters
    ----------
    clusters, classes : (n,) int64, from 0.
    weights : (n,) int, how often each row counts.
    """
    shape = int(clusters.max(initial=-1)) + 1, int(classes.max(initial=-1)) + 1
    counts = np.bincount(clusters * shape[1] + classes, weights=weights, minlength=shape[0] * shape[1])
    return counts.astype(np.int64).reshape(shape)


def purity(table: np.ndarray) -> float:
    """Return the share of rows, 0 ... 1, in the most frequent class of their cluster; ``table`` as contingency's."""
    return float(table.max(axis=1).sum() / table.sum())


def adjusted_rand(table: np.ndarray) -> float:
    """Compute the adjusted Rand index of a ``table``; equals scikit-learn's ``adjusted_rand_score``.

    Hubert & Arabie, Journal of Classification 2 (1985), doi:10.1007/BF01908075.
    """

    def pairs(counts: np.ndarray) -> float:
        counts = np.asarray(counts, dtype=np.float64)
        return float((counts * (counts - 1) / 2).sum())

    together, by_cluster, by_class = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    total = pairs(table.sum())
    if together == by_cluster == by_class:  # the same partition; also everything in one, or every row alone
        return 1.0
    expected = by_cluster * by_class / total
    return (together - expected) / ((by_cluster + by_class) / 2 - expected)


def adjusted_mutual_information(table: np.ndarray, *, expected: float | None = None) -> float:
    """Compute the adjusted mutual information of a ``table``; equals scikit-learn's ``adjusted_mutual_info_score``.

    (MI - E[MI]) / ((H(clusters) + H(classes)) / 2 - E[MI]); ``expected`` is E[MI] if it is known: it depends on the
    margins alone. Vinh, Epps & Bailey, Journal of Machine Learning Research 11 (2010).
    """
    if np.count_nonzero(table.sum(axis=1)) == np.count_nonzero(table.sum(axis=0)) == 1:
        return 1.0
    if expected is None:
        expected = expected_information(table)
    room = (entropy(table.sum(axis=1)) + entropy(table.sum(axis=0))) / 2 - expected
    smallest = np.finfo(np.float64).eps
    return (_information(table) - expected) / (min(room, -smallest) if room < 0 else max(room, smallest))


def expected_information(table: np.ndarray) -> float:
    """Return the mutual information, in nats, to expect of random partitions with the margins of a ``table``."""
    used = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return float(expected_mutual_information(sp.csr_matrix(used), int(table.sum())))


def entropy(counts: np.ndarray) -> float:
    """Return the entropy, in nats, of a partition into clusters of so many rows: ``counts`` (k,)."""
    share = counts[counts > 0] / counts.sum()
    return -float((share * np.log(share)).sum())


def _information(table: np.ndarray) -> float:
    """Return the mutual information, in nats, of clusters and classes."""
    rows, columns = np.nonzero(table)
    total = table.sum()
    by_row, by_column, joint = table.sum(axis=1) / total, table.sum(axis=0) / total, table[rows, columns] / total
    return float((joint * (np.log(joint) - np.log(by_row[rows]) - np.log(by_column[columns]))).sum())


def table_scores(table: np.ndarray, *, expected: float | None = None) -> dict[str, float]:
    """Read every score of agreement off one table of counts (n_clusters, n_classes).

    They are those of :func:`~artgraph.evaluation.partition_scores`. Empty rows and columns of the ``table``, as a
    resample may have, change nothing; ``expected`` is as for :func:`adjusted_mutual_information`.

    Examples
    --------
    >>> scores = table_scores(np.array([[2, 0], [1, 1]]))
    >>> scores["purity"], scores["matched_accuracy"], round(scores["homogeneity"], 4)
    (0.75, 0.75, 0.3837)
    """
    information = _information(table)
    information = information if information > 1e-15 else 0.0  # rounding
    of_clusters, of_classes = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
    homogeneity = information / of_classes if of_classes > 1e-15 else 1.0
    completeness = information / of_clusters if of_clusters > 1e-15 else 1.0
    both = homogeneity + completeness
    v_measure = 2 * homogeneity * completeness / both if both else 0.0
    return {
        "ami": adjusted_mutual_information(table, expected=expected),
        "ari": adjusted_rand(table),
        "nmi": v_measure,
        "homogeneity": homogeneity,
        "completeness": completeness,
        "v_measure": v_measure,
        "purity": purity(table),
        "matched_accuracy": float(table[linear_sum_assignment(table, maximize=True)].sum() / table.sum()),
    }
