"""Clusters in time."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from artgraph.errors import InputError
from artgraph.interpret import cluster_times, influence


def graph(n, links):
    dense = np.zeros((n, n))
    for i, j in links:
        dense[i, j] = dense[j, i] = 1
    return csr_matrix(dense)


def test_times_by_hand():
    labels = np.array([0, 0, 0, 1, -1])
    times = cluster_times(labels, np.array([1801.0, 1805.0, 1811.0, np.nan, 1900.0]))
    assert times[0]["median"] == 1805
    assert times[0]["decades"] == [[1800, 2], [1810, 1]]
    assert (times[1]["dated"], times[1]["median"], times[1]["decades"]) == (0, None, [])


def test_the_later_cluster_follows_the_earlier():
    labels, years = np.repeat([0, 1], 10), np.concatenate([1900.0 + np.arange(10), 1850.0 + np.arange(10)])
    (pair,) = influence(labels, years, graph(20, [(0, 10), (1, 11), (9, 10)] + [(i, i + 1) for i in range(8)]))
    assert (pair["earlier"], pair["later"], pair["relation"]) == (1, 0, "follows")
    assert pair["earlier_by_dates"] == 1.0
    assert pair["earlier_in_links"] == 1.0
    assert pair["years"] == 50  # gaps 50, 50, 59
    assert pair["links"] == 3
    assert pair["borrowers"] == [0, 1, 9]
    # strengths 8 * 2 + 3 and 3 of 22
    assert pair["lift"] == pytest.approx(3 / (19 * 3 / 22))
    assert pair["p_links"] == 1.0


def test_links_nearer_in_time_than_the_dates():
    # both clusters span a century; only works of one and the same year are linked
    labels, years = np.repeat([0, 1], 50), np.concatenate([1800.0 + np.arange(50), 1825.0 + np.arange(50)])
    (pair,) = influence(labels, years, graph(100, [(25 + i, 50 + i) for i in range(25)]))
    assert pair["earlier_by_dates"] > 0.8
    assert pair["earlier_in_links"] == 0.5
    assert pair["p_links"] < 0.05
    assert pair["years"] == 0


def test_no_order_without_a_difference():
    rng = np.random.default_rng(0)
    labels, years = np.arange(60) % 2, 1800 + rng.integers(0, 100, 60).astype(float)
    (pair,) = influence(labels, years, graph(60, [(i, i + 1) for i in range(59)]), seed=1)
    assert pair["relation"] == "beside"
    assert pair == influence(labels, years, graph(60, [(i, i + 1) for i in range(59)]), seed=1)[0]


def test_undated_works_and_small_clusters_are_left_out():
    labels = np.array([0] * 5 + [1] * 5)
    years = np.array([1800.0] * 4 + [np.nan] + [1900.0] * 5)
    links = graph(10, [(0, 5), (4, 6)])
    assert influence(labels, years, links) == []
    (pair,) = influence(labels, years, links, min_works=4)
    assert pair["links"] == 1
    assert influence(labels, np.full(10, np.nan), links) == []
    with pytest.raises(InputError, match="9 years"):
        influence(labels, years[:9], links)
