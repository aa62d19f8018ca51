"""Latents of works whose artist is known: the encoder's answer, moved a little by what their fellows are like."""

import math

import numpy as np
import torch

from artgraph.vgae.losses import artist_loss
from artgraph.vgae.sampling import ArtistSampler

__all__ = ["refine"]

VISITS = 12  # of each work, on average
AT_ONCE = 16  # batches of different artists
LEARNING_RATE = 0.05  # divided by the root of the dimensions: a step moves a latent of length 1 by about so much


def refine(mu, codes, *, config, gate=None, device="cpu"):
    """Move the latents of works by known artists towards agreement with the artist relation.

    What the encoder has learned it says of every painting alike, whether its artist is known or not. Where the name is
    at hand, each painting gets an offset e_i of its own,

        min over e of  artist_loss(unit(mu) + e) + |e|² / artist_strength,

    so little strength leaves the encoder's answer, much draws an artist's works together. Works by the same hand that
    look unlike each other resist: an offset pays by its square.

    Parameters
    ----------
    mu : (n, k) float32 array
    codes : (n,) int array
        Artist of each painting, -1 where none is known: these rows stay where they are.
    config : Config
        ``artist_strength``, ``temperature``, ``artists_per_batch``, ``works_per_artist``, ``seed``.
    gate : artgraph.vgae.sampling.Witnesses, optional
        Of the features; without it, all works by one artist count alike.
    device : str

    Returns
    -------
    (n, k) float32 array
        Each row as long as before.

    Notes
    -----
    Semi-amortised inference (Kim et al. 2018, arXiv 1802.02550): the encoder's mean is the start and the prior of a
    variational mean per painting. We optimise the artist term alone; similarity has spoken through the encoder.
    """
    length = np.linalg.norm(mu, axis=1, keepdims=True)
    start = torch.from_numpy(np.divide(mu, length, out=np.zeros_like(mu), where=length > 0)).to(device)
    sampler = ArtistSampler(codes, config, device)
    if len(sampler) < 2 or config.artist_strength == 0:
        return mu.copy()
    offset = torch.zeros_like(start)
    first, second, visits = torch.zeros_like(start), torch.zeros_like(start), torch.zeros(len(mu), 1, device=device)
    rate, rng = LEARNING_RATE / mu.shape[1] ** 0.5, np.random.default_rng([config.seed, 2])
    works = len(sampler.draw(rng)[0])  # of a batch, about
    batches = max(1, len(sampler) // config.artists_per_batch)
    for _ in range(math.ceil(max(50, VISITS * int(sampler.count.sum()) / works) / batches)):
        for rows, names in sampler.rounds(rng, at_once=AT_ONCE):  # (g, b)
            e = offset[rows].requires_grad_(True)  # (g, b, k)
            near = None if gate is None else gate(rows)
            loss = artist_loss(start[rows] + e, names, temperature=config.temperature, weight=near)  # (g,)
            there = names >= 0
            size = (e.square().sum(dim=2) * there).sum(dim=1) / there.sum(dim=1)  # (g,)
            (gradient,) = torch.autograd.grad((loss + size / config.artist_strength).sum(), e)
            rows, gradient = rows[there], gradient[there]  # (r,), (r, k)
            # Adam (Kingma and Ba 2015, arXiv 1412.6980) on the rows that were asked, so a step costs what they cost
            visits[rows] += 1
            first[rows] = 0.9 * first[rows] + 0.1 * gradient
            second[rows] = 0.999 * second[rows] + 0.001 * gradient.square()
            mean, spread = first[rows] / (1 - 0.9 ** visits[rows]), second[rows] / (1 - 0.999 ** visits[rows])
            offset[rows] -= rate * mean / (spread.sqrt() + 1e-8)
    return length * torch.nn.functional.normalize(start + offset, dim=1).cpu().numpy()
