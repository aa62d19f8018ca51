"""The seam between what is to be done and who does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from artgraph.checks import check_choice
from artgraph.errors import InputError
from artgraph.learning.device import pick_device
from artgraph.learning.threads import cores

__all__ = ["Engine", "InProcess", "Work", "opened"]

#: Does some tasks, writes shards, and yields numbers of things done. It can be sent to another process.
Work = Callable[[Iterable[Any]], Iterator[int]]


class Engine(Protocol):
    """Whoever does work.

    Attributes
    ----------
    threads : How many threads one call of a work may compute with.
    elsewhere : Whether other processes do it, which see of this one only what is sent or lies in files.
    """

    threads: int
    elsewhere: bool

    def device(self, asked: str) -> str:
        """Return the torch device for the one ``asked`` for, {"auto", "cpu", "cuda"}: "auto" is a GPU if it has one."""
        ...

    def run(
        self,
        work: Work,
        tasks: Sequence[Any],
        *,
        device: str = "cpu",
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Do all tasks.

        Parameters
        ----------
        work, tasks
        device : That the work computes on; a worker with a GPU does it where that is "cuda".
        progress : Called with the number of things done since the last call.
        """
        ...


class InProcess:
    """This process does everything, in order; the work sees all tasks at once and can prepare the next."""

    elsewhere = False

    @property
    def threads(self) -> int:
        """As many as there are cores."""
        return cores()

    def device(self, asked: str) -> str:
        """Return the torch device, as ``artgraph.learning.device.pick_device`` does for the one ``asked`` for."""
        return pick_device(asked)

    def run(
        self,
        work: Work,
        tasks: Sequence[Any],
        *,
        device: str = "cpu",
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Do all tasks; see ``Engine.run``.

        Parameters
        ----------
        work, tasks, device, progress
        """
        for count in work(tasks):
            if progress and count:
                progress(count)


@contextmanager
def opened(engine: str | Engine = "process", ray_address: str | None = None) -> Iterator[Engine]:
    """Yield an engine by its name, and close it afterwards; one that is open already stays open.

    Parameters
    ----------
    engine : {"process", "ray"} or Engine
    ray_address : Of a Ray cluster; None: one on this machine, for as long as the work takes.

    Raises
    ------
    InputError
        An unknown engine, or an address where Ray is not asked for.
    MissingPackageError
        Ray is not installed.
    EngineError
        There is no Ray cluster at the address.
    """
    if not isinstance(engine, str):
        yield engine
        return
    check_choice("engine", engine, ("process", "ray"))
    if engine == "process":
        if ray_address is not None:
            raise InputError("--ray-address is of no use without --engine ray")
        yield InProcess()
        return
    from artgraph.engine.on_ray import Ray

    with Ray(ray_address) as made:
        yield made
