"""InfoVAE in its MMD form: encoder, decoder, and the loss."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["Decoder", "Encoder", "infovae_loss", "mmd"]

CHANNELS = (32, 64, 128, 256)
SLOPE = 0.2


class Encoder(nn.Sequential):
    """Four 3×3 convolutions of stride 2, each with batch norm and leaky ReLU, then one linear map to the code.

    Takes (b, channels, 64, 64) in 0 … 1 (1 channel for grey, 3 for colour), gives (b, latent_dim).
    """

    def __init__(self, channels: int = 1, latent_dim: int = 64) -> None:
        layers, before = [], channels
        for after in CHANNELS:  # 64 → 32 → 16 → 8 → 4
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after)]
            layers.append(nn.LeakyReLU(SLOPE))
            before = after
        super().__init__(*layers, nn.Flatten(), nn.Linear(CHANNELS[-1] * 16, latent_dim))


class Decoder(nn.Sequential):
    """The encoder's mirror image; gives (b, channels, 64, 64) in 0 … 1."""

    def __init__(self, channels: int = 1, latent_dim: int = 64) -> None:
        layers = [nn.Linear(latent_dim, CHANNELS[-1] * 16), nn.Unflatten(1, (CHANNELS[-1], 4, 4))]
        before = CHANNELS[-1]
        for after in CHANNELS[-2::-1]:  # 4 → 8 → 16 → 32
            layers += [_double(before, after, bias=False), nn.BatchNorm2d(after), nn.LeakyReLU(SLOPE)]
            before = after
        super().__init__(*layers, _double(before, channels), nn.Sigmoid())  # → 64


def _double(before: int, after: int, *, bias: bool = True) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(before, after, 3, stride=2, padding=1, output_padding=1, bias=bias)


def mmd(codes: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
    """Return the squared maximum mean discrepancy of two samples, (b, d) and (b', d), estimated without bias.

    mean k(z, z') over pairs of ``codes`` + mean k(p, p') over pairs of the ``prior`` - 2 · mean k(z, p); pairs are of
    two different rows; k(x, y) = exp(-‖x - y‖² / 2d). At most 2; 0 in expectation where both come from one distribution
    (so at times below 0). Gretton et al. 2012 (JMLR 13, 723-773), lemma 6. The kernel's width is the distance that two
    draws of the d-variate normal distribution have (‖x - y‖² is 2d on average), so k is 1/e for typical pairs.
    """

    def kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.exp(-torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square() / (2 * x.shape[1]))

    def among(x: torch.Tensor) -> torch.Tensor:
        return (kernel(x, x).sum() - len(x)) / (len(x) * (len(x) - 1))

    return among(codes) + among(prior) - 2 * kernel(codes, prior).mean()


def infovae_loss(
    windows: torch.Tensor, decoded: torch.Tensor, codes: torch.Tensor, *, prior: torch.Tensor, mmd_weight: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return reconstruction + mmd_weight · discrepancy, and these: mean squared error of the pixels, and ``mmd``.

    Zhao, Song and Ermon 2017 (arXiv 1706.02262), their objective with α = 1 and the MMD as divergence: the KL term of
    each code is gone, and with it every reason for noise in the codes; so the encoder gives the code itself.

    Parameters
    ----------
    windows, decoded : (b, c, 64, 64) float tensors in 0 … 1
    codes, prior : (b, latent_dim) float tensors; the prior's are draws of the standard normal distribution.
    mmd_weight : Of the discrepancy.
    """
    reconstruction = (decoded - windows).square().mean()
    discrepancy = mmd(codes, prior)
    return reconstruction + mmd_weight * discrepancy, reconstruction, discrepancy
