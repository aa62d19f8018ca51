import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from artgraph.communities import leiden, leiden_auto, resolution_profile
from artgraph.communities.resolution import Profile, _choose, rewire, verdict
from artgraph.errors import InputError
from artgraph.plots.clustering import plot_profile
from experiments.planted import planted_graph


@pytest.mark.parametrize(("n_clusters", "mixing", "uneven"), [(8, 0.3, True)])
def test_planted_number_of_clusters_is_found(n_clusters, mixing, uneven):
    adjacency, truth = planted_graph(400, n_clusters, mixing=mixing, uneven=uneven, degree=16)
    labels, profile = leiden_auto(adjacency)
    assert abs(labels.max() + 1 - n_clusters) <= 0.1 * n_clusters
    assert adjusted_rand_score(truth, labels) > 0.9
    chosen = float(profile.resolution[profile.chosen])
    assert np.array_equal(labels, leiden(adjacency, resolution=chosen))
    assert profile.n_clusters[profile.chosen] == labels.max() + 1
    assert f"{labels.max() + 1} clusters" in verdict(profile)


@pytest.mark.parametrize("uneven", [True, False])
def test_a_graph_without_structure_gives_none(uneven):
    adjacency, _ = planted_graph(250, 1, uneven=uneven, degree=10)
    labels, profile = leiden_auto(adjacency)
    assert profile.chosen == -1
    assert set(labels.tolist()) <= {0, -1}
    assert np.array_equal(labels < 0, np.diff(adjacency.indptr) == 0)
    assert verdict(profile).startswith("No community structure")
    assert leiden(adjacency).max() > 3  # which plain modularity would have called clusters


def test_a_few_rows_cut_off_from_the_rest_are_no_structure():
    blob, _ = planted_graph(300, 1, degree=10)
    adjacency = sp.block_diag([blob, np.ones((3, 3)) - np.eye(3), [[0.0]]], format="csr")
    labels, profile = leiden_auto(adjacency)
    assert profile.chosen == -1
    assert labels[-1] == -1


def test_points_without_groups_are_no_structure():
    from artgraph.graph import jaccard_weights, knn

    X = np.random.default_rng(0).standard_normal((400, 20)).astype(np.float32)
    assert leiden_auto(jaccard_weights(knn(X, n_neighbors=15).indices))[1].chosen == -1


def test_the_widest_plateau_of_the_largest_excess_is_taken():
    excess = np.array([0.10, 0.90, 0.91, 0.92, 0.60, 0.93])
    assert _choose(excess, np.array([2, 5, 5, 5, 9, 30])) == 3
    assert _choose(excess, np.array([2, 5, 5, 6, 9, 30])) == 2
    assert _choose(excess / 2, np.array([2, 5, 5, 5, 9, 30])) == -1


def test_same_seed_same_profile_and_rows_alone_change_nothing():
    adjacency, _ = planted_graph(150, 5, degree=10)
    first = resolution_profile(adjacency, resolutions=[0.8, 2], seed=3)
    again = resolution_profile(adjacency, resolutions=[0.8, 2], seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_no_links(n):
    labels, profile = leiden_auto(sp.csr_array((n, n)))
    assert labels.tolist() == [-1] * n
    assert profile.chosen == -1
    assert "No community structure" in verdict(profile)


def test_tiny_graphs_do_not_fail():
    for n in (2, 4, 6):
        labels, _ = leiden_auto(sp.csr_array(np.ones((n, n)) - np.eye(n)))
        assert labels.tolist() == [0] * n


def test_rewiring_keeps_degrees_and_weights():
    adjacency, truth = planted_graph(300, 6, mixing=0.1)
    adjacency.data = np.random.default_rng(0).random(adjacency.nnz)
    adjacency = sp.csr_array(adjacency + adjacency.T)
    null = rewire(adjacency, seed=1)
    assert np.array_equal(np.diff(null.indptr), np.diff(adjacency.indptr))
    assert np.allclose(np.sort(null.data), np.sort(adjacency.data))
    assert abs(null - null.T).nnz == 0
    assert not null.diagonal().any()
    same = truth[:, None] == truth
    assert null.toarray()[same].sum() < 0.3 * adjacency.toarray()[same].sum()
    assert (rewire(adjacency, seed=1) != null).nnz == 0


@pytest.mark.parametrize("uneven", [True, False])
def test_planted_graphs_are_what_they_say(uneven):
    adjacency, truth = planted_graph(600, 10, mixing=0.25, degree=18, uneven=uneven, seed=2)
    assert abs(adjacency - adjacency.T).nnz == 0
    assert set(adjacency.data) == {1.0}
    assert not adjacency.diagonal().any()
    edges = adjacency.tocoo()
    assert (truth[edges.row] != truth[edges.col]).mean() == pytest.approx(0.25, abs=0.03)
    assert adjacency.nnz / 600 == pytest.approx(18, rel=0.05)
    sizes = np.bincount(truth)
    assert len(sizes) == 10
    assert sizes.sum() == 600
    assert (sizes.max() > 1.5 * sizes.min()) == uneven


def test_bad_arguments():
    good, _ = planted_graph(30, 2, degree=5)
    for arguments in (
        {"resolutions": []},
        {"n_subsamples": 0},
        {"n_nulls": 0},
        {"fraction": 1.0},
        {"resolutions": [0]},
    ):
        with pytest.raises(InputError):
            resolution_profile(good, **arguments)
    for arguments in ((4, 1), (30, 0), (30, 7)):
        with pytest.raises(InputError, match="rows for each"):
            planted_graph(*arguments)


def test_drawn(tmp_path):
    grid = np.array([0.5, 1, 2.0])
    for chosen in (1, -1):
        profile = Profile(grid, np.array([1, 5, 9]), grid / 3, grid / 9, grid, grid, chosen)
        plot_profile(tmp_path / "a.png", profile, title="x")
        first = (tmp_path / "a.png").read_bytes()
        plot_profile(tmp_path / "a.png", profile, title="x")
        assert first == (tmp_path / "a.png").read_bytes()
