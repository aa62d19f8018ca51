"""When clusters came up, split and joined: the collection as it was in earlier years is clustered again."""

import numpy as np
from numpy.typing import ArrayLike

from artgraph.checks import check_labels
from artgraph.communities.changes import changes
from artgraph.communities.labels import keep_names
from artgraph.communities.membership import Refit
from artgraph.errors import InputError

__all__ = ["clusters_over_time", "cut_years"]


def cut_years(years: ArrayLike, *, n_cuts: int = 6) -> list[int]:
    """Return years up to which equal parts of the dated works were painted; the last is that of the latest work.

    Parameters
    ----------
    years : (n,) float, NaN where unknown.
    n_cuts : at most; works of one year are not parted.

    Examples
    --------
    >>> cut_years([1800.0, 1810.0, 1820.0, 1830.0, np.nan], n_cuts=2)
    [1810, 1830]
    """
    known = np.sort(np.asarray(years, dtype=np.float64))
    known = np.floor(known[np.isfinite(known)])
    if not len(known):
        return []
    ends = [known[max(0, round(len(known) * (at + 1) / n_cuts) - 1)] for at in range(n_cuts)]
    return sorted({int(year) for year in ends})


def clusters_over_time(
    labels: ArrayLike, years: ArrayLike, refit: Refit, *, cuts: list[int], seed: int = 0
) -> list[dict]:
    """Follow clusters through time: which of them are there in the works up to a year, and how they came to be.

    The works up to each year are clustered by themselves. Clusters are named after those of the works up to the next
    year, the last of them after ``labels``, so that a number means one cluster throughout; between two years
    ``artgraph.communities.changes`` says which were born, went, split or joined. That a cluster is born says that there
    were then enough works of its kind in the collection for it to be found, no more.

    For each year: ``until``, ``works`` (dated up to it), ``clusters`` ({number: works}), and, but for the first,
    ``born``, ``gone``, ``split``, ``merged``.

    Parameters
    ----------
    labels : (n,) int, negative for none.
    years : (n,) float, NaN where unknown: such works are left out.
    refit : makes a partition of some rows: (rows, seed) to labels, as ``Partition.refit``.
    cuts : ascending years, such as of :func:`cut_years`.
    seed : of every partition.

    Raises
    ------
    InputError
        Labels and years are of other works, or years do not ascend.
    """
    final, when = check_labels(labels), np.asarray(years, dtype=np.float64)
    if len(final) != len(when):
        raise InputError(f"labels have {len(final)} rows, the years {len(when)}; expected the same paintings.")
    if list(cuts) != sorted(set(cuts)):
        raise InputError(f"cuts are {cuts}; expected years that ascend.")
    there = [np.flatnonzero(np.floor(when) <= cut) for cut in cuts]
    named: list[np.ndarray] = []
    above = int(final.max(initial=-1)) + 1  # numbers from here on are of clusters that are gone later
    for rows in reversed(there):
        now = np.full(len(final), -1)
        if named:
            later = named[-1][rows]
            found, first = keep_names(refit(rows, seed), later), int(later.max(initial=-1)) + 1
            now[rows] = np.where(found >= first, found - first + above, found)
            above = max(above, int(now.max(initial=-1)) + 1)
        else:
            now[rows] = final[rows]
        named.append(now)
    named.reverse()
    history = []
    for at, (cut, rows, now) in enumerate(zip(cuts, there, named, strict=True)):
        names, counts = np.unique(now[now >= 0], return_counts=True)
        clusters = dict(zip(names.tolist(), counts.tolist(), strict=True))
        facts = {"until": int(cut), "works": len(rows), "clusters": clusters}
        history.append(facts | (changes(named[at - 1], now) if at else {}))
    return history
