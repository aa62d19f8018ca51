"""Which pairs of works to ask about: "are these of one manner?", where an answer tells most about a partition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph.checks import check_adjacency, check_at_least_one, check_features, check_labels, check_seed, unit_rows
from artgraph.communities.labels import one_hot
from artgraph.communities.leiden_igraph import Runner, leiden_n_clusters

__all__ = ["Question", "questions"]

FINER = 4  # groups for each cluster
RUNS = 8  # of Leiden, whose disagreement says what is uncertain
RANGE = 2.0  # their resolutions: from that of so many clusters as there are, divided by this, to that times this
MOST = 2  # questions about a work
TRIED = 8  # works of a group, at most, that a question is looked for among: beyond, they are not typical of it
AGAIN = 0.5  # what another question about the same group of works counts


class Question(NamedTuple):
    """Two works to ask about.

    Attributes
    ----------
    first, second : their rows.
    chance : share of pairs of works of the two groups that runs of the clustering put together.
    reason : why this question is asked, in plain words.
    """

    first: int
    second: int
    chance: float
    reason: str


def questions(
    adjacency: sp.sparray,
    labels: ArrayLike,
    *,
    X: ArrayLike,
    budget: int = 50,
    artists: Sequence[str | None] | None = None,
    answered: Iterable[tuple[int, int]] = (),
    seed: int = 0,
) -> list[Question]:
    """Choose the pairs of works whose comparison by a person would tell most about a partition; the most telling first.

    Every cluster is made of groups, four on average, found by Leiden at a finer resolution. A question is about two
    groups, and shows the most typical work of each, so that its answer holds for many works. How uncertain it is
    whether the groups are of one manner is told by runs of Leiden with other seeds and other resolutions: p is the
    share of pairs of their works, one of each, that the runs put together (with Jeffreys' prior, so that no question is
    without doubt). A question counts

        4 p (1 - p) · sqrt(works of the one group · works of the other)

    and half as much for every question there was about either group. As in Explore and Consolidate (Basu, Banerjee
    and Mooney 2004, doi:10.1137/1.9781611972740.31), representatives are asked about instead of works at the border;
    as in Xiong, Azimi and Fern 2014 (doi:10.1109/TKDE.2013.22), uncertainty comes from an ensemble. We differ: these
    ask about one work after the other until its neighbourhood is known, which needs every answer before the next
    question; ours can be answered in any order, some of them, or on paper.

    No work is in more than two questions (answered ones count), no question is about two works by one artist, and no
    artist is in two questions running, where artists are known.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0: what the partition was found in.
    labels : (n,) int, the partition; rows with a negative one are not asked about.
    X : (n, d) float, features or latents, which say what is typical of a group.
    budget : at most so many questions.
    artists : n names or None.
    answered : pairs of rows that need not be asked about again.
    seed : of the runs.
    """
    matrix = check_adjacency(adjacency)
    clusters = check_labels(labels, matrix.shape[0])
    check_at_least_one("budget", budget)
    groups = _groups(matrix, clusters, seed=check_seed(seed))
    together = _together(matrix, clusters, groups, seed=seed)
    asking = _Asking(_most_typical_first(check_features(X), groups), artists)
    for pair in answered:
        asking.note(pair, groups[list(pair)])
    size = np.bincount(groups[groups >= 0])
    p = (RUNS * together + 0.5) / (RUNS + 1)  # eight runs that agree leave some doubt
    worth, found = np.triu(4 * p * (1 - p) * np.sqrt(np.outer(size, size)), 1), []
    while len(found) < budget and worth.any():
        g, h = np.unravel_index((worth * np.outer(asking.fresh, asking.fresh)).argmax(), worth.shape)
        if (pair := asking.works_of(g, h)) is None:  # everything that could be asked about them has been
            worth[g, h] = 0
            continue
        asking.note(pair, (g, h))
        found.append(Question(*pair, round(float(together[g, h]), 3), _reason(clusters[list(pair)], together[g, h])))
    return _in_turn(found, artists)


def _groups(matrix: sp.csr_array, clusters: np.ndarray, *, seed: int) -> np.ndarray:
    """Return the group of every row, (n,) int, -1 where there is no cluster: no group is in two clusters."""
    here = clusters >= 0
    wanted = min(FINER * len(np.unique(clusters[here])), int(here.sum()))
    finer, _ = leiden_n_clusters(matrix, max(wanted, 1), seed=seed, tolerance=wanted // 10)
    both = np.where(here, clusters.astype(np.int64) * (finer.max(initial=0) + 2) + finer + 1, -1)
    return np.unique(both, return_inverse=True)[1] - int((~here).any())


def _together(matrix: sp.csr_array, clusters: np.ndarray, groups: np.ndarray, *, seed: int) -> np.ndarray:
    """Return the share of pairs of works, one of each group, that runs of Leiden put together, (g, g) in [0, 1]."""
    k = len(np.unique(clusters[clusters >= 0]))
    _, resolution = leiden_n_clusters(matrix, max(k, 1), seed=seed)
    run, member, total = Runner(matrix), one_hot(groups), 0.0
    for at, factor in enumerate(np.geomspace(1 / RANGE, RANGE, RUNS)):
        shares = (member.T @ one_hot(run(resolution * factor, seed=seed + at))).toarray()
        shares /= np.maximum(np.asarray(member.sum(axis=0)).ravel(), 1)[:, None]
        total = total + shares @ shares.T
    return total / RUNS


def _most_typical_first(X: np.ndarray, groups: np.ndarray) -> list[np.ndarray]:
    """Return the rows of each group, those nearest to the mean of its unit rows first."""
    unit = unit_rows(X)
    works = [np.flatnonzero(groups == group) for group in range(groups.max(initial=-1) + 1)]
    return [rows[np.argsort(-(unit[rows] @ unit[rows].mean(axis=0)), kind="stable")] for rows in works]


class _Asking:
    """What was asked so far: which works may still be asked about, and how much a group was asked about."""

    def __init__(self, works: list[np.ndarray], artists: Sequence[str | None] | None) -> None:
        self.works, self.artists = works, artists
        self.fresh = np.ones(len(works))  # what a further question about a group counts
        self.count, self.pairs = Counter(), set()

    def note(self, pair: Sequence[int], groups: Sequence[int]) -> None:
        self.count.update(map(int, pair))
        self.pairs.add(frozenset(map(int, pair)))
        for group in groups:
            if group >= 0:
                self.fresh[group] *= AGAIN

    def works_of(self, g: int, h: int) -> tuple[int, int] | None:
        """Return the most typical works of two groups that can be asked about; None where there are none."""
        left = [[int(row) for row in self.works[group] if self.count[int(row)] < MOST][:TRIED] for group in (g, h)]
        pairs = sorted(((i + j, a, b) for i, a in enumerate(left[0]) for j, b in enumerate(left[1])))
        return next(((a, b) for _, a, b in pairs if self._open(a, b)), None)

    def _open(self, a: int, b: int) -> bool:
        same = self.artists is not None and self.artists[a] is not None and self.artists[a] == self.artists[b]
        return not same and frozenset((a, b)) not in self.pairs


def _in_turn(found: list[Question], artists: Sequence[str | None] | None) -> list[Question]:
    """Return the questions in an order in which no artist comes twice running; those that cannot be are left out."""
    ordered, waiting, before = [], list(found), set()
    while waiting:
        shown = [set() if artists is None else {artists[row] for row in one[:2]} - {None} for one in waiting]
        at = next((at for at, now in enumerate(shown) if not now & before), None)
        if at is None:
            break
        before = shown[at]
        ordered.append(waiting.pop(at))
    return ordered


def _reason(clusters: np.ndarray, chance: float) -> str:
    """Say why two works are asked about, for the clusters (2,) that they are in."""
    first, second = (int(cluster) for cluster in clusters)
    if first == second:
        return (
            f"Both stand for a part of cluster {first}. Runs of the clustering put these parts together in "
            f"{chance:.0%} of the cases: the answer says whether the cluster holds together."
        )
    return (
        f"They stand for parts of clusters {first} and {second}, which runs of the clustering put together in "
        f"{chance:.0%} of the cases: the answer says whether these parts belong together or stay apart."
    )
