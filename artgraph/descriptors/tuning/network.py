"""The network that is tuned: a timm network without its classifier, and the weights that it starts from."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from timm.optim import param_groups_layer_decay, param_groups_weight_decay

from artgraph.descriptors import eye
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.descriptors.weights import file_sha256, find_weights, read_state
from artgraph.descriptors.whole import input_of, whole_network

__all__ = ["Start", "make_optimizer", "precision_of"]

NEW_RATE = 2e-3  # of what starts from random numbers


class Start:
    """What a tuning starts from.

    Parameters
    ----------
    backbone : Any timm network for square pictures in three colours, or ``artgraph_eye``.
    weights : Default: timm's own, from the hub or its cache; for ``artgraph_eye`` those that come with artgraph.
    from_scratch : Start from random numbers; weights are not looked for.
    size : Side of a cut-out, pixels; default: what the network was trained on.

    Attributes
    ----------
    params : Name and hash of the weights.
    side : Of what the network was trained on, and of its input when it describes, pixels.
    mean, std : (1, 3, 1, 1) float tensors, of pixels in 0 … 255.
    """

    def __init__(
        self, backbone: str, *, weights: str | Path | None = None, from_scratch: bool = False, size: int | None = None
    ) -> None:
        if backbone == eye.BACKBONE and weights is None and not from_scratch:
            weights = eye.WEIGHTS
        self.backbone, self.config = backbone, input_of(backbone)
        self.file = None if from_scratch else find_weights(backbone, weights=weights)
        self.side = self.config["input_size"][1]
        self.size = size or self.side
        self.params = {"backbone": backbone, "weights_sha256": None if from_scratch else file_sha256(self.file)}
        self.mean, self.std = (torch.tensor(self.config[key]).view(1, 3, 1, 1) * 255 for key in ("mean", "std"))

    def network(self, seed: int = 0) -> torch.nn.Module:
        """Return the network, in train mode; a random start depends on the seed alone."""
        state = None if self.file is None else read_state(self.file)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return whole_network(self.backbone, state=state, file=self.file, size=self.size).train()

    def at_its_side(self, network: torch.nn.Module) -> torch.nn.Module:
        """Return a copy of a network, in eval mode, that takes pictures of ``side`` pixels again."""
        network = copy.deepcopy(network)
        if self.size != self.side and hasattr(network, "set_input_size"):
            network.set_input_size(img_size=(self.side, self.side))
        return network.eval()

    def normalise(self, pixels: np.ndarray, device: str) -> torch.Tensor:
        """Return pixels (b, h, w, 3) uint8 as the network's input, (b, 3, h, w) float32 on a device."""
        x = torch.from_numpy(pixels).to(device, non_blocking=True).permute(0, 3, 1, 2).float()
        x = (x - self.mean.to(device)) / self.std.to(device)
        return x.contiguous(memory_format=torch.channels_last)


def make_optimizer(
    network: torch.nn.Module, config: TuningConfig, *, extra: Iterable[torch.nn.Parameter] = ()
) -> torch.optim.AdamW:
    """Return AdamW over a network whose early layers learn slower, and over further parameters at the full rate.

    Parameters
    ----------
    network, config : Of the tuning.
    extra : Proxies and heads, without weight decay.
    """
    if config.from_scratch or config.layer_decay == 1:
        groups = param_groups_weight_decay(network, weight_decay=config.weight_decay)
    else:
        groups = param_groups_layer_decay(network, weight_decay=config.weight_decay, layer_decay=config.layer_decay)
    keep = ("params", "weight_decay", "lr_scale")
    groups = [{key: group[key] for key in keep if key in group} for group in groups]
    if extra := list(extra):
        groups.append({"params": extra, "weight_decay": 0.0, "lr_scale": NEW_RATE / config.rate})
    return torch.optim.AdamW([{"lr_scale": 1.0, **group} for group in groups], lr=config.rate)


def precision_of(config: TuningConfig, device: str) -> torch.dtype:
    """Return the type that the network computes in on this ``device``: see ``precision`` of its ``config``."""
    if config.precision != "auto":
        return getattr(torch, config.precision)
    if str(device).startswith("cuda"):
        return torch.bfloat16
    multiplies = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if multiplies else torch.float32
