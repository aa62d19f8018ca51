"""A variational graph autoencoder (Kipf and Welling 2016, arXiv 1611.07308) that learns style from artists' names.

Read ``config`` for what can be chosen and why, ``model`` and ``encoders`` for the model, ``losses`` for the objective,
``training`` for how.
"""

from artgraph.vgae.config import Config
from artgraph.vgae.model import VGAE
from artgraph.vgae.refine import encode, refine
from artgraph.vgae.training import Trained, train_vgae
from artgraph.vgae.validation import hold_out_edges

__all__ = ["VGAE", "Config", "Trained", "encode", "hold_out_edges", "refine", "train_vgae"]
