import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_rand_score

from artgraph.communities import eigengap, spectral
from artgraph.errors import InputError


def cliques(*sizes, bridge=0.0):
    dense = sp.block_diag([sp.coo_array(np.ones((s, s)) - np.eye(s)) for s in sizes]).toarray()
    for cut in np.cumsum(sizes)[:-1]:
        dense[cut - 1, cut] = dense[cut, cut - 1] = bridge
    return sp.csr_array(dense)


def planted(n_per, k, inside, outside, seed=0):
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(k), n_per)
    upper = np.triu(rng.random((n_per * k, n_per * k)) < np.where(truth[:, None] == truth, inside, outside), 1)
    return sp.csr_array((upper + upper.T).astype(float)), truth


def test_eigenvalues_by_hand():
    # complete graph of 4: 0 and three times 4/3; a pair: 0 and 2
    values, n_clusters = eigengap(sp.block_diag([cliques(4), cliques(2)], format="csr"), 6)
    assert values == pytest.approx([0, 0, 4 / 3, 4 / 3, 4 / 3, 2])
    assert n_clusters == 2


def test_gap_counts_planted_groups():
    assert eigengap(cliques(6, 6, 6, bridge=0.1))[1] == 3
    adjacency, _ = planted(80, 4, 0.3, 0.01)
    values, n_clusters = eigengap(adjacency, 10)
    assert n_clusters == 4
    assert values.shape == (11,)
    assert values[0] == 0
    assert (np.diff(values) >= 0).all()


def test_bridged_cliques():
    assert spectral(cliques(4, 5, 3, bridge=0.1), 3).tolist() == [1] * 4 + [0] * 5 + [2] * 3
    assert spectral(cliques(4, 5, 3, bridge=0.1)).tolist() == [1] * 4 + [0] * 5 + [2] * 3


def test_components_never_mix_and_split_where_they_are_weakest():
    # one component of two bridged cliques, one tight clique, one row alone
    adjacency = sp.block_diag([cliques(4, 4, bridge=0.05), cliques(5), [[0.0]]], format="csr")
    assert spectral(adjacency, 2).tolist() == [0] * 8 + [1] * 5 + [-1]
    assert spectral(adjacency, 1).tolist() == [0] * 8 + [1] * 5 + [-1]
    assert spectral(adjacency, 3).tolist() == [1] * 4 + [2] * 4 + [0] * 5 + [-1]
    assert spectral(adjacency).tolist() == [1] * 4 + [2] * 4 + [0] * 5 + [-1]
    assert sorted(spectral(adjacency, 13).tolist()) == [-1, *range(13)]


@pytest.mark.parametrize("n_per", [30, 150])
def test_agrees_with_scikit_learn(n_per):
    adjacency, truth = planted(n_per, 4, 0.3, 0.02)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = SpectralClustering(4, affinity="precomputed", random_state=0).fit_predict(adjacency.toarray())
    labels = spectral(adjacency, 4)
    assert labels.dtype == np.int32
    assert adjusted_rand_score(expected, labels) == 1.0
    assert adjusted_rand_score(truth, labels) == 1.0


def test_same_seed_same_labels_and_rows_alone_change_nothing():
    adjacency, _ = planted(100, 4, 0.06, 0.02)
    first = spectral(adjacency, 6, seed=3)
    assert np.array_equal(first, spectral(adjacency, 6, seed=3))
    wider = sp.block_diag([adjacency, sp.csr_array((1, 1))], format="csr")
    assert spectral(wider, 6, seed=3).tolist() == [*first.tolist(), -1]


def test_a_chain_of_loosely_joined_groups_converges():
    # 40 cliques on a string: many eigenvalues close to 0
    labels = spectral(cliques(*[8] * 40, bridge=1e-4), 40)
    assert np.array_equal(labels, np.repeat(np.arange(40), 8))


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_no_links(n):
    adjacency = sp.csr_array((n, n))
    assert spectral(adjacency).tolist() == [-1] * n
    values, n_clusters = eigengap(adjacency)
    assert values.shape == (0,)
    assert n_clusters == 0


def test_tiny_graphs():
    pair = sp.csr_array([[0, 1.0], [1.0, 0]])
    assert spectral(pair).tolist() == [0, 0]
    assert spectral(pair, 2).tolist() == [0, 1]
    path = sp.csr_array([[0, 1.0, 0], [1.0, 0, 1.0], [0, 1.0, 0]])
    assert spectral(path, 1).tolist() == [0, 0, 0]
    assert sorted(spectral(path, 3).tolist()) == [0, 1, 2]


def test_bad_arguments():
    for bad in (0, 4, -1, 1.5):
        with pytest.raises(InputError, match="n_clusters"):
            spectral(cliques(3), bad)
    with pytest.raises(InputError, match="only 3 of 4"):
        spectral(cliques(3, 1), 4)
    with pytest.raises(InputError, match="max_clusters"):
        eigengap(cliques(3), 0)
    with pytest.raises(InputError, match="symmetric"):
        spectral(sp.csr_array([[0, 1.0], [0, 0]]), 1)
    with pytest.raises(InputError, match="n_clusters"):
        spectral(sp.csr_array((0, 0)), 1)
