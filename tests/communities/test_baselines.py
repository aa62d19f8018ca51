import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from artgraph.communities import METHODS, agglomerative, cluster, dec, hdbscan, kmeans
from artgraph.errors import InputError
from artgraph.testing import toy_features

ON_FEATURES = [name for name, method in METHODS.items() if method.takes == "features"]


@pytest.mark.parametrize("method", ON_FEATURES)
def test_every_method_finds_well_separated_groups(method):
    X, groups = toy_features(150, n_groups=3, spread=0.1)
    needed = METHODS[method].number == "needed"
    labels = cluster(X, method, n_clusters=3 if needed else None).labels
    assert labels.dtype == np.int32
    assert labels.shape == (150,)
    assert adjusted_rand_score(groups, labels) > 0.95
    sizes = np.bincount(labels[labels >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert np.array_equal(labels, cluster(X, method, n_clusters=3 if needed else None).labels)


@pytest.mark.parametrize("method", ON_FEATURES)
def test_every_method_takes_equal_rows_and_refuses_nan(method):
    wanted = 2 if METHODS[method].number == "needed" else None
    same = cluster(np.ones((20, 2)), method, n_clusters=wanted).labels
    assert len(set(same.tolist())) == 1
    with pytest.raises(InputError, match="1 of 20 rows"):
        cluster(np.where(np.arange(40).reshape(20, 2) == 3, np.nan, 1.0), method, n_clusters=wanted)


@pytest.mark.parametrize("method", ["leiden", "spectral"])
def test_methods_on_a_graph(method):
    from artgraph.testing import toy_adjacency

    assert cluster(toy_adjacency(), method, n_clusters=2).labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert cluster(toy_adjacency("isolated"), method, n_clusters=1).labels.tolist() == [0, 0, 0, -1, -1]


def test_the_number_of_clusters_is_asked_for_where_it_is_needed():
    X, _ = toy_features()
    with pytest.raises(InputError, match="--n-clusters"):
        cluster(X, "kmeans")
    with pytest.raises(InputError, match="finds the number"):
        cluster(X, "hdbscan", n_clusters=3)
    with pytest.raises(InputError, match="there are: leiden"):
        cluster(X, "magic")


def test_hdbscan_leaves_thin_places_out():
    X = np.array([[i / 10, 0.0] for i in range(12)] + [[50 + i / 10, 0.0] for i in range(15)] + [[1000.0, 0.0]])
    assert hdbscan(X).tolist() == [1] * 12 + [0] * 15 + [-1]
    assert hdbscan(X[:9]).tolist() == [-1] * 9
    with pytest.raises(InputError, match="at least 2"):
        hdbscan(X, 1)


def test_agglomerative_agrees_with_scipy():
    from scipy.cluster.hierarchy import fcluster, linkage

    X = np.random.default_rng(0).normal(size=(60, 3))
    expected = fcluster(linkage(X, "ward"), 7, "maxclust")
    assert adjusted_rand_score(expected, agglomerative(X, 7)) == 1


def test_dec_leaves_the_global_random_state_alone():
    import torch

    X, _ = toy_features(80, spread=0.3)
    state = torch.get_rng_state()
    first = dec(X, 3, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(5)
    assert np.array_equal(first, dec(X, 3, seed=1))


def test_kmeans():
    X = np.array([[0, 0], [0, 1], [10, 0], [10, 1], [10, 2], [50, 0]], dtype=np.float32)
    X.flags.writeable = False
    labels = kmeans(X, 3)
    assert labels.dtype == np.int32
    assert labels.tolist() == [1, 1, 0, 0, 0, 2]
    assert kmeans(X, 1).tolist() == [0] * 6
    assert kmeans(X, 6).tolist() == [0, 1, 2, 3, 4, 5]


def test_kmeans_duplicates_and_refusals():
    assert kmeans(np.ones((4, 2)), 3).tolist() == [0, 0, 0, 0]
    assert kmeans([[1.0], [2.0], [2.0], [1.0], [2.0]], 4).tolist() == [1, 0, 0, 1, 0]
    with pytest.raises(InputError, match="1 of 2 rows"):
        kmeans([[1.0], [np.nan]], 1)
    with pytest.raises(InputError, match="shape"):
        kmeans([1.0, 2.0], 1)
    for bad in (0, 3):
        with pytest.raises(InputError, match="n_clusters"):
            kmeans([[1.0], [2.0]], bad)
    with pytest.raises(InputError, match="n_clusters"):
        kmeans(np.zeros((0, 2)), 1)
