"""Several features become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgraph.errors import InputError
from artgraph.lineage import Ref
from artgraph.settings import FuseSettings
from artgraph.stages.base import Made, make
from artgraph.stages.coordinates import joining

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["fuse_features"]


def fuse_features(corpus: Corpus, *, name: str = "fused", **settings: Any) -> Made:
    """Join features of a corpus into one that is a feature like any other.

    What a new painting needs to be placed beside the others is kept as ``models/<name>``.

    Parameters
    ----------
    corpus
    name : Key of the fused feature.
    **settings : Fields of ``artgraph.settings.FuseSettings``.

    Returns
    -------
    Made
        Its facts hold, for each feature, the share of variance that its first 1, 2, … components keep (``explained``).

    Raises
    ------
    InputError
        The fused feature would have the name of one of its parts.
    """
    import torch

    from artgraph.descriptors import apply_fusion, fit_fusion

    chosen = FuseSettings.of(settings)
    if name in chosen.on:
        raise InputError(f"The fused feature cannot be called '{name}' like one of its parts; name it with --fuse-name")
    usual = joining(corpus, chosen.on)
    weights = usual["weights"] if chosen.weights is None else [float(weight) for weight in chosen.weights]
    whitening = [chosen.whitening if most else 0.0 for most in usual["whitening"]]
    inputs = [Ref("features", key) for key in chosen.on]

    def compute() -> list[tuple[dict, dict]]:
        blocks = [corpus.get(*ref) for ref in inputs]
        fitted = fit_fusion(blocks, components=chosen.components, weights=weights, whitening=whitening)
        fused = apply_fusion(blocks, fitted)
        explained = {
            key: [round(float(share), 4) for share in fitted[f"{i}.explained"]] for i, key in enumerate(chosen.on)
        }
        facts = {"n": len(fused), "dimensions": fused.shape[1], "explained": explained}
        tensors = {key: torch.from_numpy(array) for key, array in fitted.items()}
        return [({"": tensors}, {}), ({"": fused}, facts)]

    params = chosen.params() | {"weights": weights}
    refs = [Ref("models", name), Ref("features", name)]
    return make(corpus, "fuse_features", refs, params=params, inputs=inputs, compute=compute)
