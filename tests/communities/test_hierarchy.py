import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from artgraph.communities import hierarchy, leiden, modularity
from artgraph.communities.levels import coarsen
from artgraph.errors import InputError


def nested(seed=0):
    """12 groups of 20 in 4 groups of 60 in 2 of 120."""
    rng = np.random.default_rng(seed)
    group = np.arange(240) // 20
    chance = np.full((240, 240), 0.004)
    for size, value in ((6, 0.012), (3, 0.06), (1, 0.6)):
        chance[(group // size)[:, None] == group // size] = value
    upper = np.triu(rng.random(chance.shape) < chance, 1).astype(float)
    return sp.csr_array(upper + upper.T), group


def test_planted_levels_are_found():
    adjacency, group = nested()
    fine = leiden(adjacency, resolution=3)
    found = [fine, *hierarchy(adjacency, fine, levels=3)]
    assert [labels.max() + 1 for labels in found] == [12, 4, 2]
    for labels, size in zip(found, (1, 3, 6), strict=True):
        assert adjusted_rand_score(labels, group // size) == 1
        assert labels.dtype == np.int32


def test_every_cluster_lies_whole_in_one_above():
    rng = np.random.default_rng(1)
    upper = np.triu(rng.random((150, 150)) < 0.08, 1).astype(float)
    adjacency = sp.csr_array(upper + upper.T)
    fine = leiden(adjacency, resolution=4)
    found = [fine, *hierarchy(adjacency, fine, levels=4)]
    assert len(found) > 1
    for fine, coarse in itertools.pairwise(found):
        assert coarse.max() + 1 <= (fine.max() + 1) / 2
        for c in range(fine.max() + 1):
            assert len(set(coarse[fine == c].tolist())) == 1


def test_aggregated_modularity_is_the_modularity_of_the_graph():
    adjacency, group = nested()
    joined = coarsen(adjacency, group)
    # no other way to join in pairs two of the four groups above is better
    best = modularity(adjacency, joined)
    assert all(modularity(adjacency, np.where(joined == c, joined[0], joined)) <= best for c in range(joined.max() + 1))


def test_components_are_not_joined_and_rows_alone_stay_alone():
    adjacency = sp.block_diag([sp.coo_array(np.ones((3, 3)) - np.eye(3))] * 3 + [[[0.0]]], format="csr")
    labels = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, -1])
    assert coarsen(adjacency, labels).tolist() == labels.tolist()
    assert hierarchy(adjacency, labels, levels=5) == []
    assert coarsen(sp.csr_array((2, 2)), [-1, -1]).tolist() == [-1, -1]
    with pytest.raises(InputError, match="levels"):
        hierarchy(adjacency, labels, levels=0)


def test_it_stops_where_nothing_is_left_to_join_but_everything():
    adjacency, group = nested()
    found = hierarchy(adjacency, group, levels=9)
    assert [labels.max() + 1 for labels in found] == [4, 2]
    assert coarsen(adjacency, found[-1]).max() == 0
