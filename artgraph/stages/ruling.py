"""The decisions of a corpus, as its partitions obey them and its exports show them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from artgraph.decisions import FILE, Constraints, InForce, constraints, in_force, kappas, read
from artgraph.decisions.table import KINDS
from artgraph.errors import CorpusError

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp

    from artgraph.communities.clustering import Partition
    from artgraph.corpus import Corpus

__all__ = [
    "Ruling", "expanded", "file_of", "in_force_of", "names_of", "obeyed", "overview", "placed_by", "ruling",
    "undecided", "with_decided_artists",
]  # fmt: skip


class Ruling(NamedTuple):
    """What the clusters of one partition have to obey.

    Attributes
    ----------
    constraints
    sha256 : of the decisions that change its clusters.
    persons : how many made them.
    problems : sentences on what does not hold, and why.
    above : the highest number of a cluster that a decision names; new clusters get higher ones.
    parts : numbers of the parts of clusters that were split in an earlier run.
    """

    constraints: Constraints
    sha256: str
    persons: int
    problems: list[str]
    above: int = -1
    parts: Mapping[int, list[int]] = {}


def file_of(corpus: Corpus) -> Path:
    """Return where the decisions of a ``corpus`` lie: at its home, so that one made while it changes is not lost."""
    return corpus.home / FILE


def in_force_of(corpus: Corpus) -> InForce:
    """Return which decisions hold, of the works and clusters that a ``corpus`` has now."""
    decisions, torn = read(file_of(corpus))
    clusters = {}
    for key in {one.partition for one in decisions if one.partition}:
        if key in corpus.keys("partitions"):
            try:
                clusters[key] = set(corpus.get("partitions", key).tolist())
            except CorpusError:  # it is damaged, and says so where it is read
                continue
    found = in_force(decisions, ids=set(corpus.paintings["id"]), clusters=clusters)
    return InForce(found.spoken, found.held, torn + found.problems)


def names_of(corpus: Corpus, partition: str) -> dict[int, str]:
    """Return the names that people gave to clusters of a partition, by number; also where it was imported with names.

    Parameters
    ----------
    corpus, partition
    """
    label = corpus.sound_label("partitions", partition)
    given = {int(number): name for number, name in (label["facts"].get("names", {}) if label else {}).items()}
    return given | {number: name for (key, number), name in in_force_of(corpus).names.items() if key == partition}


def overview(corpus: Corpus) -> dict[str, Any] | None:
    """Return what there is to say about the decisions of a ``corpus`` (JSON values); None where there are none.

    ``n`` that hold, ``kinds`` (how many of each), ``persons``, ``problems`` (sentences), ``names`` (partition, cluster,
    name), ``agreement`` (of every two persons), ``artists`` (ids of works whose artist the table has otherwise).
    """
    if not file_of(corpus).exists():
        return None
    found = in_force_of(corpus)
    return {
        "n": len(found.held),
        "kinds": {kind: n for kind in KINDS if (n := sum(one.kind == kind for one in found.held))},
        "persons": len({one.who for one in found.spoken}),
        "problems": [one.text for one in found.problems],
        "names": [[*of, name] for of, name in sorted(found.names.items())],
        "agreement": kappas(found.spoken),
        "artists": _with_artists(corpus.paintings, found.artists)[1],
    }


def with_decided_artists(corpus: Corpus, table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of paintings with the artists that decisions say are right, and the ids where it had others.

    Parameters
    ----------
    corpus
    table : (n, columns), with a column id.
    """
    return _with_artists(table, in_force_of(corpus).artists)


