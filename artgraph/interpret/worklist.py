"""Works that do not go with what the catalogue says of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, hypergeom
from scipy.stats import t as student

from artgraph.checks import unit_rows
from artgraph.errors import InputError

__all__ = [
    "Affinity", "affinity", "chance_of_nearness", "date_gaps", "departures", "school_votes", "shared_trait",
    "stand_out",
]  # fmt: skip

_BLOCK = 512
_SAMPLE = 2000


class Affinity(NamedTuple):
    """How near works are to the works of each artist.

    Attributes
    ----------
    own : (n,) float, to the other works of its own artist; NaN where there are too few.
    nearest : (n, m) int, codes of the nearest other artists, the nearest first; -1 where there are none.
    near : (n, m) float, how near these are; NaN where there are none.
    names : the artist of each code.
    """

    own: np.ndarray
    nearest: np.ndarray
    near: np.ndarray
    names: list


def affinity(
    X: np.ndarray,
    artists: Sequence[str | None],
    *,
    n_works: int = 3,
    min_works: int = 3,
    n_artists: int = 3,
    seed: int = 0,
) -> Affinity:
    """Measure how near each work is to the works of every artist.

    The affinity of a work to an artist is the mean of its ``n_works`` highest cosines with works by that artist, less
    the mean affinity of works in general to that artist: some artists are near to all. That mean is the correction of
    hubs of CSLS (Conneau et al. 2018, arXiv 1710.04087), for artists in place of points.

    Parameters
    ----------
    X : (n, d) float array, finite.
    artists : length n, as from ``linkable_artists``.
    min_works : artists with fewer works are not compared with; a work's own artist needs so many, itself included.
    n_artists : at most so many nearest artists are named.
    seed : of the sample of 2,000 works that says what works in general are.

    Examples
    --------
    >>> X = np.array([[1.0, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]])
    >>> found = affinity(X, ["a", "a", "a", "b", "b", "b", "a"])  # the last is nearer to b
    >>> (found.near[:, 0] > found.own).tolist()
    [False, False, False, False, False, False, True]
    """
    X = np.asarray(X, dtype=np.float32)
    artists = list(artists)
    if len(artists) != len(X):
        raise InputError(f"{len(artists)} artists for {len(X)} rows of features")
    if not np.isfinite(X).all():
        raise InputError("X holds NaN or infinity; leave these rows out or fill them.")
    counts = pd.Series(artists, dtype=object).value_counts()
    names = sorted(str(name) for name, count in counts.items() if count >= min_works)
    code_of = {name: code for code, name in enumerate(names)}
    codes = np.array([code_of.get(artist, -1) for artist in artists], dtype=np.int64)
    n, m = len(X), len(names)
    own = np.full(n, np.nan)
    nearest, near = np.full((n, n_artists), -1, dtype=np.int64), np.full((n, n_artists), np.nan)
    if not m:
        return Affinity(own, nearest, near, names)
    unit = unit_rows(X)
    members = np.flatnonzero(codes >= 0)
    members = members[np.argsort(codes[members], kind="stable")]
    starts = np.searchsorted(codes[members], np.arange(m))
    sample = np.random.default_rng(seed).permutation(n)[:_SAMPLE]
    general = sum(_top(unit, rows, members, starts, n_works).sum(axis=0) for rows in _blocks(sample)) / len(sample)
    for rows in _blocks(np.arange(n)):
        to = _top(unit, rows, members, starts, n_works) - general
        known = codes[rows] >= 0
        own[rows[known]] = to[known, codes[rows[known]]]
        to[known, codes[rows[known]]] = -np.inf
        best = np.argsort(-to, axis=1, kind="stable")[:, :n_artists]
        value = np.take_along_axis(to, best, axis=1)
        nearest[rows, : best.shape[1]] = np.where(np.isfinite(value), best, -1)
        near[rows, : best.shape[1]] = np.where(np.isfinite(value), value, np.nan)
    return Affinity(own, nearest, near, names)


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]


def _top(unit: np.ndarray, rows: np.ndarray, members: np.ndarray, starts: np.ndarray, n_works: int) -> np.ndarray:
    """Return the mean of the highest cosines of some rows with each artist's works, (rows, artists)."""
    cosine = unit[rows] @ unit[members].T
    cosine[rows[:, None] == members[None, :]] = -np.inf
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(members))))
    total, count = np.zeros((len(rows), len(starts))), np.zeros((len(rows), len(starts)))
    for _ in range(n_works):
        highest = np.maximum.reduceat(cosine, starts, axis=1)
        there = np.isfinite(highest)
        total += np.where(there, highest, 0)
        count += there
        # One of each artist is taken away; equal ones at once, which changes no mean.
        cosine[cosine == highest[:, group]] = -np.inf
    return total / np.maximum(count, 1)


