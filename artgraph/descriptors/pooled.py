"""Pooled features: one vector from the end of a network that was trained on photographs."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.preprocess import resize_crop
from artgraph.descriptors.runtime import check_runtime, run_by, runtime_params
from artgraph.descriptors.weights import file_sha256, find_weights, read_state
from artgraph.descriptors.whole import input_of, whole_network
from artgraph.errors import InputError

__all__ = ["POOLS", "Pooled"]

POOLS = ("own", "mean")


class Pooled(Descriptor):
    """Pooled features of a timm network without its classifier, stored as they are.

    Preprocessing is timm's own for the network (side, share that is cropped, resampling, mean, deviation), the same
    pixels as ``timm.data.create_transform`` gives for the decoded picture.

    CLIP (Radford et al. 2021, arXiv 2103.00020): the image tower *before* the projection into the space shared with
    text, so 1,024 dimensions for ViT-L/14 and not 768. OpenAI's towers were trained with QuickGELU, which in timm is
    another network name; the file is the same (``timm/vit_large_patch14_clip_224.openai``).

    Parameters
    ----------
    name : ``cnn`` or ``clip``: the same code with another default for ``backbone``.
    backbone : Any timm network for square pictures in three colours. ``resnet50`` gives 2,048 dimensions,
        ``vit_small_patch14_dinov2`` 384.
    weights : A safetensors or ``.pth`` file with all that the network needs (a classifier may be there; it is not
        used); default: timm's own, from the hub or its cache.
    pool : "own", the network's own pooling (a ViT's class token or whatever it was trained with, a CNN's average); or
        "mean" of the last tokens, or positions, without class and register tokens.
    size : Side of the network's square input, pixels; default: what it was trained on. A vision transformer's position
        embedding is interpolated.
    device : A torch device.
    runtime : "torch" or, where the pooling is the network's own, "onnxruntime"; see ``artgraph.descriptors.runtime``.
    """

    def __init__(
        self,
        *,
        name: str = "cnn",
        backbone: str = "resnet50",
        weights: str | Path | None = None,
        pool: str = "own",
        size: int | None = None,
        device: str = "cpu",
        runtime: str = "torch",
    ) -> None:
        self.file = find_weights(backbone, weights=weights)
        if pool not in POOLS:
            raise InputError(f"There is no pooling '{pool}' (there are: {', '.join(POOLS)})")
        self.name, self.sha256 = name, file_sha256(self.file)
        if pool != "own" and runtime != "torch":
            raise InputError(f"--runtime {runtime} gives the network's own pooling, not '{pool}'")
        self._set_up(backbone, pool=pool, size=size, device=device, runtime=runtime)

    def _set_up(
        self, backbone: str, *, pool: str = "own", size: int | None = None, device: str = "cpu", runtime: str = "torch"
    ) -> None:
        self.config = input_of(backbone)
        self.backbone, self.pool, self.device = backbone, pool, device
        self.side = size or self.config["input_size"][1]
        self.size = int(self.side / self.config["crop_pct"])  # of the short side, before the crop
        self.runtime = check_runtime(runtime, device)
        self.network = None

    def params(self) -> dict[str, Any]:
        params = {"descriptor": self.name, "backbone": self.backbone, "weights_sha256": self.sha256, "pool": self.pool}
        preprocessing = {key: self.config[key] for key in ("crop_pct", "crop_mode", "interpolation")}
        return {**params, "size": self.side, **preprocessing, **runtime_params(self.runtime)}

    def load(self) -> None:
        if self.network is not None:
            return
        network = self._loaded()
        network = network.eval().requires_grad_(False).to(self.device, memory_format=torch.channels_last)
        self.network = run_by(self.runtime, network, size=self.side)
        self.mean, self.std = (
            torch.tensor(self.config[key], device=self.device).view(1, 3, 1, 1) * 255 for key in ("mean", "std")
        )

    def _loaded(self) -> torch.nn.Module:
        return whole_network(self.backbone, state=read_state(self.file), file=self.file, size=self.side)

    def prepare(self, image: np.ndarray) -> np.ndarray:
        return resize_crop(
            image,
            self.side,
            crop_pct=self.config["crop_pct"],
            mode=self.config["crop_mode"],
            interpolation=self.config["interpolation"],
        )

    @torch.inference_mode()
    def embed(self, batch: np.ndarray) -> np.ndarray:
        pixels = torch.from_numpy(batch).to(self.device, non_blocking=True).permute(0, 3, 1, 2).float()  # (b, 3, h, w)
        pixels = ((pixels - self.mean) / self.std).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=str(self.device).startswith("cuda")):
            features = self.network(pixels) if self.pool == "own" else self._mean(self.network.forward_features(pixels))
        return features.float().cpu().numpy()  # (b, d)

    def _mean(self, features: torch.Tensor) -> torch.Tensor:
        if features.ndim == 3:  # (b, tokens, d)
            return features[:, getattr(self.network, "num_prefix_tokens", 0) :].float().mean(dim=1)
        channels_last = getattr(self.network, "output_fmt", "NCHW") == "NHWC"
        return features.float().mean(dim=(1, 2) if channels_last else (2, 3))
