import numpy as np
import pytest
import torch

from artgraph.graph.artists import SimilarityGate
from artgraph.vgae import Config
from artgraph.vgae.losses import (
    NeighborArtists,
    bernoulli_edge_loss,
    feature_loss,
    gate_weights,
    kl_divergence,
    loss_weights,
)


def test_kl_equals_torch_distributions():
    generator = torch.Generator().manual_seed(0)
    mu, logstd = torch.randn(5, 3, generator=generator), torch.randn(5, 3, generator=generator)
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, logstd.exp()), torch.distributions.Normal(0.0, 1.0)
    )
    torch.testing.assert_close(kl_divergence(mu, logstd), expected)


def test_edge_loss_by_hand():
    loss = bernoulli_edge_loss(torch.tensor([0.0, 2.0]), torch.tensor([-1.0]), torch.tensor([1.0, 3.0]))

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    expected = -(0.5 * np.log(sigmoid(0)) + 1.5 * np.log(sigmoid(2))) / 2 - np.log(sigmoid(1))
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_feature_loss_is_of_angles_not_of_lengths_or_turns():
    X = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    assert feature_loss(3 * X.flip(1), X).item() == pytest.approx(0, abs=1e-12)
    # cosines 0, 0 and 1 in place of 1 / sqrt 2, 0 and 1 / sqrt 2, each in two of nine pairs
    Z = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    expected = 2 * (0.5 + 0 + (1 - 0.5**0.5) ** 2) / 9
    assert feature_loss(Z, X).item() == pytest.approx(expected, rel=1e-5)


def test_edge_loss_does_not_saturate():
    logits = torch.tensor([-200.0], requires_grad=True)
    bernoulli_edge_loss(logits, torch.tensor([-1.0])).backward()
    assert logits.grad.item() == pytest.approx(-1)


def test_pairs_weigh_what_the_gate_lets_through():
    X = np.random.default_rng(0).standard_normal((200, 6)).astype(np.float32)
    X[7] = 0  # near nothing
    rows = np.array([3, 7, 50, 3, 199])
    found = gate_weights(SimilarityGate(X).to("cpu"), torch.from_numpy(rows))
    np.testing.assert_allclose(found, (SimilarityGate(X)(rows, rows) / 0.3).clip(0, 1), atol=1e-5)
    assert found[1].max() == 0
    assert found[0, 3] > 0.99


def on_a_circle(n):
    angle = torch.arange(n) * 2 * torch.pi / n
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def test_the_nearest_sixteenth_are_neighbours():
    artists = torch.arange(32).repeat_interleave(3)
    generator = torch.Generator().manual_seed(0)
    mu = on_a_circle(32)[artists] + 0.001 * torch.randn(96, 2, generator=generator)
    found = NeighborArtists(mu, artists, parts=1, generator=generator)(artists)
    assert found.shape == (1, 96, 96)
    for i in (0, 50):
        at = int(artists[i])
        assert set(artists[found[0, i]].tolist()) == {(at - 1) % 32, (at + 1) % 32}
    assert found.sum() == 96 * 6


def test_each_part_has_neighbours_of_its_own():
    artists, order = torch.arange(32), np.random.default_rng(0).permutation(32)
    mu = torch.cat([on_a_circle(32), on_a_circle(32)[order]], dim=1)
    first, second = NeighborArtists(mu, artists, parts=2, generator=torch.Generator().manual_seed(0))(artists)
    assert not (first == second).all()
    where = torch.from_numpy(order)
    assert (first[where][:, where] == second).all()


def test_many_artists_are_compared_with_some(monkeypatch):
    monkeypatch.setattr("artgraph.vgae.losses.COMPARED", 64)
    artists = torch.arange(640)
    found = NeighborArtists(on_a_circle(640), artists, parts=1, generator=torch.Generator().manual_seed(0))(artists)
    assert 30 < found.sum() / 640 < 52  # a sixteenth: 40
    assert not found[0].diagonal().any()


def test_codes_may_have_gaps_and_artists_one_place():
    artists = torch.tensor([3, 3, 9, 9, 40])
    neighbors = NeighborArtists(torch.ones(5, 4), artists, parts=2, generator=torch.Generator().manual_seed(0))
    found = neighbors(artists)
    assert (found == (artists[:, None] != artists)).all()
    assert all(means.isfinite().all() for means in neighbors.means)


def test_which_terms_a_loss_has():
    assert loss_weights(Config(), 30) == {"similarity": 0.1, "artist": 1.0, "neighbor_artists": 1.0}
    assert set(loss_weights(Config(), 29)) == {"similarity", "artist"}
    assert set(loss_weights(Config(), 1)) == {"similarity", "features"}
    assert set(loss_weights(Config(model="contrastive"), 30)) == {"artist"}
    assert set(loss_weights(Config(feature_weight=0.0, edge_weight=0.0), 0)) == set()
