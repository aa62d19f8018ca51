"""The supervised contrastive loss, for every kind of pair that a training draws together."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn.functional import normalize

__all__ = ["contrastive_loss", "same_group"]

NEVER = -1e6  # a logit; not minus infinity, for a row that has nothing else would have no gradient


def contrastive_loss(
    Z: torch.Tensor,
    positives: torch.Tensor,
    *,
    excluded: torch.Tensor | None = None,
    weight: torch.Tensor | None = None,
    temperature: float = 0.1,
    average: Literal["rows", "pairs"] = "rows",
) -> torch.Tensor:
    """Return how surely each row picks its positives among the other rows of the batch, as a negative log likelihood.

    mean over rows i of -mean over p in P(i) of log [exp(s_ip) / sum over j ≠ i of exp(s_ij)]

    with s_ij = cos(z_i, z_j) / temperature and P(i) the positives of row i. Where pairs have weights, both means and
    the sum over j are weighted by them: a pair of weight 0 neither attracts nor repels. It is 0 where no row has a
    positive; without weights never below.

    L_out of Khosla et al. 2020 (arXiv 2004.11362), to which we add weights. With the artist as the label it is the
    artist term of ``vgae`` and ``descriptors.tuning``; with neighbouring artists as positives it follows Dwibedi et al.
    2021 (arXiv 2104.14548); with two views of a picture as its only positives it is NT-Xent (Chen et al. 2020, arXiv
    2002.05709). Two works by one artist at one place and a third at a right angle, t = 1: -log(e / (e + 1)).

    >>> artists = torch.tensor([0, 0, 1])
    >>> contrastive_loss(torch.tensor([[1.0, 0], [1, 0], [0, 1]]), same_group(artists), temperature=1.0)
    tensor(0.3133)

    Parameters
    ----------
    Z : (..., b, k) float tensor, latents of a batch, or of several that are compared each within itself.
    positives : (..., b, b) bool tensor, whether row p is a positive of row i; the diagonal is ignored.
    excluded : bool tensor that broadcasts to (..., b, b), whether row j is left out of the comparison for row i, as a
        positive too. The diagonal always is.
    weight : (..., b, b) float tensor in [0, 1], of positive pairs; that of other pairs is not read.
    temperature : above 0.
    average : whether all rows that have a positive count the same, or all positive pairs.
    """
    unit = normalize(Z, dim=-1)
    similarity = unit @ unit.mT / temperature  # (..., b, b)
    barred = torch.eye(Z.shape[-2], dtype=torch.bool, device=Z.device)
    barred = barred if excluded is None else barred | excluded
    positives = positives & ~barred
    counts = positives.to(Z.dtype)  # (..., b, b): what a pair counts
    others = similarity.masked_fill(barred, NEVER)
    if weight is not None:
        counts = counts * weight
        others = torch.where(positives, others + counts.clamp_min(1e-6).log(), others)
    if average == "rows":
        counts = counts / positives.sum(dim=-1, keepdim=True).clamp_min(1)
    log_p = similarity - others.logsumexp(dim=-1, keepdim=True)
    return -(log_p * counts).sum(dim=(-2, -1)) / counts.sum(dim=(-2, -1)).clamp_min(1e-6)


def same_group(groups: torch.Tensor) -> torch.Tensor:
    """Return which rows are of one group, (..., b, b) bool, for ``groups`` (..., b) int; below 0: of none."""
    return (groups[..., :, None] == groups[..., None, :]) & (groups >= 0)[..., :, None]
