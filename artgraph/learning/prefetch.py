"""Batches that threads prepare while the one before is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

__all__ = ["prefetch"]

_Batch, _Result = TypeVar("_Batch"), TypeVar("_Result")
AHEAD = 3  # batches


def prefetch(
    batches: Iterable[tuple[_Batch, Iterable[tuple]]], work: Callable[..., _Result], *, workers: int = 2
) -> Iterator[tuple[_Batch, list[_Result]]]:
    """Yield each batch with its results, in order, while the next three are prepared.

    Parameters
    ----------
    batches : pairs of what is yielded beside the results, and the arguments of each call of ``work``.
    work : runs in a thread. What it raises is raised here, and calls that have not begun are dropped.
    workers : threads.
    """
    with ThreadPoolExecutor(max(1, workers), thread_name_prefix="prefetch") as pool:
        pending: deque[tuple[_Batch, list[Future[_Result]]]] = deque()
        coming = iter(batches)

        def submit(count: int) -> None:
            pending.extend(
                (batch, [pool.submit(work, *call) for call in calls]) for batch, calls in islice(coming, count)
            )

        submit(AHEAD)
        while pending:
            batch, futures = pending.popleft()
            try:
                results = [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            submit(1)
            yield batch, results
