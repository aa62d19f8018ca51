"""Who is in which cluster and in which class, as one table of counts; scores read off that table."""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import expected_mutual_information

from artgraph.checks import check_labels
from artgraph.errors import InputError

__all__ = [
    "adjusted_mutual_information",
    "adjusted_rand",
    "compared",
    "contingency",
    "encode",
    "expected_information",
    "purity",
    "table_scores",
]


def encode(values) -> tuple[np.ndarray, list]:
    """Number the values of a reference column.

    Parameters
    ----------
    values : array-like, shape (n,)
        Text or numbers. None, NaN, NaT and text without a visible character are missing.

    Returns
    -------
    codes : ndarray, shape (n,), int64
        0 ... number of values - 1 in the order of their text; -1 for missing.
    names : list
        The value of each code.

    Raises
    ------
    InputError
        Not one-dimensional.
    """
    series = pd.Series(list(values), dtype=object)
    if series.map(lambda v: isinstance(v, (list, tuple, dict, set, np.ndarray))).any():
        raise InputError("The reference column holds lists; expected one value for each painting, (n,).")
    missing = series.isna() | series.map(lambda v: isinstance(v, str) and not v.strip())
    present = series[~missing]
    names = sorted(present.unique().tolist(), key=lambda v: (str(v), type(v).__name__))
    codes = np.full(len(series), -1, dtype=np.int64)
    codes[~missing.to_numpy(dtype=bool)] = present.map({name: i for i, name in enumerate(names)}).to_numpy(np.int64)
    return codes, names


def compared(labels, reference) -> tuple[np.ndarray, np.ndarray, list, np.ndarray]:
    """Keep the rows that have both a cluster and a reference value.

    Parameters
    ----------
    labels : array-like, shape (n,), integer
        Negative for none.
    reference : array-like, shape (n,)
        As for :func:`encode`.

    Returns
    -------
    clusters : ndarray, shape (m,), int64
        0 ... n_clusters - 1, without gaps, in the order of the labels.
    classes : ndarray, shape (m,), int64
        0 ... n_reference - 1, without gaps.
    names : list, length n_reference
    rows : ndarray, shape (m,), int64
        Which rows were kept.

    Raises
    ------
    InputError
        Different lengths, or no row left.
    """
    codes, names = encode(reference)
    clusters = check_labels(labels, codes.size)
    rows = np.flatnonzero((clusters >= 0) & (codes >= 0))
    if not rows.size:
        raise InputError(
            f"None of {codes.size} paintings has both a cluster and a reference value; nothing to compare."
        )
    used, classes = np.unique(codes[rows], return_inverse=True)
    return np.unique(clusters[rows], return_inverse=True)[1], classes, [names[i] for i in used], rows


def contingency(clusters: np.ndarray, classes: np.ndarray, *, weights=None) -> np.ndarray:
    """Count the rows in each cluster and class.

    Parameters
    ----------
    clusters, classes : ndarray, shape (n,), int64
        Without gaps from 0.
    weights : ndarray, shape (n,), int, optional
        How often each row counts.

    Returns
    -------
    ndarray, shape (n_clusters, n_classes), int64
    """
    shape = int(clusters.max(initial=-1)) + 1, int(classes.max(initial=-1)) + 1
    counts = np.bincount(clusters * shape[1] + classes, weights=weights, minlength=shape[0] * shape[1])
    return counts.astype(np.int64).reshape(shape)


def purity(table: np.ndarray) -> float:
    """Share of rows that are in the most frequent class of their cluster.

    Parameters
    ----------
    table : ndarray, shape (n_clusters, n_classes), int

    Returns
    -------
    float, in 0 ... 1
    """
    return float(table.max(axis=1).sum() / table.sum())


