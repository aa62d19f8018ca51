"""How good latents are: whether works by one artist are near each other, and how many dimensions vary."""

from __future__ import annotations

import numpy as np
import torch

__all__ = ["active_units", "artist_precision"]


def artist_precision(Z: torch.Tensor, codes: np.ndarray) -> tuple[float, float]:
    """Return how many of the works nearest to a work are by its artist, and the standard error, both in [0, 1].

    mean over works of |{R nearest} ∩ {works by the same artist}| / R, with R the number of other works by that artist.
    The error is over artists, since works by one artist are not independent. NaN where no artist has two works.
    ``Z`` (r, k) are latents of works by artists whose names were not used in training, ``codes`` (r,) their artists.
    """
    unit = torch.nn.functional.normalize(Z, dim=1)
    names = torch.from_numpy(np.unique(codes, return_inverse=True)[1]).to(Z.device)
    shares = torch.full((len(Z),), torch.nan, device=Z.device)
    for block in torch.arange(len(Z), device=Z.device).split(1024):
        similarity = unit[block] @ unit.T  # (block, r)
        similarity[torch.arange(len(block)), block] = -torch.inf
        same = names[block, None] == names
        count = same.sum(dim=1) - 1
        order = similarity.topk(min(int(count.max()) + 1, len(Z)), dim=1).indices
        hit = same.gather(1, order) & (torch.arange(order.shape[1], device=Z.device) < count[:, None])
        shares[block] = hit.sum(dim=1) / count  # 0 / 0: NaN
    known = ~shares.isnan()
    if not known.any():
        return float("nan"), float("nan")
    count = torch.bincount(names[known])
    excess = torch.bincount(names[known], weights=shares[known] - shares[known].mean())[count > 0]
    groups = len(excess)
    error = (excess.square().sum() * groups / max(1, groups - 1)).sqrt() / known.sum()
    return float(shares[known].mean()), float(error)


def active_units(Z: np.ndarray, *, threshold: float = 0.01) -> int:
    """Return how many dimensions of latents Z (n, k) have a variance above ``threshold``.

    Burda, Grosse and Salakhutdinov 2016 (arXiv 1509.00519), section 5.2.
    """
    return int((np.var(Z, axis=0) > threshold).sum()) if len(Z) else 0
