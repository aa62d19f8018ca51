"""Why two paintings are near: the share that each descriptor has in it."""

import numpy as np

from artgraph.errors import InputError

__all__ = ["reasons"]


def reasons(blocks, indices):
    """Split the nearness of each painting's neighbours between descriptors.

    The share of descriptor b in the pair (i, j) is max(c_b, 0) / Σ max(c, 0), with c_b the cosine of their centred
    rows in b. Descriptors that were joined with equal say add up like this; where they were joined in another way
    the shares say how near the two are in each, not how the link came about.

    Parameters
    ----------
    blocks : sequence of (n, d_b) float arrays
        Features of each descriptor.
    indices : array, shape (n, m), int
        Neighbours; negative ones are skipped.

    Returns
    -------
    array, shape (n, m, number of blocks), uint8
        Per cent; 0 throughout where a neighbour is missing or near in none.

    Raises
    ------
    InputError
        Blocks of other lengths.

    Examples
    --------
    >>> a = np.array([[1, 0], [1, 0], [-2, 0.0]])
    >>> b = np.array([[1, 0], [-1, 0], [0, 0.0]])
    >>> reasons([a, b], np.array([[1], [0], [-1]])).tolist()
    [[[100, 0]], [[100, 0]], [[0, 0]]]
    """
    indices = np.asarray(indices)
    if any(len(block) != len(indices) for block in blocks):
        raise InputError(f"{len(indices)} rows of neighbours for features of {[len(block) for block in blocks]} rows")
    near = np.zeros((*indices.shape, len(blocks)), dtype=np.float32)
    for k, block in enumerate(blocks):
        X = np.asarray(block, dtype=np.float32)
        X = X - X.mean(axis=0)
        length = np.linalg.norm(X, axis=1, keepdims=True)
        X = np.divide(X, length, out=np.zeros_like(X), where=length > 1e-9)
        for start in range(0, len(X), 512):
            part = indices[start : start + 512]
            near[start : start + 512, :, k] = np.einsum("id,ijd->ij", X[start : start + 512], X[np.maximum(part, 0)])
    near = np.where(indices[:, :, None] < 0, 0, np.maximum(near, 0))
    total = near.sum(axis=2, keepdims=True)
    share = np.divide(near, total, out=np.zeros_like(near), where=total > 1e-6)
    return np.round(100 * share).astype(np.uint8)
