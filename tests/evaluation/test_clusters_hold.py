"""Do clusters hold: minimum cuts, stability in subsamples, births and splits over time."""

import igraph
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph.communities.clustering import cluster
from artgraph.communities.membership import subsample_runs
from artgraph.errors import InputError
from artgraph.evaluation import cluster_cuts, cluster_stability, clusters_over_time, cut_years, minimum_cut
from artgraph.testing import toy_adjacency


def graph(n, *links):
    dense = np.zeros((n, n))
    for i, j in links:
        dense[i, j] = dense[j, i] = 0.5
    return sp.csr_array(dense)


def clique(*rows):
    return [(i, j) for i in rows for j in rows if i < j]


# ---- minimum cut


@pytest.mark.parametrize(
    ("adjacency", "cut"),
    [
        (graph(2, (0, 1)), 1),
        (graph(2), 0),
        (graph(4, (0, 1), (2, 3)), 0),
        (graph(4, (0, 1), (1, 2), (2, 3)), 1),
        (graph(5, (0, 1), (1, 2), (2, 3), (3, 4), (4, 0)), 2),
        (graph(6, *clique(*range(6))), 5),
        # two cliques of five and two links between them: no single work has so few
        (graph(10, *clique(*range(5)), *clique(*range(5, 10)), (0, 5), (1, 6)), 2),
        (graph(10, *clique(*range(5)), *clique(*range(5, 10)), (0, 5), (0, 6), (0, 7)), 3),
        (toy_adjacency("two triangles"), 1),
    ],
)
def test_a_minimum_cut_by_hand(adjacency, cut):
    assert minimum_cut(adjacency) == cut


@given(st.integers(0, 2**32 - 1), st.integers(2, 16), st.floats(0.1, 0.9))
@settings(max_examples=300, deadline=None)
def test_a_minimum_cut_is_that_of_igraph(seed, n, share):
    upper = np.triu(np.random.default_rng(seed).random((n, n)) < share, 1)
    edges = np.argwhere(upper).tolist()
    adjacency = sp.csr_array((upper | upper.T) * 0.3)
    assert minimum_cut(adjacency) == int(igraph.Graph(n=n, edges=edges).mincut().value)


def test_a_minimum_cut_through_the_middle_of_a_large_graph():
    """Two groups of 200 with 8 neighbours each, and three links between them: no work has so few."""
    blocks = [sp.csr_array(ring(200, 4)) for _ in range(2)]
    whole = sp.block_diag(blocks).tolil()
    for i, j in ((3, 250), (90, 300), (150, 399)):
        whole[i, j] = whole[j, i] = 1
    assert minimum_cut(whole.tocsr()) == 3


def ring(n, reach):
    rows = np.arange(n)
    dense = np.zeros((n, n))
    for step in range(1, reach + 1):
        dense[rows, (rows + step) % n] = dense[(rows + step) % n, rows] = 1
    return dense


def test_clusters_are_well_connected_or_not():
    """Eleven works in two cliques that one link joins: log10(11) is above 1."""
    joined = [*clique(*range(5)), *clique(*range(5, 11)), (0, 5)]
    lone = [*clique(*range(11, 15)), (0, 11)]
    found = cluster_cuts(graph(17, *joined, *lone), [0] * 11 + [1] * 4 + [2, -1])
    assert [(one["cluster"], one["size"], one["links"], one["cut"], one["well_connected"]) for one in found] == [
        (0, 11, 10 + 15 + 1, 1, False),
        (1, 4, 6, 3, True),
        (2, 1, 0, None, None),
    ]
    assert found[0]["needed"] == pytest.approx(np.log10(11))
    apart = cluster_cuts(graph(4, (0, 1), (2, 3)), [0, 0, 0, 0])[0]
    assert (apart["cut"], apart["well_connected"]) == (0, False)


# ---- stability


