"""Works that do not go with what the catalogue says of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from artgraph.checks import unit_rows
from artgraph.errors import InputError
from artgraph.graph import Neighbors, knn
from artgraph.interpret.evidence import quantiles_of_others

__all__ = ["EXACT_UP_TO", "LISTED", "Affinity", "affinity", "date_gaps", "own_gaps", "school_votes"]

_BLOCK = 512
_COSINES = 2**26  # that are held at once
_LISTS = 8192  # rows whose lists are looked at together
_SAMPLE = 2000
EXACT_UP_TO = 20_000  # works up to which every work is compared with every artist
LISTED = 64  # nearest works that say of more works which artists are near


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
    lists: Neighbors | None = None,
    seed: int = 0,
) -> Affinity:
    """Measure how near each work is to the works of every artist.

    The affinity of a work to an artist is the mean of its ``n_works`` highest cosines with works by that artist, less
    the mean affinity of works in general to that artist: some artists are near to all. That mean is the correction of
    hubs of CSLS (Conneau et al. 2018, arXiv 1710.04087), for artists in place of points. Of more than ``EXACT_UP_TO``
    works, other artists are near only with ``n_works`` works among the ``LISTED`` nearest works.

    Parameters
    ----------
    X : (n, d) float array, finite.
    artists : length n, as from ``linkable_artists``.
    min_works : artists with fewer works are not compared with; a work's own artist needs so many, itself included.
    n_artists : at most so many nearest artists are named.
    lists : the ``LISTED`` nearest works of each by cosine, where there are more than ``EXACT_UP_TO``; None: they are
        searched.
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
    blocks = _blocks(sample, len(members))
    general = sum(_top(unit, rows, members, starts, n_works).sum(axis=0) for rows in blocks) / len(sample)
    if n > EXACT_UP_TO:
        lists = lists or knn(unit, n_neighbors=LISTED, seed=seed)
        own, nearest, near = _among_nearest(lists, codes, general, n_works=n_works, n_artists=n_artists)
        _own_of_the_rest(own, unit, codes, general, members, starts, n_works=n_works)
        return Affinity(own, nearest, near, names)
    for rows in _blocks(np.arange(n), len(members)):
        to = _top(unit, rows, members, starts, n_works) - general
        known = codes[rows] >= 0
        own[rows[known]] = to[known, codes[rows[known]]]
        to[known, codes[rows[known]]] = -np.inf
        best = np.argsort(-to, axis=1, kind="stable")[:, :n_artists]
        value = np.take_along_axis(to, best, axis=1)
        nearest[rows, : best.shape[1]] = np.where(np.isfinite(value), best, -1)
        near[rows, : best.shape[1]] = np.where(np.isfinite(value), value, np.nan)
    return Affinity(own, nearest, near, names)


def _among_nearest(
    lists: Neighbors, codes: np.ndarray, general: np.ndarray, *, n_works: int, n_artists: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ``own``, ``nearest`` and ``near`` as lists of neighbours tell them: of artists with enough works there."""
    n = len(codes)
    own = np.full(n, np.nan)
    nearest, near = np.full((n, n_artists), -1, dtype=np.int64), np.full((n, n_artists), np.nan)
    for start in range(0, n, _LISTS):
        rows = np.arange(start, min(start + _LISTS, n))
        listed = lists.indices[rows]
        code = np.where(listed >= 0, codes[listed], -1)
        order = np.argsort(code, axis=1, kind="stable")  # those of an artist stay in their order
        code = np.take_along_axis(code, order, axis=1)
        cosine = 1 - np.take_along_axis(lists.distances[rows].astype(np.float64), order, axis=1)
        # where n_works of one artist stand together, the first of that artist's
        together, first = sliding_window_view(code, n_works, axis=1), np.diff(code, axis=1, prepend=-2) != 0
        artist, last = together[..., 0], together[..., -1]
        at, place = np.nonzero(first[:, : artist.shape[1]] & (artist == last) & (artist >= 0))
        artist = artist[at, place]
        value = sliding_window_view(cosine, n_works, axis=1)[at, place].mean(axis=1) - general[artist]
        mine = artist == codes[rows[at]]
        own[rows[at[mine]]] = value[mine]
        at, artist, value = at[~mine], artist[~mine], value[~mine]
        order = np.lexsort((artist, -value, at))
        at, artist, value = at[order], artist[order], value[order]
        rank = np.arange(len(at)) - np.searchsorted(at, at)
        few = rank < n_artists
        nearest[rows[at[few]], rank[few]], near[rows[at[few]], rank[few]] = artist[few], value[few]
    return own, nearest, near


def _own_of_the_rest(
    own: np.ndarray,
    unit: np.ndarray,
    codes: np.ndarray,
    general: np.ndarray,
    members: np.ndarray,
    starts: np.ndarray,
    *,
    n_works: int,
) -> None:
    """Fill ``own`` in where lists did not tell it, artist by artist."""
    for code, (start, stop) in enumerate(zip(starts, np.append(starts[1:], len(members)), strict=True)):
        works = members[start:stop]
        for rows in _blocks(works[np.isnan(own[works])], len(works)):
            own[rows] = _top(unit, rows, works, np.zeros(1, dtype=np.int64), n_works)[:, 0] - general[code]


def _blocks(rows: np.ndarray, width: int) -> list[np.ndarray]:
    size = max(1, min(_BLOCK, _COSINES // max(width, 1)))
    return [rows[start : start + size] for start in range(0, len(rows), size)]


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


def own_gaps(found: Affinity, artists: Sequence[str | None]) -> np.ndarray:
    """Say how much farther each work is from its artist's works than the artist's other works are, (n,) float.

    The median affinity of the other works to their artist, less that of this one. It is high for one work among others
    that hang together, and not where each of an artist's works goes its own way. NaN where there are too few.

    Parameters
    ----------
    found : from ``affinity``.
    artists : length n, as given to it.

    Examples
    --------
    >>> X = np.array([[1.0, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]])
    >>> artists = ["a", "a", "a", "b", "b", "b", "a"]
    >>> int(np.nanargmax(own_gaps(affinity(X, artists), artists)))
    6
    """
    gaps = np.full(len(found.own), np.nan)
    known = pd.Series(np.where(np.isfinite(found.own), np.array(list(artists), dtype=object), None), dtype=object)
    for members in known.groupby(known).indices.values():
        gaps[members] = quantiles_of_others(found.own[members], [0.5])[0] - found.own[members]
    return gaps


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
