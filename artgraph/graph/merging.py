"""Several graphs of the same paintings, one per descriptor, made into one."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags_array, vstack

from artgraph.errors import InputError
from artgraph.graph.knn import Neighbors

__all__ = ["mean_graph", "neighbors_in", "similarity_network_fusion"]


def mean_graph(graphs: Sequence[csr_matrix], *, weights: Sequence[float] | None = None) -> csr_matrix:
    """Return the weighted mean, float32, of several ``graphs``, each (n, n) CSR and symmetric.

    ``weights`` are one per graph, 0 or more and not all 0; by default 1 for each.
    """
    graphs = _checked(graphs)
    weights = np.ones(len(graphs)) if weights is None else np.asarray(weights, dtype=float)
    if len(weights) != len(graphs) or not (weights >= 0).all() or not weights.sum() > 0:
        raise InputError(f"{len(graphs)} graphs need as many weights, 0 or more and not all 0; got {weights.tolist()}")
    merged = sum(share * graph for share, graph in zip(weights / weights.sum(), graphs, strict=True))
    merged = csr_matrix(merged).astype(np.float32)
    merged.eliminate_zeros()
    merged.sort_indices()
    return merged


def similarity_network_fusion(graphs: Sequence[csr_matrix], *, n_iterations: int = 10) -> csr_matrix:
    """Fuse graphs by letting each spread over the neighbourhoods of the others; edges only where a graph has one.

    P_v ← S_v (mean of P_u over u ≠ v) S_vᵀ, for every graph v at once, and P_v is normalised so that P_v(i, i) = 1/2
    and the rest of row i sums to 1/2; S_v has rows that sum to 1 over the neighbours in graph v. The result is the mean
    of the P_v, made symmetric; its weights sum to those of ``mean_graph``, so that a layer of other links weighs the
    same beside it. A link grows where the neighbours that its ends have in one graph are linked in others.
    ``graphs`` are (n, n), symmetric, and so is the float32 result; P_v is renewed ``n_iterations`` times.

    Wang et al. 2014, doi:10.1038/nmeth.2810. There P is dense; here it is kept where one of the graphs has an edge, so
    that the cost grows with the number of edges.
    """
    graphs = _checked(graphs)
    plain = mean_graph(graphs)
    if len(graphs) == 1 or not plain.nnz:
        return plain
    support = plain.copy()
    support.data[:] = 1
    local = [_scaled_rows(graph, 1.0) for graph in graphs]
    P = [_half_diagonal(graph) for graph in graphs]
    for _ in range(n_iterations):
        total = sum(P)
        P = [_half_diagonal(_spread(S, (total - own) / (len(P) - 1), support)) for S, own in zip(local, P, strict=True)]
    fused = csr_matrix(sum(P) / len(P))
    fused = (fused + fused.T).multiply(support).tocsr()
    fused *= plain.sum(dtype=np.float64) / fused.sum()
    fused.eliminate_zeros()
    fused.sort_indices()
    return fused.astype(np.float32)


def neighbors_in(adjacency: csr_matrix, *, n_neighbors: int = 15) -> Neighbors:
    """List the ``n_neighbors`` most strongly linked paintings of every painting of an ``adjacency`` (n, n).

    Strongest first, ties by row; the distance is 1 - weight / (largest weight). Copies are not told apart.
    """
    adjacency = csr_matrix(adjacency)
    n = adjacency.shape[0]
    indices = np.full((n, n_neighbors), -1, dtype=np.int32)
    distances = np.full((n, n_neighbors), np.inf, dtype=np.float32)
    row = np.repeat(np.arange(n), np.diff(adjacency.indptr))
    order = np.lexsort((adjacency.indices, -adjacency.data, row))
    place = np.arange(len(order)) - adjacency.indptr[row]  # lexsort keeps the rows together
    kept = place < n_neighbors
    indices[row[kept], place[kept]] = adjacency.indices[order][kept]
    distances[row[kept], place[kept]] = 1 - (adjacency.data / adjacency.data.max(initial=1e-30))[order][kept]
    return Neighbors(indices, distances, np.full(n, -1, dtype=np.int32), 1.0)


def _checked(graphs: Sequence[csr_matrix]) -> list[csr_matrix]:
    graphs = [csr_matrix(graph) for graph in graphs]
    if not graphs or len({graph.shape for graph in graphs}) != 1:
        raise InputError(f"graphs to merge must be of the same paintings; got {[graph.shape for graph in graphs]}")
    return graphs


def _scaled_rows(matrix: csr_matrix, to: float) -> csr_matrix:
    total = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    return csr_matrix(diags_array(np.divide(to, total, out=np.zeros_like(total), where=total > 0)) @ matrix)


def _half_diagonal(graph: csr_matrix) -> csr_matrix:
    graph = csr_matrix(graph + graph.T) / 2  # the diagonal is no neighbour: left out, then set
    graph = csr_matrix(graph - diags_array(graph.diagonal()))
    return csr_matrix(_scaled_rows(graph, 0.5) + 0.5 * diags_array(np.ones(graph.shape[0])))


def _spread(S: csr_matrix, P: csr_matrix, support: csr_matrix) -> csr_matrix:
    """Return S P Sᵀ where there is support, in blocks of rows: the whole product would have a thousand per row."""
    right = (P @ S.T).tocsr()
    blocks = [slice(start, start + 1024) for start in range(0, S.shape[0], 1024)]
    return csr_matrix(vstack([(S[rows] @ right).multiply(support[rows]) for rows in blocks]))
