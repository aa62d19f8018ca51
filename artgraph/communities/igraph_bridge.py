"""SciPy adjacency to igraph graph, and igraph's random choices from one seed."""

import itertools
import math
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import igraph
import numpy as np
import scipy.sparse as sp

from artgraph.checks import check_seed
from artgraph.errors import InputError

__all__ = ["check_memory", "seeded_igraph", "to_igraph"]

_LOCK = threading.RLock()
_PIECE = 1 << 16  # links
PER_ROW, PER_LINK = 400, 200  # bytes of graph, weights and Leiden together; measured by ``experiments.bench_million``


def check_memory(n: int, links: int, *, available: int | None = None, pieces: int = 1) -> None:
    """Raise an InputError where a graph of igraph and Leiden on it need more memory than is available.

    Parameters
    ----------
    n, links : rows, and links between them, each counted once.
    available : bytes; default: what Linux says; elsewhere nothing is checked.
    pieces : into how many the graph was cut, of which this is one.
    """
    needed = PER_ROW * n + PER_LINK * links
    available = _available() if available is None else available
    if available is not None and needed > available:
        raise InputError(
            f"Leiden on {n:,} paintings and {links:,} links needs about {needed / 2**30:.1f} GiB of memory, and "
            f"{available / 2**30:.1f} GiB are available. Cluster the graph in pieces: artgraph communities --pieces "
            f"{pieces * math.ceil(2 * needed / max(available, 1))}; or close other programs, take a machine with more, "
            "or build a graph with fewer links: artgraph build-graph --neighbors 8 or --symmetry mutual"
        )


def _available() -> int | None:
    """Return the memory in bytes that a new program could take; None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            found = dict(line.split(":", 1) for line in file)
        return 1024 * int(found["MemAvailable"].split()[0])
    except (OSError, KeyError, ValueError):
        return None


def to_igraph(adjacency: sp.csr_array) -> tuple[igraph.Graph, list[float]]:
    """Turn a checked ``adjacency``, (n, n) CSR, into an undirected igraph graph and its weights, one for each edge.

    Edges are the pairs i < j, in row-major order.
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
    """Draw igraph's random numbers from one ``seed`` inside a ``with`` block, and yield the generator.

    Neither Python's ``random`` module nor NumPy's global state is touched. Afterwards igraph draws from ``random``
    again, its default (igraph cannot say which generator it had, so one that a caller had set is not put back). The
    setting is one for the whole process: a lock lets one block run at a time.
    """
    generator = random.Random(check_seed(seed))
    with _LOCK:
        igraph.set_random_number_generator(generator)
        try:
            yield generator
        finally:
            igraph.set_random_number_generator(random)
