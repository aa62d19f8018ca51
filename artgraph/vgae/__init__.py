"""A variational graph autoencoder (Kipf and Welling 2016, arXiv 1611.07308) that learns style from artists' names.

Read ``config`` for what can be chosen and why, ``model`` and ``encoders`` for the model, ``losses`` for what it is
asked to predict, ``training`` for how.
"""

from artgraph.vgae.checks import pick_device
from artgraph.vgae.config import Config
from artgraph.vgae.losses import artist_loss, bernoulli_edge_loss, feature_loss, kindred_loss, kl_divergence
from artgraph.vgae.model import VGAE
from artgraph.vgae.propagation import hops, normalised_adjacency
from artgraph.vgae.refine import refine
from artgraph.vgae.training import Trained, encode, train_vgae
from artgraph.vgae.validation import hold_out_edges

__all__ = [
    "VGAE",
    "Config",
    "Trained",
    "artist_loss",
    "bernoulli_edge_loss",
    "encode",
    "feature_loss",
    "hold_out_edges",
    "hops",
    "kindred_loss",
    "kl_divergence",
    "normalised_adjacency",
    "pick_device",
    "refine",
    "train_vgae",
]
