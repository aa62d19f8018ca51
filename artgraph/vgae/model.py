"""The model, to be read from top to bottom."""

import warnings

import torch
from torch import nn

with warnings.catch_warnings():
    # torch-geometric calls torch.jit.script while it is imported; torch >= 2.10 tells the user that it is deprecated.
    warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", FutureWarning)
    warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", DeprecationWarning)
    from torch_geometric.nn import GCNConv
    from torch_geometric.nn.conv.gcn_conv import gcn_norm

__all__ = ["VGAE", "normalised_adjacency"]


def normalised_adjacency(edge_index, edge_weight, n):
    """Return D^-1/2 (A + I) D^-1/2, the propagation of Kipf and Welling 2017 (arXiv 1609.02907), as edges.

    Parameters
    ----------
    edge_index : (2, m) int64 tensor
        Each undirected edge in both directions.
    edge_weight : (m,) float32 tensor
    n : int

    Returns
    -------
    (edge_index, edge_weight) : (2, m + n) int64, (m + n,) float32
        An isolated node keeps itself, with weight 1.
    """
    return gcn_norm(edge_index, edge_weight, n, add_self_loops=True)


class VGAE(nn.Module):
    """q(Z | X, A) = N(mu, sigma²), two graph convolutions; p(A | Z) = sigmoid(z_i · z_j).

    Parameters
    ----------
    in_dim, hidden_dim, latent_dim : int
    dropout : float in [0, 1)
        On the features and the hidden layer, in training only.
    """

    def __init__(self, in_dim, hidden_dim=64, latent_dim=32, dropout=0.0):
        super().__init__()
        self.hidden = GCNConv(in_dim, hidden_dim, normalize=False)
        self.mu = GCNConv(hidden_dim, latent_dim, normalize=False)
        self.logstd = GCNConv(hidden_dim, latent_dim, normalize=False)
        self.dropout = nn.Dropout(dropout)

    def encode(self, X, edge_index, edge_weight):
        """Return mu and logstd, both (n, latent_dim), from X (n, in_dim) and normalised edges (2, m), (m,)."""
        hidden = self.hidden(self.dropout(X), edge_index, edge_weight).relu()  # (n, hidden_dim)
        hidden = self.dropout(hidden)
        mu = self.mu(hidden, edge_index, edge_weight)  # (n, latent_dim)
        # Bounded, so that one bad step cannot send exp() to infinity.
        logstd = self.logstd(hidden, edge_index, edge_weight).clamp(max=10)
        return mu, logstd

    @staticmethod
    def sample(mu, logstd, generator):
        """Return mu + sigma · noise, (n, latent_dim): the reparametrisation trick."""
        noise = torch.randn(mu.shape, generator=generator, device=generator.device).to(mu.device)
        return mu + logstd.exp() * noise

    @staticmethod
    def decode(Z, pairs):
        """Return the logits z_i · z_j, (p,), of pairs (2, p) of rows of Z (n, latent_dim)."""
        return (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1)
