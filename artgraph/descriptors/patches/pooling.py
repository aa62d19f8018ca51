"""From the codes of a painting's windows to one vector."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from artgraph.checks import check_choice
from artgraph.errors import InputError

__all__ = ["POOLINGS", "fit_pooling", "pool"]

#: What can be made of codes of d dimensions: a vector of d, 2 d, 8 d or 8 d entries.
POOLINGS = ("mean", "mean-std", "vlad", "fisher")
WORDS = {"vlad": 8, "fisher": 4}
FIT_ROWS = 16384


def fit_pooling(codes: np.ndarray, kind: str, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Learn what a pooling needs of all codes: the float32 arrays that ``pool`` takes.

    Parameters
    ----------
    codes : (n, m, d) float32, of m windows of each of n paintings.
    kind : "mean" needs nothing; "mean-std" the mean and spread of what it gives, so that every entry has the same say;
        "vlad" the centres of 8 clusters; "fisher" a mixture of 4 normal distributions with diagonal covariances. Fewer
        clusters where there are fewer codes.
    seed : Of the clusters.
    """
    codes = _checked(codes, kind)
    if kind == "mean":
        return {}
    if kind == "mean-std":
        moments = _moments(codes)
        spread = moments.std(axis=0)
        return {"mean": moments.mean(axis=0), "spread": np.where(spread > 1e-6, spread, 1).astype(np.float32)}
    rows = codes.reshape(-1, codes.shape[2])
    if len(rows) > FIT_ROWS:
        rows = rows[np.sort(np.random.default_rng(seed).permutation(len(rows))[:FIT_ROWS])]
    k = min(WORDS[kind], len(np.unique(rows, axis=0)))
    if kind == "vlad":
        return {"centers": KMeans(k, n_init=1, random_state=seed).fit(rows).cluster_centers_.astype(np.float32)}
    mixture = GaussianMixture(k, covariance_type="diag", reg_covar=1e-4, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a rough mixture serves as well
        mixture.fit(rows.astype(np.float64))
    fitted = {"weights": mixture.weights_, "means": mixture.means_, "variances": mixture.covariances_}
    return {name: value.astype(np.float32) for name, value in fitted.items()}


def pool(codes: np.ndarray, fitted: dict[str, np.ndarray], kind: str) -> np.ndarray:
    """Make one vector of the codes of each painting: (n, d), (n, 2 d), (n, k d) or (n, 2 k d) float32.

    - ``mean``: their mean.
    - ``mean-std``: mean and standard deviation, standardised over the corpus.
    - ``vlad``: for each centre the sum of the differences from it to the codes nearest to it, length 1; all of them
      joined, length 1 (Jégou et al. 2010, doi:10.1109/CVPR.2010.5540039; scaled per centre as Arandjelović and
      Zisserman 2013, doi:10.1109/CVPR.2013.207).
    - ``fisher``: the gradient of the log-likelihood by means and by deviations, scaled by the Fisher information's
      root, signed square root, length 1 (Perronnin et al. 2010, doi:10.1007/978-3-642-15561-1_11).

    Parameters
    ----------
    codes, fitted, kind : As given to ``fit_pooling`` and returned by it.

    Examples
    --------
    >>> pool(np.array([[[1.0, 0.0], [3.0, 0.0]]]), {}, "mean")
    array([[2., 0.]], dtype=float32)
    """
    codes = _checked(codes, kind)
    n, _, d = codes.shape
    if kind == "mean":
        return codes.mean(axis=1)
    if kind == "mean-std":
        return (_moments(codes) - fitted["mean"]) / fitted["spread"]
    if kind == "vlad":
        centers = fitted["centers"]
        difference = codes[:, :, None] - centers  # (n, m, k, d)
        nearest = (difference**2).sum(axis=3).argmin(axis=2)
        residuals = (difference * (nearest[:, :, None] == np.arange(len(centers)))[..., None]).sum(axis=1)
        return _unit(_unit(residuals).reshape(n, len(centers) * d))
    weights, means, variances = (fitted[name].astype(np.float64) for name in ("weights", "means", "variances"))
    z = (codes[:, :, None] - means) / np.sqrt(variances)  # (n, m, k, d)
    log = np.log(weights) - 0.5 * (z**2 + np.log(variances)).sum(axis=3)
    share = np.exp(log - log.max(axis=2, keepdims=True))
    share = (share / share.sum(axis=2, keepdims=True))[..., None]  # (n, m, k, 1)
    by_mean = (share * z).mean(axis=1) / np.sqrt(weights)[:, None]
    by_deviation = (share * (z**2 - 1)).mean(axis=1) / np.sqrt(2 * weights)[:, None]
    joined = np.concatenate([by_mean, by_deviation], axis=1).reshape(n, -1)
    return _unit(np.sign(joined) * np.sqrt(np.abs(joined))).astype(np.float32)


def _checked(codes: np.ndarray, kind: str) -> np.ndarray:
    codes = np.asarray(codes, dtype=np.float32)
    if codes.ndim != 3 or not codes.shape[1]:
        raise InputError(f"Codes are (paintings, windows, dimensions), not {codes.shape}.")
    check_choice("pooling", kind, POOLINGS)
    return codes


def _moments(codes: np.ndarray) -> np.ndarray:
    return np.concatenate([codes.mean(axis=1), codes.std(axis=1)], axis=1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
