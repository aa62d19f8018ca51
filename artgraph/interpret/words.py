"""Which words fit a cluster better than the other works, beyond what random phrases reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from artgraph.checks import check_labels, unit_rows
from artgraph.errors import InputError

__all__ = ["best_works", "cluster_words", "distinct_words"]

BLOCK = 2**24  # cosines at a time: 64 MiB


def cluster_words(
    X: np.ndarray,
    labels: np.ndarray,
    terms: np.ndarray,
    *,
    phrases: np.ndarray,
    resamples: Iterable[np.ndarray] = (),
    max_p: float = 0.05,
    level: float = 0.95,
) -> dict[int, list[dict[str, Any]]]:
    """Name the terms that stand out in each cluster, the clearest first; none where none does.

    The difference of a term in a cluster is the mean cosine of its works with the term, less that of the works in other
    clusters. Any text has one, because clusters differ; a term is named where random phrases, encoded as the terms
    were, reach none so large. So that clusters can be compared, differences in one are counted from their median, in
    units of half the width that holds the middle 68 %. Of each phrase the largest over the clusters is taken, so a
    choice among clusters is paid for, and p, the share of phrases that reach as much, (1 + number) / (1 + r), is
    multiplied by the number of terms (Bonferroni).
    Where terms are no more to the pictures than random phrases, a name is given, to any cluster, with a probability of
    ``max_p`` at most. For 0.05 that needs 20 phrases for each term. Besides, the interval of the difference has to lie
    above 0: it is not the work of one artist.

    Parameters
    ----------
    X : (n, d) float, works in the space of the words; a row of zeros is left out.
    labels : (n,) int; negative: no cluster, not compared.
    terms, phrases : (t, d) and (r, d) float, from the same text tower.
    resamples : of (n,) int: how often each work is drawn when artists are drawn with replacement
        (``group_resamples``). Without: no interval.
    max_p, level : of the test and of the interval.

    Returns
    -------
    dict of int to list of dict
        For each cluster entries with ``term`` (row of ``terms``), ``difference``, ``chance`` (a difference that
        random phrases do not reach), ``margin`` (what it is above that), ``p``, and with resamples ``low``, ``high``.

    Raises
    ------
    InputError
        Shapes that do not fit, or too few phrases for a p of ``max_p``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.repeat(np.eye(32)[:2], 10, axis=0)
    >>> found = cluster_words(X, np.repeat([0, 1], 10), np.eye(32)[:1], phrases=rng.standard_normal((40, 32)))
    >>> [[entry["term"] for entry in entries] for entries in found.values()]
    [[0], []]
    """
    X, labels = np.asarray(X, dtype=np.float64), check_labels(labels)
    if X.ndim != 2 or len(X) != len(labels) or X.shape[1] != terms.shape[1] or X.shape[1] != phrases.shape[1]:
        raise InputError(
            f"works are {X.shape} with {len(labels)} labels, terms {terms.shape} and phrases {phrases.shape}; expected "
            "the same number of works and of dimensions."
        )
    if len(terms) and len(terms) / (1 + len(phrases)) > max_p:
        raise InputError(
            f"{len(phrases)} random phrases are too few for {len(terms)} terms; give {round(1 / max_p)} for each."
        )
    X, T, R = (unit_rows(one, least=0) for one in (X, np.asarray(terms, np.float64), np.asarray(phrases, np.float64)))
    clusters = np.unique(labels[labels >= 0])
    member = (labels[:, None] == clusters) & X.any(axis=1)[:, None]  # (n, k)
    compared = (member.sum(axis=0) > 0) & (member.sum(axis=0) < member.sum())
    found: dict[int, list[dict[str, Any]]] = {int(label): [] for label in clusters}
    clusters, member = clusters[compared], member[:, compared].astype(np.float64)
    if not len(clusters) or not len(T):
        return found
    apart = _apart(X, member)  # (k, d)
    reached = apart @ R.T  # (k, r)
    difference = apart @ T.T  # (k, t)
    # of terms and phrases together: were it of the phrases alone, they would seem less extreme than the terms
    low, middle, high = np.quantile(np.hstack([difference, reached]), (0.1587, 0.5, 0.8413), axis=1, keepdims=True)
    spread = np.maximum((high - low) / 2, 1e-12)
    most = np.sort(((reached - middle) / spread).max(axis=0))  # of each phrase over the clusters
    above = (difference - middle) / spread
    p = np.minimum(len(T) * (1 + len(R) - np.searchsorted(most, above, side="left")) / (1 + len(R)), 1)
    allowed = int(np.floor(max_p * (1 + len(R)) / len(T) + 1e-9)) - 1  # phrases that may reach as much
    chance = middle[:, 0] + spread[:, 0] * most[len(R) - 1 - allowed]
    k, t = np.nonzero(p <= max_p)
    intervals = _intervals(X, member, T, resamples=resamples, pairs=(k, t), level=level)
    for at in np.lexsort((t, -above[k, t])):
        entry = {"term": int(t[at]), "difference": float(difference[k[at], t[at]]), "chance": float(chance[k[at]])}
        entry |= {"margin": entry["difference"] - entry["chance"], "p": float(p[k[at], t[at]])}
        if intervals is not None:
            entry |= {"low": float(intervals[0, at]), "high": float(intervals[1, at])}
        if entry.get("low", 1) > 0:
            found[int(clusters[k[at]])].append(entry)
    return found


def _apart(X: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Return for each cluster the mean of its works less that of the works in others, (k, d); NaN where one is empty.

    ``member`` (n, k) says how often each work counts in each cluster.
    """
    count, total = member.sum(axis=0), member.T @ X
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = total / count[:, None]
        return inside - (total.sum(axis=0) - total) / (count.sum() - count)[:, None]


