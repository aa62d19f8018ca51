"""InfoVAE in its MMD form: encoder, decoder, and what is asked of the codes."""

import torch
from torch import nn

__all__ = ["Decoder", "Encoder", "infovae_loss", "kinship_loss", "mmd"]

CHANNELS = (32, 64, 128, 256)
SLOPE = 0.2


class Encoder(nn.Sequential):
    """Four 3×3 convolutions of stride 2, each with batch norm and leaky ReLU, then one linear map to the code.

    Takes (b, c, 64, 64) in 0 … 1, gives (b, latent_dim).

    Parameters
    ----------
    channels : int
        Of the windows: 1 for grey, 3 for colour.
    latent_dim : int
    """

    def __init__(self, channels=1, latent_dim=64):
        layers, before = [], channels
        for after in CHANNELS:  # 64 → 32 → 16 → 8 → 4
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after)]
            layers.append(nn.LeakyReLU(SLOPE))
            before = after
        super().__init__(*layers, nn.Flatten(), nn.Linear(CHANNELS[-1] * 16, latent_dim))


class Decoder(nn.Sequential):
    """The encoder's mirror image; gives (b, channels, 64, 64) in 0 … 1."""

    def __init__(self, channels=1, latent_dim=64):
        layers = [nn.Linear(latent_dim, CHANNELS[-1] * 16), nn.Unflatten(1, (CHANNELS[-1], 4, 4))]
        before = CHANNELS[-1]
        for after in CHANNELS[-2::-1]:  # 4 → 8 → 16 → 32
            layers += [_double(before, after, bias=False), nn.BatchNorm2d(after), nn.LeakyReLU(SLOPE)]
            before = after
        super().__init__(*layers, _double(before, channels), nn.Sigmoid())  # → 64


def _double(before, after, *, bias=True):
    return nn.ConvTranspose2d(before, after, 3, stride=2, padding=1, output_padding=1, bias=bias)


def mmd(codes, prior):
    """Return the squared maximum mean discrepancy of two samples, estimated without bias.

    mean k(z, z') over pairs of codes + mean k(p, p') over pairs of the prior - 2 · mean k(z, p); pairs are of two
    different rows; k(x, y) = exp(-‖x - y‖² / 2d).

    Parameters
    ----------
    codes, prior : (b, d), (b', d) float tensors, two rows or more

    Returns
    -------
    scalar tensor
        0 in expectation where both come from one distribution (so at times below 0); at most 2.

    Notes
    -----
    Gretton et al. 2012 (JMLR 13, 723-773), lemma 6. The kernel's width is the distance that two draws of the d-variate
    normal distribution have (‖x - y‖² is 2d on average), so k is 1/e for typical pairs.
    """

    def kernel(x, y):
        return torch.exp(-torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square() / (2 * x.shape[1]))

    def among(x):
        return (kernel(x, x).sum() - len(x)) / (len(x) * (len(x) - 1))

    return among(codes) + among(prior) - 2 * kernel(codes, prior).mean()


def infovae_loss(windows, decoded, codes, *, prior, mmd_weight):
    """Return the loss and its two parts: the mean squared error of the pixels and the codes' discrepancy.

    Parameters
    ----------
    windows, decoded : (b, c, 64, 64) float tensors in 0 … 1
    codes, prior : (b, latent_dim) float tensors
        The prior's are draws of the standard normal distribution.
    mmd_weight : float

    Returns
    -------
    (loss, reconstruction, discrepancy) : scalar tensors
        loss = reconstruction + mmd_weight · discrepancy.

    Notes
    -----
    Zhao, Song and Ermon 2017 (arXiv 1706.02262), their objective with α = 1 and the MMD as divergence: the KL term of
    each code is gone, and with it every reason for noise in the codes; so the encoder gives the code itself.
    """
    reconstruction = (decoded - windows).square().mean()
    discrepancy = mmd(codes, prior)
    return reconstruction + mmd_weight * discrepancy, reconstruction, discrepancy


def kinship_loss(codes, painting, shared, *, temperature=0.1):
    """Return how badly a window's code finds the other windows of its painting among all windows of the batch.

    For window i and a window j of the same painting that shares no pixel with it: -log of softmax_j(cos(z_i, z_j) / τ),
    over all windows that are not i and share no pixel with it. Mean over j, then over all i that have such a j.

    Parameters
    ----------
    codes : (b, latent_dim) float tensor
    painting : (b,) int tensor
        Which painting each window is of.
    shared : (b, b) bool tensor
        Whether two windows share pixels; true on the diagonal.
    temperature : float
        τ.

    Returns
    -------
    scalar tensor
        0 or more; 0 where no window has another of its painting.

    Notes
    -----
    Supervised contrastive loss of Khosla et al. 2020 (arXiv 2004.11362), equation 2, with the painting as the label: no
    style and no artist is asked for. Windows that overlap are left out, or codes would learn to find pixels again.
    """
    direction = torch.nn.functional.normalize(codes, dim=1)
    similarity = (direction @ direction.T / temperature).masked_fill(shared, -1e9)
    kin = (painting[:, None] == painting) & ~shared
    found = similarity - similarity.logsumexp(dim=1, keepdim=True)
    per_window = -(found * kin).sum(dim=1) / kin.sum(dim=1).clamp_min(1)
    return per_window.sum() / kin.any(dim=1).sum().clamp_min(1)
