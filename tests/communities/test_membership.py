import numpy as np
import pytest
import scipy.sparse as sp

from artgraph.communities import leiden
from artgraph.communities.membership import (
    ROLES,
    assign_roles,
    calibrate,
    co_assignment,
    feature_membership,
    graph_membership,
    subsample_runs,
)
from artgraph.errors import InputError
from experiments.planted import planted_graph
from experiments.reliability import calibration_error, plot_reliability, reliability_curve


def test_shares_of_links_by_hand():
    # 0-1 heavy, 1-2 light; row 3 hangs on a row without a cluster, row 4 on nothing
    adjacency = sp.csr_array((5, 5)).tolil()
    for a, b, w in ((0, 1, 3.0), (1, 2, 1.0), (3, 2, 2.0)):
        adjacency[a, b] = adjacency[b, a] = w
    shares = graph_membership(adjacency.tocsr(), [0, 0, 1, -1, -1])
    assert shares.tolist() == [[1, 0], [0.75, 0.25], [1, 0], [0, 1], [0, 0]]


def test_shares_by_distance():
    # centres 0 and 10, both 1 wide; the middle belongs to both alike
    X = np.array([[-1.0], [1.0], [9.0], [11.0], [5.0]])
    shares = feature_membership(X, [0, 0, 1, 1, -1])
    assert shares[4].tolist() == [0.5, 0.5]
    assert shares[0] == pytest.approx([1 / (1 + np.exp(-10)), 1 / (1 + np.exp(10))])
    # the second cluster three times as wide: the middle between the centres leans to the narrow one
    wide = np.array([[-1.0], [1.0], [7.0], [13.0], [5.0]])
    assert feature_membership(wide, [0, 0, 1, 1, -1])[4, 0] == pytest.approx(3**0.25 / (1 + 3**0.25))
    assert feature_membership(wide, [0, 0, 1, 1, -1], penalty=0)[4].tolist() == [0.5, 0.5]


def test_shares_of_degenerate_features():
    assert feature_membership(np.ones((3, 2)), [0, 0, 0]).tolist() == [[1.0]] * 3
    assert feature_membership(np.eye(2), [0, 1]).tolist() == [[1, 0], [0, 1]]
    assert feature_membership(np.ones((2, 2)), [-1, -1]).shape == (2, 0)
    kept = feature_membership(np.array([[1.0], [2.0], [8.0], [9.0]]), [0, 0, 2, 2])  # cluster 1 is gone
    assert kept[:, 1].tolist() == [0] * 4
    assert kept.sum(axis=1) == pytest.approx(np.ones(4))
    assert np.isfinite(feature_membership(np.array([[0.0], [0.0], [5.0]]), [0, 0, 1])).all()


def test_co_assignment_is_perfect_where_clusters_come_back_and_halves_where_two_are_joined():
    labels = np.repeat([0, 1], 50)
    rows = np.arange(100)
    shares, seen = co_assignment(labels, [(rows, 1 - labels), (rows, 1 - labels)])
    assert shares.tolist() == np.eye(2)[labels].tolist()
    assert set(seen) == {2}
    shares, _ = co_assignment(labels, [(rows, labels), (rows, np.zeros(100, int))])
    assert shares[0] == pytest.approx([(1 + 49 / 99) / 2, (50 / 99) / 2])
    # a cluster cut in two is still pure
    assert co_assignment(labels, [(rows, rows // 25)])[0].tolist() == np.eye(2)[labels].tolist()


def noisy():
    adjacency, _ = planted_graph(500, 6, mixing=0.45, degree=16, seed=3)
    labels = leiden(adjacency)

    def fit(rows, seed):
        return leiden(adjacency[rows][:, rows], seed=seed)

    return adjacency, labels, fit


def test_calibrated_confidence_is_right_on_subsamples_not_seen_before():
    adjacency, labels, fit = noisy()
    raw = graph_membership(adjacency, labels)
    shares, seen = co_assignment(labels, subsample_runs(500, fit, n_runs=8, seed=1))
    ready, fitted = calibrate(raw, labels, shares=shares, counts=seen)
    later, times = co_assignment(labels, subsample_runs(500, fit, n_runs=8, seed=2))
    rows = np.flatnonzero((labels >= 0) & (times > 0))
    before, after = (calibration_error(m[rows, labels[rows]], later[rows, labels[rows]]) for m in (raw, ready))
    assert after <= 0.05 < before
    assert 0 <= fitted["mixture"] <= 1
    assert np.allclose(ready.sum(axis=1)[rows], 1)


def test_what_is_calibrated_already_stays():
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9]])
    ready, fitted = calibrate(shares, [0, 0, 1, 1], shares=shares, counts=np.ones(4))
    assert ready == pytest.approx(shares)
    assert fitted == {"power": 1.0, "mixture": 0.0}
    with pytest.raises(InputError, match="expected the same"):
        calibrate(shares, [0, 0, 1, 1], shares=shares[:, :1], counts=np.ones(4))


def test_roles():
    shares = [[0.85, 0.15, 0], [0.55, 0.4, 0.05], [0.5, 0.25, 0.25], [0.34, 0.33, 0.33], [0.1, 0.9, 0], [0, 0, 0]]
    found = assign_roles(shares, [0, 0, 0, 0, 0, -1])
    assert [ROLES[role] for role in found.role] == ["core", "bridge", "border", "outlier", "bridge", "outlier"]
    assert found.second.tolist() == [1, 1, 1, 1, 1, -1]
    assert found.confidence.tolist() == pytest.approx([0.85, 0.55, 0.5, 0.34, 0.1, 0])
    one = assign_roles(np.ones((2, 1)), [0, 0])
    assert one.second.tolist() == [-1, -1]
    assert assign_roles(np.zeros((2, 0)), [-1, -1]).confidence.tolist() == [0, 0]


def test_subsamples_are_drawn_by_the_seed_alone():
    _, _, fit = noisy()
    first, again = (subsample_runs(500, fit, n_runs=2, seed=5) for _ in range(2))
    for (a, b), (c, d) in zip(first, again, strict=True):
        assert np.array_equal(a, c)
        assert np.array_equal(b, d)
        assert len(a) == 400


def test_reliability_by_hand(tmp_path):
    mean, observed, count = reliability_curve([0.05, 0.15, 0.15, 1.0], [0.0, 0.1, 0.3, 0.5])
    assert count.tolist() == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert observed[[0, 1, 9]] == pytest.approx([0, 0.2, 0.5])
    assert calibration_error([0.05, 0.15, 0.15, 1.0], [0.0, 0.1, 0.3, 0.5]) == pytest.approx(
        (0.05 + 2 * 0.05 + 0.5) / 4
    )
    plot_reliability(tmp_path / "a.png", {"x": (mean, observed, count)})
    assert (tmp_path / "a.png").stat().st_size > 1000