def _intervals(
    X: np.ndarray,
    member: np.ndarray,
    T: np.ndarray,
    *,
    resamples: Iterable[np.ndarray],
    pairs: tuple[np.ndarray, np.ndarray],
    level: float,
) -> np.ndarray | None:
    """Return the ends of the interval of each difference, of pairs of cluster and term, (2, m); None without draws."""
    k, t = pairs
    columns, place = np.unique(t, return_inverse=True)
    scores = X @ T[columns].T  # (n, terms that are named)
    drawn = [_apart(scores, member * times[:, None])[k, place] for times in resamples]
    if not drawn or not len(k):
        return None if not drawn else np.empty((2, 0))
    return np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)


def distinct_words(
    found: list[dict[str, Any]], scores: np.ndarray, *, most: int = 5, max_correlation: float = 0.8
) -> list[dict[str, Any]]:
    """Choose the entries of a cluster that are worth saying: the clearest, and not the same thing twice.

    Parameters
    ----------
    found : of one cluster, from ``cluster_words``.
    scores : (n, t) float, the cosine of each work with each term.
    most : so many at most.
    max_correlation : left out is a term whose scores go together more closely with those of a clearer one.

    Examples
    --------
    >>> scores = np.array([[1.0, 1.1, 0.0], [2.0, 2.1, 1.0], [3.0, 2.9, 0.0]])
    >>> [one["term"] for one in distinct_words([{"term": 0}, {"term": 1}, {"term": 2}], scores)]
    [0, 2]
    """
    chosen: list[dict[str, Any]] = []
    for entry in found:
        pairs = (np.corrcoef(scores[:, entry["term"]], scores[:, other["term"]])[0, 1] for other in chosen)
        if len(chosen) < most and all(together <= max_correlation for together in pairs):
            chosen.append(entry)
    return chosen


def best_works(X: np.ndarray, terms: np.ndarray, *, most: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the works nearest to each term, the nearest first: rows, (t, m) int64, and cosines, (t, m) float32.

    m is ``most``, or the number of works where there are fewer; by default a tenth of them, but 20 at least and 200 at
    most. Equal works stand in row order.

    Parameters
    ----------
    X, terms : (n, d) and (t, d) float. A row of zeros has cosine 0.
    most

    Examples
    --------
    >>> best_works(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 2.0]]), most=1)
    (array([[1]]), array([[1.]], dtype=float32))
    """
    X, terms = (unit_rows(np.asarray(one, np.float32), least=0) for one in (X, terms))
    most = max(20, min(200, len(X) // 10)) if most is None else most
    step = max(1, BLOCK // max(len(X), 1))
    rows, cosines = [], []
    for start in range(0, len(terms), step):
        cosine = terms[start : start + step] @ X.T
        rows.append(np.argsort(-cosine, axis=1, kind="stable")[:, :most])
        cosines.append(np.take_along_axis(cosine, rows[-1], axis=1))
    return np.concatenate(rows), np.concatenate(cosines)
