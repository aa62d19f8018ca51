"""The local branch: which windows a painting is read in, what they show, and what an InfoVAE makes of them."""

from artgraph.descriptors.patches.descriptor import LOOKS, Patches
from artgraph.descriptors.patches.dog import cut_windows, difference_of_gaussians, stretch
from artgraph.descriptors.patches.infovae import infovae_loss, kinship_loss, mmd
from artgraph.descriptors.patches.pooling import POOLINGS, fit_pooling, pool
from artgraph.descriptors.patches.train import (
    InfoVAEConfig,
    TrainedInfoVAE,
    active_units,
    decode,
    encode,
    train_infovae,
)
from artgraph.descriptors.patches.windows import choose_windows, gradient_magnitude, luminance, overlaps, window_means

__all__ = [
    "LOOKS",
    "POOLINGS",
    "InfoVAEConfig",
    "Patches",
    "TrainedInfoVAE",
    "active_units",
    "choose_windows",
    "cut_windows",
    "decode",
    "difference_of_gaussians",
    "encode",
    "fit_pooling",
    "gradient_magnitude",
    "infovae_loss",
    "kinship_loss",
    "luminance",
    "mmd",
    "overlaps",
    "pool",
    "stretch",
    "train_infovae",
    "window_means",
]
