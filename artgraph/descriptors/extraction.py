"""The one pass over the pictures that serves all descriptors: decode once, describe many, in shards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from artgraph.descriptors.base import Descriptor
from artgraph.errors import ImageError, IngestError, InputError
from artgraph.images import load_image
from artgraph.learning.prefetch import prefetch
from artgraph.learning.threads import THREADS, cores, torch_threads
from artgraph.shards import ShardStore, shard_bounds

__all__ = ["BATCH", "DECODE_SIDE", "SAMPLE", "SHARD", "extract"]

# A descriptor's values must not depend on which others are made in the same run. So those that need no more than
# this share one decoded picture, and one that needs more has a picture of its own.
DECODE_SIDE = 448
BATCH = 32
PART = 8  # of a batch
SHARD = 256
SAMPLE = 4096


def extract(
    paths: Sequence[Path],
    descriptors: Sequence[Descriptor],
    stores: Sequence[ShardStore],
    *,
    sizes_cm: np.ndarray | None = None,
    sha256: Sequence[str] | None = None,
    workers: int = 2,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Describe pictures with several descriptors in one pass that can be killed and continued.

    A seeded sample of at most ``SAMPLE`` pictures goes first, at full width; each descriptor learns its reduction from
    it (a PCA, a mean); the rest is reduced as it comes. So memory and disk do not grow with n times the full width.
    A picture that was taken and can no longer be read, or has changed since, is an IngestError; values that are not
    finite, an InputError.

    Parameters
    ----------
    paths : Of n pictures.
    descriptors, stores : A store for each descriptor; shards found there are taken as they are. For a descriptor with
        windows, ``places.npy`` is left there: (n, places, 3) float32.
    sizes_cm : (n, 2) float array, height and width, nan where they are not known; for descriptors of true scale.
    sha256 : Of each file when it was taken; a file with another one has changed. None: not compared.
    workers : Threads that decode (Pillow and the filters let go of Python's lock).
    seed : Of the sample. The values depend on it and on nothing else that is random.
    progress : Called with (done, n).

    Returns
    -------
    (features, fitted) of each descriptor: (n, d) float32, row i for paths[i]; what ``reduce`` needs for new pictures.
    """
    for descriptor in descriptors:
        descriptor.load()
    common = {"sizes_cm": sizes_cm, "sha256": sha256, "workers": workers, "seed": seed, "progress": progress}
    # Every part of a batch is one thread's, so that values do not depend on how many there are.
    with ThreadPoolExecutor(cores(), "embed", torch.set_num_threads, (1,)) as pool, torch_threads(1):
        return _extract(paths, descriptors, stores, pool=pool, **common)


def _extract(
    paths: Sequence[Path],
    descriptors: Sequence[Descriptor],
    stores: Sequence[ShardStore],
    *,
    sizes_cm: np.ndarray | None,
    sha256: Sequence[str] | None,
    workers: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
    pool: ThreadPoolExecutor,
) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
    n = len(paths)
    order = np.random.default_rng(seed).permutation(n)
    sample, rest = np.sort(order[:SAMPLE]), np.sort(order[SAMPLE:])
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, n)

    def run(rows: np.ndarray, phase: str, finish: Callable[[int, np.ndarray], np.ndarray]) -> None:
        """Bring every descriptor's shards of these rows to completion; ``finish`` turns wide vectors into a shard."""
        batches, made = [], {}
        for start, stop in shard_bounds(len(rows), SHARD):
            name = f"{phase}{start:09d}.npy"
            missing = [k for k, store in enumerate(stores) if not store.has(name)]
            if not missing:
                report(stop - start)
                continue
            for at in range(start, stop, BATCH):
                batches.append((name, rows[at : min(at + BATCH, stop)], missing, at + BATCH >= stop))
        prepared = prefetch(
            ((batch, [(row, batch[2]) for row in batch[1]]) for batch in batches),
            lambda row, wanted: _prepare(
                paths[row],
                [descriptors[k] for k in wanted],
                size_cm=None if sizes_cm is None else tuple(sizes_cm[row]),
                sha256=None if sha256 is None else sha256[row],
            ),
            workers=workers,
        )
        for (name, part, missing, last), items in prepared:
            for position, k in enumerate(missing):
                wide = _embed(descriptors[k], [item[position] for item in items], pool)
                _check_finite(wide, descriptors[k].key or descriptors[k].name, [paths[row] for row in part])
                made.setdefault(k, []).append(finish(k, wide))
            if last:
                for k in missing:
                    stores[k].put(name, np.concatenate(made.pop(k)))
            report(len(part))

    run(sample, "a", lambda k, wide: wide)
    fitted = []
    for descriptor, store in zip(descriptors, stores, strict=True):
        if not store.has("fit.json"):
            with torch_threads(THREADS if descriptor.trains else 1):
                parameters = descriptor.fit(_Sample(store, len(sample)).at_most(descriptor.learns_from))
            for name, array in parameters.items():
                store.put(f"fit-{name}.npy", array)
            store.put("fit.json", sorted(parameters))
        fitted.append({name: store.get(f"fit-{name}.npy") for name in store.get("fit.json")})
    run(rest, "b", lambda k, wide: _finish(descriptors[k], wide, fitted[k]))

    results = []
    for descriptor, store, parameters in zip(descriptors, stores, fitted, strict=True):
        features = None
        for rows, phase in ((sample, "a"), (rest, "b")):
            for start, stop in shard_bounds(len(rows), SHARD):
                block = store.get(f"{phase}{start:09d}.npy")
                block = _finish(descriptor, block, parameters) if phase == "a" else block
                if features is None:
                    features = np.empty((n, block.shape[1]), dtype=np.float32)
                features[rows[start:stop]] = block
        if descriptor.places:
            features, boxes = np.split(features, [-3 * descriptor.places], axis=1)
            store.put("places.npy", boxes.reshape(n, descriptor.places, 3))
            features = np.ascontiguousarray(features)
        results.append((features, parameters))
    return results


