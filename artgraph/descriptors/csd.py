"""Contrastive Style Descriptors: CLIP's image tower, trained further so that pictures of one style lie together."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from torch import nn

from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.preprocess import resize_crop, square_tiles
from artgraph.descriptors.runtime import check_runtime, run_by, runtime_params
from artgraph.descriptors.weights import file_sha256, load_strictly, read_state
from artgraph.errors import InputError, WeightsError

__all__ = ["Csd", "StyleTower", "clip_tower", "read_checkpoint"]

PUBLISHED_BYTES = 2_438_228_893
PUBLISHED_SHA256 = "40e92fad63a361b8136100cd234c42d401ef9b34ff1748234318929ebcc7e7a1"
FETCH = (
    "Fetch pytorch_model.bin (2.44 GB) of huggingface.co/tomg-group-umd/CSD-ViT-L on a machine with a network and pass "
    "it with --weights csd=FILE; a safetensors file with the same tensors does as well."
)
MOST_TILES = 8
FORWARD = 32  # tiles in one forward pass

_SCALAR = np.float64(0).__reduce__()[0]
ALLOWED = [
    argparse.Namespace,
    np.dtype,
    (_SCALAR, "numpy.core.multiarray.scalar"),  # NumPy 1 wrote this name, NumPy 2 the next
    (_SCALAR, "numpy._core.multiarray.scalar"),
    *(type(np.dtype(kind)) for kind in ("f8", "f4", "i8", "i4", "?")),  # torch wants the classes of dtypes as well
]
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


class Csd(Descriptor):
    """Contrastive Style Descriptors of a picture, 768 dimensions, length 1 (Somepalli et al. 2024, arXiv 2404.01292).

    The class token of CLIP's ViT-L/14 image tower, without CLIP's projection, times the trained style matrix, scaled to
    length 1. Side 224, bicubic, centre crop, CLIP's mean and standard deviation. The second head of the checkpoint, for
    content, is not offered: its authors call it a failed experiment. The released weights are reported to stay below
    the figures of the paper, and below plain CLIP ViT-L on WikiArt (issue 14 of learn2phoenix/CSD); so compare with
    ``clip`` on your own pictures.

    Parameters
    ----------
    weights : The published training checkpoint ``pytorch_model.bin``, or a safetensors file with the same tensors.
    size : Side of the input, a multiple of 14; at any other than 224 the position embedding is interpolated (336 is
        reported to help).
    tiles : Instead of the centre alone, describe square tiles along the long side, from end to end (see
        ``square_tiles``; at most 8), and average: for panoramas and scrolls, whose ends a centre crop throws away. A
        square picture has one tile, the same as without. The tiles' vectors have length 1 before they are averaged, and
        the mean after.
    device : A torch device.
    runtime : "torch" or "onnxruntime"; see ``artgraph.descriptors.runtime``.
    """

    name = "csd"
    fetch = FETCH

    def __init__(
        self,
        *,
        weights: str | Path | None = None,
        size: int = 224,
        tiles: bool = False,
        device: str = "cpu",
        runtime: str = "torch",
    ) -> None:
        if weights is None:
            raise WeightsError(f"csd has no weights. {FETCH}")
        self.file = Path(weights)
        if not self.file.is_file():
            raise WeightsError(f"No weights file {self.file}. {FETCH}")
        self.size, self.tiles, self.device = size, tiles, device
        self.sha256 = file_sha256(self.file)
        if self.file.stat().st_size == PUBLISHED_BYTES and self.sha256 != PUBLISHED_SHA256:
            raise WeightsError(
                f"{self.file} is as long as the published checkpoint but not the same (sha256 {self.sha256} instead of "
                f"{PUBLISHED_SHA256}); it is damaged or has been changed. {FETCH}"
            )
        self.runtime = check_runtime(runtime, device)
        self.network = None

    def params(self) -> dict[str, Any]:
        most = MOST_TILES if self.tiles else 1
        params = {"descriptor": "csd", "weights_sha256": self.sha256, "size": self.size, "most_tiles": most}
        return {**params, **runtime_params(self.runtime)}

    def load(self) -> None:
        if self.network is None:
            network = StyleTower.from_state(read_checkpoint(self.file), file=self.file)
            network.set_side(self.size)
            network = network.eval().requires_grad_(False).to(self.device)
            self.network = run_by(self.runtime, network, size=self.size)
            self.mean, self.std = (
                torch.tensor(values, device=self.device).view(1, 3, 1, 1) * 255 for values in (CLIP_MEAN, CLIP_STD)
            )

    def prepare(self, image: np.ndarray) -> np.ndarray:
        if not self.tiles:
            return resize_crop(image, self.size)
        tiles = square_tiles(image, self.size, most=MOST_TILES)
        # Pictures must stack, so a short row of tiles is filled up; ``embed`` drops a tile that repeats the one before.
        return np.concatenate([tiles, np.repeat(tiles[-1:], MOST_TILES - len(tiles), axis=0)])

    @torch.inference_mode()
    def embed(self, batch: np.ndarray) -> np.ndarray:
        if not self.tiles:
            return self._vectors(batch).cpu().numpy()  # (b, 768)
        fresh = np.ones(batch.shape[:2], dtype=bool)  # (b, tiles)
        fresh[:, 1:] = (batch[:, 1:] != batch[:, :-1]).any(axis=(2, 3, 4))
        vectors = self._vectors(batch[fresh])  # (fresh tiles, 768), picture by picture
        sums = torch.stack([part.sum(dim=0) for part in vectors.split(fresh.sum(axis=1).tolist())])
        return nn.functional.normalize(sums, dim=1).cpu().numpy()

    def _vectors(self, pictures: np.ndarray) -> torch.Tensor:
        vectors = []
        for start in range(0, len(pictures), FORWARD):
            pixels = torch.from_numpy(pictures[start : start + FORWARD]).to(self.device, non_blocking=True)
            pixels = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std  # (b, 3, size, size)
            with torch.autocast("cuda", dtype=torch.bfloat16, enabled=str(self.device).startswith("cuda")):
                style = self.network(pixels)
            vectors.append(nn.functional.normalize(style.float(), dim=1))
        return torch.cat(vectors)


def clip_tower(*, width: int, blocks: int, hidden: int, patch: int, grid: int) -> nn.Module:
    """Return timm's image tower of CLIP (Radford et al. 2021, arXiv 2103.00020): pixels (b, 3, h, w) to (b, width).

    With QuickGELU, and without the projection into the space shared with text.

    Parameters
    ----------
    width, blocks, hidden : Of the tokens; how many; of the layer inside a block (ViT-L/14: 1024, 24, 4096). A head is
        64 wide.
    patch, grid : Pixels of a patch's side, and patches along the picture's side (ViT-L/14 at 224 pixels: 14, 16).
    """
    return timm.create_model(
        "vit_large_patch14_clip_quickgelu_224",
        num_classes=0,
        img_size=grid * patch,
        patch_size=patch,
        embed_dim=width,
        depth=blocks,
        num_heads=max(1, width // 64),
        mlp_ratio=hidden / width,
    )


PUBLISHED = (  # timm's names and those of the published checkpoint, in the order in which they are replaced
    *(("patch_embed.proj", "conv1"), ("cls_token", "class_embedding"), ("pos_embed", "positional_embedding")),
    *(("blocks.", "transformer.resblocks."), ("norm_pre.", "ln_pre."), ("norm1", "ln_1"), ("norm2", "ln_2")),
    *(("norm.", "ln_post."), ("attn.qkv.", "attn.in_proj_"), ("attn.proj", "attn.out_proj")),
    *(("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj")),
)


class StyleTower(nn.Module):
    """CLIP's image tower (from ``clip_tower``) and the style matrix (width, dimensions).

    Its state has the names and shapes of the published checkpoint.
    """

    def __init__(self, backbone: nn.Module, *, width: int, dimensions: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.last_layer_style = nn.Parameter(torch.zeros(width, dimensions))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn pictures (b, 3, side, side), normalised, into style vectors (b, dimensions), not yet of length 1."""
        return self.backbone(pixels) @ self.last_layer_style

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, torch.Tensor]:
        """Return the tensors under their published names."""
        state = {}
        for key, tensor in super().state_dict(*args, **kwargs).items():
            for ours, theirs in PUBLISHED:
                key = key.replace(ours, theirs)
            state[key] = (
                tensor.flatten(0, -2) if "positional" in key else tensor.flatten() if "class" in key else tensor
            )
        return state

    def load_state_dict(self, state: dict[str, torch.Tensor], strict: bool = True, assign: bool = False) -> object:
        """Take the tensors from a ``state`` under their published names; ``strict`` and ``assign`` as in torch."""
        own = zip(super().state_dict().items(), self.state_dict(), strict=True)
        renamed = {key: state[name].reshape(tensor.shape) for (key, tensor), name in own}
        return super().load_state_dict(renamed, strict=strict, assign=assign)

    def set_side(self, side: int) -> None:
        """Make the tower take pictures of another ``side``, a multiple of the patch.

        The position embedding is interpolated (bicubic); the class token's own position is kept.
        """
        patch = self.backbone.patch_embed.patch_size[0]
        if side < patch or side % patch:
            raise InputError(
                f"size must be a multiple of {patch} pixels, not {side}; take {max(1, round(side / patch)) * patch}"
            )
        self.backbone.set_input_size(img_size=(side, side))

    @classmethod
    def from_state(cls, state: dict[str, torch.Tensor], *, file: str | Path = "the state") -> StyleTower:
        """Make the network that a checkpoint's tensors describe, with these tensors.

        Sizes are read off the tensors' shapes. A tower 1,024 wide must have all 24 blocks. A tensor that is missing,
        unknown, or of another shape is a WeightsError.

        Parameters
        ----------
        state : As ``read_checkpoint`` returns it.
        file : What a message calls it.
        """
        shapes = {}
        for key, dimensions in (
            ("backbone.conv1.weight", 4),
            ("backbone.positional_embedding", 2),
            ("backbone.transformer.resblocks.0.mlp.c_fc.weight", 2),
            ("last_layer_style", 2),
        ):
            if key not in state or state[key].ndim != dimensions:
                what = f"{key} of shape {tuple(state[key].shape)}" if key in state else f"no tensor {key}"
                raise WeightsError(f"{file} has {what}; it is not a CSD checkpoint. {FETCH}")
            shapes[key] = state[key].shape
        conv, positions, hidden, style = shapes.values()
        numbers = {key.split(".")[3] for key in state if key.startswith("backbone.transformer.resblocks.")}
        width = conv[0]
        with torch.device("meta"):
            tower = clip_tower(
                width=width,
                blocks=24 if width == 1024 else len(numbers),
                hidden=hidden[0],
                patch=conv[2],
                grid=round(max(0, positions[0] - 1) ** 0.5),
            )
            network = cls(tower, width=width, dimensions=style[1])
        load_strictly(network, state, file=file, name="CSD", unused=("last_layer_content",))
        return network


