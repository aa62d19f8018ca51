import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.evaluation import cross_group_precision, precision_at_k

NEAR = np.array([[1, 2], [0, 3], [3, 0], [2, -1]])
STYLES = ["a", "a", "b", "b"]


def brute_force(X, reference, groups, k):
    """Mean share of hits, the long way round."""
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    shares = []
    for i in range(len(X)):
        others = [j for j in range(len(X)) if groups[j] != groups[i]]
        others.sort(key=lambda j: (-float(unit[i] @ unit[j]), j))
        if others:
            shares.append(np.mean([reference[j] == reference[i] for j in others[:k]]))
    return np.mean(shares)


def test_by_hand():
    # hits: row 0 finds 1 of {1, 2}; row 1 1 of {0, 3}; row 2 1 of {3, 0}; row 3 1 of {2}
    result = precision_at_k(NEAR, STYLES)
    assert result == {
        "precision": pytest.approx((0.5 + 0.5 + 0.5 + 1) / 4),
        "macro_precision": pytest.approx((0.5 + 0.75) / 2),
        "chance": pytest.approx(1 / 3),
        "k": 2,
        "n_queries": 4,
        "mean_neighbors": 7 / 4,
    }
    assert precision_at_k(NEAR, STYLES, k=1)["precision"] == 1.0


def test_neighbours_of_the_same_artist_are_skipped():
    result = precision_at_k(NEAR, STYLES, groups=["x", "x", "y", None])
    # row 0: {2} miss; row 1: {3} miss; row 2: {3} hit, {0} miss; row 3: {2} hit
    assert result["precision"] == pytest.approx((0 + 0 + 0.5 + 1) / 4)
    assert result["mean_neighbors"] == 5 / 4
    # usable at random: row 0 and 1: none of 2; row 2 and 3: 1 of 3
    assert result["chance"] == pytest.approx((0 + 0 + 1 / 3 + 1 / 3) / 4)
    # the first usable neighbour counts, not the first place of the list
    assert precision_at_k(NEAR, STYLES, groups=["x", "x", "y", None], k=1)["precision"] == pytest.approx(0.5)


def test_rows_without_a_reference_are_neither_query_nor_neighbour():
    result = precision_at_k(NEAR, ["a", "a", None, "b"])
    # row 0: {1} hit; row 1: {0} hit, {3} miss; row 3: nothing usable
    assert result["precision"] == pytest.approx(0.75)
    assert result["n_queries"] == 2


def test_the_query_is_never_a_hit():
    with pytest.raises(InputError, match="Row 1 is in its own"):
        precision_at_k([[1, 2], [1, 0], [0, 1]], ["a", "a", "b"])


def test_refusals():
    with pytest.raises(InputError, match="row numbers"):
        precision_at_k([[1], [2]], ["a", "b"])
    with pytest.raises(InputError, match="row numbers"):
        precision_at_k([[1], [-2]], ["a", "b"])
    with pytest.raises(InputError, match="expected whole numbers"):
        precision_at_k([[1.0], [0.0]], ["a", "b"])
    with pytest.raises(InputError, match="k is 2"):
        precision_at_k([[1], [0]], ["a", "b"], k=2)
    with pytest.raises(InputError, match="nothing to measure"):
        precision_at_k([[-1], [-1]], ["a", "b"])
    with pytest.raises(InputError, match="groups"):
        precision_at_k([[1], [0]], ["a", "b"], groups=["x"])
    with pytest.raises(InputError, match="NaN"):
        cross_group_precision([[np.nan], [1.0]], ["a", "b"], None)
    with pytest.raises(InputError, match="shape"):
        cross_group_precision(np.ones((3, 2)), ["a", "b"], None)
    with pytest.raises(InputError, match="k is 0"):
        cross_group_precision(np.ones((2, 2)), ["a", "b"], None, k=0)
    for X, reference in ((np.ones((1, 2)), ["a"]), (np.ones((0, 2)), []), (np.ones((2, 2)), [None, ""])):
        with pytest.raises(InputError, match="nothing to measure"):
            cross_group_precision(X, reference, None)
    with pytest.raises(InputError, match="nothing to measure"):
        cross_group_precision(np.ones((2, 2)), ["a", "a"], ["x", "x"])


def test_cross_group_by_hand():
    # four directions at 0, 10, 20 and 90 degrees
    angles = np.deg2rad([0, 10, 20, 90])
    X = np.column_stack([np.cos(angles), np.sin(angles)]) * [[1], [5], [0.1], [2]]
    result = cross_group_precision(X, ["a", "b", "a", "b"], ["x", "x", "y", "z"], k=1)
    # 0 skips 1 and takes 2: hit; 1 skips 0, takes 2: miss; 2 takes 1: miss; 3 takes 2: miss
    assert result["precision"] == 0.25
    assert result["mean_neighbors"] == 1.0
    # random: row 0: 1 of 2; row 1: 1 of 2; row 2: 1 of 3; row 3: 1 of 3
    assert result["chance"] == pytest.approx((1 / 2 + 1 / 2 + 1 / 3 + 1 / 3) / 4)


@pytest.mark.parametrize("k", [1, 4, 15, 500])
def test_cross_group_equals_the_long_way(k, monkeypatch):
    monkeypatch.setattr("artgraph.retrieval.BLOCK", 120 * 7)
    rng = np.random.default_rng(k)
    X = rng.normal(size=(120, 6)).astype(np.float32)
    X.flags.writeable = False
    reference, groups = rng.integers(0, 3, 120), rng.integers(0, 30, 120)
    result = cross_group_precision(X, reference, groups, k=k)
    assert result["precision"] == pytest.approx(brute_force(X, reference, groups, k))


def test_equal_similarities_are_taken_in_row_order():
    X = np.ones((5, 3))
    result = cross_group_precision(X, ["a", "b", "b", "a", "b"], None, k=2)
    # 0 takes 1, 2; 1 takes 0, 2; 2 takes 0, 1; 3 and 4 take 0, 1
    assert result["precision"] == pytest.approx((0 + 0.5 + 0.5 + 0.5 + 0.5) / 5)


def test_zero_rows_and_extreme_scales_are_defined():
    X = np.array([[0.0, 0.0], [1e-30, 0.0], [1e30, 0.0], [0.0, 1.0]])
    result = cross_group_precision(X, ["b", "a", "a", "b"], None, k=1)
    # 0 ties with all, takes 1: miss; 1 and 2 find each other; 3 ties with all, takes 0: hit
    assert result["precision"] == pytest.approx((0 + 1 + 1 + 1) / 4)


def test_perfect_and_random():
    rng = np.random.default_rng(0)
    classes = np.repeat(np.arange(4), 25)
    X = np.eye(4)[classes] + rng.normal(scale=0.01, size=(100, 4))
    assert cross_group_precision(X, classes, None)["precision"] == 1.0
    noise = cross_group_precision(rng.normal(size=(400, 8)), rng.integers(0, 4, 400), None)
    assert noise["precision"] == pytest.approx(noise["chance"], abs=0.02)
