import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from artgraph.errors import InputError
from artgraph.graph import knn


def test_four_points_by_hand():
    X = np.array([[0.0, 0], [1, 0], [3, 0], [7, 0]])
    near = knn(X, n_neighbors=2, metric="euclidean")
    assert near.indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert near.distances.tolist() == [[1, 3], [1, 2], [2, 3], [4, 6]]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_agrees_with_scikit_learn(metric):
    X = np.random.default_rng(0).standard_normal((300, 12)).astype(np.float32)
    near = knn(X, n_neighbors=10, metric=metric)
    distances, indices = NearestNeighbors(n_neighbors=11, metric=metric).fit(X).kneighbors(X)
    assert (near.indices == indices[:, 1:]).mean() > 0.999
    np.testing.assert_allclose(near.distances, distances[:, 1:], atol=2e-3)


def test_a_row_is_never_its_own_neighbour_even_among_copies():
    X = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    near = knn(X, n_neighbors=3)
    assert not (near.indices == np.arange(12)[:, None]).any()
    # Equal distances are ordered by row.
    assert near.indices[:4].tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


@pytest.mark.parametrize(("n", "expected"), [(0, []), (1, [[-1, -1]]), (2, [[1, -1], [0, -1]])])
def test_fewer_rows_than_neighbours(n, expected):
    near = knn(np.arange(1, 2 * n + 1, dtype=float).reshape(n, 2) ** 2, n_neighbors=2)
    assert near.indices.tolist() == expected
    assert np.isinf(near.distances[near.indices < 0]).all()


def test_a_row_of_zeros_has_no_direction():
    near = knn(np.array([[1.0, 0], [0, 0], [1, 1]]), n_neighbors=2)
    assert near.indices.tolist() == [[2, -1], [-1, -1], [0, -1]]


def test_permuting_the_rows_permutes_the_result(features):
    X, _ = features
    order = np.random.default_rng(1).permutation(len(X))
    place = np.argsort(order)
    assert (place[knn(X, n_neighbors=5).indices[order]] == knn(X[order], n_neighbors=5).indices).all()


@pytest.mark.parametrize(
    ("X", "settings", "message"),
    [
        (np.ones(3), {}, r"\(n, d\)"),
        (np.array([[1.0], [np.nan]]), {}, "row 1"),
        (np.ones((3, 2)), {"n_neighbors": 0}, "at least 1"),
        (np.ones((3, 2)), {"metric": "hamming"}, "hamming"),
    ],
)
def test_what_cannot_be_searched(X, settings, message):
    with pytest.raises(InputError, match=message):
        knn(X, **settings)
