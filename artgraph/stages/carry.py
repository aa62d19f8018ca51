"""What becomes of each thing in a corpus when works are added, taken away or photographed again.

One function per stage: it reads the thing in the corpus as it was, and puts it into the copy with a row for every work
there is now. Rows of works that stay keep their bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import adjacency_of, catalogue_of, confound_refs, features_of, put
from artgraph.stages.coordinates import hold, kept
from artgraph.stages.import_analysis import IMPORTED, rows_of
from artgraph.stages.step import Step, carried_label, made_here

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["CARRY", "hold_coordinates"]


def hold_coordinates(step: Step, on: Sequence[str], regress_out: Sequence[str] = ()) -> None:
    """Keep what was learned to place works in some features, so that those that stay lie where they lay.

    Parameters
    ----------
    step
    on, regress_out : As for ``features_of``.
    """
    ref = kept(on, regress_out)
    if step.new.has(*ref):
        return
    if (found := hold(step.old, on, regress_out)) is not None:
        inputs = [*(Ref("features", key) for key in on), *confound_refs(regress_out)]
        params = {"on": list(on), "regress_out": list(regress_out)}
        put(step.new, "coordinates", ref, params=params, inputs=Lineage(step.new).inputs(inputs), **found)


def _coordinates(step: Step, ref: Ref) -> dict[str, Any]:
    return {} if step.new.has(*ref) else carried_label(step, ref)


# ---- features


def _described(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.stages.describe import describe_rows

    if ref.kind == "models":
        return carried_label(step, ref)
    if not hasattr(step, "described"):  # all descriptors in one pass over the pictures
        lineage = Lineage(step.old)
        keys = [
            key
            for key in step.old.keys("features")
            if lineage.stage(one := Ref("features", key)) == "describe" and not lineage.stale(one)
        ]
        step.described = describe_rows(
            step.new,
            keys,
            step.change.fresh,
            made=step.old,
            weights=step.weights,
            device=step.device,
            workers=step.workers,
            progress=step.progress,
        )
    fresh, places = step.described[ref.key]
    if ref.kind == "patches":
        return _patches(step, ref, places)
    X = step.stack(step.old.get(*ref), fresh)
    return _put(step, ref, {"": X}, {"n": len(X)})


def _patches(step: Step, ref: Ref, places: np.ndarray) -> dict[str, Any]:
    old, change = step.old.get(*ref), step.change
    row = np.full(len(step.old), -1, dtype=np.int64)
    row[change.kept[change.kept >= 0]] = np.flatnonzero(change.kept >= 0)
    stay = row[old["painting"]] >= 0
    from artgraph.stages.describing import windows

    fresh = windows(places, change.fresh)
    painting = np.concatenate([row[old["painting"][stay]], fresh["painting"]]).astype(np.int32)
    order = np.argsort(painting, kind="stable")
    parts = {"painting": painting[order]}
    parts |= {axis: np.concatenate([old[axis][stay], fresh[axis]])[order] for axis in ("x", "y", "scale")}
    return _put(step, ref, {"": parts}, {})


def _dates(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.stages.dates import period_rows

    fresh = period_rows(step.new, step.change.fresh, Lineage(step.old).params(ref))
    X = step.stack(step.old.get(*ref), fresh)
    return _put(step, ref, {"": X}, {"n": len(X)})


def _fused(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.descriptors import apply_fusion

    if ref.kind == "models":
        return carried_label(step, ref)
    old = step.old.get(*ref)
    fresh = np.empty((0, old.shape[1]), dtype=np.float32)
    if len(step.change.fresh):
        fitted = {name: tensor.numpy() for name, tensor in step.new.get("models", ref.key).items()}
        on = Lineage(step.old).params(ref)["on"]
        fresh = apply_fusion([step.new.get("features", key)[step.change.fresh] for key in on], fitted)
    X = step.stack(old, fresh)
    return _put(step, ref, {"": X}, {"n": len(X)})


def _imported(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.descriptors.imported import read_vectors

    old, rows = step.old.get(*ref), step.change.fresh
    fresh = np.empty((0, old.shape[1]), dtype=np.float32)
    if len(rows):
        file = step.change.vectors.get(ref.key)
        if file is None:
            raise InputError(
                f"Features '{ref.key}' in {step.old.path} were imported, so those of the {len(rows)} new works have to "
                f"be given: --vectors {ref.key}=FILE (rows in the order of the ids, or parquet with a column id)"
            )
        field = None if Path(file).suffix.lower() == ".npy" else _field(step, ref)  # of the kind of file that has some
        fresh, _ = read_vectors(file, step.new.paintings["id"].iloc[rows], key=field)
        if fresh.shape[1] != old.shape[1]:
            raise InputError(f"{file} has {fresh.shape[1]} columns; '{ref.key}' has {old.shape[1]}")
    X = step.stack(old, fresh)
    return _put(step, ref, {"": X}, {"n": len(X)})


def _field(step: Step, ref: Ref) -> str | None:
    return step.old.label(*ref)["made_by"]["params"].get("field")


def _elsewhere(step: Step, ref: Ref) -> dict[str, Any]:
    """Keep what was made elsewhere: works that come later have no links and no cluster, and lie in the middle."""
    parts = rows_of(step.old, ref, step.change.origin)
    if ref.kind == "layouts":
        parts[""] = np.where(np.isnan(parts[""]), np.nanmean(parts[""], axis=0, keepdims=True), parts[""])
    return _put(step, ref, parts, {})


def _thumbnails(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.stages.base import measured_thumbnails

    fresh = measured_thumbnails(step.new, step.change.fresh)
    parts = {part: step.stack(step.old.get(*ref, part), fresh[part]) for part in fresh}
    return _put(step, ref, parts, {"n": len(step.new)})


# ---- graph and latents


def _graph(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.stages.build_graph import mended_graph

    params = Lineage(step.old).params(ref)
    groups = [params["on"]] if params["merge"] == "features" else []
    for on in [*groups, *([key] for key in params["on"])]:
        hold_coordinates(step, on, params["regress_out"])
    parts, facts, mended = mended_graph(step.old, step.new, ref.key, kept=step.change.kept)
    facts["mended"] = int(mended.sum())
    parts |= _fits(step, ref)
    return _put(step, ref, parts, facts)


def _fits(step: Step, ref: Ref) -> dict[str, np.ndarray]:
    """Return how well each added work fits among the corpus's own, where the features come from pictures."""
    from artgraph.stages.fitting import arrivals

    found = arrivals(step, ref)
    return {} if found is None else {"arrivals": found}