def test_stability_by_hand():
    labels = [0, 0, 0, 0, 1, 1, 1, -1]
    runs = [
        (np.arange(8), [5, 5, 5, 5, 2, 2, 2, 2]),  # as it was; the work without a cluster joins the second
        (np.array([0, 1, 2, 4, 5]), [0, 0, 1, 1, 1]),  # two of three; two of three
        (np.array([0, 1, 2, 3]), [0, 0, 1, 1]),  # a half; the second cluster is not in it
    ]
    first, second = cluster_stability(labels, runs)
    assert (first["cluster"], first["size"], first["runs"]) == (0, 4, 3)
    assert first["jaccard"] == pytest.approx((1 + 2 / 3 + 1 / 2) / 3)
    assert first["dissolved"] == pytest.approx(1 / 3)
    assert (second["runs"], second["dissolved"]) == (2, 0)
    assert second["jaccard"] == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert second["low"] <= second["jaccard"] <= second["high"]


def test_planted_clusters_are_stable_and_a_random_cut_is_not():
    rng = np.random.default_rng(1)
    planted = np.repeat([0, 1, 2], 40)
    same = planted[:, None] == planted
    upper = np.triu(rng.random((120, 120)) < np.where(same, 0.4, 0.02), 1)
    adjacency = sp.csr_array((upper | upper.T).astype(float))
    found = cluster(adjacency)
    runs = subsample_runs(120, found.refit, n_runs=10)
    stable = cluster_stability(found.labels, runs)
    assert len(stable) == 3
    assert all(one["jaccard"] > 0.9 and one["chance"] < 0.5 and one["dissolved"] == 0 for one in stable)
    halves = np.where(np.arange(120) % 2, found.labels, found.labels + 3)
    unstable = cluster_stability(halves, runs)
    assert all(one["jaccard"] < 0.65 for one in unstable)
    assert cluster_stability(found.labels, runs) == stable  # the same seed, the same figures


# ---- over time


def test_years_that_part_the_works_in_equal_shares():
    assert cut_years([1801.5, 1802, 1803, 1804, 1805, 1806], n_cuts=3) == [1802, 1804, 1806]
    assert cut_years([1800] * 5 + [1900], n_cuts=3) == [1800, 1900]
    assert cut_years([np.nan, np.nan]) == []


def scripted(*steps):
    """A refit that gives labels by the number of its rows."""
    known = {len(step): step for step in steps}
    return lambda rows, seed: np.array(known[len(rows)])


def test_a_cluster_splits_and_another_is_born():
    labels = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, -1]
    years = [1800, 1801, 1802, 1803, 1800, 1801, 1802, 1803, 1850, 1851, np.nan]
    refit = scripted([7] * 8)  # up to 1803, all eight are one cluster
    first, second = clusters_over_time(labels, years, refit, cuts=[1803, 1851])
    assert (first["until"], first["works"]) == (1803, 8)
    assert first["clusters"] == {0: 8}
    assert (second["works"], second["clusters"]) == (10, {0: 4, 1: 4, 2: 2})
    assert second["split"] == [{"from": 0, "into": [0, 1]}]
    assert (second["born"], second["gone"], second["merged"]) == ([2], [], [])
    assert "born" not in first


def test_a_cluster_that_is_gone_has_a_number_that_no_other_has():
    """Up to 1801 there are three clusters; one of them, of works that are then in cluster 0 and 1, is nobody's."""
    labels = [0, 0, 0, 1, 1, 1, 0, 1, 2, 2]
    years = [1800, 1800, 1800, 1800, 1800, 1800, 1801, 1801, 1850, 1850]
    refit = scripted([0, 0, 0, 1, 1, 1, 2, 2])
    first, second = clusters_over_time(labels, years, refit, cuts=[1801, 1850])
    assert first["clusters"] == {0: 3, 1: 3, 3: 2}  # 2 is a cluster of 1850
    assert second["born"] == [2]


def test_nothing_is_over_time_without_years():
    assert clusters_over_time([0, 0, 1], [np.nan] * 3, scripted(), cuts=[]) == []
    with pytest.raises(InputError, match="expected years that ascend"):
        clusters_over_time([0], [1800], scripted(), cuts=[1900, 1800])
    with pytest.raises(InputError, match="the same paintings"):
        clusters_over_time([0, 1], [1800], scripted(), cuts=[1800])
