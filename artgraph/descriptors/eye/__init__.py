"""The network that comes with artgraph: small, trained by us from scratch, on works whose painters died long ago.

``MODEL_CARD.md`` beside this file says on what, how, and how well; ``python -m experiments.train_eye`` trains it again.
"""

from artgraph.descriptors.eye.network import BACKBONE, Eye
from artgraph.descriptors.eye.weights import WEIGHTS

__all__ = ["BACKBONE", "WEIGHTS", "Eye"]
