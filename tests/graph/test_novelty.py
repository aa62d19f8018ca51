"""Which new works fit nothing, at a rate of false alarms that is known."""

import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.graph import knn, novelty
from artgraph.graph.novelty import conformal_p, distance_scores, groups_among


@pytest.mark.parametrize(
    ("n_neighbors", "expected"),
    [(1, [1, 2, np.inf]), (3, [2, 2, np.inf]), (5, [2.5, 2, np.inf]), (50, [2.5, 2, np.inf])],
)
def test_scores_by_hand(n_neighbors, expected):
    gap = np.inf
    distances = np.array([[1, 2, 3, 4, gap], [2, gap, gap, gap, gap], [gap] * 5], dtype=np.float32)
    assert distance_scores(distances, n_neighbors=n_neighbors).tolist() == expected


def test_neighbours_that_do_not_count_are_passed_over():
    assert distance_scores([[np.inf, 1, np.inf, 3, 9]], n_neighbors=2).tolist() == [2]


def test_scores_of_nothing_and_of_no_table():
    assert distance_scores(np.zeros((0, 3))).shape == (0,)
    assert distance_scores(np.zeros((2, 0))).tolist() == [np.inf, np.inf]
    with pytest.raises(InputError, match="shape"):
        distance_scores([1.0, 2.0])
    with pytest.raises(InputError, match="n_neighbors is 0"):
        distance_scores([[1.0]], n_neighbors=0)


def test_p_values_by_hand():
    # own scores: one of four is at least 4, two are at least 3 (a tie counts), infinity is beyond all
    assert conformal_p([4, 3, 0, np.inf], [1, 2, 3, 4]).tolist() == [2 / 5, 3 / 5, 1, 1 / 5]
    assert conformal_p([np.inf], [np.inf, 1]).tolist() == [2 / 3]
    assert conformal_p([1.0, 2.0], []).tolist() == [1, 1]  # without own works nothing is known
    assert conformal_p([], [1.0]).shape == (0,)
    with pytest.raises(InputError, match="NaN"):
        conformal_p([np.nan], [1.0])


def test_false_alarms_are_as_rare_as_stated_and_strange_works_are_found():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1400, 6)) + 6 * rng.normal(size=(8, 6))[rng.integers(8, size=1400)]
    strange = 6 * rng.normal(size=(1, 6)) + 6 * rng.normal(size=(50, 6))
    near = knn(np.concatenate([X[:1000], strange]), n_neighbors=10, metric="euclidean").distances
    alike = [np.linalg.norm(X[:1000] - x, axis=1) for x in X[1000:]]
    own = distance_scores(near[:1000])
    alarms = conformal_p(distance_scores(np.sort(alike, axis=1)), own) <= 0.05
    assert 0.02 < alarms.mean() < 0.08
    assert (conformal_p(distance_scores(near[1000:]), own) <= 0.05).mean() > 0.6


def test_groups_by_hand():
    turns = np.radians([0, 5, 10, 90, 92, 94, 96, 180, 182, 270])  # a chain of 3, one of 4, a pair, one alone
    X = np.column_stack([np.cos(turns), np.sin(turns)]) * np.arange(1, 11)[:, None]
    found = groups_among(X, range(10), radius=1 - np.cos(np.radians(6)))
    assert [group.tolist() for group in found] == [[3, 4, 5, 6], [0, 1, 2]]
    assert [group.tolist() for group in groups_among(X, [0, 2, 3, 4, 5], radius=0.005)] == [[3, 4, 5]]
    assert [group.tolist() for group in groups_among(X, [5, 3, 4, 0, 2, 1], radius=0.01)] == [[0, 1, 2], [3, 4, 5]]
    assert groups_among(X, [], radius=0.1) == []
    assert groups_among(np.zeros((5, 2)), range(5), radius=3) == []


def test_pieces_change_nothing(monkeypatch):
    X = np.random.default_rng(0).normal(size=(60, 3))
    whole = groups_among(X, range(60), radius=0.03)
    assert len(whole) > 2
    monkeypatch.setattr(novelty, "PIECE", 100)
    again = groups_among(X, range(60), radius=0.03)
    assert [group.tolist() for group in again] == [group.tolist() for group in whole]


def test_rows_and_radius_that_do_not_fit():
    with pytest.raises(InputError, match="expected 0 to 2"):
        groups_among(np.eye(3), [0, 3], radius=0.1)
    with pytest.raises(InputError, match="radius is 0"):
        groups_among(np.eye(3), [0, 1], radius=0)
