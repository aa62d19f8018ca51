"""With how many threads networks and linear algebra compute, so that results do not depend on the machine's cores.

Sums that several threads share are rounded otherwise than those of one, and a training makes much of little. So the
number of threads is fixed where values are computed, and work is spread over the cores in parts that do not depend on
how many there are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["THREADS", "cores", "single_threaded_algebra", "torch_threads"]

THREADS = 2  # of a training that is worth it


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def torch_threads(number: int) -> Iterator[None]:
    """Compute with a fixed ``number`` of torch's threads, whatever OMP_NUM_THREADS says; a context."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def single_threaded_algebra() -> Iterator[None]:
    """Compute products and decompositions of NumPy and SciPy in one thread; a context."""
    import scipy.linalg  # noqa: F401 - only what is loaded is limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
