"""What can be trained on, and where."""

import numpy as np
import torch
from scipy.sparse import csr_matrix

from artgraph.errors import InputError

__all__ = ["checked", "codes_of", "pick_device"]

FEWEST_EDGES = 10


def pick_device(device):
    """Return the torch device for 'auto', 'cpu' or 'cuda' (str); asking for a GPU that is not there is an error."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if str(device).startswith("cuda") and not torch.cuda.is_available():
        raise InputError("--device cuda: torch finds no GPU here; use --device auto or cpu")
    return device


def checked(X, adjacency, *, least=FEWEST_EDGES):
    """Return features as float32 and the graph as CSR with sorted rows, or say what is wrong with them.

    Parameters
    ----------
    X : (n, d) array
    adjacency : (n, n) sparse
    least : int
        Undirected edges that there must be.

    Returns
    -------
    (X, adjacency) : (n, d) float32 array, (n, n) float32 CSR

    Raises
    ------
    InputError
        Shapes that disagree, values that are not finite, negative weights, too few edges.
    """
    X, adjacency = np.asarray(X, dtype=np.float32), csr_matrix(adjacency, dtype=np.float32)
    if X.ndim != 2 or adjacency.shape != (len(X), len(X)):
        raise InputError(f"features {X.shape} and graph {adjacency.shape} are not of the same paintings")
    if not (np.isfinite(X).all() and np.isfinite(adjacency.data).all()):
        raise InputError("features and edge weights must be finite")
    if adjacency.nnz and adjacency.data.min() < 0:
        raise InputError(f"edge weights must be 0 or more; the least is {adjacency.data.min():g}")
    if adjacency.nnz < 2 * least:
        raise InputError(f"a graph of {adjacency.nnz // 2} edges is too small to learn from; {least} are needed")
    adjacency = adjacency.copy()
    adjacency.eliminate_zeros()
    adjacency.sort_indices()
    return X, adjacency


def codes_of(artists, n):
    """Return a number per artist, in order of name, and -1 for those without one: (n,) int64.

    Parameters
    ----------
    artists : (n,) sequence of str or None, or None
    n : int

    Raises
    ------
    InputError
        Not as many names as paintings.
    """
    if artists is None:
        return np.full(n, -1, dtype=np.int64)
    if len(artists) != n:
        raise InputError(f"{len(artists)} artists for {n} paintings")
    names = sorted({name for name in artists if name is not None})
    code = {name: number for number, name in enumerate(names)}
    return np.array([code.get(name, -1) for name in artists], dtype=np.int64)
