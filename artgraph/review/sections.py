"""What a reviewer is told of a partition: the sections of the document, from figures that were measured elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from artgraph.evaluation.report import evaluation_sections, figure_text
from artgraph.evaluation.stability import DISSOLVED, STABLE
from artgraph.review.document import Figure, Items, Section, Table

__all__ = ["Reviewed", "sections"]

HENNIG = "Hennig 2007, doi:10.1016/j.csda.2006.11.025"
PARK = "Park et al. 2024, doi:10.1371/journal.pcsy.0000009"
NEVER = (  # what no command of artgraph checks
    "Whether the catalogue's attributions and dates are right: they are taken as they stand.",
    "Whether the pictures show the works faithfully: colour, cropping and light of the reproductions were not compared "
    "with the works themselves.",
    "Whether the collection stands for anything beyond itself: works that are not in it have no say.",
    "Whether a cluster is a style in the sense of art history: it is a group of works that the descriptors find alike.",
    "Whether other descriptors, another number of neighbours, another method or resolution give the same clusters.",
)


@dataclass(frozen=True)
class Reviewed:
    """What is known of a partition that is reviewed.

    Attributes
    ----------
    name, partition, version : of the corpus, the partition, artgraph.
    n, artists, dated : works, artists with a certain work, works with a year.
    facts : of the partition: ``n_clusters``, ``unassigned``, ``modularity``.
    names : that people gave to clusters, by number.
    evaluation : facts of ``evaluate``; None where there are none.
    stability, cuts, history : facts of the clusters; None where they could not be measured.
    runs : how many subsamples there were.
    times : as ``artgraph.interpret.cluster_times`` gives them; None where dates had a say.
    methods, commands : how it was made.
    growth : sentences on works that were added, and on clusters that changed then.
    stale : (thing, reason, command).
    decisions : sentences on decisions that are not met, or do not hold; ``decided``: how many hold.
    missing : what was not measured, each with its reason.
    figures : by the names 'stability', 'cuts', 'history'.
    """

    name: str
    partition: str
    version: str
    n: int
    artists: int
    dated: int
    facts: Mapping[str, Any]
    names: Mapping[int, str]
    evaluation: Mapping[str, Any] | None
    stability: Sequence[Mapping[str, Any]] | None
    cuts: Sequence[Mapping[str, Any]] | None
    history: Sequence[Mapping[str, Any]] | None
    runs: int
    times: Sequence[Mapping[str, Any]] | None
    methods: str
    commands: Sequence[str]
    growth: Sequence[str] = ()
    stale: Sequence[tuple[str, str, str]] = ()
    decided: int = 0
    decisions: Sequence[str] = ()
    missing: Sequence[str] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)


def sections(one: Reviewed) -> list[Section]:
    """Return the sections of the document on a partition (``one``)."""
    return [
        Section("In short", [Items(_short(one))]),
        Section(
            "How the clusters were made", [one.methods, "These commands made it:", Items(one.commands, commands=True)]
        ),
        Section("How reliable each cluster is", _reliability(one)),
        Section("How well each cluster is connected", _connectedness(one)),
        *_evaluated(one),
        Section("Clusters over time", _over_time(one)),
        Section("What has changed since", _since(one)),
        Section("What was not checked", ["This report does not say:", Items([*one.missing, *NEVER])]),
    ]


def _short(one: Reviewed) -> list[str]:
    facts = one.facts
    said = [
        f"{one.n:,} works by {one.artists:,} artists, {one.dated:,} of them dated, in {_clusters(facts['n_clusters'])}"
        + (f"; {_works(facts['unassigned'])} in none." if facts.get("unassigned") else ".")
    ]
    if one.stability is not None:
        stable = [row for row in one.stability if row["jaccard"] >= STABLE]
        gone = [str(row["cluster"]) for row in one.stability if row["jaccard"] <= DISSOLVED]
        said.append(
            f"Found again in subsamples: {len(stable)} of {len(one.stability)} clusters are stable"
            + (f"; {_listed(gone)} {'is' if len(gone) == 1 else 'are'} hardly found again." if gone else ".")
        )
    if one.cuts is not None:
        weak = [str(row["cluster"]) for row in one.cuts if row["well_connected"] is False]
        said.append(
            f"Well connected: {len(one.cuts) - len(weak)} of {len(one.cuts)} clusters"
            + (
                f"; {_listed(weak)} {'falls' if len(weak) == 1 else 'fall'} in two where few links are cut."
                if weak
                else "."
            )
        )
    if one.evaluation and one.evaluation.get("scores"):
        ami, chance = one.evaluation["scores"]["ami"], one.evaluation["chance"]["ami"]
        ends = one.evaluation["interval"]["ami"]
        said.append(
            f"Agreement with '{one.evaluation['against']}': AMI {figure_text(ami)} (95 % over artists: "
            f"{figure_text(ends['low'])} to {figure_text(ends['high'])}; by chance {figure_text(chance['mean'])}, "
            f"p {figure_text(chance['p_value'])})."
        )
    if one.evaluation and one.evaluation.get("suspects"):
        suspects = {row["cluster"] for row in one.evaluation["suspects"]}
        said.append(f"Clusters that may follow something other than style: {_listed(map(str, sorted(suspects)))}.")
    if one.stale:
        said.append(f"Out of date: {_listed(thing for thing, *_ in one.stale)}.")
    if one.decisions:
        said.append(f"Decisions that are not met, or do not hold: {len(one.decisions)}.")
    return said


def _reliability(one: Reviewed) -> list[str | Table | Figure]:
    if one.stability is None:
        return ["This was not measured; the last section says why."]
    text = (
        f"The method was run again on {one.runs} random subsamples of four fifths of the works. In each, every cluster "
        "is compared with the most similar one found there: the Jaccard index is the number of works in both over the "
        f"number in either. A mean of {STABLE:g} or more counts as stable, one of {DISSOLVED:g} or less as no cluster "
        f"at all ({HENNIG}). Chance is the same for as many works drawn at random; 'dissolved' is the share of runs "
        f"with an index of {DISSOLVED:g} or less. Decisions of people and a consensus were left out of these runs. A "
        "stable cluster is found again; that does not make it meaningful."
    )
    rows = [
        [
            *_named(one, row["cluster"]), f"{row['size']}", figure_text(row["jaccard"]),
            f"{figure_text(row['low'])} to {figure_text(row['high'])}", figure_text(row["chance"]),
            figure_text(row["dissolved"]), _verdict(row["jaccard"]),
        ]
        for row in one.stability
    ]  # fmt: skip
    head = [*_head(one), "works", "Jaccard", "95 % of runs", "chance", "dissolved", ""]
    words = (*range(len(_head(one))), len(head) - 1)
    return [text, *_figure(one, "stability"), Table(head, rows, words=words)]


def _connectedness(one: Reviewed) -> list[str | Table | Figure]:
    if one.cuts is None:
        return ["This was not measured; the last section says why."]
    text = (
        "The minimum cut of a cluster is the number of links among its own works that have to be taken away for it to "
        "fall in two. A cluster of n works is called well connected where that is more than log10 n, a mild standard "
        f"that clusters of Leiden in sparse networks often miss ({PARK}). Links are counted, not weighed. In a graph "
        "of nearest neighbours every work has several links, so that a small cut shows two groups that hardly touch, "
        "or a work at the edge."
    )
    rows = [
        [
            *_named(one, row["cluster"]), f"{row['size']}", f"{row['links']}", figure_text(row["cut"]),
            figure_text(row["needed"]), {True: "yes", False: "no", None: "-"}[row["well_connected"]],
        ]
        for row in one.cuts
    ]  # fmt: skip
    head = [*_head(one), "works", "links", "minimum cut", "log10 n", "well connected"]
    return [text, *_figure(one, "cuts"), Table(head, rows, words=tuple(range(len(_head(one)))))]


def _evaluated(one: Reviewed) -> list[Section]:
    """Return the figures of ``evaluate``, as it prints them: agreement and chance, then confounds."""
    if one.evaluation is None:
        return [Section("Agreement, chance and confounds", ["This was not measured; the last section says why."])]
    parts = evaluation_sections(one.evaluation)
    counts = [f"{name}: {value}" for name, value in parts.items() if isinstance(value, int)]
    tables = {name: Table.of(frame, name) for name, frame in parts.items() if isinstance(frame, pd.DataFrame)}
    lists = {name: value for name, value in parts.items() if isinstance(value, list)}
    followed = [name for name in tables if name.startswith(("what else", "suspect"))]
    null = (
        "Chance is the same partition with its labels shuffled, so that the sizes of clusters stay; p is the share of "
        "shuffles that score at least as high. The intervals are those of 95 % of resamples of whole artists, because "
        "works by one artist are alike. Silhouette and the other figures of clusters by themselves are good by the "
        "method's own doing: p says that there is more than labels at random, not that the clusters are right."
    )
    confounds = (
        "A cluster may follow how a picture was made, and not how it was painted. Where a column explains much of the "
        "clusters, or a cluster is mostly of one value that is rare elsewhere, this has to be ruled out by looking."
    )
    agreement = [null, *([f"{'; '.join(counts)}."] if counts else [])]
    agreement += [table for name, table in tables.items() if name not in followed]
    beside = [Items(value) for name, value in lists.items() if name in ("near-duplicates", "caveats")]
    return [
        Section("Agreement and chance", agreement),
        Section("Confounds", [confounds, *(tables[name] for name in followed), *beside]),
    ]


def _over_time(one: Reviewed) -> list[str | Items | Table | Figure]:
    found: list[str | Items | Table | Figure] = []
    if one.times:
        rows = [
            [*_named(one, row["cluster"]), f"{row['size']}", f"{row['dated']}", *map(_year, _ends(row))]
            for row in one.times
        ]
        head = [*_head(one), "works", "dated", "10th percentile", "median", "90th percentile"]
        found.append("When the dated works of each cluster were painted.")
        found.append(Table(head, rows, words=tuple(range(len(_head(one))))))
    if one.history is None:
        return [*found, "Births and splits over time were not measured; the last section says why."]
    found.append(
        "Births and splits: the works up to each of these years were clustered by themselves with the same method, "
        "and clusters named after those of the works up to the next year. That a cluster is new says that from then "
        "on the collection has enough works of its kind for it to be found; the first of them may be older."
    )
    found += _figure(one, "history")
    return [*found, Items([_event(step) for step in one.history])]


def _event(step: Mapping[str, Any]) -> str:
    said = [f"cluster {name} is new" for name in step.get("born", ())]
    said += [f"cluster {name} is no longer found" for name in step.get("gone", ())]
    said += [f"cluster {one['from']} has split into {_listed(map(str, one['into']))}" for one in step.get("split", ())]
    said += [
        f"clusters {_listed(map(str, one['from']))} have joined as {one['into']}" for one in step.get("merged", ())
    ]
    start = f"Up to {step['until']}: {_works(step['works'])} in {_clusters(len(step['clusters']))}"
    return f"{start}; {'; '.join(said)}." if said else f"{start}{'' if 'born' not in step else ', the same as before'}."


def _since(one: Reviewed) -> list[str | Items]:
    found: list[str | Items] = []
    found += [Items([text[0].upper() + text[1:] for text in one.growth])] if one.growth else []
    if not one.growth:
        found.append("No works were added or removed since the clusters were found.")
    if one.stale:
        found += ["Out of date, with the command that makes it again:"]
        found.append(Items([f"{thing}: {reason}. {command}" for thing, reason, command in one.stale]))
    else:
        found.append("Nothing in the corpus is out of date.")
    if one.decisions:
        found += [f"{one.decided} decisions of people hold. Not met, or not holding:", Items(list(one.decisions))]
    elif one.decided:
        found.append(f"{one.decided} decisions of people hold, and all are met.")
    else:
        found.append("Nobody has decided anything about these clusters.")
    return found


def _figure(one: Reviewed, name: str) -> list[Figure]:
    return [one.figures[name]] if name in one.figures else []


def _head(one: Reviewed) -> list[str]:
    return ["cluster", "name"] if one.names else ["cluster"]


def _named(one: Reviewed, cluster: int) -> list[str]:
    return [str(cluster), *([one.names.get(cluster, "")] if one.names else [])]


def _verdict(jaccard: float) -> str:
    return "stable" if jaccard >= STABLE else "hardly found again" if jaccard <= DISSOLVED else "uncertain"


def _ends(row: Mapping[str, Any]) -> list[float | None]:
    return [row["early"], row["median"], row["late"]]


def _year(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _works(count: int) -> str:
    return f"{count:,} work{'' if count == 1 else 's'}"


def _clusters(count: int) -> str:
    return f"{count:,} cluster{'' if count == 1 else 's'}"


def _listed(names: Any) -> str:
    names = list(names)
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
