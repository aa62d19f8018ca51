"""Which new works fit nothing, at a rate of false alarms that is known."""

import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.graph import novelty
from artgraph.graph.novelty import conformal_p, groups_among, strangeness


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
    centres = 6 * rng.normal(size=(8, 12))
    X = rng.normal(size=(1400, 12)) + centres[rng.integers(8, size=1400)]
    X[:, 6:] *= 0.01  # the corpus hardly varies here; what is strange does
    strange = X[:50].copy()
    strange[:, 6:] *= 8
    noise = rng.normal(size=(1400, 4))  # a second block, in which nothing is strange
    own, new = strangeness([X[:1000], noise[:1000]], [X[1000:], noise[1000:]])
    alarms = conformal_p(new, own) <= 0.05
    assert 0.02 < alarms.mean() < 0.08
    _, found = strangeness([X[:1000], noise[:1000]], [strange, noise[1000:1050]])
    assert (conformal_p(found, own) <= 0.05).mean() > 0.6


def test_new_works_do_not_vouch_for_each_other():
    rng = np.random.default_rng(1)
    own, together = rng.normal(size=(200, 5)), np.full((20, 5), 9.0) + 0.01 * rng.normal(size=(20, 5))
    scores, new = strangeness([own], [together])
    assert (conformal_p(new, scores) <= 0.05).all()


def test_of_too_few_works_nothing_is_said():
    own, new = strangeness([np.eye(39)], [np.eye(39)[:2]])
    assert own.shape == (0,)
    assert np.isnan(new).all()


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
