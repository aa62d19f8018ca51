"""Partitions that obey pairs."""

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph.communities.obey import contracted, joined, obey, regrouped, repaired
from artgraph.testing import toy_adjacency


def graph(n, seed, share=0.3):
    rng = np.random.default_rng(seed)
    half = np.triu(rng.random((n, n)) < share, 1) * rng.random((n, n))
    return sp.csr_array(half + half.T)


@settings(max_examples=60, deadline=None)
@given(st.integers(4, 16), st.integers(0, 10**6), st.integers(2, 4))
def test_every_pair_of_consistent_decisions_holds(n, seed, k):
    rng = np.random.default_rng(seed)
    truth = rng.integers(k, size=n)
    pairs = rng.integers(n, size=(2 * n, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    same = truth[pairs[:, 0]] == truth[pairs[:, 1]]
    fixed = np.where(rng.random(n) < 0.2, truth, -1)
    codes = np.unique(fixed[fixed >= 0])
    forbidden = [(row, code) for row in range(n) for code in codes if code != truth[row] and rng.random() < 0.2]
    adjacency = graph(n, seed)
    labels, unmet = obey(adjacency, must=pairs[same], cannot=pairs[~same], fixed=fixed, forbidden=forbidden, seed=0)
    assert unmet == []
    for a, b in pairs[same]:
        assert labels[a] == labels[b] >= 0
    for a, b in pairs[~same]:
        assert labels[a] != labels[b] or labels[a] < 0
    for a in np.flatnonzero(fixed >= 0):
        for b in np.flatnonzero(fixed >= 0):
            assert (labels[a] == labels[b]) == (fixed[a] == fixed[b])
    for row, code in forbidden:
        assert labels[row] not in labels[fixed == code]
    again, _ = obey(adjacency, must=pairs[same], cannot=pairs[~same], fixed=fixed, forbidden=forbidden, seed=0)
    assert (labels == again).all()


def test_a_chain_that_is_closed_is_said():
    labels, unmet = obey(toy_adjacency(), must=[(0, 1), (1, 2)], cannot=[(0, 2)])
    assert [one.rows for one in unmet] == [(0, 2)]
    assert labels[0] == labels[1] == labels[2]


def test_the_row_that_is_less_bound_goes_and_takes_what_is_tied_to_it():
    links = sp.csr_array(toy_adjacency())  # two triangles, 2 and 3 weakly linked
    labels, unmet = repaired(links, [0, 0, 0, 0, 1, 1], cannot=[(2, 3)])
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert not unmet
    labels, unmet = repaired(
        links, [0, 0, 0, 0, 1, 1], fixed=[-1, -1, 1, -1, -1, -1], cannot=[(2, 3)], forbidden=[(3, 0)]
    )
    assert labels[2] == 1  # neither 0 nor the cluster of 2 is allowed
    assert labels[3] == 2
    assert not unmet
    labels, unmet = repaired(links, [0, 0, 0, 0, 1, 1], held=[True] * 6, cannot=[(2, 3)], forbidden=[(0, 0)])
    assert labels.tolist() == [0, 0, 0, 0, 1, 1]
    assert len(unmet) == 2


def test_contraction_adds_up_weights_and_drops_loops():
    node = joined(6, [(0, 1), (1, 2), (3, 4), (4, 5)])
    assert np.allclose(contracted(toy_adjacency(), node).toarray(), [[0, 0.1], [0.1, 0]])


def test_merges_and_splits_hold_through_reruns():
    triangle = np.ones((3, 3)) - np.eye(3)
    links = sp.block_diag([sp.csr_array(triangle)] * 4, format="csr")
    base = np.repeat([0, 1, 2, 3], 3)
    merged, _, unmet = regrouped(links, base, base, merged=[(1, 3)])
    assert merged.tolist() == np.repeat([0, 1, 2, 1], 3).tolist()
    assert not unmet
    # the next run finds four again, and keep_names calls the fourth 4 because 3 is gone
    again, _, _ = regrouped(links, np.repeat([0, 1, 2, 4], 3), merged, merged=[(1, 3)])
    assert (again == merged).all()

    two = np.repeat([0, 0, 1, 2], 3)
    cut, parts, unmet = regrouped(links, two, two, split={0: 2})
    assert sorted(np.bincount(cut).tolist()) == [3, 3, 3, 3]
    assert parts == {0: [0, 3]}
    assert not unmet
    again, parts, _ = regrouped(links, two, cut, split={0: 2}, parts=parts)
    assert (again == cut).all()
    assert parts == {0: [0, 3]}
    one = links[:3][:, :3]
    _, parts, unmet = regrouped(one, [0, 0, 0], [0, 0, 0], split={0: 7})
    assert "was to be 7" in unmet[0]
