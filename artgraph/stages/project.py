"""A picture that is not in the corpus is described as the corpus was."""

import inspect

import numpy as np

from artgraph.errors import InputError, WeightsError

__all__ = ["project"]


def project(corpus, on, files, *, weights=None, device="auto"):
    """Describe pictures as the features of a corpus were made, with what the corpus stores of them.

    Parameters
    ----------
    corpus : Corpus
    on : sequence of str
        Features, fused as ``features_of`` fuses them.
    files : sequence of Path, length m
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
    from artgraph.descriptors import apply_fusion, fit_fusion

    on = tuple(on)
    if len(on) == 1 and _function(corpus, on[0]) == "artgraph.descriptors.fuse":
        return _described(corpus, on[0], files, weights, device)
    fitted = fit_fusion([corpus.get("features", key) for key in on])
    return apply_fusion([_described(corpus, key, files, weights, device) for key in on], fitted)


def _function(corpus, key):
    return corpus.label("features", key)["made_by"]["function"]


def _described(corpus, key, files, weights, device):
    from artgraph.descriptors import apply_fusion

    function, params = _function(corpus, key), corpus.label("features", key)["made_by"]["params"]
    fitted = {}
    if corpus.has("models", key):
        fitted = {name: tensor.numpy() for name, tensor in corpus.get("models", key).items()}
    if function == "artgraph.descriptors.fuse":
        return apply_fusion([_described(corpus, part, files, weights, device) for part in params["on"]], fitted)
    if function != "artgraph.descriptors.extract":
        raise InputError(
            f"Features '{key}' in {corpus.path} were not computed from pictures alone ({function}), so a picture from "
            "outside cannot be placed among them. Name others with --on; there are: "
            f"{', '.join(name for name in corpus.keys('features') if _from_pictures(corpus, name)) or 'none'}"
        )
    descriptor = _descriptor(corpus, key, params, weights, device)
    descriptor.load()
    rows = [descriptor.reduce(descriptor.embed(_prepared(descriptor, file)[None]), fitted) for file in files]
    return np.concatenate(rows).astype(np.float32)


def _from_pictures(corpus, key):
    return _function(corpus, key) in ("artgraph.descriptors.extract", "artgraph.descriptors.fuse")


def _descriptor(corpus, key, params, weights, device):
    """Return the descriptor that made some features; its parameters are compared with those in their label."""
    from artgraph.descriptors import DESCRIPTORS, make_descriptor
    from artgraph.formats import plain
    from artgraph.vgae.training import pick_device

    params = {name: value for name, value in params.items() if name != "seed"}
    name = params["descriptor"]
    known = inspect.signature(DESCRIPTORS[name]).parameters
    options = {option: value for option, value in params.items() if option in known and option != "name"}
    options |= {"ignore_color": True} if params.get("grey") else {}
    options |= {"tiles": True} if params.get("most_tiles", 1) > 1 else {}
    if "infovae" in params:
        options["kinship"] = params["infovae"]["kinship_weight"]
    descriptor = make_descriptor(name, weights=weights or (), device=pick_device(device), **options)
    now = plain(descriptor.params())
    if now.get("weights_sha256") != params.get("weights_sha256"):
        raise WeightsError(
            f"Features '{key}' in {corpus.path} were made with weights whose sha256 begins with "
            f"{params['weights_sha256'][:16]}; those found begin with {now['weights_sha256'][:16]}. Name the file that "
            f"the corpus was described with: --weights {params.get('backbone', name)}=FILE"
        )
    if now != params:
        other = sorted(one for one in {*now, *params} if now.get(one) != params.get(one))
        raise InputError(
            f"Features '{key}' in {corpus.path} were made by another version of artgraph (other: {', '.join(other)}), "
            f"so a picture from outside cannot be placed among them. Make them again: artgraph describe {corpus.path}"
        )
    return descriptor


def _prepared(descriptor, file):
    from artgraph.descriptors.extraction import DECODE_SIDE
    from artgraph.images import load_image

    told = {"size_cm": (np.nan, np.nan)} if descriptor.true_scale else {}
    return descriptor.prepare(load_image(file, min_side=max(DECODE_SIDE, descriptor.short_side(**told))), **told)
