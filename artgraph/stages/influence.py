"""Clusters in time."""

import numpy as np

from artgraph.errors import ArtgraphError, InputError
from artgraph.stages.base import adjacency_of, make
from artgraph.stages.judging import ground_of, json_ready

__all__ = ["influence"]


def influence(corpus, *, partition="leiden", seed=0):
    """Compare the clusters of a partition in time: which precedes, which looks back to which.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    seed : int
        Of the shuffles.

    Returns
    -------
    Made
        ``reports/<partition>-influence``: facts ``clusters`` (when each was painted), ``pairs`` (see
        ``artgraph.interpret.influence``; works by id) and ``plot`` in it, and where matplotlib is installed
        ``plots/<partition>-influence.png``.

    Raises
    ------
    InputError
        The partition was not found in a graph, or no painting has a date that names a year.
    """
    graph, _ = ground_of(corpus, partition)
    if graph is None:
        raise InputError(f"Partition '{partition}' was found in features, not in a graph: it has no links to follow.")

    def compute():
        from artgraph.dates import parse_years
        from artgraph.interpret import cluster_times
        from artgraph.interpret import influence as compared

        labels, years = corpus.get("partitions", partition), parse_years(corpus.paintings["date"])
        if not np.isfinite(years).any():
            raise InputError(f"No painting of {corpus.path} has a date that names a year: there is no order in time.")
        ids = corpus.paintings["id"].to_numpy()
        pairs = compared(labels, years, adjacency_of(corpus, graph), seed=seed)
        for pair in pairs:
            pair["borrowers"] = ids[pair["borrowers"]].tolist()
            pair["sentence"] = _sentence(pair)
        follows = sum(pair["relation"] == "follows" for pair in pairs)
        summary = f"{len(pairs)} pairs of clusters are linked, {follows} of them in a clear order in time"
        times = cluster_times(labels, years)
        return {}, json_ready({"partition": partition, "clusters": times, "pairs": pairs, "summary": summary})

    made = make(
        corpus,
        "reports",
        f"{partition}-influence",
        function="artgraph.interpret.influence",
        params={"seed": seed},
        refs=[f"partitions/{partition}", f"graphs/{graph}", "paintings/date"],
        compute=compute,
    )
    _draw(corpus, partition, made)
    return made


def _sentence(pair):
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


def _draw(corpus, partition, made):
    from artgraph.plots import plot_influence

    out = corpus.path / "plots" / f"{partition}-influence.png"
    if made.fresh or not out.is_file():
        try:
            plot_influence(out, made.facts["clusters"], made.facts["pairs"], title=f"{partition}: clusters over time")
        except ArtgraphError:
            return  # without matplotlib the report is whole all the same
