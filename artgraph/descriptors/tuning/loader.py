"""The pictures of a step of tuning: works by a few artists, or any works, each cut out anew, decoded in threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from artgraph.descriptors.tuning.augment import augment
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.images import load_image
from artgraph.learning.artists import WorkSampler
from artgraph.learning.prefetch import prefetch

__all__ = ["Batch", "Loader"]

BUDGET = 2 << 30  # bytes of decoded pictures that are kept


class Batch(NamedTuple):
    """A step's works.

    Attributes
    ----------
    pixels : (v, b, size, size, 3) uint8, v cut-outs of each of b works: 2 where those of one are compared, else 1.
    works : (b,) int64
    artists : (b,) int64, -1 where none is known.
    """

    pixels: np.ndarray
    works: np.ndarray
    artists: np.ndarray


class Loader:
    """Batches for any range of steps; a step's batch depends on the seed and its number alone.

    Parameters
    ----------
    paths, sampler, config : The pictures, what draws their rows, and the settings.
    size : Side of a cut-out, pixels.
    side : Of the network's input in validation, pixels.
    workers : Threads that decode and cut.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        sampler: WorkSampler,
        *,
        size: int,
        side: int,
        config: TuningConfig,
        workers: int = 2,
    ) -> None:
        self.paths, self.sampler, self.size, self.config, self.workers = paths, sampler, size, config, workers
        self.least = max(side, int(1.15 * size))
        self.kept, self.room = {}, BUDGET

    def picture(self, row: int) -> np.ndarray:
        """Return a picture, uint8 (h, w, 3): large enough for a cut-out and for the network, or of its own size."""
        if row in self.kept:
            return self.kept[row]
        image = load_image(self.paths[row], min_side=self.least)
        if image.nbytes <= self.room:
            self.room -= image.nbytes
            self.kept[row] = image
        return image

    def steps(self, first: int, last: int) -> Iterator[Batch]:
        """Yield a ``Batch`` for each step from first to last - 1."""
        config, artists = self.config, self.sampler.codes
        views = 1 if config.objective == "artist" else 2

        def cuts(step: int) -> tuple[np.ndarray, list[tuple[int, list[int]]]]:
            rng = np.random.default_rng([config.seed, 1, step])
            if config.objective == "simclr":  # any pictures
                works = np.sort(rng.choice(len(artists), min(len(artists), config.pictures_per_batch), replace=False))
            else:
                works = self.sampler.draw(rng)
            places = [(view, place) for view in range(views) for place in range(len(works))]
            return works, [(int(works[place]), [config.seed, 2, step, place, view]) for view, place in places]

        for works, cut in prefetch(map(cuts, range(first, last)), self._cut, workers=self.workers):
            pixels = np.stack(cut).reshape(views, len(works), self.size, self.size, 3)
            yield Batch(pixels, works, artists[works].astype(np.int64))

    def _cut(self, row: int, seed: list[int]) -> np.ndarray:
        rng, config = np.random.default_rng(seed), self.config
        return augment(self.picture(row), self.size, rng=rng, kind=config.augment, reproduction=config.reproduction)
