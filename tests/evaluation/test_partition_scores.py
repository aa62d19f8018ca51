import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from artgraph.errors import InputError
from artgraph.evaluation import bootstrap_interval, partition_scores, per_class, permutation_null
from artgraph.evaluation.contingency import (
    adjusted_mutual_information,
    adjusted_rand,
    compared,
    contingency,
    encode,
    purity,
)

LABELS = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
STYLES = list("aaabbbbccb")


def random_partitions(n=300, k=5, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, k, n), rng.integers(0, classes, n)


def test_by_hand():
    # table: cluster 0 = 3 a, 1 b; cluster 1 = 3 b; cluster 2 = 2 c, 1 b
    scores = partition_scores(LABELS, STYLES)
    assert scores["purity"] == pytest.approx((3 + 3 + 2) / 10)
    assert scores["matched_accuracy"] == pytest.approx((3 + 3 + 2) / 10)
    # pairs: together 3 + 3 + 1 = 7; in clusters 6 + 3 + 3 = 12; in classes 3 + 10 + 1 = 14; all 45
    expected = 12 * 14 / 45
    assert scores["ari"] == pytest.approx((7 - expected) / (13 - expected))
    # H(class | cluster) = 0.4 h(3/4) + 0.3 h(2/3), in nats
    given = 0.4 * -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)) + 0.3 * -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
    entropy = -sum(p * np.log(p) for p in (0.3, 0.5, 0.2))
    assert scores["homogeneity"] == pytest.approx(1 - given / entropy)
    assert (scores["n_clusters"], scores["n_reference"], scores["n"]) == (3, 3, 10)
    assert (scores["n_unlabelled"], scores["n_unassigned"]) == (0, 0)


def test_matching_is_one_to_one():
    # both clusters are mostly a: only one of them can be matched to it
    scores = partition_scores([0, 0, 0, 1, 1, 1, 1], list("aabaaac"))
    assert scores["purity"] == pytest.approx(5 / 7)
    assert scores["matched_accuracy"] == pytest.approx(4 / 7)


def test_identities():
    same = partition_scores([4, 4, 9, 9, 2], ["x", "x", "y", "y", "z"])
    names = ("ami", "ari", "nmi", "homogeneity", "completeness", "v_measure", "purity", "matched_accuracy")
    assert [same[name] for name in names] == pytest.approx([1.0] * len(names))
    one = partition_scores([0] * 10, STYLES)
    assert [one[name] for name in ("ami", "ari", "nmi", "homogeneity", "v_measure")] == pytest.approx([0] * 5)
    assert one["completeness"] == 1.0
    assert one["purity"] == 0.5
    renamed = partition_scores([{0: 8, 1: 3, 2: 5}[v] for v in LABELS], [s.upper() * 2 for s in STYLES])
    assert renamed == pytest.approx(partition_scores(LABELS, STYLES))


def test_rows_left_out_are_counted():
    labels = [0, 0, 1, 1, 1, -1, -1, 0]
    reference = ["a", "a", "b", None, float("nan"), "a", "", "  "]
    scores = partition_scores(labels, reference)
    assert (scores["n"], scores["n_unlabelled"], scores["n_unassigned"]) == (3, 4, 1)
    assert scores["ari"] == 1.0
    assert partition_scores(np.array(labels), pd.Series(reference, dtype=object)) == scores
    assert partition_scores(labels, pd.array(["a", "a", "b", None, None, "a", None, None])) == scores


@pytest.mark.parametrize("values", [[1, 2, 1], [1.0, 2.0, 1.0], [True, False, True], pd.Categorical(["p", "q", "p"])])
def test_reference_of_any_plain_type(values):
    assert partition_scores([5, 6, 5], values)["ari"] == 1.0


def test_encode():
    codes, names = encode(["b", None, "a", "b", "", np.nan, pd.NA, pd.NaT])
    assert codes.tolist() == [1, -1, 0, 1, -1, -1, -1, -1]
    assert names == ["a", "b"]
    assert encode([])[0].tolist() == []


def test_tiny():
    assert partition_scores([0], ["a"])["n"] == 1
    assert partition_scores([0, 1], ["a", "a"])["completeness"] == pytest.approx(0.0)
    assert partition_scores([0, 1, 1], ["a", "b", "b"])["ari"] == 1.0
    for labels, reference in (([], []), ([0], [None]), ([-1, -1], ["a", "b"])):
        with pytest.raises(InputError, match="nothing to compare"):
            partition_scores(labels, reference)
    with pytest.raises(InputError, match="rows"):
        partition_scores([0, 1], ["a"])
    with pytest.raises(InputError, match="whole numbers"):
        partition_scores([0.0, 1.0], ["a", "b"])
    with pytest.raises(InputError, match="lists"):
        partition_scores([0, 1], [["a"], ["b"]])


@pytest.mark.parametrize("seed", range(5))
def test_table_scores_equal_scikit_learn(seed):
    labels, classes = random_partitions(60, 2 + seed, 3, seed)
    table = contingency(labels, classes)
    assert adjusted_rand(table) == pytest.approx(metrics.adjusted_rand_score(classes, labels))
    assert adjusted_mutual_information(table) == pytest.approx(metrics.adjusted_mutual_info_score(classes, labels))
    assert purity(table) == partition_scores(labels, classes)["purity"]


