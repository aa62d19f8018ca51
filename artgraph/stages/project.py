"""A picture that is not in the corpus is described as the corpus was."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import InputError, WeightsError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.dates import imputed
from artgraph.stages.train_descriptor import is_tuned, tuned_descriptor
from artgraph.stages.weights import weights_noted

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor

Weights = str | Path | Sequence[str | Path] | None

__all__ = ["descriptor_of", "fitted_of", "project", "project_each"]


def project(
    corpus: Corpus, on: Sequence[str], files: Sequence[Path], *, weights: Weights = None, device: str = "auto"
) -> np.ndarray:
    """Describe pictures as the features of a corpus were made, with what the corpus stores of them.

    Parameters
    ----------
    corpus
    on : Features, fused as ``features_of`` fuses them.
    files
    weights : str, Path, or sequence of them, optional
        For descriptors that use a network: as ``make_descriptor`` takes them. They must be those that the corpus was
        described with; their hash is compared.
    device : {"auto", "cpu", "cuda"}

    Returns
    -------
    (m, d) float32

    Raises
    ------
    InputError
        The features were imported, or learned from a graph, so that nothing is known of other pictures.
    WeightsError
        The weights cannot be had, or are others.
    ImageError
        A file is not a picture.
    """
    from artgraph.stages.coordinates import fit_of, place

    return place(project_each(corpus, on, files, weights=weights, device=device), fit_of(corpus, on), {})


def project_each(
    corpus: Corpus, on: Sequence[str], files: Sequence[Path], *, weights: Weights = None, device: str = "auto"
) -> list[np.ndarray]:
    """Return what ``project`` joins: the features of pictures under each key, (m, d_i) float32.

    Parameters
    ----------
    corpus, on, files, weights, device : As for ``project``.
    """
    return [_described(corpus, key, files, weights, device) for key in on]


def _stage(corpus: Corpus, key: str) -> str | None:
    return Lineage(corpus).stage(Ref("features", key))


def _described(corpus: Corpus, key: str, files: Sequence[Path], weights: Weights, device: str) -> np.ndarray:
    from artgraph.descriptors import apply_fusion

    stage, fitted = _stage(corpus, key), fitted_of(corpus, key)
    if stage == "fuse_features":
        parts = corpus.label("features", key)["made_by"]["params"]["on"]
        return apply_fusion([_described(corpus, part, files, weights, device) for part in parts], fitted)
    if stage == "describe_dates":  # nobody says when a picture from outside was made
        chosen = corpus.label("features", key)["made_by"]["params"]
        near = project(corpus, chosen["near"], files, weights=weights, device=device)
        return imputed(corpus, near, chosen)
    if stage != "describe":
        raise InputError(
            f"Features '{key}' in {corpus.path} were not computed from pictures alone ({stage or 'not by artgraph'}), "
            "so a picture from outside cannot be placed among them. Name others with --on; there are: "
            f"{', '.join(name for name in corpus.keys('features') if _from_pictures(corpus, name)) or 'none'}"
        )
    descriptor = descriptor_of(corpus, key, weights=weights, device=device)
    descriptor.load()
    rows = [descriptor.reduce(descriptor.embed(_prepared(descriptor, file)[None]), fitted) for file in files]
    return np.concatenate(rows).astype(np.float32)


def fitted_of(corpus: Corpus, key: str) -> dict[str, np.ndarray]:
    """Return what the reduction of some features (``key``) of a corpus was learned as: arrays by name, perhaps none."""
    if not corpus.has("models", key):
        return {}
    return {name: tensor.numpy() for name, tensor in corpus.get("models", key).items()}


def _from_pictures(corpus: Corpus, key: str) -> bool:
    return _stage(corpus, key) in ("describe", "fuse_features")


def descriptor_of(
    corpus: Corpus,
    key: str,
    *,
    weights: Weights = None,
    device: str = "auto",
    params: Mapping[str, Any] | None = None,
) -> Descriptor:
    """Return the descriptor that made some features; its parameters are compared with those that it had then.

    Parameters
    ----------
    corpus, key, weights, device : As for ``project``.
    params : Its parameters; default: those in the label of the features.
    """
    from artgraph.descriptors import DESCRIPTORS, Grey, make_descriptor
    from artgraph.formats import plain
    from artgraph.learning.device import pick_device

    params = corpus.label("features", key)["made_by"]["params"] if params is None else params
    params = {name: value for name, value in params.items() if name != "seed"}
    name = params["descriptor"]
    if is_tuned(corpus, name):
        tuned = tuned_descriptor(corpus, name, device=pick_device(device), runtime=params.get("runtime", "torch"))
        tuned = Grey(tuned) if params.get("grey") else tuned
        tuned.key = key
        return tuned
    known = inspect.signature(DESCRIPTORS[name]).parameters
    options = {option: value for option, value in params.items() if option in known and option != "name"}
    options |= {"ignore_color": True} if params.get("grey") else {}
    options |= {"tiles": True} if params.get("most_tiles", 1) > 1 else {}
    if "infovae" in params:
        options["same_painting_weight"] = params["infovae"].get("same_painting_weight", 0.02)
    noted = weights_noted(corpus, params["weights_sha256"]) if params.get("weights_sha256") and not weights else None
    named = f"--weights {params.get('backbone', name)}=FILE"
    if noted is not None and not noted.is_file():
        raise WeightsError(
            f"Features '{key}' in {corpus.path} were made with the weights in {noted}, which is gone. Put it back, or "
            f"name the file: {named}"
        )
    descriptor = make_descriptor(name, weights=noted or weights or (), device=pick_device(device), **options)
    now = plain(descriptor.params())
    if now.get("weights_sha256") != params.get("weights_sha256"):
        raise WeightsError(
            f"Features '{key}' in {corpus.path} were made with weights whose sha256 begins with "
            f"{params['weights_sha256'][:16]}; those found begin with {now['weights_sha256'][:16]}. Name the file that "
            f"the corpus was described with: {named}"
        )
    if now != params:
        other = sorted(one for one in {*now, *params} if now.get(one) != params.get(one))
        raise InputError(
            f"Features '{key}' in {corpus.path} were made by another version of artgraph (other: {', '.join(other)}), "
            f"so a picture from outside cannot be placed among them. Make them again: artgraph describe {corpus.path}"
        )
    descriptor.key = key
    return descriptor


def _prepared(descriptor: Descriptor, file: Path) -> np.ndarray:
    from artgraph.descriptors.work import DECODE_SIDE
    from artgraph.images import load_image

    told = {"size_cm": (np.nan, np.nan)} if descriptor.true_scale else {}
    return descriptor.prepare(load_image(file, min_side=max(DECODE_SIDE, descriptor.short_side(**told))), **told)
