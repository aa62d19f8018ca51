"""Retrieval: every painting asks for its like, and the whole order of the answers is judged."""

import numpy as np

from artgraph.checks import check_at_least_one, check_seed
from artgraph.errors import InputError
from artgraph.evaluation.contingency import encode
from artgraph.evaluation.uncertainty import group_resamples, interval_of, null_of, row_groups

__all__ = ["query_scores", "retrieval_scores"]

_NULL_CELLS = 1e7  # entries of rankings that each shuffle looks at


def query_scores(relevant, *, ks=(1, 5)) -> dict:
    """Score each query by where its relevant answers stand.

    =====================  ====================================================================================
    ``P@k``                relevant answers among the first k, over k
    ``R@k``                relevant answers among the first k, over all relevant ones
    ``hit@k``              1 if there is one among the first k
    ``mAP``                average precision: mean, over the relevant answers, of the precision at their places
    ``MRR``                1 / place of the first relevant answer
    ``CSD mAP@k``          mean of P@1 ... P@k, which the code of CSD calls mAP
    ``CSD MRR@k``          1 / place of the first, over queries that hit within k alone, as in the code of CSD
    ``CSD Recall@k``       hit@k, under the name that the code of CSD gives it
    =====================  ====================================================================================

    Parameters
    ----------
    relevant : array-like, shape (q, m), bool
        Whether the answer at each place is relevant, best first.
    ks : sequence of int

    Returns
    -------
    dict of (q,) float64
        The textbook forms (Manning, Raghavan and Schütze 2008, chapter 8) are NaN for a query without a relevant
        answer; CSD's count it as a miss. Those of CSD are of the last k, and stand in ``metrics/metrics.py`` of
        learn2phoenix/CSD (Somepalli et al. 2024, arXiv 2404.01292).

    Examples
    --------
    >>> scores = query_scores([[True, False, True, False, False], [False] * 5], ks=(5,))
    >>> [scores[name].round(4).tolist() for name in ("P@5", "mAP", "CSD mAP@5", "CSD MRR@5")]
    [[0.4, nan], [0.8333, nan], [0.6133, 0.0], [1.0, nan]]
    """
    relevant = np.asarray(relevant, dtype=bool)
    q, m = relevant.shape
    hits = np.cumsum(relevant, axis=1, dtype=np.int32)
    total = hits[:, -1] if m else np.zeros(q, dtype=np.int32)
    there = np.where(total > 0, 1.0, np.nan)
    places = np.arange(1, m + 1)
    first = np.where(total > 0, relevant.argmax(axis=1) + 1, 0) if m else np.zeros(q, dtype=int)
    scores = {}
    for k in ks:
        at = hits[:, min(k, m) - 1] if m else total
        scores[f"P@{k}"] = there * at / k
        scores[f"R@{k}"] = there * at / np.maximum(total, 1)
        scores[f"hit@{k}"] = there * (at > 0)
    precision = np.where(relevant, hits / places, 0) if m else np.zeros((q, 0))
    scores["mAP"] = there * precision.sum(axis=1) / np.maximum(total, 1)
    scores["MRR"] = there / np.maximum(first, 1)
    k = ks[-1]
    shown = hits[:, : min(k, m)] / places[: min(k, m)]
    beyond = total[:, None] / np.arange(min(k, m) + 1, k + 1)  # where there are fewer answers than k
    scores[f"CSD mAP@{k}"] = np.concatenate([shown, beyond], axis=1).mean(axis=1)
    within = (first > 0) & (first <= k)
    scores[f"CSD MRR@{k}"] = np.where(within, 1 / np.maximum(first, 1), np.nan)
    scores[f"CSD Recall@{k}"] = within.astype(np.float64)
    return scores


