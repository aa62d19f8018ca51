"""New rows go into the clusters that are there; old rows keep everything."""

import itertools

import numpy as np
import pytest
import scipy.sparse as sp

from artgraph.communities import leiden, modularity, place
from artgraph.communities.membership import (
    assign_roles,
    calibrate,
    co_assignment,
    feature_membership,
    graph_membership,
    subsample_runs,
)
from artgraph.communities.placing import place_by_features, placed_membership
from artgraph.errors import InputError


def graph_of(n, links):
    matrix = np.zeros((n, n))
    for i, j, weight in links:
        matrix[i, j] = matrix[j, i] = weight
    return sp.csr_array(matrix)


def planted(n=120, k=4, *, seed=0, inside=0.3, outside=0.02):
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % k
    chance = np.where(truth[:, None] == truth, inside, outside)
    upper = np.triu(rng.random((n, n)) < chance, 1) * rng.uniform(0.2, 1, (n, n))
    return sp.csr_array(upper + upper.T), truth


TRIANGLES = [(0, 1, 1), (1, 2, 1), (0, 2, 1), (3, 4, 1), (4, 5, 1), (3, 5, 1)]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([(6, 0, 1), (6, 1, 1), (6, 3, 1)], [2]),
        ([(6, 0, 1), (6, 3, 2.5)], [9]),
        ([], [-1]),
        ([(6, 7, 1)], [-1, -1]),
        ([(6, 7, 1), (7, 8, 1), (8, 3, 1)], [9, 9, 9]),  # a chain of new ones
        ([(6, 0, 1), (7, 3, 1), (8, 9, 1)], [2, 9, -1, -1]),
    ],
)
def test_by_hand(more, expected):
    """Clusters 2 and 9, so that numbers have gaps."""
    labels = [2, 2, 2, 9, 9, 9] + [-1] * len(expected)
    found = place(graph_of(len(labels), TRIANGLES + more), labels)
    assert found.tolist() == [2, 2, 2, 9, 9, 9, *expected]
    assert found.dtype == np.int32


def gain(matrix, labels, quality, resolution):
    """What is maximised, up to a factor, over the whole graph."""
    if quality == "modularity":
        return modularity(matrix, labels, resolution=resolution)
    sizes = np.bincount(labels[labels >= 0])
    inside = sum(matrix[rows][:, rows].sum() / 2 for rows in (np.flatnonzero(labels == c) for c in range(len(sizes))))
    if quality == "rb-er":
        n = len(labels)
        resolution = resolution * matrix.sum() / (n * (n - 1))
    return inside - resolution * (sizes * (sizes - 1) / 2).sum()


@pytest.mark.parametrize(("quality", "resolution"), [("modularity", 1), ("modularity", 3), ("cpm", 0.05), ("rb-er", 1)])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_free_row_would_be_better_elsewhere(quality, resolution, seed):
    matrix, truth = planted(60, 3, seed=seed, outside=0.2)
    free = np.random.default_rng(seed).permutation(60)[:20]
    labels = truth.copy()
    labels[free] = -1
    found = place(matrix, labels, quality=quality, resolution=resolution)
    best = gain(matrix, found, quality, resolution)
    for row, cluster in itertools.product(free, range(3)):
        other = found.copy()
        other[row] = cluster
        assert gain(matrix, other, quality, resolution) <= best + 1e-9


@pytest.mark.parametrize("quality", ["modularity", "cpm", "rb-er", "surprise", "significance"])
def test_planted_rows_are_found_and_held_ones_stay(quality):
    matrix, truth = planted()
    names = np.array([7, 0, 3, 4])[truth]
    labels = names.copy()
    labels[::5] = -1
    labels[1] = 0 if names[1] != 0 else 7  # a held row in the wrong cluster stays there
    labels.flags.writeable = False
    found = place(matrix, labels, quality=quality, resolution=0.1 if quality == "cpm" else 1.0)
    held = labels >= 0
    assert (found[held] == labels[held]).all()
    assert (found[~held] == names[~held]).mean() > 0.9
    again = place(matrix, labels, quality=quality, resolution=0.1 if quality == "cpm" else 1.0)
    assert found.tobytes() == again.tobytes()


def test_nothing_to_place_and_nothing_to_place_in():
    matrix, truth = planted(20)
    assert place(matrix, truth).tolist() == truth.tolist()
    assert place(matrix, np.full(20, -1)).tolist() == [-1] * 20
    assert place(sp.csr_array((0, 0)), np.zeros(0, int)).tolist() == []
    with pytest.raises(InputError, match="labels have 3 rows"):
        place(matrix, [0, 1, -1])
    with pytest.raises(InputError, match="no quality function 'modulariti'"):
        place(matrix, truth, quality="modulariti")


