"""How far two ways of grouping the same paintings agree, and which artists change their cluster over the years."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from artgraph.errors import InputError
from artgraph.evaluation.partition import partition_scores

__all__ = ["agreement", "changes_over_time"]

FEWEST = 8  # dated works from which a change over time can be told from chance


def agreement(groupings: Mapping[str, Sequence]) -> list[dict]:
    """Compare every two of several groupings.

    Each of ``groupings`` is n cluster numbers (negative for none) or n texts (None for none). Returns, for every pair
    that has something to compare, ``a``, ``b`` (names), ``ami``, ``ari`` (0: as by chance, 1: the same) and ``n``
    (paintings that both place).

    >>> agreement({"leiden": [0, 0, 1, 1], "style": ["a", "a", "b", "b"]})
    [{'a': 'leiden', 'b': 'style', 'ami': 1.0, 'ari': 1.0, 'n': 4}]
    """
    numbers = {name: _numbers(values) for name, values in groupings.items()}
    found = []
    for a, b in combinations(groupings, 2):
        try:
            scores = partition_scores(numbers[a], [None if v < 0 else str(v) for v in numbers[b].tolist()])
        except InputError:
            continue
        scores = {key: round(float(scores[key]), 4) for key in ("ami", "ari")} | {"n": int(scores["n"])}
        found.append({"a": a, "b": b, **scores})
    return found


def _numbers(values: Sequence) -> np.ndarray:
    values = np.asarray(values)
    return values if values.dtype.kind in "iu" else pd.factorize(np.array([v or None for v in values], object))[0]


def changes_over_time(
    labels: np.ndarray, artists: Sequence[str | None], years: Sequence[float], *, draws: int = 9999, seed: int = 0
) -> list[dict]:
    """Test for each artist whether the later works lie in other clusters than the earlier ones.

    The dated works of an artist are split at the middle in the order of their years; the distance is half the sum of
    the absolute differences of the shares that the clusters have in the two halves (total variation). It is compared
    with the distance of random halves of the same works, which is what few works give by chance.

    Returns for artists with 8 or more dated works in clusters, by name: ``name``, ``works`` (those counted), ``change``
    (0: the halves lie alike, 1: in other clusters altogether), ``chance`` (mean over random halves), ``p`` (share of
    random halves, the true one counted, that lie as far apart; Benjamini-Hochberg over artists).

    >>> found = changes_over_time([0] * 8 + [1] * 8, ["Ann"] * 16, list(range(1900, 1916)))[0]
    >>> found["name"], found["change"], found["p"] < 0.01
    ('Ann', 1.0, True)

    Parameters
    ----------
    labels : (n,) int, negative for none.
    artists : n names or None.
    years : (n,) float, NaN where unknown.
    draws : random halves for an artist, at most: 499 first, the others only where those leave p at 0.05 or less.
    seed : of the random halves.
    """
    labels, years = np.asarray(labels), np.asarray(years, dtype=float)
    names = pd.Series(artists, dtype=object).where((labels >= 0) & np.isfinite(years))
    rows = {name: works for name, works in names.groupby(names).indices.items() if name and len(works) >= FEWEST}
    rng, found = np.random.default_rng(seed), []
    for name in sorted(rows):
        works = rows[name][np.argsort(years[rows[name]], kind="stable")]
        _, group = np.unique(labels[works], return_inverse=True)
        half, counts = len(works) // 2, np.bincount(group)
        early, late = (np.bincount(part, minlength=len(counts)) for part in (group[:half], group[-half:]))
        true = _distance(early, late, half)
        mixed = _random_halves(counts, rng, min(draws, 499))
        if (mixed >= true - 1e-12).mean() <= 0.05 and draws > len(mixed):
            mixed = np.concatenate([mixed, _random_halves(counts, rng, draws - len(mixed))])
        p = (1 + int((mixed >= true - 1e-12).sum())) / (1 + len(mixed))
        found.append({"name": name, "works": len(works), "change": true, "chance": mixed.mean(), "p": p})
    corrected = false_discovery_control([f["p"] for f in found]) if found else []
    for f, p in zip(found, corrected, strict=True):
        f |= {"change": round(float(f["change"]), 3), "chance": round(float(f["chance"]), 3), "p": round(float(p), 4)}
    return found


def _random_halves(counts: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return the distances (d,) of random halves of works of which ``counts`` (k,) lie in each cluster."""
    half = counts.sum() // 2
    rest = np.repeat(counts[None], draws, axis=0)
    early = _drawn(rest, half, rng)
    return _distance(early, _drawn(rest - early, half, rng), half)


def _drawn(counts: np.ndarray, many: int, rng: np.random.Generator) -> np.ndarray:
    """Draw ``many`` works without replacement, of counts (d, k) in each cluster: multivariate hypergeometric."""
    drawn, left = np.empty_like(counts), np.full(len(counts), many)
    others = counts.sum(axis=1)
    for k in range(counts.shape[1]):
        others = others - counts[:, k]
        drawn[:, k] = rng.hypergeometric(counts[:, k], others, left)
        left = left - drawn[:, k]
    return drawn


def _distance(early: np.ndarray, late: np.ndarray, half: int) -> np.ndarray:
    """Return the total variation (d,) between two halves of works by the counts (d, k) in each cluster."""
    return np.abs(early - late).sum(-1) / (2 * half)
