"""What of the decisions holds: later ones win for one person, persons are counted, contradictions hold in no part.

1. A decision that its own author took back is gone. Of one person's decisions about one thing the last one counts (by
   ``when``, then by the order in the file).
2. Where persons disagree about one thing, what more than half of those who decided it say holds; else nothing does, and
   the thing is open. "unsure" is no vote.
3. Where decisions that are left contradict each other (A and B are the same, B and C too, A and C are not; a work in
   two clusters; a cluster that is merged and split), none of those that close the shortest chain holds.

All of this is listed, none of it is dropped in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from artgraph.decisions.table import PARTS, Decision, Problem, said, time_of

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Constraints", "InForce", "constraints", "in_force"]

PAIRS = ("same", "different")
SHAPING = (*PAIRS, "belongs", "not-here", "merge", "split")  # the others change no cluster
Node = tuple[str, str]


@dataclass(frozen=True)
class InForce:
    """What holds of a table of decisions.

    Attributes
    ----------
    spoken : each person's decisions, as far as that person holds them.
    held : those of ``spoken`` that hold, before contradictions within a partition (``constraints``).
    problems : in the order of the rules above.
    """

    spoken: list[Decision] = field(default_factory=list)
    held: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def names(self) -> dict[tuple[str, int], str]:
        """The names of clusters, by partition and number."""
        return {(one.partition, int(one.cluster)): one.to for one in self.held if one.kind == "name" and one.to}

    @property
    def artists(self) -> dict[str, str]:
        """The right artist (perhaps '') of works whose artist in the table is wrong, by id."""
        return {one.work: one.to for one in self.held if one.kind == "wrong-artist"}

    def shaping(self, partition: str) -> list[Decision]:
        """Return those that hold and change the clusters of a ``partition``: names and artists change none."""
        return [one for one in self.held if one.kind in SHAPING and one.partition in ("", partition)]

    def sha256(self, partition: str) -> str | None:
        """Return a hash of those that change the clusters of a ``partition``; None where none does."""
        said = sorted({one._replace(key="", when="", who="", why="") for one in self.shaping(partition)})
        return sha256(repr([tuple(one) for one in said]).encode()).hexdigest() if said else None


class Constraints(NamedTuple):
    """What the clusters of one partition have to obey; rows are numbers of paintings.

    Attributes
    ----------
    must, cannot : (m, 2) int, pairs of rows in one cluster, or not in one.
    fixed : (n,) int, the cluster of a row, -1 where nobody fixed it.
    forbidden : (m, 2) int, row and a cluster that it is not in.
    merged : groups of clusters that are one; the first number of each stays.
    split : cluster to number of parts.
    used : the decisions behind all this.
    """

    must: np.ndarray
    cannot: np.ndarray
    fixed: np.ndarray
    forbidden: np.ndarray
    merged: tuple[tuple[int, ...], ...] = ()
    split: Mapping[int, int] = {}
    used: tuple[Decision, ...] = ()

    @property
    def of_works(self) -> dict[str, np.ndarray]:
        """Those about works, by name: what is asked of a partition once its clusters are merged and split."""
        return {"must": self.must, "cannot": self.cannot, "fixed": self.fixed, "forbidden": self.forbidden}


def in_force(
    decisions: Iterable[Decision],
    *,
    ids: Collection[str] | None = None,
    clusters: Mapping[str, Collection[int]] | None = None,
) -> InForce:
    """Find out which decisions hold.

    Parameters
    ----------
    decisions : as ``read`` returns them.
    ids : of the paintings there are; decisions about others are listed, and do not hold. None: not looked at.
    clusters : the numbers of the clusters of each partition there is; None: not looked at.
    """
    order = sorted(enumerate(decisions), key=lambda item: (time_of(item[1]), item[0]))
    kept, problems = _not_withdrawn([one for _, one in order])
    spoken, strange = _last_words(kept), []
    merged = [one for one in spoken if one.kind == "merge"]
    known = []
    for one in spoken:
        text = _unknown(one, ids, clusters, merged)
        known += [] if text else [one]
        strange += [Problem((one.key,), "unknown", f"{said(one)}: {text}")] if text else []
    held, open_ = _majority(known)
    return InForce(known, held, [*problems, *strange, *open_])


def constraints(found: InForce, partition: str, ids: Sequence[str]) -> tuple[Constraints, list[Problem]]:
    """Turn what holds into pairs of rows and numbers of clusters, for one partition.

    Parameters
    ----------
    found : as :func:`in_force` returns it; its decisions are about paintings of ``ids``.
    partition : key.
    ids : of the paintings, in the order of their rows.

    Returns
    -------
    Constraints, list of Problem
        The problems are contradictions: what closes one holds in no part.
    """
    shaping, problems = found.shaping(partition), []
    splits = [one for one in shaping if one.kind == "split"]
    for split in splits:
        both = [m for m in shaping if m.kind == "merge" and int(split.cluster) in (int(m.cluster), int(m.to))]
        if both:
            problems.append(_contradiction([split, *both]))
    gone = {key for problem in problems for key in problem.keys}
    shaping = [one for one in shaping if one.key not in gone]
    merged = _groups([(int(one.cluster), int(one.to)) for one in shaping if one.kind == "merge"])
    first = {number: group[0] for group in merged for number in group}
    shaping, closed = _consistent(shaping, first)
    row = {id_: at for at, id_ in enumerate(ids)}
    of = {kind: [one for one in shaping if one.kind == kind] for kind in SHAPING}
    fixed = np.full(len(ids), -1, dtype=np.int64)
    for one in of["belongs"]:
        fixed[row[one.work]] = first.get(int(one.cluster), int(one.cluster))
    pairs = {kind: _array((row[one.work], row[one.other]) for one in of[kind]) for kind in PAIRS}
    forbidden = _array((row[one.work], first.get(int(one.cluster), int(one.cluster))) for one in of["not-here"])
    split = {int(one.cluster): int(one.to or PARTS) for one in of["split"]}
    ready = Constraints(pairs["same"], pairs["different"], fixed, forbidden, merged, split, tuple(shaping))
    return ready, problems + closed


def _array(pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    return np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)


def _not_withdrawn(order: list[Decision]) -> tuple[list[Decision], list[Problem]]:
    at, gone, problems = {one.key: place for place, one in enumerate(order)}, set(), []
    for place in range(len(order) - 1, -1, -1):  # the last first: what takes back may be taken back itself
        one = order[place]
        if one.kind != "withdraw" or one.key in gone:
            continue
        target = order[at[one.to]] if one.to in at else None
        if target is None:
            problems.append(Problem((one.key,), "unknown", f"{said(one)}: there is no decision with that key."))
        elif target.who != one.who:
            text = f"{said(one)}: only {target.who or 'its author'}, whose decision it is, can take it back."
            problems.append(Problem((one.key, one.to), "unsound", text))
        elif target.kind == "withdraw" and at[one.to] >= place:  # else two could take each other back
            problems.append(Problem((one.key, one.to), "unsound", f"{said(one)}: that one is later."))
        else:
            gone.add(one.to)
    return [one for one in order if one.key not in gone and one.kind != "withdraw"], problems[::-1]


def _subject(one: Decision) -> tuple:
    """Return what a decision is about; of one person's about one thing the last counts."""
    if one.kind in (*PAIRS, "unsure"):
        return "pair", frozenset((one.work, one.other))
    if one.kind == "belongs":
        return "belongs", one.partition, one.work
    if one.kind == "not-here":
        return "not-here", one.partition, one.work, int(one.cluster)
    if one.kind == "merge":
        return "merge", one.partition, frozenset((int(one.cluster), int(one.to)))
    if one.kind == "wrong-artist":
        return "artist", one.work
    return one.kind, one.partition, int(one.cluster)


