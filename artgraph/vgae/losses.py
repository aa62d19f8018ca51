"""The terms of the objective, each on its own: one per relation, and the divergence from the prior."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, normalize

__all__ = ["artist_loss", "bernoulli_edge_loss", "feature_loss", "kindred_loss", "kl_divergence"]

NEVER = -1e6  # a logit; not minus infinity, for a row that has nothing else would have no gradient


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
    negative = binary_cross_entropy_with_logits(negative_logits, torch.zeros_like(negative_logits), reduction="sum")
    return positive.mean() + negative / max(1, len(negative_logits))


def artist_loss(Z, artists, *, temperature=0.1, weight=None):
    """Return -log p(same hand | Z): how surely each work picks, among the others, those by its own artist.

    mean over works i of -mean over p in P(i) of log [exp(s_ip) / sum over j ≠ i of exp(s_ij)]

    with s_ij = cos(z_i, z_j) / temperature and P(i) the other works by the artist of i. Works without a fellow are
    among the others, but ask nothing. Where fellows have weights, both means and the sum over j are weighted by them:
    a fellow of weight 0 neither attracts nor repels.

    Parameters
    ----------
    Z : (..., b, k) float tensor
        Latents of a batch, or of several that know nothing of each other.
    artists : (..., b) int tensor
        Below 0: the work is not there, neither asking nor among the others.
    temperature : float, above 0
    weight : (..., b, b) float tensor in [0, 1], optional
        Of works by one artist; that of others is not looked at.

    Returns
    -------
    (...) float tensor
        0 where no work has a fellow; without weights never below.

    Notes
    -----
    The supervised contrastive loss, L_out, of Khosla et al. 2020 (arXiv 2004.11362).

    Examples
    --------
    Two works of one hand at one place and a third at a right angle, t = 1: -log(e / (e + 1)).

    >>> artist_loss(torch.tensor([[1.0, 0], [1, 0], [0, 1]]), torch.tensor([0, 0, 1]), temperature=1.0)
    tensor(0.3133)
    """
    similarity, barred = _compared(Z, artists, temperature)
    same = (artists[..., :, None] == artists[..., None, :]) & ~barred
    counts = same.to(Z.dtype)  # (..., b, b): what a fellow counts
    others = similarity.masked_fill(barred, NEVER)
    if weight is not None:
        counts = counts * weight
        others = torch.where(same, others + counts.clamp_min(1e-6).log(), others)
    counts = counts / same.sum(dim=-1, keepdim=True).clamp_min(1)
    log_p = similarity - others.logsumexp(dim=-1, keepdim=True)
    return -(log_p * counts).sum(dim=(-2, -1)) / counts.sum(dim=(-2, -1)).clamp_min(1e-6)


def kindred_loss(Z, artists, kindred, *, temperature=0.1):
    """Return -log p(kindred hand | Z): how surely works pick, among the others, those by artists akin to their own.

    mean over pairs (i, p) with p kindred of i of -log [exp(s_ip) / sum over j ≠ i of exp(s_ij)]

    with s_ij as in ``artist_loss``. Works by one artist are no kindred, but are among the others.

    Parameters
    ----------
    Z : (..., b, k) float tensor
    artists : (..., b) int tensor
        Below 0: the work is not there.
    kindred : (..., b, b) bool tensor
        Whether work p is by an artist akin to that of work i: see ``artgraph.vgae.kindred``.
    temperature : float, above 0

    Returns
    -------
    (...) float tensor, 0 or more
        0 where no work has kindred.

    Notes
    -----
    Contrast with neighbours as positives: Dwibedi et al. 2021 (arXiv 2104.14548), there of a picture, here of a hand.

    Examples
    --------
    The third work lies at a right angle to its kin: -log(1 / (e + 1)) for the one pair, t = 1.

    >>> Z, kindred = torch.tensor([[1.0, 0], [1, 0], [0, 1]]), torch.zeros(3, 3, dtype=torch.bool)
    >>> kindred[0, 2] = True
    >>> kindred_loss(Z, torch.tensor([0, 0, 1]), kindred, temperature=1.0)
    tensor(1.3133)
    """
    similarity, barred = _compared(Z, artists, temperature)
    log_p = similarity - similarity.masked_fill(barred, NEVER).logsumexp(dim=-1, keepdim=True)
    pairs = (kindred & ~barred & (artists >= 0)[..., :, None]).to(Z.dtype)
    return -(log_p * pairs).sum(dim=(-2, -1)) / pairs.sum(dim=(-2, -1)).clamp_min(1)


def _compared(Z, artists, temperature):
    """Return s (..., b, b), and whether a work is not among the others of a work."""
    unit = normalize(Z, dim=-1)
    barred = torch.eye(Z.shape[-2], dtype=torch.bool, device=Z.device) | (artists < 0)[..., None, :]
    return unit @ unit.mT / temperature, barred


def feature_loss(Z, X):
    """Return how far the cosines of latents are from those of features: the mean of (cos(z_i, z_j) - cos(x_i, x_j))².

    Up to a constant and a factor, -log p of the features' cosines, each normal about the latents' with one variance.

    Parameters
    ----------
    Z : (b, k) float tensor
    X : (b, d) float tensor

    Returns
    -------
    () float tensor, 0 to 4

    Examples
    --------
    Two works at a right angle by their features and at one place by their latents: two of the four pairs are off by 1.

    >>> feature_loss(torch.tensor([[1.0], [1.0]]), torch.eye(2))
    tensor(0.5000)
    """
    Z, X = normalize(Z, dim=1), normalize(X, dim=1)
    return (Z @ Z.T - X @ X.T).square().mean()


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
