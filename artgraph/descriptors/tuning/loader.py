"""What a step of tuning looks at: works by a few artists, or any works, each cut out anew; decoded ahead in threads."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from artgraph.descriptors.tuning.augment import augment
from artgraph.images import load_image

__all__ = ["Batch", "Loader", "WorkSampler"]

BUDGET = 2 << 30  # bytes of decoded pictures that are kept
AHEAD = 2  # steps


class Batch(NamedTuple):
    """A step's works.

    Attributes
    ----------
    pixels : (v, b, size, size, 3) uint8
        v cut-outs of each of b works: 2 where cut-outs of one picture are compared, else 1.
    works : (b,) int64 array
    hands : (b,) int64 array
        Artists, -1 where none is known.
    """

    pixels: np.ndarray
    works: np.ndarray
    hands: np.ndarray


class WorkSampler:
    """Draw the works of a step.

    Artists are asked as often as the square root of the works that they left, at most; each for a few works, others
    than those drawn already as long as there are any. With subjects, all works of a step have the same one wherever
    enough artists have painted it, so that telling hands apart by what they painted is of no use.

    Parameters
    ----------
    hands : (n,) int array
        Artist of each painting, -1 where none is known.
    config : TuningConfig
    subjects : (n,) int array, optional
        -1 where none is known.
    """

    def __init__(self, hands, config, *, subjects=None):
        self.hands, self.config = np.asarray(hands), config
        self.pools = [self._artists(np.arange(len(hands)))]
        if subjects is not None:
            pools = [self._artists(np.flatnonzero(subjects == one)) for one in np.unique(subjects[subjects >= 0])]
            self.pools = [pool for pool in pools if len(pool) >= config.artists_per_batch // 2] or self.pools
        artists = [np.sqrt([len(works) for works in pool]) for pool in self.pools]
        self.weights = [weights / weights.sum() if len(weights) else weights for weights in artists]
        self.share = np.array([weights.sum() for weights in artists])

    @property
    def artists(self):
        """Artists with two works or more (int)."""
        return max(len(pool) for pool in self.pools)

    def _artists(self, rows):
        rows = rows[self.hands[rows] >= 0]
        rows = rows[np.argsort(self.hands[rows], kind="stable")]
        groups = np.split(rows, np.flatnonzero(np.diff(self.hands[rows])) + 1)
        return [group for group in groups if len(group) > 1]

    def draw(self, rng):
        """Return rows (b,) int64: artists_per_batch × works_per_artist at most; for 'simclr' any pictures."""
        config = self.config
        if config.objective == "simclr":
            n = len(self.hands)
            return np.sort(rng.choice(n, min(n, config.pictures_per_batch), replace=False))
        at = rng.choice(len(self.pools), p=self.share / self.share.sum())
        pool, weights = self.pools[at], self.weights[at]
        chosen = rng.choice(len(pool), min(len(pool), config.artists_per_batch), replace=False, p=weights)
        works = [rng.choice(pool[k], min(len(pool[k]), config.works_per_artist), replace=False) for k in chosen]
        return np.concatenate(works)


class Loader:
    """Batches for every step from ``first`` on; a step's batch depends on the seed and its number alone.

    Parameters
    ----------
    paths : sequence of Path
    sampler : WorkSampler
    size : int
        Side of a cut-out, pixels.
    side : int
        Of what the network is shown when it is judged.
    config : TuningConfig
    workers : int
        Threads that decode and cut.
    """

    def __init__(self, paths, sampler, *, size, side, config, workers=2):
        self.paths, self.sampler, self.size, self.config, self.workers = paths, sampler, size, config, workers
        self.least = max(side, int(1.15 * size))
        self.kept, self.room = {}, BUDGET

    def picture(self, row):
        """Return a picture, uint8 (h, w, 3): large enough for a cut-out and for the network, or of its own size."""
        if row in self.kept:
            return self.kept[row]
        image = load_image(self.paths[row], min_side=self.least)
        if image.nbytes <= self.room:
            self.room -= image.nbytes
            self.kept[row] = image
        return image

    def steps(self, first, last):
        """Yield a ``Batch`` for each step from first to last - 1."""
        views = 1 if self.config.objective == "artist" else 2
        with ThreadPoolExecutor(self.workers) as threads:
            waiting = deque()
            for step in range(first, last):
                works = self.sampler.draw(np.random.default_rng([self.config.seed, 1, step]))
                cuts = [
                    threads.submit(self._cut, int(row), [self.config.seed, 2, step, place, view])
                    for view in range(views)
                    for place, row in enumerate(works)
                ]
                waiting.append((works, cuts))
                if len(waiting) > AHEAD:
                    yield self._batch(*waiting.popleft(), views)
            while waiting:
                yield self._batch(*waiting.popleft(), views)

    def _cut(self, row, seed):
        kind, reproduction = self.config.augment, self.config.reproduction
        rng = np.random.default_rng(seed)
        return augment(self.picture(row), self.size, rng=rng, kind=kind, reproduction=reproduction)

    def _batch(self, works, cuts, views):
        pixels = np.stack([cut.result() for cut in cuts]).reshape(views, len(works), self.size, self.size, 3)
        return Batch(pixels, works, self.sampler.hands[works].astype(np.int64))
