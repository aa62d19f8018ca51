"""How far from chance a score is, and how sure it is."""

import numpy as np

from artgraph.communities.igraph_bridge import check_seed
from artgraph.errors import InputError
from artgraph.evaluation.contingency import (
    adjusted_mutual_information,
    adjusted_rand,
    compared,
    contingency,
    encode,
    expected_information,
    purity,
)

__all__ = ["bootstrap_interval", "permutation_null", "row_groups"]


def permutation_null(labels, reference, *, n_permutations: int = 200, seed: int = 0) -> dict:
    """Compare scores with those of the same partition dealt out at random.

    The labels of the rows compared (see :func:`~artgraph.evaluation.partition_scores`) are shuffled, so cluster and
    class sizes stay. p = (1 + number of shuffles that score at least as high) / (1 + n_permutations). Shuffling takes
    paintings as independent; where an artist has many, a small p is easy to get: read the bootstrap over artists too.

    Parameters
    ----------
    labels : array-like, shape (n,), integer
    reference : array-like, shape (n,)
    n_permutations : int, at least 1
    seed : int

    Returns
    -------
    dict
        For ``ami``, ``ari``, ``purity`` each a dict with ``observed``, ``mean`` and ``p95`` (mean and 95th percentile
        of the shuffles) and ``p_value`` (in 1 / (1 + n_permutations) ... 1).

    Raises
    ------
    InputError
        As partition_scores; n_permutations below 1.

    Notes
    -----
    Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, on adding one.
    """
    _at_least_one("n_permutations", n_permutations)
    clusters, classes, _, _ = compared(labels, reference)
    rng = np.random.default_rng(check_seed(seed))
    table = contingency(clusters, classes)
    expected = expected_information(table)
    observed = _scores(table, expected)
    null = {name: np.empty(n_permutations) for name in observed}
    for i in range(n_permutations):
        for name, value in _scores(contingency(rng.permutation(clusters), classes), expected).items():
            null[name][i] = value
    return {
        name: {
            "observed": value,
            "mean": float(null[name].mean()),
            "p95": float(np.quantile(null[name], 0.95)),
            # rounding must not make an equal score lower
            "p_value": float((1 + (null[name] >= value - 1e-12).sum()) / (1 + n_permutations)),
        }
        for name, value in observed.items()
    }


def bootstrap_interval(
    labels, reference, *, groups=None, n_bootstrap: int = 200, seed: int = 0, level: float = 0.95
) -> dict:
    """Give scores with percentile intervals from resampling whole groups, such as artists.

    Paintings by one artist are alike, so resampling paintings one by one makes intervals too narrow. The partition
    itself is kept: the interval covers the choice of works, not that of features, graph or seed. A painting drawn
    twice agrees with itself, which lifts AMI and ARI slightly; read the width more than the ends.

    Parameters
    ----------
    labels : array-like, shape (n,), integer
    reference : array-like, shape (n,)
    groups : array-like, shape (n,), optional
        Artist of each row. Rows without one (None, NaN, empty text) are groups of one. None: every row is.
    n_bootstrap : int, at least 1
    seed : int
    level : float, in 0 ... 1 (both excluded)

    Returns
    -------
    dict
        For ``ami``, ``ari``, ``purity`` each a dict with ``estimate``, ``low``, ``high``; and ``n_groups``, the number
        of groups among the rows compared.

    Raises
    ------
    InputError
        As partition_scores; groups of another length; n_bootstrap below 1; level outside 0 ... 1.

    Notes
    -----
    Cluster bootstrap with percentile intervals: Davison & Hinkley, "Bootstrap methods and their application" (1997),
    section 3.8, doi:10.1017/CBO9780511802843.
    """
    _at_least_one("n_bootstrap", n_bootstrap)
    if not 0 < level < 1:
        raise InputError(f"level is {level!r}; expected a number between 0 and 1, such as 0.95.")
    clusters, classes, _, rows = compared(labels, reference)
    group = row_groups(groups, len(labels))[rows]
    _, group = np.unique(group, return_inverse=True)
    n_groups = int(group.max()) + 1
    rng = np.random.default_rng(check_seed(seed))
    estimate = _scores(contingency(clusters, classes))
    drawn = {name: np.empty(n_bootstrap) for name in estimate}
    for i in range(n_bootstrap):
        times = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)
        for name, value in _scores(contingency(clusters, classes, weights=times[group])).items():
            drawn[name][i] = value
    tail = (1 - level) / 2
    result = {
        name: {
            "estimate": value,
            "low": float(np.quantile(drawn[name], tail)),
            "high": float(np.quantile(drawn[name], 1 - tail)),
        }
        for name, value in estimate.items()
    }
    return {**result, "n_groups": n_groups}


def row_groups(groups, n: int) -> np.ndarray:
    """Number the groups of n rows; a row without a group is a group of its own.

    Parameters
    ----------
    groups : array-like, shape (n,), or None
        None, NaN and empty text are no group. None for all: every row is a group.
    n : int

    Returns
    -------
    ndarray, shape (n,), int64

    Raises
    ------
    InputError
        Not n rows.
    """
    if groups is None:
        return np.arange(n)
    codes, names = encode(groups)
    if codes.size != n:
        raise InputError(
            f"groups have {codes.size} rows, the other input has {n}; expected the same paintings in both."
        )
    alone = codes < 0
    codes[alone] = len(names) + np.arange(alone.sum())
    return codes


def _scores(table: np.ndarray, expected: float | None = None) -> dict[str, float]:
    return {
        "ami": adjusted_mutual_information(table, expected=expected),
        "ari": adjusted_rand(table),
        "purity": purity(table),
    }


def _at_least_one(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(f"{name} is {value!r}; expected a whole number of at least 1.")
