"""A variational graph autoencoder (Kipf and Welling 2016, arXiv 1611.07308) that learns style from artists' names.

Read ``config`` for what can be chosen and why, ``model`` and ``encoders`` for the model, ``losses`` for what it is
asked to predict, ``training`` for how.
"""

import artgraph.graph.typed  # noqa: F401  first, since it keeps torch-geometric from warning of itself
from artgraph.vgae.checks import pick_device
from artgraph.vgae.config import Config
from artgraph.vgae.edges import hold_out_edges
from artgraph.vgae.losses import artist_loss, bernoulli_edge_loss, feature_loss, kindred_loss, kl_divergence
from artgraph.vgae.model import VGAE
from artgraph.vgae.refine import refine
from artgraph.vgae.training import Trained, encode, train_vgae

__all__ = [
    "VGAE",
    "Config",
    "Trained",
    "artist_loss",
    "bernoulli_edge_loss",
    "encode",
    "feature_loss",
    "hold_out_edges",
    "kindred_loss",
    "kl_divergence",
    "pick_device",
    "refine",
    "train_vgae",
]
