"""How far from chance a score is, and how sure it is."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from artgraph.checks import check_at_least_one, check_labels, check_seed
from artgraph.errors import InputError
from artgraph.evaluation.contingency import compared, contingency, encode, expected_information, table_scores
from artgraph.evaluation.partition import best_clusters

__all__ = [
    "bootstrap_interval", "group_resamples", "interval_of", "null_of", "per_class_uncertainty", "permutation_null",
    "row_groups",
]  # fmt: skip


def permutation_null(
    labels: ArrayLike, reference: ArrayLike, *, n_permutations: int = 200, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Compare scores with those of the same partition, its labels shuffled: for each what :func:`null_of` returns.

    The labels of the rows compared (see :func:`~artgraph.evaluation.partition_scores`) are shuffled, so cluster and
    class sizes stay. p = (1 + number of shuffles that score at least as high) / (1 + n_permutations), as in Phipson &
    Smyth (2010), doi:10.2202/1544-6115.1585. Shuffling takes paintings as independent; where an artist has many, a
    small p is easy to get: read the bootstrap over artists too.

    Parameters
    ----------
    labels, reference : (n,) int and (n,).
    n_permutations : at least 1.
    seed
    """
    check_at_least_one("n_permutations", n_permutations)
    clusters, classes, _, _ = compared(labels, reference)
    rng = np.random.default_rng(check_seed(seed))
    table = contingency(clusters, classes)
    expected = expected_information(table)
    tables = (contingency(rng.permutation(clusters), classes) for _ in range(n_permutations))
    shuffled = [table_scores(shuffle, expected=expected) for shuffle in tables]
    observed = table_scores(table, expected=expected)
    return {name: null_of(value, [scores[name] for scores in shuffled]) for name, value in observed.items()}


def bootstrap_interval(
    labels: ArrayLike,
    reference: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_bootstrap: int = 200,
    seed: int = 0,
    level: float = 0.95,
) -> dict:
    """Give scores with percentile intervals from resampling whole groups, such as artists.

    Paintings by one artist are alike, so resampling paintings one by one makes intervals too narrow. The partition
    itself is kept: the interval covers the choice of works, not that of features, graph or seed. A painting drawn twice
    agrees with itself, which lifts AMI and ARI slightly; read the width more than the ends. Cluster bootstrap with
    percentile intervals: Davison & Hinkley (1997), section 3.8, doi:10.1017/CBO9780511802843. Returns for every score
    of agreement a dict with ``estimate``, ``low``, ``high``; and ``n_groups``, the number of groups among the rows
    compared.

    Parameters
    ----------
    labels, reference : (n,) int and (n,).
    groups : (n,), artist of each row. Rows without one (None, NaN, empty text) are groups of one. None: every row is.
    n_bootstrap : at least 1.
    seed
    level : between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"level is {level!r}; expected a number between 0 and 1, such as 0.95.")
    clusters, classes, _, rows = compared(labels, reference)
    group = row_groups(groups, len(labels))[rows]
    resamples = group_resamples(group, n_bootstrap=n_bootstrap, seed=seed)
    drawn = [table_scores(contingency(clusters, classes, weights=times)) for times in resamples]
    result = {
        name: {"estimate": value, **interval_of([scores[name] for scores in drawn], level=level)}
        for name, value in table_scores(contingency(clusters, classes)).items()
    }
    return {**result, "n_groups": len(np.unique(group))}


def per_class_uncertainty(
    labels: ArrayLike,
    reference: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_permutations: int = 200,
    n_bootstrap: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Say how sure the recall and F1 of each reference value are, and what chance would give.

    The best cluster of a value is sought anew in every shuffle and every resample, so that chance is given the same
    choice. The table has the rows of :func:`~artgraph.evaluation.per_class`: ``reference``; ``recall_low``,
    ``recall_high``, ``f1_low``, ``f1_high`` (95 %); ``f1_chance`` (mean over shuffles); ``p_value`` (of F1). A value
    that a resample does not hold has no part in its interval.

    Parameters
    ----------
    labels, reference, groups : as for :func:`bootstrap_interval`.
    n_permutations, n_bootstrap, seed
    """
    check_at_least_one("n_permutations", n_permutations)
    clusters, classes, names, rows = compared(labels, reference)
    rng = np.random.default_rng(check_seed(seed))
    observed = best_clusters(contingency(clusters, classes))
    null = np.array([best_clusters(contingency(rng.permutation(clusters), classes)).f1 for _ in range(n_permutations)])
    group = row_groups(groups, len(check_labels(labels)))[rows]
    recall, f1 = [], []
    for times in group_resamples(group, n_bootstrap=n_bootstrap, seed=seed):
        best = best_clusters(contingency(clusters, classes, weights=times))
        recall.append(best.recall)
        f1.append(best.f1)
    frame = pd.DataFrame({"reference": pd.Series(names, dtype=object)})
    for name, drawn in (("recall", np.array(recall)), ("f1", np.array(f1))):
        ends = [interval_of(column[np.isfinite(column)]) for column in drawn.T]
        frame[f"{name}_low"], frame[f"{name}_high"] = [e["low"] for e in ends], [e["high"] for e in ends]
    frame["f1_chance"] = null.mean(axis=0)
    frame["p_value"] = (1 + (null >= observed.f1 - 1e-12).sum(axis=0)) / (1 + n_permutations)
    return frame.iloc[np.lexsort((np.arange(len(names)), -observed.size))].reset_index(drop=True)


