"""Is a confidence of 0.8 right in 80 of 100 cases?"""

import numpy as np

__all__ = ["calibration_error", "reliability_curve"]


def reliability_curve(confidence, observed, *, n_bins: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put rows into bins by confidence and compare its mean with what was observed.

    Parameters
    ----------
    confidence : array-like, shape (n,), float, 0 ... 1
    observed : array-like, shape (n,), float, 0 ... 1
    n_bins : int

    Returns
    -------
    confidence, observed : ndarray, shape (n_bins,), float64
        Means; 0 in empty bins.
    count : ndarray, shape (n_bins,), int64

    Examples
    --------
    >>> mean, seen, count = reliability_curve([0.9, 0.7, 0.2], [1.0, 0.5, 0.0], n_bins=2)
    >>> count.tolist(), seen.tolist(), mean.round(2).tolist()
    ([1, 2], [0.0, 0.75], [0.2, 0.8])
    """
    confidence, observed = np.asarray(confidence, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    place = np.clip((confidence * n_bins).astype(np.int64), 0, n_bins - 1)
    count = np.bincount(place, minlength=n_bins)
    some = np.maximum(count, 1)
    return (
        np.bincount(place, weights=confidence, minlength=n_bins) / some,
        np.bincount(place, weights=observed, minlength=n_bins) / some,
        count,
    )


def calibration_error(confidence, observed, *, n_bins: int = 10) -> float:
    """Measure the expected calibration error: the mean gap between confidence and what was observed, over bins.

    Parameters
    ----------
    confidence : array-like, shape (n,), float, 0 ... 1
    observed : array-like, shape (n,), float, 0 ... 1
    n_bins : int

    Returns
    -------
    float, 0 ... 1

    Notes
    -----
    Guo et al. (2017), arXiv:1706.04599; there ``observed`` is 0 or 1, here a share.

    Examples
    --------
    >>> calibration_error([0.9, 0.7, 0.2], [1.0, 0.5, 0.0], n_bins=2)
    0.1
    """
    mean, seen, count = reliability_curve(confidence, observed, n_bins=n_bins)
    return round(float((count * np.abs(mean - seen)).sum() / max(count.sum(), 1)), 12)
