"""Pictures become features."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.makers import STAGES
from artgraph.settings import FEATURES
from artgraph.stages.base import Made, Progress, columns, progress_of, put
from artgraph.stages.dates import check_dates, describe_dates
from artgraph.stages.fuse import fuse_features
from artgraph.stages.pictures import check_originals, need_pictures
from artgraph.stages.train_descriptor import is_tuned, tuned_descriptor
from artgraph.stages.weights import note_weights

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor

__all__ = ["describe", "describe_rows", "windows"]


def describe(
    corpus: Corpus,
    *,
    descriptors: Sequence[str | Descriptor] = FEATURES,
    fuse: bool = False,
    fuse_name: str = "fused",
    fuse_weights: Mapping[str, float] | None = None,
    workers: int = 2,
    seed: int = 0,
    device: str = "auto",
    progress: Progress = None,
    **options: Any,
) -> list[Made]:
    """Turn pictures into features, all descriptors in one pass.

    Parameters
    ----------
    corpus
    descriptors : sequence of str or Descriptor
        Names, as in ``artgraph.descriptors.DESCRIPTORS``, or ``name:backbone``; what ``train_descriptor`` trained here;
        or descriptors made already. "date": see ``describe_dates``; the others named here, or else all features made
        from pictures, say what looks alike.
    fuse : Also join them into one feature; see ``fuse_features``.
    fuse_name : Its key.
    fuse_weights : What each descriptor weighs in it, by name or key; default 1.
    workers : Decoding threads.
    seed : Of the sample that reductions are learned on.
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total)
    **options : For ``make_descriptor``: ``backbone``, ``layers``, ``weights``, ``ignore_color``, ``window_cm``, ...

    Raises
    ------
    InputError
        An unknown descriptor, two with the same key, a weight for one that is not there; or true scale is asked for and
        the table has no columns ``height_cm`` and ``width_cm``.
    IngestError
        Pictures are gone, or have changed since they were taken; ``artgraph update`` takes them as they are now.
    """
    from artgraph.descriptors import Descriptor, extract, refuse_unused
    from artgraph.formats import content_sha256, to_json
    from artgraph.learning.device import pick_device
    from artgraph.shards import ShardStore, clear_shards

    need_pictures(corpus, "describe")
    dates, descriptors = "date" in descriptors, [one for one in descriptors if one != "date"]
    if dates:
        check_dates(corpus)
    device = pick_device(device)
    refuse_unused(descriptors, options)
    made = [
        one if isinstance(one, Descriptor) else _tuned_or_made(corpus, one, device=device, **options)
        for one in descriptors
    ]
    keys = [descriptor.key or descriptor.name for descriptor in made]
    if len(set(keys)) < len(keys):
        raise InputError(f"Descriptors must differ in their keys, and these are: {', '.join(keys)}")
    lineage = Lineage(corpus)
    with corpus.lock():
        note_weights(corpus, made)
        todo = []
        for key, descriptor in zip(keys, made, strict=True):
            tuned = [Ref("models", descriptor.name)] if is_tuned(corpus, descriptor.name) else []
            inputs = lineage.inputs([*columns("image_sha256", *_size_columns(corpus, descriptor)), *tuned])
            params = {**descriptor.params(), "seed": seed}
            if not lineage.up_to_date(Ref("features", key), "describe", params, inputs):
                todo.append((key, descriptor, params, inputs))
        folder = corpus.path / "features"
        folder.mkdir(exist_ok=True)
        for key in set(keys) - {key for key, *_ in todo}:
            clear_shards(folder, f".shards-{key}-")  # of a run that was killed after its last write
        if todo:
            check_originals(corpus)
            started = time.perf_counter()
            made_from = [STAGES["describe"].revision, corpus.ids_sha256]
            stores = [
                ShardStore(folder, f".shards-{key}-", content_sha256([to_json(by), to_json(inputs), *made_from]))
                for key, _, by, inputs in todo
            ]
            results = extract(
                [corpus.image_root / image for image in corpus.paintings["image"]],
                [descriptor for _, descriptor, *_ in todo],
                stores,
                sizes_cm=_sizes_cm(corpus),
                sha256=corpus.paintings["image_sha256"].tolist(),
                workers=workers,
                seed=seed,
                progress=progress_of(progress, "describe"),
            )
            seconds = time.perf_counter() - started
            for (key, descriptor, params, inputs), store, (features, fitted) in zip(todo, stores, results, strict=True):
                _put_features(
                    corpus,
                    key,
                    features,
                    fitted,
                    places=store.get("places.npy") if descriptor.places else None,
                    facts=_true_scale_facts(corpus) if descriptor.true_scale else {},
                    label={"params": params, "inputs": inputs},
                    seconds=seconds,
                )
                store.remove()
    fresh = {key for key, *_ in todo}
    done = [Made("features", key, key in fresh, corpus.label("features", key)["facts"]) for key in keys]
    if dates:
        pictured = [key for key in corpus.keys("features") if lineage.stage(Ref("features", key)) == "describe"]
        done.append(describe_dates(corpus, near=keys or pictured))
        keys, descriptors = [*keys, "date"], [*descriptors, "date"]
    weights = _weights_by_key(fuse_weights, descriptors, keys)
    return [*done, fuse_features(corpus, on=keys, name=fuse_name, weights=weights)] if fuse else done


def _tuned_or_made(corpus: Corpus, spec: str, *, device: str, ignore_color: bool = False, **options: Any) -> Descriptor:
    from artgraph.descriptors import Grey, make_descriptor

    if is_tuned(corpus, spec):
        descriptor = tuned_descriptor(corpus, spec, device=device)
        return Grey(descriptor) if ignore_color else descriptor
    return make_descriptor(spec, device=device, ignore_color=ignore_color, **options)


def _weights_by_key(
    weights: Mapping[str, float] | None, descriptors: Sequence[str | Descriptor], keys: list[str]
) -> list[float] | None:
    """Return a weight per key (list), of weights by key or by the name that the user gave; None: all the same."""
    if not weights:
        return None
    names = {one: key for one, key in zip(descriptors, keys, strict=True) if isinstance(one, str)}
    given = {names.get(name, name): weight for name, weight in weights.items()}
    if unknown := set(given) - set(keys):
        raise InputError(f"A weight for '{min(unknown)}', which is not among {', '.join(keys)}")
    return [given.get(key, 1.0) for key in keys]


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


def _sizes_cm(corpus: Corpus) -> np.ndarray | None:
    """Return height and width of every painting, (n, 2) float64, nan where unknown; None without the columns."""
    import numpy as np
    import pandas as pd

    if not set(SIZE_COLUMNS) <= set(corpus.paintings):
        return None
    texts = (corpus.paintings[name].astype("string").str.replace(",", ".", regex=False) for name in SIZE_COLUMNS)
    columns = [pd.to_numeric(text, errors="coerce").to_numpy(float, na_value=np.nan) for text in texts]
    return np.stack(columns, axis=1)


def _true_scale_facts(corpus: Corpus) -> dict[str, int]:
    return {"true_scale": int((_sizes_cm(corpus) > 0).all(axis=1).sum())}


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


def describe_rows(
    corpus: Corpus,
    keys: Sequence[str],
    rows: np.ndarray,
    *,
    made: Corpus,
    weights: Any = None,
    device: str = "auto",
    workers: int = 2,
    progress: Progress = None,
) -> dict[str, tuple[np.ndarray, np.ndarray | None]]:
    """Describe some works as the features that are there were made, all descriptors in one pass.

    Parameters
    ----------
    corpus : With the works.
    keys : Of features that ``describe`` made.
    rows : (m,) int.
    made : The corpus that holds those features, and what their reductions have learned.
    weights, device, workers, progress : See ``describe``.

    Returns
    -------
    dict of str to (features, places)
        (m, d) float32, and (m, windows, 3) float32 or None.
    """
    import numpy as np

    from artgraph.descriptors import extract
    from artgraph.formats import content_sha256
    from artgraph.shards import ShardStore
    from artgraph.stages.project import descriptor_of, fitted_of

    if not len(rows):
        none = {key: np.empty((0, made.get("features", key).shape[1]), dtype=np.float32) for key in keys}
        return {key: (none[key], np.empty((0, 1, 3), dtype=np.float32)) for key in keys}
    descriptors = [descriptor_of(made, key, weights=weights, device=device) for key in keys]
    for key, descriptor in zip(keys, descriptors, strict=True):
        descriptor.key = key
    folder = corpus.path / "features"
    folder.mkdir(exist_ok=True)
    pictures = corpus.paintings["image_sha256"].iloc[rows]
    stores = []
    for key in keys:
        stamp = content_sha256([made.label("features", key)["sha256"], *pictures])
        stores.append(ShardStore(folder, f".shards-{key}-", stamp))
        fitted = fitted_of(made, key)
        for name, array in fitted.items():
            stores[-1].put(f"fit-{name}.npy", array)
        stores[-1].put("fit.json", sorted(fitted))
    sizes = _sizes_cm(corpus)
    found = extract(
        [corpus.image_root / corpus.paintings["image"].iloc[row] for row in rows],
        descriptors,
        stores,
        sizes_cm=None if sizes is None else sizes[rows],
        workers=workers,
        progress=progress_of(progress, "describe"),
    )
    described = {}
    for key, descriptor, store, (features, _) in zip(keys, descriptors, stores, found, strict=True):
        described[key] = features, store.get("places.npy") if descriptor.places else None
        store.remove()
    return described
