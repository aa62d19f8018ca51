import numpy as np
import pytest
from scipy.optimize import brentq
from sklearn.metrics import jaccard_score

from artgraph.errors import InputError
from artgraph.graph import Neighbors, describe_graph, edge_weights, jaccard_weights, knn, merge_layers
from artgraph.graph.weights import KERNELS, SYMMETRIES
from artgraph.testing import toy_adjacency


def test_by_hand():
    # N(0) = {0, 1}, N(1) = {0, 1}, N(2) = {1, 2}, N(3) = {2, 3}
    weights = jaccard_weights(np.array([[1], [0], [1], [2]])).toarray()
    third = np.float32(1 / 3)
    np.testing.assert_allclose(
        weights, [[0, 1, 0, 0], [1, 0, third, 0], [0, third, 0, third], [0, 0, third, 0]], rtol=1e-6
    )


def test_agrees_with_scikit_learn_on_every_edge(features):
    X, _ = features
    indices = knn(X, n_neighbors=6).indices
    weights = jaccard_weights(indices).tocoo()
    member = np.eye(len(X), dtype=int)
    member[np.arange(len(X))[:, None], indices] = 1
    for i, j, weight in zip(weights.row, weights.col, weights.data, strict=True):
        assert weight == pytest.approx(jaccard_score(member[i], member[j]), rel=1e-5)


def test_symmetric_without_loops_and_the_input_is_as_it_was(features):
    indices = knn(features[0], n_neighbors=6).indices
    before = indices.copy()
    weights = jaccard_weights(indices)
    assert (weights != weights.T).nnz == 0
    assert weights.diagonal().sum() == 0
    assert weights.min() >= 0 < weights.max() <= 1
    assert (indices == before).all()


def test_rows_without_neighbours_are_empty():
    weights = jaccard_weights(np.array([[1, -1], [0, -1], [-1, -1]]))
    assert np.diff(weights.indptr).tolist() == [1, 1, 0]


def test_a_row_in_its_own_list_is_refused():
    with pytest.raises(InputError, match="own number"):
        jaccard_weights(np.array([[0], [0]]))


def test_merging_layers():
    graph = toy_adjacency("path")
    assert merge_layers(graph, graph, strength=0.5).max() == pytest.approx(1.5)
    assert (merge_layers(graph, graph, strength=0) != graph).nnz == 0
    with pytest.raises(InputError, match="same paintings"):
        merge_layers(graph, toy_adjacency("single"))


def test_describe_graph_counts_what_is_there():
    indices = np.array([[1], [0], [0], [0], [-1]])
    facts = describe_graph(jaccard_weights(indices), indices)
    assert facts["edges"] == 3
    assert facts["isolated"] == 1
    assert facts["components"] == 1
    assert facts["antihubs"] == 3
    assert facts["hubness"] > 1  # row 0 is in three lists


def lists(indices, distances, duplicate_of=None):
    n = len(indices)
    return Neighbors(
        np.array(indices, np.int32), np.array(distances, np.float32), np.array(duplicate_of or [-1] * n, np.int32), 1.0
    )


FOUR = lists([[1, 2], [0, 2], [1, 3], [2, 1]], [[1, 3], [1, 2], [2, 4], [4, 6]])  # 0, 1, 3 and 7 on a line


def test_fuzzy_weights_by_an_independent_solution():
    p = np.zeros((4, 4))
    for i, (row, distance) in enumerate(zip(FOUR.indices, FOUR.distances, strict=True)):
        # 1 + exp(-(d2 - d1) / s) = log2(3), so exp(...) is the same for every row
        p[i, row] = [1, np.log2(3) - 1]
        width = brentq(lambda s, d=distance: np.exp(-(d - d[0]) / s).sum() - np.log2(3), 1e-3, 1e3)
        assert np.exp(-(distance[1] - distance[0]) / width) == pytest.approx(np.log2(3) - 1)
    union = edge_weights(FOUR, kernel="fuzzy").toarray()
    np.testing.assert_allclose(union, p + p.T - p * p.T, atol=1e-4)
    np.testing.assert_allclose(edge_weights(FOUR, kernel="fuzzy", symmetry="mutual").toarray(), p * p.T, atol=1e-4)


