"""The terms of the objective beside the contrastive loss, and which artists count as neighbours in it."""

from __future__ import annotations

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, normalize, pad

from artgraph.graph.artists import SimilarityGate
from artgraph.learning.artists import MIN_ARTISTS
from artgraph.learning.contrastive import contrastive_loss, same_group
from artgraph.vgae.config import Config

__all__ = [
    "NeighborArtists", "artist_terms", "bernoulli_edge_loss", "feature_loss", "gate_weights", "kl_divergence",
    "loss_weights",
]  # fmt: skip

ENOUGH = 0.3  # of the way from any two paintings to neighbours: such pairs count in full, for unlike ones teach most
COMPARED = 512  # artists, at most, with whom each one is compared to know how near the nearest are
SHARE = 1 / 16  # of all artists are neighbours: of a batch of 32, two


def loss_weights(config: Config, n_artists: int) -> dict[str, float]:
    """Return the weights of the terms of the loss, by name, that have one above 0, as ``config`` says; the KL is apart.

    ``n_artists`` have two works or more: one has nobody to be told from, and of few artists none has a neighbour.
    """
    named, similarity = n_artists > 1 and config.artist_weight > 0, config.model != "contrastive"
    neighbors = named and similarity and n_artists >= MIN_ARTISTS
    weights = {
        "similarity": similarity * config.edge_weight,
        "features": (not named) * config.feature_weight,
        "artist": named * config.artist_weight,
        "neighbor_artists": neighbors * config.neighbor_artist_weight,
    }
    return {term: weight for term, weight in weights.items() if weight > 0}


def gate_weights(gate: SimilarityGate, rows: torch.Tensor) -> torch.Tensor:
    """Return what pairs of works ``rows`` (..., b) by one artist count, (..., b, b) in [0, 1]: min(1, gate / 0.3).

    By hand: torch-geometric weighs stored edges; here every two works by one artist that a batch holds are a pair.
    """
    return (gate(rows, rows) / ENOUGH).clip(0, 1)


