"""A small residual network that describes a picture by the statistics of its layers. To be read from top to bottom."""

from typing import Any

import torch
from timm.models import build_model_with_cfg, register_model
from timm.models._registry import generate_default_cfgs
from torch import nn

__all__ = ["BACKBONE", "Block", "Eye", "artgraph_eye"]

BACKBONE = "artgraph_eye"
WIDTHS = (32, 64, 128, 256)
BLOCKS = (1, 1, 1)  # of the three stages
REDUCED = 24  # channels of each layer whose products are taken
FEATURES = 256
EPSILON = 1e-4


class Eye(nn.Module):
    """Stem and three stages; mean, deviation and products of the channels of each; one linear map.

    The statistics do not hold where something stands in a picture, only the manner (Gatys et al. 2016). Unlike ``gram``
    they are learned together with the layers that they are taken from. Basic blocks of He et al. 2016 (arXiv
    1512.03385), shortcuts with an average pool (He et al. 2019, arXiv 1812.01187); bilinear pooling after a reduction,
    with a signed root (Lin et al. 2015, arXiv 1504.07889).

    Parameters
    ----------
    num_classes : Of a classifier; 0: features.
    drop_rate : Of the statistics, in training.
    """

    def __init__(self, *, num_classes: int = 0, drop_rate: float = 0.2, in_chans: int = 3) -> None:
        super().__init__()
        self.num_features, self.num_classes = FEATURES, num_classes
        self.stem = nn.Sequential(*_conv(in_chans, WIDTHS[0], 2))
        self.stages = nn.ModuleList(
            nn.Sequential(Block(width, out, 2), *[Block(out, out) for _ in range(blocks - 1)])
            for width, out, blocks in zip(WIDTHS[:-1], WIDTHS[1:], BLOCKS, strict=True)
        )
        self.reduce = nn.ModuleList([nn.Conv2d(width, REDUCED, 1, bias=False) for width in WIDTHS])
        self.upper = tuple(zip(*[(i, j) for i in range(REDUCED) for j in range(i, REDUCED)], strict=True))
        wide = 2 * sum(WIDTHS) + len(WIDTHS) * len(self.upper[0])
        self.norm, self.drop = nn.BatchNorm1d(wide), nn.Dropout(drop_rate)
        self.project = nn.Linear(wide, FEATURES)
        self.head = nn.Linear(FEATURES, num_classes) if num_classes else nn.Identity()

    def forward_features(self, x: torch.Tensor) -> torch.Tensor:
        """Return the statistics of all layers, (b, 2,160) float32, for pixels (b, 3, h, w)."""
        found = []
        x = self.stem(x)  # (b, 32, h/2, w/2)
        for number, reduce in enumerate(self.reduce):
            if number:
                x = self.stages[number - 1](x)  # (b, 64, h/4, w/4), (b, 128, h/8, w/8), (b, 256, h/16, w/16)
            mean = x.mean(dim=(2, 3), dtype=torch.float32)  # (b, c)
            spread = x.square().mean(dim=(2, 3), dtype=torch.float32) - mean.square()
            low = reduce(x).flatten(2)  # (b, 24, m)
            products = (low @ low.transpose(1, 2)).float() / low.shape[2]  # (b, 24, 24)
            products = products[:, self.upper[0], self.upper[1]]  # (b, 300)
            found += [mean, (spread.relu() + EPSILON).sqrt(), products.sign() * (products.abs() + EPSILON).sqrt()]
        return torch.cat(found, dim=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return features (b, 256), or logits where there is a classifier."""
        return self.head(self.project(self.drop(self.norm(self.forward_features(x)))))

    def group_matcher(self, coarse: bool = False) -> dict:
        """Return which parameters belong to which layer, from the input on, as timm asks."""
        return {
            "stem": r"^stem",
            "blocks": [(r"^(?:stages|reduce)\.(\d+)", None), (r"^(?:norm|project|head)", (99999,))],
        }

    def get_classifier(self) -> nn.Module:
        """Return the classifier."""
        return self.head

    def set_grad_checkpointing(self, enable: bool = True) -> None:
        """Refuse to ``enable`` it; the network is small."""
        if enable:
            raise ValueError(f"{BACKBONE} is small; it has no gradient checkpointing")


class Block(nn.Module):
    """Two convolutions beside a shortcut: (b, width, h, w) to (b, out, h/stride, w/stride)."""

    def __init__(self, width: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(*_conv(width, out, stride), *_conv(out, out)[:2])
        self.shortcut = nn.Identity()
        if stride > 1 or width != out:
            pool = nn.AvgPool2d(stride, ceil_mode=True)
            self.shortcut = nn.Sequential(pool, nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


def _conv(width: int, out: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(width, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]


_INPUT = {"input_size": (3, 224, 224), "crop_pct": 1.0, "interpolation": "bicubic"}
_INPUT |= {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
default_cfgs = generate_default_cfgs({BACKBONE: {**_INPUT, "num_classes": 0, "classifier": "head"}})


@register_model
def artgraph_eye(pretrained: bool = False, **options: Any) -> Eye:
    """Return the network with random weights; its own come from ``WEIGHTS``.

    ``pretrained``, as timm asks, can only be False, for there is nothing on the hub; ``options`` are those of ``Eye``.
    """
    options = {key: value for key, value in options.items() if value is not None}
    return build_model_with_cfg(Eye, BACKBONE, pretrained, **options)
