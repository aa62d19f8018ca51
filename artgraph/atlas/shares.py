"""Why two paintings are near: the share that each descriptor has in their similarity."""

from collections.abc import Sequence

import numpy as np

from artgraph.checks import unit_rows
from artgraph.errors import InputError

__all__ = ["similarity_shares"]


def similarity_shares(blocks: Sequence[np.ndarray], indices: np.ndarray) -> np.ndarray:
    """Split the similarity of each painting and its neighbours between descriptors: (n, m, blocks) uint8, in per cent.

    The share of descriptor b in the pair (i, j) is max(c_b, 0) / Σ max(c, 0), with c_b the cosine of their centred
    rows in b; all are 0 where a neighbour is missing or near in no descriptor. Where descriptors were fused with equal
    weights, shares are parts of the similarity; else they say how near the two are in each descriptor, not how the link
    came about. ``blocks`` are (n, d_b) features of each descriptor, ``indices`` (n, m) neighbours, negative for none.

    >>> a = np.array([[1, 0], [1, 0], [-2, 0.0]])
    >>> b = np.array([[1, 0], [-1, 0], [0, 0.0]])
    >>> similarity_shares([a, b], np.array([[1], [0], [-1]])).tolist()
    [[[100, 0]], [[100, 0]], [[0, 0]]]
    """
    indices = np.asarray(indices)
    if any(len(block) != len(indices) for block in blocks):
        raise InputError(f"{len(indices)} rows of neighbours for features of {[len(block) for block in blocks]} rows")
    near = np.zeros((*indices.shape, len(blocks)), dtype=np.float32)
    for k, block in enumerate(blocks):
        X = np.asarray(block, dtype=np.float32)
        X = unit_rows(X - X.mean(axis=0), least=1e-9)
        for start in range(0, len(X), 512):
            part = indices[start : start + 512]
            near[start : start + 512, :, k] = np.einsum("id,ijd->ij", X[start : start + 512], X[np.maximum(part, 0)])
    near = np.where(indices[:, :, None] < 0, 0, np.maximum(near, 0))
    total = near.sum(axis=2, keepdims=True)
    share = np.divide(near, total, out=np.zeros_like(near), where=total > 1e-6)
    return np.round(100 * share).astype(np.uint8)
