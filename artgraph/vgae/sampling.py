"""What a step of training looks at beside edges, works by a few artists; and what it overlooks: ``dropout``."""

import numpy as np
import torch

from artgraph.graph import Gate

__all__ = ["ArtistSampler", "Witnesses", "dropout"]


ENOUGH = 0.3  # of the way from any two paintings to neighbours


def dropout(values, *, share, generator):
    """Set a share of values to 0 at random, and make the rest larger, so that their mean stays.

    A byte decides on each value, drawn eight at a time: a sixth of the time of a draw from a Bernoulli distribution.

    Parameters
    ----------
    values : float tensor
    share : float in [0, 1)
        Taken to the nearest of 1/256 … 255/256; 0: nothing is dropped, nothing drawn.
    generator : torch.Generator

    Returns
    -------
    float tensor
    """
    if share == 0:
        return values
    keep = min(255, max(1, round(256 * (1 - share))))
    drawn = torch.empty(-(-values.numel() // 8), dtype=torch.int64, device=values.device)
    drawn = drawn.random_(-(2**63), None, generator=generator).view(torch.uint8)
    return values * (drawn[: values.numel()].view(values.shape) < keep) * (256 / keep)


class Witnesses:
    """How far works may count as witnesses of one hand, for the works of a batch.

    min(1, g / 0.3), where g is what ``artgraph.graph.Gate`` says, cut to [0, 1]: works by one artist that are a third
    of the way from any two paintings to neighbours count in full, for it is the unlike ones that teach; those no nearer
    than any two paintings count nothing.

    Computed on the device, since a second library's threads between two steps of training cost more than the steps.

    Parameters
    ----------
    X : (n, d) float array
        Features.
    device : str
    """

    def __init__(self, X, device):
        gate = Gate(X)
        self.unit, self.last, self.far = (
            torch.tensor(part, dtype=torch.float32, device=device) for part in (gate.unit, gate.last, gate.far)
        )

    def __call__(self, rows):
        """Return the gate of works ``rows`` (..., b) with each other, (..., b, b) float tensor in [0, 1]."""
        unit, last, far = self.unit[rows], self.last[rows], self.far[rows]
        away = (far[..., :, None] + far[..., None, :]) / 2  # (..., b, b)
        near = (last[..., :, None] + last[..., None, :]) / 2  # (..., b, b)
        gate = (away - 1 + unit @ unit.mT) / (away - near).clamp_min(1e-6)
        return (gate.nan_to_num(nan=0.0) / ENOUGH).clamp(0, 1)


class ArtistSampler:
    """A few works by each of a few artists; all artists have the same say.

    Parameters
    ----------
    codes : (n,) int array
        Artist of each painting, -1 where none is known.
    config : Config
    device : str
    """

    def __init__(self, codes, config, device):
        rows = np.flatnonzero(codes >= 0)
        rows = rows[np.argsort(codes[rows], kind="stable")]
        _, first, count = np.unique(codes[rows], return_index=True, return_counts=True)
        self.first, self.count = first[count > 1], count[count > 1]
        self.rows, self.codes, self.config, self.device = rows, codes, config, device

    def __len__(self):
        return len(self.first)

    def draw(self, rng):
        """Return rows (b,) and artists (b,), int64 tensors, drawn by a NumPy generator."""
        chosen = rng.permutation(len(self))[: self.config.artists_per_batch]
        return self._there(*self._works(chosen, self.config.works_per_artist, rng))

    def survey(self, rng, *, works):
        """Return rows (r,) and artists (r,), int64 tensors: of every artist as many works as told, or all."""
        return self._there(*self._works(np.arange(len(self)), works, rng))

    def rounds(self, rng, *, at_once):
        """Yield rows and artists, (g, b) int64 tensors, of up to ``at_once`` batches in which no artist comes twice.

        All artists come once, but for fewer than a batch, who wait for another round. Where an artist has fewer works
        than the others, its row is repeated, with artist -1.
        """
        size = min(self.config.artists_per_batch, len(self))
        batches = rng.permutation(len(self))[: len(self) // size * size].reshape(-1, size)
        for start in range(0, len(batches), at_once):
            chosen = batches[start : start + at_once]
            yield tuple(
                part.view(len(chosen), -1) for part in self._works(chosen.ravel(), self.config.works_per_artist, rng)
            )

    @staticmethod
    def _there(rows, artists):
        return rows[artists >= 0], artists[artists >= 0]

    def _works(self, chosen, works, rng):
        """Return rows and artists (a * works,): different works by artists ``chosen`` (a,); -1 where one has fewer."""
        count = self.count[chosen]
        drawn = np.empty((len(chosen), works), dtype=np.int64)
        for j in range(works):  # one of those that are left, counted past those that were drawn
            place = rng.integers(np.maximum(count - j, 1))
            for earlier in np.sort(drawn[:, :j], axis=1).T:
                place += place >= earlier
            drawn[:, j] = place
        there = np.arange(works) < count[:, None]
        rows = self.rows[self.first[chosen, None] + np.where(there, drawn, 0)]
        artists = np.where(there, self.codes[rows], -1)
        return tuple(torch.from_numpy(part.ravel()).to(self.device) for part in (rows, artists))
