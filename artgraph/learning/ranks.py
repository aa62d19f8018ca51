"""One training shared by several processes, each with a GPU and a part of every batch: those that torchrun starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import torch

__all__ = ["Ranks", "joined", "started_as"]


def started_as() -> int:
    """Return which of several processes this is, as torchrun or Ray Train says in the environment; 0: the first."""
    return int(os.environ.get("RANK", "0")) if _several() else 0


def _several() -> bool:
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


class Ranks(NamedTuple):
    """The processes of a training.

    Attributes
    ----------
    number, count : which one this is, from 0, and how many there are.
    """

    number: int = 0
    count: int = 1

    def share(self, rows: torch.Tensor) -> torch.Tensor:
        """Return this process's part of ``rows`` (b,): every so manyth."""
        return rows[self.number :: self.count]

    def average_gradients(self, model: torch.nn.Module) -> None:
        """Give every process the mean of the gradients of all; their models have the same parameters."""
        if self.count == 1:
            return
        import torch
        from torch import distributed

        gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        together = torch.cat([gradient.flatten() for gradient in gradients]) / self.count
        distributed.all_reduce(together)
        for gradient, mean in zip(gradients, together.split([len(g.flatten()) for g in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def of_the_first(self, figures: dict[str, float], *, device: str) -> dict[str, float]:
        """Return the ``figures`` of the first process, by which all decide alike; sent by way of a ``device``."""
        if self.count == 1:
            return figures
        import torch
        from torch import distributed

        values = torch.tensor(list(figures.values()), dtype=torch.float64, device=device)
        distributed.broadcast(values, 0)
        return dict(zip(figures, values.tolist(), strict=True))


@contextmanager
def joined(device: str) -> Iterator[tuple[Ranks, str]]:
    """Join the processes that were started together; yield them, and the device of this one.

    Where the program has joined them already, as Ray Train does for it, that is kept; a process that was started alone
    trains alone.

    Parameters
    ----------
    device : {"cpu", "cuda"}
    """
    if not _several():
        yield Ranks(), device
        return
    import torch
    from torch import distributed

    if device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        device = f"cuda:{torch.cuda.current_device()}"
    own = not distributed.is_initialized()
    if own:
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield Ranks(distributed.get_rank(), distributed.get_world_size()), device
    finally:
        if own:
            distributed.destroy_process_group()
