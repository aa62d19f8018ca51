"""The work of describing pictures, shard by shard: what an engine does in this process or in others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from artgraph.descriptors.base import Descriptor
from artgraph.errors import ImageError, IngestError, InputError
from artgraph.images import load_image
from artgraph.learning.prefetch import prefetch
from artgraph.learning.threads import THREADS, single_threaded_algebra, torch_threads
from artgraph.shards import ShardStore, shard_bounds

__all__ = ["BATCH", "DECODE_SIDE", "WIDE_OF", "Describing", "Fitting", "Picture", "Task", "learned"]

# A descriptor's values must not depend on which others are made in the same run. So those that need no more than
# this share one decoded picture, and one that needs more has a picture of its own.
DECODE_SIDE = 448
BATCH = 32
PART = 8  # of a batch

# A shard is called after its phase and its first row: "a" and "w" hold wide vectors, of the sample and of other
# pictures, "r" and "b" the features that these become.
WIDE_OF = {"r": "a", "b": "w"}


class Picture(NamedTuple):
    """A picture to be described.

    Attributes
    ----------
    path
    size_cm : Height and width of the painting, nan where not known; for descriptors of true scale.
    sha256 : Of the file when it was taken; another one has changed. None: not compared.
    """

    path: str | Path
    size_cm: tuple[float, float] | None = None
    sha256: str | None = None


class Task(NamedTuple):
    """A shard to be made.

    Attributes
    ----------
    name
    wanted : Which descriptors lack it.
    pictures : Of the shard; none where there are wide vectors of them.
    count : How many of them are done with it.
    """

    name: str
    wanted: tuple[int, ...]
    pictures: tuple[Picture, ...]
    count: int


class Describing:
    """The work of describing shards of pictures; it may be sent to another process before its first task."""

    def __init__(
        self, descriptors: Sequence[Descriptor], stores: Sequence[ShardStore], *, workers: int, threads: int
    ) -> None:
        self.descriptors, self.stores, self.workers, self.threads = descriptors, stores, workers, threads
        self.learned: dict[int, dict[str, np.ndarray]] = {}
        self.loaded = False

    def __call__(self, tasks: Iterable[Task]) -> Iterator[int]:
        """Describe the pictures of shards, and yield how many are done."""
        # Every part of a batch is one thread's, so that values do not depend on how many there are.
        embedding = ThreadPoolExecutor(self.threads, "embed", torch.set_num_threads, (1,))
        with embedding as pool, torch_threads(1), single_threaded_algebra():
            for descriptor in () if self.loaded else self.descriptors:
                descriptor.load()
            self.loaded = True
            made: dict[int, list[np.ndarray]] = {}
            for (task, part, last), items in self._prepared(tasks):
                for position, k in enumerate(task.wanted):
                    descriptor = self.descriptors[k]
                    wide = _embed(descriptor, [item[position] for item in items], pool)
                    _check_finite(wide, descriptor.key or descriptor.name, [one.path for one in part])
                    made.setdefault(k, []).append(self._finished(k, wide) if task.name[0] in WIDE_OF else wide)
                if last:
                    for k in task.wanted:
                        self.stores[k].put(task.name, np.concatenate(made.pop(k)))
                yield len(part)

    def _prepared(self, tasks: Iterable[Task]) -> Iterator[tuple[tuple[Task, tuple[Picture, ...], bool], list]]:
        """Yield each shard in parts, with what the descriptors make of their pictures, and whether it is the last."""
        batches = (
            (task, task.pictures[start:stop], stop == len(task.pictures))
            for task in tasks
            for start, stop in shard_bounds(len(task.pictures), BATCH)
        )
        calls = (
            (batch, [(picture, [self.descriptors[k] for k in batch[0].wanted]) for picture in batch[1]])
            for batch in batches
        )
        return prefetch(calls, _prepare, workers=self.workers)

    def reduce(self, tasks: Iterable[Task]) -> Iterator[int]:
        """Make features of shards of wide vectors, in the parts in which they are made of pictures."""
        with torch_threads(1), single_threaded_algebra():
            for task in tasks:
                phase, rest = task.name[0], task.name[1:]
                for k in task.wanted:
                    wide = self.stores[k].get(WIDE_OF[phase] + rest)
                    size = BATCH if phase == "b" else len(wide)
                    parts = [self._finished(k, wide[start:stop]) for start, stop in shard_bounds(len(wide), size)]
                    self.stores[k].put(task.name, np.concatenate(parts))
                yield task.count

    def _finished(self, k: int, wide: np.ndarray) -> np.ndarray:
        """Return the features of wide vectors, and behind them the places of the windows, if there are any."""
        descriptor = self.descriptors[k]
        if k not in self.learned:
            self.learned[k] = learned(self.stores[k])
        features = descriptor.reduce(wide, self.learned[k])
        if not descriptor.places:
            return features
        return np.concatenate([features, descriptor.locate(wide).reshape(len(wide), -1)], axis=1)


class Fitting:
    """The work of learning reductions from the sample; a task is the number of a descriptor."""

    def __init__(
        self, descriptors: Sequence[Descriptor], stores: Sequence[ShardStore], bounds: Sequence[tuple[int, int]]
    ) -> None:
        self.descriptors, self.stores, self.bounds = descriptors, stores, bounds

    def __call__(self, tasks: Iterable[int]) -> Iterator[int]:
        for k in tasks:
            descriptor, store = self.descriptors[k], self.stores[k]
            with torch_threads(THREADS if descriptor.trains else 1):
                parameters = descriptor.fit(_Sample(store, self.bounds).at_most(descriptor.learns_from))
            for name, array in parameters.items():
                store.put(f"fit-{name}.npy", array)
            store.put("fit.json", sorted(parameters))
            yield 0


def learned(store: ShardStore) -> dict[str, np.ndarray]:
    """Return what a descriptor has learned from the sample, of the ``store`` of its shards (dict of arrays)."""
    return {name: store.get(f"fit-{name}.npy") for name in store.get("fit.json")}


def _embed(descriptor: Descriptor, items: Sequence[np.ndarray], pool: ThreadPoolExecutor) -> np.ndarray:
    """Return the wide vectors of prepared pictures; on the CPU a few pictures at a time, on all cores."""
    if str(getattr(descriptor, "device", "cpu")).startswith("cuda"):
        return descriptor.embed(np.stack(items))
    parts = [items[start:stop] for start, stop in shard_bounds(len(items), PART)]
    return np.concatenate(list(pool.map(lambda part: descriptor.embed(np.stack(part)), parts)))


def _check_finite(wide: np.ndarray, name: str, paths: Sequence[str | Path]) -> None:
    bad = np.flatnonzero(~np.isfinite(wide).reshape(len(wide), -1).all(axis=1))
    if len(bad):
        raise InputError(
            f"'{name}' gives values that are NaN or infinite for {paths[bad[0]]} and {len(bad) - 1} other pictures of "
            f"{len(paths)}. Where it is so for all, fetch its weights again; else take the picture out."
        )


def _prepare(picture: Picture, descriptors: Sequence[Descriptor]) -> list[np.ndarray]:
    """Return what each descriptor makes of a picture."""
    path, size_cm, sha256 = picture
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

    def __init__(self, store: ShardStore, bounds: Sequence[tuple[int, int]]) -> None:
        self.store, self.bounds = store, bounds

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.store.get(f"a{start:09d}.npy") for start, _ in self.bounds)

    def at_most(self, limit: int | None) -> np.ndarray | _Sample:
        """Return itself, or, where there is a limit, that many rows evenly spaced, as one array."""
        if limit is None:
            return self
        n = self.bounds[-1][1]
        rows = np.unique(np.linspace(0, n - 1, min(limit, n)).round().astype(int))
        blocks = [
            block[rows[(rows >= start) & (rows < stop)] - start]
            for block, (start, stop) in zip(self, self.bounds, strict=True)
        ]
        return np.concatenate(blocks)