def _last_words(order: list[Decision]) -> list[Decision]:
    """Return what each person says at last, in order."""
    last: dict[tuple, Decision] = {}
    for one in order:
        last.pop((one.who, _subject(one)), None)
        if one.kind == "belongs":
            last.pop((one.who, ("not-here", one.partition, one.work, int(one.cluster))), None)
        if one.kind == "not-here":
            placed = (one.who, ("belongs", one.partition, one.work))
            if placed in last and int(last[placed].cluster) == int(one.cluster):
                del last[placed]
        last[one.who, _subject(one)] = one
    return list(last.values())


def _unknown(
    one: Decision,
    ids: Collection[str] | None,
    clusters: Mapping[str, Collection[int]] | None,
    merged: list[Decision],
) -> str | None:
    for work in filter(None, (one.work, one.other)):
        if ids is not None and work not in ids:
            return f"there is no work '{work}'."
    if clusters is None or not one.partition:
        return None
    if one.partition not in clusters:
        return f"there is no partition '{one.partition}'."
    there = clusters[one.partition]
    meant = {int(one.cluster), *([int(one.to)] if one.kind == "merge" else [])}
    if one.kind in ("belongs", "not-here", "merge"):  # a cluster that was merged is gone, and goes on in another
        pairs = [(int(m.cluster), int(m.to)) for m in merged if m.partition == one.partition]
        meant |= {number for group in _groups(pairs) if meant & set(group) for number in group}
    if not meant & set(there):
        return f"there is no cluster {one.cluster} in '{one.partition}' any more."
    return None


