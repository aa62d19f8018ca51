"""Leiden beyond one graph and one quality function: layers, works already classified, limits on size."""

import igraph
import numpy as np
import scipy.sparse as sp

from artgraph.communities.igraph_bridge import check_adjacency, check_seed, to_igraph
from artgraph.communities.labels import check_labels, relabel_by_size
from artgraph.communities.leiden import check_resolution
from artgraph.errors import InputError

__all__ = ["QUALITIES", "leiden_multiplex"]

QUALITIES = ("modularity", "cpm", "rb-er", "surprise", "significance")


def leiden_multiplex(
    layers,
    *,
    layer_weights=None,
    quality: str = "modularity",
    resolution: float = 1.0,
    fixed=None,
    max_size: int | None = None,
    seed: int = 0,
    n_iterations: int = -1,
) -> np.ndarray:
    """Find communities that are good in several graphs of the same paintings at once.

    The sum over layers of weight * quality is maximised. A layer's modularity is divided by the sum of its weights, so
    that equal layer weights give layers equal say, however many links each has.

    Parameters
    ----------
    layers : sequence of scipy sparse, each of shape (n, n), or one such matrix
        Symmetric, weights at least 0, diagonal 0.
    layer_weights : sequence of float, optional
        One for each layer, at least 0 and not all 0; default 1 for each.
    quality : {"modularity", "cpm", "rb-er", "surprise", "significance"}
        Modularity (Reichardt and Bornholdt's, with the degrees kept), the constant Potts model, Reichardt and
        Bornholdt's with an Erdős-Rényi null, asymptotic surprise, significance. The last looks at links only, not at
        their weights; the last two have no resolution.
    resolution : float, above 0
    fixed : array-like, shape (n,), integer, optional
        Works already classified: rows with one number stay together, rows with different numbers apart; negative: free.
    max_size : int, at least 1, optional
        No cluster gets more rows than this.
    seed : int
    n_iterations : int
        Passes, or -1: until a pass improves nothing.

    Returns
    -------
    ndarray, shape (n,), int32
        Cluster of each row; 0 is the largest; -1 for rows without links in every layer that are not fixed.

    Raises
    ------
    InputError
        Bad layers, weights that do not fit them, an unknown quality, a fixed class larger than max_size.

    Notes
    -----
    leidenalg: Traag, Waltman & van Eck (2019), doi:10.1038/s41598-019-41695-z; layers as in Mucha et al. (2010),
    doi:10.1126/science.1184819; surprise: Traag, Aldecoa & Delvenne (2015), doi:10.1103/PhysRevE.92.022816;
    significance: Traag, Krings & Van Dooren (2013), doi:10.1038/srep02930. On one graph with neither fixed rows nor a
    limit, :func:`leiden` maximises the same modularity several times faster.

    Examples
    --------
    Four works in a square: its sides are links of two kinds, and the heavier layer decides.

    >>> import numpy as np, scipy.sparse as sp
    >>> a = sp.csr_array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    >>> b = sp.csr_array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]])
    >>> leiden_multiplex([a, b], layer_weights=[2, 1]).tolist()
    [0, 0, 1, 1]
    >>> leiden_multiplex([a, b], layer_weights=[1, 2]).tolist()
    [0, 1, 1, 0]
    >>> leiden_multiplex(a, fixed=[0, -1, 0, -1]).tolist()
    [0, 0, 0, 0]
    """
    import leidenalg

    matrices, weights = _checked(layers, layer_weights)
    check_resolution(resolution)
    n = matrices[0].shape[0]
    fixed = np.full(n, -1) if fixed is None else check_labels(fixed, n)
    kept = np.flatnonzero((sum(np.diff(matrix.indptr) for matrix in matrices) > 0) | (fixed >= 0))
    labels = np.full(n, -1, dtype=np.int32)
    start, is_fixed = _start(fixed[kept])
    _check_size(max_size, start)
    if not kept.size:
        return labels
    partitions, scaled = [], []
    for matrix, weight in zip(matrices, weights, strict=True):
        graph, edge_weights = to_igraph(matrix[kept][:, kept])
        partitions.append(_partition(leidenalg, graph, edge_weights, start, quality=quality, resolution=resolution))
        scaled.append(weight / (max(sum(edge_weights), 1e-300) if quality in _ADDITIVE else 1.0))
    optimiser = leidenalg.Optimiser()
    optimiser.set_rng_seed(check_seed(seed) % 2**31)
    if max_size is not None:
        optimiser.max_comm_size = int(max_size)
    held = is_fixed.tolist() if is_fixed.any() else None
    scale = max(scaled)  # leidenalg stops at differences below 1e-10: the largest weight is 1
    optimiser.optimise_partition_multiplex(
        partitions,
        layer_weights=[value / scale for value in scaled],
        n_iterations=n_iterations,
        is_membership_fixed=held,
    )
    labels[kept] = partitions[0].membership
    return relabel_by_size(labels)


_ADDITIVE = ("modularity", "cpm", "rb-er")  # these are sums of weights


def _checked(layers, layer_weights):
    layers = [layers] if sp.issparse(layers) else list(layers)
    matrices = [check_adjacency(layer) for layer in layers]
    if len({matrix.shape for matrix in matrices}) != 1:
        raise InputError(
            f"layers have shapes {[m.shape for m in matrices]}; expected one or more of the same paintings."
        )
    weights = np.ones(len(matrices)) if layer_weights is None else np.asarray(layer_weights, dtype=np.float64)
    if weights.shape != (len(matrices),) or not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
        raise InputError(
            f"{len(matrices)} layers need as many weights, at least 0 and not all 0; got {weights.tolist()}."
        )
    used = [(matrix, weight) for matrix, weight in zip(matrices, weights.tolist(), strict=True) if weight]
    return zip(*used, strict=True)


def _start(fixed):
    """Fixed classes first, every free row alone."""
    is_fixed = fixed >= 0
    start = np.empty(len(fixed), dtype=np.int64)
    classes, start[is_fixed] = np.unique(fixed[is_fixed], return_inverse=True)
    start[~is_fixed] = len(classes) + np.arange((~is_fixed).sum())
    return start, is_fixed


def _check_size(max_size, start):
    if max_size is None:
        return
    if isinstance(max_size, bool) or not isinstance(max_size, (int, np.integer)) or max_size < 1:
        raise InputError(f"max_size is {max_size!r}; expected a whole number of at least 1.")
    largest = int(np.bincount(start).max()) if start.size else 0
    if largest > max_size:
        raise InputError(f"A fixed class holds {largest} paintings, more than max_size ({max_size}).")


def _partition(leidenalg, graph: igraph.Graph, weights: list, start, *, quality: str, resolution: float):
    kinds = {
        "modularity": (leidenalg.RBConfigurationVertexPartition, {"resolution_parameter": resolution}),
        "cpm": (leidenalg.CPMVertexPartition, {"resolution_parameter": resolution}),
        "rb-er": (leidenalg.RBERVertexPartition, {"resolution_parameter": resolution}),
        "surprise": (leidenalg.SurpriseVertexPartition, {}),
        "significance": (leidenalg.SignificanceVertexPartition, {}),
    }
    if quality not in kinds:
        raise InputError(f"There is no quality function '{quality}' (there are: {', '.join(QUALITIES)}).")
    kind, settings = kinds[quality]
    if quality != "significance":
        settings["weights"] = weights
    return kind(graph, initial_membership=start.tolist(), **settings)
