"""Whether an added work fits among the corpus's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from artgraph.lineage import Lineage, Ref
from artgraph.soundness import parts_of
from artgraph.stages.base import features_of

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.stages.step import Step

__all__ = ["ALPHA", "arrivals", "chances", "graph_of_pictures", "offered", "strangers"]

ALPHA = 0.05  # share of works like the corpus's own that are taken for strangers to it


def arrivals(step: Step, ref: Ref) -> dict[str, np.ndarray] | None:
    """Return how well the works that were added fit among those that were there, in the features under a graph.

    The chance of a work is the share of the corpus's own works, left out and compared with the others, that are at
    least as far from them. Works that fit nothing themselves are no measure for others.

    Parameters
    ----------
    step
    ref : A graph.

    Returns
    -------
    dict of str to (n,) float32, or None
        ``chance``: -1 for works of the first day. None for a graph of latents: see ``graph_of_pictures``.
    """
    from artgraph.graph.novelty import conformal_p, strangeness

    lineage = Lineage(step.old)
    params = lineage.params(ref)
    if any(lineage.inputs_of(Ref("features", key), "graphs") for key in params["on"]):
        return None
    chance = np.full(len(step.new), np.nan, dtype=np.float32)
    kept, fresh = step.change.kept, step.change.fresh
    if "arrivals" in parts_of(step.old.label(*ref)):
        chance[kept >= 0] = _stored(step.old, ref)[kept[kept >= 0]]
    if len(fresh):
        blocks = [step.new.get("features", key) for key in params["on"]]
        accepted = np.flatnonzero((kept >= 0) & ~(chance < ALPHA))
        own, new = strangeness([X[accepted] for X in blocks], [X[fresh] for X in blocks], seed=params["seed"])
        if len(own):
            chance[fresh] = conformal_p(new, own)
    return {"chance": np.where(np.isnan(chance), -1, chance).astype(np.float32)}


def graph_of_pictures(corpus: Corpus, ref: Ref) -> Ref | None:
    """Return the graph under a thing (``ref``) of a corpus whose features were made from pictures; None without one."""
    lineage = Lineage(corpus)
    for one in lineage.ancestors(ref):
        if one.kind == "graphs" and "arrivals" in parts_of(corpus.label(*one)):
            return one
    return None


def chances(corpus: Corpus, ref: Ref) -> np.ndarray:
    """Return the chance of every work of a corpus, (n,) float32, under a partition (``ref``); NaN: not judged."""
    graph = graph_of_pictures(corpus, ref)
    if graph is None:
        return np.full(len(corpus), np.nan, dtype=np.float32)
    return _stored(corpus, graph)


def _stored(corpus: Corpus, graph: Ref) -> np.ndarray:
    chance = corpus.get(*graph, "arrivals")["chance"]
    return np.where(chance < 0, np.float32(np.nan), chance)


def strangers(corpus: Corpus, partition: str, ids: Sequence[str]) -> list[str]:
    """Return those works (list of str) of some that fit nothing yet.

    Parameters
    ----------
    corpus, partition
    ids : Works that were added.
    """
    strange = chances(corpus, Ref("partitions", partition)) < ALPHA
    return list(corpus.paintings["id"][strange & corpus.paintings["id"].isin(ids).to_numpy()])


def offered(corpus: Corpus, partition: str, ids: Sequence[str]) -> list[list[str]]:
    """Return groups (of ids) of three works or more that fit nothing yet and are near each other, largest first.

    Near: no farther than the corpus's own works are from their nearest neighbours, but for a twentieth of them.

    Parameters
    ----------
    corpus, partition
    ids : Works that were added.
    """
    from artgraph.graph.novelty import groups_among

    graph = graph_of_pictures(corpus, Ref("partitions", partition))
    if graph is None:
        return []
    strange = chances(corpus, Ref("partitions", partition)) < ALPHA
    rows = np.flatnonzero(strange & corpus.paintings["id"].isin(ids).to_numpy())
    if len(rows) < 3:
        return []
    params = Lineage(corpus).params(graph)
    X = features_of(corpus, params["on"], regress_out=params["regress_out"])
    nearest = corpus.get(*graph, "knn")["distances"][~strange, 0]
    radius = float(np.quantile(nearest[np.isfinite(nearest)], 1 - ALPHA))
    return [list(corpus.paintings["id"].iloc[group]) for group in groups_among(X, rows, radius=radius)]
