"""Several descriptors made into one feature."""

import numpy as np
from sklearn.decomposition import PCA

from artgraph.errors import InputError

__all__ = ["fuse"]


def fuse(blocks, *, components=128, weights=None):
    """Join feature blocks so that each has the same say.

    Each block is centred, reduced by PCA, scaled row by row to length 1, and weighted; the joined rows are centred.

    Parameters
    ----------
    blocks : sequence of (n, d_i) arrays
    components : int
        Dimensions kept per block, at most.
    weights : sequence of float, optional
        One per block, 0 or more; default 1 for each.

    Returns
    -------
    (n, sum of min(components, d_i, n)) float32

    Raises
    ------
    InputError
        Blocks of different n, or values that are not finite.
    """
    blocks = [np.asarray(block, dtype=np.float32) for block in blocks]
    weights = np.ones(len(blocks)) if weights is None else np.asarray(weights, dtype=float)
    if len({len(block) for block in blocks}) != 1 or len(weights) != len(blocks):
        raise InputError(f"blocks to fuse must have the same rows, and a weight each; got {[b.shape for b in blocks]}")
    parts = []
    for block, weight in zip(blocks, weights, strict=True):
        if not np.isfinite(block).all():
            raise InputError("a block to fuse has values that are not finite")
        k = min(components, *block.shape)
        if (block != block[:1]).any():
            block = PCA(k, svd_solver="covariance_eigh" if block.shape[1] < 2000 else "full").fit_transform(block)
        else:
            block = np.zeros((len(block), k), dtype=np.float32)  # all rows alike: nothing to say
        length = np.linalg.norm(block, axis=1, keepdims=True)
        parts.append(weight * np.divide(block, length, out=np.zeros_like(block), where=length > 1e-9))
    joined = np.concatenate(parts, axis=1)
    return (joined - joined.mean(axis=0)).astype(np.float32)
