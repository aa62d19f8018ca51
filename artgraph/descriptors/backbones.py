"""Where network weights come from: a local file, or timm's own hub loading. Never a silent substitute."""

from __future__ import annotations

import difflib
import hashlib
import logging
import queue
import re
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from artgraph.errors import InputError, WeightsError

__all__ = ["Backbone", "check_network", "file_sha256", "find_weights", "load_backbone", "load_strictly", "read_state"]

LOG = logging.getLogger("artgraph")
PATIENCE = 10  # seconds that the hub has for its first answer


def load_backbone(
    name: str, *, weights: str | Path | None = None, layers: Sequence[str | int] | None = None
) -> Backbone:
    """Find a timm network and its weights, without loading them yet.

    Bad names are an InputError; a WeightsError says which file to fetch where the weights are not there.

    Parameters
    ----------
    name : A timm model name, such as ``resnet50``.
    weights : A ``.safetensors`` file, or a ``.pth``/``.bin`` file of tensors only. Default: the hub, or its cache.
    layers : Feature maps to take, by timm's name (``layer2``) or index; default: all but the first and the last. Or
        single convolutions, counted from 1 in the order of the forward pass without those on shortcuts, taken before
        batch norm: ``conv10`` of ``resnet50`` is the last of its first stage, ``conv22`` of its second. The two cannot
        be mixed.
    """
    check_network(name)
    try:
        with torch.device("meta"):
            skeleton = timm.create_model(name, features_only=True, pretrained=False)
    except (RuntimeError, AttributeError, AssertionError) as error:
        raise InputError(
            f"timm's '{name}' does not give feature maps; take a network that does, such as resnet50"
        ) from error
    names = [info["module"] for info in skeleton.feature_info.get_dicts()]
    if layers is None:
        layers = names[1:-1]
    convolutions = _convolutions(skeleton)
    single = [layer for layer in layers if re.fullmatch(r"conv\d+", str(layer)) and layer not in names]
    if single and len(single) < len(layers):
        raise InputError(f"Feature maps and single convolutions cannot be mixed: {', '.join(map(str, layers))}")
    chosen = []
    for layer in layers:
        layer = names[int(layer)] if str(layer).isdigit() and int(layer) < len(names) else layer
        if layer not in (convolutions if single else names):
            raise InputError(
                f"'{name}' has no layer '{layer}' (there are, by index: {', '.join(names)}; "
                f"and conv1 … conv{len(convolutions)})"
            )
        chosen.append((list(convolutions) if single else names).index(layer))
    file = find_weights(name, weights=weights)
    indices = sorted(set(chosen))
    if single:
        layers = [f"conv{i + 1}" for i in indices]
        modules = [convolutions[layer][0] for layer in layers]
        needed = next(i for i in range(len(names)) if set(modules) <= _modules(name, i))
        return Backbone(name, file, (needed,), layers, [convolutions[layer][1] for layer in layers], modules)
    channels = skeleton.feature_info.channels()
    return Backbone(name, file, tuple(indices), [names[i] for i in indices], [channels[i] for i in indices])


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
        part = timm.create_model(name, features_only=True, out_indices=(index,), pretrained=False)
    return {module for module, _ in part.named_modules()}


class _Tapped(torch.nn.Module):
    """A network that gives what some of its modules give."""

    def __init__(self, network: torch.nn.Module, modules: list[str]) -> None:
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


class Backbone:
    """A timm network that gives the feature maps of some ``layers`` (with ``channels`` each), and its weights file."""

    def __init__(
        self,
        name: str,
        file: Path,
        indices: tuple[int, ...],
        layers: list[str],
        channels: list[int],
        modules: list[str] | None = None,
    ) -> None:
        self.name, self.file, self.indices, self.layers, self.channels = name, file, indices, layers, channels
        self.modules = modules
        config = timm.get_pretrained_cfg(name) or timm.models.PretrainedCfg()
        self.mean, self.std = (torch.tensor(values).view(1, 3, 1, 1) * 255 for values in (config.mean, config.std))
        self.sha256 = file_sha256(file)

    def params(self) -> dict[str, Any]:
        """Return name, layers and the hash of the weights: what the network's output depends on."""
        return {"backbone": self.name, "layers": self.layers, "weights_sha256": self.sha256}

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return pixels (b, 3, h, w) in 0…255 with the mean and standard deviation that the network was trained on."""
        return (pixels - self.mean.to(pixels.device)) / self.std.to(pixels.device)

    def network(self) -> torch.nn.Module:
        """Return the network, in eval mode, with its weights (``load_strictly``), which may include a classifier's."""
        network = timm.create_model(self.name, features_only=True, out_indices=self.indices, pretrained=False)
        with torch.device("meta"):
            whole = timm.create_model(self.name, pretrained=False).state_dict()
        load_strictly(network, read_state(self.file), file=self.file, name=f"timm's '{self.name}'", unused=whole)
        network.eval().requires_grad_(False)
        return _Tapped(network, self.modules).eval() if self.modules else network


def find_weights(name: str, *, weights: str | Path | None = None) -> Path:
    """Return the file with the weights of a timm network: the one given, or timm's own from the hub.

    A WeightsError says what to fetch where the file is not there, or the hub and its cache do not have it.

    Parameters
    ----------
    name, weights : As for ``load_backbone``.
    """
    check_network(name)
    file = Path(weights) if weights else _from_hub(name)
    if not file.is_file():
        raise WeightsError(f"No weights file {file}. Give the path of a .safetensors file with --weights.")
    return file


