"""Retrieval: every painting is a query, and the paintings nearest to it should have its reference value."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from artgraph.checks import check_at_least_one, check_features, check_seed
from artgraph.errors import InputError
from artgraph.evaluation.contingency import encode
from artgraph.evaluation.uncertainty import group_resamples, interval_of, null_of, row_groups
from artgraph.retrieval import ranked

__all__ = ["cross_group_precision", "precision_at_k", "query_scores", "retrieval_scores"]

_NULL_CELLS = 1e6  # entries of rankings that each shuffle is measured on


def precision_at_k(
    indices: ArrayLike, reference: ArrayLike, *, groups: ArrayLike | None = None, k: int | None = None
) -> dict:
    """Measure how many of the nearest rows share the reference value of the query.

    Per query: hits among the first k usable neighbours, divided by the number of these. Not usable are -1, neighbours
    without a reference value and, with groups, neighbours of the query's own group. Queries without a reference value
    or without a usable neighbour are left out.

    Returns ``precision`` (mean over queries), ``macro_precision`` (mean over reference values of the mean over their
    queries), ``chance`` (expected precision of neighbours drawn at random from the usable rows), ``k``, ``n_queries``,
    ``mean_neighbors`` (usable neighbours per query, at most k).

    Parameters
    ----------
    indices : (n, n_neighbors) int, neighbours of each row, nearest first; -1 for none. A row must not stand in its own
        list.
    reference : (n,) text or numbers; None, NaN and empty text are missing.
    groups : (n,), artist of each row; a row without one is a group of its own. Short lists may leave few usable
        neighbours: see ``mean_neighbors``, or use :func:`cross_group_precision`.
    k : 1 ... n_neighbors, by default n_neighbors.
    """
    near = np.asarray(indices)
    codes, _ = encode(reference)
    n = codes.size
    if near.ndim != 2 or near.shape[0] != n or near.dtype.kind not in "iu":
        raise InputError(f"indices have shape {near.shape} and dtype {near.dtype}; expected whole numbers ({n}, k).")
    k = near.shape[1] if k is None else k
    if not 1 <= k <= near.shape[1]:
        raise InputError(f"k is {k}; expected 1 to {near.shape[1]}, the number of neighbours in the lists.")
    if near.size and (near.min() < -1 or near.max() >= n):
        raise InputError(f"indices reach from {near.min()} to {near.max()}; expected row numbers 0 to {n - 1}, or -1.")
    own = np.flatnonzero((near == np.arange(n)[:, None]).any(axis=1))
    if own.size:
        raise InputError(f"Row {own[0]} is in its own neighbour list ({own.size} such rows); leave the query out.")
    group = row_groups(groups, n)
    usable = (near >= 0) & (codes[near] >= 0) & (codes >= 0)[:, None]
    if groups is not None:
        usable &= group[near] != group[:, None]
    usable &= np.cumsum(usable, axis=1) <= k
    hits = (usable & (codes[near] == codes[:, None])).sum(axis=1)
    return _precision(hits, usable.sum(axis=1), codes, group=group, k=k)


def cross_group_precision(X: ArrayLike, reference: ArrayLike, groups: ArrayLike | None, *, k: int = 15) -> dict:
    """Measure how many of the k nearest rows of other groups share the reference value of the query.

    Style, not one artist's: all works by the query's own artist are skipped before the k nearest are taken. Exact
    cosine similarity in float32, over all rows with a reference value; equal similarities in row order. Returns what
    :func:`precision_at_k` returns.

    Parameters
    ----------
    X, reference : (n, d) float and (n,).
    groups : (n,), artist of each row; a row without one is a group of its own. None: only the query itself is skipped.
    k : at least 1.
    """
    check_at_least_one("k", k)
    features, codes, group = _with_reference(X, reference, groups)
    hits, used = [], []
    for rows, order, usable in ranked(features, np.arange(len(codes)), exclude_same=group, k=k):
        used.append(usable.sum(axis=1))
        hits.append((usable & (codes[order] == codes[rows, None])).sum(axis=1))
    nothing = [np.zeros(0, dtype=np.int64)]
    return _precision(np.concatenate(hits or nothing), np.concatenate(used or nothing), codes, group=group, k=k)


def query_scores(relevant: ArrayLike, *, ks: Sequence[int] = (1, 5)) -> dict[str, np.ndarray]:
    """Score each query by where its relevant answers stand: (q,) float64 for each score.

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

    The textbook forms (Manning, Raghavan and Schütze 2008, chapter 8) are NaN for a query without a relevant answer;
    CSD's count it as a miss. Those of CSD are of the last of the ``ks``, and stand in ``metrics/metrics.py`` of
    learn2phoenix/CSD (Somepalli et al. 2024, arXiv 2404.01292). ``relevant``, (q, m) bool, says whether the answer at
    each place is relevant, best first.

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
    known = np.where(total > 0, 1.0, np.nan)
    places = np.arange(1, m + 1)
    first = np.where(total > 0, relevant.argmax(axis=1) + 1, 0) if m else np.zeros(q, dtype=int)
    scores = {}
    for k in ks:
        at = hits[:, min(k, m) - 1] if m else total
        scores[f"P@{k}"] = known * at / k
        scores[f"R@{k}"] = known * at / np.maximum(total, 1)
        scores[f"hit@{k}"] = known * (at > 0)
    precision = np.where(relevant, hits / places, 0) if m else np.zeros((q, 0))
    scores["mAP"] = known * precision.sum(axis=1) / np.maximum(total, 1)
    scores["MRR"] = known / np.maximum(first, 1)
    k = ks[-1]
    shown = hits[:, : min(k, m)] / places[: min(k, m)]
    beyond = total[:, None] / np.arange(min(k, m) + 1, k + 1)  # where there are fewer answers than k
    scores[f"CSD mAP@{k}"] = np.concatenate([shown, beyond], axis=1).mean(axis=1)
    within = (first > 0) & (first <= k)
    scores[f"CSD MRR@{k}"] = np.where(within, 1 / np.maximum(first, 1), np.nan)
    scores[f"CSD Recall@{k}"] = within.astype(np.float64)
    return scores


