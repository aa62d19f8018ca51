"""Work on the workers of Ray Core (Moritz et al. 2018, arXiv:1712.05889): other processes, other machines.

What crosses the network is the work, once to each worker, and the tasks, which name shards; pictures are read and
arrays written by the workers themselves, on storage that all of them see.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from artgraph.engine.base import Work
from artgraph.errors import EngineError, InputError, MissingPackageError
from artgraph.learning.threads import cores

__all__ = ["Ray"]

RETRIES = 5  # of a task whose worker died; a picture that kills every worker must not go round for ever
AHEAD = 2  # tasks for each CPU that are handed over: workers that join find some waiting


class Ray:
    """A Ray cluster; used as a context, it is left, or, where it was started here, ended.

    Nothing is reported to Ray's makers, there is no dashboard, and a cluster that is started here listens on this
    machine alone.

    Parameters
    ----------
    address : Of a running cluster ("auto", "10.0.0.5:6379"); None: the one that this program has joined already, or
        else one on this machine.

    Raises
    ------
    MissingPackageError
        Ray is not installed.
    EngineError
        There is no cluster at the address.
    """

    threads = 1  # a task has one CPU
    elsewhere = True

    def __init__(self, address: str | None = None) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if address is None:  # read as ray is imported: addresses are then those of the loopback, as on macOS
            os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        try:
            import ray
        except ImportError as error:
            raise MissingPackageError(
                "--engine ray needs Ray, which is not installed: pip install 'artgraph[ray]'"
            ) from error
        self._ray, self._own = ray, not ray.is_initialized()
        if self._own:
            local = {"num_cpus": cores(), "include_dashboard": False} if address is None else {}
            try:
                ray.init(address=address or "local", log_to_driver=False, logging_level="error", **local)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise EngineError(
                    f"No Ray cluster at {address or 'this machine'}: {error}. Start one with: ray start --head"
                ) from error

    def __enter__(self) -> Ray:
        return self

    def __exit__(self, *error: object) -> None:
        if self._own:
            self._ray.shutdown()

    def device(self, asked: str) -> str:
        """Return the torch device: that ``asked`` for; "auto" is "cuda" where a worker has a GPU, else "cpu"."""
        gpus = self._ray.cluster_resources().get("GPU", 0)
        if asked.startswith("cuda") and not gpus:
            raise InputError("--device cuda: no worker of this Ray cluster has a GPU; use --device auto or cpu")
        return ("cuda" if gpus else "cpu") if asked == "auto" else asked

    def run(
        self,
        work: Work,
        tasks: Sequence[Any],
        *,
        device: str = "cpu",
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Do all tasks, each on any worker; see ``Engine.run``. Workers may join, leave and die.

        Parameters
        ----------
        work, tasks, device, progress

        Raises
        ------
        EngineError
            A task whose worker has died six times.
        """
        if not tasks:
            return
        ray, resource = self._ray, "GPU" if device.startswith("cuda") else "CPU"
        do = ray.remote(_do).options(num_cpus=1, num_gpus=int(resource == "GPU"), max_retries=RETRIES)
        held, coming, running = ray.put(work), iter(tasks), {}
        try:
            while True:
                room = max(1, int(AHEAD * ray.cluster_resources().get(resource, 1))) - len(running)
                running |= {do.remote([held], task): task for task in islice(coming, max(0, room))}
                if not running:
                    return
                for done in ray.wait(list(running))[0]:
                    count = ray.get(done)
                    del running[done]
                    if progress and count:
                        progress(count)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None  # what went wrong there is said as it would be here
        except ray.exceptions.RayError as error:
            raise EngineError(
                f"A worker of Ray died {RETRIES + 1} times on one task ({error}). What is done is kept: look at the "
                "memory of the workers, then run the same command again."
            ) from error
        finally:
            for left in running:
                ray.cancel(left, force=True)


_held: dict[str, Work] = {}


def _do(held: list[Any], task: Any) -> int:
    """Do one task in a worker, which keeps the work, and what it has loaded, for the next."""
    import ray

    (reference,) = held
    if (name := reference.hex()) not in _held:
        _held.clear()
        _held[name] = ray.get(reference)
    return sum(_held[name]([task]))