def adjusted_rand(table: np.ndarray) -> float:
    """Adjusted Rand index of a table of counts; equals scikit-learn's ``adjusted_rand_score``.

    Parameters
    ----------
    table : ndarray, shape (n_clusters, n_classes), int

    Returns
    -------
    float, at most 1

    Notes
    -----
    Hubert & Arabie, Journal of Classification 2 (1985), doi:10.1007/BF01908075.
    """

    def pairs(counts):
        counts = np.asarray(counts, dtype=np.float64)
        return float((counts * (counts - 1) / 2).sum())

    together, by_cluster, by_class = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    total = pairs(table.sum())
    if together == by_cluster == by_class:  # the same partition; also everything in one, or every row alone
        return 1.0
    expected = by_cluster * by_class / total
    return (together - expected) / ((by_cluster + by_class) / 2 - expected)


def adjusted_mutual_information(table: np.ndarray, *, expected: float | None = None) -> float:
    """Adjusted mutual information of a table of counts; equals scikit-learn's ``adjusted_mutual_info_score``.

    (MI - E[MI]) / ((H(clusters) + H(classes)) / 2 - E[MI]).

    Parameters
    ----------
    table : ndarray, shape (n_clusters, n_classes), int
    expected : float, optional
        E[MI] if it is known: it depends on the margins alone.

    Returns
    -------
    float, at most 1

    Notes
    -----
    Vinh, Epps & Bailey, Journal of Machine Learning Research 11 (2010).
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if table.shape[0] == table.shape[1] == 1:
        return 1.0
    total = table.sum()
    if expected is None:
        expected = expected_information(table)
    rows, columns = np.nonzero(table)
    joint = table[rows, columns] / total
    by_row, by_column = table.sum(axis=1) / total, table.sum(axis=0) / total
    information = float((joint * (np.log(joint) - np.log(by_row[rows]) - np.log(by_column[columns]))).sum())
    entropies = -float((by_row * np.log(by_row)).sum()), -float((by_column * np.log(by_column)).sum())
    room = sum(entropies) / 2 - expected
    smallest = np.finfo(np.float64).eps
    return (information - expected) / (min(room, -smallest) if room < 0 else max(room, smallest))


def expected_information(table: np.ndarray) -> float:
    """Mutual information to expect of two random partitions with the margins of a table.

    Parameters
    ----------
    table : ndarray, shape (n_clusters, n_classes), int

    Returns
    -------
    float, at least 0
        In nats.
    """
    return float(expected_mutual_information(sp.csr_matrix(table), int(table.sum())))


def table_scores(table: np.ndarray, *, expected: float | None = None) -> dict[str, float]:
    """Read every score of agreement off one table of counts.

    Parameters
    ----------
    table : ndarray, shape (n_clusters, n_classes), int
        Empty rows and columns, as a resample may have, change nothing.
    expected : float, optional
        As for :func:`adjusted_mutual_information`.

    Returns
    -------
    dict of float
        ``ami``, ``ari``, ``nmi``, ``homogeneity``, ``completeness``, ``v_measure``, ``purity``, ``matched_accuracy``:
        see :func:`~artgraph.evaluation.partition_scores`. Equal to scikit-learn's functions of the same names.

    Examples
    --------
    >>> scores = table_scores(np.array([[2, 0], [1, 1]]))
    >>> scores["purity"], scores["matched_accuracy"], round(scores["homogeneity"], 4)
    (0.75, 0.75, 0.3837)
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    total = table.sum()
    by_cluster, by_class = table.sum(axis=1) / total, table.sum(axis=0) / total
    rows, columns = np.nonzero(table)
    joint = table[rows, columns] / total
    information = float((joint * (np.log(joint) - np.log(by_cluster[rows]) - np.log(by_class[columns]))).sum())
    information = max(information, 0.0) if information > 1e-15 else 0.0  # rounding
    of_clusters, of_classes = (-float((share * np.log(share)).sum()) for share in (by_cluster, by_class))
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
        "matched_accuracy": float(table[linear_sum_assignment(table, maximize=True)].sum() / total),
    }
