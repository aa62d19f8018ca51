import numpy as np
import pytest
import torch

from artgraph.vgae import artist_loss, bernoulli_edge_loss, feature_loss, kindred_loss, kl_divergence


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


def test_artist_loss_by_hand():
    Z = torch.tensor([[2.0, 0], [3, 0], [0, 1], [0, -5]])
    loss = artist_loss(Z, torch.tensor([0, 0, 1, 2]), temperature=1.0)
    expected = -np.log(np.e / (np.e + 2))  # works 2 and 3 are at right angles to both, and have no fellow
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_artist_loss_falls_as_works_of_one_hand_come_together():
    artists = torch.tensor([0, 0, 1, 1])
    apart = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    together = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    assert artist_loss(together, artists) < 0.01 < artist_loss(apart, artists)


def test_artist_loss_without_fellows_is_nothing_and_renaming_changes_nothing():
    Z = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    assert artist_loss(Z, torch.tensor([0, 1, 2, 3])).item() == 0
    torch.testing.assert_close(artist_loss(Z, torch.tensor([0, 0, 1, 1])), artist_loss(Z, torch.tensor([7, 7, 3, 3])))


def test_a_fellow_of_weight_nothing_neither_attracts_nor_repels():
    Z = torch.tensor([[1.0, 0], [1, 0], [0, 1], [-1, 0]], requires_grad=True)
    artists = torch.tensor([0, 0, 0, 1])
    weight = torch.tensor([[1.0, 1, 0, 1], [1, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1]])
    gated = artist_loss(Z, artists, temperature=1.0, weight=weight)
    assert gated.item() == pytest.approx(
        -np.log(np.e / (np.e + np.exp(-1))), rel=1e-4
    )  # the third work is as if not there
    gated.backward()
    assert Z.grad[2].abs().max() < 1e-4


def test_full_weights_are_no_weights():
    Z = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    artists = torch.tensor([0, 0, 0, 1, 1, 2])
    torch.testing.assert_close(artist_loss(Z, artists, weight=torch.ones(6, 6)), artist_loss(Z, artists))


def test_a_work_that_is_not_there_changes_nothing():
    Z = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    artists, weight = torch.tensor([0, -1, 0, 1, -1, 1]), torch.rand(6, 6, generator=torch.Generator().manual_seed(1))
    there = artists >= 0
    Z.requires_grad_(True)
    loss = artist_loss(Z, artists, weight=weight)
    torch.testing.assert_close(loss, artist_loss(Z[there], artists[there], weight=weight[there][:, there]))
    loss.backward()
    assert (Z.grad[~there] == 0).all()
    alone = artist_loss(Z, torch.full((6,), -1))
    assert alone.item() == 0
    assert torch.autograd.grad(alone, Z)[0].isfinite().all()


def test_several_batches_know_nothing_of_each_other():
    generator = torch.Generator().manual_seed(0)
    Z, artists = torch.randn(3, 8, 4, generator=generator), torch.randint(0, 3, (3, 8), generator=generator)
    weight = torch.rand(3, 8, 8, generator=generator)
    each = torch.stack([artist_loss(z, a, weight=w) for z, a, w in zip(Z, artists, weight, strict=True)])
    torch.testing.assert_close(artist_loss(Z, artists, weight=weight), each)


def test_kindred_attract_and_one_hand_does_not():
    Z = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_(True)
    artists = torch.tensor([0, 0, 1, 1, 2, -1])
    kindred = torch.zeros(6, 6, dtype=torch.bool)
    kindred[0, 2] = kindred[2, 0] = kindred[5, 0] = kindred[0, 5] = True
    loss = kindred_loss(Z, artists, kindred, temperature=0.5)
    cosine = torch.nn.functional.cosine_similarity(Z[:, None], Z[None], dim=2) / 0.5
    pairs = [cosine[a, b] - cosine[a, [j for j in range(5) if j != a]].logsumexp(0) for a, b in ((0, 2), (2, 0))]
    torch.testing.assert_close(loss, -torch.stack(pairs).mean())
    loss.backward()
    assert (Z.grad[5] == 0).all()
    assert kindred_loss(Z, artists, torch.zeros_like(kindred)).item() == 0