def date_gaps(indices: np.ndarray, years: np.ndarray, *, min_neighbors: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Compare the year of each work with the years of its neighbours; return (middle, gap), each (n,) float.

    ``middle`` is the median year of the neighbours; ``gap`` the years from the work's own to it, above 0 where the
    neighbours are later, and 0 where the work's year is among those of the middle four fifths of them. NaN where a work
    is left out.

    Parameters
    ----------
    indices : (n, k) int, neighbours, -1 where there is none.
    years : (n,) float; NaN where unknown.
    min_neighbors : a work with fewer dated neighbours is left out.

    Examples
    --------
    >>> near = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    >>> middle, gap = date_gaps(near, np.array([1880.0, 1882.0, 1884.0, 1650.0]), min_neighbors=3)
    >>> middle.tolist(), gap.tolist()
    ([1882.0, 1880.0, 1880.0, 1882.0], [0.0, 0.0, -4.0, 232.0])
    """
    indices, years = np.asarray(indices), np.asarray(years, dtype=np.float64)
    near = np.where(indices >= 0, years[indices], np.nan)
    enough = (np.isfinite(near).sum(axis=1) >= min_neighbors) & np.isfinite(years)
    middle, gap = np.full(len(years), np.nan), np.full(len(years), np.nan)
    if enough.any():
        low, median, high = np.nanquantile(near[enough], (0.1, 0.5, 0.9), axis=1)
        middle[enough] = median
        gap[enough] = np.where((years[enough] < low) | (years[enough] > high), median - years[enough], 0.0)
    return middle, gap


def school_votes(
    indices: np.ndarray, schools: Sequence[str | None], groups: Sequence | None = None
) -> tuple[list[str | None], np.ndarray, np.ndarray]:
    """Count the schools among the neighbours of each work that are by other artists; return (other, share, own).

    ``other`` is the school that most neighbours have, if that is another; ``share`` its share of the votes and ``own``
    that of the work's own school, (n,) float. None and NaN where the work has no school or nobody votes.

    Parameters
    ----------
    indices : (n, k) int, neighbours, -1 where there is none.
    schools : length n, of each work, None where unknown.
    groups : length n, artist of each work; works by the same artist have no vote.

    Examples
    --------
    >>> near = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    >>> other, share, own = school_votes(near, ["Dutch", "Dutch", "Dutch", "French"])
    >>> other, float(share[3])
    ([None, None, None, 'Dutch'], 1.0)
    """
    indices, schools = np.asarray(indices), list(schools)
    artists = [None] * len(schools) if groups is None else list(groups)
    other, share, own = [], np.full(len(schools), np.nan), np.full(len(schools), np.nan)
    for row, school in enumerate(schools):
        votes = [
            schools[near]
            for near in indices[row].tolist()
            if near >= 0 and schools[near] is not None and (artists[near] is None or artists[near] != artists[row])
        ]
        if school is None or not votes:
            other.append(None)
            continue
        names, counts = np.unique(np.array(votes, dtype=object).astype(str), return_counts=True)
        most = str(names[counts.argmax()])
        share[row], own[row] = counts.max() / len(votes), votes.count(school) / len(votes)
        other.append(most if most != school else None)
    return other, share, own


def departures(
    values: np.ndarray, beside: np.ndarray | None = None, *, n_beside: int = 30, min_beside: int = 8, least: float = 0.0
) -> np.ndarray:
    """Say how unlikely it is that a work departs so far upward from works like it: p, (n,) float, NaN if left out.

    The null is that the value of a work is drawn like those of the works nearest to it in ``beside``: about their
    median, with the largest of the spreads that their quartiles and their ninth decile give, so that up to a tenth of
    works that do stand out do not widen it, and a long tail does. p is the upper tail of Student's t, its degrees of
    freedom half the number of works compared with, for the spread is estimated. Where works like it depart as far, as
    the only old works of a modern collection do, nothing is unlikely.

    Parameters
    ----------
    values : (n,) float; higher is more unusual; NaN: left out.
    beside : (n,) float, by which works are like each other, such as their year; NaN: left out. None: all are alike.
    n_beside, min_beside : works compared with, itself apart; a work with fewer than ``min_beside`` is left out.
    least : the smallest spread taken, in units of ``values``.

    Examples
    --------
    >>> values = np.append(np.tile([0.0, 1.0, 2.0, 3.0], 10), 20.0)
    >>> p = departures(values)
    >>> int(p.argmin()), bool(p[40] < 1e-4), bool(p[3] > 0.1)
    (40, True, True)
    """
    values = np.asarray(values, dtype=np.float64)
    beside = np.zeros(len(values)) if beside is None else np.asarray(beside, dtype=np.float64)
    if beside.shape != values.shape:
        raise InputError(f"{len(beside)} works are compared by, {len(values)} have values; expected the same works.")
    p = np.full(len(values), np.nan)
    rows = np.flatnonzero(np.isfinite(values) & np.isfinite(beside))
    n_others = min(n_beside, len(rows) - 1)
    if n_others < min_beside:
        return p
    rows = rows[np.argsort(beside[rows], kind="stable")]
    ordered = beside[rows]
    ends = np.array([ordered[0], ordered[-1]])
    for place, row in enumerate(rows.tolist()):
        low, high = (
            np.searchsorted(ordered, beside[row], side="left"),
            np.searchsorted(ordered, beside[row], side="right"),
        )
        if high - low - 1 >= n_others or (ends == beside[row]).all():
            chosen = np.arange(low, high)  # all that are equal, since their order means nothing
        else:
            window = np.arange(max(0, place - n_others), min(len(rows), place + n_others + 1))
            distance = np.abs(ordered[window] - beside[row])
            chosen = window[np.argsort(distance, kind="stable")][: n_others + 1]
        others = values[rows[chosen[chosen != place]]]
        low_end, middle, high_end, tail = np.quantile(others, (0.25, 0.5, 0.75, 0.9))
        # In units of the normal distribution's standard deviation, whose quantiles are these.
        spread = max((middle - low_end) / 0.6745, (high_end - middle) / 0.6745, (tail - middle) / 1.2816, least, 1e-9)
        p[row] = student.sf((values[row] - middle) / spread, len(others) / 2)
    return p


def chance_of_nearness(near: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Say how often a nearest artist who is wrong is as near: p, (n,) float.

    (1 + number of ``wrong`` at least as high) / (1 + number of ``wrong``), a conformal p (Vovk, Gammerman and Shafer
    2005): valid whatever the distribution.

    Parameters
    ----------
    near : (n,) float, of works that are asked about; NaN: left out.
    wrong : (m,) float, how near works by known artists are to the nearest *other* artist; NaN is left out.

    Examples
    --------
    >>> chance_of_nearness(np.array([0.9, 0.2]), np.array([0.1, 0.3, 0.5])).tolist()
    [0.25, 0.75]
    """
    near, wrong = np.asarray(near, dtype=np.float64), np.sort(np.asarray(wrong, dtype=np.float64))
    wrong = wrong[np.isfinite(wrong)]
    higher = len(wrong) - np.searchsorted(wrong, near, side="left")
    return np.where(np.isfinite(near), (1 + higher) / (1 + len(wrong)), np.nan)


def stand_out(p: np.ndarray, *, max_fdr: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Choose the works that chance does not explain; return (rows, corrected p), the least likely first.

    Benjamini and Hochberg (1995): of the works listed, at most the share ``max_fdr`` is expected to be there by chance.
    There are as many as there are, perhaps none.

    Parameters
    ----------
    p : (n,) float; NaN: left out, and not counted as looked at.
    max_fdr : between 0 and 1.

    Examples
    --------
    >>> rows, corrected = stand_out(np.array([0.5, np.nan, 0.001, 0.03]))
    >>> rows.tolist(), corrected.round(3).tolist()
    ([2, 3], [0.003, 0.045])
    """
    known = np.flatnonzero(np.isfinite(p))
    if not len(known):
        return known, np.empty(0)
    corrected = false_discovery_control(np.asarray(p)[known])
    order = np.lexsort((known, np.asarray(p)[known]))
    order = order[corrected[order] <= max_fdr]
    return known[order], corrected[order]


def shared_trait(
    row: int, near: np.ndarray, traits: Mapping[str, Sequence], *, max_share: float = 1 / 3, max_p: float = 0.01
) -> str | None:
    """Name the trait of the reproduction that a work shares with its neighbours and few others have; None without one.

    Such a trait, a round picture or one in black and white, explains why the works are near each other; what else they
    have in common is then no evidence. At least half of the neighbours need to have it, and so many of a number of
    works drawn at random only with a chance (hypergeometric) of ``max_p``.

    Parameters
    ----------
    row : the work.
    near : (k,) int, rows of its neighbours; negative: none.
    traits : n values of each trait, None or NaN where unknown.
    max_share : a value that more of the works have is no trait.
    max_p

    Examples
    --------
    >>> shared_trait(0, np.array([1, 2, 3]), {"round": [True] * 4 + [False] * 36})
    'round'
    >>> shared_trait(9, np.array([1, 2, 3]), {"round": [True] * 4 + [False] * 36}) is None
    True
    """
    near = np.asarray(near)
    near = near[(near >= 0) & (near != row)]
    for name, values in traits.items():
        own = values[row]
        if own is None or own != own or own is False or own in ("no", "none"):
            continue
        others = [value for i, value in enumerate(values) if i != row and value is not None]
        having = sum(value == own for value in others)
        here = [values[i] for i in near.tolist() if values[i] is not None]
        count = sum(value == own for value in here)
        if not here or having > max_share * len(others) or count < len(here) / 2:
            continue
        if hypergeom.sf(count - 1, len(others), having, len(here)) <= max_p:
            return name
    return None
