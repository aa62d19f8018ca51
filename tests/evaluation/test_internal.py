import numpy as np
import pytest
import scipy.sparse as sp
from sklearn import metrics

from artgraph.errors import InputError
from artgraph.evaluation.internal import feature_scores, graph_scores, internal_scores
from artgraph.testing import toy_adjacency, toy_features


def random_case(n=60, d=5, k=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + np.eye(k, d)[np.arange(n) % k]
    X.flags.writeable = False
    return X, np.arange(n) % k


@pytest.mark.parametrize("seed", range(4))
def test_equal_to_scikit_learn(seed):
    X, labels = random_case(seed=seed, k=2 + seed)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    scores = feature_scores(X, labels)
    assert scores["silhouette"] == pytest.approx(metrics.silhouette_score(X, labels, metric="cosine"))
    assert scores["davies_bouldin"] == pytest.approx(metrics.davies_bouldin_score(unit, labels))
    assert scores["calinski_harabasz"] == pytest.approx(metrics.calinski_harabasz_score(unit, labels))


def test_rows_alone_and_rows_left_out():
    X, labels = random_case(20)
    labels = np.where(np.arange(20) == 7, 9, labels)
    expected = metrics.silhouette_score(X, labels, metric="cosine")
    assert feature_scores(X, labels)["silhouette"] == pytest.approx(expected)
    more = np.concatenate([X, np.zeros((1, 5)), X[:1]])
    assert feature_scores(more, [*labels, 0, -1])["silhouette"] == pytest.approx(expected)


def test_weights_count_rows_as_often():
    X, labels = random_case(30)
    times = np.arange(30) % 3
    repeated = np.repeat(np.arange(30), times)
    weighted = feature_scores(X, labels, weights=times)
    for name, value in feature_scores(X[repeated], labels[repeated]).items():
        assert weighted[name] == pytest.approx(value)


def test_nothing_to_tell():
    X, labels = random_case(8)
    assert np.isnan(feature_scores(X, [0] * 8)["silhouette"])
    assert np.isnan(feature_scores(X, np.arange(8))["silhouette"])
    assert internal_scores([0] * 8, X) == {}
    assert internal_scores([-1] * 8, X, sp.csr_array((8, 8))) == {}
    with pytest.raises(InputError, match="NaN"):
        feature_scores(np.full((2, 2), np.nan), [0, 1])
    with pytest.raises(InputError, match="one row for each label"):
        feature_scores(X, labels[:3])


def test_graph_by_hand():
    # two triangles of weight 3 each, 0.1 between; strengths 6.1 and 6.1 of 12.2
    scores = graph_scores(toy_adjacency("two triangles"), [0, 0, 0, 1, 1, 1])
    assert scores["modularity"] == pytest.approx(12 / 12.2 - 0.5)
    assert scores["conductance"] == pytest.approx(0.1 / 6.1)
    assert scores["coverage"] == pytest.approx(12 / 12.2)
    one = graph_scores(toy_adjacency("two triangles"), [0] * 6)
    assert one["modularity"] == pytest.approx(0)
    assert np.isnan(one["conductance"])


def test_modularity_is_that_of_igraph():
    import igraph

    rng = np.random.default_rng(1)
    matrix = sp.random(40, 40, 0.2, random_state=2)
    matrix = sp.triu(matrix, k=1)
    matrix = sp.csr_array(matrix + matrix.T)
    labels = rng.integers(0, 4, 40)
    graph = igraph.Graph.Weighted_Adjacency(matrix.todense().tolist(), mode="undirected")
    expected = graph.modularity(labels.tolist(), weights="weight")
    assert graph_scores(matrix, labels)["modularity"] == pytest.approx(expected)


def test_weights_count_links_by_their_ends():
    path = toy_adjacency("path")  # 0-1-2-3
    # row 2 drawn twice: links 1-2 and 2-3 count twice
    scores = graph_scores(path, [0, 0, 1, 1], weights=[1, 1, 2, 1])
    assert scores["coverage"] == pytest.approx((1 + 2) / (1 + 2 + 2))


def test_chance_and_interval():
    X, groups = toy_features(60)
    dense = (X @ X.T > 0.5) & ~np.eye(60, dtype=bool)
    artists = [f"hand {i // 5}" for i in range(60)]
    found = internal_scores(groups, X, sp.csr_array(dense.astype(float)), groups=artists, n_permutations=19)
    assert set(found) == {
        "silhouette",
        "davies_bouldin",
        "calinski_harabasz",
        "modularity",
        "conductance",
        "coverage",
    }
    for figure in found.values():
        assert figure["p_value"] == 0.05
        assert figure["low"] <= figure["high"]
    assert abs(found["modularity"]["chance"]) < 0.05
    assert found["davies_bouldin"]["chance"] > found["davies_bouldin"]["value"]
    shuffled = np.random.default_rng(0).permutation(groups)
    assert internal_scores(shuffled, X, n_permutations=19)["silhouette"]["p_value"] > 0.05
    few = internal_scores(groups, X, max_rows=30, n_permutations=5, n_bootstrap=5)
    assert few == internal_scores(groups, X, max_rows=30, n_permutations=5, n_bootstrap=5)
    with pytest.raises(InputError, match="n_permutations"):
        internal_scores(groups, X, n_permutations=0)
