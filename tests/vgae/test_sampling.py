import numpy as np
import pytest
import torch

from artgraph.graph import Gate
from artgraph.vgae import Config
from artgraph.vgae.sampling import ArtistSampler, Witnesses, dropout


def test_artists_have_the_same_say():
    codes = np.array([0] * 50 + [1] * 3 + [2] + [-1] * 4)
    sampler = ArtistSampler(codes, Config(artists_per_batch=2, works_per_artist=3), "cpu")
    assert len(sampler) == 2  # one work alone says nothing
    rows, names = sampler.draw(np.random.default_rng(0))
    assert sorted(names.tolist()) == [0, 0, 0, 1, 1, 1]
    assert len(set(rows.tolist())) == 6
    assert (codes[rows.numpy()] == names.numpy()).all()


def test_works_of_an_artist_are_drawn_evenly_and_never_twice():
    sampler = ArtistSampler(np.repeat([0, 1], [7, 2]), Config(artists_per_batch=2, works_per_artist=4), "cpu")
    rng, seen = np.random.default_rng(0), np.zeros(9)
    for _ in range(2000):
        rows, names = sampler.draw(rng)
        assert len(rows) == len(set(rows.tolist())) == 6
        assert names.bincount().tolist() == [4, 2]
        seen[rows] += 1
    np.testing.assert_allclose(seen[:7] / 2000, 4 / 7, atol=0.05)
    assert (seen[7:] == 2000).all()


def test_a_round_asks_each_artist_once_in_batches_of_one_size():
    codes = np.repeat(np.arange(11), 2 + np.arange(11) % 4)
    sampler = ArtistSampler(codes, Config(artists_per_batch=2, works_per_artist=4), "cpu")
    found = list(sampler.rounds(np.random.default_rng(0), at_once=3))
    assert [rows.shape for rows, _ in found] == [(3, 8), (2, 8)]
    rows, names = (torch.cat([pair[i] for pair in found]) for i in (0, 1))
    there = names >= 0
    assert (torch.from_numpy(codes)[rows[there]] == names[there]).all()
    assert len(set(rows[there].tolist())) == there.sum()
    assert len(set(names[there].tolist())) == 10  # the eleventh waits
    assert all(len(set(batch[batch >= 0].tolist())) == 2 for batch in names)
    few = ArtistSampler(codes, Config(artists_per_batch=32, works_per_artist=4), "cpu")
    ((rows, names),) = few.rounds(np.random.default_rng(0), at_once=3)
    assert rows.shape == (1, 44)


def test_witnesses_are_the_gate_of_a_batch():
    X = np.random.default_rng(0).standard_normal((200, 6)).astype(np.float32)
    X[7] = 0  # near nothing
    rows = np.array([3, 7, 50, 3, 199])
    found = Witnesses(X, "cpu")(torch.from_numpy(rows))
    np.testing.assert_allclose(found, (Gate(X)(rows, rows) / 0.3).clip(0, 1), atol=1e-5)
    assert found[1].max() == 0
    assert found[0, 3] > 0.99


def test_dropout_keeps_the_mean_and_drops_its_share():
    values = torch.full((301, 7), 2.0)
    found = dropout(values, share=0.25, generator=torch.Generator().manual_seed(0))
    assert found.unique().tolist() == pytest.approx([0.0, 2 / 0.75])
    assert float((found == 0).float().mean()) == pytest.approx(0.25, abs=0.04)
    again = dropout(values, share=0.25, generator=torch.Generator().manual_seed(0))
    assert torch.equal(found, again)
    assert not torch.equal(found, dropout(values, share=0.25, generator=torch.Generator().manual_seed(1)))
    assert dropout(values, share=1e-9, generator=torch.Generator()).max().item() == pytest.approx(2 * 256 / 255)
