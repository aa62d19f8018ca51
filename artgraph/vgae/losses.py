"""The two terms of the evidence lower bound, each on its own."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

__all__ = ["bernoulli_edge_loss", "kl_divergence"]


def bernoulli_edge_loss(positive_logits, negative_logits, positive_weight=None):
    """Return -log p(A | Z) per pair: weighted mean over edges plus mean over non-edges.

    Computed from logits, so that it does not saturate as log(sigmoid(x) + eps) does.

    Parameters
    ----------
    positive_logits : (p,) float tensor
        Of pairs that are edges.
    negative_logits : (q,) float tensor
        Of pairs that are not.
    positive_weight : (p,) float tensor, optional
        0 or more; what each edge counts.

    Returns
    -------
    () float tensor, 0 or more

    Examples
    --------
    Logit 0 is a coin: log 2 for the edges and log 2 for the others.

    >>> bernoulli_edge_loss(torch.zeros(3), torch.zeros(2))
    tensor(1.3863)
    """
    positive = binary_cross_entropy_with_logits(positive_logits, torch.ones_like(positive_logits), reduction="none")
    if positive_weight is not None:
        positive = positive * positive_weight / positive_weight.mean().clamp_min(1e-12)
    negative = binary_cross_entropy_with_logits(negative_logits, torch.zeros_like(negative_logits))
    return positive.mean() + negative


def kl_divergence(mu, logstd):
    """Return KL(N(mu, exp(logstd)²) || N(0, 1)) of each latent dimension, summed over nothing.

    KL = (mu² + sigma² - 1) / 2 - log sigma

    Parameters
    ----------
    mu, logstd : (n, k) float tensors

    Returns
    -------
    (n, k) float tensor, 0 or more, in nats
    """
    return 0.5 * (mu.square() + (2 * logstd).exp() - 1) - logstd
