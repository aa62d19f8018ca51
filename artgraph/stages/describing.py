"""What describing takes, whole or in shares: which features are to be made, their shards, and putting them away."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.makers import STAGES
from artgraph.shards import ShardStore, clear_shards
from artgraph.stages.base import Progress, columns, progress_of, put
from artgraph.stages.train_descriptor import is_tuned, tuned_descriptor

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor
    from artgraph.engine import Engine

__all__ = [
    "WORK", "Job", "job_of", "join", "not_up_to_date", "pictures_of", "prefix_of", "sizes_cm", "store_of", "wanted",
    "windows", "work_of",
]  # fmt: skip

WORK = "work.json"  # says of shards what they are made of


class Job(NamedTuple):
    """Features to be made.

    Attributes
    ----------
    key, descriptor
    params, inputs : For the label.
    """

    key: str
    descriptor: Descriptor
    params: dict[str, Any]
    inputs: dict[str, str]


def wanted(
    corpus: Corpus, descriptors: Sequence[str | Descriptor], *, seed: int, device: str, **options: Any
) -> list[Job]:
    """Return the features of ``descriptors`` to be made, whether they are there or not.

    Parameters
    ----------
    corpus, descriptors, seed, device, **options : As for ``describe``.
    """
    from artgraph.descriptors import Descriptor, refuse_unused

    refuse_unused(descriptors, options)
    made = [
        one if isinstance(one, Descriptor) else _tuned_or_made(corpus, one, device=device, **options)
        for one in descriptors
    ]
    keys = [descriptor.key or descriptor.name for descriptor in made]
    if len(set(keys)) < len(keys):
        raise InputError(f"Descriptors must differ in their keys, and these are: {', '.join(keys)}")
    return [job_of(corpus, key, descriptor, seed=seed) for key, descriptor in zip(keys, made, strict=True)]


def job_of(corpus: Corpus, key: str, descriptor: Descriptor, *, seed: int) -> Job:
    """Return the features of one descriptor to be made under a key.

    Parameters
    ----------
    corpus, key, descriptor, seed
    """
    tuned = [Ref("models", descriptor.name)] if is_tuned(corpus, descriptor.name) else []
    inputs = Lineage(corpus).inputs([*columns("image_sha256", *_size_columns(corpus, descriptor)), *tuned])
    return Job(key, descriptor, {**descriptor.params(), "seed": seed}, inputs)


def not_up_to_date(corpus: Corpus, jobs: Sequence[Job], *, clear: bool = True) -> list[Job]:
    """Return those jobs (list of Job) whose features in a corpus are missing or stale.

    Parameters
    ----------
    corpus, jobs
    clear : Remove shards of the others, which a run left that was killed after its last write.
    """
    lineage, todo = Lineage(corpus), []
    for job in jobs:
        if lineage.up_to_date(Ref("features", job.key), "describe", job.params, job.inputs):
            if clear:
                clear_shards(corpus.path / "features", prefix_of(job.key))
        else:
            todo.append(job)
    return todo


def prefix_of(key: str) -> str:
    """Return what the name of a folder with shards of features begins with, by their ``key``."""
    return f".shards-{key}-"


def work_of(corpus: Corpus, job: Job) -> dict[str, Any]:
    """Return what shards of a ``job`` on a ``corpus`` are made of (dict of JSON values)."""
    from artgraph.formats import plain

    made = {"key": job.key, "params": plain(job.params), "inputs": job.inputs, "revision": STAGES["describe"].revision}
    return made | {"ids_sha256": corpus.ids_sha256, "n": len(corpus)}


def store_of(corpus: Corpus, job: Job, storage: str | Path | None = None, *, alone: bool = True) -> ShardStore:
    """Return the shards of a job, made or to be made.

    Parameters
    ----------
    corpus, job
    storage : As for ``describe``.
    alone : See ``ShardStore``.
    """
    from artgraph.formats import content_sha256, to_json

    work = work_of(corpus, job)
    made_of = [to_json(job.params), to_json(job.inputs), work["revision"], corpus.ids_sha256]
    folder = storage or corpus.path / "features"
    store = ShardStore(folder, prefix_of(job.key), content_sha256(made_of), alone=alone)
    if not store.has(WORK):
        store.put(WORK, work)
    return store


def pictures_of(corpus: Corpus) -> dict[str, Any]:
    """Return what ``extract`` is told of the pictures of a ``corpus``: paths, hashes and sizes."""
    root = os.path.abspath(corpus.image_root)  # another process may stand in another folder
    return {
        "paths": [os.path.join(root, image) for image in corpus.paintings["image"]],
        "sizes_cm": sizes_cm(corpus),
        "sha256": corpus.paintings["image_sha256"].tolist(),
    }


def join(
    corpus: Corpus,
    jobs: Sequence[Job],
    stores: Sequence[ShardStore],
    *,
    workers: int,
    device: str,
    engine: Engine,
    progress: Progress,
) -> None:
    """Make the shards that are missing, join them to features and put these into the corpus.

    Parameters
    ----------
    corpus, jobs, stores
    workers, device, engine, progress : As for ``describe``.
    """
    from artgraph.descriptors import extract

    started = time.perf_counter()
    pictures = pictures_of(corpus)
    results = extract(
        pictures.pop("paths"),
        [job.descriptor for job in jobs],
        stores,
        **pictures,
        workers=workers,
        seed=jobs[0].params["seed"],
        device=device,
        engine=engine,
        progress=progress_of(progress, "describe"),
    )
    seconds = time.perf_counter() - started
    for job, store, (features, fitted) in zip(jobs, stores, results, strict=True):
        _put_features(
            corpus,
            job.key,
            features,
            fitted,
            places=store.get("places.npy") if job.descriptor.places else None,
            facts=_true_scale_facts(corpus) if job.descriptor.true_scale else {},
            label={"params": job.params, "inputs": job.inputs},
            seconds=seconds,
        )
        store.remove()


def _tuned_or_made(corpus: Corpus, spec: str, *, device: str, ignore_color: bool = False, **options: Any) -> Descriptor:
    from artgraph.descriptors import Grey, make_descriptor

    if is_tuned(corpus, spec):
        descriptor = tuned_descriptor(corpus, spec, device=device, runtime=options.get("runtime", "torch"))
        return Grey(descriptor) if ignore_color else descriptor
    return make_descriptor(spec, device=device, ignore_color=ignore_color, **options)


SIZE_COLUMNS = ("height_cm", "width_cm")


def _size_columns(corpus: Corpus, descriptor: Descriptor) -> Sequence[str]:
    """Return the columns that a descriptor needs besides the pictures."""
    if not descriptor.true_scale:
        return []
    if missing := [name for name in SIZE_COLUMNS if name not in corpus.paintings]:
        raise InputError(
            f"True scale needs the size of the paintings, and {corpus.path} has no column {' and no '.join(missing)}. "
            "Give the columns of the spreadsheet these names and run artgraph ingest again, or leave out --window-cm."
        )
    return SIZE_COLUMNS


def sizes_cm(corpus: Corpus) -> np.ndarray | None:
    """Return height and width of all works of a ``corpus``, (n, 2) float64, nan if unknown; None without columns."""
    import numpy as np
    import pandas as pd

    if not set(SIZE_COLUMNS) <= set(corpus.paintings):
        return None
    texts = (corpus.paintings[name].astype("string").str.replace(",", ".", regex=False) for name in SIZE_COLUMNS)
    columns = [pd.to_numeric(text, errors="coerce").to_numpy(float, na_value=np.nan) for text in texts]
    return np.stack(columns, axis=1)


def _true_scale_facts(corpus: Corpus) -> dict[str, int]:
    return {"true_scale": int((sizes_cm(corpus) > 0).all(axis=1).sum())}


def _put_features(
    corpus: Corpus,
    key: str,
    features: np.ndarray,
    fitted: Mapping[str, np.ndarray],
    *,
    places: np.ndarray | None,
    facts: Mapping[str, Any],
    label: Mapping[str, Any],
    seconds: float,
) -> None:
    """Store features, and first what a new painting needs to be placed beside them, and the windows that were seen."""
    import numpy as np
    import torch

    if fitted:
        tensors = {name: torch.from_numpy(array) for name, array in fitted.items()}
        put(corpus, "describe", Ref("models", key), parts={"": tensors}, **label)
    if places is not None:
        patches = windows(places, np.arange(len(places)))
        put(corpus, "describe", Ref("patches", key), parts={"": patches}, **label)
    facts = {"n": len(features), "dimensions": features.shape[1], **facts}
    if fitted:
        model = {f"models/{key}": corpus.label("models", key)["sha256"]}
        label = {**label, "inputs": {**label["inputs"], **model}}
    put(corpus, "describe", Ref("features", key), parts={"": features}, facts=facts, seconds=seconds, **label)


def windows(places: np.ndarray, paintings: np.ndarray) -> dict[str, np.ndarray]:
    """Return the windows that a descriptor saw: ``painting`` int32, ``x``, ``y``, ``scale`` float32, each (m,).

    Parameters
    ----------
    places : (n, windows, 3) float32, x, y and scale.
    paintings : (n,) int, row of each painting in the corpus.
    """
    import numpy as np

    painting = np.repeat(paintings, places.shape[1])
    rows = np.unique(np.column_stack([painting, places.reshape(-1, 3)]), axis=0)  # a small picture repeats windows
    patches = {"painting": rows[:, 0].astype(np.int32)}
    return patches | {axis: rows[:, k].astype(np.float32) for k, axis in enumerate(("x", "y", "scale"), 1)}
