"""The model, to be read from top to bottom; the encoders are in ``encoders``, the terms of the loss in ``losses``."""

import torch
from torch import nn

from artgraph.vgae.encoders import make_encoder

__all__ = ["VGAE"]


class VGAE(nn.Module):
    """q(Z | X, A) by an encoder; p(similar | Z) by a logit per pair; p(same hand | Z) by ``artist_loss``.

    Parameters
    ----------
    config : Config
    in_dim : int
        Of the features.
    """

    def __init__(self, config, in_dim):
        super().__init__()
        self.config = config
        self.encoder = make_encoder(config, in_dim, torch.Generator().manual_seed(config.seed))
        # of cosines: cos 0.9 is an edge with odds of 12 to 1, cos 0.1 has odds of 1 to 4; both numbers are learned
        self.scale, self.bias = nn.Parameter(torch.tensor(5.0)), nn.Parameter(torch.tensor(-2.0))
        self.register_buffer("unit", torch.tensor(1.0))  # root mean square length of the inputs it was trained on

    def forward(self, inputs, rows=None, drop=lambda values: values):
        """Return mu and logstd, both (b, latent_dim), of ``rows``; see the encoders."""
        return self.encoder(inputs, rows, drop, self.unit)

    def decode(self, Z, pairs):
        """Return the logits (p,) of pairs (2, p) of rows of Z (n, latent_dim) being edges of the similarity graph."""
        if self.config.decoder == "dot":
            return (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1)
        unit = nn.functional.normalize(Z, dim=1)
        return self.scale * (unit[pairs[0]] * unit[pairs[1]]).sum(dim=1) + self.bias

    @torch.no_grad()
    def encode_all(self, inputs, rows=None):
        """Return mu and logstd, both (r, latent_dim), of ``rows`` (r,), None: of all; without gradients."""
        if isinstance(inputs, tuple):
            return self(inputs, rows)
        rows = torch.arange(len(inputs), device=inputs.device) if rows is None else rows
        parts = [self(inputs, part) for part in rows.split(65536)]
        return tuple(None if part[0] is None else torch.cat(part) for part in zip(*parts, strict=True))