def null_of(observed: float, draws: Sequence[float], *, lower_is_better: bool = False) -> dict[str, float]:
    """Compare a score that was ``observed`` with its ``draws`` under chance.

    Returns ``observed``, ``mean`` and ``p95`` (mean and 95th percentile of the m draws), ``p_value`` in 1 / (1 + m) ...
    1.

    Parameters
    ----------
    observed, draws
    lower_is_better : then ``p95`` is the 5th percentile and p counts draws at least as low.

    Examples
    --------
    >>> null_of(3.0, [1.0, 2.0, 3.0])["p_value"], null_of(0.0, [1.0, 2.0, 3.0], lower_is_better=True)["p_value"]
    (0.5, 0.25)
    """
    draws = np.asarray(draws, dtype=np.float64)
    # rounding must not make an equal score lower
    slack = 1e-12 * max(1.0, abs(observed))
    extreme = draws <= observed + slack if lower_is_better else draws >= observed - slack
    return {
        "observed": float(observed),
        "mean": float(draws.mean()),
        "p95": float(np.quantile(draws, 0.05 if lower_is_better else 0.95)),
        "p_value": float((1 + extreme.sum()) / (1 + draws.size)),
    }


def interval_of(draws: Sequence[float], *, level: float = 0.95) -> dict[str, float]:
    """Return ``low`` and ``high``: the percentiles that hold the share ``level`` of some ``draws`` between them.

    Examples
    --------
    >>> interval_of([0.0, 1.0, 2.0, 3.0, 4.0], level=0.5)
    {'low': 1.0, 'high': 3.0}
    """
    tail = (1 - level) / 2
    if not len(draws):
        return {"low": float("nan"), "high": float("nan")}
    return {"low": float(np.quantile(draws, tail)), "high": float(np.quantile(draws, 1 - tail))}


def group_resamples(group: np.ndarray, *, n_bootstrap: int = 200, seed: int = 0) -> Iterator[np.ndarray]:
    """Draw whole groups with replacement, as many as there are, again and again: how often each row was drawn, (n,).

    Parameters
    ----------
    group : (n,) int.
    n_bootstrap, seed
    """
    check_at_least_one("n_bootstrap", n_bootstrap)
    rng = np.random.default_rng(check_seed(seed))
    number = np.unique(group, return_inverse=True)[1]
    n_groups = int(number.max(initial=-1)) + 1
    for _ in range(n_bootstrap):
        yield np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)[number]


def row_groups(groups: ArrayLike | None, n: int) -> np.ndarray:
    """Number the groups of n rows, (n,) int64; a row whose group is None, NaN or empty text is a group of its own.

    Where ``groups`` is None, every row is a group.
    """
    if groups is None:
        return np.arange(n)
    code, names = encode(groups)
    if code.size != n:
        raise InputError(f"groups have {code.size} rows, the other input has {n}; expected the same paintings in both.")
    alone = code < 0
    code[alone] = len(names) + np.arange(alone.sum())
    return code
