"""Whether a work stands out: against chance, and against what a trait of the reproduction explains."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import false_discovery_control, hypergeom
from scipy.stats import t as student

from artgraph.errors import InputError

ABSENT = ("False", "no", "none")
__all__ = ["chance_of_nearness", "departures", "encode", "shared_traits", "stand_out"]


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
    for row in np.flatnonzero(known).tolist():
        low, high = np.searchsorted(ordered, beside[row], "left"), np.searchsorted(ordered, beside[row], "right")
        if high - low <= n_beside:  # of those with an equal place all are taken, since their order means nothing
            window = np.arange(max(0, low - n_beside), min(len(rows), high + n_beside))
            nearest = np.argsort(np.abs(ordered[window] - beside[row]), kind="stable")
            chosen = window[nearest[: n_beside + 1]]
        else:
            chosen = np.arange(low, high)
        others = values[rows[chosen][rows[chosen] != row]]
        if len(others) < min_beside:
            continue
        low_end, middle, high_end, tail = np.quantile(others, (0.25, 0.5, 0.75, 0.9))
        # In units of the normal distribution's standard deviation, whose quantiles are these.
        spread = max((middle - low_end) / 0.6745, (high_end - middle) / 0.6745, (tail - middle) / 1.2816, least, 1e-9)
        p[row] = student.sf((values[row] - middle) / spread, min(len(others) / 6, 10))
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
