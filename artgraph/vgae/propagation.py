"""Propagation of features over the graph."""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse as sp
import torch

from artgraph.geometric import from_scipy_sparse_matrix, to_torch_csr_tensor

__all__ = ["hops", "sparse_csr"]


def hops(X: np.ndarray, adjacency: sp.csr_matrix, count: int, *, device: str = "cpu") -> torch.Tensor:
    """Return features and their means over 1 ... ``count`` propagation steps, side by side: (n, (count + 1) d) float32.

    [X, S X, ..., S^count X] with S = D^-1 (A + I), D the degrees of A + I: the mean of a painting, with weight 1, and
    its neighbours; an isolated one keeps its features. Computed once, before training, so a step of training is a
    matrix product without the graph. SIGN (Frasca et al. 2020, arXiv 2004.11198), with a mean in place of D^-1/2 A
    D^-1/2. By SciPy, since ``torch_geometric.transforms.SIGN`` has neither mean nor self-loops, and is a fifth slower:
    ``experiments.bench_graph --only pyg``.

    Parameters
    ----------
    X : (n, d) float32 array.
    adjacency : (n, n) CSR, symmetric, weights 0 or more, diagonal 0.
    count : 0 or more.
    device : where it is computed; the result stays there.
    """
    loops = (sp.csr_matrix(adjacency, dtype=np.float32) + sp.eye(adjacency.shape[0], dtype=np.float32)).tocsr()
    degree = np.asarray(loops.sum(axis=1), dtype=np.float64).ravel()
    step = (sp.diags(1 / degree) @ loops).tocsr().astype(np.float32)
    X = np.asarray(X, dtype=np.float32)
    out, d = torch.empty((len(X), (count + 1) * X.shape[1]), device=device), X.shape[1]
    on_gpu = str(device).startswith("cuda")
    place = out if on_gpu else out.numpy()
    if on_gpu:
        index, weight = from_scipy_sparse_matrix(step)
        step, X = sparse_csr(index.to(device), weight.to(device), len(X)), torch.tensor(X, device=device)
    for hop in range(count + 1):
        place[:, hop * d : (hop + 1) * d] = X
        if hop < count:
            X = step @ X
    return out


def sparse_csr(edge_index: torch.Tensor, weight: torch.Tensor, n: int) -> torch.Tensor:
    """Return weighted edges as the (n, n) sparse tensor that the layers of torch-geometric multiply with fastest.

    ``GCNConv`` takes a sixth of the time with it, or less, that it takes with ``edge_index``:
    ``experiments.bench_graph --only pyg``.

    Parameters
    ----------
    edge_index, weight : (2, m) int64 tensor, row and column, and (m,) float tensor.
    n : paintings.
    """
    with warnings.catch_warnings(), torch.sparse.check_sparse_tensor_invariants():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta state")  # since torch 1.10
        return to_torch_csr_tensor(edge_index, weight, size=(n, n))
