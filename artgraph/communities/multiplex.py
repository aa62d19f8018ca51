"""Leiden (leidenalg) beyond one graph and one quality function: layers, works already classified, limits on size."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph.checks import (
    check_adjacency,
    check_at_least_one,
    check_choice,
    check_labels,
    check_resolution,
    check_seed,
)
from artgraph.communities.igraph_bridge import to_igraph
from artgraph.communities.labels import relabel_by_size
from artgraph.communities.methods import QUALITIES
from artgraph.errors import InputError

__all__ = ["leiden_multiplex"]

_ADDITIVE = ("modularity", "cpm", "rb-er")  # these are sums of weights


def leiden_multiplex(
    layers: sp.sparray | Sequence[sp.sparray],
    *,
    layer_weights: Sequence[float] | None = None,
    quality: str = "modularity",
    resolution: float = 1.0,
    fixed: ArrayLike | None = None,
    max_size: int | None = None,
    seed: int = 0,
    n_iterations: int = -1,
) -> np.ndarray:
    """Find communities that are good in several graphs of the same paintings at once.

    The sum over layers of weight * quality is maximised. A layer's modularity is divided by the sum of its weights, so
    that equal layer weights give layers equal say, however many links each has. Returns (n,) int32, 0 the largest
    cluster, -1 for rows without links in every layer that are not fixed.

    leidenalg: Traag, Waltman & van Eck (2019), doi:10.1038/s41598-019-41695-z; layers as in Mucha et al. (2010),
    doi:10.1126/science.1184819; surprise: Traag, Aldecoa & Delvenne (2015), doi:10.1103/PhysRevE.92.022816;
    significance: Traag, Krings & Van Dooren (2013), doi:10.1038/srep02930. On one graph with neither fixed rows nor a
    limit, :func:`leiden` maximises the same modularity several times faster.

    Parameters
    ----------
    layers : one or more (n, n), symmetric, weights at least 0, diagonal 0.
    layer_weights : one for each layer, at least 0 and not all 0; by default 1.
    quality : modularity (Reichardt and Bornholdt's, with the degrees kept), cpm (constant Potts model), rb-er
        (Reichardt and Bornholdt's with an Erdős-Rényi null), surprise (asymptotic), significance. The last counts links
        only, not their weights; the last two have no resolution.
    resolution : above 0.
    fixed : (n,) int, works already classified: rows with one number stay together, with different numbers apart;
        negative: free.
    max_size : no cluster gets more rows than this: one that would is cut by itself, at a resolution that rises until it
        is small enough.
    seed
    n_iterations : passes, or -1: until a pass improves nothing.

    Examples
    --------
    Four works in a square: its sides are links of two kinds, and the heavier layer decides.

    >>> a = sp.csr_array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    >>> b = sp.csr_array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]])
    >>> [leiden_multiplex([a, b], layer_weights=weights).tolist() for weights in ([2, 1], [1, 2])]
    [[0, 0, 1, 1], [0, 1, 1, 0]]
    >>> leiden_multiplex(a, fixed=[0, -1, 0, -1]).tolist()
    [0, 0, 0, 0]
    """
    matrices, weights = _used_layers(layers, layer_weights)
    check_resolution(resolution)
    check_seed(seed)
    check_choice("quality function", quality, QUALITIES)
    n = matrices[0].shape[0]
    fixed = np.full(n, -1) if fixed is None else check_labels(fixed, n)
    if max_size is not None:
        check_at_least_one("max_size", max_size)
        if (largest := int(np.unique(fixed[fixed >= 0], return_counts=True)[1].max(initial=0))) > max_size:
            raise InputError(f"A fixed class holds {largest} paintings, more than max_size ({max_size}).")
    kept = np.flatnonzero((sum(np.diff(matrix.indptr) for matrix in matrices) > 0) | (fixed >= 0))
    labels = np.full(n, -1, dtype=np.int64)

    def find(rows: np.ndarray, resolution: float, quality: str) -> np.ndarray:
        inside = [matrix[rows][:, rows] for matrix in matrices]
        settings = {"resolution": resolution, "quality": quality, "seed": seed, "n_iterations": n_iterations}
        return _optimise(inside, weights, fixed[rows], **settings)

    if kept.size:
        labels[kept] = find(kept, resolution, quality)
    if max_size is not None:
        for cluster in np.flatnonzero(np.bincount(labels[labels >= 0]) > max_size):
            rows, finer = np.flatnonzero(labels == cluster), resolution
            pieces = np.zeros(len(rows), dtype=np.int64)
            while np.bincount(pieces).max() > max_size:
                finer *= 1.25
                pieces = find(rows, finer, quality if quality in _ADDITIVE else "modularity")
            labels[rows] = np.where(pieces == 0, cluster, labels.max() + pieces)
    return relabel_by_size(labels)


def _used_layers(
    layers: sp.sparray | Sequence[sp.sparray], layer_weights: Sequence[float] | None
) -> tuple[list[sp.csr_array], list[float]]:
    """Return checked layers and their weights, without those that weigh 0."""
    layers = [layers] if sp.issparse(layers) else list(layers)
    matrices = [check_adjacency(layer) for layer in layers]
    if len({matrix.shape for matrix in matrices}) != 1:
        shapes = [matrix.shape for matrix in matrices]
        raise InputError(f"layers have shapes {shapes}; expected one or more of the same paintings.")
    weights = np.ones(len(matrices)) if layer_weights is None else np.asarray(layer_weights, dtype=np.float64)
    k, given = len(matrices), weights.tolist()
    if weights.shape != (k,) or not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
        raise InputError(f"{k} layers need as many weights, at least 0 and not all 0; got {given}.")
    return [matrices[i] for i in np.flatnonzero(weights)], weights[weights > 0].tolist()


def _optimise(
    layers: list[sp.csr_array], weights: list[float], fixed: np.ndarray, *, quality: str, resolution: float, **run: int
) -> np.ndarray:
    """Run leidenalg on checked layers; ``run`` has ``seed`` and ``n_iterations``."""
    import leidenalg

    is_fixed = fixed >= 0
    start = np.empty(len(fixed), dtype=np.int64)  # fixed classes first, every free row alone
    classes, start[is_fixed] = np.unique(fixed[is_fixed], return_inverse=True)
    start[~is_fixed] = len(classes) + np.arange((~is_fixed).sum())
    kinds = {
        "modularity": leidenalg.RBConfigurationVertexPartition,
        "cpm": leidenalg.CPMVertexPartition,
        "rb-er": leidenalg.RBERVertexPartition,
        "surprise": leidenalg.SurpriseVertexPartition,
        "significance": leidenalg.SignificanceVertexPartition,
    }
    settings = {"resolution_parameter": resolution} if quality in _ADDITIVE else {}
    partitions, scaled = [], []
    for matrix, weight in zip(layers, weights, strict=True):
        graph, edge_weights = to_igraph(matrix)
        given = settings if quality == "significance" else settings | {"weights": edge_weights}
        partitions.append(kinds[quality](graph, initial_membership=start.tolist(), **given))
        total = sum(edge_weights) if quality in _ADDITIVE else 1.0
        scaled.append(weight / total if total else 0.0)
    optimiser = leidenalg.Optimiser()
    optimiser.set_rng_seed(run["seed"] % 2**31)
    optimiser.optimise_partition_multiplex(
        partitions,
        # leidenalg stops at differences below 1e-10
        layer_weights=[weight / (max(scaled) or 1.0) for weight in scaled],
        n_iterations=run["n_iterations"],
        is_membership_fixed=is_fixed.tolist() if is_fixed.any() else None,
    )
    return np.asarray(partitions[0].membership, dtype=np.int64)