def _embed(descriptor: Descriptor, items: Sequence[np.ndarray], pool: ThreadPoolExecutor) -> np.ndarray:
    """Return the wide vectors of prepared pictures; on the CPU a few pictures at a time, on all cores."""
    if str(getattr(descriptor, "device", "cpu")).startswith("cuda"):
        return descriptor.embed(np.stack(items))
    parts = [items[start:stop] for start, stop in shard_bounds(len(items), PART)]
    return np.concatenate(list(pool.map(lambda part: descriptor.embed(np.stack(part)), parts)))


def _check_finite(wide: np.ndarray, name: str, paths: Sequence[Path]) -> None:
    bad = np.flatnonzero(~np.isfinite(wide).reshape(len(wide), -1).all(axis=1))
    if len(bad):
        raise InputError(
            f"'{name}' gives values that are NaN or infinite for {paths[bad[0]]} and {len(bad) - 1} other pictures of "
            f"{len(paths)}. Where it is so for all, fetch its weights again; else take the picture out."
        )


def _finish(descriptor: Descriptor, wide: np.ndarray, fitted: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the features of wide vectors, and behind them the places of the windows, if there are any."""
    features = descriptor.reduce(wide, fitted)
    if not descriptor.places:
        return features
    return np.concatenate([features, descriptor.locate(wide).reshape(len(wide), -1)], axis=1)


def _prepare(
    path: Path,
    descriptors: Sequence[Descriptor],
    *,
    size_cm: tuple[float, float] | None = None,
    sha256: str | None = None,
) -> list[np.ndarray]:
    """Return what each descriptor makes of a picture."""
    if sha256 is not None:
        with suppress(OSError), open(path, "rb") as file:  # what cannot be read is explained below
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise IngestError(f"{path} has changed since it was taken. Take it anew with: artgraph update CORPUS")
    images, prepared = {}, []
    for descriptor in descriptors:
        size = {"size_cm": size_cm} if descriptor.true_scale else {}
        side = max(DECODE_SIDE, descriptor.short_side(**size))
        try:
            images[side] = images[side] if side in images else load_image(path, min_side=side)
        except ImageError as error:
            raise IngestError(
                f"{path} was taken when the corpus was made and cannot be read now ({error}). Put it back, or "
                "take it out of the corpus with: artgraph update CORPUS"
            ) from error
        prepared.append(descriptor.prepare(images[side], **size))
    return prepared


class _Sample:
    """The wide vectors of the sample, block by block from the disk."""

    def __init__(self, store: ShardStore, n: int) -> None:
        self.store, self.n = store, n

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.store.get(f"a{start:09d}.npy") for start, _ in shard_bounds(self.n, SHARD))

    def at_most(self, limit: int | None) -> np.ndarray | _Sample:
        """Return itself, or, where there is a limit, that many rows evenly spaced, as one array."""
        if limit is None:
            return self
        rows = np.unique(np.linspace(0, self.n - 1, min(limit, self.n)).round().astype(int))
        blocks = [
            block[rows[(rows >= start) & (rows < stop)] - start]
            for block, (start, stop) in zip(self, shard_bounds(self.n, SHARD), strict=True)
        ]
        return np.concatenate(blocks)
