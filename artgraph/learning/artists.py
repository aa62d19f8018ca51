"""Which works a training takes from which artists, and whose names are held out. NumPy only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from artgraph.errors import InputError

__all__ = ["MIN_ARTISTS", "ArtistSampler", "WorkSampler", "artist_codes", "fold_artists", "hold_out_artists"]

MIN_ARTISTS = 30  # with two works each; with fewer, none are held out


def artist_codes(artists: Sequence[str | None] | None, n: int) -> np.ndarray:
    """Return a number per artist, in order of name, and -1 for paintings without one: (n,) int64.

    ``artists`` are n names or None; another number of names is an InputError. None: no painting has one.
    """
    if artists is None:
        return np.full(n, -1, dtype=np.int64)
    if len(artists) != n:
        raise InputError(f"{len(artists)} artists for {n} paintings")
    names = sorted({name for name in artists if name is not None})
    code = {name: number for number, name in enumerate(names)}
    return np.array([code.get(name, -1) for name in artists], dtype=np.int64)


def fold_artists(codes: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Put each artist into one of several folds, so that each part of the latents can be validated on unseen artists.

    Returns the fold of each painting, (n,) int, 0 to folds - 1; all works of an artist are in one, and folds hold as
    many artists, give or take one. -1 where no artist is known, and everywhere where fewer than 30 artists have two
    works:

    >>> fold_artists(np.array([0, 0, 1, 1, -1]), 2, np.random.default_rng(0))
    array([-1, -1, -1, -1, -1])

    Parameters
    ----------
    codes : (n,) int array, artist of each painting, -1 where none is known.
    folds : 2 or more.
    rng : numpy.random.Generator
    """
    fold = np.full(len(codes), -1)
    known, place, count = np.unique(codes[codes >= 0], return_inverse=True, return_counts=True)
    if (count > 1).sum() >= MIN_ARTISTS:
        fold[codes >= 0] = (rng.permutation(len(known)) % folds)[place]
    return fold


def hold_out_artists(
    codes: np.ndarray, share: float, rng: np.random.Generator, *, most_works: int
) -> tuple[np.ndarray, np.ndarray]:
    """Choose artists whose names are kept from training, and works of theirs to measure artist retrieval on.

    Returns the codes (n,) without those held out, and rows (r,) of works by artists held out. Nobody is held out where
    fewer than 30 artists have two works.

    Parameters
    ----------
    codes : (n,) int array, artist of each painting, -1 where none is known.
    share : in [0, 1), of the artists with two works or more; at least 10 of them.
    rng : numpy.random.Generator
    most_works : to measure on: all works of an artist or none, of two artists at least.
    """
    known, count = np.unique(codes[codes >= 0], return_counts=True)
    several = known[count > 1]
    if len(several) < MIN_ARTISTS:
        return codes, np.empty(0, dtype=np.int64)
    held = np.isin(codes, rng.permutation(several)[: max(10, round(share * len(several)))])
    artists, first, count = np.unique(codes[held], return_index=True, return_counts=True)
    order = np.argsort(first)
    kept = order[: max(2, int(np.searchsorted(np.cumsum(count[order]), most_works, side="right")))]
    return np.where(held, -1, codes), np.flatnonzero(np.isin(codes, artists[kept]))


class ArtistSampler:
    """Draw a few works by each of a few artists; all artists are drawn as often.

    ``codes`` (n,) int is the artist of each painting, -1 where none is known; ``count`` (a,) int the works of each
    artist who has two or more.
    """

    def __init__(self, codes: np.ndarray, *, artists_per_batch: int, works_per_artist: int) -> None:
        rows = np.flatnonzero(codes >= 0)
        rows = rows[np.argsort(codes[rows], kind="stable")]
        _, first, count = np.unique(codes[rows], return_index=True, return_counts=True)
        self.first, self.count = first[count > 1], count[count > 1]
        self.rows, self.codes = rows, codes
        self.artists_per_batch, self.works_per_artist = artists_per_batch, works_per_artist

    def __len__(self) -> int:
        """Return how many artists have two works or more."""
        return len(self.first)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and artists of a batch, (b,) and (b,) int64."""
        chosen = rng.permutation(len(self))[: self.artists_per_batch]
        return _present(*self._works(chosen, self.works_per_artist, rng))

    def survey(self, rng: np.random.Generator, *, works: int) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and artists, (r,) and (r,) int64: ``works`` works of every artist, or all that there are."""
        return _present(*self._works(np.arange(len(self)), works, rng))

    def rounds(self, rng: np.random.Generator, *, at_once: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield rows and artists, (g, b) and (g, b) int64, of up to ``at_once`` batches that share no artist.

        All artists come once, but for fewer than a batch, who wait for another round. Where an artist has fewer works
        than the others, its row is repeated, with artist -1.
        """
        size = min(self.artists_per_batch, len(self))
        batches = rng.permutation(len(self))[: len(self) // size * size].reshape(-1, size)
        for start in range(0, len(batches), at_once):
            chosen = batches[start : start + at_once]
            rows, artists = self._works(chosen.ravel(), self.works_per_artist, rng)
            yield rows.reshape(len(chosen), -1), artists.reshape(len(chosen), -1)

    def _works(self, chosen: np.ndarray, works: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
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
        return rows.ravel(), np.where(there, self.codes[rows], -1).ravel()


def _present(rows: np.ndarray, artists: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows[artists >= 0], artists[artists >= 0]


class WorkSampler:
    """Draw a few works by each of a few artists, artists in proportion to the square root of their works.

    With subjects, all works of a batch have the same one wherever enough artists have painted it, so that artists
    cannot be told apart by what they painted.

    Parameters
    ----------
    codes, subjects : (n,) int arrays, artist and subject of each painting, -1 where none is known.
    artists_per_batch, works_per_artist : at most.

    Attributes
    ----------
    artists : with two works or more.
    weights : (a,) float arrays, per subject how likely each of its artists is drawn.
    """

    def __init__(
        self, codes: np.ndarray, *, artists_per_batch: int, works_per_artist: int, subjects: np.ndarray | None = None
    ) -> None:
        self.codes, self.artists_per_batch, self.works_per_artist = codes, artists_per_batch, works_per_artist
        self.pools = [self._by_artist(np.arange(len(codes)))]
        if subjects is not None:
            pools = [self._by_artist(np.flatnonzero(subjects == one)) for one in np.unique(subjects[subjects >= 0])]
            self.pools = [pool for pool in pools if len(pool) >= artists_per_batch // 2] or self.pools
        roots = [np.sqrt([len(works) for works in pool]) for pool in self.pools]
        self.weights = [root / root.sum() if len(root) else root for root in roots]
        self.share = np.array([root.sum() for root in roots])
        self.artists = max(len(pool) for pool in self.pools)

    def _by_artist(self, rows: np.ndarray) -> list[np.ndarray]:
        rows = rows[self.codes[rows] >= 0]
        rows = rows[np.argsort(self.codes[rows], kind="stable")]
        groups = np.split(rows, np.flatnonzero(np.diff(self.codes[rows])) + 1)
        return [group for group in groups if len(group) > 1]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Return rows (b,) int64, artists_per_batch × works_per_artist at most."""
        at = rng.choice(len(self.pools), p=self.share / self.share.sum())
        pool, weights = self.pools[at], self.weights[at]
        chosen = rng.choice(len(pool), min(len(pool), self.artists_per_batch), replace=False, p=weights)
        works = [rng.choice(pool[k], min(len(pool[k]), self.works_per_artist), replace=False) for k in chosen]
        return np.concatenate(works)
