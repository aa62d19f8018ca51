"""Where a long training has got to: its state as tensors, and the file that keeps them beside the model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]

__all__ = ["LONG", "Checkpoint", "on_cpu", "pack", "unpack"]

LONG = 60  # seconds between checkpoints, so that short trainings write none


class Checkpoint:
    """The file of a training's state (safetensors); of use only to the same training on the same input.

    ``made_from`` is a JSON value, all that the training depends on: its settings, and hashes of its input.
    """

    def __init__(self, file: Path, *, made_from: object) -> None:
        self.file = file
        self.made_from = json.dumps(made_from, sort_keys=True)
        self.last = time.monotonic()

    def read(self) -> Tensors | None:
        """Return the tensors of a run that was killed, or None."""
        from safetensors import SafetensorError, safe_open

        if not self.file.is_file():
            return None
        try:
            with safe_open(self.file, framework="pt") as stored:
                if (stored.metadata() or {}).get("made_from") == self.made_from:
                    return {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
        except SafetensorError:  # damaged: begin again
            pass
        return None

    def write_later(self, state: Callable[[], Tensors]) -> None:
        """Write the tensors that ``state()`` returns, if the last were written a minute ago or earlier."""
        from safetensors.torch import save

        from artgraph.atomic import write_bytes

        if time.monotonic() - self.last >= LONG:
            self.file.parent.mkdir(exist_ok=True)
            write_bytes(self.file, save(state(), metadata={"made_from": self.made_from}))
            self.last = time.monotonic()

    def remove(self) -> None:
        """Remove the file, when the training is done."""
        self.file.unlink(missing_ok=True)


def pack(progress: dict, parts: dict[str, Tensors], optimizer: torch.optim.Optimizer) -> Tensors:
    """Return the state of a training as tensors on the CPU that share no memory with it.

    Parameters
    ----------
    progress : of JSON values.
    parts : weights, by the name of the part, without a dot.
    optimizer : whose moments are kept.
    """
    import torch

    tensors = {"progress": torch.frombuffer(bytearray(json.dumps(progress).encode()), dtype=torch.uint8)}
    moments = {str(number): values for number, values in optimizer.state_dict()["state"].items()}
    parts = parts | {"optimizer": {f"{number}.{name}": v for number, m in moments.items() for name, v in m.items()}}
    tensors |= {f"{part}.{name}": value for part, values in parts.items() for name, value in values.items()}
    return on_cpu(tensors)


def unpack(tensors: Tensors, optimizer: torch.optim.Optimizer) -> tuple[dict, dict[str, Tensors]]:
    """Return progress and parts of ``tensors`` from ``pack``, without empty parts; restore the optimizer's moments.

    ``optimizer`` must be over the same parameters as the one that was packed.
    """
    tensors, parts = dict(tensors), {}
    progress = json.loads(bytes(tensors.pop("progress").numpy()).decode())
    for key, value in tensors.items():
        part, _, name = key.partition(".")
        parts.setdefault(part, {})[name] = value
    state = optimizer.state_dict()
    for key, value in parts.pop("optimizer", {}).items():
        number, _, name = key.partition(".")
        state["state"].setdefault(int(number), {})[name] = value
    optimizer.load_state_dict(state)
    return progress, parts


def on_cpu(tensors: Tensors) -> Tensors:
    """Return copies of tensors on the CPU, each in the order of its axes, as safetensors asks."""
    import torch

    return {name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in tensors.items()}
