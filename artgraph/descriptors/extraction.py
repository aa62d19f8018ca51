"""The one pass over the pictures that serves all descriptors: decode once, describe many, in shards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.work import WIDE_OF, Describing, Fitting, Picture, Task, learned
from artgraph.engine import Engine, InProcess
from artgraph.shards import ShardStore, shard_bounds, share_of

__all__ = ["SAMPLE", "SHARD", "extract", "extract_share", "shard_names"]

SHARD = 256
SAMPLE = 4096


def extract(
    paths: Sequence[str | Path],
    descriptors: Sequence[Descriptor],
    stores: Sequence[ShardStore],
    *,
    sizes_cm: np.ndarray | None = None,
    sha256: Sequence[str] | None = None,
    workers: int = 2,
    seed: int = 0,
    device: str = "cpu",
    engine: Engine | None = None,
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
    descriptors, stores : A store for each descriptor; shards found there are taken as they are, those of
        ``extract_share`` among them. For a descriptor with windows, ``places.npy`` is left there: (n, places, 3)
        float32.
    sizes_cm : (n, 2) float array, height and width, nan where they are not known; for descriptors of true scale.
    sha256 : Of each file when it was taken; a file with another one has changed. None: not compared.
    workers : Threads that decode (Pillow and the filters let go of Python's lock).
    seed : Of the sample. The values depend on it and on nothing else that is random.
    device : Of the descriptors, for the engine.
    engine : Who does it; default: this process.
    progress : Called with (done, n).

    Returns
    -------
    (features, fitted) of each descriptor: (n, d) float32, row i for paths[i]; what ``reduce`` needs for new pictures.
    """
    engine, n = engine or InProcess(), len(paths)
    sample, rest = _phases(n, seed)
    describing = Describing(descriptors, stores, workers=workers, threads=engine.threads)
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, n)

    def run(rows: np.ndarray, phase: str) -> None:
        """Bring every descriptor's shards of these rows to completion."""
        there = [store.names() for store in stores]
        found, tasks, narrow = 0, [], []
        for start, stop in shard_bounds(len(rows), SHARD):
            name, wide = _name(phase, start), _name(WIDE_OF.get(phase, phase), start)
            missing = [k for k, names in enumerate(there) if name not in names]
            ready = tuple(k for k in missing if wide in there[k])
            unseen = tuple(k for k in missing if wide not in there[k])
            part = _pictures(rows[start:stop], paths, sizes_cm, sha256)
            if unseen:
                tasks.append(Task(name, unseen, part, len(part)))
            if ready:
                narrow.append(Task(name, ready, (), 0 if unseen else len(part)))
            if not missing:
                found += len(part)
        if phase == "r":  # no picture is looked at
            engine.run(describing.reduce, [task._replace(count=0) for task in narrow], device=device)
            return
        report(found)
        engine.run(describing.reduce, narrow, device=device, progress=report)
        if tasks:
            engine.run(describing, tasks, device=device, progress=report)

    run(sample, "a")
    fitted = [k for k, store in enumerate(stores) if not store.has("fit.json")]
    engine.run(Fitting(descriptors, stores, shard_bounds(len(sample), SHARD)), fitted, device=device)
    run(sample, "r")
    run(rest, "b")
    return [_joined(*one, phases={"r": sample, "b": rest}) for one in zip(descriptors, stores, strict=True)]


def extract_share(
    paths: Sequence[str | Path],
    descriptors: Sequence[Descriptor],
    stores: Sequence[ShardStore],
    *,
    share: tuple[int, int],
    sizes_cm: np.ndarray | None = None,
    sha256: Sequence[str] | None = None,
    workers: int = 2,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Describe those pictures whose shards belong to one share of the work, at full width; return how many (int).

    A reduction is learned on the whole sample, which no share has. That every share describes all of it would cost
    4,096 pictures a share, and two kinds of processor may learn reductions that differ. So the wide vectors are kept
    until all shares are together, and ``extract`` learns and reduces once. They take 1 or 2 KB a picture for
    ``eye`` and ``lite``, up to 200 KB for ``patches`` and Gram matrices.

    Parameters
    ----------
    paths, descriptors, stores : As for ``extract``; all pictures, not those of the share.
    share : Its number (from 1) and how many there are.
    sizes_cm, sha256, workers, seed, progress : As for ``extract``.
    """
    tasks, found = [], 0
    there = [store.names() for store in stores]
    for name, rows in share_of(_shards(len(paths), seed), *share):
        done = {name, name.replace("w", "b", 1)}
        missing = tuple(k for k, names in enumerate(there) if not names & done)
        part = _pictures(rows, paths, sizes_cm, sha256)
        if missing:
            tasks.append(Task(name, missing, part, len(part)))
        else:
            found += len(part)
    total, done = found + sum(task.count for task in tasks), found

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, total)

    report(0)
    engine = InProcess()
    engine.run(Describing(descriptors, stores, workers=workers, threads=engine.threads), tasks, progress=report)
    return total


def shard_names(n: int, seed: int = 0) -> list[str]:
    """Return the names of all shards of ``n`` pictures at full width, as shares take them; ``seed`` is the sample's.

    ``seed`` is that of the sample whose shards come first.

    Examples
    --------
    >>> shard_names(300)
    ['a000000000.npy', 'a000000256.npy']
    """
    return [name for name, _ in _shards(n, seed)]


def _pictures(
    rows: np.ndarray, paths: Sequence[str | Path], sizes_cm: np.ndarray | None, sha256: Sequence[str] | None
) -> tuple[Picture, ...]:
    return tuple(
        Picture(
            paths[row],
            None if sizes_cm is None else tuple(sizes_cm[row]),
            None if sha256 is None else sha256[row],
        )
        for row in rows
    )


def _phases(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the sample, and the others."""
    order = np.random.default_rng(seed).permutation(n)
    return np.sort(order[:SAMPLE]), np.sort(order[SAMPLE:])


def _shards(n: int, seed: int) -> list[tuple[str, np.ndarray]]:
    sample, rest = _phases(n, seed)
    return [
        (_name(phase, start), rows[start:stop])
        for phase, rows in (("a", sample), ("w", rest))
        for start, stop in shard_bounds(len(rows), SHARD)
    ]


def _name(phase: str, start: int) -> str:
    return f"{phase}{start:09d}.npy"


def _joined(
    descriptor: Descriptor, store: ShardStore, *, phases: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the features of all rows, from the shards of each phase and its rows, and what was learned."""
    features, n = None, sum(map(len, phases.values()))
    for phase, rows in phases.items():
        for start, stop in shard_bounds(len(rows), SHARD):
            block = store.get(_name(phase, start))
            if features is None:
                features = np.empty((n, block.shape[1]), dtype=np.float32)
            features[rows[start:stop]] = block
    if descriptor.places:
        features, boxes = np.split(features, [-3 * descriptor.places], axis=1)
        store.put("places.npy", boxes.reshape(n, descriptor.places, 3))
        features = np.ascontiguousarray(features)
    return features, learned(store)
