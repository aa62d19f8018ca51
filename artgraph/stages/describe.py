"""Pictures become features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.engine import opened
from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.settings import FEATURES
from artgraph.stages.base import Made, Progress, progress_of
from artgraph.stages.dates import check_dates, describe_dates
from artgraph.stages.describing import join, not_up_to_date, prefix_of, sizes_cm, store_of, wanted
from artgraph.stages.fuse import fuse_features
from artgraph.stages.pictures import check_originals, need_pictures
from artgraph.stages.weights import note_weights

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor
    from artgraph.engine import Engine

__all__ = ["describe", "describe_rows"]


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
    engine: str | Engine = "process",
    ray_address: str | None = None,
    storage: str | Path | None = None,
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
    engine : {"process", "ray"} or Engine
        Who looks at the pictures: this process, or the workers of Ray, who must see pictures and corpus (or
        ``storage``) under the same paths, and the weights of networks. The features are the same, byte for byte.
    ray_address : Of a Ray cluster; None: one on this machine, for as long as the work takes.
    storage : Where shards lie until they are joined: a folder, or an address such as s3://bucket/work. Default: in the
        corpus.
    progress : callable(stage, done, total)
    **options : For ``make_descriptor``: ``backbone``, ``layers``, ``weights``, ``ignore_color``, ``window_cm``, ...

    Raises
    ------
    InputError
        An unknown descriptor, two with the same key, a weight for one that is not there; or true scale is asked for and
        the table has no columns ``height_cm`` and ``width_cm``.
    IngestError
        Pictures are gone, or have changed since they were taken; ``artgraph update`` takes them as they are now.
    EngineError
        There is no Ray cluster, or its workers die again and again.
    """
    need_pictures(corpus, "describe")
    dates, descriptors = "date" in descriptors, [one for one in descriptors if one != "date"]
    if dates:
        check_dates(corpus)
    with opened(engine, ray_address) as who:
        device = who.device(device)
        jobs = wanted(corpus, descriptors, seed=seed, device=device, **options)
        keys = [job.key for job in jobs]
        with corpus.lock():
            note_weights(corpus, [job.descriptor for job in jobs])
            todo = not_up_to_date(corpus, jobs)
            if todo:
                check_originals(corpus)
                stores = [store_of(corpus, job, storage) for job in todo]
                join(corpus, todo, stores, workers=workers, device=device, engine=who, progress=progress)
    fresh = {job.key for job in todo}
    done = [Made("features", key, key in fresh, corpus.label("features", key)["facts"]) for key in keys]
    if dates:
        lineage = Lineage(corpus)
        pictured = [key for key in corpus.keys("features") if lineage.stage(Ref("features", key)) == "describe"]
        done.append(describe_dates(corpus, near=keys or pictured))
        keys, descriptors = [*keys, "date"], [*descriptors, "date"]
    weights = _weights_by_key(fuse_weights, descriptors, keys)
    return [*done, fuse_features(corpus, on=keys, name=fuse_name, weights=weights)] if fuse else done


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
    folder = corpus.path / "features"
    folder.mkdir(exist_ok=True)
    pictures = corpus.paintings["image_sha256"].iloc[rows]
    stores = []
    for key in keys:
        stamp = content_sha256([made.label("features", key)["sha256"], *pictures])
        stores.append(ShardStore(folder, prefix_of(key), stamp))
        fitted = fitted_of(made, key)
        for name, array in fitted.items():
            stores[-1].put(f"fit-{name}.npy", array)
        stores[-1].put("fit.json", sorted(fitted))
    sizes = sizes_cm(corpus)
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
