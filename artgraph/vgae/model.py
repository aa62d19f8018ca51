"""The model, to be read from top to bottom; the encoders are in ``encoders``, the terms of the loss in ``losses``."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import normalize

from artgraph.geometric import GAE, InnerProductDecoder
from artgraph.vgae.config import Config
from artgraph.vgae.encoders import Drop, make_encoder

__all__ = ["VGAE", "CosineDecoder"]


class CosineDecoder(InnerProductDecoder):
    """p(similar | Z) by a logit per pair, scale · cos(z_i, z_j) + bias; both numbers are learned."""

    def __init__(self) -> None:
        super().__init__()
        # cos 0.9 is an edge with odds of 12 to 1, cos 0.1 has odds of 1 to 4
        self.scale, self.bias = nn.Parameter(torch.tensor(5.0)), nn.Parameter(torch.tensor(-2.0))

    def forward(self, z: torch.Tensor, edge_index: torch.Tensor, sigmoid: bool = True) -> torch.Tensor:
        """Return the probabilities (p,) of pairs (2, p) of rows of z (n, k), or without ``sigmoid`` their logits."""
        logits = self.scale * super().forward(normalize(z, dim=1), edge_index, sigmoid=False) + self.bias
        return logits.sigmoid() if sigmoid else logits


class VGAE(GAE):
    """q(Z | X, A) by an encoder; p(similar | Z) by a decoder; p(same artist | Z) by ``losses.artist_terms``.

    ``torch_geometric.nn.GAE`` and not its VGAE, which keeps mu and logstd of the last call on the module, draws noise
    from the global generator and has one KL for all dimensions. Nor its ``recon_loss``: see
    ``losses.bernoulli_edge_loss``. ``in_dim`` is that of the features.
    """

    def __init__(self, config: Config, in_dim: int) -> None:
        decoder = InnerProductDecoder() if config.decoder == "dot" else CosineDecoder()
        with torch.random.fork_rng(devices=[]):  # layers draw their first weights from the global generator
            super().__init__(make_encoder(config, in_dim), decoder)
            torch.default_generator.manual_seed(config.seed)
            self.reset_parameters()
        self.register_buffer("unit", torch.tensor(1.0))  # root mean square length of the inputs it was trained on

    def forward(
        self,
        inputs: torch.Tensor | tuple[torch.Tensor, ...],
        rows: torch.Tensor | None = None,
        drop: Drop = lambda values: values,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return mu and logstd, both (b, latent_dim), of ``rows``; see the encoders."""
        return self.encoder(inputs, rows, drop, self.unit)

    def decode(self, Z: torch.Tensor, pairs: torch.Tensor) -> torch.Tensor:
        """Return the logits (p,) of pairs (2, p) of rows of Z (n, latent_dim) being edges of the similarity graph."""
        return self.decoder(Z, pairs, sigmoid=False)

    @torch.no_grad()
    def encode(
        self, inputs: torch.Tensor | tuple[torch.Tensor, ...], rows: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return mu and logstd, both (r, latent_dim), of ``rows`` (r,), None: of all; without gradients."""
        if isinstance(inputs, tuple):
            return self(inputs, rows)
        rows = torch.arange(len(inputs), device=inputs.device) if rows is None else rows
        parts = [self(inputs, part) for part in rows.split(65536)]
        return tuple(None if part[0] is None else torch.cat(part) for part in zip(*parts, strict=True))
