"""Graphs whose communities are known, to see whether a method finds them."""

import numpy as np
import scipy.sparse as sp

from artgraph.checks import check_seed
from artgraph.errors import InputError

__all__ = ["planted_graph"]


def planted_graph(
    n: int, n_clusters: int, *, mixing: float = 0.3, degree: float = 20.0, uneven: bool = True, seed: int = 0
) -> tuple[sp.csr_array, np.ndarray]:
    """Draw a graph with planted communities; one community makes a graph without structure.

    Lancichinetti, Fortunato & Radicchi (2008), doi:10.1103/PhysRevE.78.046110. Links are drawn one by one, first end
    and second end in proportion to their rows' wanted degrees, and doubles dropped; degrees are kept in expectation
    only. networkx's generator keeps them exactly, but its graphs mix more than they should (0.71 for 0.5).

    Parameters
    ----------
    n, n_clusters : int
        Rows and communities; at least 5 rows for each.
    mixing : float, 0 ... 1
        Share of a row's links that go to other communities.
    degree : float, above 0
        Mean number of links of a row.
    uneven : bool
        True: power laws for degrees (exponent 2.5, over a factor of 6) and community sizes (exponent 1.5, over a
        factor of 4), as in the LFR benchmark; with one community, a configuration model. False: a stochastic block
        model with equal communities; with one, an Erdős-Rényi graph.
    seed : int

    Returns
    -------
    adjacency : (n, n) CSR, float64
        Symmetric; every link weighs 1.
    labels : (n,) int64
        Community of each row.
    """
    if n_clusters < 1 or n < 5 * n_clusters or not 0 <= mixing <= 1 or not degree > 0:
        raise InputError(
            f"n {n}, n_clusters {n_clusters}, mixing {mixing}, degree {degree}; expected at least 5 rows for each "
            "cluster, a mixing of 0 ... 1 and a degree above 0."
        )
    rng = np.random.default_rng(check_seed(seed))
    share = _power(rng, n_clusters, exponent=1.5, ratio=4) if uneven else np.ones(n_clusters)
    sizes = 5 + _round((n - 5 * n_clusters) * share / share.sum())
    labels = np.repeat(np.arange(n_clusters), sizes)
    wanted = _power(rng, n, exponent=2.5, ratio=6) if uneven else np.ones(n)
    n_links = round(n * degree / 2)
    outside = 0 if n_clusters == 1 else rng.binomial(n_links, mixing)
    weight = np.bincount(labels, weights=wanted)
    per = rng.multinomial(n_links - outside, weight / weight.sum())
    ends = np.concatenate([[0], np.cumsum(sizes)])
    drawn = []
    for cluster in range(n_clusters):
        rows = np.arange(ends[cluster], ends[cluster + 1])
        drawn.append(_links(rng, rows, wanted[rows], min(per[cluster], len(rows) * (len(rows) - 1) // 4), n))
    if outside:
        drawn.append(_links(rng, np.arange(n), wanted, outside, n, labels=labels))
    keys = np.unique(np.concatenate(drawn))
    half = sp.coo_array((np.ones(keys.size), (keys // n, keys % n)), shape=(n, n)).tocsr()
    return sp.csr_array(half + half.T), labels


def _links(
    rng: np.random.Generator,
    rows: np.ndarray,
    wanted: np.ndarray,
    count: int,
    n: int,
    *,
    labels: np.ndarray | None = None,
) -> np.ndarray:
    """Draw pairs i < j as i * n + j, different ones, until there are enough."""
    keys = np.zeros(0, dtype=np.int64)
    chance = wanted / wanted.sum()
    while keys.size < count:
        pair = np.sort(rng.choice(rows, (2 * (count - keys.size) + 8, 2), p=chance), axis=1)
        pair = pair[pair[:, 0] != pair[:, 1]]
        if labels is not None:
            pair = pair[labels[pair[:, 0]] != labels[pair[:, 1]]]
        keys = np.union1d(keys, pair[: count - keys.size] @ np.array([n, 1]))
    return keys


def _power(rng: np.random.Generator, size: int, *, exponent: float, ratio: float) -> np.ndarray:
    """Draw from a power law between 1 and ratio."""
    a = 1 - exponent
    return (1 + rng.random(size) * (float(ratio) ** a - 1)) ** (1 / a)


def _round(values: np.ndarray) -> np.ndarray:
    """Round down, and give what is left to the largest remainders."""
    whole = np.floor(values).astype(np.int64)
    missing = round(values.sum()) - whole.sum()
    whole[np.argsort(whole - values, kind="stable")[:missing]] += 1
    return whole
