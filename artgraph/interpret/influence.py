"""Who came before whom: clusters in time, and which of two linked clusters looks back to the other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import false_discovery_control, mannwhitneyu

from artgraph.checks import check_seed
from artgraph.errors import InputError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["cluster_times", "influence"]


def cluster_times(labels: np.ndarray, years: np.ndarray) -> list[dict]:
    """Say when each cluster was painted; ``labels`` are (n,) int, -1 for none, ``years`` (n,) float, NaN if unknown.

    For each cluster: ``cluster``, ``size``, ``dated`` (works with a year), ``early``, ``median``, ``late`` (10th, 50th
    and 90th percentile of the years; None without a dated work), ``decades`` (list of [first year, works]).

    Examples
    --------
    >>> cluster_times(np.array([0, 0, 0]), np.array([1871.0, 1875.0, 1884.0]))[0]["decades"]
    [[1870, 2], [1880, 1]]
    """
    labels, years = np.asarray(labels), np.asarray(years, dtype=np.float64)
    found = []
    for label in np.unique(labels[labels >= 0]).tolist():
        own = years[(labels == label) & np.isfinite(years)]
        ends = np.quantile(own, (0.1, 0.5, 0.9)).round(1).tolist() if len(own) else [None] * 3
        decade, works = np.unique(own // 10 * 10, return_counts=True)
        facts = {"cluster": label, "size": int((labels == label).sum()), "dated": len(own)}
        facts |= zip(("early", "median", "late"), ends, strict=True)
        facts["decades"] = [[int(first), int(count)] for first, count in zip(decade, works, strict=True)]
        found.append(facts)
    return found


def influence(
    labels: np.ndarray,
    years: np.ndarray,
    adjacency: csr_matrix,
    *,
    min_works: int = 5,
    n_borrowers: int = 4,
    n_permutations: int = 200,
    seed: int = 0,
) -> list[dict]:
    """Compare linked clusters in time, the most strongly linked pair first.

    For two clusters a and b, b the one whose works are later. ``earlier_by_dates`` is the chance that a work of a is
    earlier than a work of b, both drawn at random; ``earlier_in_links`` the share of the weight of the links between
    them at which it is. Links go to the contemporary part of the other cluster when the second is nearer to a half, and
    beyond it, to older works than the dates alone would give, when it is higher. Likeness is no proof of influence: two
    clusters may look back to a third, and a collection may hold the late works of one and the early ones of another.

    For each pair also: ``earlier``, ``later`` (clusters); ``lift`` (weight of the links between them over what the
    strengths of their works would give); ``links``; ``years`` (by which the later work of a link is later, weighted
    median; negative where links run against the order); ``p_order`` (Mann-Whitney, corrected over pairs) and
    ``p_links`` (two-sided, corrected); ``relation``: "follows" where the order is clear (0.6 or more by dates, p_order
    at most 0.01), else "beside"; ``borrowers``: at most ``n_borrowers`` rows of the later cluster with the most weight
    of links to older works of the earlier one.

    Parameters
    ----------
    labels : (n,) int; negative: no cluster.
    years : (n,) float; NaN where unknown.
    adjacency : (n, n), symmetric, weights at least 0.
    min_works : a cluster with fewer dated works is left out.
    n_permutations, seed : the years are shuffled so many times within each cluster.
    """
    labels, years = np.asarray(labels), np.asarray(years, dtype=np.float64)
    if not len(labels) == len(years) == adjacency.shape[0]:
        raise InputError(f"{len(labels)} labels, {len(years)} years and a graph of {adjacency.shape[0]} paintings")
    usable = (labels >= 0) & np.isfinite(years)
    dated = {c: np.flatnonzero(usable & (labels == c)) for c in np.unique(labels[usable]).tolist()}
    dated = {c: rows for c, rows in dated.items() if len(rows) >= min_works}
    kept = np.isin(labels, list(dated)) & usable
    links = adjacency.tocoo()
    inside = kept[links.row] & kept[links.col]
    row, col, weight = links.row[inside], links.col[inside], links.data[inside].astype(np.float64)
    strength = np.bincount(row, weights=weight, minlength=len(labels))
    rng = np.random.default_rng(check_seed(seed))
    shuffles = np.tile(years, (n_permutations, 1))
    for rows in dated.values():
        shuffles[:, rows] = rng.permuted(shuffles[:, rows], axis=1)
    pairs = []
    for a, b in combinations(dated, 2):
        between = (labels[row] == a) & (labels[col] == b)
        if between.any():
            pairs.append(_pair(a, b, dated, years, (row[between], col[between], weight[between]), shuffles))
            expected = strength[dated[a]].sum() * strength[dated[b]].sum() / weight.sum()
            pairs[-1]["lift"] = float(weight[between].sum() / expected)
    for name in ("p_order", "p_links") if pairs else ():
        for pair, p in zip(pairs, false_discovery_control([pair[name] for pair in pairs]), strict=True):
            pair[name] = float(p)
    for pair in pairs:
        clear = pair["earlier_by_dates"] >= 0.6 and pair["p_order"] <= 0.01
        pair["relation"] = "follows" if clear else "beside"
        pair["borrowers"] = pair["borrowers"][:n_borrowers]
    return sorted(pairs, key=lambda pair: (-pair["lift"], pair["earlier"], pair["later"]))


def _pair(
    a: int, b: int, dated: dict[int, np.ndarray], years: np.ndarray, links: tuple[np.ndarray, ...], shuffles: np.ndarray
) -> dict:
    row, col, weight = links
    order = mannwhitneyu(years[dated[b]], years[dated[a]])
    by_dates = float(order.statistic / (len(dated[a]) * len(dated[b])))
    if by_dates < 0.5:
        a, b, row, col, by_dates = b, a, col, row, 1 - by_dates
    gap = years[col] - years[row]

    def share(gap: np.ndarray) -> np.ndarray:
        return ((gap > 0) + 0.5 * (gap == 0)) @ weight / weight.sum()

    in_links = float(share(gap))
    null = share(shuffles[:, col] - shuffles[:, row])
    # How far from the middle of the shuffles, to either side.
    extreme = np.abs(null - null.mean()) >= abs(in_links - null.mean()) - 1e-12
    back = np.bincount(col, weights=weight * (gap > 0), minlength=len(years))
    borrowers, by_gap = np.lexsort((np.arange(len(years)), -back)), np.argsort(gap, kind="stable")
    middle = by_gap[np.searchsorted(np.cumsum(weight[by_gap]), weight.sum() / 2)]  # the weighted median
    facts = {"earlier": a, "later": b, "links": len(weight), "years": float(gap[middle]), "earlier_by_dates": by_dates}
    facts |= {"earlier_in_links": in_links, "p_order": float(order.pvalue)}
    facts["p_links"] = float((1 + extreme.sum()) / (1 + len(null)))
    return facts | {"borrowers": borrowers[back[borrowers] > 0].tolist()[:32]}
