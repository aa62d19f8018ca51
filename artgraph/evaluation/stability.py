"""Which clusters come back when the works are others: each cluster beside its nearest in partitions of subsamples."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from artgraph.checks import check_labels, check_seed
from artgraph.evaluation.uncertainty import interval_of

__all__ = ["DISSOLVED", "STABLE", "cluster_stability"]

DISSOLVED, STABLE = 0.5, 0.75  # of Hennig: at most, and at least


def cluster_stability(
    labels: ArrayLike, runs: Iterable[tuple[ArrayLike, ArrayLike]], *, seed: int = 0
) -> list[dict[str, float]]:
    """Measure how surely every cluster is found again in subsamples.

    In each run the works of a cluster that are in the subsample are compared with the cluster found there that is most
    like them, by the Jaccard index: works in both over works in either. For each cluster: ``cluster``, ``size``,
    ``runs`` (in which it had a work), ``jaccard`` (mean over these), ``low``, ``high`` (95 % of the runs), ``chance``
    (the same for as many works drawn at random from those of the run) and ``dissolved``, the share of runs in which
    the index is at most 0.5. By experience a mean of 0.75 is a stable cluster, and one of 0.5 or less is none (Hennig
    2007, doi:10.1016/j.csda.2006.11.025, who resamples with replacement).

    Parameters
    ----------
    labels : (n,) int, negative for none.
    runs : of (rows, labels of these rows), as ``artgraph.communities.subsample_runs`` gives them.
    seed : of the draws at random.

    Examples
    --------
    >>> found = cluster_stability([0, 0, 0, 1, 1, 1], [(np.arange(6), [0, 0, 0, 1, 1, 2])])
    >>> [round(one["jaccard"], 3) for one in found]
    [1.0, 0.667]
    """
    clusters, rng = check_labels(labels), np.random.default_rng(check_seed(seed))
    names = np.unique(clusters[clusters >= 0]).tolist()
    seen: dict[int, list[tuple[float, float]]] = {name: [] for name in names}
    for rows, found in runs:
        rows = np.asarray(rows)
        own, found = clusters[rows], check_labels(found, len(rows))
        nearest, random = _nearest(own, found), _nearest(rng.permutation(own), found)
        for name in nearest:
            seen[name].append((nearest[name], random[name]))
    result = []
    for name in names:
        index, chance = np.array(seen[name]).reshape(-1, 2).T
        ends = interval_of(index.tolist())
        facts = {"cluster": name, "size": int((clusters == name).sum()), "runs": len(index)}
        facts |= {"jaccard": _mean(index), **ends, "chance": _mean(chance), "dissolved": _mean(index <= DISSOLVED)}
        result.append(facts)
    return result


def _nearest(own: np.ndarray, found: np.ndarray) -> dict[int, float]:
    """Return the Jaccard index of each cluster and the one found that is most like it."""
    table = np.zeros((int(own.max(initial=-1)) + 1, int(found.max(initial=-1)) + 1), dtype=np.int64)
    both = (own >= 0) & (found >= 0)
    np.add.at(table, (own[both], found[both]), 1)
    sizes = np.bincount(own[own >= 0], minlength=len(table))
    either = sizes[:, None] + np.bincount(found[found >= 0], minlength=table.shape[1]) - table
    best = (table / np.maximum(either, 1)).max(axis=1, initial=0)
    return {int(name): float(best[name]) for name in np.flatnonzero(sizes)}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
