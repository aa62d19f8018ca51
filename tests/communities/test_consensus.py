"""Consensus: what many runs of Leiden agree on, counted on links."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from artgraph import pipeline
from artgraph.communities import cluster, leiden_consensus, soft_membership
from artgraph.communities.consensus import agreement_weights, consensus_runs
from artgraph.errors import InputError


@pytest.fixture(scope="module")
def planted():
    """150 rows in 5 groups, and 2 without a link."""
    rng, truth = np.random.default_rng(3), np.repeat(np.arange(5), 30)
    links = np.triu(rng.random((150, 150)) < np.where(truth[:, None] == truth, 0.35, 0.03), 1)
    graph = sp.csr_array(np.pad((links | links.T).astype(np.float64), (0, 2)))
    graph.data.flags.writeable = False
    return graph, truth


def test_groups_are_found_and_rows_without_links_have_none(planted):
    graph, truth = planted
    labels, runs = leiden_consensus(graph, 8, n_clusters=5)
    assert labels.dtype == np.int32
    assert labels[150:].tolist() == [-1, -1]
    assert adjusted_rand_score(truth, labels[:150]) > 0.95
    assert runs.shape == (8, 152)
    assert (runs[:, 150:] == -1).all()


def test_one_seed_gives_one_result_and_runs_differ(planted):
    graph, _ = planted
    one, again, other = (consensus_runs(graph, 6, resolution=3.0, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert len({run.tobytes() for run in one}) > 1
    first, second = (leiden_consensus(graph, 6, seed=1)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_links_are_neither_added_nor_lost(planted):
    graph, _ = planted
    weighted = agreement_weights(graph, consensus_runs(graph, 4))
    np.testing.assert_array_equal(weighted.indptr, graph.indptr)
    np.testing.assert_array_equal(weighted.indices, graph.indices)
    assert weighted.data.min() >= 0.05
    assert weighted.data.max() <= 1.0
    assert abs(weighted - weighted.T).max() == 0


def test_confidence_comes_from_the_runs(planted):
    graph, _ = planted
    found = cluster(graph, n_clusters=5, consensus=8)
    assert found.facts["consensus"]["runs"] == 8
    assert found.facts["consensus"]["inside"] > found.facts["consensus"]["between"]

    def unused(rows, seed):
        raise AssertionError("no subsample is clustered")

    object.__setattr__(found, "refit", unused)
    soft, facts = soft_membership(found, graph, adjacency=graph)
    assert facts["runs"] == 8
    assert (soft.confidence[:150] > 0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "spectral"}, "'consensus' is a setting of Leiden; 'spectral' does not have it"),
        ({"quality": "cpm"}, "with modularity on one graph; leave 'quality' out"),
        ({"max_size": 20}, "leave 'max_size' out"),
        ({"fixed": "artist"}, "leave 'fixed' out"),
        ({"graphs": ("style",)}, "leave 'graphs' out"),
    ],
)
def test_settings_that_it_does_not_go_with_are_refused(described, settings, message):
    with pytest.raises(InputError, match=message):
        pipeline.communities(described, consensus=4, **settings)


def test_one_run_is_no_consensus(planted):
    with pytest.raises(InputError, match="at least 2"):
        leiden_consensus(planted[0], 1)


def test_no_links_and_automatic_resolution(planted):
    assert cluster(sp.csr_array((3, 3)), consensus=4).labels.tolist() == [-1, -1, -1]
    found = cluster(planted[0], resolution="auto", consensus=4)
    assert found.labels.max() == 4
    assert {"verdict", "consensus"} <= set(found.facts)
