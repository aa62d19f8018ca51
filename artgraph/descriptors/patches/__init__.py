"""The local branch: windows of a painting, and an InfoVAE that turns them into codes.

Read ``windows`` for where they are cut, ``dog`` for what they may show, ``infovae`` and ``train`` for the codes,
``pooling`` for the one vector of a painting.
"""

from artgraph.descriptors.patches.descriptor import Patches
from artgraph.descriptors.patches.pooling import POOLINGS, fit_pooling, pool
from artgraph.descriptors.patches.train import InfoVAEConfig, decode, encode, train_infovae
from artgraph.descriptors.patches.windows import overlaps

__all__ = [
    "POOLINGS", "InfoVAEConfig", "Patches", "decode", "encode", "fit_pooling", "overlaps", "pool", "train_infovae",
]  # fmt: skip
