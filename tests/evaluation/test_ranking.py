import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from artgraph.errors import InputError
from artgraph.evaluation.retrieval import cross_group_precision, query_scores, retrieval_scores


def test_by_hand():
    relevant = np.array([[True, False, True, False], [False, True, False, False], [False] * 4])
    scores = query_scores(relevant, ks=(1, 3))
    by_hand = {
        "P@1": [1, 0, np.nan],
        "P@3": [2 / 3, 1 / 3, np.nan],
        "R@3": [1, 1, np.nan],
        "hit@1": [1, 0, np.nan],
        "mAP": [(1 + 2 / 3) / 2, 1 / 2, np.nan],
        "MRR": [1, 1 / 2, np.nan],
        "CSD mAP@3": [(1 + 1 / 2 + 2 / 3) / 3, (0 + 1 / 2 + 1 / 3) / 3, 0],
        "CSD MRR@3": [1, 1 / 2, np.nan],
        "CSD Recall@3": [1, 1, 0],
    }
    for name, values in by_hand.items():
        np.testing.assert_allclose(scores[name], values, err_msg=name)


def test_the_published_case_tells_csd_from_the_textbook():
    # one query that hits at places 1 and 3, one that never hits: 0.3067 against 0.4167, and 1 against 0.5
    scores = query_scores([[True, False, True, False, False], [False] * 5], ks=(5,))
    assert scores["CSD mAP@5"].mean() == pytest.approx(0.3067, abs=1e-4)
    assert np.nansum(scores["mAP"]) / 2 == pytest.approx(0.4167, abs=1e-4)
    assert np.nanmean(scores["CSD MRR@5"]) == 1.0
    assert np.nansum(scores["MRR"]) / 2 == 0.5


def test_fewer_answers_than_k():
    scores = query_scores([[True, False]], ks=(4,))
    assert scores["P@4"].tolist() == [0.25]
    assert scores["CSD mAP@4"][0] == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert np.isnan(query_scores(np.zeros((1, 0), dtype=bool), ks=(2,))["mAP"]).all()


def test_average_precision_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    relevant = rng.random((20, 30)) < 0.3
    expected = [average_precision_score(row, -np.arange(30)) for row in relevant]
    np.testing.assert_allclose(query_scores(relevant)["mAP"], expected)


def case(n=80, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6)).astype(np.float32) + 2 * np.eye(4, 6)[np.arange(n) % 4]
    X.flags.writeable = False
    return X, [f"style {i % 4}" for i in range(n)], [f"hand {i % 20}" for i in range(n)]


def test_agrees_with_the_precision_over_neighbours():
    X, styles, hands = case()
    answer = retrieval_scores(X, styles, hands, other_groups=True, ks=(1, 5), n_permutations=9, n_bootstrap=20)
    expected = cross_group_precision(X, styles, hands, k=5)
    assert answer["figures"]["P@5"]["value"] == pytest.approx(expected["precision"])
    assert answer["figures"]["P@5"]["chance"] == pytest.approx(expected["chance"], abs=0.05)
    assert answer["n_queries"] == 80
    for figure in answer["figures"].values():
        assert figure["p_value"] == 0.1
        assert figure["low"] <= figure["value"] <= figure["high"]


def test_own_hand_lifts_the_figure_only_where_it_may_answer():
    rng = np.random.default_rng(1)
    hands = np.arange(60) // 3
    X = np.repeat(rng.normal(size=(20, 8)), 3, axis=0) + 0.05 * rng.normal(size=(60, 8))
    styles = hands % 2
    alone = retrieval_scores(X, styles, hands, ks=(1,), n_permutations=3, n_bootstrap=3)
    others = retrieval_scores(X, styles, hands, other_groups=True, ks=(1,), n_permutations=3, n_bootstrap=3)
    assert alone["figures"]["P@1"]["value"] == 1.0
    assert others["figures"]["P@1"]["value"] < 0.8


def test_rows_without_a_value_neither_ask_nor_answer():
    X = np.array([[1.0, 0], [1, 0.1], [1, 0.2], [0, 1]])
    answer = retrieval_scores(X, ["a", None, "a", "b"], ks=(1,), n_permutations=3, n_bootstrap=3)
    assert answer["figures"]["P@1"]["value"] == 1.0
    assert (answer["n_queries"], answer["n_without"]) == (2, 1)


def test_a_sample_of_queries_is_near_the_whole():
    X, styles, hands = case(200)
    some = retrieval_scores(X, styles, hands, max_queries=100, n_permutations=3, n_bootstrap=3)
    whole = retrieval_scores(X, styles, hands, n_permutations=3, n_bootstrap=3)
    assert some["n_queries"] == 100
    assert some["figures"]["mAP"]["value"] == pytest.approx(whole["figures"]["mAP"]["value"], abs=0.05)
    assert some == retrieval_scores(X, styles, hands, max_queries=100, n_permutations=3, n_bootstrap=3)


def test_refusals():
    with pytest.raises(InputError, match="nothing to measure"):
        retrieval_scores(np.ones((3, 2)), ["a", "b", "c"])
    with pytest.raises(InputError, match="nothing to measure"):
        retrieval_scores(np.ones((0, 2)), [])
    with pytest.raises(InputError, match="NaN"):
        retrieval_scores(np.full((2, 2), np.nan), ["a", "a"])
    with pytest.raises(InputError, match="shape"):
        retrieval_scores(np.ones((2, 2)), ["a"])