def retrieval_scores(
    X: ArrayLike,
    reference: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    other_groups: bool = False,
    ks: Sequence[int] = (1, 15),
    max_queries: int = 2000,
    n_permutations: int = 99,
    n_bootstrap: int = 200,
    seed: int = 0,
) -> dict:
    """Rank all rows by cosine for every query, and score where those with its reference value stand.

    The row itself is never an answer. Rows without a reference value are neither queries nor answers. Returns
    ``figures``: for each score of :func:`query_scores`, averaged over queries, a dict with ``value``, ``chance``,
    ``p_value``, ``low``, ``high``; ``n_queries`` (with a relevant answer), ``n_without`` (without one). No query with a
    relevant answer: ``InputError``.

    Parameters
    ----------
    X, reference : (n, d) float and (n,).
    groups : (n,), artist of each row; a row without one is a group of its own. Whole groups are resampled for the
        interval.
    other_groups : answers of the query's own group are left out, so that the style is measured and not the artist.
    ks : places at which P@k and R@k are read.
    max_queries : where there are more rows, so many of them are queries (all are answers).
    n_permutations, n_bootstrap : at least 1. Chance: the reference values are shuffled over the rows. The p-value is
        that of a sample of the queries.
    seed
    """
    check_at_least_one("n_permutations", n_permutations)
    check_at_least_one("max_queries", max_queries)
    features, codes, group = _with_reference(X, reference, groups)
    rng, n = np.random.default_rng(check_seed(seed)), len(codes)
    queries = np.arange(n)
    if n > max_queries:
        queries = np.sort(rng.choice(n, max_queries, replace=False))
    sampled = np.sort(rng.permutation(len(queries))[: max(1, int(_NULL_CELLS / max(n, 1)))])
    parts, rankings, done = [], [], 0
    for rows, order, usable in ranked(features, queries, exclude_same=group if other_groups else None):
        parts.append(query_scores((codes[order] == codes[rows, None]) & usable, ks=ks))
        here = sampled[(sampled >= done) & (sampled < done + len(rows))] - done
        rankings.append((rows[here], order[here], usable[here]))
        done += len(rows)
    scores = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    if not scores or not np.isfinite(scores["mAP"]).any():
        raise InputError("No painting with a reference value has a relevant answer; nothing to measure.")
    rows, order, usable = (np.concatenate(part) for part in zip(*rankings, strict=True))
    null = []
    for _ in range(n_permutations):
        shuffled = rng.permutation(codes)
        null.append(_means(query_scores((shuffled[order] == shuffled[rows, None]) & usable, ks=ks)))
    sample = _means({name: values[sampled] for name, values in scores.items()})
    drawn = [_means(scores, times) for times in group_resamples(group[queries], n_bootstrap=n_bootstrap, seed=seed)]
    figures = {}
    for name, value in _means(scores).items():
        chance = null_of(sample[name], [means[name] for means in null if np.isfinite(means[name])] or [np.nan])
        ends = interval_of([means[name] for means in drawn if np.isfinite(means[name])])
        figures[name] = {"value": value, "chance": chance["mean"], "p_value": chance["p_value"], **ends}
    n_queries = int(np.isfinite(scores["mAP"]).sum())
    return {"figures": figures, "n_queries": n_queries, "n_without": len(queries) - n_queries}


