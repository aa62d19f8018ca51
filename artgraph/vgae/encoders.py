"""q(Z | X, A): from features and graph to the mean and the spread of every latent. To be read from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from artgraph.geometric import GATv2Conv, GCNConv, HeteroData, SAGEConv, add_self_loops, gcn_norm, scatter
from artgraph.graph.typed import SIMILAR, to_csr
from artgraph.vgae.config import Config
from artgraph.vgae.propagation import hops, sparse_csr

__all__ = ["Convolutions", "HopMap", "make_encoder", "prepare"]

Drop = Callable[[torch.Tensor], torch.Tensor]
LAYERS = {  # each reads a graph that ``prepare`` has normalised
    "gcn": partial(GCNConv, normalize=False),
    "sage": partial(SAGEConv, aggr="sum"),
    "gat": partial(GATv2Conv, edge_dim=1, add_self_loops=False),
}
HEADS = 4  # of the hidden layer of 'gat', or as many as divide its units


class HopMap(nn.Module):
    """A map of precomputed hops, row by row: mu = Y W + b, and with a hidden layer + W₂ gelu(W₁ Y).

    By hand: torch-geometric has SIGN's hops, not its network, and parts that learn from different artists nowhere.

    Parameters
    ----------
    in_dim, hidden_dim, latent_dim : dimensions; hidden_dim 0: the linear part alone.
    parts : of the latents, one beside the other; each has hidden units of its own and shares nothing with the others.
    spread : whether latents are distributions; otherwise logstd is None.
    """

    def __init__(self, in_dim: int, hidden_dim: int, latent_dim: int, *, parts: int = 1, spread: bool = True) -> None:
        super().__init__()
        self.spread, self.parts = spread, parts
        layer = partial(nn.utils.skip_init, nn.Linear)
        self.mu, self.logstd = layer(in_dim, latent_dim), layer(in_dim, latent_dim)
        self.hidden = layer(in_dim, hidden_dim) if hidden_dim else None
        widths = [[len(part) for part in torch.arange(dim).tensor_split(parts)] for dim in (hidden_dim, latent_dim)]
        self.residual = nn.ModuleList(layer(*pair) for pair in zip(*widths, strict=True) if hidden_dim)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the first weights from the global generator, as the layers of torch-geometric do."""
        # inputs have length 1 on average: so have latents at the start, in each dimension
        first = [(self.mu, 1.0), (self.logstd, 0.0), (self.hidden, 1.0), *((part, 0.0) for part in self.residual)]
        for layer, scale in first:
            if layer is not None:
                nn.init.normal_(layer.weight, std=scale)
                nn.init.constant_(layer.bias, LOGSTD if layer is self.logstd else 0.0)

    @torch.no_grad()
    def start_from(self, X: torch.Tensor) -> None:
        """Let mu begin as the principal components of features X (n, d), the first d of the inputs; the rest stays 0.

        So mu never depends on the hops, which would tell it beforehand which paintings are linked; nor on the hidden
        layer, which reads them.
        """
        for layer in (self.hidden, self.residual):
            if layer is not None:
                layer.requires_grad_(False)  # the residual is 0: what it would learn from is not worth computing
        vectors = torch.linalg.eigh(torch.cov(X.double().T).reshape(X.shape[1], X.shape[1])).eigenvectors
        basis = vectors.flip(1)[:, : len(self.mu.weight)]  # (d, k), widest first
        basis = basis * basis.gather(0, basis.abs().argmax(dim=0, keepdim=True)).sign()  # eigenvectors have no sign
        self.mu.weight.zero_()
        self.mu.weight[: basis.shape[1], : X.shape[1]] = len(self.mu.weight) ** 0.5 * basis.T.float()
        own = (torch.arange(self.mu.in_features) < X.shape[1]).float()
        self.mu.weight.register_hook(lambda gradient: gradient * own.to(gradient.device))

    def forward(
        self, inputs: torch.Tensor, rows: torch.Tensor | None, drop: Drop, unit: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return mu and logstd, both (b, latent_dim), of ``rows`` (b,) of inputs / unit (n, in_dim); None: of all."""
        Y = drop((inputs if rows is None else inputs[rows]) / unit)  # (b, in_dim)
        mu = self.mu(Y)  # (b, latent_dim)
        if self.hidden is not None:
            hidden = drop(nn.functional.gelu(self.hidden(Y))).tensor_split(self.parts, dim=1)
            mu = mu + torch.cat([part(own) for part, own in zip(self.residual, hidden, strict=True)], dim=1)
        return mu, self.logstd(Y).clamp(*LOGSTD_RANGE) if self.spread else None


class Convolutions(nn.Module):
    """Two graph convolutions over the whole graph: H = relu(conv(X)), mu = conv(H), logstd = conv(H).

    ``kind`` is one of ``LAYERS``; without ``spread``, latents are no distributions and logstd is None.
    """

    def __init__(self, kind: str, in_dim: int, hidden_dim: int, latent_dim: int, *, spread: bool = True) -> None:
        super().__init__()
        self.spread = spread
        layer, heads = LAYERS[kind], {"heads": math.gcd(HEADS, hidden_dim)} if kind == "gat" else {}
        self.hidden = layer(in_dim, hidden_dim // heads.get("heads", 1), **heads)
        self.mu, self.logstd = layer(hidden_dim, latent_dim), layer(hidden_dim, latent_dim)

    def reset_parameters(self) -> None:
        """Draw the first weights from the global generator."""
        for layer in self.children():
            layer.reset_parameters()

    def forward(
        self, inputs: tuple[torch.Tensor, ...], rows: torch.Tensor | None, drop: Drop, unit: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return mu and logstd, both (b, latent_dim), of ``rows`` (b,), None: all; inputs as from ``prepare``."""
        X, *graph = inputs
        H = drop(self.hidden(drop(X / unit), *graph).relu())  # (n, hidden_dim)
        rows = slice(None) if rows is None else rows
        return self.mu(H, *graph)[rows], self.logstd(H, *graph)[rows].clamp(*LOGSTD_RANGE) if self.spread else None


LOGSTD = -1.5  # sigma 0.22 at the start: with the 1 of the prior, nothing could be learned through the noise
LOGSTD_RANGE = (-6.0, 4.0)  # so that one bad step cannot send exp() to infinity


def make_encoder(config: Config, in_dim: int) -> HopMap | Convolutions:
    """Return a new encoder of features with ``in_dim`` dimensions, as config says."""
    spread = config.model == "vgae"
    if config.full_batch:
        return Convolutions(config.encoder, in_dim, config.n_hidden, config.latent_dim, spread=spread)
    width = in_dim if config.encoder == "linear" else in_dim * (config.hops + 1)
    return HopMap(width, config.n_hidden, config.latent_dim, parts=config.n_parts, spread=spread)


def prepare(config: Config, data: HeteroData, *, device: str) -> torch.Tensor | tuple[torch.Tensor, ...]:
    """Return what the encoder reads: precomputed hops, or features and the graph as its layers take it.

    That is an (n, in_dim) tensor; (n, d) features and an (n, n) CSR tensor of 'gcn' and 'sage'; (n, d), (2, m), (m, 1)
    of 'gat'. The graph is normalised here, once: ``GCNConv(cached=True)`` would do so at the first step, and then go on
    with the graph of training when other paintings are encoded.

    Parameters
    ----------
    config, device : of the model.
    data : as from ``artgraph.graph.typed.hetero_data``.
    """
    X, n = data["painting"].x, data["painting"].num_nodes
    if not config.full_batch:
        Y = hops(X.numpy(), to_csr(data), 1 if config.encoder == "linear" else config.hops, device=device)
        return Y[:, X.shape[1] :].contiguous() if config.encoder == "linear" else Y
    edges, weight = data[SIMILAR].edge_index, data[SIMILAR].edge_weight
    if config.encoder == "gat":  # itself a neighbour of weight 1
        edges, weight = add_self_loops(edges, weight, fill_value=1.0, num_nodes=n)
        return X.to(device), edges.to(device), weight[:, None].to(device)
    if config.encoder == "gcn":  # D^-1/2 (A + I) D^-1/2
        edges, weight = gcn_norm(edges, weight, n)
    else:  # D^-1 A: the sums of 'sage' are means, weighted as its own aggr="mean" cannot
        weight = weight / scatter(weight, edges[0], dim_size=n)[edges[0]]
    return X.to(device), sparse_csr(edges, weight, n).to(device)