def _with_artists(table: pd.DataFrame, right: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    rows = [row for row, id_ in enumerate(table["id"]) if id_ in right]
    has = table["artist"].astype("string") if "artist" in table else pd.Series(pd.NA, table.index, dtype="string")
    other = [row for row in rows if ("" if pd.isna(has.iloc[row]) else has.iloc[row]) != right[table["id"].iloc[row]]]
    if not other:
        return table, []
    has = has.copy()
    has.iloc[other] = [right[table["id"].iloc[row]] or pd.NA for row in other]
    if "qualifier" in table:  # it stood beside the artist that was wrong
        beside = table["qualifier"].copy()
        beside.iloc[other] = pd.NA
        table = table.assign(qualifier=beside)
    return table.assign(artist=has), table["id"].iloc[other].tolist()


def ruling(corpus: Corpus, partition: str, earlier: np.ndarray | None) -> Ruling | None:
    """Return what a partition has to obey; None where no decision changes its clusters.

    Parameters
    ----------
    corpus, partition
    earlier : (n,) int, the clusters that decisions name by number; None: such decisions do not hold.
    """
    decisions, torn = read(file_of(corpus))
    if (sha256 := in_force(decisions).sha256(partition)) is None:
        return None
    ids = corpus.paintings["id"].tolist()
    clusters = {partition: set() if earlier is None else set(earlier[earlier >= 0].tolist())}
    decisions = [one for one in decisions if one.partition in ("", partition)]
    found = in_force(decisions, ids=set(ids), clusters=clusters)
    ready, closed = constraints(found, partition, ids)
    numbers = [int(text) for one in decisions for text in (one.cluster, one.to if one.kind == "merge" else "") if text]
    label = corpus.sound_label("partitions", partition) or {"facts": {}}
    parts = label["facts"].get("decisions", {}).get("parts", {})
    return Ruling(
        ready,
        sha256,
        len({one.who for one in ready.used}),
        [one.text for one in [*torn, *found.problems, *closed]],
        max(numbers, default=-1),
        {int(cluster): numbers for cluster, numbers in parts.items()},
    )


def undecided(corpus: Corpus, partition: str) -> bool:
    """Return whether decisions that change the clusters of a partition came, or went, since it was found.

    Parameters
    ----------
    corpus, partition
    """
    label = corpus.sound_label("partitions", partition)
    params = label["made_by"]["params"] if label else {}
    if label is None or label["made_by"].get("stage") is None or not params.get("decisions", True):
        return False
    return in_force(read(file_of(corpus))[0]).sha256(partition) != params.get("decisions_sha256")


def expanded(found: Partition, node: np.ndarray) -> Partition:
    """Return a partition of nodes as one of rows: ``node`` (n,) int says in which node each row is.

    Parameters
    ----------
    found, node
    """
    from artgraph.communities.clustering import Partition

    def refit(rows: np.ndarray, seed: int) -> np.ndarray:
        nodes, at = np.unique(node[rows], return_inverse=True)
        return found.refit(nodes, seed)[at]

    runs = None if found.runs is None else found.runs[:, node]
    return Partition(found.labels[node], refit, found.facts, found.profile, runs)


def obeyed(
    corpus: Corpus,
    rule: Ruling,
    labels: np.ndarray,
    *,
    earlier: np.ndarray | None,
    adjacency: sp.sparray,
    seed: int,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Make labels obey: merges and splits, then works.

    Parameters
    ----------
    corpus, rule, seed
    labels, earlier : (n,) int, under the same numbers; ``earlier`` None: there were none.
    adjacency : (n, n), the graph whose links say where a work goes.

    Returns
    -------
    (n,) int32, dict
        The labels, and facts for the label: ``held`` (number of decisions), ``persons``, ``parts``, ``unmet`` and
        ``open`` (sentences).
    """
    from artgraph.communities.obey import regrouped, repaired

    given, parts, sentences = rule.constraints, {}, []
    if earlier is not None:
        before = int(earlier.max(initial=-1))  # numbers above are new, and none that a decision means
        labels = np.where(labels > before, labels + max(rule.above - before, 0), labels)
        regroup = {"merged": given.merged, "split": given.split, "parts": rule.parts, "above": rule.above}
        labels, parts, sentences = regrouped(adjacency, labels, earlier, **regroup, seed=seed)
    labels, unmet = repaired(adjacency, labels, **given.of_works, above=rule.above)
    return labels, _facts(corpus, rule, parts, [*sentences, *_said(corpus, unmet)])


def placed_by(
    corpus: Corpus, partition: str, placed: np.ndarray, *, stay: np.ndarray, adjacency: sp.sparray
) -> tuple[np.ndarray, dict[str, Any] | None]:
    """Make works that were placed in a partition obey; those that stay do not move until it is found again.

    Parameters
    ----------
    corpus, partition
    placed, stay : (n,) int and (n,) bool, the clusters, and which works were there before.
    adjacency : (n, n)

    Returns
    -------
    (n,) int32, dict or None
        The labels, and facts as from :func:`obeyed`, of which ``unmet`` names new works alone.
    """
    from artgraph.communities.obey import repaired

    rule = ruling(corpus, partition, placed)
    if rule is None:
        return placed, None
    labels, unmet = repaired(adjacency, placed, **rule.constraints.of_works, held=stay, above=rule.above)
    new = [one for one in unmet if not stay[list(one.rows)].all()]
    return labels, _facts(corpus, rule, {}, _said(corpus, new))


def _facts(corpus: Corpus, rule: Ruling, parts: Mapping[int, list[int]], unmet: list[str]) -> dict[str, Any]:
    return {
        "held": len(rule.constraints.used),
        "persons": rule.persons,
        "parts": {str(cluster): numbers for cluster, numbers in parts.items()},
        "unmet": unmet,
        "open": rule.problems,
    }


def _said(corpus: Corpus, unmet: list[Any]) -> list[str]:
    ids = corpus.paintings["id"].tolist()
    return [f"{', '.join(repr(ids[row]) for row in one.rows)}: {one.why}." for one in unmet]
