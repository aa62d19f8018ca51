import random

import numpy as np
import torch
from scipy.sparse import csr_matrix

from artgraph.graph.typed import hetero_data
from artgraph.vgae import hold_out_edges
from artgraph.vgae.edges import EdgeSampler, sample_non_edges


def sampler_of(adjacency):
    return EdgeSampler(hetero_data(np.zeros((adjacency.shape[0], 1)), adjacency), "cpu")


def test_held_out_edges_are_edges_that_training_does_not_see(toy):
    adjacency = toy[1]
    training, positive, negative = hold_out_edges(adjacency, 0.2, np.random.default_rng(0))
    assert positive.shape[1] == round(0.2 * adjacency.nnz / 2) == negative.shape[1]
    assert training.nnz + 2 * positive.shape[1] == adjacency.nnz
    a, b = positive.numpy()
    assert (np.asarray(adjacency[a, b]) > 0).all()
    assert (np.asarray(training[a, b]) == 0).all()
    assert abs(training - training.T).nnz == 0
    a, b = negative.numpy()
    assert (np.asarray(adjacency[a, b]) == 0).all()


def test_no_more_edges_are_held_out_than_it_takes(toy, monkeypatch):
    adjacency = toy[1]
    monkeypatch.setattr("artgraph.vgae.edges.MOST_EDGES", 7)
    training, positive, negative = hold_out_edges(adjacency, 0.5, np.random.default_rng(0))
    assert positive.shape == negative.shape == (2, 7)
    assert training.nnz + 2 * 7 == adjacency.nnz


def test_a_split_follows_its_seed_and_leaves_the_global_states_alone(toy):
    torch.manual_seed(5)
    random.seed(5)
    before = torch.get_rng_state(), random.getstate()
    splits = [hold_out_edges(toy[1], 0.2, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == random.getstate()
    one, two, other = ([part.tobytes() for part in (m.data, p.numpy(), q.numpy())] for m, p, q in splits)
    assert one == two
    assert one[1] != other[1]


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
    sampler = sampler_of(csr_matrix(star))
    positive, negative = sampler.draw(torch.zeros(8000, dtype=torch.int64), torch.Generator().manual_seed(0))
    assert (positive[0] == 0).all()
    share = np.bincount(positive[1], minlength=4) / 8000
    np.testing.assert_allclose(share, [0, 1 / 8, 2 / 8, 5 / 8], atol=0.02)
    assert negative.shape == (2, 0)  # all that could be drawn are its own


def test_negatives_are_neither_edges_nor_loops(toy):
    adjacency = toy[1]
    sampler = sampler_of(adjacency)
    generator = torch.Generator().manual_seed(0)
    positive, negative = sampler.draw(sampler.order(generator), generator)
    assert (np.asarray(adjacency[tuple(np.array(positive.tolist()))]) > 0).all()
    assert negative.shape[1] > 30
    assert (np.asarray(adjacency[tuple(np.array(negative.tolist()))]) == 0).all()
    assert (negative[0] != negative[1]).all()


def test_isolated_works_are_not_asked_for_edges():
    pair = csr_matrix(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=np.float32))
    assert sorted(sampler_of(pair).order(torch.Generator().manual_seed(0)).tolist()) == [0, 1]