def read_checkpoint(file: str | Path) -> dict[str, torch.Tensor]:
    """Read the tensors of a CSD checkpoint, and nothing else.

    The result has ``backbone.…``, ``last_layer_style``, perhaps ``last_layer_content``; prefixes that all keys share
    (``model_state_dict.``, ``module.``) are taken off. The training checkpoint also holds an ``argparse.Namespace`` and
    NumPy scalars; these, and no other Python objects (which could run code), are let through, else there is a
    WeightsError. ``file`` is ``.safetensors``, or what ``torch.save`` wrote; the latter is mapped, not read, so the
    state of the optimiser, half of it, costs nothing.
    """
    if Path(file).suffix == ".safetensors":
        state = read_state(file)
    else:
        loaded = _load_allowed(file)
        state = loaded.get("model_state_dict", loaded) if isinstance(loaded, dict) else None
        if not isinstance(state, dict) or not all(
            isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in state.items()
        ):
            raise WeightsError(f"{file} has no dictionary of tensors under 'model_state_dict'. {FETCH}")
    for prefix in ("model_state_dict.", "module."):
        if state and all(key.startswith(prefix) for key in state):
            state = {key.removeprefix(prefix): value for key, value in state.items()}
    return state


def _load_allowed(file: str | Path) -> Any:
    with torch.serialization.safe_globals(ALLOWED):
        try:
            others = torch.serialization.get_unsafe_globals_in_checkpoint(file)
            if not others:
                return torch.load(file, map_location="cpu", weights_only=True, mmap=True)
        except Exception as error:  # a hostile pickle can end in any exception
            cause = str(error).strip().splitlines() or [type(error).__name__]
            raise WeightsError(f"{file} cannot be read as a CSD checkpoint: {cause[0][:200]}. {FETCH}") from error
    raise WeightsError(
        f"{file} holds Python objects that a CSD checkpoint does not have and that could run code: "
        f"{', '.join(sorted(others))}. It was not loaded. {FETCH}"
    )
