"""Clusters in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import InputError
from artgraph.formats import json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import InfluenceSettings
from artgraph.stages.base import Made, adjacency_of, catalogue_of, columns, drawing, make
from artgraph.stages.dates import refuse_dates

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["influence"]


def influence(corpus: Corpus, *, partition: str = "leiden", **settings: Any) -> Made:
    """Compare the clusters of a partition in time: which precedes, which looks back to which.

    Parameters
    ----------
    corpus, partition
    **settings : Fields of ``artgraph.settings.InfluenceSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-influence``: facts ``clusters`` (when each was painted) and ``pairs`` (see
        ``artgraph.interpret.influence``; works by id). ``plots/<partition>-influence.png`` is drawn beside it.

    Raises
    ------
    CircularError
        Dates had a say in the partition.
    InputError
        The partition was not found in a graph, or no painting has a date that names a year.
    """
    chosen = InfluenceSettings.of(settings)
    refuse_dates(corpus, partition, "an order in time")
    graph = Lineage(corpus).basis(partition).graph
    if graph is None:
        raise InputError(f"Partition '{partition}' was found in features, not in a graph: it has no links to follow.")

    def compute() -> tuple[dict, dict]:
        from artgraph.interpret import cluster_times
        from artgraph.interpret import influence as compared

        labels, years = corpus.get("partitions", partition), catalogue_of(corpus).years
        if not np.isfinite(years).any():
            raise InputError(f"No painting of {corpus.path} has a date that names a year: there is no order in time.")
        ids = corpus.paintings["id"].to_numpy()
        pairs = compared(labels, years, adjacency_of(corpus, graph), seed=chosen.seed)
        for pair in pairs:
            pair["borrowers"] = ids[pair["borrowers"]].tolist()
            pair["sentence"] = _sentence(pair)
        follows = sum(pair["relation"] == "follows" for pair in pairs)
        summary = f"{len(pairs)} pairs of clusters are linked, {follows} of them in a clear order in time"
        times = cluster_times(labels, years)
        return {}, json_ready({"partition": partition, "clusters": times, "pairs": pairs, "summary": summary})

    made = make(
        corpus,
        "influence",
        Ref("reports", f"{partition}-influence"),
        params=chosen.params(),
        inputs=[Ref("partitions", partition), Ref("graphs", graph), *columns("date")],
        compute=compute,
    )
    _draw(corpus, partition, made)
    return made


def _sentence(pair: dict[str, Any]) -> str:
    a, b = pair["earlier"], pair["later"]
    if pair["relation"] == "beside":
        return f"Clusters {a} and {b} are linked, without a clear order in time."
    sure = ""
    if pair["p_links"] <= 0.05:
        nearer = pair["earlier_in_links"] < pair["earlier_by_dates"]
        sure = (
            f"; links run between works {'nearer' if nearer else 'further apart'} in time than their dates would give"
        )
    count = abs(round(pair["years"]))
    years = f"{count} year{'' if count == 1 else 's'} {'later' if pair['years'] >= 0 else 'earlier'}"
    between = "of the same years" if count == 0 else years
    return f"Cluster {b} comes after cluster {a}; where they are linked, its works are {between} (median){sure}."


def _draw(corpus: Corpus, partition: str, made: Made) -> None:
    from artgraph.plots import plot_influence

    out = drawing(corpus, None, f"{partition}-influence")
    if made.fresh or not out.is_file():
        plot_influence(out, made.facts["clusters"], made.facts["pairs"], title=f"{partition}: clusters over time")