def test_features_go_to_the_cluster_of_the_largest_share(features):
    X, truth = features
    labels = np.where(np.arange(len(X)) % 4 == 0, -1, np.asarray(truth) * 2)
    found = place_by_features(X, labels)
    held = labels >= 0
    assert (found[held] == labels[held]).all()
    assert (found[~held] == feature_membership(X, labels)[~held].argmax(axis=1)).all()
    assert set(found[~held].tolist()) <= set(labels[held].tolist())
    assert place_by_features(X, np.full(len(X), -1)).tolist() == [-1] * len(X)


@pytest.fixture(scope="module")
def calibrated():
    """A graph of 100 rows, its partition, raw and calibrated membership, and what was fitted."""
    matrix, _ = planted(100, 4, outside=0.08)
    labels = leiden(matrix)
    raw = graph_membership(matrix, labels)
    runs = subsample_runs(100, lambda rows, seed: leiden(matrix[rows][:, rows], seed=seed), n_runs=4)
    shares, counts = co_assignment(labels, runs)
    ready, fitted = calibrate(raw, labels, shares=shares, counts=counts)
    assert 0.05 < fitted["mixture"] < 0.95
    return labels, raw, ready, fitted


def test_rows_left_out_get_what_calibration_gives_them(calibrated):
    labels, raw, ready, fitted = calibrated
    stored = assign_roles(ready, labels)
    was = np.arange(0, 100, 2)  # the others are new
    origin = np.full(100, -1)
    origin[was] = np.arange(len(was))
    earlier = type(stored)(*(part[was] for part in stored))
    found = placed_membership(
        raw, labels, earlier=earlier, earlier_raw=raw[was], earlier_labels=labels[was], origin=origin, **fitted
    )
    for now, then in zip(found, stored, strict=True):
        assert now[was].tobytes() == then[was].tobytes()
        assert now.dtype == then.dtype
    assert found.membership == pytest.approx(stored.membership, abs=2e-3)  # what is stored is rounded
    assert (found.role == stored.role).mean() > 0.95


def test_a_row_in_another_cluster_is_computed_and_more_clusters_are_allowed(calibrated):
    labels, raw, ready, fitted = calibrated
    stored = assign_roles(ready, labels)
    k = raw.shape[1]
    now, wide = labels.copy(), np.pad(raw, ((0, 0), (0, 1)))
    now[:3], wide[:3] = k, np.eye(k + 1)[k]  # a new cluster
    now[3] = -1
    common = {"earlier": stored, "earlier_raw": raw, "earlier_labels": labels, "origin": np.arange(100)}
    found = placed_membership(wide, now, **common, **fitted)
    assert found.membership.shape == (100, k + 1)
    assert found.membership[:3].tolist() == np.eye(k + 1)[[k] * 3].tolist()
    assert found.membership[4:, :k].tobytes() == stored.membership[4:].tobytes()
    assert (found.membership[4:, k] == 0).all()
    assert (found.confidence[3], found.role[3]) == (0, 3)
    # a cluster that lost all its rows leaves fewer columns: they are filled up
    fewer = np.where(labels == k - 1, 0, labels)
    found = placed_membership(raw[:, : k - 1], fewer, **common, **fitted)
    assert found.membership.shape == (100, k)
    assert (found.confidence[labels == k - 1] != stored.confidence[labels == k - 1]).any()


def test_without_mixture_the_power_alone_counts():
    earlier = assign_roles([[1.0, 0], [0, 1]], [0, 1])
    found = placed_membership(
        [[1, 0], [0, 1], [0.75, 0.25], [0, 0]], [0, 1, 0, -1],
        earlier=earlier, earlier_raw=np.eye(2), earlier_labels=[0, 1], origin=[0, 1, -1, -1], power=2, mixture=0,
    )  # fmt: skip
    assert found.membership[2] == pytest.approx([0.9, 0.1])
    assert found.membership[3].tolist() == [0, 0]
    with pytest.raises(InputError, match="less than 2"):
        placed_membership(
            np.eye(2), [0, 1],
            earlier=earlier, earlier_raw=np.eye(2), earlier_labels=[0, 1], origin=[0, 5], power=2, mixture=0,
        )  # fmt: skip
