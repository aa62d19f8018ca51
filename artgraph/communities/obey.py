"""Partitions that obey pairs: rows that must be together are one node to Leiden, rows that must not are parted after.

Must-links are contracted before clustering; what Leiden does not know, such as cannot-links and rows whose cluster is
given, is repaired in its result, deterministically. After Wagstaff et al., "Constrained k-means clustering with
background knowledge", ICML 2001, with one difference: a row that fits no allowed cluster founds its own.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from artgraph.checks import check_adjacency, check_labels
from artgraph.communities.labels import one_hot, relabel_by_size
from artgraph.communities.leiden_igraph import leiden, leiden_n_clusters
from artgraph.errors import InputError

__all__ = ["Unmet", "contracted", "joined", "obey", "regrouped", "repaired"]

Pairs = Sequence[tuple[int, int]] | np.ndarray


class Unmet(NamedTuple):
    """Something that a partition does not obey.

    Attributes
    ----------
    rows : the rows that it is about.
    why : the end of a sentence that begins with their names.
    """

    rows: tuple[int, ...]
    why: str


def obey(
    adjacency: sp.sparray,
    *,
    must: Pairs = (),
    cannot: Pairs = (),
    fixed: ArrayLike | None = None,
    forbidden: Pairs = (),
    resolution: float = 1.0,
    n_clusters: int | None = None,
    seed: int = 0,
) -> tuple[np.ndarray, list[Unmet]]:
    """Find communities by Leiden that obey pairs of rows.

    Returns labels, (n,) int32, 0 the largest cluster, -1 for rows without links of which nothing is said, and what
    could not be met: nothing, where the pairs do not contradict each other. Then must-links hold, and others do not.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    must, cannot : (m, 2) int, pairs of rows that are in one cluster, or are not.
    fixed : (n,) int; rows with one number are together, with different numbers apart; negative: free.
    forbidden : (m, 2) int, a row and a number of ``fixed`` with whose rows it is not in one cluster.
    resolution, n_clusters, seed : as for :func:`~artgraph.communities.leiden`; with ``n_clusters`` as for
        :func:`~artgraph.communities.leiden_n_clusters`; the repair may found more.

    Examples
    --------
    >>> triangle = sp.coo_array(np.ones((3, 3)) - np.eye(3))
    >>> two = sp.block_diag([triangle, triangle], format="csr")
    >>> obey(two, must=[(0, 3)], cannot=[(4, 5)])[0].tolist()
    [0, 0, 0, 0, 1, 0]
    """
    matrix = check_adjacency(adjacency)
    n = matrix.shape[0]
    must, cannot, forbidden = (_pairs(one) for one in (must, cannot, forbidden))
    if fixed is not None:
        codes = check_labels(fixed, n)
        numbers, firsts = np.unique(codes, return_index=True)
        first = {int(code): int(row) for code, row in zip(numbers, firsts, strict=True) if code >= 0}
        if strange := sorted({int(code) for _, code in forbidden} - set(first)):
            raise InputError(f"forbidden names {strange[0]}, and no row is fixed to it.")
        rows = list(first.values())
        must = np.vstack([must, *([(first[int(c)], row)] for row, c in enumerate(codes) if c >= 0)])
        apart = [(a, b) for at, a in enumerate(rows) for b in rows[at + 1 :]]
        cannot = np.vstack([cannot, _pairs(apart), _pairs([(row, first[int(code)]) for row, code in forbidden])])
    elif len(forbidden):
        raise InputError("forbidden names numbers of fixed, which is not given.")
    node = joined(n, must)
    small = contracted(matrix, node)
    if n_clusters is None:
        found = leiden(small, resolution=resolution, seed=seed)
    else:
        found = leiden_n_clusters(small, n_clusters, seed=seed)[0]
    labels, unmet = repaired(matrix, found[node], must=must, cannot=cannot)
    for code in numbers[numbers >= 0].tolist() if fixed is not None else ():
        if labels[first[code]] < 0:  # without a link, and yet a cluster
            labels[codes == code] = labels.max(initial=-1) + 1
    return relabel_by_size(labels), unmet


def joined(n: int, must: Pairs) -> np.ndarray:
    """Number the nodes that must-links make of ``n`` rows: (n,) int, one number for rows that are together.

    Parameters
    ----------
    n, must
    """
    pairs = _pairs(must)
    if pairs.size and (pairs.min() < 0 or pairs.max() >= n):
        raise InputError(f"A pair names row {pairs.max() if pairs.max() >= n else pairs.min()}; there are {n}.")
    links = sp.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(links, directed=False)[1]


def contracted(adjacency: sp.sparray, node: np.ndarray) -> sp.csr_array:
    """Return the graph in which the rows of one node are one, (k, k) CSR: weights between two nodes are added up.

    Links within a node are left out: they cannot be cut, and would only make the node heavier to the null model.

    Parameters
    ----------
    adjacency, node : (n, n) and (n,) int.
    """
    member = one_hot(node)
    small = sp.csr_array(member.T @ sp.csr_array(adjacency) @ member)
    small.setdiag(0)
    small.eliminate_zeros()
    small.sort_indices()
    return small


def repaired(
    adjacency: sp.sparray,
    labels: ArrayLike,
    *,
    must: Pairs = (),
    cannot: Pairs = (),
    fixed: ArrayLike | None = None,
    forbidden: Pairs = (),
    held: ArrayLike | None = None,
    above: int = -1,
) -> tuple[np.ndarray, list[Unmet]]:
    """Move as few rows as pairs, and clusters that are given, ask for.

    Rows that must be together go where most of their links are. Of two that must not, the one with less weight of
    links into the cluster goes, with all that is tied to it, to the allowed cluster with most weight of its links, or
    founds one. No move breaks a pair that held, so one pass over the pairs is enough. Returns (n,) int32 and what could
    not be met.

    Parameters
    ----------
    adjacency, labels : (n, n) and (n,) int, -1 for none.
    must, cannot : as for :func:`obey`.
    fixed : (n,) int, the cluster of a row, by its number in ``labels``; negative: free.
    forbidden : (m, 2) int, row and number of a cluster that it is not in.
    held : (n,) bool, rows that stay where they are.
    above : Numbers of new clusters are above this one.
    """
    matrix = check_adjacency(adjacency)
    n = matrix.shape[0]
    found = check_labels(labels, n).astype(np.int64)
    fixed = np.full(n, -1) if fixed is None else check_labels(fixed, n)
    held = np.zeros(n, dtype=bool) if held is None else np.asarray(held, dtype=bool)
    unit = joined(n, must)
    order = np.argsort(unit, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(unit))[:-1]) if n else []
    partners: dict[int, set[int]] = {}
    cannot, barred, unmet = _pairs(cannot), {}, []
    for a, b in unit[cannot]:
        if a != b:
            partners.setdefault(int(a), set()).add(int(b))
            partners.setdefault(int(b), set()).add(int(a))
    for row, cluster in _pairs(forbidden):
        barred.setdefault(int(unit[row]), set()).add(int(cluster))
    fresh = max(int(found.max(initial=-1)), int(fixed.max(initial=-1)), above) + 1
    pinned: dict[int, int] = {}

    def pull(one: int) -> np.ndarray:
        """Return the weight of a unit's links into each cluster, without those to itself."""
        part = matrix[members[one]]
        outside = (unit[part.indices] != one) & (found[part.indices] >= 0)
        return np.bincount(found[part.indices[outside]], part.data[outside], fresh)

    def move(one: int) -> None:
        nonlocal fresh
        weight = pull(one)
        taken = {int(found[members[other][0]]) for other in partners.get(one, ())} | barred.get(one, set())
        weight[[cluster for cluster in taken if 0 <= cluster < fresh]] = 0
        found[members[one]] = int(weight.argmax()) if weight.any() else fresh
        fresh += not weight.any()

    for one in np.unique(unit[(fixed >= 0) | held | (np.bincount(unit, minlength=1)[unit] > 1)]).tolist():
        rows = members[one]
        given = np.unique(fixed[rows][fixed[rows] >= 0]).tolist()
        stay = np.unique(found[rows][held[rows]]).tolist()
        if len(given) > 1:
            why = f"must be together, and are said to belong to clusters {', '.join(map(str, given))}"
            unmet.append(Unmet(tuple(rows[fixed[rows] >= 0].tolist()), why))
        elif len(stay) > 1:
            unmet.append(Unmet(tuple(rows.tolist()), "must be together, and stay where they are until clustered anew"))
            pinned[one] = stay[0]
            continue  # a new row of them stays where it was put
        if stay or len(given) == 1:
            pinned[one] = stay[0] if stay else given[0]
            if stay and given and stay != given:
                unmet.append(Unmet(tuple(rows.tolist()), f"not in cluster {given[0]} until clustered anew"))
            found[rows] = pinned[one]
        elif len(rows) > 1:
            own = np.bincount(found[rows][found[rows] >= 0], minlength=fresh)
            weight = pull(one)
            best = np.lexsort((np.arange(fresh), -weight, -own))[0] if own.any() or weight.any() else fresh
            found[rows] = best
            fresh += int(best == fresh)
    for one in sorted(barred):
        at = int(found[members[one][0]])
        if at in barred[one]:
            if one in pinned:
                unmet.append(Unmet(tuple(members[one].tolist()), f"still in cluster {at}, where it is not to be"))
            else:
                move(one)
    for (a, b), (first, second) in zip(unit[cannot].tolist(), cannot.tolist(), strict=True):
        if found[first] != found[second] or found[first] < 0:
            continue
        if a == b or (a in pinned and b in pinned):
            why = (
                "must be together by other pairs, and apart" if a == b else "must be apart, and are held in one cluster"
            )
            unmet.append(Unmet((first, second), why))
            continue
        free = [one for one in (a, b) if one not in pinned]
        at = int(found[first])
        move(min(free, key=lambda one: (pull(one)[at], -members[one][0])))
    return found.astype(np.int32), unmet