def retrieval_scores(
    X,
    reference,
    groups=None,
    *,
    other_groups: bool = False,
    ks=(1, 15),
    max_queries: int = 2000,
    n_permutations: int = 99,
    n_bootstrap: int = 200,
    seed: int = 0,
) -> dict:
    """Let every row ask for rows with its reference value, by cosine, and judge the answers.

    The row itself is never an answer. Rows without a reference value neither ask nor answer.

    Parameters
    ----------
    X : array-like, shape (n, d), float
        Finite features.
    reference : array-like, shape (n,)
    groups : array-like, shape (n,), optional
        Artist of each row; a row without one is a group of its own. Whole groups are resampled for the interval.
    other_groups : bool
        Answers of the query's own group are left out, so that the style and not the hand is asked for.
    ks : sequence of int
        Places at which P@k and R@k are read.
    max_queries : int
        Where there are more rows, so many of them ask (all answer).
    n_permutations, n_bootstrap : int, at least 1
        Chance: the reference values are shuffled over the rows. The p-value is that of a sample of the queries.
    seed : int

    Returns
    -------
    dict
        ``figures``: for each score of :func:`query_scores`, averaged over queries, a dict with ``value``, ``chance``,
        ``p_value``, ``low``, ``high``; ``n_queries`` (with a relevant answer), ``n_without`` (without one).

    Raises
    ------
    InputError
        Wrong shapes, NaN or infinity, counts below 1, no query with a relevant answer.
    """
    check_at_least_one("n_permutations", n_permutations)
    check_at_least_one("max_queries", max_queries)
    codes, _ = encode(reference)
    features = np.asarray(X, dtype=np.float32)
    if features.ndim != 2 or len(features) != codes.size:
        raise InputError(f"X has shape {features.shape}; expected ({codes.size}, d), one row for each reference value.")
    if not np.isfinite(features).all():
        raise InputError("X holds NaN or infinity; leave these rows out or fill them.")
    rows = np.flatnonzero(codes >= 0)
    group = row_groups(groups, codes.size)[rows]
    codes = codes[rows]
    unit = features[rows] / np.maximum(np.abs(features[rows]).max(axis=1, initial=0, keepdims=True), 1e-30)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-30)
    rng = np.random.default_rng(check_seed(seed))
    n = len(rows)
    queries = np.arange(n)
    if n > max_queries:
        queries = np.sort(rng.choice(n, max_queries, replace=False))
    kept = rng.permutation(len(queries))[: max(1, int(_NULL_CELLS / 10 / max(n, 1)))]  # their rankings meet the null
    parts, rankings = [], {}
    for start in range(0, len(queries), 256):
        block = queries[start : start + 256]
        order, usable = _ranked(unit, block, group if other_groups else None)
        parts.append(query_scores((codes[order] == codes[block, None]) & usable, ks=ks))
        rankings |= {int(i): (order[i - start], usable[i - start]) for i in kept if start <= i < start + 256}
    scores = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    if not scores or not np.isfinite(scores["mAP"]).any():
        raise InputError("No painting with a reference value has a relevant answer; nothing to measure.")
    some = sorted(rankings)
    order, usable = (np.stack([rankings[i][part] for i in some]) for part in (0, 1))
    asked = queries[some]
    null = []
    for _ in range(n_permutations):
        dealt = rng.permutation(codes)
        null.append(_means(query_scores((dealt[order] == dealt[asked, None]) & usable, ks=ks)))
    sample = _means({name: values[some] for name, values in scores.items()})
    drawn = [_means(scores, times) for times in group_resamples(group[queries], n_bootstrap=n_bootstrap, seed=seed)]
    figures = {}
    for name, value in _means(scores).items():
        chance = null_of(sample[name], [means[name] for means in null if np.isfinite(means[name])] or [np.nan])
        ends = interval_of([means[name] for means in drawn if np.isfinite(means[name])])
        figures[name] = {"value": value, "chance": chance["mean"], "p_value": chance["p_value"], **ends}
    asked_well = int(np.isfinite(scores["mAP"]).sum())
    return {"figures": figures, "n_queries": asked_well, "n_without": len(queries) - asked_well}


def _ranked(unit, block, group):
    """Return all other rows, nearest first and equal ones in row order, and which of them may be answers."""
    similarity = unit[block] @ unit.T
    own = np.arange(len(block)), block
    barred = np.zeros(similarity.shape, dtype=bool) if group is None else group[block, None] == group
    barred[own] = True
    similarity[barred] = -np.inf
    order = np.argsort(-similarity, axis=1, kind="stable")
    return order.astype(np.int32), ~np.take_along_axis(barred, order, axis=1)


def _means(scores, times=None):
    means = {}
    for name, values in scores.items():
        there = np.isfinite(values)
        weight = there.astype(float) if times is None else there * times
        total = weight.sum()
        means[name] = float((np.where(there, values, 0) * weight).sum() / total) if total else float("nan")
    return means
