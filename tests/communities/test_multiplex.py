import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from artgraph.communities import leiden, leiden_multiplex, modularity
from artgraph.errors import InputError


def cliques(*sizes, bridge=0.0):
    dense = sp.block_diag([sp.coo_array(np.ones((s, s)) - np.eye(s)) for s in sizes]).toarray()
    for cut in np.cumsum(sizes)[:-1]:
        dense[cut - 1, cut] = dense[cut, cut - 1] = bridge
    return sp.csr_array(dense)


def planted(truth, inside=0.3, outside=0.05, seed=3):
    rng = np.random.default_rng(seed)
    chance = np.where(truth[:, None] == truth, inside, outside)
    upper = np.triu(rng.random(chance.shape) < chance, 1).astype(float)
    return sp.csr_array(upper + upper.T)


@pytest.mark.parametrize("quality", ["modularity", "rb-er", "surprise", "significance"])
def test_every_quality_finds_bridged_cliques(quality):
    labels = leiden_multiplex(cliques(4, 5, 3, 1, bridge=0.2)[:13][:, :13], quality=quality)
    assert labels.dtype == np.int32
    assert labels.tolist()[:12] == [1] * 4 + [0] * 5 + [2] * 3


def test_a_resolution_of_cpm_is_a_density():
    graph = cliques(4, 4, bridge=0.2)
    # cliques have density 1, both together (12 + 0.2) / 28 = 0.436
    for call in (
        lambda r: leiden_multiplex(graph, quality="cpm", resolution=r),
        lambda r: leiden(graph, quality="cpm", resolution=r),
    ):
        assert call(0.9).max() == 1
        assert call(0.005).max() == 0
        assert call(1.1).max() == 7


def test_one_layer_is_plain_leiden():
    graph = planted(np.repeat(np.arange(5), 40), outside=0.03)
    ours, plain = leiden_multiplex(graph, seed=1), leiden(graph, seed=1)
    assert adjusted_rand_score(ours, plain) == 1
    assert modularity(graph, ours) == pytest.approx(modularity(graph, plain))


def test_two_layers_find_what_neither_shows():
    truth = np.repeat(np.arange(4), 50)
    pairs, others = truth // 2, (truth + 1) % 4 // 2  # 01 | 23, and 03 | 12
    layers = [planted(pairs, outside=0.02, seed=1), planted(others, outside=0.02, seed=2)]
    assert adjusted_rand_score(leiden_multiplex(layers, resolution=1.2), truth) > 0.95
    assert adjusted_rand_score(leiden_multiplex(layers, layer_weights=[1, 0]), pairs) == 1
    assert adjusted_rand_score(leiden_multiplex(layers, layer_weights=[1, 20]), others) == 1


def test_equal_weights_are_equal_say_however_heavy_the_links():
    rows, columns = np.repeat(np.arange(3), 60), np.tile(np.arange(4), 45)
    a, b = planted(rows, seed=1), planted(columns, seed=2)
    assert np.array_equal(leiden_multiplex([a, b], seed=4), leiden_multiplex([a, 1024 * b], seed=4))


def test_fixed_works_stay_where_they_are_and_pull_others():
    graph = cliques(4, 4, 1, 1)
    fixed = np.full(10, -1)
    fixed[[0, 4]] = 7
    assert leiden_multiplex(graph, resolution=0.3, fixed=fixed).tolist() == [0] * 8 + [-1, -1]
    fixed[[0, 1, 2, 3]] = [0, 0, 1, 1]
    labels = leiden_multiplex(graph, fixed=fixed)
    assert labels[0] == labels[1] != labels[2] == labels[3]
    fixed = np.full(10, -1)
    fixed[[0, 8]] = 3  # a classified work without links keeps its class
    assert leiden_multiplex(graph, fixed=fixed).tolist() == [0] * 4 + [1] * 4 + [0, -1]


def test_few_fixed_works_classify_the_rest():
    truth = np.repeat(np.arange(4), 50)
    fixed = np.where(np.arange(200) % 10 == 0, truth, -1)
    labels = leiden_multiplex(planted(truth), fixed=fixed, seed=2)
    assert adjusted_rand_score(labels, truth) > 0.95
    for c in range(4):
        assert len(set(labels[fixed == c])) == 1


def test_no_cluster_grows_beyond_the_limit():
    graph = planted(np.repeat(np.arange(3), 40))
    sizes = np.bincount(leiden_multiplex(graph, max_size=15))
    assert sizes.max() <= 15
    assert sizes.sum() == 120
    assert np.bincount(leiden_multiplex([graph, cliques(40, 40, 40)], quality="surprise", max_size=30)).max() <= 30
    assert np.bincount(leiden_multiplex(graph)).max() == 40
    with pytest.raises(InputError, match="holds 16 paintings"):
        leiden_multiplex(graph, fixed=np.where(np.arange(120) < 16, 0, -1), max_size=15)


def test_same_seed_same_labels():
    graph = planted(np.repeat(np.arange(4), 40), inside=0.12)
    first = [leiden_multiplex(graph, seed=seed) for seed in range(4)]
    again = [leiden_multiplex(graph, seed=seed) for seed in range(4)]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(first[0], other) for other in first[1:])


def test_no_links():
    assert leiden_multiplex(sp.csr_array((3, 3))).tolist() == [-1] * 3
    assert leiden_multiplex(sp.csr_array((0, 0))).tolist() == []
    assert leiden_multiplex(sp.csr_array((3, 3)), fixed=[5, -1, 5]).tolist() == [0, -1, 0]


def test_bad_arguments():
    good = cliques(3)
    for arguments, message in (
        ({"quality": "beauty"}, "no quality function"),
        ({"layer_weights": [1, 2]}, "as many weights"),
        ({"layer_weights": [0]}, "as many weights"),
        ({"layer_weights": [-1]}, "as many weights"),
        ({"max_size": 0}, "max_size"),
        ({"fixed": [0, 1]}, "rows"),
        ({"resolution": 0}, "resolution"),
    ):
        with pytest.raises(InputError, match=message):
            leiden_multiplex(good, **arguments)
    with pytest.raises(InputError, match="same paintings"):
        leiden_multiplex([good, cliques(4)])
    with pytest.raises(InputError, match="no quality function"):
        leiden(good, quality="surprise")
