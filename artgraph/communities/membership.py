"""How surely a painting belongs to its cluster, which cluster would be its second, and what part it plays."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph.checks import check_adjacency, check_features, check_labels, check_seed
from artgraph.communities.labels import one_hot
from artgraph.errors import InputError

__all__ = [
    "ROLES", "Membership", "Refit", "assign_roles", "calibrate", "co_assignment", "feature_membership",
    "graph_membership", "subsample_runs",
]  # fmt: skip

ROLES = ("core", "border", "bridge", "outlier")
CORE, BRIDGE, BOTH, OUTLIER = 0.8, 0.3, 0.8, 0.4
Refit = Callable[[np.ndarray, int], ArrayLike]
"""Makes a partition of some rows: an index array and a seed in, one label for each of these rows out."""


class Membership(NamedTuple):
    """Soft membership of every painting, as it is kept in ``partitions/<key>.membership.npz``.

    Attributes
    ----------
    membership : (n, k) float32, shares of the clusters; rows sum to 1, or to 0 where no link leads to a cluster.
    confidence : (n,) float32, share of the painting's own cluster.
    second : (n,) int32, the other cluster with the largest share; -1 where there is none.
    role : (n,) int8, index into ``ROLES``.
    """

    membership: np.ndarray
    confidence: np.ndarray
    second: np.ndarray
    role: np.ndarray


def graph_membership(adjacency: sp.sparray, labels: ArrayLike) -> np.ndarray:
    """Share out every row among the clusters by the weight of its links to them: (n, k) float64.

    Rows sum to 1; to 0 where no link leads to a row with a cluster. ``adjacency`` is (n, n), ``labels`` are (n,) int.

    Examples
    --------
    >>> graph_membership(sp.csr_array([[0, 3, 0], [3, 0, 1], [0, 1, 0]]), [0, 0, 1]).tolist()
    [[1.0, 0.0], [0.75, 0.25], [1.0, 0.0]]
    """
    matrix = check_adjacency(adjacency)
    clusters = check_labels(labels, matrix.shape[0])
    return _normalised((matrix @ one_hot(clusters)).toarray())


def feature_membership(X: ArrayLike, labels: ArrayLike, *, penalty: float = 0.25) -> np.ndarray:
    """Share out every row among the clusters by its distance to their centres, wide clusters at a discount: (n, k).

    The share of cluster c is proportional to exp(-d_ic / s) (s / s_c)^penalty, where d_ic is the distance of row i to
    the centre of c, s_c the root mean square of that distance over the members of c, and s the mean of the s_c.

    Parameters
    ----------
    X, labels : (n, d) float and (n,) int.
    penalty : for dispersion, at least 0. With 1, a power that makes the shares of k-means calibrated makes wide
        clusters lose most of their own members; up to 0.25 the calibration error hardly changes.

    Examples
    --------
    >>> feature_membership([[0.0], [2.0], [9.0], [11.0]], [0, 0, 1, 1])[0].round(4).tolist()
    [0.9999, 0.0001]
    """
    features = check_features(X)
    clusters = check_labels(labels, len(features))
    member = one_hot(clusters)
    shares = np.zeros(member.shape)
    there = np.flatnonzero(np.asarray(member.sum(axis=0)).ravel())  # numbers of clusters that are gone stay empty
    if not there.size:
        return shares
    member = member[:, there]
    counts = np.asarray(member.sum(axis=0)).ravel()
    centres = (member.T @ features) / counts[:, None]
    square = (features**2).sum(axis=1)[:, None] - 2 * features @ centres.T + (centres**2).sum(axis=1)
    distance = np.sqrt(np.maximum(square, 0))
    own = np.asarray(member.multiply(distance**2).sum(axis=0)).ravel()
    width = np.sqrt(own / counts)
    typical = width.mean()
    if typical <= 1e-9 * max(np.sqrt(square.max()), 1e-300):
        shares[:, there] = _normalised((distance <= distance.min(axis=1, keepdims=True) + 1e-12).astype(float))
        return shares
    width = np.maximum(width, 0.05 * typical)  # a cluster of one row has no width
    scores = -distance / typical - penalty * np.log(width / typical)
    shares[:, there] = _normalised(np.exp(scores - scores.max(axis=1, keepdims=True)))
    return shares


def subsample_runs(
    n: int, refit: Refit, *, n_runs: int = 8, fraction: float = 0.8, seed: int = 0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Make a partition of a ``fraction`` of the n rows, ``n_runs`` times; return each as (rows, labels).

    Parameters
    ----------
    n, n_runs, fraction, seed
    refit : makes a partition, see ``Refit``.
    """
    rng = np.random.default_rng(check_seed(seed))
    runs = []
    for _ in range(n_runs):
        rows = np.sort(rng.permutation(n)[: max(1, round(fraction * n))])
        runs.append((rows, np.asarray(refit(rows, int(rng.integers(2**32))))))
    return runs


