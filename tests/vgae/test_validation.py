import numpy as np
import pytest
import torch

from artgraph.vgae.validation import Judge, edge_scores, fold_artists, hand_precision, hold_out_artists


def test_the_judge_says_of_its_rows_what_all_rows_would_say():
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(8), 4)
    mu = torch.tensor(rng.normal(size=(32, 6)))
    edges = [torch.tensor([[0, 9], [30, 4]]), torch.tensor([[17, 2, 30], [4, 30, 21]])]
    works = [np.array([8, 9, 10, 12, 13]), np.array([0, 1, 20, 21])]

    def decode(Z, pairs):
        return (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1)

    judge = Judge(edges, works, codes, "cpu")
    assert judge.rows.tolist() == [0, 1, 2, 4, 8, 9, 10, 12, 13, 17, 20, 21, 30]
    figures = judge(decode, mu[judge.rows])
    assert (figures["auc"], figures["ap"]) == edge_scores(decode, mu, edges)
    first, second = hand_precision(mu[works[0], :3], codes[works[0]]), hand_precision(mu[works[1], 3:], codes[works[1]])
    assert figures["hands"] == pytest.approx((5 * first[0] + 4 * second[0]) / 9)
    assert figures["hands_error"] == pytest.approx(np.hypot(5 * first[1], 4 * second[1]) / 9)
    assert set(Judge(edges, [], codes, "cpu")(decode, mu[Judge(edges, [], codes, "cpu").rows])) == {"auc", "ap"}


def test_held_out_artists_lose_their_names_and_no_other():
    codes = np.repeat(np.arange(40), 3)
    training, rows = hold_out_artists(codes, 0.1, np.random.default_rng(0))
    assert len(set(codes[rows])) == 10
    assert set(np.flatnonzero(training < 0)) == set(rows)
    kept = training >= 0
    assert (training[kept] == codes[kept]).all()


def test_with_few_artists_none_is_held_out():
    codes = np.repeat(np.arange(5), 3)
    training, rows = hold_out_artists(codes, 0.5, np.random.default_rng(0))
    assert len(rows) == 0
    assert (training == codes).all()


def test_folds_hold_whole_artists_and_as_many_each():
    codes = np.repeat(np.arange(40), 3)
    codes[-3:] = -1
    fold = fold_artists(codes, 4, np.random.default_rng(0))
    assert (fold[-3:] == -1).all()
    assert all(len(set(fold[codes == code])) == 1 for code in range(39))
    assert sorted(np.bincount(fold[:-3]) // 3) == [9, 10, 10, 10]


def test_few_artists_are_in_no_fold():
    assert (fold_artists(np.repeat(np.arange(29), 3), 4, np.random.default_rng(0)) == -1).all()


def test_edge_scores_by_hand():
    Z = torch.tensor([[1.0], [2.0], [-1.0]])
    held = torch.tensor([[0], [1]]), torch.tensor([[0, 1], [2, 2]])

    def decode(Z, pairs):
        return (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1)

    assert edge_scores(decode, Z, held) == (1.0, 1.0)
    assert edge_scores(decode, Z, held[::-1]) == (0.0, pytest.approx((1 / 2 + 2 / 3) / 2))


def test_hand_precision_by_hand():
    angle = torch.tensor([0.0, 0.1, 1.0, 1.1, 1.2])
    mu = torch.stack([angle.cos(), angle.sin()], dim=1)
    # 0 finds 1, 1 finds 0; of 2 and 3 and 4, by one hand, each finds the other two
    assert hand_precision(mu, np.array([0, 0, 1, 1, 1]))[0] == 1
    # hands {0, 2} and {1, 3}: the nearest of 0 is 1, of 1 is 0, of 2 is 3, of 3 is 2 or 4
    assert hand_precision(mu, np.array([0, 1, 0, 1, 2]))[0] == 0
