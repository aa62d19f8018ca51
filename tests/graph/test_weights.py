import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from artgraph.errors import InputError
from artgraph.graph import describe_graph, jaccard_weights, knn, merge_layers
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