def load_strictly(
    network: torch.nn.Module,
    state: dict[str, torch.Tensor],
    *,
    file: str | Path,
    name: str | Path,
    unused: Collection[str] = (),
) -> None:
    """Give a network its weights: all that it needs, and none that is unknown; anything else is a WeightsError.

    Parameters
    ----------
    network : Changed. Its tensors may be on the ``meta`` device; then those of ``state`` become its own.
    state : In any floating type; it is cast to the network's.
    file, name : What the message calls the weights and the network.
    unused : Keys that may be there and are not needed, such as a classifier's.
    """
    needed = network.state_dict()
    missing = [key for key in needed if key not in state and not key.endswith("num_batches_tracked")]
    unknown = [key for key in state if key not in needed and key not in unused]
    misfit = [
        f"{key} ({tuple(state[key].shape)} instead of {tuple(needed[key].shape)})"
        for key in needed
        if key in state and state[key].shape != needed[key].shape
    ]
    for what, keys in (("lacks", missing), ("has unknown", unknown), ("has other shapes for", misfit)):
        if keys:
            raise WeightsError(
                f"{file} {what} {len(keys)} tensors of {name}, such as {', '.join(keys[:3])}. "
                "It is not a complete weights file of this network under these names."
            )
    assign = any(tensor.is_meta for tensor in needed.values())
    network.load_state_dict({key: state.get(key, needed[key]).to(needed[key].dtype) for key in needed}, assign=assign)


def file_sha256(file: str | Path) -> str:
    """Return the sha256 of a file (64 hexadecimal digits)."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_state(file: str | Path) -> dict[str, torch.Tensor]:
    """Read tensors from a safetensors file, or from a ``.pth`` that holds tensors only.

    A ``file`` that is damaged, holds more (``torch.load`` runs with ``weights_only=True``), or holds NaN or infinity is
    a WeightsError.
    """
    try:
        if Path(file).suffix == ".safetensors":
            return _finite(load_file(file), file)
        state = torch.load(file, map_location="cpu", weights_only=True)
    except (SafetensorError, OSError, RuntimeError, EOFError, ValueError) as error:
        raise WeightsError(f"{file} cannot be read as weights: {error}") from error
    except Exception as error:
        if type(error).__name__ != "UnpicklingError":
            raise
        raise WeightsError(
            f"{file} holds more than tensors, which could run code; convert it to safetensors"
        ) from error
    state = state.get("state_dict", state)
    if not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise WeightsError(f"{file} is not a plain dictionary of tensors; convert it to safetensors")
    return _finite(state, file)


def _finite(state: dict[str, torch.Tensor], file: str | Path) -> dict[str, torch.Tensor]:
    bad = [name for name, tensor in state.items() if tensor.is_floating_point() and not tensor.isfinite().all()]
    if bad:
        others = f" and {len(bad) - 1} other tensors hold" if len(bad) > 1 else " holds"
        raise WeightsError(
            f"{file}: the tensor '{bad[0]}'{others} NaN or infinity, as after a training that diverged, or a cast to "
            "float16. Fetch the file again, or take another one."
        )
    return state


def check_network(name: str) -> None:
    """Raise an InputError, with the nearest names, where timm has no network of this ``name``."""
    if not timm.is_model(name):
        near = difflib.get_close_matches(name.casefold(), timm.list_models(), n=4)
        raise InputError(f"timm has no network '{name}'" + (f" (near it: {', '.join(near)})" if near else ""))


def _from_hub(name: str) -> Path:
    config = timm.get_pretrained_cfg(name)
    if config is None or not (config.hf_hub_id or config.url):
        raise WeightsError(f"timm publishes no weights for '{name}'. Give a file with --weights.")
    repository = f"timm/{config.architecture}.{config.tag}" if config.hf_hub_id == "timm/" else config.hf_hub_id
    advice = (
        f"Fetch model.safetensors of huggingface.co/{repository} on a machine with a network and pass it with "
        "--weights FILE; or use --with eye, which comes with artgraph."
    )
    if not repository:
        raise WeightsError(
            f"timm's weights for '{name}' are not on the hub. Fetch {config.url} and pass --weights FILE."
        )
    import huggingface_hub as hub

    try:
        return Path(hub.hf_hub_download(repository, "model.safetensors", local_files_only=True))
    except hub.errors.LocalEntryNotFoundError:
        pass
    try:
        url = hub.hf_hub_url(repository, "model.safetensors")
        size = _answer(lambda: hub.get_hf_file_metadata(url, timeout=PATIENCE)).size or 0
        LOG.warning("Downloading the weights of '%s' from %s (%.0f MB)", name, url, size / 1e6)
        return Path(hub.hf_hub_download(repository, "model.safetensors"))
    except Exception as error:  # the hub's client raises errors of its own, of its HTTP library and of the system
        cause = next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
        raise WeightsError(f"The weights of '{name}' (hub: {repository}) cannot be had: {cause}. {advice}") from error


def _answer(question: Callable[[], Any]) -> Any:
    """Return what a function returns within ``PATIENCE``, or raise what it raises.

    A download retries for minutes where there is no network, and the look-up of a host's address has no timeout.
    """
    answers = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put((question(), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer, error = answers.get(timeout=PATIENCE)
    except queue.Empty:
        raise TimeoutError(f"no answer within {PATIENCE} s") from None
    if error:
        raise error
    return answer
