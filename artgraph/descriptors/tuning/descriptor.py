"""A tuned network as a descriptor like any other."""

from __future__ import annotations

import torch

from artgraph.descriptors.pooled import Pooled
from artgraph.descriptors.whole import whole_network

__all__ = ["Tuned"]


class Tuned(Pooled):
    """Features of a network that was tuned on a collection.

    Parameters
    ----------
    name : What it was called.
    state : As in ``Tuning.state``.
    backbone : The network that was tuned.
    model_sha256 : Hash of the weights.
    device : A torch device.
    runtime : See ``Pooled``.
    """

    def __init__(
        self,
        *,
        name: str,
        state: dict[str, torch.Tensor],
        backbone: str,
        model_sha256: str,
        device: str = "cpu",
        runtime: str = "torch",
    ) -> None:
        self.name, self.key, self.state, self.sha256 = name, name, state, model_sha256
        self._set_up(backbone, device=device, runtime=runtime)

    def _loaded(self) -> torch.nn.Module:
        return whole_network(self.backbone, state=self.state, file=f"models/{self.name}")
