import numpy as np
import torch
from scipy.sparse import csr_matrix

from artgraph.vgae.sampling import EdgeSampler, sample_non_edges


def test_sampled_pairs_are_no_edges():
    known = torch.tensor([0 * 4 + 1, 1 * 4 + 2])
    pairs = sample_non_edges(200, 4, known, generator=torch.Generator().manual_seed(0))
    assert pairs.shape == (2, 200)
    assert {tuple(sorted(pair)) for pair in pairs.T.tolist()} == {(0, 2), (0, 3), (1, 3), (2, 3)}


def test_a_complete_graph_has_no_pairs_to_give():
    known = torch.tensor([0 * 3 + 1, 0 * 3 + 2, 1 * 3 + 2])
    assert sample_non_edges(5, 3, known, generator=torch.Generator().manual_seed(0)).shape == (2, 0)


def test_edges_are_drawn_in_proportion_to_their_weights():
    star = np.zeros((4, 4), dtype=np.float32)
    star[0, 1:] = star[1:, 0] = [1, 2, 5]
    sampler = EdgeSampler(csr_matrix(star), "cpu")
    positive, negative = sampler.draw(torch.zeros(8000, dtype=torch.int64), torch.Generator().manual_seed(0))
    assert (positive[0] == 0).all()
    share = np.bincount(positive[1], minlength=4) / 8000
    np.testing.assert_allclose(share, [0, 1 / 8, 2 / 8, 5 / 8], atol=0.02)
    assert negative.shape == (2, 0)  # all that could be drawn are its own


def test_negatives_are_neither_edges_nor_loops(toy):
    adjacency = toy[1]
    sampler = EdgeSampler(adjacency, "cpu")
    generator = torch.Generator().manual_seed(0)
    positive, negative = sampler.draw(sampler.order(generator), generator)
    assert (np.asarray(adjacency[tuple(np.array(positive.tolist()))]) > 0).all()
    assert negative.shape[1] > 30
    assert (np.asarray(adjacency[tuple(np.array(negative.tolist()))]) == 0).all()
    assert (negative[0] != negative[1]).all()


def test_isolated_works_are_not_asked_for_edges():
    pair = csr_matrix(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=np.float32))
    assert sorted(EdgeSampler(pair, "cpu").order(torch.Generator().manual_seed(0)).tolist()) == [0, 1]
