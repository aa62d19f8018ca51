"""Pictures become features."""

import time

from artgraph.errors import InputError
from artgraph.stages.base import Made
from artgraph.stages.fuse import fuse_features
from artgraph.stages.train_descriptor import is_tuned, tuned_descriptor

__all__ = ["describe"]


def describe(
    corpus,
    *,
    descriptors=("eye",),
    fuse=False,
    fuse_name="fused",
    fuse_weights=None,
    workers=2,
    seed=0,
    device="auto",
    progress=None,
    **options,
):
    """Turn pictures into features, all descriptors in one pass.

    Parameters
    ----------
    corpus : Corpus
    descriptors : sequence of str or Descriptor
        Names, as in ``artgraph.descriptors.DESCRIPTORS``, or ``name:backbone``; what ``train_descriptor`` trained here;
        or descriptors made already.
    fuse : bool
        Also join them into one feature; see ``fuse_features``.
    fuse_name : str
        Its key.
    fuse_weights : dict of str to float, optional
        What each descriptor weighs in it, by name or key; default 1.
    workers : int
        Decoding threads.
    seed : int
        Of the sample that reductions are learned on.
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total), optional
    **options
        For ``make_descriptor``: ``backbone``, ``layers``, ``weights``, ``ignore_color``, ``window_cm``, ...

    Returns
    -------
    list of Made

    Raises
    ------
    InputError
        An unknown descriptor, two with the same key, a weight for one that is not there; or true scale is asked for and
        the table has no columns ``height_cm`` and ``width_cm``.
    """
    from artgraph.descriptors import Descriptor, extract, refuse_unused
    from artgraph.formats import content_sha256, to_json
    from artgraph.learning.device import pick_device
    from artgraph.shards import ShardStore, clear_shards

    device = pick_device(device)
    refuse_unused(descriptors, options)
    made = [
        one if isinstance(one, Descriptor) else _tuned_or_made(corpus, one, device=device, **options)
        for one in descriptors
    ]
    keys = [descriptor.key or descriptor.name for descriptor in made]
    if len(set(keys)) < len(keys):
        raise InputError(f"Descriptors must differ in their keys, and these are: {', '.join(keys)}")
    weights = _weights_by_key(fuse_weights, descriptors, keys)
    with corpus.lock():
        todo = []
        for key, descriptor in zip(keys, made, strict=True):
            tuned = [f"models/{descriptor.name}"] if is_tuned(corpus, descriptor.name) else []
            inputs = corpus.inputs("paintings/image_sha256", *_size_columns(corpus, descriptor), *tuned)
            made_by = {"function": "artgraph.descriptors.extract", "params": {**descriptor.params(), "seed": seed}}
            from_model = {f"models/{key}"} if corpus.has("models", key) else set()
            all_inputs = {**inputs, **{ref: corpus.label(*ref.split("/"))["sha256"] for ref in from_model}}
            if not corpus.up_to_date("features", key, made_by=made_by, inputs=all_inputs):
                todo.append((key, descriptor, made_by, inputs))
        folder = corpus.path / "features"
        folder.mkdir(exist_ok=True)
        for key in set(keys) - {key for key, *_ in todo}:
            clear_shards(folder, f".shards-{key}-")  # of a run that was killed after its last write
        if todo:
            started = time.perf_counter()
            stores = [
                ShardStore(folder, f".shards-{key}-", content_sha256([to_json(by), to_json(inputs), corpus.ids_sha256]))
                for key, _, by, inputs in todo
            ]
            paths = [corpus.image_root / image for image in corpus.paintings["image"]]
            report = None if progress is None else lambda done, n: progress("describe", done, n)
            results = extract(
                paths,
                [descriptor for _, descriptor, *_ in todo],
                stores,
                sizes_cm=_sizes_cm(corpus),
                workers=workers,
                seed=seed,
                progress=report,
            )
            seconds = time.perf_counter() - started
            for (key, descriptor, by, inputs), store, (features, fitted) in zip(todo, stores, results, strict=True):
                places = store.get("places.npy") if descriptor.places else None
                facts = _true_scale_facts(corpus) if descriptor.true_scale else {}
                _put_features(corpus, key, features, fitted, by, inputs, seconds, places=places, facts=facts)
                store.remove()
    fresh = {key for key, *_ in todo}
    done = [Made("features", key, key in fresh, corpus.label("features", key)["facts"]) for key in keys]
    return [*done, fuse_features(corpus, on=keys, name=fuse_name, weights=weights)] if fuse else done


