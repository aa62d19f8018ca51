"""Checks of arguments: each returns the value in the form that the code needs, or says what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, DTypeLike

from artgraph.errors import InputError

__all__ = [
    "check_adjacency", "check_at_least_one", "check_choice", "check_features", "check_labels", "check_n_clusters",
    "check_resolution", "check_seed", "did_you_mean", "unit_rows",
]  # fmt: skip


def check_adjacency(adjacency: sp.sparray | sp.spmatrix) -> sp.csr_array:
    """Return a canonical copy of an adjacency matrix, (n, n) CSR float64, or raise an InputError.

    It is symmetric (relative differences up to 1e-6 are evened out), its weights are finite and at least 0, its
    diagonal is 0; indices come out sorted, duplicates summed, stored zeros dropped.
    """
    if not sp.issparse(adjacency):
        raise InputError(f"adjacency is a {type(adjacency).__name__}; expected a scipy sparse matrix (n, n).")
    if adjacency.ndim != 2 or adjacency.shape[0] != adjacency.shape[1]:
        raise InputError(f"adjacency has shape {adjacency.shape}; expected a square matrix (n, n).")
    if adjacency.dtype.kind not in "biuf":
        raise InputError(f"adjacency has dtype {adjacency.dtype}; expected real weights.")
    matrix = sp.csr_array(adjacency, dtype=np.float64, copy=True)
    matrix.sum_duplicates()
    if not np.isfinite(matrix.data).all():
        raise InputError("adjacency holds NaN or infinite weights; expected finite numbers of at least 0.")
    if matrix.nnz and matrix.data.min() < 0:
        raise InputError(f"adjacency holds a negative weight ({matrix.data.min():g}); expected at least 0.")
    matrix.eliminate_zeros()
    if matrix.diagonal().any():
        raise InputError("adjacency has self-loops; set its diagonal to 0.")
    difference = abs(matrix - matrix.T)
    if difference.nnz:
        if difference.data.max() > 1e-6 * matrix.data.max():
            raise InputError("adjacency is not symmetric; expected weight (i, j) = weight (j, i). Try (A + A.T) / 2.")
        matrix = sp.csr_array((matrix + matrix.T) / 2)
    matrix.sort_indices()
    return matrix


def check_seed(seed: int) -> int:
    """Return a seed, 0 ... 2**32 - 1, as int, or raise an InputError that says why it is none."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise InputError(f"seed is {seed!r}; expected a whole number from 0 to 4294967295.")
    return int(seed)


def check_features(X: ArrayLike, n: int | None = None, *, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Return features, (n, d), finite, as numbers, or raise an InputError that says what is wrong with them.

    Parameters
    ----------
    X : (n, d) array-like.
    n : expected number of rows.
    dtype : of the numbers; X itself is returned where it has it.
    """
    X = np.asarray(X, dtype=dtype)
    if X.ndim != 2 or n not in (None, len(X)):
        rows = "(n, d), one row for each painting" if n is None else f"({n}, d), one row for each label"
        raise InputError(f"X has shape {X.shape}; expected {rows}.")
    if not np.isfinite(X).all():
        bad = int((~np.isfinite(X).all(axis=1)).sum())
        raise InputError(f"X holds NaN or infinity in {bad} of {len(X)} rows; leave these rows out or fill them.")
    return X


def check_labels(labels: ArrayLike, n: int | None = None) -> np.ndarray:
    """Return ``labels``, (n,) whole numbers, as an int64 copy, every negative one (none) as -1, or raise an InputError.

    ``n`` is the expected number of rows.
    """
    array = np.asarray(labels)
    if array.ndim != 1:
        raise InputError(f"labels have shape {array.shape}; expected one number for each painting, (n,).")
    if array.size and array.dtype.kind not in "iu":
        raise InputError(f"labels have dtype {array.dtype}; expected whole numbers (-1 for none).")
    if n is not None and array.size != n:
        size = array.size
        raise InputError(f"labels have {size} rows, the other input has {n}; expected the same paintings in both.")
    return np.maximum(array.astype(np.int64), -1)


def check_n_clusters(n_clusters: int, n: int) -> None:
    """Raise an InputError unless ``n`` rows can be put into ``n_clusters``, a whole number from 1 to n."""
    if isinstance(n_clusters, bool) or not isinstance(n_clusters, (int, np.integer)) or not 1 <= n_clusters <= n:
        raise InputError(
            f"n_clusters is {n_clusters!r}; expected a whole number from 1 to {n}, the number of paintings."
        )


def check_resolution(resolution: float) -> None:
    """Raise an InputError unless ``resolution`` is a positive number."""
    if not (np.isscalar(resolution) and np.isreal(resolution) and np.isfinite(resolution) and resolution > 0):
        raise InputError(f"resolution is {resolution!r}; expected a positive number.")


def check_at_least_one(name: str, value: int) -> None:
    """Raise an InputError unless the parameter ``name`` has a whole ``value`` of at least 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise InputError(f"{name} is {value!r}; expected a whole number of at least 1.")


def check_choice(name: str, value: object, known: Iterable[str]) -> None:
    """Raise an InputError unless ``value`` is one of the ``known`` names; a near one is suggested.

    Parameters
    ----------
    name : what the value is, such as "metric".
    value, known
    """
    known = list(known)
    if value not in known:
        meant = did_you_mean(value, known)
        raise InputError(f"There is no {name} '{value}' (there are: {', '.join(known) or 'none'}).{meant}")


def did_you_mean(value: object, known: Iterable[str]) -> str:
    """Return a question, with a blank before it, that suggests the ``known`` name nearest to a ``value``; else "".

    Examples
    --------
    >>> did_you_mean("eey", ["clip", "eye", "gram"]), did_you_mean("GRAM", ["eye", "gram"]), did_you_mean("x", ["eye"])
    (" Did you mean 'eye'?", " Did you mean 'gram'?", '')
    """
    folded = {name.casefold(): name for name in reversed(list(known))}
    near = difflib.get_close_matches(str(value).casefold(), folded, n=1)
    return f" Did you mean '{folded[near[0]]}'?" if near else ""


def unit_rows(X: np.ndarray, *, least: float = 1e-12) -> np.ndarray:
    """Return rows of X, (..., d) float, brought to Euclidean length 1; where no entry exceeds ``least``, zeros.

    Entries are divided by the largest of their row first, so that squares neither overflow nor vanish.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    largest = np.abs(X).max(axis=-1, keepdims=True, initial=0)
    scaled = np.divide(X, largest, out=np.zeros_like(X), where=largest > least)
    length = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return np.divide(scaled, length, out=scaled, where=length > 0)
