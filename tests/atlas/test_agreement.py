import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from artgraph.atlas.agreement import agreement, changes_over_time
from artgraph.atlas.shares import similarity_shares
from artgraph.errors import InputError


def test_agreement_is_that_of_sklearn_over_what_both_place():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 4, 200), rng.integers(0, 5, 200)
    b[:120] = a[:120]
    column = [None if i < 20 else "xyz"[v % 3] for i, v in enumerate(b)]
    found = agreement({"a": a, "b": b, "column:style": column})
    assert [(f["a"], f["b"], f["n"]) for f in found] == [
        ("a", "b", 200),
        ("a", "column:style", 180),
        ("b", "column:style", 180),
    ]
    assert found[0]["ami"] == pytest.approx(adjusted_mutual_info_score(a, b), abs=1e-4)
    assert found[0]["ari"] == pytest.approx(adjusted_rand_score(a, b), abs=1e-4)
    assert found[1]["ami"] == pytest.approx(adjusted_mutual_info_score(a[20:], column[20:]), abs=1e-4)


def test_agreement_leaves_out_what_cannot_be_compared():
    assert agreement({"a": [0, 1], "empty": [None, None]}) == []
    assert agreement({"a": [-1, -1], "b": [0, 1]}) == []
    assert agreement({"a": [0, 1]}) == []


def test_an_artist_who_changes_and_one_who_does_not():
    labels = [0] * 10 + [1] * 10 + [0, 1] * 10
    artists = ["Moves"] * 20 + ["Stays"] * 20
    years = list(range(1900, 1920)) + list(range(1900, 1920))
    moves, stays = changes_over_time(labels, artists, years)
    assert (moves["name"], moves["works"], moves["change"]) == ("Moves", 20, 1.0)
    assert moves["p"] < 0.001
    assert (stays["name"], stays["change"]) == ("Stays", 0.0)
    assert stays["p"] == 1.0
    assert 0 < moves["chance"] < 0.5


def test_few_works_undated_works_and_works_without_cluster_do_not_count():
    years = [np.nan] + [1900 + i for i in range(8)]
    assert changes_over_time([0] * 9, ["Ann"] * 9, years)[0]["works"] == 8
    assert changes_over_time([0] * 7, ["Ann"] * 7, years[1:8]) == []
    assert changes_over_time([-1] + [0] * 8, ["Ann"] * 9, [1899, *years[1:]])[0]["works"] == 8
    assert changes_over_time([0] * 8, [None] * 8, years[1:]) == []


def test_random_artists_change_no_more_than_chance():
    rng = np.random.default_rng(3)
    labels, artists = rng.integers(0, 5, 2000), [f"a{i // 20}" for i in range(2000)]
    found = changes_over_time(labels, artists, rng.integers(1800, 1900, 2000).tolist())
    assert len(found) == 100
    assert sum(f["p"] <= 0.05 for f in found) <= 2
    assert changes_over_time(labels, artists, [1900] * 2000) == changes_over_time(labels, artists, [1900] * 2000)


def test_shares_add_up_and_follow_the_descriptor_that_sees_the_likeness():
    rng = np.random.default_rng(0)
    color, texture = rng.normal(size=(50, 6)), rng.normal(size=(50, 4))
    color[1], texture[1] = color[0], -texture[0]
    color[3], texture[3] = color[2], texture[2]
    indices = np.full((50, 2), -1)
    indices[0, 0], indices[2, 0] = 1, 3
    share = similarity_shares([color, texture], indices)
    assert share.dtype == np.uint8
    assert share[0, 0].tolist() == [100, 0]
    assert share[2, 0].tolist() == [50, 50]
    assert share[:, 1].max() == 0  # no neighbour, no reason


def test_shares_of_flat_features_and_other_lengths():
    assert similarity_shares([np.ones((3, 2)), np.eye(3)], np.array([[1], [2], [0]])).max() == 0
    with pytest.raises(InputError, match="2 rows of neighbours"):
        similarity_shares([np.eye(3)], np.zeros((2, 1), int))
