"""New works that are farther from everything than the corpus's own are, and which of them belong together."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from artgraph.checks import check_features, unit_rows
from artgraph.errors import InputError

__all__ = ["conformal_p", "distance_scores", "groups_among"]

LEAST = 3  # works that are a group
PIECE = 2**22  # products that are held at once


def distance_scores(distances: ArrayLike, *, n_neighbors: int = 5) -> np.ndarray:
    """Say how far each row is from everything: the mean of its first finite distances, (n,) float64.

    Parameters
    ----------
    distances : (n, width) float, as in ``Neighbors``; inf where there is no neighbour, or one that does not count, such
        as another new work.
    n_neighbors : at least 1; of how many distances the mean is taken. Rows with fewer have the mean of what there is,
        rows without any inf.

    Examples
    --------
    >>> distance_scores([[0.1, 0.3, 0.8], [0.5, np.inf, np.inf], [np.inf, np.inf, np.inf]], n_neighbors=2).tolist()
    [0.2, 0.5, inf]
    """
    first = np.asarray(distances, dtype=np.float64)
    if first.ndim != 2 or n_neighbors < 1:
        raise InputError(
            f"distances have shape {first.shape}, n_neighbors is {n_neighbors}; expected (n, width) and 1 up"
        )
    first = np.sort(first, axis=1)[:, :n_neighbors]  # infinite ones, wherever they stand, come last
    finite = np.isfinite(first)
    total, count = np.where(finite, first, 0.0).sum(axis=1), finite.sum(axis=1)
    return np.divide(total, count, out=np.full(len(first), np.inf), where=count > 0)


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