def _tuned_or_made(corpus, spec, *, device, ignore_color=False, **options):
    from artgraph.descriptors import Grey, make_descriptor

    if is_tuned(corpus, spec):
        descriptor = tuned_descriptor(corpus, spec, device=device)
        return Grey(descriptor) if ignore_color else descriptor
    return make_descriptor(spec, device=device, ignore_color=ignore_color, **options)


def _weights_by_key(weights, descriptors, keys):
    """Return a weight per key (list), of weights by key or by the name that the user gave; None: all the same."""
    if not weights:
        return None
    names = {one: key for one, key in zip(descriptors, keys, strict=True) if isinstance(one, str)}
    given = {names.get(name, name): weight for name, weight in weights.items()}
    if unknown := set(given) - set(keys):
        raise InputError(f"A weight for '{min(unknown)}', which is not among {', '.join(keys)}")
    return [given.get(key, 1.0) for key in keys]


SIZE_COLUMNS = ("height_cm", "width_cm")


def _size_columns(corpus, descriptor):
    """Return the columns (as inputs) that a descriptor needs besides the pictures."""
    if not descriptor.true_scale:
        return []
    if missing := [name for name in SIZE_COLUMNS if name not in corpus.paintings]:
        raise InputError(
            f"True scale needs the size of the paintings, and {corpus.path} has no column {' and no '.join(missing)}. "
            "Give the columns of the spreadsheet these names and run artgraph ingest again, or leave out --window-cm."
        )
    return [f"paintings/{name}" for name in SIZE_COLUMNS]


def _sizes_cm(corpus):
    """Return height and width of every painting, (n, 2) float64, nan where unknown; None without the columns."""
    import numpy as np
    import pandas as pd

    if not set(SIZE_COLUMNS) <= set(corpus.paintings):
        return None
    texts = (corpus.paintings[name].astype("string").str.replace(",", ".", regex=False) for name in SIZE_COLUMNS)
    columns = [pd.to_numeric(text, errors="coerce").to_numpy(float, na_value=np.nan) for text in texts]
    return np.stack(columns, axis=1)


def _true_scale_facts(corpus):
    return {"true_scale": int((_sizes_cm(corpus) > 0).all(axis=1).sum())}


def _put_features(corpus, name, features, fitted, made_by, inputs, seconds, *, places=None, facts=None):
    import numpy as np
    import torch

    inputs = dict(inputs)
    if fitted:
        tensors = {key: torch.from_numpy(array) for key, array in fitted.items()}
        corpus.put("models", name, {"": tensors}, made_by=made_by, inputs=inputs)
        inputs[f"models/{name}"] = corpus.label("models", name)["sha256"]
    if places is not None:
        painting = np.repeat(np.arange(len(places)), places.shape[1])
        rows = np.unique(np.column_stack([painting, places.reshape(-1, 3)]), axis=0)  # a small picture repeats windows
        patches = {"painting": rows[:, 0].astype(np.int32)}
        patches |= {axis: rows[:, k].astype(np.float32) for k, axis in enumerate(("x", "y", "scale"), 1)}
        corpus.put("patches", name, {"": patches}, made_by=made_by, inputs=inputs)
    facts = {"n": len(features), "dimensions": features.shape[1], **(facts or {})}
    corpus.put("features", name, {"": features}, made_by=made_by, inputs=inputs, facts=facts, seconds=seconds)