def _with_reference(
    X: ArrayLike, reference: ArrayLike, groups: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features (m, d) float32, codes and groups (m,) of the rows that have a reference value."""
    codes, _ = encode(reference)
    features, group = check_features(X, codes.size, dtype=np.float32), row_groups(groups, codes.size)
    rows = np.flatnonzero(codes >= 0)
    return features[rows], codes[rows], group[rows]


def _precision(hits: np.ndarray, used: np.ndarray, codes: np.ndarray, *, group: np.ndarray, k: int) -> dict:
    """Average hits over used neighbours, both (n,) int."""
    query = used > 0
    if not query.any():
        raise InputError("No painting with a reference value has a usable neighbour; nothing to measure.")
    precision = hits[query] / used[query]
    by_class, sums = np.bincount(codes[query]), np.bincount(codes[query], precision)
    present = by_class > 0
    return {
        "precision": float(precision.mean()),
        "macro_precision": float((sums[present] / by_class[present]).mean()),
        "chance": _chance(codes, group, query),
        "k": int(k),
        "n_queries": int(query.sum()),
        "mean_neighbors": float(used[query].mean()),
    }


def _chance(codes: np.ndarray, group: np.ndarray, query: np.ndarray) -> float:
    """Return the expected precision of neighbours drawn at random from the other groups' rows with a reference."""
    known = codes >= 0
    group = np.unique(group, return_inverse=True)[1]
    cell = np.where(known, codes * (group.max() + 1) + group, 0)
    cells, inverse = np.unique(cell, return_inverse=True)
    in_cell = np.bincount(inverse[known], minlength=cells.size)[inverse]
    same = np.bincount(codes[known])[np.maximum(codes, 0)] - in_cell
    others = known.sum() - np.bincount(group[known], minlength=group.max() + 1)[group]
    return float((same[query] / others[query]).mean())


def _means(scores: dict[str, np.ndarray], times: np.ndarray | None = None) -> dict[str, float]:
    """Average each score over the queries that have it, each counted so many times."""
    means = {}
    for name, values in scores.items():
        known = np.isfinite(values)
        weight = known.astype(float) if times is None else known * times
        total = weight.sum()
        means[name] = float((np.where(known, values, 0) * weight).sum() / total) if total else float("nan")
    return means
