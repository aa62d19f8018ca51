"""Any layers of any timm network: how they are named, which are read by default, and the network that gives them."""

from __future__ import annotations

import inspect
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import timm
import torch
from timm.models._features import FeatureGetterNet
from timm.models.efficientnet import EfficientNetFeatures

from artgraph.descriptors import lite
from artgraph.descriptors.weights import check_network, file_sha256, find_weights, load_strictly, read_state
from artgraph.descriptors.whole import create_network, whole_network
from artgraph.errors import InputError

__all__ = ["Backbone", "default_layers", "load_backbone"]

CLASS_TOKEN = ".cls"  # after the name of a block: its class token instead of its positions


def load_backbone(
    name: str,
    *,
    weights: str | Path | None = None,
    layers: Sequence[str | int] | None = None,
    class_tokens: bool = False,
    size: int = 224,
) -> Backbone:
    """Find a timm network and its weights, without loading them yet.

    Bad names are an InputError; a WeightsError says which file to fetch where the weights are not there.

    Parameters
    ----------
    name : A timm model name, such as ``resnet50`` or ``vit_small_patch14_dinov2``.
    weights : A ``.safetensors`` file, or a ``.pth``/``.bin`` file of tensors only. Default: a package, the hub, or its
        cache.
    layers : Feature maps to take, by timm's name (``layer2``, ``blocks.5``) or index; ``blocks.5.cls`` is the class
        token of a transformer's block. Default: ``default_layers``. Or single convolutions, counted from 1 in the order
        of the forward pass without those on shortcuts, taken before batch norm: ``conv10`` of ``resnet50`` is the last
        of its first stage, ``conv22`` of its second; not together with others.
    class_tokens : Whether class tokens are of use.
    size : Side of the input, pixels.
    """
    check_network(name)
    try:
        with torch.device("meta"):
            skeleton = create_network(name, features_only=True)
    except (RuntimeError, AttributeError, AssertionError) as error:
        raise InputError(
            f"timm's '{name}' does not give feature maps; take a network that does, such as resnet50"
        ) from error
    if isinstance(skeleton, FeatureGetterNet):
        return _transformer(name, weights, layers, class_tokens, size)
    names, convolutions = [info["module"] for info in skeleton.feature_info.get_dicts()], _convolutions(skeleton)
    if layers is None:
        layers = default_layers(names, "inverted" if isinstance(skeleton, EfficientNetFeatures) else "stages")
    single = [layer for layer in layers if re.fullmatch(r"conv\d+", str(layer)) and layer not in names]
    if single and len(single) < len(layers):
        raise InputError(f"Feature maps and single convolutions cannot be mixed: {', '.join(map(str, layers))}")
    more = f"; and conv1 … conv{len(convolutions)}"
    chosen = _chosen(name, layers, list(convolutions) if single else names, said=names, more=more)
    file = find_weights(name, weights=weights)
    if single:
        modules = [convolutions[layer][0] for layer in chosen]
        needed = next(i for i in range(len(names)) if set(modules) <= _modules(name, i))
        return _Maps(name, file, {layer: convolutions[layer][1] for layer in chosen}, (needed,), modules=modules)
    channels = dict(zip(names, skeleton.feature_info.channels(), strict=True))
    return _Maps(name, file, {layer: channels[layer] for layer in chosen}, tuple(map(names.index, chosen)), size=size)


def default_layers(names: Sequence[str], family: str = "stages") -> list[str]:
    """Return the layers of a network that are read where none are named.

    ================  ============================================================================================
    family
    ================  ============================================================================================
    ``stages``        ResNet, VGG, ConvNeXt, Swin, ...: all stages but the first and the last
    ``inverted``      EfficientNet, MobileNet: from the third stage to the last, which is narrow and not yet the head
    ``blocks``        ViT, DINO, CLIP, ...: the positions of the blocks at a quarter and at half of the depth, and the
                      class tokens, where there are any, of those at half and at three quarters
    ================  ============================================================================================

    The middle: the first layers see edges, the last the thing. Chosen by how often the nearest work is by the same
    artist, on artists kept for that, with ViT-Tiny and EfficientNet-Lite0 (``experiments/layers.py``); other networks
    follow by likeness.

    Parameters
    ----------
    names : Of its layers, in order.
    family : As above.
    """
    if family == "blocks":
        quarter, half, most = (names[round(len(names) * share)] for share in (0.25, 0.5, 0.75))
        return list(dict.fromkeys([quarter, half, half + CLASS_TOKEN, most + CLASS_TOKEN]))
    return list(names[2:] if family == "inverted" else names[1:-1])


def _chosen(
    name: str, layers: Sequence[str | int], known: Sequence[str], *, said: Sequence[str], more: str = ""
) -> list[str]:
    """Return the layers that were asked for, by name, in the order of the network."""
    for layer in (asked := [said[int(x)] if str(x).isdigit() and int(x) < len(said) else str(x) for x in layers]):
        if layer not in known:
            raise InputError(f"'{name}' has no layer '{layer}' (there are, by index: {', '.join(said)}{more})")
    return [layer for layer in known if layer in asked]


def _transformer(
    name: str, weights: str | Path | None, layers: Sequence[str | int] | None, class_tokens: bool, size: int
) -> Backbone:
    with torch.device("meta"):
        whole = create_network(name)
    maps, more = {info["module"]: info["num_chs"] for info in whole.feature_info}, ""
    known, names = dict(maps), list(maps)
    if getattr(whole, "cls_token", None) is not None:
        known = {layer + end: width for layer, width in maps.items() for end in ("", CLASS_TOKEN)}
        more = f"; {names[-1]}{CLASS_TOKEN} is the class token of the last"
    patch = getattr(getattr(whole, "patch_embed", None), "patch_size", (1, 1))[0]
    if size % patch:
        raise InputError(f"'{name}' reads patches of {patch} pixels: --size must be a multiple of {patch}, not {size}")
    if layers is None:
        layers = [one for one in default_layers(names, "blocks") if one in (known if class_tokens else maps)]
    chosen = _chosen(name, layers, list(known), said=names, more=more)
    if not class_tokens and (token := next((layer for layer in chosen if layer not in maps), None)):
        raise InputError(f"'{token}' is one vector, without positions; read it with --with moments:{name}")
    return _Blocks(name, find_weights(name, weights=weights), {one: known[one] for one in chosen}, names, size)


