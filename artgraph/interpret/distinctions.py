"""In what a cluster differs from the other works: a rank test that counts artists, not works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control, norm, rankdata

from artgraph.checks import check_labels
from artgraph.errors import InputError

__all__ = ["artist_weights", "correlations", "distinctions", "distinctive"]


def artist_weights(groups: Sequence | None, rows: np.ndarray) -> np.ndarray:
    """Return for each of ``rows``, (m,) int, one over the number of these by its artist, (m,) float: artists add to 1.

    Parameters
    ----------
    groups : length n, artist of each painting, None where unknown: such a work stands for itself. None: all do.
    rows : indices into ``groups``.

    Examples
    --------
    >>> artist_weights(["a", "a", "b", None, None], np.array([0, 1, 2, 3, 4])).tolist()
    [0.5, 0.5, 1.0, 1.0, 1.0]
    """
    if groups is None:
        return np.ones(len(rows))
    return _weights(_codes(groups)[np.asarray(rows, dtype=np.int64)])


def _codes(groups: Sequence | None) -> np.ndarray | None:
    """Number the artists of all works, (n,) int64, -1 where unknown."""
    if groups is None:
        return None
    number: dict[Any, int] = {}
    return np.array([-1 if one is None else number.setdefault(one, len(number)) for one in groups], dtype=np.int64)


def _weights(codes: np.ndarray) -> np.ndarray:
    """Return one over the number of works by the same artist, (m,) float; 1 where unknown."""
    count = np.bincount(codes + 1)
    count[:1] = 1
    return 1 / count[codes + 1]


def distinctions(
    values: np.ndarray, labels: np.ndarray, groups: Sequence | None = None, *, names: Sequence[str]
) -> dict[int, list[dict]]:
    """Compare each cluster with all other works in each measure, the strongest difference first.

    ``effect`` is Cliff's delta (1993, doi:10.1037/0033-2909.114.3.494): the chance that a work of the cluster has more
    of the measure than another work, less the chance that it has less. Works by one artist are alike and no independent
    witnesses. Therefore one work by each artist is drawn from the cluster and from the rest; ``effect`` is the mean
    over all such draws, which is the effect with works weighted so that each artist counts once on either side
    (within-cluster resampling, Hoffman, Sen and Weinberg 2001, doi:10.1093/biomet/88.4.1121). ``p`` is that of
    Mann and Whitney's test for a single draw, two-sided, by the normal approximation: the mean varies less than one
    draw, so p is rather too large. It is corrected for all clusters and measures (Benjamini and Hochberg 1995).

    Each entry also has ``name``, ``median`` of the cluster and ``median_rest`` (artists counting once), ``n`` and
    ``n_rest`` (artists compared). An entry is made where both sides have a value.

    Parameters
    ----------
    values : (n, m) float, measures of n paintings; NaN is left out.
    labels : (n,) int; negative: no cluster, not compared.
    groups : length n, artist of each painting, None where unknown: a work that stands for itself. None: all do.
    names : of the m measures.

    Examples
    --------
    >>> light = np.arange(40.0)[:, None]
    >>> (one,) = distinctions(light, np.repeat([0, 1], 20), names=["lightness"])[0]
    >>> one["effect"], one["median"], one["p"] < 1e-6
    (-1.0, 9.5, True)
    >>> (one,) = distinctions(light, np.repeat([0, 1], 20), ["a"] * 20 + [None] * 20, names=["lightness"])[0]
    >>> one["effect"], one["n"], one["p"] > 0.05  # twenty works by one artist are one witness
    (-1.0, 1, True)
    """
    values, labels = np.asarray(values, dtype=np.float64), check_labels(labels)
    if values.ndim != 2 or len(values) != len(labels) or values.shape[1] != len(names):
        raise InputError(f"values are {values.shape}; expected ({len(labels)}, {len(names)}): paintings and measures.")
    clusters = np.unique(labels[labels >= 0]).tolist()
    found: dict[int, list[dict]] = {label: [] for label in clusters}
    entries, artists = [], _codes(groups)
    for column, name in enumerate(names):
        known = np.flatnonzero(np.isfinite(values[:, column]) & (labels >= 0))
        for label in clusters:
            inside = labels[known] == label
            if inside.all() or not inside.any():
                continue
            sides = [values[known[side], column] for side in (inside, ~inside)]
            own = [known[side] for side in (inside, ~inside)]
            weights = [np.ones(len(side)) if artists is None else _weights(artists[side]) for side in own]
            n, m = (round(float(side.sum())) for side in weights)
            effect = _dominance(sides, weights)
            z = effect / 2 / np.sqrt((n + m + 1) / (12 * n * m))
            entry = {"name": name, "effect": effect, "p": float(2 * norm.sf(abs(z))), "n": n, "n_rest": m}
            entry |= dict(zip(("median", "median_rest"), map(_median, sides, weights), strict=True))
            found[label].append(entry)
            entries.append(entry)
    if entries:
        for entry, p in zip(entries, false_discovery_control([entry["p"] for entry in entries]), strict=True):
            entry["p"] = float(p)
    for rows in found.values():
        rows.sort(key=lambda row: (-abs(row["effect"]), row["name"]))
    return found


def distinctive(
    found: Sequence[Mapping[str, Any]],
    correlation: Mapping[tuple[str, str], float],
    *,
    max_p: float = 0.05,
    min_effect: float = 0.4,
    max_correlation: float = 0.6,
) -> list[dict]:
    """Choose the differences worth saying: clear, large, and not the same thing twice, the largest first.

    Parameters
    ----------
    found : of one cluster, from ``distinctions``.
    correlation : of pairs of names, in either order; missing: 0.
    max_p, min_effect : a difference is kept up to this p and from this effect, in absolute value: 0.4 says that a work
        of the cluster and another one stand in this order in seven cases of ten.
    max_correlation : left out is what goes together more closely, in absolute value, with a larger difference.

    Examples
    --------
    >>> found = [{"name": "a", "effect": 0.9, "p": 0.001}, {"name": "b", "effect": 0.8, "p": 0.001}]
    >>> [one["name"] for one in distinctive(found, {("b", "a"): -0.95})]
    ['a']
    """
    chosen: list[dict] = []
    for row in sorted(found, key=lambda row: (-abs(row["effect"]), row["name"])):
        if row["p"] > max_p or abs(row["effect"]) < min_effect:
            continue
        pairs = [(row["name"], other["name"]) for other in chosen]
        alike = [correlation.get(pair, correlation.get(pair[::-1], 0.0)) for pair in pairs]
        if not alike or max(map(abs, alike)) <= max_correlation:
            chosen.append(dict(row))
    return chosen


def _dominance(sides: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> float:
    """Return P(x > y) - P(x < y) for x, y drawn from two samples by weight."""
    (x, y), (v, w) = sides, weights
    order = np.argsort(y, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(w[order])])
    less, up_to = (below[np.searchsorted(y[order], x, side=side)] for side in ("left", "right"))
    return round(float((v * (less - (below[-1] - up_to))).sum() / (v.sum() * below[-1])), 12)


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights.sum() / 2
    at = int(np.argmax(reached > -1e-9))
    upper = at + 1 if abs(reached[at]) < 1e-9 and at + 1 < len(order) else at
    return float((values[order[at]] + values[order[upper]]) / 2)


def correlations(values: np.ndarray, names: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return Spearman's correlation of each pair of columns of ``values`` (n, m), named; 0 where one is constant.

    Only rows with both are counted. Parameters: ``values``, (n, m) float, and the m ``names``.
    """
    found = {}
    for i in range(len(names)):
        for j in range(i):
            both = values[np.isfinite(values[:, i]) & np.isfinite(values[:, j])]
            if len(both) > 2 and np.ptp(both[:, i]) > 0 and np.ptp(both[:, j]) > 0:
                found[names[i], names[j]] = float(np.corrcoef(rankdata(both[:, i]), rankdata(both[:, j]))[0, 1])
    return found
