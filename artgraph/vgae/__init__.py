"""A variational graph autoencoder (Kipf and Welling 2016, arXiv 1611.07308): graph and features in, latents out."""

from artgraph.vgae.losses import bernoulli_edge_loss, kl_divergence
from artgraph.vgae.model import VGAE, normalised_adjacency
from artgraph.vgae.training import Config, Trained, encode, train_vgae

__all__ = [
    "VGAE",
    "Config",
    "Trained",
    "bernoulli_edge_loss",
    "encode",
    "kl_divergence",
    "normalised_adjacency",
    "train_vgae",
]
