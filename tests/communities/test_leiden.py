import random
import threading

import igraph
import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_rand_score

from artgraph.checks import check_adjacency
from artgraph.communities import leiden, leiden_n_clusters, modularity
from artgraph.communities.igraph_bridge import check_memory, seeded_igraph, to_igraph
from artgraph.communities.labels import relabel_by_size
from artgraph.errors import InputError


def cliques(*sizes, bridge=0.0):
    """Cliques of the given sizes, the last row of each joined to the first of the next by weight ``bridge``."""
    dense = sp.block_diag([sp.coo_array(np.ones((s, s)) - np.eye(s)) for s in sizes]).toarray()
    for cut in np.cumsum(sizes)[:-1]:
        dense[cut - 1, cut] = dense[cut, cut - 1] = bridge
    return frozen(sp.csr_array(dense))


def planted(n_per=40, k=5, inside=0.3, outside=0.01, seed=3):
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(k), n_per)
    chance = np.where(truth[:, None] == truth, inside, outside)
    upper = np.triu(rng.random(chance.shape) < chance, 1) * rng.uniform(0.5, 1.5, chance.shape)
    return frozen(sp.csr_array(upper + upper.T)), truth


def frozen(matrix):
    for array in (matrix.data, matrix.indices, matrix.indptr):
        array.flags.writeable = False
    return matrix


def n_parts(adjacency, labels):
    """How many connected parts the clusters have in all."""
    links = sp.coo_array(adjacency)
    inside = labels[links.row] == labels[links.col]
    kept = sp.coo_array((links.data[inside], (links.row[inside], links.col[inside])), shape=adjacency.shape).tocsr()
    return connected_components(kept[labels >= 0][:, labels >= 0], directed=False)[0]


def groups(labels):
    return {frozenset(np.flatnonzero(labels == c).tolist()) for c in np.unique(labels)}


def test_two_triangles_and_a_row_alone():
    labels = leiden(cliques(3, 3, 1, bridge=0.0))
    assert labels.dtype == np.int32
    assert labels.tolist() == [0, 0, 0, 1, 1, 1, -1]


def test_largest_cluster_is_zero_and_ties_follow_the_first_row():
    assert leiden(cliques(3, 4, 3, 5, bridge=0.1)).tolist() == [2] * 3 + [1] * 4 + [3] * 3 + [0] * 5


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_no_links_no_clusters(n):
    assert leiden(sp.csr_array((n, n))).tolist() == [-1] * n
    assert modularity(sp.csr_array((n, n)), [-1] * n) == 0.0


def test_one_link():
    assert leiden(sp.csr_array([[0.0, 2.0], [2.0, 0.0]])).tolist() == [0, 0]
    assert leiden(sp.csr_array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])).tolist() == [0, 0, -1]


def test_planted_groups_are_found():
    adjacency, truth = planted()
    assert groups(leiden(adjacency)) == groups(truth)


def test_weights_decide():
    # a 4-cycle whose heavy links are 0-1 and 2-3, then 1-2 and 3-0
    def cycle(a, b):
        return sp.csr_array([[0, a, 0, b], [a, 0, b, 0], [0, b, 0, a], [b, 0, a, 0]])

    assert leiden(cycle(5.0, 1.0)).tolist() == [0, 0, 1, 1]
    assert leiden(cycle(1.0, 5.0)).tolist() == [0, 1, 1, 0]


def test_every_cluster_is_connected_and_modularity_beats_one_cluster():
    adjacency, _ = planted(inside=0.08, outside=0.02)
    labels = leiden(adjacency, seed=4)
    graph, _ = to_igraph(check_adjacency(adjacency))
    for c in range(labels.max() + 1):
        assert graph.induced_subgraph(np.flatnonzero(labels == c).tolist()).is_connected()
    assert modularity(adjacency, labels) > 0.2


def test_default_is_never_worse_than_igraphs_two_iterations_on_average():
    adjacency, _ = planted(inside=0.06, outside=0.02)
    two = [modularity(adjacency, leiden(adjacency, seed=s, n_iterations=2)) for s in range(5)]
    stable = [modularity(adjacency, leiden(adjacency, seed=s)) for s in range(5)]
    assert np.mean(stable) >= np.mean(two)