def _convolutions(network: torch.nn.Module) -> dict[str, tuple[str, int]]:
    """Return the module name and channels of every convolution but those on shortcuts, under conv1, conv2, …"""
    found = [
        (name, module.out_channels)
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Conv2d) and not re.search("downsample|shortcut", name)
    ]
    return {f"conv{number}": entry for number, entry in enumerate(found, 1)}


def _modules(name: str, index: int) -> set[str]:
    """Return the names of the modules that feature map ``index`` of a network needs."""
    with torch.device("meta"):
        part = create_network(name, features_only=True, out_indices=(index,))
    return {module for module, _ in part.named_modules()}


class _Tapped(torch.nn.Module):
    """A network that gives what some of its modules give."""

    def __init__(self, network: torch.nn.Module, modules: Sequence[str]) -> None:
        super().__init__()
        self.network, self.modules_tapped, self.here = network, modules, threading.local()  # threads share the network
        for name in modules:
            network.get_submodule(name).register_forward_hook(
                lambda module, taken, given, name=name: self.here.caught.__setitem__(name, given.clone())
            )

    def forward(self, pixels: torch.Tensor) -> list[torch.Tensor]:
        self.here.caught = {}
        self.network(pixels)
        return [self.here.caught[name] for name in self.modules_tapped]


class _Chosen(torch.nn.Module):
    """A transformer that gives the positions, (b, c, h, w), or the class tokens, (b, c, 1, 1), of some blocks."""

    def __init__(self, network: torch.nn.Module, layers: Sequence[str], names: Sequence[str]) -> None:
        super().__init__()
        self.network = network
        blocks = [layer.removesuffix(CLASS_TOKEN) for layer in layers]
        self.indices = sorted({names.index(block) for block in blocks})
        self.wanted = [
            (self.indices.index(names.index(block)), layer.endswith(CLASS_TOKEN))
            for block, layer in zip(blocks, layers, strict=True)
        ]
        taken = inspect.signature(network.forward_intermediates).parameters
        self.tokens = {"return_prefix_tokens": True} if "return_prefix_tokens" in taken else {}

    def forward(self, pixels: torch.Tensor) -> list[torch.Tensor]:
        found = self.network.forward_intermediates(
            pixels, indices=self.indices, stop_early=True, output_fmt="NCHW", intermediates_only=True, **self.tokens
        )
        pairs = [one if isinstance(one, (tuple, list)) else (one, None) for one in found]
        return [pairs[i][1][:, 0, :, None, None] if token else pairs[i][0] for i, token in self.wanted]


class Backbone(ABC):
    """A timm network that gives some ``layers`` (a dict of their names to their channels), and its weights file."""

    def __init__(self, name: str, file: Path, layers: Mapping[str, int]) -> None:
        self.name, self.file, self.layers, self.channels = name, file, list(layers), list(layers.values())
        config = timm.get_pretrained_cfg(name) or timm.models.PretrainedCfg()
        self.mean, self.std = (torch.tensor(values).view(1, 3, 1, 1) * 255 for values in (config.mean, config.std))
        self.sha256 = file_sha256(file)

    def params(self) -> dict[str, Any]:
        """Return name, layers and the hash of the weights: what the network's output depends on."""
        return {"backbone": self.name, "layers": self.layers, "weights_sha256": self.sha256}

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return pixels (b, 3, h, w) in 0…255 with the mean and standard deviation that the network was trained on."""
        return (pixels - self.mean.to(pixels.device)) / self.std.to(pixels.device)

    @abstractmethod
    def network(self) -> torch.nn.Module:
        """Return the network, in eval mode, with its weights (``load_strictly``), which may include a classifier's."""


class _Maps(Backbone):
    """Feature maps of a network's stages (``indices``), or of single convolutions in them (``modules``)."""

    def __init__(
        self,
        name: str,
        file: Path,
        layers: Mapping[str, int],
        indices: tuple[int, ...],
        *,
        modules: Sequence[str] = (),
        size: int = 224,
    ) -> None:
        super().__init__(name, file, layers)
        self.indices, self.modules, self.size = indices, modules, size

    def network(self) -> torch.nn.Module:
        network = create_network(self.name, features_only=True, out_indices=self.indices)
        with torch.device("meta"):
            whole = create_network(self.name).state_dict()
        load_strictly(network, read_state(self.file), file=self.file, name=f"timm's '{self.name}'", unused=whole)
        network.eval().requires_grad_(False)
        if self.name == lite.BACKBONE:
            network = lite.folded(network, even=self.size % 32 == 0)
        return _Tapped(network, self.modules).eval() if self.modules else network


class _Blocks(Backbone):
    """Positions and class tokens of a transformer's blocks (``names`` of them all)."""

    def __init__(self, name: str, file: Path, layers: Mapping[str, int], names: Sequence[str], size: int) -> None:
        super().__init__(name, file, layers)
        self.names, self.size = names, size

    def network(self) -> torch.nn.Module:
        network = whole_network(self.name, state=read_state(self.file), file=self.file, size=self.size)
        return _Chosen(network.eval().requires_grad_(False), self.layers, self.names).eval()
