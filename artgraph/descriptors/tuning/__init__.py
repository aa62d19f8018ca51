"""Tuning a network on a collection, so that it sees manners where it saw things.

Read ``config`` for what can be chosen and why, ``augment`` for what a picture may lose and stay in its style,
``loader`` for what a step looks at, ``train`` for how. Which step is kept is decided by artists whose names were held
out.
"""

from artgraph.descriptors.tuning.augment import AUGMENTATIONS, augment
from artgraph.descriptors.tuning.config import OBJECTIVES, TuningConfig
from artgraph.descriptors.tuning.curves import plot_tuning
from artgraph.descriptors.tuning.descriptor import Tuned
from artgraph.descriptors.tuning.train import Tuning, train_descriptor

__all__ = [
    "AUGMENTATIONS",
    "OBJECTIVES",
    "Tuned",
    "Tuning",
    "TuningConfig",
    "augment",
    "plot_tuning",
    "train_descriptor",
]
