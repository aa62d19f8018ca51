"""SciPy adjacency to igraph graph, and igraph's random choices from one seed."""

import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import igraph
import numpy as np
import scipy.sparse as sp

from artgraph.errors import InputError

__all__ = ["check_adjacency", "check_seed", "seeded_igraph", "to_igraph"]

_LOCK = threading.RLock()
_PIECE = 1 << 16  # links


def check_adjacency(adjacency) -> sp.csr_array:
    """Return a canonical copy of an adjacency matrix, or say what is wrong with it.

    Parameters
    ----------
    adjacency : scipy sparse, shape (n, n), real or bool
        Symmetric, weights finite and at least 0, diagonal 0. Stored zeros are no edges.

    Returns
    -------
    csr_array, shape (n, n), float64
        The same matrix, indices sorted, duplicates summed, stored zeros dropped, exactly symmetric.

    Raises
    ------
    InputError
        Not sparse, not square, not finite, negative, a self-loop, or not symmetric (relative difference above 1e-6).
    """
    if not sp.issparse(adjacency):
        raise InputError(f"adjacency is a {type(adjacency).__name__}; expected a scipy sparse matrix (n, n).")
    if adjacency.ndim != 2 or adjacency.shape[0] != adjacency.shape[1]:
        raise InputError(f"adjacency has shape {adjacency.shape}; expected a square matrix (n, n).")
    if adjacency.dtype.kind not in "biuf":
        raise InputError(f"adjacency has dtype {adjacency.dtype}; expected real weights.")
    matrix = sp.csr_array(adjacency, dtype=np.float64, copy=True)
    matrix.sum_duplicates()
    if not np.isfinite(matrix.data).all():
        raise InputError("adjacency holds NaN or infinite weights; expected finite numbers of at least 0.")
    if matrix.nnz and matrix.data.min() < 0:
        raise InputError(f"adjacency holds a negative weight ({matrix.data.min():g}); expected at least 0.")
    matrix.eliminate_zeros()
    if matrix.diagonal().any():
        raise InputError("adjacency has self-loops; set its diagonal to 0.")
    difference = abs(matrix - matrix.T)
    if difference.nnz:
        if difference.data.max() > 1e-6 * matrix.data.max():
            raise InputError("adjacency is not symmetric; expected weight (i, j) = weight (j, i). Try (A + A.T) / 2.")
        matrix = sp.csr_array((matrix + matrix.T) / 2)
    matrix.sort_indices()
    return matrix


def check_seed(seed) -> int:
    """Return a seed as int, or say why it is none.

    Parameters
    ----------
    seed : int, 0 ... 2**32 - 1

    Returns
    -------
    int

    Raises
    ------
    InputError
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise InputError(f"seed is {seed!r}; expected a whole number from 0 to 4294967295.")
    return int(seed)


def to_igraph(adjacency: sp.csr_array) -> tuple[igraph.Graph, list[float]]:
    """Turn a checked adjacency matrix into an undirected igraph graph.

    Parameters
    ----------
    adjacency : csr_array, shape (n, n), float64
        As :func:`check_adjacency` returns it.

    Returns
    -------
    graph : igraph.Graph
        n vertices in row order, one edge for each pair i < j, in row-major order.
    weights : list of float, length m
        Weight of each edge.
    """
    upper = sp.triu(adjacency, k=1, format="coo")
    order = np.lexsort((upper.col, upper.row))
    first, second = upper.row[order], upper.col[order]
    # pairs of Python's own numbers: igraph reads them five times as fast as an array; a piece at a time, for memory
    pieces = (slice(start, start + _PIECE) for start in range(0, order.size, _PIECE))
    pairs = (zip(first[piece].tolist(), second[piece].tolist(), strict=True) for piece in pieces)
    graph = igraph.Graph(n=adjacency.shape[0], edges=itertools.chain.from_iterable(pairs))
    return graph, upper.data[order].tolist()


@contextmanager
def seeded_igraph(seed: int) -> Iterator[random.Random]:
    """Draw igraph's random numbers from one seed inside a ``with`` block.

    igraph draws from Python's ``random`` module unless told otherwise. Inside the block it draws from a generator of
    its own; neither ``random`` nor NumPy's global state is touched. Afterwards igraph draws from ``random`` again, its
    default (igraph cannot tell which generator it had, so one that a caller had set is not put back). The setting is
    one for the whole process: a lock lets one block run at a time.

    Parameters
    ----------
    seed : int, 0 ... 2**32 - 1

    Yields
    ------
    random.Random
        The generator in use.
    """
    generator = random.Random(check_seed(seed))
    with _LOCK:
        igraph.set_random_number_generator(generator)
        try:
            yield generator
        finally:
            igraph.set_random_number_generator(random)
