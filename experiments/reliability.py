"""Is a confidence of 0.8 right in 80 of 100 cases? Calibration error, and its plot."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from artgraph.plots import figure, save

__all__ = ["calibration_error", "plot_reliability", "reliability_curve"]


def reliability_curve(
    confidence: ArrayLike, observed: ArrayLike, *, n_bins: int = 10
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put rows into bins by confidence and compare its mean with what was observed.

    Parameters
    ----------
    confidence, observed : (n,) float, 0 ... 1
    n_bins : int

    Returns
    -------
    confidence, observed, count : (n_bins,) float64, float64, int64
        Means, 0 in empty bins; rows.
    """
    confidence, observed = np.asarray(confidence, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    place = np.clip((confidence * n_bins).astype(np.int64), 0, n_bins - 1)
    count = np.bincount(place, minlength=n_bins)
    mean, share = (np.bincount(place, values, n_bins) / np.maximum(count, 1) for values in (confidence, observed))
    return mean, share, count


def calibration_error(confidence: ArrayLike, observed: ArrayLike, *, n_bins: int = 10) -> float:
    """Measure the expected calibration error: the mean gap between confidence and what was observed, over bins.

    Guo et al. (2017), arXiv:1706.04599; there ``observed`` is 0 or 1, here a share.

    Parameters
    ----------
    confidence, observed, n_bins
        As for :func:`reliability_curve`.

    Examples
    --------
    >>> calibration_error([0.9, 0.7, 0.2], [1.0, 0.5, 0.0], n_bins=2)
    0.1
    """
    mean, share, count = reliability_curve(confidence, observed, n_bins=n_bins)
    return round(float((count * np.abs(mean - share)).sum() / max(count.sum(), 1)), 12)


def plot_reliability(out: str | Path, curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
    """Draw how often a confidence of so much proved right.

    Parameters
    ----------
    out : str or Path
    curves : dict of str to (confidence, observed, count), each (bins,)
        As from :func:`~reliability_curve`.
    """
    drawn, (panel,) = figure(1, width=4.6, height=4.2)
    panel.plot([0, 1], [0, 1], color="#9a9a9a", linewidth=1)
    for name, (confidence, observed, count) in curves.items():
        shown = np.asarray(count) > 0
        panel.plot(np.asarray(confidence)[shown], np.asarray(observed)[shown], "o-", markersize=4, label=name)
    panel.set(xlabel="confidence", ylabel="co-assignment in subsamples", xlim=(0, 1.02), ylim=(0, 1.02))
    panel.legend(frameon=False)
    save(drawn, out)
