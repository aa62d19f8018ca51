"""When a painting was made, as features: period, not look."""

import faiss
import numpy as np

from artgraph.checks import unit_rows

__all__ = ["BANDWIDTH", "NEAREST", "impute_period", "nearest_dated", "period_error", "period_features"]

BANDWIDTH = 25.0  # years, about a generation: works of one count as of one time
FARTHEST = 80  # bandwidths, from which distances begin again; beyond all dates of paintings
FREQUENCIES = 48
NEAREST = 30  # dated works that an undated one takes its period from


def period_features(years: np.ndarray, *, bandwidth: float = BANDWIDTH) -> np.ndarray:
    """Return features, (n, 95) float32, whose dot products fall with the distance in years; NaN where there is no year.

    Two works t years apart have a dot product of exp(-t² / (2 ``bandwidth``²)): 0.61 at one ``bandwidth``, 0.14 at two.
    Cosines and sines of the year at equally spaced frequencies, weighed as the normal distribution weighs them (Rahimi
    and Recht 2007, Random features for large-scale kernel machines, whose frequencies are drawn); true up to 80
    bandwidths.

    Parameters
    ----------
    years : (n,) floats, NaN for works without.
    bandwidth : Years.

    Examples
    --------
    >>> a, b, c = period_features(np.array([1600.0, 1625.0, 1900.0]))
    >>> round(float(a @ a), 2), round(float(a @ b), 2), round(float(abs(a @ c)), 2)
    (1.0, 0.61, 0.0)
    """
    frequencies = np.arange(FREQUENCIES) * 2 * np.pi / FARTHEST
    share = np.exp(-(frequencies**2) / 2) * np.where(frequencies == 0, 1, 2)
    angles = np.asarray(years, dtype=np.float64)[:, None] * frequencies / bandwidth
    waves = np.concatenate([np.cos(angles), np.sin(angles[:, 1:])], axis=1)
    return (waves * np.sqrt(np.concatenate([share, share[1:]]) / share.sum())).astype(np.float32)


def impute_period(period: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return period features, (n, d), in which rows of NaN are the mean of those of their nearest dated works.

    Parameters
    ----------
    period : (n, d), rows of NaN for works without a year.
    near : (m, k) int, for each row of NaN, in their order, the rows of dated works nearest to it in look.
    """
    period, missing = period.copy(), np.isnan(period[:, 0])
    period[missing] = period[near].mean(axis=1)
    return period


def nearest_dated(X: np.ndarray, dated: np.ndarray, rows: np.ndarray, *, n_neighbors: int = NEAREST) -> np.ndarray:
    """Return the dated works nearest to some works in look, themselves not among them: (m, k) int64.

    Parameters
    ----------
    X : (n, d) features of look.
    dated : (n,) bool.
    rows : (m,) int, the works.
    n_neighbors : k, or as many as there are others.
    """
    unit, known = unit_rows(np.asarray(X, dtype=np.float32), least=1e-9), np.flatnonzero(dated)
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit[known])
    found = known[index.search(unit[rows], min(n_neighbors + 1, len(known)))[1]]  # one more, for itself
    order = np.argsort(found == np.asarray(rows)[:, None], axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)[:, : min(n_neighbors, max(1, len(known) - 1))]


def period_error(years: np.ndarray, near: np.ndarray) -> float:
    """Return by how many years the median of the nearest dated works misses the year of a dated one, in the median.

    Parameters
    ----------
    years : (n,) floats, of dated works.
    near : (n, k) floats, the years of the other works nearest to each.
    """
    return float(np.median(np.abs(np.median(near, axis=1) - years)))
