"""Added works are given clusters; those that were there keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.lineage import Lineage, Ref
from artgraph.soundness import parts_of
from artgraph.stages.base import adjacency_of, features_of
from artgraph.stages.fitting import ALPHA, chances
from artgraph.stages.ruling import placed_by

if TYPE_CHECKING:
    import scipy.sparse as sp

    from artgraph.corpus import Corpus
    from artgraph.stages.step import Step

__all__ = ["placed_partition"]


def placed_partition(step: Step, ref: Ref, params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parts of a partition for the works there are now, and figures.

    Works that stay keep their cluster, or none. An added work goes to the cluster that it is linked to most (Leiden's
    local moving with the others held), or, in a partition of features, to the nearest one; where it fits nothing yet
    it has no cluster.

    Parameters
    ----------
    step
    ref, params : The partition, and its settings.
    """
    from artgraph.communities import modularity, place
    from artgraph.communities.membership import ROLES, Membership, feature_membership, graph_membership
    from artgraph.communities.placing import place_by_features, placed_membership

    old, kept = step.old.get(*ref), step.change.kept
    stay = kept >= 0
    labels = np.full(len(step.new), -1, dtype=np.int32)
    labels[stay] = old[kept[stay]]
    lineage, graph = Lineage(step.old), params["graph"]
    adjacency = adjacency_of(step.new, graph)
    on = [one.key for one in lineage.inputs_of(ref, "features")]
    if on:
        removed = lineage.basis(ref.key).regress_out
        X = features_of(step.new, on, regress_out=removed)
        placed = place_by_features(X, labels)
    else:
        facts = step.old.label(*ref)["facts"]
        resolution = facts.get("resolution") or 1.0
        quality = params["quality"] if params["quality"] in ("modularity", "cpm") else "modularity"
        placed = place(
            _linked(step.new, params, adjacency), labels, resolution=resolution, quality=quality, seed=params["seed"]
        )
    placed[stay] = labels[stay]  # a work without a cluster keeps having none
    outside = chances(step.new, Ref("graphs", graph)) < ALPHA  # the partition is not there yet
    placed[~stay & outside] = -1
    ruled = None
    if params.get("decisions", True):
        placed, ruled = placed_by(step.new, ref.key, placed, stay=stay, adjacency=adjacency)
    facts = {
        "n_clusters": len(set(placed[placed >= 0].tolist())),
        "unassigned": int((placed < 0).sum()),
        "modularity": round(float(modularity(adjacency, placed)), 4),
    }
    if ruled is not None:
        before = step.old.label(*ref)["facts"].get("decisions", {})
        facts["decisions"] = ruled | {"parts": before.get("parts", {})}  # clusters are not cut again
    parts = {"": placed}
    if "membership" in parts_of(step.old.label(*ref)):
        fitted = step.old.label(*ref)["facts"]["membership"]
        if on:
            before = feature_membership(features_of(step.old, on, regress_out=removed), old)
            raw = feature_membership(X, np.where(stay, placed, -1))
        else:
            before = graph_membership(adjacency_of(step.old, graph), old)
            raw = graph_membership(adjacency, placed)
        soft = placed_membership(
            raw,
            placed,
            earlier=Membership(**step.old.get(*ref, "membership")),
            earlier_raw=before,
            earlier_labels=old,
            origin=kept,
            power=fitted.get("power", 1.0),
            mixture=fitted.get("mixture", 0.0),
        )
        parts["membership"] = soft._asdict()
        roles = dict(zip(ROLES, np.bincount(soft.role, minlength=len(ROLES)).tolist(), strict=True))
        facts["membership"] = fitted | {"roles": roles}
    return parts, facts


def _linked(corpus: Corpus, params: Mapping[str, Any], adjacency: sp.csr_matrix) -> sp.csr_matrix:
    """Return the links that a partition was found in: of its graph, or the sum of its layers, each of weight 1."""
    if not params.get("graphs"):
        return adjacency
    from artgraph.stages.communities import layer, layer_of

    total = None
    for text in params["graphs"]:
        key, weight = layer(text)
        matrix = layer_of(corpus, params["graph"], key)
        scaled = matrix * (weight / max(float(matrix.sum()), 1e-12))
        total = scaled if total is None else total + scaled
    return total.tocsr()
