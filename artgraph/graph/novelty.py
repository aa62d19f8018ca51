"""New works that are farther from everything than the corpus's own are, and which of them belong together."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from artgraph.checks import check_features, check_seed, unit_rows
from artgraph.errors import InputError

__all__ = ["conformal_p", "groups_among", "strangeness"]

LEAST = 3  # works that are a group
PIECE = 2**22  # products that are held at once
SMALLEST = 40  # works, below which nothing can be said at a chance of 0.05
LEARNS_FROM, CALIBRATORS, COMPONENTS = 20_000, 2_000, 256
EXACT = 2000  # columns; beyond, principal components are near (randomised), since exact ones take minutes


def strangeness(
    own: Sequence[np.ndarray], new: Sequence[np.ndarray], *, n_neighbors: int = 5, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Say how far works that are new are from those of a corpus, and how far its own are that were left out.

    In each block of features, rows are whitened: all principal components count alike, because what a corpus never
    varies in is where another kind of picture differs. The score is the mean Euclidean distance to the nearest works of
    the corpus (Ramaswamy, Rastogi and Shim 2000, doi:10.1145/342009.335437), its logarithm standardised by those of the
    corpus's own; of several blocks the largest counts. The whitening is learned on one half of the corpus and the own
    scores are of works in the other half, each compared with all the others: they are as new to it as the new ones.

    Parameters
    ----------
    own : one or more (n, d_i) float arrays, the corpus.
    new : as many (m, d_i) float arrays.
    n_neighbors : at least 1.
    seed : of the halves, and of samples where there are many works.

    Returns
    -------
    (own scores, new scores) : (c,) and (m,) float64; c is at most 2,000; empty and NaN where the corpus has fewer than
        40 works.
    """
    n = len(own[0])
    if n < SMALLEST:
        return np.empty(0), np.full(len(new[0]), np.nan)
    order = np.random.default_rng(check_seed(seed)).permutation(n)
    learned, left_out = order[: n // 2][:LEARNS_FROM], order[n // 2 :][:CALIBRATORS]
    scores_own, scores_new = [], []
    for block, added in zip(own, new, strict=True):
        mean, basis = _whitening(np.asarray(block, dtype=np.float64)[learned])
        there = ((block - mean) @ basis).astype(np.float32)
        ours = np.log(_distances(there[left_out], there, itself=left_out, n_neighbors=n_neighbors))
        theirs = np.log(_distances(((added - mean) @ basis).astype(np.float32), there, n_neighbors=n_neighbors))
        spread = max(ours.std(), 1e-9)
        scores_own.append((ours - ours.mean()) / spread)
        scores_new.append((theirs - ours.mean()) / spread)
    return np.max(scores_own, axis=0), np.max(scores_new, axis=0)


def _whitening(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean (d,), and components divided by their spread (d, k): k at most 256, and a tenth of the rows."""
    from sklearn.decomposition import PCA

    k = min(COMPONENTS, max(1, len(X) // 10), X.shape[1])
    solver = "covariance_eigh" if X.shape[1] < EXACT else "randomized"
    pca = PCA(k, svd_solver=solver, n_oversamples=k, iterated_power=4, random_state=0).fit(X)
    values = pca.explained_variance_
    k = max(1, int((values > 1e-6 * values[0]).sum()))
    return pca.mean_, pca.components_[:k].T / np.sqrt(np.maximum(values[:k], 1e-30))


def _distances(Q: np.ndarray, X: np.ndarray, *, n_neighbors: int, itself: np.ndarray | None = None) -> np.ndarray:
    """Return the mean distance of the rows of Q to their nearest rows of X; ``itself``: the row that each is in X."""
    k, result = min(n_neighbors, len(X) - 1), np.empty(len(Q))
    length = np.square(X).sum(axis=1)
    step = max(1, PIECE // len(X))
    for start in range(0, len(Q), step):
        part = Q[start : start + step]
        square = np.square(part).sum(axis=1)[:, None] + length - 2 * part @ X.T
        if itself is not None:
            square[np.arange(len(part)), itself[start : start + step]] = np.inf
        nearest = np.partition(square, k - 1, axis=1)[:, :k]
        result[start : start + step] = np.sqrt(np.maximum(nearest, 0)).mean(axis=1)
    return np.maximum(result, 1e-9)


def conformal_p(scores: ArrayLike, own: ArrayLike) -> np.ndarray:
    """Return for each score the chance that a work of the corpus has one as high: (n,) float64, above 0, at most 1.

    p = (1 + number of own scores that are at least as high) / (1 + number of own scores). For a new work that is like
    the corpus's own (exchangeable with them), p is at most a with a chance of at most a, whatever the distribution:
    conformal p-values, Bates, Candès, Lei, Romano and Sesia (2023), doi:10.1214/22-AOS2244. It holds where own scores
    were measured as the new ones are: on works that were left out.

    Parameters
    ----------
    scores : (n,) float, higher is stranger; inf is as strange as can be.
    own : (m,) float, scores of the corpus's own works.

    Examples
    --------
    >>> conformal_p([0.5, 2.0, 9.0], [1.0, 2.0, 3.0]).tolist()
    [1.0, 0.75, 0.25]
    """
    scores, own = np.asarray(scores, dtype=np.float64), np.sort(np.asarray(own, dtype=np.float64).ravel())
    if np.isnan(scores).any() or np.isnan(own).any():
        raise InputError("scores hold NaN; expected numbers or infinity")
    return (1 + len(own) - np.searchsorted(own, scores, side="left")) / (1 + len(own))


def groups_among(X: ArrayLike, rows: ArrayLike, *, radius: float) -> list[np.ndarray]:
    """Return those of some rows that are near each other, in groups of at least 3, as row numbers, largest group first.

    Two rows are linked where their cosine distance is less than ``radius``; groups are connected components. Rows of
    zeros have no direction and belong to none. Groups of one size stand in the order of their first rows.

    Parameters
    ----------
    X : (n, d) float array.
    rows : (k,) int, the rows among which groups are sought, such as works that fit nothing.
    radius : cosine distance, above 0.

    Examples
    --------
    >>> X = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.9, 0.0], [-1.0, 0.0]])
    >>> [group.tolist() for group in groups_among(X, [4, 3, 2, 1, 0], radius=0.1)]
    [[0, 1, 3]]
    """
    rows = np.unique(np.asarray(rows, dtype=np.int64))
    X = np.asarray(X)
    if len(rows) and (rows[0] < 0 or rows[-1] >= len(X)):
        raise InputError(f"rows go from {rows[0]} to {rows[-1]}; expected 0 to {len(X) - 1}")
    if not radius > 0:
        raise InputError(f"radius is {radius!r}; expected a number above 0")
    unit = unit_rows(check_features(X[rows] if X.ndim == 2 else X))
    some = np.flatnonzero(unit.any(axis=1))
    unit, rows = unit[some], rows[some]
    step, pairs = max(1, PIECE // max(len(rows), 1)), []
    for start in range(0, len(rows), step):
        first, second = np.nonzero(1 - unit[start : start + step] @ unit.T < radius)
        pairs.append(np.stack([first + start, second])[:, first + start < second])
    first, second = np.concatenate([np.zeros((2, 0), dtype=np.int64), *pairs], axis=1)
    links = sp.coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(len(rows),) * 2)
    _, component = connected_components(links, directed=False)
    groups = [rows[component == one] for one in np.flatnonzero(np.bincount(component, minlength=1) >= LEAST)]
    return sorted(groups, key=lambda group: (-len(group), group[0]))
