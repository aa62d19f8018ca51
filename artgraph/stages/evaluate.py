"""A partition is evaluated: against a column, by itself, and by what it should not follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgraph.formats import json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import EvaluateSettings
from artgraph.stages.base import Made, adjacency_of, catalogue_of, columns, features_under, make, picture_refs
from artgraph.stages.preflight import check_measured

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus

__all__ = ["evaluate"]


def evaluate(corpus: Corpus, *, partition: str = "leiden", **settings: Any) -> Made:
    """Evaluate a partition, and the features under it.

    Where no painting has a value in the reference column, only what needs none is measured.

    Parameters
    ----------
    corpus, partition
    **settings
        Fields of ``artgraph.settings.EvaluateSettings``. ``against`` is a column of the table; such labels are for
        evaluation only, no stage before this one reads them.

    Returns
    -------
    Made
        Its facts hold ``scores``, ``chance`` (permutation null), ``interval`` (95 %, bootstrap over artists) and
        ``per_class``, where there is a reference; ``internal``, ``retrieval``, ``duplicates``, ``confounds``,
        ``suspects`` and ``caveats``. Of works without pictures there are no ``duplicates``, and no confounds but
        columns.

    Raises
    ------
    CircularError
        The column made links in the graph, taught a model, or fixed works.
    """
    from artgraph import evaluation as ev
    from artgraph.evaluation.leakage import check_not_circular

    chosen, lineage, ref = EvaluateSettings.of(settings), Lineage(corpus), Ref("partitions", partition)
    against, seed = chosen.against, chosen.seed
    basis, used = lineage.basis(partition), lineage.columns_used(ref)
    check_not_circular(against, used)
    check_measured(corpus, chosen.confounds, option="--confound")
    lineage.inputs(columns(against, *chosen.confounds))  # unknown ones are refused before anything is measured
    catalogue = catalogue_of(corpus, measured=True)
    decided = corpus.label(*ref)["facts"].get("decisions")
    decisions = decided["held"] if decided else 0
    inputs = [ref, *([Ref("graphs", basis.graph)] if basis.graph else []), *picture_refs(corpus)]
    inputs += [*(Ref("features", key) for key in basis.features), *columns("artist", against, *chosen.confounds)]
    inputs += columns(*(name for name in ("split",) if name in corpus.paintings))

    def compute() -> tuple[dict, dict]:
        labels, artists = corpus.get("partitions", partition), catalogue.artists
        column = corpus.paintings[against]
        reference = column.astype(object).where(column.notna(), None).to_numpy()
        compared = bool(((labels >= 0) & column.notna().to_numpy()).any())
        X = features_under(corpus, partition)
        facts = {"partition": partition, "against": against, "caveats": []}
        facts |= {"decisions": decided} if decided else {}
        if compared:
            facts |= _agreement(labels, reference, artists, against=against, used=used, seed=seed, decisions=decisions)
        else:
            facts["caveats"] = [f"No painting in a cluster has a {against}: only what needs no reference is measured."]
        adjacency = adjacency_of(corpus, basis.graph) if basis.graph else None
        facts["internal"] = ev.internal_scores(labels, X, adjacency, groups=artists, seed=seed)
        facts["retrieval"] = _retrieval(X, reference, artists, chosen, used=used)
        if corpus.has_pictures:
            facts["duplicates"] = _duplicates(corpus, labels, against)
        confounds = catalogue.confounds(also=[name for name in chosen.confounds if name != against])
        beside = {against: list(reference)} if compared else {}
        facts["confounds"] = ev.confound_table(labels, beside | confounds, seed=seed)
        facts["suspects"] = ev.suspect_clusters(labels, confounds)
        facts["caveats"] += ev.confound_caveats(facts["confounds"], facts["suspects"], against=against)
        return {}, json_ready(facts)

    report = Ref("reports", partition)
    return make(corpus, "evaluate", report, params=chosen.params(), inputs=inputs, compute=compute)


def _agreement(
    labels: np.ndarray,
    reference: np.ndarray,
    artists: list[str | None],
    *,
    against: str,
    used: list[str],
    seed: int,
    decisions: int,
) -> dict[str, Any]:
    from artgraph import evaluation as ev

    scores = ev.partition_scores(labels, reference)
    sure = ev.per_class_uncertainty(labels, reference, groups=artists, seed=seed)
    return {
        "scores": scores,
        "chance": ev.permutation_null(labels, reference, seed=seed),
        "interval": ev.bootstrap_interval(labels, reference, groups=artists, seed=seed),
        "per_class": ev.per_class(labels, reference).merge(sure, on="reference"),
        "caveats": ev.caveats(against, used, scores=scores, decisions=decisions),
    }


def _retrieval(
    X: np.ndarray, reference: np.ndarray, artists: list[str | None], chosen: EvaluateSettings, *, used: list[str]
) -> dict[str, Any]:
    """Return retrieval scores of each kind of query; a kind that no painting can be a query of is left out."""
    from artgraph import evaluation as ev
    from artgraph.errors import InputError

    against = chosen.against
    queries = {against: (reference, False), f"{against}, works of other artists": (reference, True)}
    if against == "artist":
        queries = {}
    if "artist" not in used:
        queries["artist"] = (artists, False)
    found = {}
    for query, (values, other) in queries.items():
        try:
            found[query] = ev.retrieval_scores(
                X, values, artists, other_groups=other, ks=(1, chosen.n_neighbors), seed=chosen.seed
            )
        except InputError:  # no painting of such a query has a relevant other one
            continue
    return found


def _duplicates(corpus: Corpus, labels: np.ndarray, against: str) -> dict[str, Any]:
    from artgraph import evaluation as ev

    table = corpus.paintings
    pairs = ev.near_duplicates(list(table["image_dhash"]), corpus.get("features", "thumbnails", "tiny"))
    compared = {"cluster": labels.tolist(), against: list(table[against])}
    if "split" in table:
        compared["split"] = list(table["split"])
    ids = table["id"].to_numpy()
    return {**ev.separated_duplicates(pairs, compared), "works": ids[pairs[:50]].tolist()}
