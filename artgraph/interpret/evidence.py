"""Whether a work stands out: against chance, and against what a trait of the reproduction explains."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import false_discovery_control, hypergeom
from scipy.stats import t as student

from artgraph.errors import InputError

ABSENT = ("False", "no", "none")
QUANTILES = (0.25, 0.5, 0.75, 0.9)
__all__ = ["chance_of_nearness", "departures", "encode", "quantiles_of_others", "shared_traits", "stand_out"]


def departures(
    values: np.ndarray,
    beside: np.ndarray | None = None,
    *,
    usual: np.ndarray | None = None,
    n_beside: int = 60,
    min_beside: int = 8,
    least: float = 0.0,
) -> np.ndarray:
    """Say how unlikely it is that a work departs so far upward from works like it: p, (n,) float, NaN if left out.

    The null is that the value of a work is drawn like those of the works nearest to it in ``beside``: about their
    median, with the largest of the spreads that their quartiles and their ninth decile give, so that up to a tenth of
    works that do stand out do not widen it, and a long tail does. p is the upper tail of Student's t with a sixth of
    the number of works compared with as degrees of freedom, ten at most, for the spread is estimated and tails are
    long. Where works like it depart as far, as the only old works of a modern collection do, nothing is unlikely.

    Parameters
    ----------
    values : (n,) float; higher is more unusual; NaN: left out.
    beside : (n,) float, by which works are like each other, such as their year; NaN: left out. None: all are alike.
    usual : (n,) bool, the works that others are compared with. None: all.
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
    known = np.isfinite(values) & np.isfinite(beside)
    rows = np.flatnonzero(known if usual is None else known & np.asarray(usual, dtype=bool))
    rows = rows[np.argsort(beside[rows], kind="stable")]
    ordered = beside[rows]
    if not len(rows):
        return p
    asked = np.flatnonzero(known)
    first, last = (np.searchsorted(ordered, beside[asked], side) for side in ("left", "right"))
    if n_beside >= len(rows):  # all of them
        first[:], last[:] = 0, len(rows)
    # of those with an equal place all are taken, since their order means nothing
    alike = (last - first > n_beside) | (last - first == len(rows))
    quantiles, degrees = np.full((len(QUANTILES), len(values)), np.nan), np.zeros(len(values))
    together = asked[alike][np.argsort(first[alike], kind="stable")]
    starts, sizes = np.unique(first[alike], return_counts=True)
    ends = dict(zip(first[alike].tolist(), last[alike].tolist(), strict=True))
    parts = np.split(together, np.cumsum(sizes))[:-1]
    for start, part in zip(starts.tolist(), parts, strict=True):
        group = rows[start : ends[start]]
        quantiles[:, part] = np.quantile(values[group], QUANTILES)[:, None]
        quantiles[:, group] = quantiles_of_others(values[group], QUANTILES)
        degrees[part] = len(group) - np.isin(part, group, assume_unique=True)
    for row, low, high in zip(asked[~alike].tolist(), first[~alike].tolist(), last[~alike].tolist(), strict=True):
        window = np.arange(max(0, low - n_beside), min(len(rows), high + n_beside))
        nearest = np.argsort(np.abs(ordered[window] - beside[row]), kind="stable")
        chosen = rows[window[nearest[: n_beside + 1]]]
        others = values[chosen[chosen != row]]
        degrees[row] = len(others)
        if len(others) >= min_beside:
            quantiles[:, row] = np.quantile(others, QUANTILES)
    enough = known & (degrees >= min_beside)
    low_end, middle, high_end, tail = quantiles[:, enough]
    # In units of the normal distribution's standard deviation, whose quantiles are these.
    spread = np.maximum((middle - low_end) / 0.6745, (high_end - middle) / 0.6745)
    spread = np.maximum(np.maximum(spread, (tail - middle) / 1.2816), max(least, 1e-9))
    p[enough] = student.sf((values[enough] - middle) / spread, np.minimum(degrees[enough] / 6, 10))
    return p


def quantiles_of_others(values: np.ndarray, q: Sequence[float]) -> np.ndarray:
    """Return quantiles of all values but one, for each of them, (len(q), n) float; NaN where it is the only one.

    As ``numpy.quantile`` of ``np.delete(values, i)``, in n log n steps instead of n².

    Parameters
    ----------
    values : (n,) float, without NaN.
    q : between 0 and 1.

    Examples
    --------
    >>> quantiles_of_others(np.array([3.0, 1.0, 2.0, 10.0]), [0.5]).tolist()
    [[2.0, 3.0, 3.0, 2.0]]
    """
    n = len(values)
    if n < 2:
        return np.full((len(q), n), np.nan)
    order = np.argsort(values, kind="stable")
    ranked, rank = values[order], np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    at = np.asarray(q, dtype=np.float64)[:, None] * (n - 2)
    below = np.floor(at).astype(np.int64)
    above, share = np.minimum(below + 1, n - 2), at - below
    a, b = ranked[below + (below >= rank)], ranked[above + (above >= rank)]
    return np.where(share < 0.5, a + (b - a) * share, b - (b - a) * (1 - share))


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


def shared_traits(
    near: np.ndarray, traits: Mapping[str, Sequence], *, max_share: float = 1 / 3, max_p: float = 0.01
) -> list[str | None]:
    """Name for each work the trait of the reproduction that it and its neighbours have and few others; None without.

    Such a trait, a round picture or one in black and white, explains why the works are near each other; what else
    they have in common is then no evidence. Two in five of the nearest need to have it, and so many of works drawn at
    random only with a chance (hypergeometric) of ``max_p``.

    Parameters
    ----------
    near : (n, k) int, rows of the neighbours, the nearest first; negative: none. The first five are looked at.
    traits : n values of each trait; None or NaN where unknown. To lack a thing (False, "no", "none") is no trait.
    max_share : a value that more of the works have is no trait.
    max_p

    Examples
    --------
    >>> near = np.array([[1, 2], [0, 2], [0, 1], *[[3, 4]] * 21])
    >>> shared_traits(near, {"round": [True] * 3 + [False] * 21})[:4]
    ['round', 'round', 'round', None]
    """
    near = np.asarray(near)[:, :5]
    found: list[str | None] = [None] * len(near)
    for name, values in traits.items():
        codes, names = encode(values)
        n_known, of_code = int((codes >= 0).sum()), np.bincount(codes[codes >= 0], minlength=len(names))
        absent = np.array([one in ABSENT for one in names] + [True])  # the last is that of an unknown value
        here = np.where(near >= 0, codes[near], -1)
        known = (here >= 0).sum(axis=1)
        count = ((here == codes[:, None]) & (here >= 0)).sum(axis=1)
        having = np.append(of_code, 0)[codes] - 1  # of the others
        chance = hypergeom.sf(count - 1, max(n_known - 1, 0), np.maximum(having, 0), known)
        shared = ~absent[codes] & (known > 0) & (count >= 0.4 * known) & (having <= max_share * (n_known - 1))
        for row in np.flatnonzero(shared & (chance <= max_p)).tolist():
            found[row] = found[row] or name
    return found


def encode(values: Sequence) -> tuple[np.ndarray, list[str]]:
    """Number the values of a column, (n,) int, -1 for None and NaN among ``values``; return the text of each number."""
    texts = [None if value is None or value != value else str(value) for value in values]
    names = sorted({text for text in texts if text is not None})
    place = {text: code for code, text in enumerate(names)}
    return np.array([-1 if text is None else place[text] for text in texts], dtype=np.int64), names