def test_fuzzy_weights_of_a_longer_list():
    d = np.array([1.0, 2, 3, 5])
    near = lists([[1, 2, 3, 4], *[[-1] * 4] * 4], [d, *[[np.inf] * 4] * 4])
    width = brentq(lambda s: np.exp(-(d - 1) / s).sum() - np.log2(5), 1e-3, 1e3)
    np.testing.assert_allclose(edge_weights(near, kernel="fuzzy").toarray()[0, 1:], np.exp(-(d - 1) / width), rtol=1e-4)


def test_gauss_weights_by_hand():
    # The medians of d² over the lists: (1 + 9) / 2 = 5, (1 + 4) / 2 = 2.5, (4 + 16) / 2 = 10, (16 + 36) / 2 = 26
    variance, x = np.array([5, 2.5, 10, 26]), np.array([0.0, 1, 3, 7])
    total = np.add.outer(variance, variance)
    expected = np.sqrt(2 * np.sqrt(np.outer(variance, variance)) / total)
    expected *= np.exp(-(np.subtract.outer(x, x) ** 2) / total)
    pairs = {(0, 1), (0, 2), (1, 2), (2, 3), (1, 3)}
    expected = [[expected[i, j] if (min(i, j), max(i, j)) in pairs else 0 for j in range(4)] for i in range(4)]
    np.testing.assert_allclose(edge_weights(FOUR, kernel="gauss").toarray(), expected, rtol=1e-5)


def test_cosine_weights_and_mutual_pairs():
    near = lists([[1, 2], [0, 2], [1, 0]], [[0.1, 0.4], [0.1, 0.3], [0.3, 1.2]])
    both = edge_weights(near, kernel="cosine").toarray()
    np.testing.assert_allclose(both, [[0, 0.9, 0.6], [0.9, 0, 0.7], [0.6, 0.7, 0]], rtol=1e-5)
    one = lists([[1], [0], [1]], [[0.1], [0.1], [0.3]])
    mutual = edge_weights(one, kernel="cosine", symmetry="mutual").toarray()
    np.testing.assert_allclose(mutual, [[0, 0.9, 0], [0.9, 0, 0], [0, 0, 0]], rtol=1e-5)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("symmetry", SYMMETRIES)
def test_every_kernel(kernel, symmetry, features):
    near = knn(features[0], n_neighbors=6)
    before = [field.copy() for field in near[:3]]
    weights = edge_weights(near, kernel=kernel, symmetry=symmetry)
    assert weights.dtype == np.float32
    assert abs(weights - weights.T).max() < 1e-6
    assert weights.diagonal().sum() == 0
    assert 0 < weights.data.min() <= weights.data.max() <= 1
    listed = np.zeros((60, 60), bool)
    listed[np.arange(60)[:, None], near.indices] = True
    assert ((weights.toarray() > 0) == (listed | listed.T if symmetry == "union" else listed & listed.T)).all()
    for then, now in zip(before, near, strict=False):
        assert (then == now).all()


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_graph_is_the_same_with_and_without_its_copies(kernel, features):
    X = features[0]
    alone = edge_weights(knn(X, n_neighbors=5), kernel=kernel)
    more = edge_weights(knn(np.concatenate([X, X[[3, 3, 9]]]), n_neighbors=5), kernel=kernel)
    assert abs(more[:60, :60] - alone).max() < 1e-6
    assert more[60:].nnz == 3
    assert [more[60, 3], more[61, 3], more[62, 9]] == [1, 1, 1]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_rows(kernel, n):
    X = np.array([[1.0, 0], [1, 1], [0, 1]])[:n]
    assert edge_weights(knn(X, n_neighbors=5), kernel=kernel).nnz == [0, 0, 2, 6 if kernel != "cosine" else 4][n]


def test_rows_of_zeros_and_distances_of_zero():
    near = knn(np.array([[1.0, 0], [2, 0], [0, 0], [4, 0]]), n_neighbors=2)  # one direction: all distances 0
    for kernel in KERNELS:
        weights = edge_weights(near, kernel=kernel).toarray()
        assert np.isfinite(weights).all()
        assert weights[2].sum() == 0
        assert weights[0, 1] == 1


def test_unknown_kernels_and_symmetries():
    with pytest.raises(InputError, match="'tanh'"):
        edge_weights(FOUR, kernel="tanh")
    with pytest.raises(InputError, match="'both'"):
        edge_weights(FOUR, symmetry="both")
