"""What all stages share."""

import time
from pathlib import Path
from typing import NamedTuple

__all__ = ["Made", "adjacency_of", "draw_facts", "features_of", "make"]


class Made(NamedTuple):
    """What a stage made, or found made already.

    Attributes
    ----------
    kind, key : str
        Where it stands in the corpus; for files outside it, the kind and the path.
    fresh : bool
        False where it was up to date.
    facts : dict
        Figures from its label.
    """

    kind: str
    key: str
    fresh: bool
    facts: dict


def make(corpus, kind, key, *, function, params, refs, compute):
    """Make one thing, unless it is up to date.

    Parameters
    ----------
    corpus : Corpus
    kind, key : str
    function : str
        The public function that does the work, for the label.
    params : dict
        Everything that the result depends on besides the inputs.
    refs : sequence of str
        The inputs, as ``Corpus.inputs`` takes them.
    compute : callable() -> (parts, facts)

    Returns
    -------
    Made
    """
    made_by = {"function": function, "params": params}
    fresh = not corpus.up_to_date(kind, key, made_by=made_by, inputs=corpus.inputs(*refs))
    if fresh:
        with corpus.lock():
            inputs, started = corpus.inputs(*refs), time.perf_counter()
            parts, facts = compute()
            seconds = time.perf_counter() - started
            corpus.put(kind, key, parts, made_by=made_by, inputs=inputs, facts=facts, seconds=seconds)
    return Made(kind, key, fresh, corpus.label(kind, key)["facts"])


def draw_facts(corpus, kind, key, *, plot, out=None):
    """Draw what the label of a thing says.

    Parameters
    ----------
    corpus : Corpus
    kind, key : str
    plot : callable(out, facts)
    out : str or Path, optional
        Default: ``plots/<key>.png`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the plot; the facts are those of the thing.
    """
    facts = corpus.label(kind, key)["facts"]
    out = Path(out) if out else corpus.path / "plots" / f"{key}.png"
    plot(out, facts)
    return Made("plot", str(out), True, facts)


def features_of(corpus, on):
    """Return the features of a corpus under the keys ``on``, fused with equal say: (n, d) float32."""
    from artgraph.descriptors import fuse

    blocks, whitening = [corpus.get("features", key) for key in on], {}
    if len(on) == 1:
        label = corpus.label("features", on[0])
        if label["made_by"]["function"] == "artgraph.descriptors.fuse":
            return blocks[0]  # with the say that each part was given
        if any(ref.startswith("graphs/") for ref in label["inputs"]):
            whitening = {"whitening": 0}  # latents have learned their spreads
    return fuse(blocks, **whitening)


def adjacency_of(corpus, graph):
    """Return a graph of a corpus as the next stage uses it: style edges, plus artist links at their strength."""
    from artgraph.graph import merge_layers

    adjacency, params = corpus.get("graphs", graph), corpus.label("graphs", graph)["made_by"]["params"]
    if params.get("artist_edges"):
        return merge_layers(adjacency, corpus.get("graphs", graph, "artists"), strength=params["artist_strength"])
    return adjacency
