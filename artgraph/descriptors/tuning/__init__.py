"""Tuning a network on a collection, so that its features follow manner more and motif less.

Read ``config`` for what can be chosen and why, ``augment`` for the changes that leave the style of a picture as it is,
``loader`` for the batches, ``train`` for how. Artists whose names were held out decide which step is kept.
"""

from artgraph.descriptors.tuning.augment import AUGMENTATIONS
from artgraph.descriptors.tuning.config import OBJECTIVES, TuningConfig
from artgraph.descriptors.tuning.descriptor import Tuned
from artgraph.descriptors.tuning.train import Tuning, train_descriptor

__all__ = ["AUGMENTATIONS", "OBJECTIVES", "Tuned", "Tuning", "TuningConfig", "train_descriptor"]
