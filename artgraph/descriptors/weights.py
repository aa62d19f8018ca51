"""Where network weights come from: a local file, a package, or timm's own hub loading. Never a silent substitute."""

from __future__ import annotations

import difflib
import hashlib
import logging
import queue
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from artgraph.descriptors.lite import packaged, timm_names
from artgraph.errors import InputError, WeightsError

__all__ = ["check_network", "file_sha256", "find_weights", "hub_file", "load_strictly", "read_state"]

LOG = logging.getLogger("artgraph")
PATIENCE = 10  # seconds that the hub has for its first answer


def find_weights(name: str, *, weights: str | Path | None = None) -> Path:
    """Return the file with the weights of a timm network: the one given, one that a package holds, or the hub's.

    A WeightsError says what to fetch where the file is not there, or the hub and its cache do not have it.

    Parameters
    ----------
    name, weights : As for ``load_backbone``.
    """
    check_network(name)
    file = Path(weights) if weights else packaged(name) or _from_hub(name)
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
    return _finite(timm_names(state), file)


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
    return hub_file(repository, ("model.safetensors",), what=f"'{name}'", advice=advice)


def hub_file(repository: str, files: Sequence[str], *, what: str, advice: str) -> Path:
    """Return a file of a repository of the hub: from its cache, or downloaded.

    A WeightsError gives the cause and an advice where it cannot be had.

    Parameters
    ----------
    repository
    files : Names of which the first that is there is taken.
    what, advice : What the messages call the weights, and what they advise.
    """
    import huggingface_hub as hub

    for file in files:
        try:
            return Path(hub.hf_hub_download(repository, file, local_files_only=True))
        except hub.errors.LocalEntryNotFoundError:
            continue
    for file in files:
        try:
            url = hub.hf_hub_url(repository, file)
            size = _answer(lambda url=url: hub.get_hf_file_metadata(url, timeout=PATIENCE)).size or 0
            LOG.warning("Downloading the weights of %s from %s (%.0f MB)", what, url, size / 1e6)
            return Path(hub.hf_hub_download(repository, file))
        except hub.errors.EntryNotFoundError as error:
            cause = error
        except Exception as error:  # the hub's client raises errors of its own, of its HTTP library and of the system
            cause = error
            break
    said = next(iter(str(cause).strip().splitlines()), type(cause).__name__)[:200]
    raise WeightsError(f"The weights of {what} (hub: {repository}) cannot be had: {said}. {advice}") from cause


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
