"""Pictures become features."""

import time

from artgraph.stages.base import Made

__all__ = ["describe"]


def describe(corpus, *, descriptors=("gram",), workers=2, seed=0, device="auto", progress=None, **options):
    """Turn pictures into features, all descriptors in one pass.

    Parameters
    ----------
    corpus : Corpus
    descriptors : sequence of str
        Names, as in ``artgraph.descriptors.DESCRIPTORS``.
    workers : int
        Decoding threads.
    seed : int
        Of the sample that reductions are learned on.
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total), optional
    **options
        ``backbone``, ``layers``, ``weights`` of ``gram``.

    Returns
    -------
    list of Made
    """
    from artgraph.descriptors import extract, make_descriptor
    from artgraph.formats import content_sha256, to_json
    from artgraph.shards import ShardStore, clear_shards
    from artgraph.vgae.training import pick_device

    made = [make_descriptor(name, device=pick_device(device), **options) for name in descriptors]
    keys = [descriptor.key for descriptor in made]
    with corpus.lock():
        inputs = corpus.inputs("paintings/image_sha256")
        todo = []
        for descriptor in made:
            made_by = {"function": "artgraph.descriptors.extract", "params": {**descriptor.params(), "seed": seed}}
            from_model = {f"models/{descriptor.key}"} if corpus.has("models", descriptor.key) else set()
            all_inputs = {**inputs, **{ref: corpus.label(*ref.split("/"))["sha256"] for ref in from_model}}
            if not corpus.up_to_date("features", descriptor.key, made_by=made_by, inputs=all_inputs):
                todo.append((descriptor, made_by))
        folder = corpus.path / "features"
        folder.mkdir(exist_ok=True)
        for key in set(keys) - {descriptor.key for descriptor, _ in todo}:
            clear_shards(folder, f".shards-{key}-")  # of a run that was killed after its last write
        if todo:
            started = time.perf_counter()
            stores = [
                ShardStore(
                    folder, f".shards-{d.key}-", content_sha256([to_json(by), to_json(inputs), corpus.ids_sha256])
                )
                for d, by in todo
            ]
            paths = [corpus.image_root / image for image in corpus.paintings["image"]]
            report = None if progress is None else lambda done, n: progress("describe", done, n)
            results = extract(paths, [d for d, _ in todo], stores, workers=workers, seed=seed, progress=report)
            seconds = time.perf_counter() - started
            for (descriptor, made_by), store, (features, fitted) in zip(todo, stores, results, strict=True):
                places = store.get("places.npy") if descriptor.places else None
                _put_features(corpus, descriptor.key, features, fitted, made_by, inputs, seconds, places=places)
                store.remove()
    fresh = {descriptor.key for descriptor, _ in todo}
    return [Made("features", key, key in fresh, corpus.label("features", key)["facts"]) for key in keys]


def _put_features(corpus, name, features, fitted, made_by, inputs, seconds, *, places=None):
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
    facts = {"n": len(features), "dimensions": features.shape[1]}
    corpus.put("features", name, {"": features}, made_by=made_by, inputs=inputs, facts=facts, seconds=seconds)
