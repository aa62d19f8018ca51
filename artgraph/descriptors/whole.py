"""A whole timm network without its classifier: what it takes, and itself with its weights."""

from pathlib import Path
from typing import Any

import timm
import torch
from timm.data import resolve_data_config

from artgraph.descriptors.weights import check_network, load_strictly
from artgraph.errors import InputError

__all__ = ["create_network", "input_of", "whole_network"]


def create_network(name: str, **options: Any) -> torch.nn.Module:
    """Return a timm network, or the one that comes with artgraph, without trained weights.

    Another process may know nothing yet but the ``name``; ``options`` are those of ``timm.create_model``.
    """
    import artgraph.descriptors.eye.network  # noqa: F401  timm knows it once this is loaded

    return timm.create_model(name, pretrained=False, **options)


def input_of(backbone: str) -> dict[str, Any]:
    """Return what a ``backbone`` takes, as timm says it: ``input_size``, ``crop_pct``, ``mean``, ``std``, ...

    A network that takes something else than square pictures in three colours is an InputError.
    """
    check_network(backbone)
    trained = timm.get_pretrained_cfg(backbone) or timm.models.PretrainedCfg()
    config = resolve_data_config(pretrained_cfg=trained.to_dict())
    channels, height, width = config["input_size"]
    if (channels, height) != (3, width) or config["crop_mode"] not in ("center", "squash"):
        raise InputError(
            f"'{backbone}' takes {channels} × {height} × {width} with '{config['crop_mode']}' cropping; only "
            "networks for square pictures in three colours, cropped or squashed, can be used"
        )
    return config


def whole_network(
    backbone: str,
    *,
    state: dict[str, torch.Tensor] | None = None,
    file: str | Path | None = None,
    size: int | None = None,
) -> torch.nn.Module:
    """Return a network that gives pooled features, with its weights checked by ``load_strictly``.

    Parameters
    ----------
    backbone : Its name in timm.
    state : Its weights, under timm's names; a classifier's may be among them. None: random numbers.
    file : What a message calls them.
    size : Side of its input, pixels, where it is another than it was trained on: a vision transformer's position
        embedding is interpolated.
    """
    network = create_network(backbone, num_classes=0)
    if state is not None:
        with torch.device("meta"):
            whole = create_network(backbone).state_dict()
        load_strictly(network, state, file=file, name=f"timm's '{backbone}'", unused=whole)
    if size not in (None, input_of(backbone)["input_size"][1]) and hasattr(network, "set_input_size"):
        network.set_input_size(img_size=(size, size))
    return network