def _latents(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.vgae import Config, encode

    if ref.kind == "models":
        return carried_label(step, ref)
    old, lineage = step.old.get(*ref), Lineage(step.new)
    fresh = np.empty((0, old.shape[1]), dtype=np.float32)
    if len(step.change.fresh):
        (graph,) = lineage.inputs_of(Ref("models", ref.key), "graphs")
        built, params = lineage.params(graph), lineage.params(Ref("models", ref.key))
        config = Config.of(params)
        mu, _ = encode(
            step.new.get("models", ref.key) if config.learns else {},
            features_of(step.new, built["on"], regress_out=built["regress_out"]),
            step.new.get(*graph),
            artists=catalogue_of(step.new).artists if built["artist_edges"] else None,
            config=config,
            device=step.device,
        )
        fresh = mu[step.change.fresh]
    X = step.stack(old, fresh)
    return _put(step, ref, {"": X}, {"n": len(X)})


# ---- clusters and map


def _partition(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.stages.placing import placed_partition

    lineage = Lineage(step.old)
    params = lineage.params(ref)
    if features := [one.key for one in lineage.inputs_of(ref, "features")]:
        basis = lineage.basis(ref.key)
        hold_coordinates(step, features, basis.regress_out)
    parts, facts = placed_partition(step, ref, params)
    return _put(step, ref, parts, facts)


def _coarser(step: Step, ref: Ref) -> dict[str, Any]:
    """Give every cluster of the level below the cluster that it was joined into."""
    from artgraph.communities import modularity

    (below,) = (one for one in Lineage(step.old).inputs_of(ref, "partitions"))
    finer, coarser = step.old.get(*below), step.old.get(*ref)
    joined = np.full(int(max(finer.max(initial=-1), step.new.get(*below).max(initial=-1))) + 2, -1, dtype=np.int32)
    joined[finer[finer >= 0]] = coarser[finer >= 0]
    labels = joined[step.new.get(*below)]  # the last entry, for -1, is -1
    graph = Lineage(step.old).params(ref)["graph"]
    facts = {
        "n_clusters": len(set(labels[labels >= 0].tolist())),
        "unassigned": int((labels < 0).sum()),
        "modularity": round(float(modularity(adjacency_of(step.new, graph), labels)), 4),
    }
    return _put(step, ref, {"": labels}, facts)


def _layout(step: Step, ref: Ref) -> dict[str, Any]:
    from artgraph.layouts import place_on_map

    old, change = step.old.get(*ref), step.change
    layout = np.full((len(step.new), 2), np.nan, dtype=old.dtype)
    stay = change.origin >= 0  # a work with a better scan stays where it was
    layout[stay] = old[change.origin[stay]]
    return _put(step, ref, {"": place_on_map(layout, adjacency_of(step.new, ref.key)).astype(old.dtype)}, {})


def _put(step: Step, ref: Ref, parts: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    about = made_here(step, ref)
    about["facts"] = about["facts"] | facts
    step.new.put(*ref, parts, **about)
    return facts


CARRY: dict[str, Callable[[Step, Ref], dict[str, Any]]] = {
    "coordinates": _coordinates,
    "describe": _described,
    "describe_dates": _dates,
    "fuse_features": _fused,
    "import_vectors": _imported,
    **dict.fromkeys(IMPORTED, _elsewhere),
    "thumbnails": _thumbnails,
    "train_descriptor": carried_label,
    "build_graph": _graph,
    "train_vgae": _latents,
    "communities": _partition,
    "coarsen": _coarser,
    "layout": _layout,
}
