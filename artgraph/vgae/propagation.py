"""What a painting hears from its neighbours."""

import numpy as np
import scipy.sparse as sp
import torch

__all__ = ["Propagate", "hops", "normalised_adjacency"]


def normalised_adjacency(adjacency, *, symmetric=True):
    """Return D^-1/2 (A + I) D^-1/2, or D^-1 (A + I), with D the degrees of A + I.

    Parameters
    ----------
    adjacency : (n, n) CSR
        Symmetric, weights 0 or more.
    symmetric : bool
        True: as Kipf and Welling 2017 (arXiv 1609.02907). False: rows sum to 1, a mean of the painting itself, with
        weight 1, and its neighbours.

    Returns
    -------
    (n, n) float32 CSR
        An isolated node keeps itself, with weight 1.

    Examples
    --------
    >>> pair = sp.csr_matrix([[0.0, 1.0], [1.0, 0.0]])
    >>> normalised_adjacency(pair).toarray()
    array([[0.5, 0.5],
           [0.5, 0.5]], dtype=float32)
    """
    loops = (sp.csr_matrix(adjacency, dtype=np.float32) + sp.eye(adjacency.shape[0], dtype=np.float32)).tocsr()
    degree = np.asarray(loops.sum(axis=1), dtype=np.float64).ravel()
    left, right = (degree**-0.5, degree**-0.5) if symmetric else (degree**-1.0, np.ones_like(degree))
    return (sp.diags(left) @ loops @ sp.diags(right)).tocsr().astype(np.float32)


def hops(X, adjacency, count, *, device="cpu"):
    """Return features and their means over 1 ... ``count`` propagation steps, side by side.

    [X, S X, ..., S^count X] with S = D^-1 (A + I). Computed once, before training (SIGN: Frasca et al. 2020,
    arXiv 2004.11198), so a step of training is a matrix product and no graph is looked at.

    Parameters
    ----------
    X : (n, d) float32 array
    adjacency : (n, n) CSR
    count : int, 0 or more
    device : str
        Where it is computed; the result stays there.

    Returns
    -------
    (n, (count + 1) · d) float32 tensor
    """
    step = normalised_adjacency(adjacency, symmetric=False)
    X = np.asarray(X, dtype=np.float32)
    out, d = torch.empty((len(X), (count + 1) * X.shape[1]), device=device), X.shape[1]
    place = out
    if str(device).startswith("cuda"):
        step, X = _sparse(step, device), torch.tensor(X, device=device)
    else:  # scipy's product is the faster one
        place = out.numpy()
    for hop in range(count + 1):
        place[:, hop * d : (hop + 1) * d] = X
        if hop < count:
            X = step @ X
    return out


def _sparse(matrix, device):
    coo = matrix.tocoo()
    index = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
    values = torch.from_numpy(coo.data.astype(np.float32))
    return torch.sparse_coo_tensor(index, values, matrix.shape, check_invariants=True).to(device).coalesce()


class Propagate:
    """Multiplication with a fixed symmetric sparse matrix that gradients pass through.

    Parameters
    ----------
    matrix : (n, n) CSR
        Symmetric.
    device : str
    """

    def __init__(self, matrix, device):
        self.matrix = _sparse(matrix, device)

    def __call__(self, H):
        """Return the product with H (n, d): (n, d)."""
        return _Product.apply(H, self.matrix)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, H, matrix):
        ctx.matrix = matrix
        return torch.sparse.mm(matrix, H)

    @staticmethod
    def backward(ctx, gradient):
        return torch.sparse.mm(ctx.matrix, gradient), None  # the matrix is its own transpose
