"""Where paintings lie in the features that a graph is built in, and how a painting that comes later is placed there.

Features are fused, and confounds taken out of them, by what is learned on the whole corpus. When a corpus changes, what
was learned before is kept as ``models/coordinates-<hash>``, so that works that were there stay where they were; a fresh
run learns it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from artgraph.lineage import Lineage, Ref

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus

__all__ = ["fit_of", "hold", "joining", "kept", "place"]


def kept(on: Sequence[str], regress_out: Sequence[str] = ()) -> Ref:
    """Return the reference under which what was learned on some features (``on``, ``regress_out``) is kept."""
    text = json.dumps([list(on), list(regress_out)])
    return Ref("models", f"coordinates-{hashlib.sha256(text.encode()).hexdigest()[:8]}")


def fit_of(corpus: Corpus, on: Sequence[str], regress_out: Sequence[str] = ()) -> dict[str, Any]:
    """Return what places paintings in some features: as it was kept, or learned on the corpus as it is.

    Parameters
    ----------
    corpus
    on : Keys of features.
    regress_out : Confounds or columns whose linear effect is removed.

    Returns
    -------
    dict
        ``fusion``: as of ``fit_fusion``; empty where the one feature is a fusion already. ``regression``: as of
        ``fit_regression``, or None.
    """
    from artgraph.descriptors import apply_fusion, fit_fusion
    from artgraph.graph.regress import fit_regression
    from artgraph.stages.base import confounds_of

    ref = kept(on, regress_out)
    if corpus.has(*ref) and not Lineage(corpus).stale(ref):
        return _read(corpus, ref)
    lineage, blocks = Lineage(corpus), [corpus.get("features", key) for key in on]
    X, fusion, settings = blocks[0], {}, joining(corpus, on)
    first = Ref("features", on[0])
    joined = lineage.stage(first) == "fuse_features" or lineage.params(first).get("joined")  # as its graph sees it
    if len(on) > 1 or not joined:
        if len(on) == 1 and lineage.inputs_of(Ref("features", on[0]), "graphs"):
            settings["whitening"] = 0  # the spread of latents is learned
        fusion = fit_fusion(blocks, **settings)
        X = apply_fusion(blocks, fusion)
    regression = fit_regression(X, confounds_of(corpus, regress_out)) if regress_out else None
    return {"fusion": fusion, "regression": regression}


def joining(corpus: Corpus, on: Sequence[str]) -> dict[str, Any]:
    """Return what the features of a ``corpus`` under the keys ``on`` weigh where they are joined, and their whitening.

    As ``fit_fusion`` takes them; the weights are those of ``WEIGHTS``, and distances between years stay as they are.
    One feature alone weighs 1: there is nothing beside it, and its lengths are read by the autoencoder.
    """
    from artgraph.descriptors.registry import WEIGHTS

    lineage, weights, whitening = Lineage(corpus), [], []
    for key in on:
        ref = Ref("features", key)
        dates = lineage.stage(ref) == "describe_dates"
        weights.append(WEIGHTS.get("date" if dates else lineage.params(ref).get("descriptor"), 1.0))
        whitening.append(0.0 if dates else 0.5)
    return {"weights": weights if len(on) > 1 else [1.0], "whitening": whitening}


def place(
    blocks: Sequence[np.ndarray], fitted: Mapping[str, Any], confounds: Mapping[str, Sequence[Any]]
) -> np.ndarray:
    """Return the coordinates, (n, d) float32, of paintings.

    Parameters
    ----------
    blocks : (n, d_i) arrays, their features.
    fitted : As ``fit_of`` returns it.
    confounds : Name to n values, where confounds are removed.
    """
    import numpy as np

    from artgraph.descriptors import apply_fusion
    from artgraph.graph.regress import apply_regression

    X = apply_fusion(blocks, fitted["fusion"]) if fitted["fusion"] else blocks[0]
    if fitted["regression"]:
        there = X.any(axis=1, keepdims=True)  # a row of zeros is a work without features
        X = np.where(there, apply_regression(X, confounds, fitted["regression"]), 0).astype(X.dtype)
    return X


def hold(corpus: Corpus, on: Sequence[str], regress_out: Sequence[str] = ()) -> dict[str, Any] | None:
    """Return what is to be kept of some features of a corpus that is about to change: ``parts`` and ``facts``.

    Parameters
    ----------
    corpus, on, regress_out : As for ``fit_of``.
    """
    import torch

    fitted = fit_of(corpus, on, regress_out)
    arrays, facts = {f"fusion.{name}": array for name, array in fitted["fusion"].items()}, {}
    if fitted["regression"]:
        arrays |= {f"regression.{name}": array for name, array in fitted["regression"]["arrays"].items()}
        facts = {"coding": fitted["regression"]["coding"]}
    if not arrays:
        return None
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    return {"parts": {"": tensors}, "facts": facts}


def _read(corpus: Corpus, ref: Ref) -> dict[str, Any]:
    arrays = {name: tensor.numpy() for name, tensor in corpus.get(*ref).items()}
    parts = {
        part: {name.split(".", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{part}.")}
        for part in ("fusion", "regression")
    }
    coding = corpus.label(*ref)["facts"].get("coding")
    regression = None if coding is None else {"arrays": parts["regression"], "coding": coding}
    return {"fusion": parts["fusion"], "regression": regression}
