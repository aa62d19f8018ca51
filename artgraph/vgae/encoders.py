"""q(Z | X, A): from features and graph to the mean and the spread of every latent. To be read from top to bottom."""

import torch
from torch import nn

from artgraph.vgae.propagation import Propagate, hops, normalised_adjacency

__all__ = ["GraphConvolutions", "HopMap", "make_encoder", "prepare"]


class HopMap(nn.Module):
    """A map of precomputed hops, row by row: mu = Y W + b, and with a hidden layer + W₂ gelu(W₁ Y).

    Parameters
    ----------
    in_dim, hidden_dim, latent_dim : int
        hidden_dim 0: the linear part alone.
    parts : int
        Of the latents, one beside the other; each has hidden units of its own and knows nothing of what others learn.
    spread : bool
        Whether latents are distributions; otherwise logstd is None.
    generator : torch.Generator
        On the CPU; draws the first weights.
    """

    def __init__(self, in_dim, hidden_dim, latent_dim, *, generator, parts=1, spread=True):
        super().__init__()
        self.spread, self.parts = spread, parts
        # inputs have length 1 on average: so have latents at the start, in each dimension
        self.mu = _linear(in_dim, latent_dim, 1.0, generator)
        self.logstd = _linear(in_dim, latent_dim, 0.0, generator, bias=LOGSTD)
        self.hidden = _linear(in_dim, hidden_dim, 1.0, generator) if hidden_dim else None
        widths = [[len(part) for part in torch.arange(dim).tensor_split(parts)] for dim in (hidden_dim, latent_dim)]
        residuals = [_linear(*pair, 0.0, generator) for pair in zip(*widths, strict=True)] if hidden_dim else []
        self.residual = nn.ModuleList(residuals)

    @torch.no_grad()
    def start_from(self, X):
        """Let mu begin as the principal components of features X (n, d), the first d of the inputs; the rest stays 0.

        So mu never hears the hops: they answer the question which works are linked before it is asked. Nor does it hear
        the hidden layer, which hears them.
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

    def forward(self, inputs, rows, drop, unit):
        """Return mu and logstd, both (b, latent_dim), of ``rows`` (b,) of inputs / unit (n, in_dim); None: of all."""
        Y = drop((inputs if rows is None else inputs[rows]) / unit)  # (b, in_dim)
        mu = self.mu(Y)  # (b, latent_dim)
        if self.hidden is not None:
            hidden = drop(nn.functional.gelu(self.hidden(Y))).tensor_split(self.parts, dim=1)
            mu = mu + torch.cat([part(own) for part, own in zip(self.residual, hidden, strict=True)], dim=1)
        return mu, self.logstd(Y).clamp(*LOGSTD_RANGE) if self.spread else None


class GraphConvolutions(nn.Module):
    """Two graph convolutions (Kipf and Welling 2016, arXiv 1611.07308): H = relu(Â X W₀), mu = Â H W₁.

    Parameters
    ----------
    in_dim, hidden_dim, latent_dim : int
    generator : torch.Generator
    """

    def __init__(self, in_dim, hidden_dim, latent_dim, *, generator):
        super().__init__()
        self.hidden = _linear(in_dim, hidden_dim, (6 / (in_dim + hidden_dim)) ** 0.5, generator, uniform=True)
        glorot = (6 / (hidden_dim + latent_dim)) ** 0.5
        self.mu = _linear(hidden_dim, latent_dim, glorot, generator, uniform=True)
        self.logstd = _linear(hidden_dim, latent_dim, glorot, generator, uniform=True)

    def forward(self, inputs, rows, drop, unit):
        """Return mu and logstd, both (b, latent_dim), of ``rows`` (b,), None: all; inputs are X (n, in_dim) and Â."""
        X, propagate = inputs
        H = propagate(self.hidden(drop(X / unit))).relu()  # (n, hidden_dim)
        H = propagate(drop(H))  # (n, hidden_dim)
        H = H if rows is None else H[rows]
        return self.mu(H), self.logstd(H).clamp(*LOGSTD_RANGE)


LOGSTD = -1.5  # sigma 0.22 at the start: with the 1 of the prior, nothing could be learned through the noise
LOGSTD_RANGE = (-6.0, 4.0)  # so that one bad step cannot send exp() to infinity


def make_encoder(config, in_dim, generator):
    """Return a new encoder.

    Parameters
    ----------
    config : Config
    in_dim : int
        Of the features.
    generator : torch.Generator

    Returns
    -------
    HopMap or GraphConvolutions
    """
    hidden = config.n_hidden
    if config.encoder == "gcn":
        return GraphConvolutions(in_dim, hidden, config.latent_dim, generator=generator)
    width = in_dim if config.encoder == "linear" else in_dim * (config.hops + 1)
    options = {"parts": config.n_parts, "spread": config.model == "vgae"}
    return HopMap(width, hidden, config.latent_dim, generator=generator, **options)


def prepare(config, X, adjacency, *, device):
    """Return what the encoder reads: precomputed hops, or features and the propagation.

    Parameters
    ----------
    config : Config
    X : (n, d) float32 array
    adjacency : (n, n) CSR
    device : str

    Returns
    -------
    (n, in_dim) tensor, or ((n, d) tensor, Propagate)
    """
    if config.encoder == "gcn":
        return torch.tensor(X, device=device), Propagate(normalised_adjacency(adjacency), device)
    if config.encoder == "linear":
        return hops(X, adjacency, 1, device=device)[:, X.shape[1] :].contiguous()
    return hops(X, adjacency, config.hops, device=device)


def _linear(in_dim, out_dim, scale, generator, *, bias=0.0, uniform=False):
    layer = nn.utils.skip_init(nn.Linear, in_dim, out_dim)  # its own start would draw from the global random state
    with torch.no_grad():
        noise = torch.rand(out_dim, in_dim, generator=generator) * 2 - 1 if uniform else None
        noise = torch.randn(out_dim, in_dim, generator=generator) if noise is None else noise
        layer.weight.copy_(scale * noise)
        layer.bias.fill_(bias)
    return layer