def test_one_seed_one_result_whatever_the_global_state():
    adjacency, _ = planted(inside=0.06, outside=0.03)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    state = random.getstate()
    first = leiden(adjacency, seed=5)
    assert random.getstate() == state
    random.seed(2)
    assert np.array_equal(first, leiden(adjacency, seed=5))
    assert any(not np.array_equal(first, leiden(adjacency, seed=s)) for s in range(6, 10))


def test_igraph_draws_from_the_random_module_again_afterwards():
    with pytest.raises(RuntimeError), seeded_igraph(0):
        raise RuntimeError
    leiden(cliques(3, 3, bridge=0.1))
    random.seed(7)
    first = igraph.Graph.Erdos_Renyi(30, m=40).get_edgelist()
    random.seed(7)
    assert igraph.Graph.Erdos_Renyi(30, m=40).get_edgelist() == first


def test_threads_do_not_mix_their_seeds():
    adjacency, _ = planted(inside=0.06, outside=0.03)
    alone = [leiden(adjacency, seed=s) for s in range(4)]
    together = [None] * 4

    def work(s):
        together[s] = leiden(adjacency, seed=s)

    threads = [threading.Thread(target=work, args=(s,)) for s in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_result_depends_on_the_weights_only_not_on_how_they_are_stored():
    adjacency, _ = planted(inside=0.06, outside=0.03)
    expected = leiden(adjacency)
    coo = adjacency.tocoo()
    shuffle = np.random.default_rng(0).permutation(coo.nnz)
    messy = sp.csc_matrix((coo.data[shuffle], (coo.row[shuffle], coo.col[shuffle])), shape=coo.shape)
    stored_zero = adjacency.tolil()
    stored_zero[0, 199] = 0.0
    assert np.array_equal(expected, leiden(messy))
    assert np.array_equal(expected, leiden(stored_zero.tocsr()))
    with_rows_alone = sp.block_diag([sp.csr_array((1, 1)), adjacency, sp.csr_array((2, 2))], format="csr")
    assert leiden(with_rows_alone).tolist() == [-1, *expected.tolist(), -1, -1]


def test_higher_resolution_more_clusters():
    adjacency, _ = planted()
    counts = [leiden(adjacency, resolution=r).max() + 1 for r in (0.05, 1.0, 8.0)]
    assert counts[0] < counts[1] < counts[2]


# modularity by hand: two triangles joined by one link, 2m = 14, strengths 2 2 3 3 2 2
def test_modularity_by_hand():
    adjacency = cliques(3, 3, bridge=1.0)
    assert modularity(adjacency, [0, 0, 0, 1, 1, 1]) == pytest.approx(12 / 14 - 2 * (7 / 14) ** 2)
    assert modularity(adjacency, [0, 0, 0, 1, 1, 1], resolution=0.5) == pytest.approx(12 / 14 - (7 / 14) ** 2)
    assert modularity(adjacency, [4] * 6) == pytest.approx(0.0)
    assert modularity(adjacency, [-1] * 6) == pytest.approx(-(4 * 4 + 2 * 9) / 14**2)
    assert modularity(adjacency, [0, 0, 0, 1, 1, -1]) == modularity(adjacency, [0, 0, 0, 1, 1, 2])


def test_modularity_agrees_with_igraph_and_ignores_names():
    adjacency, _ = planted()
    graph, weights = to_igraph(check_adjacency(adjacency))
    labels = np.random.default_rng(1).integers(0, 6, 200)
    for r in (0.3, 1.0, 2.5):
        expected = graph.modularity(labels.tolist(), weights=weights, resolution=r)
        assert modularity(adjacency, labels, resolution=r) == pytest.approx(expected)
        assert modularity(adjacency, 50 - labels, resolution=r) == pytest.approx(expected)


@pytest.mark.parametrize("wanted", [1, 2, 4, 5, 9, 30, 200])
def test_wanted_number_of_clusters(wanted):
    adjacency, _ = planted()
    labels, resolution = leiden_n_clusters(adjacency, wanted, seed=2)
    assert labels.max() + 1 == wanted
    assert np.array_equal(labels, leiden(adjacency, resolution=resolution, seed=2))


def test_components_are_a_lower_limit_and_linked_rows_an_upper():
    adjacency = cliques(4, 4, 4, 1)
    labels, _ = leiden_n_clusters(adjacency, 1)
    assert labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [-1]
    labels, _ = leiden_n_clusters(adjacency, 13)
    assert labels.max() + 1 == 12


def test_a_clique_cannot_give_every_number():
    labels, _ = leiden_n_clusters(cliques(6), 5)
    assert labels.max() + 1 in (1, 6)
    assert leiden_n_clusters(cliques(6, 6, bridge=0.5), 3, tolerance=1)[0].max() + 1 == 2


def test_relabel_by_size():
    assert relabel_by_size([7, 7, -5, 3, 3, 3, 9, 9]).tolist() == [1, 1, -1, 0, 0, 0, 2, 2]
    assert relabel_by_size([]).tolist() == []
    assert relabel_by_size([-1, -1]).tolist() == [-1, -1]
    assert relabel_by_size(np.array([2, 1, 0], dtype=np.uint8)).tolist() == [0, 1, 2]
    for bad in ([0.5, 1.0], [[1, 2]], ["a"]):
        with pytest.raises(InputError):
            relabel_by_size(bad)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((2, 2)), "sparse"),
        (sp.csr_array((2, 3)), "square"),
        (sp.csr_array([[0, 1.0], [2.0, 0]]), "not symmetric"),
        (sp.csr_array([[0, 1.0], [0, 0]]), "not symmetric"),
        (sp.csr_array([[0, -1.0], [-1.0, 0]]), "negative"),
        (sp.csr_array([[0, np.nan], [np.nan, 0]]), "NaN"),
        (sp.csr_array([[0, np.inf], [np.inf, 0]]), "NaN or infinite"),
        (sp.csr_array([[1.0, 1.0], [1.0, 0]]), "self-loops"),
        (sp.csr_array([[0, 1j], [1j, 0]]), "dtype"),
    ],
)
def test_bad_adjacency(matrix, message):
    for call in (leiden, lambda a: modularity(a, [0, 0]), lambda a: leiden_n_clusters(a, 1)):
        with pytest.raises(InputError, match=message):
            call(matrix)