@pytest.mark.parametrize(("a", "b"), [([0], [0]), ([0, 0, 0], [0, 1, 2]), ([0, 1, 2], [0, 1, 2]), ([0, 0], [0, 0])])
def test_table_scores_equal_scikit_learn_at_the_edges(a, b):
    table = contingency(np.array(a), np.array(b))
    assert adjusted_rand(table) == pytest.approx(metrics.adjusted_rand_score(b, a))
    assert adjusted_mutual_information(table) == pytest.approx(metrics.adjusted_mutual_info_score(b, a))


def test_weighted_table_counts_rows_as_often_as_their_weight():
    clusters, classes, _, _ = compared(LABELS, STYLES)
    weights = np.arange(10)
    repeated = contingency(np.repeat(clusters, weights), np.repeat(classes, weights))
    assert np.array_equal(contingency(clusters, classes, weights=weights), repeated)


def test_null_of_the_same_partition_and_of_a_random_one():
    _, classes = random_partitions()
    null = permutation_null(classes, classes, n_permutations=99)
    assert null["ami"]["observed"] == pytest.approx(1.0)
    assert {null[name]["p_value"] for name in null} == {0.01}
    assert abs(null["ami"]["mean"]) < 0.01
    assert abs(null["ari"]["mean"]) < 0.01
    assert 0.25 < null["purity"]["mean"] < null["purity"]["p95"] < 0.5
    p_values = [permutation_null(*random_partitions(seed=s), n_permutations=39)["ami"]["p_value"] for s in range(20)]
    assert min(p_values) >= 1 / 40
    assert 0.25 < np.mean(p_values) < 0.75


def test_null_where_every_shuffle_scores_the_same():
    null = permutation_null([0, 0, 0], ["a", "b", "c"], n_permutations=10)
    assert {null[name]["p_value"] for name in null} == {1.0}


def test_null_observed_equals_the_scores_and_the_seed_decides():
    labels, classes = random_partitions()
    null = permutation_null(labels, classes, n_permutations=20, seed=3)
    scores = partition_scores(labels, classes)
    for name in ("ami", "ari", "purity"):
        assert null[name]["observed"] == pytest.approx(scores[name])
    assert null == permutation_null(labels, classes, n_permutations=20, seed=3)
    assert null != permutation_null(labels, classes, n_permutations=20, seed=4)


def test_bootstrap_holds_the_estimate_and_grows_with_groups():
    rng = np.random.default_rng(0)
    artists = np.repeat(np.arange(40), 10)
    classes = artists % 4
    # whole artists are misplaced, so the groups carry the uncertainty
    labels = np.where(np.isin(artists, rng.choice(40, 10, replace=False)), 3 - classes, classes)
    single = bootstrap_interval(labels, classes, seed=1)
    grouped = bootstrap_interval(labels, classes, groups=artists, seed=1)
    assert single["n_groups"] == 400
    assert grouped["n_groups"] == 40
    for name in ("ami", "ari", "purity"):
        assert single[name]["low"] <= single[name]["estimate"] <= single[name]["high"]
        assert grouped[name]["low"] <= grouped[name]["estimate"] <= grouped[name]["high"]
        widths = [r[name]["high"] - r[name]["low"] for r in (single, grouped)]
        assert widths[1] > 1.5 * widths[0]
    narrow = bootstrap_interval(labels, classes, groups=artists, seed=1, level=0.5)
    assert narrow["ami"]["high"] - narrow["ami"]["low"] < grouped["ami"]["high"] - grouped["ami"]["low"]


def test_rows_without_a_group_are_groups_of_their_own():
    groups = ["x", "x", None, "", float("nan"), "y", "y", "y", "x", None]
    assert bootstrap_interval(LABELS, STYLES, groups=groups, n_bootstrap=5)["n_groups"] == 6


def test_one_group_has_no_width():
    result = bootstrap_interval(LABELS, STYLES, groups=["x"] * 10, n_bootstrap=5)
    assert result["ari"]["low"] == result["ari"]["high"] == pytest.approx(result["ari"]["estimate"])


def test_refusals():
    with pytest.raises(InputError, match="n_permutations"):
        permutation_null(LABELS, STYLES, n_permutations=0)
    with pytest.raises(InputError, match="n_bootstrap"):
        bootstrap_interval(LABELS, STYLES, n_bootstrap=0)
    with pytest.raises(InputError, match="level"):
        bootstrap_interval(LABELS, STYLES, level=1.0)
    with pytest.raises(InputError, match="groups"):
        bootstrap_interval(LABELS, STYLES, groups=["x"])
    with pytest.raises(InputError, match="seed"):
        permutation_null(LABELS, STYLES, seed=-1)


def test_per_class_by_hand():
    frame = per_class([*LABELS, -1, 0], [*STYLES, "a", None])
    assert frame.to_dict("records") == [
        {
            "reference": "b",
            "size": 5,
            "cluster": 1,
            "overlap": 3,
            "recall": 0.6,
            "precision": 1.0,
            "f1": pytest.approx(0.75),
        },
        {
            "reference": "a",
            "size": 3,
            "cluster": 0,
            "overlap": 3,
            "recall": 1.0,
            "precision": 0.75,
            "f1": pytest.approx(6 / 7),
        },
        {
            "reference": "c",
            "size": 2,
            "cluster": 2,
            "overlap": 2,
            "recall": 1.0,
            "precision": pytest.approx(2 / 3),
            "f1": pytest.approx(0.8),
        },
    ]


def test_per_class_keeps_the_callers_cluster_numbers():
    frame = per_class([7, 7, 3, 3], ["a", "a", "b", "b"])
    assert frame["cluster"].tolist() == [7, 3]
    assert frame["f1"].tolist() == [1.0, 1.0]
