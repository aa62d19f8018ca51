import numpy as np
import pytest
from scipy.stats import norm, skew

from artgraph.errors import InputError
from artgraph.graph import Neighbors, correct_hubness, hubness, knn


def test_by_hand():
    indices = np.array([[1], [0], [0], [0], [-1]])  # counts 3, 1, 0, 0, 0
    assert hubness(indices) == {"hubness": round(skew([3, 1, 0, 0, 0]), 3), "antihubs": 3, "largest_hub": 0.6}
    assert hubness(np.array([[1], [0]]))["hubness"] == 0
    assert hubness(np.zeros((0, 3), int)) == {"hubness": 0.0, "antihubs": 0, "largest_hub": 0.0}


# Row 0 is near everything: m = 0.1; 1, 2 and 3 are near it and rather near each other.
HUB = Neighbors(
    np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]], np.int32),
    np.array([[0.2, 0.2, 0.2], [0.2, 0.25, 0.9], [0.2, 0.25, 0.9], [0.2, 0.9, 0.9]], np.float32),
    np.full(4, -1, np.int32),
    1.0,
)


def test_csls_by_hand():
    # m with two neighbours: 0.2, 0.225, 0.225, 0.55. Row 1: to 0 0.4 - 0.425 = -0.025, to 2 0.5 - 0.45 = 0.05,
    # to 3 1.8 - 0.775 = 1.025. Row 0: to 3 0.4 - 0.75 comes first, then 1 and 2 tie and go by row.
    near = correct_hubness(HUB, np.ones((4, 2)), method="csls", n_neighbors=2)
    assert near.indices.tolist() == [[3, 1], [0, 2], [0, 1], [0, 1]]
    np.testing.assert_allclose(near.distances, [[0.2, 0.2], [0.2, 0.25], [0.2, 0.25], [0.2, 0.9]])


def test_mutual_proximity_by_the_formula():
    X = np.random.default_rng(0).standard_normal((30, 6))
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    distance = 1 - unit @ unit.T
    mean, spread = distance.mean(axis=1), distance.std(axis=1)
    further = 1 - norm.cdf((distance - mean[:, None]) / spread[:, None])
    mp = further * (1 - norm.cdf((distance - mean[None]) / spread[None]))
    np.fill_diagonal(mp, -1)
    expected = np.argsort(-mp, axis=1, kind="stable")[:, :5]
    near = correct_hubness(knn(X, n_neighbors=29), X, method="mutual-proximity", n_neighbors=5)
    assert (near.indices == expected).all()


@pytest.mark.parametrize("method", ["csls", "mutual-proximity"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_corrections_lower_hubness(method, metric):
    X = np.random.default_rng(0).standard_normal((600, 100)) + 0.3  # many dimensions: hubs
    wide = knn(X, n_neighbors=40, metric=metric)
    before = hubness(wide.indices[:, :10])
    near = correct_hubness(wide, X, method=method, n_neighbors=10, metric=metric)
    after = hubness(near.indices)
    assert before["hubness"] > 1
    assert after["hubness"] < 0.7 * before["hubness"]
    assert after["antihubs"] < before["antihubs"]
    assert near.indices.shape == (600, 10)
    assert not (near.indices == np.arange(600)[:, None]).any()


@pytest.mark.parametrize("method", ["csls", "mutual-proximity"])
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_rows_and_rows_of_zeros(method, n):
    X = np.array([[1.0, 0], [0, 0], [1, 1]])[:n]
    near = correct_hubness(knn(X, n_neighbors=4), X, method=method, n_neighbors=2)
    assert near.indices.tolist() == [[2 if n == 3 else -1, -1], [-1, -1], [0, -1]][:n]


def test_unknown_method():
    with pytest.raises(InputError, match="'dis'"):
        correct_hubness(HUB, np.ones((4, 2)), method="dis")