def regrouped(
    adjacency: sp.sparray,
    labels: ArrayLike,
    earlier: ArrayLike,
    *,
    merged: Sequence[Sequence[int]] = (),
    split: Mapping[int, int] | None = None,
    parts: Mapping[int, Sequence[int]] | None = None,
    above: int = -1,
    seed: int = 0,
) -> tuple[np.ndarray, dict[int, list[int]], list[str]]:
    """Merge and split clusters by the numbers that they had in an earlier partition.

    A cluster is taken for the earlier one that most of its rows were in. Clusters of one merged group become its first
    number. A cluster that is split is cut by Leiden (the largest part keeps the number); where it was cut before, the
    rows stay in the parts that they were in, and new ones join the part that they are linked to most.

    Parameters
    ----------
    adjacency : (n, n)
    labels, earlier : (n,) int, under the same numbers (:func:`~artgraph.communities.keep_names`); -1: none.
    merged : groups of numbers.
    split : number of a cluster to how many parts.
    parts : number of a cluster that was split before to the numbers of its parts, as this function returned them.
    above : Numbers of new clusters are above this one.
    seed

    Returns
    -------
    (n,) int32, dict, list of str
        The labels; ``parts`` for next time; sentences on what could not be met.
    """
    matrix = check_adjacency(adjacency)
    found, before = check_labels(labels, matrix.shape[0]).copy(), check_labels(earlier, matrix.shape[0])
    fresh = max(int(found.max(initial=-1)), int(before.max(initial=-1)), above) + 1
    split, cut, unmet = split or {}, {}, []
    known = {c: list(map(int, p)) for c, p in (parts or {}).items() if c in split and np.isin(p, before).all()}
    was = {}
    for cluster in np.unique(found[found >= 0]).tolist():
        rows = before[(found == cluster) & (before >= 0)]
        was[cluster] = int(np.bincount(rows).argmax()) if rows.size else -1
    # a number of a group that now names something else would draw that into the group
    for group in [*merged, *known.values()]:
        for number in [one for one in group if one in was and was[one] not in group]:
            found[found == number] = fresh
            was[fresh], fresh = was.pop(number), fresh + 1
    for group in merged:
        own = [cluster for cluster, origin in was.items() if origin in group]
        if not own:
            unmet.append(f"Clusters {' and '.join(map(str, group))} were to be one, and none of them is left.")
        found[np.isin(found, own)] = group[0]
    for cluster, count in split.items():
        if cluster in known:
            numbers = known[cluster]
            rows = np.isin(found, [one for one, origin in was.items() if origin in numbers])
            found[rows] = np.where(np.isin(before[rows], numbers), before[rows], -1)
            new = np.flatnonzero(rows & (found < 0))
            weight = (matrix[new] @ one_hot(np.where(np.isin(found, numbers), found, -1))).toarray()
            linked = weight.any(axis=1) if weight.size else np.zeros(len(new), dtype=bool)
            found[new[linked]] = weight[linked].argmax(axis=1)
            found[new[~linked]] = numbers[0]
            cut[cluster] = numbers
            continue
        rows = np.flatnonzero(found == cluster)
        inside = matrix[rows][:, rows]
        pieces = (
            leiden_n_clusters(inside, min(count, len(rows)), seed=seed)[0] if len(rows) > 1 else np.zeros(len(rows))
        )
        pieces = np.clip(pieces, 0, count - 1).astype(np.int64)  # the smallest beyond the number are one; so unlinked
        n_parts = int(pieces.max(initial=-1)) + 1
        if n_parts < count:
            unmet.append(f"Cluster {cluster} was to be {count} clusters; its links make {n_parts} of it.")
        if n_parts > 1:
            cut[cluster] = [cluster, *range(fresh, fresh + n_parts - 1)]
            found[rows] = np.array(cut[cluster])[pieces]
            fresh += n_parts - 1
    return found.astype(np.int32), cut, unmet


def _pairs(pairs: Pairs) -> np.ndarray:
    array = np.asarray(pairs, dtype=np.int64)
    if array.size and (array.ndim != 2 or array.shape[1] != 2):
        raise InputError(f"Pairs have shape {array.shape}; expected (m, 2).")
    return array.reshape(-1, 2)