def test_bad_arguments():
    good = cliques(3)
    for resolution in (0, -1, np.nan, np.inf, "high", None):
        with pytest.raises(InputError, match="resolution"):
            leiden(good, resolution=resolution)
    for seed in (-1, 2**32, 1.5, None, True):
        with pytest.raises(InputError, match="seed"):
            leiden(good, seed=seed)
    for n_clusters in (0, 4, 1.0, True):
        with pytest.raises(InputError, match="n_clusters"):
            leiden_n_clusters(good, n_clusters)
    with pytest.raises(InputError, match="n_iterations"):
        leiden(good, n_iterations=0)
    with pytest.raises(InputError, match="rows"):
        modularity(good, [0, 1])


def test_rounding_is_not_asymmetry():
    adjacency = sp.csr_array(np.array([[0, 0.3], [np.nextafter(np.float32(0.3), np.float32(1)), 0]], dtype=np.float32))
    assert leiden(adjacency).tolist() == [0, 0]


def test_a_large_graph_is_found_as_well_as_by_passes_without_end(monkeypatch):
    """Few passes, rows in another order in memory: modularity within the spread of seeds, and all connected."""
    adjacency, truth = planted(n_per=150, k=20, inside=0.15, outside=0.004)
    long = [leiden(adjacency, seed=seed) for seed in range(6)]
    monkeypatch.setattr("artgraph.communities.leiden_igraph.SMALL", 1000)
    short = [leiden(adjacency, seed=seed) for seed in range(6)]
    quality = [[modularity(adjacency, labels) for labels in runs] for runs in (long, short)]
    assert np.mean(quality[1]) >= np.mean(quality[0]) - max(np.std(quality[0], ddof=1), 3e-5)
    assert (short[0] == leiden(adjacency, seed=0)).all()
    for labels in short:
        assert adjusted_rand_score(truth, labels) > 0.95
        assert n_parts(adjacency, labels) == labels.max() + 1


def test_what_does_not_fit_in_memory_is_said_before_it_starts():
    check_memory(1000, 10_000, available=10**9)
    with pytest.raises(InputError, match=r"needs about 3\.2 GiB of memory, and 2\.0 GiB are available"):
        check_memory(1_000_000, 15_000_000, available=2 * 2**30)
