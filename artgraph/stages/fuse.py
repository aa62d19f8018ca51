"""Several features become one."""

from artgraph.stages.base import Made

__all__ = ["fuse_features"]


def fuse_features(corpus, *, on, name="fused", weights=None, components=128, whitening=0.5):
    """Join features of a corpus into one that is a feature like any other.

    What a new painting needs to be placed beside the others is kept as ``models/<name>``.

    Parameters
    ----------
    corpus : Corpus
    on : sequence of str
        Features.
    name : str
        Key of the fused feature.
    weights : sequence of float, optional
        One for each, 0 or more; default 1 for each.
    components : int
        Dimensions kept of each, at most.
    whitening : float, 0 … 1
        See ``artgraph.descriptors.fuse``.

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
    from artgraph.errors import InputError

    if name in on:
        raise InputError(f"The fused feature cannot be called '{name}' like one of its parts; name it with --fuse-name")
    weights = [1.0] * len(on) if weights is None else [float(weight) for weight in weights]
    params = {"on": list(on), "weights": weights, "components": components, "whitening": whitening}
    made_by = {"function": "artgraph.descriptors.fuse", "params": params}
    refs = [f"features/{key}" for key in on]
    # Graphs that a part was learned on stay in sight, so that a partition is never judged by what made it.
    refs += sorted({ref for key in on for ref in corpus.label("features", key)["inputs"] if ref.startswith("graphs/")})
    with corpus.lock():
        inputs = corpus.inputs(*refs)
        model = {f"models/{name}": corpus.label("models", name)["sha256"]} if corpus.has("models", name) else {}
        fresh = not corpus.up_to_date("features", name, made_by=made_by, inputs=inputs | model)
        if fresh:
            blocks = [corpus.get("features", key) for key in on]
            fitted = fit_fusion(blocks, components=components, weights=weights, whitening=whitening)
            fused = apply_fusion(blocks, fitted)
            tensors = {key: torch.from_numpy(array) for key, array in fitted.items()}
            corpus.put("models", name, {"": tensors}, made_by=made_by, inputs=inputs)
            inputs[f"models/{name}"] = corpus.label("models", name)["sha256"]
            explained = {
                key: [round(float(share), 4) for share in fitted[f"{i}.explained"]] for i, key in enumerate(on)
            }
            facts = {"n": len(fused), "dimensions": fused.shape[1], "explained": explained}
            corpus.put("features", name, {"": fused}, made_by=made_by, inputs=inputs, facts=facts)
    return Made("features", name, fresh, corpus.label("features", name)["facts"])
