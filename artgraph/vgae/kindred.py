"""Which artists paint alike, by what training has made of their works so far."""

import torch
from torch.nn.functional import normalize

__all__ = ["Kindred"]

COMPARED = 512  # artists, at most, with whom each one is compared to know how near the nearest are
SHARE = 1 / 16  # of all artists are kindred: of a batch of 32, two


class Kindred:
    """For each part of the latents, the artists whose mean latents are near each other.

    An artist's kindred are those as near as the nearest sixteenth of all artists. That one is the other's kindred does
    not mean that the other is the one's.

    Parameters
    ----------
    mu : (r, latent_dim) float tensor
        Latents of some works.
    artists : (r,) int64 tensor
        0 or more; two of them at least.
    parts : int
        Of the latents.
    generator : torch.Generator
        On the device of mu; chooses whom an artist is compared with where there are more than 512.
    """

    def __init__(self, mu, artists, *, parts, generator):
        known = artists.unique()
        chosen = known[torch.randperm(len(known), generator=generator, device=mu.device)[:COMPARED]]
        count = max(1, round(SHARE * len(chosen)))
        self.means, self.least = [], []
        for part in mu.tensor_split(parts, dim=1):
            total = torch.zeros(int(known[-1]) + 1, part.shape[1], device=mu.device)
            means = normalize(total.index_add_(0, artists, normalize(part, dim=1)), dim=1)  # (a, k): one per artist
            near = (means @ means[chosen].T).masked_fill(
                chosen == torch.arange(len(means), device=mu.device)[:, None], -2
            )
            self.means.append(means)
            # between the last of the kindred and the next, so that no rounding decides on the last
            self.least.append(near.topk(count + 1, dim=1).values[:, -2:].mean(dim=1))  # (a,)

    def __call__(self, artists):
        """Return which of ``artists`` (b,) are kindred of which, by each part of the latents: (parts, b, b) bool."""
        others = artists[:, None] != artists
        near = [means[artists] @ means[artists].T for means in self.means]
        return torch.stack([(n >= least[artists, None]) & others for n, least in zip(near, self.least, strict=True)])
