"""Several features made into one, each with its own weight."""

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.decomposition import PCA

from artgraph.checks import unit_rows
from artgraph.errors import InputError

__all__ = ["apply_fusion", "fit_fusion", "fuse"]

EXACT = (
    2000  # of a block with fewer rows or fewer columns all components are computed; of a larger one that takes hours
)
FLOOR = 1e-6  # components with less than this share of the first one's variance are rounding errors


def fuse(
    blocks: Sequence[np.ndarray],
    *,
    components: int = 128,
    weights: Sequence[float] | None = None,
    whitening: float | Sequence[float] = 0.5,
) -> np.ndarray:
    """Join feature blocks with a weight each, whatever their units and dimensions.

    Each block is centred and reduced by PCA; component j, of variance λ_j, is divided by λ_j^(whitening / 2); rows are
    scaled to length 1, and weighted; the joined rows, (n, sum of min(components, d_i, n)) float32, are centred. PCA and
    whitening in retrieval: Jégou and Chum 2012 (doi:10.1007/978-3-642-33709-3_55). To go half of the way is ours,
    chosen by the retrieval of artists, never of styles (``experiments/descriptor_quality.py``, "whitening").
    A row that is 0 in every block has no features: nothing is learned from it, and it stays 0.

    Parameters
    ----------
    blocks : (n, d_i) arrays of finite values.
    components : Dimensions kept per block, at most.
    weights : One per block, 0 or more; default 1 for each. Cosines of rows go by their squares.
    whitening : 0 leaves the spreads of the components as they are, where the first few decide; 1 makes all alike, the
        last and noisiest too. One for all blocks, or one for each.

    Examples
    --------
    Four works, told apart by one number in grams and by one in metres: both count the same.

    >>> fuse([[[900], [900], [300], [300]], [[0.1], [0.3], [0.1], [0.3]]])
    array([[ 1., -1.],
           [ 1.,  1.],
           [-1., -1.],
           [-1.,  1.]], dtype=float32)
    """
    return apply_fusion(blocks, fit_fusion(blocks, components=components, weights=weights, whitening=whitening))


def fit_fusion(
    blocks: Sequence[np.ndarray],
    *,
    components: int = 128,
    weights: Sequence[float] | None = None,
    whitening: float | Sequence[float] = 0.5,
) -> dict[str, np.ndarray]:
    """Learn what ``apply_fusion`` needs to know.

    For block i: ``i.mean`` (d_i,), ``i.components`` (d_i, k_i), scaled as the whitening asks for, ``i.weight`` (1,),
    and ``i.explained`` (k_i,), the share of the block's variance that its first 1, 2, … components keep. ``offset``:
    the mean of the joined rows. All float32.

    Parameters
    ----------
    blocks, components, weights, whitening : See ``fuse``.
    """
    blocks = _checked(blocks)
    there = _there(blocks)
    if there.any() and not there.all():
        blocks = [block[there] for block in blocks]
    weights = np.ones(len(blocks)) if weights is None else np.asarray(weights, dtype=float)
    if weights.shape != (len(blocks),) or not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
        raise InputError(f"blocks to fuse need a weight each, 0 or more and not all 0; got {weights.tolist()}")
    whitenings = [whitening] * len(blocks) if isinstance(whitening, (int, float)) else list(whitening)
    if len(whitenings) != len(blocks) or not all(0 <= one <= 1 for one in whitenings):
        raise InputError(f"whitening goes from 0 to 1, for all blocks or for each; not {whitening}")
    fitted = {}
    for i, (block, weight, whiten) in enumerate(zip(blocks, weights, whitenings, strict=True)):
        k = min(components, *block.shape)
        if (block != block[:1]).any():
            pca = _components(block, k)
            share = np.maximum(pca.explained_variance_ratio_, 0)
            scale = np.where(share > FLOOR * share[0], np.maximum(share, 1e-30) ** (-whiten / 2), 0)
            mean, basis, explained = pca.mean_, pca.components_.T * scale, np.cumsum(share)
        else:  # all rows alike
            mean, basis, explained = block[0], np.zeros((block.shape[1], k)), np.ones(k)
        fitted |= {f"{i}.mean": mean, f"{i}.components": basis, f"{i}.weight": [weight], f"{i}.explained": explained}
    fitted["offset"] = _join(blocks, fitted).mean(axis=0)
    return {name: np.asarray(value, dtype=np.float32) for name, value in fitted.items()}


def _components(block: np.ndarray, k: int) -> PCA:
    """Return the first ``k`` principal components: exact where a side is short, else near (cosines to 0.001).

    The exact ones are computed in float64: in float32 those of small variance, which whitening lifts, differ between
    processors and numbers of threads.
    """
    n, d = block.shape
    if min(n, d) < EXACT:
        return PCA(k, svd_solver="covariance_eigh" if d < EXACT else "full").fit(block.astype(np.float64))
    return PCA(k, svd_solver="randomized", n_oversamples=k, iterated_power=4, random_state=0).fit(block)


def apply_fusion(blocks: Sequence[np.ndarray], fitted: Mapping[str, np.ndarray]) -> np.ndarray:
    """Join feature blocks as ``fit_fusion`` has learned it; also those of paintings that come later.

    ``blocks`` are (n, d_i), of the dimensions learned on; ``fitted`` is what was learned; the result is
    (n, sum of k_i) float32.
    """
    blocks = _checked(blocks)
    known = [len(fitted[f"{i}.mean"]) for i in range(len(fitted) // 4)]
    if [block.shape[1] for block in blocks] != known:
        raise InputError(f"blocks of {[b.shape[1] for b in blocks]} dimensions; the fusion was learned on {known}")
    joined = (_join(blocks, fitted) - fitted["offset"]).astype(np.float32)
    joined[~_there(blocks)] = 0
    return joined


def _there(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return whether a work has features at all, (n,) bool: one that an import lacks has zeros in every block."""
    return np.any([block.any(axis=1) for block in blocks], axis=0)


def _join(blocks: Sequence[np.ndarray], fitted: Mapping[str, np.ndarray]) -> np.ndarray:
    parts = []
    for i, block in enumerate(blocks):
        reduced = (block - fitted[f"{i}.mean"]) @ fitted[f"{i}.components"]
        parts.append(fitted[f"{i}.weight"][0] * unit_rows(reduced, least=1e-9))
    return np.concatenate(parts, axis=1)


def _checked(blocks: Sequence[np.ndarray]) -> list[np.ndarray]:
    blocks = [np.asarray(block, dtype=np.float32) for block in blocks]
    if not blocks or len({len(block) for block in blocks}) != 1 or any(block.ndim != 2 for block in blocks):
        raise InputError(f"blocks to fuse must be tables of the same rows; got {[block.shape for block in blocks]}")
    if not all(np.isfinite(block).all() for block in blocks):
        raise InputError("a block to fuse has values that are not finite")
    return blocks
