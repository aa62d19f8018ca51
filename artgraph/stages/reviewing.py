"""What is measured for a review: stability, minimum cuts, births and splits over time."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.formats import json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import ClusterSettings, ReviewSettings
from artgraph.stages.base import Made, adjacency_of, catalogue_of, columns, features_under, make
from artgraph.stages.communities import layer, layer_of

if TYPE_CHECKING:
    from artgraph.communities.membership import Refit
    from artgraph.corpus import Corpus

__all__ = ["measure_review"]


def measure_review(corpus: Corpus, *, partition: str = "leiden", **settings: Any) -> Made:
    """Measure how far the clusters of a partition hold.

    Parameters
    ----------
    corpus, partition
    **settings : Fields of ``artgraph.settings.ReviewSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-review``: facts ``stability``, ``cuts``, ``history`` (see ``artgraph.evaluation``:
        ``cluster_stability``, ``cluster_cuts``, ``clusters_over_time``), each None where it cannot be measured;
        ``missing`` says why.
    """
    chosen, lineage, ref = ReviewSettings.of(settings), Lineage(corpus), Ref("partitions", partition)
    lineage.inputs([ref])
    basis = lineage.basis(partition)
    inputs = [ref, *([Ref("graphs", basis.graph)] if basis.graph else [])]
    inputs += [*(Ref("features", key) for key in basis.features), *columns("date")]

    def compute() -> tuple[dict, dict]:
        from artgraph import evaluation as ev
        from artgraph.communities.membership import subsample_runs

        labels, years = corpus.get(*ref), catalogue_of(corpus).years
        refit, why = _refit(corpus, partition, seed=chosen.seed)
        found: dict[str, Any] = {"partition": partition, "stability": None, "cuts": None, "history": None}
        missing = []
        if refit is None:
            missing.append(f"Whether clusters are found again in subsamples: {why}.")
        else:
            runs = subsample_runs(len(labels), refit, n_runs=chosen.runs, seed=chosen.seed)
            found["stability"] = ev.cluster_stability(labels, runs, seed=chosen.seed)
        if basis.graph is None:
            missing.append("How well clusters are connected: they were found in features, and there is no graph.")
        else:
            found["cuts"] = ev.cluster_cuts(adjacency_of(corpus, basis.graph), labels)
        if untimely := _untimely(corpus, partition, years, why):
            missing.append(f"Births and splits over time: {untimely}.")
        else:
            cuts = ev.cut_years(np.where(labels >= 0, years, np.nan))
            found["history"] = ev.clusters_over_time(labels, years, refit, cuts=cuts, seed=chosen.seed)
        summary = f"{len(set(labels[labels >= 0].tolist()))} clusters reviewed"
        return {}, json_ready(found | {"missing": missing, "summary": summary})

    report = Ref("reports", f"{partition}-review")
    return make(corpus, "review", report, params=chosen.params(), inputs=inputs, compute=compute)


def _untimely(corpus: Corpus, partition: str, years: np.ndarray, why: str) -> str:
    """Return why a partition cannot be followed through time; empty where it can."""
    if "date" in Lineage(corpus).columns_used(Ref("partitions", partition)):
        return "dates had a say in the clusters"
    known = np.unique(np.floor(years[np.isfinite(years)]))
    if len(known) < 2:
        return "no two works are dated to different years"
    return why


def _refit(corpus: Corpus, partition: str, *, seed: int) -> tuple[Refit | None, str]:
    """Return how the partition is found in a part of the works, or None and why not."""
    from artgraph.communities import METHODS, cluster

    lineage, ref = Lineage(corpus), Ref("partitions", partition)
    if lineage.stage(ref) != "communities":
        return None, "the partition joins clusters of another one, or was made elsewhere"
    params, facts = lineage.params(ref), corpus.label(*ref)["facts"]
    chosen = ClusterSettings.of({one.name: params[one.name] for one in fields(ClusterSettings) if one.name in params})
    if chosen.fixed:
        return None, f"the column '{chosen.fixed}' fixes the clusters of works"
    about: dict[str, Any] = {"seed": seed}
    layers = dict(layer(text) for text in chosen.graphs or ())
    if METHODS[chosen.method].takes == "features":
        data: Any = features_under(corpus, partition)
    elif layers:
        data, about["layer_weights"] = [layer_of(corpus, chosen.graph, key) for key in layers], list(layers.values())
    else:
        data = adjacency_of(corpus, chosen.graph)
    if chosen.method == "leiden":
        if facts.get("resolution") is None:
            return None, "no clusters were found"
        about |= {"resolution": facts["resolution"], "quality": chosen.quality, "max_size": chosen.max_size}
    elif METHODS[chosen.method].number != "own":
        about["n_clusters"] = chosen.n_clusters or facts["n_clusters"]
    return cluster(data, chosen.method, **about).refit, ""