def _majority(spoken: list[Decision]) -> tuple[list[Decision], list[Problem]]:
    """Keep what more than half of those say who decided a thing; list every disagreement."""
    votes: dict[tuple, list[Decision]] = {}
    for one in spoken:
        if one.kind != "unsure":
            votes.setdefault(_subject(one), []).append(one)
    held, problems, dropped = [], [], set()
    for said_of in votes.values():
        value = Counter(_value(one) for one in said_of)
        winner, most = value.most_common(1)[0]
        if len(value) == 1:
            continue
        wins = 2 * most > len(said_of)
        dropped |= {one.key for one in said_of if not wins or _value(one) != winner}
        what = f"held is what {most} of {len(said_of)} say" if wins else "it is open, and nothing of it holds"
        text = f"Persons disagree: {'; '.join(map(said, said_of))}: {what}."
        problems.append(Problem(tuple(one.key for one in said_of), "disagreement", text))
    again = set()
    for one in spoken:
        if one.kind != "unsure" and one.key not in dropped and (_subject(one), _value(one)) not in again:
            again.add((_subject(one), _value(one)))  # two persons who agree are one decision
            held.append(one)
    return held, problems


def _value(one: Decision) -> str:
    if one.kind == "belongs":
        return str(int(one.cluster))
    if one.kind == "split":
        return str(int(one.to or PARTS))
    return one.to if one.kind in ("name", "wrong-artist") else one.kind


def _groups(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Join pairs of clusters to groups; the first number of each is what the last of them was merged into."""
    groups: list[list[int]] = []
    for cluster, to in pairs:
        touched = [group for group in groups if cluster in group or to in group]
        numbers = dict.fromkeys([to, *(number for group in touched for number in group), cluster])
        groups = [group for group in groups if group not in touched] + [list(numbers)]
    return tuple(map(tuple, groups))


def _consistent(shaping: list[Decision], first: Mapping[int, int]) -> tuple[list[Decision], list[Problem]]:
    """Take out decisions until no chain of "together" is closed by an "apart"."""
    import networkx as nx

    problems = []
    while True:
        links = nx.Graph()
        for one in shaping:
            if one.kind in ("same", "belongs") and not links.has_edge(*_ends(one, first)):
                links.add_edge(*_ends(one, first), by=one)
        apart = [(*_ends(one, first), [one]) for one in shaping if one.kind in ("different", "not-here")]
        numbers = sorted((node for node in links if node[0] == "cluster"), key=lambda node: int(node[1]))
        apart += [(a, b, []) for at, a in enumerate(numbers) for b in numbers[at + 1 :]]
        component = {node: number for number, nodes in enumerate(nx.connected_components(links)) for node in nodes}
        closed = [
            _contradiction([*_path(links, a, b), *against])
            for a, b, against in apart
            if a in component and component[a] == component.get(b)
        ]
        if not closed:
            return shaping, problems
        problems += closed
        gone = {key for problem in closed for key in problem.keys}
        shaping = [one for one in shaping if one.key not in gone]


def _ends(one: Decision, first: Mapping[int, int]) -> tuple[Node, Node]:
    if one.other:
        return ("work", one.work), ("work", one.other)
    return ("work", one.work), ("cluster", str(first.get(int(one.cluster), int(one.cluster))))


def _path(links: nx.Graph, start: Node, end: Node) -> list[Decision]:
    """Return the decisions on the shortest chain between two nodes that are linked."""
    from networkx import single_source_shortest_path

    return [links.edges[pair]["by"] for pair in pairwise(single_source_shortest_path(links, start)[end])]


def _contradiction(decisions: list[Decision]) -> Problem:
    words = "; ".join(map(said, decisions))
    return Problem(
        tuple(one.key for one in decisions), "contradiction", f"These do not go together, so none holds: {words}."
    )
