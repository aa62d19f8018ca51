import numpy as np
import pytest
from scipy.sparse import csr_matrix

from artgraph.errors import InputError
from artgraph.graph import edge_weights, knn, mean_graph, neighbors_in, similarity_network_fusion
from artgraph.testing import toy_adjacency, toy_features


def test_mean_by_hand():
    a, b = csr_matrix([[0, 1.0], [1, 0]]), csr_matrix([[0, 0.5], [0.5, 0]])
    np.testing.assert_allclose(mean_graph([a, b]).toarray(), [[0, 0.75], [0.75, 0]])
    np.testing.assert_allclose(mean_graph([a, b], weights=[3, 1]).toarray(), [[0, 0.875], [0.875, 0]])
    assert mean_graph([a, b], weights=[1, 0]).nnz == 2
    for weights in ([1], [0, 0], [1, -1]):
        with pytest.raises(InputError, match="weights"):
            mean_graph([a, b], weights=weights)
    with pytest.raises(InputError, match="same paintings"):
        mean_graph([a, toy_adjacency("path")])


def dense_fusion(graphs, n_iterations):
    """Wang et al. 2014, dense, kept where a graph has an edge."""

    def half(W):
        W = W - np.diag(np.diag(W))
        return W / (2 * W.sum(axis=1, keepdims=True)) + np.eye(len(W)) / 2

    support = (sum(graphs) > 0) * 1.0
    local = [W / W.sum(axis=1, keepdims=True) for W in graphs]
    P = [half(W) for W in graphs]
    for _ in range(n_iterations):
        spread = [(S @ (sum(P) - own) / (len(P) - 1) @ S.T) * support for S, own in zip(local, P, strict=True)]
        P = [half((new + new.T) / 2) for new in spread]
    fused = (sum(P) + sum(P).T) * support
    return fused * sum(graphs).sum() / len(graphs) / fused.sum()


@pytest.mark.parametrize("n_graphs", [2, 3])
def test_fusion_agrees_with_the_formula(n_graphs):
    graphs = [edge_weights(knn(toy_features(seed=seed, spread=0.6)[0], n_neighbors=6)) for seed in range(n_graphs)]
    fused = similarity_network_fusion(graphs, n_iterations=4)
    expected = dense_fusion([graph.toarray().astype(float) for graph in graphs], 4)
    np.testing.assert_allclose(fused.toarray(), expected, atol=1e-5)
    assert abs(fused - fused.T).max() < 1e-6
    assert fused.diagonal().sum() == 0
    assert fused.sum() == pytest.approx(mean_graph(graphs).sum(), rel=1e-5)


def test_fusion_strengthens_what_the_neighbourhoods_of_several_graphs_support():
    views = [toy_features(300, seed=seed, spread=0.7) for seed in range(3)]
    groups = views[0][1]
    graphs = [edge_weights(knn(X, n_neighbors=8)) for X, _ in views]

    def inside(graph):
        edges = graph.tocoo()
        return edges.data[groups[edges.row] == groups[edges.col]].sum() / edges.data.sum()

    assert inside(similarity_network_fusion(graphs)) > inside(mean_graph(graphs))


def test_fusion_of_one_graph_of_none_and_with_isolated_nodes():
    isolated = toy_adjacency("isolated")
    assert (similarity_network_fusion([isolated]) != isolated).nnz == 0
    fused = similarity_network_fusion([isolated, isolated])
    assert np.isfinite(fused.data).all()
    assert fused[3:].nnz == 0
    for name in ("empty", "single"):
        assert similarity_network_fusion([toy_adjacency(name)] * 2).nnz == 0
    with pytest.raises(InputError, match="same paintings"):
        similarity_network_fusion([])


def test_strongest_links_by_hand():
    near = neighbors_in(toy_adjacency("two triangles"), n_neighbors=2)
    assert near.indices.tolist() == [[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4]]
    near = neighbors_in(toy_adjacency("two triangles"), n_neighbors=3)
    assert near.indices[2].tolist() == [0, 1, 3]
    np.testing.assert_allclose(near.distances[2], [0, 0, 0.9])
    assert near.indices[0].tolist() == [1, 2, -1]
    assert neighbors_in(toy_adjacency("empty"), n_neighbors=3).indices.shape == (0, 3)
