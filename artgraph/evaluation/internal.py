"""How compact and how separate clusters are, by the features and by the graph alone: no reference column."""

from collections.abc import Callable
from functools import partial

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph.checks import check_adjacency, check_at_least_one, check_features, check_labels, check_seed, unit_rows
from artgraph.communities.leiden_igraph import cluster_weights
from artgraph.evaluation.uncertainty import group_resamples, interval_of, null_of, row_groups

__all__ = ["LOWER_IS_BETTER", "feature_scores", "graph_scores", "internal_scores"]

LOWER_IS_BETTER = ("davies_bouldin", "conductance")
Score = Callable[[np.ndarray, np.ndarray], dict[str, float]]  # of labels and of how often each row counts


def feature_scores(X: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> dict[str, float]:
    """Score clusters by the directions of their rows.

    Rows are brought to length 1 first, as in the graph. Rows without a cluster and rows of zeros are left out. Equal to
    scikit-learn's functions on the rows of length 1 (silhouette with the cosine metric). For the cosine metric the mean
    distance to a cluster needs its mean alone, so all is linear in n: no pairs are formed.

    ``silhouette``, in -1 ... 1: mean over rows of (b - a) / max(a, b), a the mean cosine distance to the other rows of
    the cluster, b to those of the nearest other cluster; 0 for a row alone in its cluster (Rousseeuw 1987,
    doi:10.1016/0377-0427(87)90125-7). ``davies_bouldin``, 0 or more, lower is better: mean over clusters of the worst
    (s + s') / d, s the mean distance of the rows to their mean, d that of the two means (Davies and Bouldin 1979,
    doi:10.1109/TPAMI.1979.4766909). ``calinski_harabasz``: variance between clusters over variance within, each by its
    degrees of freedom (1974, doi:10.1080/03610927408827101). NaN where there are fewer than two clusters, or no row
    more than clusters.

    Parameters
    ----------
    X, labels : (n, d) float; (n,) int, negative for none.
    weights : (n,) int, how often each row counts.

    Examples
    --------
    >>> feature_scores(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]]), [0, 0, 1, 1])["silhouette"]
    1.0
    """
    clusters = check_labels(labels)
    unit, rows = _directions(X, clusters)
    times = np.ones(len(clusters)) if weights is None else np.asarray(weights, dtype=np.float64)
    return _feature_scores(unit, clusters[rows], times[rows])


def graph_scores(adjacency: sp.sparray, labels: ArrayLike, *, weights: ArrayLike | None = None) -> dict[str, float]:
    """Score clusters by the links inside and between them.

    ``modularity``: as :func:`artgraph.communities.modularity`. ``conductance``, in 0 ... 1, lower is better: mean over
    clusters of the weight that leaves the cluster over the strength of the cluster or of the rest, whichever is less
    (Kannan, Vempala and Vetta 2004, doi:10.1145/990308.990313). ``coverage``, in 0 ... 1: share of the link weight that
    is inside clusters. NaN where nothing is linked; conductance also where there are fewer than two clusters.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    labels : (n,) int; links of rows without a cluster (negative) are left out.
    weights : (n,) int, how often each row counts; a link counts as often as the product of its ends.

    Examples
    --------
    >>> from artgraph.testing import toy_adjacency
    >>> scores = graph_scores(toy_adjacency("two triangles"), [0, 0, 0, 1, 1, 1])  # weight 6 inside, 0.1 between
    >>> round(scores["coverage"], 4), round(scores["conductance"], 4)
    (0.9836, 0.0164)
    """
    matrix = check_adjacency(adjacency)
    clusters = check_labels(labels, matrix.shape[0])
    member = np.flatnonzero(clusters >= 0)
    times = np.ones(len(clusters)) if weights is None else np.asarray(weights, dtype=np.float64)
    return _graph_scores(matrix[member][:, member], clusters[member], times[member])


def internal_scores(
    labels: ArrayLike,
    X: ArrayLike | None = None,
    adjacency: sp.sparray | None = None,
    *,
    groups: ArrayLike | None = None,
    n_permutations: int = 99,
    n_bootstrap: int = 100,
    max_rows: int = 10_000,
    seed: int = 0,
) -> dict[str, dict[str, float]]:
    """Score clusters without a reference column, beside chance and with intervals over groups.

    Returns for each score a dict with ``value``, ``chance``, ``p_value``, ``low``, ``high``. Clusters that an algorithm
    sought are compact and separate by its own doing: a p here says that there is more than labels shuffled at random,
    not that the clusters are right.

    Parameters
    ----------
    labels : (n,) int.
    X : (n, d) float, for :func:`feature_scores`.
    adjacency : (n, n) sparse, for :func:`graph_scores`.
    groups : (n,), artist of each row; whole groups are resampled.
    n_permutations, n_bootstrap : at least 1.
    max_rows : where there are more rows, those of the features are a sample of so many.
    seed
    """
    check_at_least_one("n_permutations", n_permutations)
    clusters = check_labels(labels)
    group = row_groups(groups, len(clusters))
    draws = {"n_permutations": n_permutations, "n_bootstrap": n_bootstrap, "seed": seed}
    found = {}
    if X is not None:
        X, keep = np.asarray(X), np.arange(len(clusters))
        if len(keep) > max_rows:
            keep = np.sort(np.random.default_rng(check_seed(seed)).choice(len(keep), max_rows, replace=False))
        unit, rows = _directions(X[keep], clusters[keep])
        keep = keep[rows]
        found |= _with_chance(partial(_feature_scores, unit), clusters[keep], group[keep], **draws)
    if adjacency is not None:
        matrix = check_adjacency(adjacency)
        check_labels(clusters, matrix.shape[0])
        member = np.flatnonzero(clusters >= 0)
        score = partial(_graph_scores, matrix[member][:, member])
        found |= _with_chance(score, clusters[member], group[member], **draws)
    return found


def _with_chance(
    score: Score, clusters: np.ndarray, group: np.ndarray, *, n_permutations: int, n_bootstrap: int, seed: int
) -> dict[str, dict[str, float]]:
    """Return each finite score of some rows, beside chance and with an interval over groups."""
    once = np.ones(len(clusters))
    observed = {name: value for name, value in score(clusters, once).items() if np.isfinite(value)}
    if not observed:
        return {}
    rng = np.random.default_rng(check_seed(seed))
    null = [score(rng.permutation(clusters), once) for _ in range(n_permutations)]
    drawn = [score(clusters, times) for times in group_resamples(group, n_bootstrap=n_bootstrap, seed=seed)]
    found = {}
    for name, value in observed.items():
        chance = null_of(value, [scores[name] for scores in null], lower_is_better=name in LOWER_IS_BETTER)
        finite = [scores[name] for scores in drawn if np.isfinite(scores[name])]
        found[name] = {"value": value, "chance": chance["mean"], "p_value": chance["p_value"], **interval_of(finite)}
    return found


def _directions(X: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that have a cluster and a direction, as unit vectors (m, d), and their numbers (m,)."""
    clusters, X = check_labels(labels), np.asarray(X)
    features = check_features(X, len(clusters), dtype=np.float32 if X.dtype == np.float32 else np.float64)
    rows = np.flatnonzero((clusters >= 0) & features.any(axis=1))
    return unit_rows(features[rows], least=0), rows


def _feature_scores(unit: np.ndarray, clusters: np.ndarray, times: np.ndarray) -> dict[str, float]:
    drawn = times > 0
    names, number = np.unique(clusters[drawn], return_inverse=True)
    k, n = len(names), float(times.sum())
    if k < 2 or n <= k:
        return dict.fromkeys(("silhouette", "davies_bouldin", "calinski_harabasz"), float("nan"))
    unit, w = (unit if drawn.all() else unit[drawn]), times[drawn]
    member = sp.csr_array((w.astype(unit.dtype), (number, np.arange(len(number)))), shape=(k, len(number)))
    sums = np.asarray(member @ unit, dtype=np.float64)
    size = np.bincount(number, weights=w, minlength=k)
    dot = np.asarray(unit @ sums.T.astype(unit.dtype), dtype=np.float64)  # (n, k)
    own = np.arange(len(number)), number
    # a row is at distance 0 from itself, so that only the divisor knows that it is left out
    distance = np.maximum(1 - dot / size, 0)
    a = np.maximum(size[number] - dot[own], 0) / np.maximum(size[number] - 1, 1)
    distance[own] = np.inf
    b = distance.min(axis=1)
    top = np.maximum(a, b)
    silhouette = np.where((top > 0) & (size[number] > 1), (b - a) / np.where(top > 0, top, 1), 0)
    means = sums / size[:, None]
    square = (means**2).sum(axis=1)
    to_mean = np.maximum(1 - 2 * dot[own] / size[number] + square[number], 0)
    scatter = np.bincount(number, weights=w * np.sqrt(to_mean), minlength=k) / size
    between_means = np.sqrt(np.maximum(square[:, None] + square[None, :] - 2 * means @ means.T, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (scatter[:, None] + scatter[None, :]) / between_means
    ratio[~np.isfinite(ratio)] = 0
    np.fill_diagonal(ratio, 0)
    middle = sums.sum(axis=0) / n
    between = float((size * ((means - middle) ** 2).sum(axis=1)).sum())
    within = float((w * to_mean).sum())
    return {
        "silhouette": float((w * silhouette).sum() / n),
        "davies_bouldin": float(ratio.max(axis=1).mean()),
        "calinski_harabasz": between * (n - k) / (within * (k - 1)) if within > 0 else 1.0,
    }


def _graph_scores(matrix: sp.csr_array, clusters: np.ndarray, times: np.ndarray) -> dict[str, float]:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    data = matrix.data * times[rows] * times[matrix.indices]
    inside, strength = cluster_weights(sp.csr_array((data, matrix.indices, matrix.indptr), matrix.shape), clusters)
    total = strength.sum()
    if not total > 0:
        return dict.fromkeys(("modularity", "conductance", "coverage"), float("nan"))
    linked = strength > 0
    rest = np.minimum(strength, total - strength)
    cut = (strength - inside)[linked] / np.where(rest > 0, rest, np.inf)[linked]
    return {
        "modularity": float(inside.sum() / total - ((strength / total) ** 2).sum()),
        "conductance": float(cut.mean()) if linked.sum() > 1 else float("nan"),
        "coverage": float(inside.sum() / total),
    }
