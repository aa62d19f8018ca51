"""Deep embedded clustering: a network squeezes the features, and the clusters pull on what it squeezes them into."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from artgraph.checks import check_features, check_n_clusters, check_seed
from artgraph.communities.baselines import kmeans
from artgraph.communities.labels import relabel_by_size

if TYPE_CHECKING:
    import torch

__all__ = ["dec"]

BATCH = 256
PRETRAINING = 40  # epochs
LONGEST = 60  # epochs
SETTLED = 0.001  # share of rows that change their cluster in an epoch


def dec(
    X: ArrayLike, n_clusters: int, *, seed: int = 0, latent_dim: int = 10, hidden: Sequence[int] = (256, 64)
) -> np.ndarray:
    """Cluster features by deep embedded clustering: (n,) int32, 0 the largest.

    An autoencoder learns to restore the features from few numbers z. K-means on z gives centres μ, and encoder and
    centres are trained further so that q_ij ∝ 1 / (1 + |z_i - μ_j|²) comes nearer to p_ij ∝ q_ij² / Σ_i q_ij, in KL
    divergence: what is likely becomes likelier, and large clusters do not swallow the small. A centre that nothing is
    nearest to is left out.

    Xie, Girshick & Farhadi (2016), arXiv:1511.06335. Here the layers are narrower (the paper has 500-500-2000 for
    70,000 digits), learnt together without noise by Adam, and p is renewed every epoch; the paper stops, as here, when
    fewer than 0.1 % of the rows change their cluster.

    Parameters
    ----------
    X : (n, d) float, finite; it is centred and brought to mean variance 1.
    n_clusters : 1 ... n.
    seed : of weights, batches and k-means.
    latent_dim : numbers in z.
    hidden : widths of the layers between.
    """
    import torch
    from torch import nn

    features = check_features(X)
    check_n_clusters(n_clusters, len(features))
    check_seed(seed)
    if n_clusters == 1 or len(np.unique(features, axis=0)) <= n_clusters:
        return kmeans(features, n_clusters, seed=seed)
    centred = features - features.mean(axis=0)
    data = torch.tensor(centred / np.sqrt(max(centred.var(axis=0).mean(), 1e-12)), dtype=torch.float32)
    widths = [data.shape[1], *hidden, latent_dim]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder, decoder = _layers(widths), _layers(widths[::-1])
        autoencoder = nn.Sequential(encoder, decoder)
        optimiser = torch.optim.Adam(autoencoder.parameters(), lr=1e-3)
        for _ in range(PRETRAINING):
            for rows in torch.randperm(len(data)).split(BATCH):
                _step(optimiser, nn.functional.mse_loss(autoencoder(data[rows]), data[rows]))
        with torch.no_grad():
            z = encoder(data)
        labels = torch.tensor(kmeans(z.numpy(), n_clusters, seed=seed), dtype=torch.long)
        k = int(labels.max()) + 1
        centres = nn.Parameter(torch.stack([z[labels == c].mean(dim=0) for c in range(k)]))
        optimiser = torch.optim.Adam([*encoder.parameters(), centres], lr=1e-3)
        for epoch in range(LONGEST):
            with torch.no_grad():
                q = _soft(encoder(data), centres)
            now = q.argmax(dim=1)
            if epoch and float((now != labels).float().mean()) < SETTLED:
                break
            labels, p = now, q**2 / q.sum(dim=0)
            p = p / p.sum(dim=1, keepdim=True)
            for rows in torch.randperm(len(data)).split(BATCH):
                q = _soft(encoder(data[rows]), centres)
                _step(optimiser, nn.functional.kl_div(q.log(), p[rows], reduction="batchmean"))
        with torch.no_grad():
            labels = _soft(encoder(data), centres).argmax(dim=1)
    return relabel_by_size(labels.numpy())


def _layers(widths: Sequence[int]) -> torch.nn.Sequential:
    from torch import nn

    layers = [layer for sizes in itertools.pairwise(widths) for layer in (nn.Linear(*sizes), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def _soft(z: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    import torch

    q = 1 / (1 + torch.cdist(z, centres) ** 2)  # (batch, k)
    return q / q.sum(dim=1, keepdim=True)


def _step(optimiser: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