def bernoulli_edge_loss(
    positive_logits: torch.Tensor, negative_logits: torch.Tensor, positive_weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Return -log p(A | Z) per pair, 0 or more: weighted mean over edges plus mean over non-edges.

    By hand: ``GAE.recon_loss`` knows one kind of edge, without weights, and its log(sigmoid(x) + eps) saturates. This
    is computed from logits. Logit 0 is a coin: log 2 for the edges and log 2 for the others.

    >>> bernoulli_edge_loss(torch.zeros(3), torch.zeros(2))
    tensor(1.3863)

    Parameters
    ----------
    positive_logits, negative_logits : (p,) and (q,) float tensors, of pairs that are edges and of pairs that are not.
    positive_weight : (p,) float tensor, 0 or more, what each edge counts; None: all the same.
    """
    positive = binary_cross_entropy_with_logits(positive_logits, torch.ones_like(positive_logits), reduction="none")
    if positive_weight is not None:
        positive = positive * positive_weight / positive_weight.mean().clamp_min(1e-12)
    negative = binary_cross_entropy_with_logits(negative_logits, torch.zeros_like(negative_logits), reduction="sum")
    return positive.mean() + negative / max(1, len(negative_logits))


def feature_loss(Z: torch.Tensor, X: torch.Tensor) -> torch.Tensor:
    """Return how far cosines of latents are from those of features: the mean of (cos(z_i, z_j) - cos(x_i, x_j))².

    Up to a constant and a factor, -log p of the features' cosines, each normal about the latents' with one variance; 0
    to 4, for ``Z`` (b, k) and ``X`` (b, d). Two works at a right angle by their features and at one place by their
    latents: two of the four pairs are off by 1.

    >>> feature_loss(torch.tensor([[1.0], [1.0]]), torch.eye(2))
    tensor(0.5000)
    """
    Z, X = normalize(Z, dim=1), normalize(X, dim=1)
    return (Z @ Z.T - X @ X.T).square().mean()


def kl_divergence(mu: torch.Tensor, logstd: torch.Tensor) -> torch.Tensor:
    """Return KL(N(mu, exp(logstd)²) || N(0, 1)) of each latent dimension, (n, k) in nats, summed over nothing.

    KL = (mu² + sigma² - 1) / 2 - log sigma, 0 or more, for ``mu`` and ``logstd`` (n, k).
    """
    return 0.5 * (mu.square() + (2 * logstd).exp() - 1) - logstd


def artist_terms(
    Z: torch.Tensor,
    artists: torch.Tensor,
    own: torch.Tensor,
    *,
    weight: torch.Tensor | None,
    neighbors: NeighborArtists | None,
    temperature: float,
) -> dict[str, torch.Tensor]:
    """Return the terms of artists and of neighbouring artists, means over the parts of the latents.

    Parameters
    ----------
    Z, artists : (b, latent_dim) float tensor, (b,) int64 tensor.
    own : (parts, b) bool tensor, whether a work's artist is held out from a part, which then does not see the work.
    weight : (b, b) float tensor, see ``gate_weights``; None: all pairs count the same.
    neighbors : None: no such term.
    temperature : above 0.
    """
    parts = Z.tensor_split(len(own), dim=1)
    width = max(part.shape[1] for part in parts)
    parts = torch.stack([pad(part, (0, width - part.shape[1])) for part in parts])  # (parts, b, width)
    common = {"excluded": own[:, None, :], "temperature": temperature}
    same = same_group(torch.where(own, -1, artists))  # (parts, b, b)
    terms = {"artist": contrastive_loss(parts, same, weight=weight, **common).mean()}
    if neighbors is not None:
        near = neighbors(artists) & ~own[..., None]  # (parts, b, b)
        terms["neighbor_artists"] = contrastive_loss(parts, near, average="pairs", **common).mean()
    return terms


class NeighborArtists:
    """For each part of the latents, the artists whose mean latents are near each other.

    An artist's neighbours are those as near as the nearest sixteenth of all artists. That one is the other's neighbour
    does not mean that the other is the one's. By hand: ``torch_geometric.nn.knn_graph`` needs pyg-lib and gives edges
    between its own rows; here any batch is compared with one threshold per artist.

    Parameters
    ----------
    mu : (r, latent_dim) float tensor, latents of some works.
    artists : (r,) int64 tensor, 0 or more; two of them at least.
    parts : of the latents.
    generator : on the device of mu; chooses whom an artist is compared with where there are more than 512.
    """

    def __init__(self, mu: torch.Tensor, artists: torch.Tensor, *, parts: int, generator: torch.Generator) -> None:
        known = artists.unique()
        chosen = known[torch.randperm(len(known), generator=generator, device=mu.device)[:COMPARED]]
        count = max(1, round(SHARE * len(chosen)))
        self.means, self.least = [], []
        for part in mu.tensor_split(parts, dim=1):
            total = torch.zeros(int(known[-1]) + 1, part.shape[1], device=mu.device)
            means = normalize(total.index_add_(0, artists, normalize(part, dim=1)), dim=1)  # (a, k): one per artist
            itself = chosen == torch.arange(len(means), device=mu.device)[:, None]
            near = (means @ means[chosen].T).masked_fill(itself, -2)
            self.means.append(means)
            # between the last of the neighbours and the next, so that no rounding decides on the last
            self.least.append(near.topk(count + 1, dim=1).values[:, -2:].mean(dim=1))  # (a,)

    def __call__(self, artists: torch.Tensor) -> torch.Tensor:
        """Return which of ``artists`` (b,) are neighbours of which, by each part of the latents: (parts, b, b) bool."""
        others = artists[:, None] != artists
        near = [means[artists] @ means[artists].T for means in self.means]
        return torch.stack([(n >= least[artists, None]) & others for n, least in zip(near, self.least, strict=True)])
