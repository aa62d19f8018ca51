"""Rows that show the same painting."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pandas as pd

from artgraph.errors import InputError

__all__ = ["duplicates", "row_keys"]


def duplicates(X: np.ndarray, *, duplicate_ids: Sequence | None = None) -> np.ndarray:
    """Return for every row the first row that shows the same painting, (n,) int32, -1 where that is the row itself.

    Two rows show the same painting when their features X, (n, d), are equal to the last bit, or when ``duplicate_ids``
    says so: one value per row, such as the hash of the picture's file; missing values identify none. It helps where one
    file described twice gives features that differ in the last bits.

    Examples
    --------
    >>> duplicates(np.array([[1.0], [2.0], [1.0], [3.0]]), duplicate_ids=["a", "b", "c", "b"])
    array([-1, -1,  0,  1], dtype=int32)
    """
    X = np.asarray(X, dtype=np.float32)
    first = np.arange(len(X))
    if duplicate_ids is not None:
        codes = pd.factorize(pd.Series(duplicate_ids, dtype=object))[0]
        if len(codes) != len(X):
            raise InputError(f"{len(codes)} duplicate_ids for {len(X)} rows of features")
        _, where, group = np.unique(codes, return_index=True, return_inverse=True)
        first = np.where(codes < 0, first, where[group])
    _, where, group = np.unique(row_keys(X)[first], return_index=True, return_inverse=True)
    first = where[group]
    return np.where(first == np.arange(len(X)), -1, first).astype(np.int32)


def row_keys(X: np.ndarray) -> np.ndarray:
    """Hash the content of every row of X, (n, d): (n,) uint64; equal rows have equal keys, 0.0 equals -0.0."""
    if not X.size:
        return np.zeros(len(X), dtype=np.uint64)
    parts = (X[start : start + 8192] for start in range(0, len(X), 8192))
    rows = (row for part in parts for row in np.ascontiguousarray(part, dtype=np.float32) + np.float32(0))
    return np.frombuffer(b"".join(blake2b(row, digest_size=8).digest() for row in rows), "<u8").astype(np.uint64)