def co_assignment(labels: ArrayLike, runs: Iterable[tuple[ArrayLike, ArrayLike]]) -> tuple[np.ndarray, np.ndarray]:
    """Measure with which clusters' members a row was put together in subsamples.

    For a row and a run it is in: of the other rows in its cluster of that run, the share that belongs to each cluster
    of the whole partition, ``labels`` (n,). No matching of clusters is needed. ``runs`` are as of
    :func:`subsample_runs`. Returns the mean over the runs that a row was in, (n, k) float64, where a run in which it
    was alone, or without a cluster, counts as 0; and the number of those runs, (n,) int64.

    Examples
    --------
    >>> shares, counts = co_assignment([0, 0, 0, 1, 1], [([0, 1, 2, 3], [0, 0, 1, 1])])
    >>> shares.tolist(), counts.tolist()
    ([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]], [1, 1, 1, 1, 0])
    """
    clusters = check_labels(labels)
    member = one_hot(clusters)
    total, counts = np.zeros(member.shape), np.zeros(len(clusters), dtype=np.int64)
    for rows, found in runs:
        rows, found = np.asarray(rows), check_labels(found, len(rows))
        here = one_hot(found)
        own = member[rows]
        others = (here @ (here.T @ own)).toarray() - own.toarray() * (found >= 0)[:, None]
        total[rows] += _normalised(others)
        counts[rows] += 1
    return total / np.maximum(counts, 1)[:, None], counts


def calibrate(
    membership: ArrayLike, labels: ArrayLike, *, shares: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, dict[str, float]]:
    """Sharpen or flatten memberships until they say how often rows were put together in subsamples.

    The membership is raised to a power and mixed with what subsamples gave to the members of the row's cluster on
    average; power and mixture minimise the squared difference from the observed shares. Returns the new membership, (n,
    k) float64, and the ``power`` and ``mixture`` fitted.

    Parameters
    ----------
    membership, labels : (n, k) float, whose rows sum to 1 or 0, and (n,) int.
    shares, counts : (n, k) float64 and (n,) int64, as :func:`co_assignment` returns them.
    """
    membership, shares = np.asarray(membership, dtype=np.float64), np.asarray(shares)
    clusters = check_labels(labels, len(membership))
    if membership.shape != shares.shape:
        raise InputError(f"membership has shape {membership.shape}, the shares {shares.shape}; expected the same.")
    used = np.flatnonzero((np.asarray(counts) > 0) & (clusters >= 0) & (membership.sum(axis=1) > 0))
    if membership.shape[1] < 2 or not used.size:
        return membership, {"power": 1.0, "mixture": 0.0}
    member = one_hot(clusters[used])
    typical = np.zeros((membership.shape[1],) * 2)  # row c: what the members of cluster c get on average
    typical[: member.shape[1]] = (member.T @ shares[used]) / np.maximum(np.asarray(member.sum(axis=0)), 1)[:, None]
    typical = _normalised(typical)
    some = used[:: max(1, used.size // 4000)]
    best = None
    for power in np.geomspace(0.25, 64, 33):
        sharp = _normalised(membership[some] ** power)
        direction, rest = typical[clusters[some]] - sharp, shares[some] - sharp
        mixture = float(np.clip((direction * rest).sum() / max((direction**2).sum(), 1e-12), 0, 1))
        loss = ((rest - mixture * direction) ** 2).sum()
        if best is None or loss < best[0]:
            best = loss, float(power), mixture
    _, power, mixture = best
    calibrated = _normalised(membership**power)
    moved = (clusters >= 0) & (calibrated.sum(axis=1) > 0)
    calibrated[moved] += mixture * (typical[clusters[moved]] - calibrated[moved])
    return calibrated, {"power": round(power, 4), "mixture": round(mixture, 4)}


def assign_roles(membership: ArrayLike, labels: ArrayLike) -> Membership:
    """Say for every row how sure its cluster is, what its second would be, and what part it plays.

    core: at least 0.8 in its own cluster. bridge: at least 0.3 in a second, and 0.8 in the two together. outlier: no
    cluster, or less than 0.4 in its own and no bridge. border: the rest. ``membership`` is (n, k), ``labels`` are (n,).

    Examples
    --------
    >>> shares = [[0.9, 0.1, 0.0], [0.5, 0.45, 0.05], [0.6, 0.2, 0.2], [0.35, 0.33, 0.32]]
    >>> [ROLES[role] for role in assign_roles(shares, [0, 0, 0, 0]).role]
    ['core', 'bridge', 'border', 'outlier']
    """
    shares = np.asarray(membership, dtype=np.float32)
    clusters = check_labels(labels, len(shares))
    n, k = shares.shape
    rows, has = np.arange(n), clusters >= 0
    confidence, second, other = np.zeros(n, np.float32), np.full(n, -1, np.int32), np.zeros(n, np.float32)
    if k:
        confidence[has] = shares[has, clusters[has]]
        rest = shares.copy()
        rest[has, clusters[has]] = -1
        nearest = rest.argmax(axis=1)
        other = np.maximum(rest[rows, nearest], 0)
        second[other > 0] = nearest[other > 0]
    bridge = (other >= BRIDGE) & (confidence + other >= BOTH)
    role = np.full(n, ROLES.index("border"), dtype=np.int8)
    role[confidence < OUTLIER] = ROLES.index("outlier")
    role[bridge] = ROLES.index("bridge")
    role[confidence >= CORE] = ROLES.index("core")
    role[~has] = ROLES.index("outlier")
    return Membership(shares, confidence, second, role)


def _normalised(rows: np.ndarray) -> np.ndarray:
    total = rows.sum(axis=1, keepdims=True)
    return np.divide(rows, total, out=np.zeros_like(rows), where=total > 0)
