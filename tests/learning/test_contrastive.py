import math

import numpy as np
import pytest
import torch

from artgraph.learning.contrastive import contrastive_loss, same_group


def artist_loss(Z, artists, **options):
    """The loss of works by ``artists`` (..., b); below 0: the work is not there."""
    return contrastive_loss(Z, same_group(artists), excluded=(artists < 0)[..., None, :], **options)


def neighbor_loss(Z, artists, near, **options):
    """The loss of works by neighbouring artists (b, b) bool."""
    absent = artists < 0
    return contrastive_loss(Z, near & ~absent[:, None], excluded=absent, average="pairs", **options)


def painting_loss(codes, painting, shared, **options):
    """The loss of windows of one painting; those that share pixels are left out."""
    return contrastive_loss(codes, painting[:, None] == painting, excluded=shared, **options)


def test_artist_loss_by_hand():
    Z = torch.tensor([[2.0, 0], [3, 0], [0, 1], [0, -5]])
    loss = artist_loss(Z, torch.tensor([0, 0, 1, 2]), temperature=1.0)
    expected = -np.log(np.e / (np.e + 2))  # works 2 and 3 are at right angles to both, and have no positive
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_artist_loss_falls_as_works_by_one_artist_come_together():
    artists = torch.tensor([0, 0, 1, 1])
    apart = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    together = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    assert artist_loss(together, artists) < 0.01 < artist_loss(apart, artists)


def test_artist_loss_without_positives_is_zero_and_renaming_changes_nothing():
    Z = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    assert artist_loss(Z, torch.tensor([0, 1, 2, 3])).item() == 0
    torch.testing.assert_close(artist_loss(Z, torch.tensor([0, 0, 1, 1])), artist_loss(Z, torch.tensor([7, 7, 3, 3])))


def test_a_positive_of_weight_zero_neither_attracts_nor_repels():
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


def test_several_batches_are_compared_each_within_itself():
    generator = torch.Generator().manual_seed(0)
    Z, artists = torch.randn(3, 8, 4, generator=generator), torch.randint(0, 3, (3, 8), generator=generator)
    weight = torch.rand(3, 8, 8, generator=generator)
    each = torch.stack([artist_loss(z, a, weight=w) for z, a, w in zip(Z, artists, weight, strict=True)])
    torch.testing.assert_close(artist_loss(Z, artists, weight=weight), each)


def test_neighbouring_artists_attract_and_one_artist_does_not():
    Z = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_(True)
    artists = torch.tensor([0, 0, 1, 1, 2, -1])
    near = torch.zeros(6, 6, dtype=torch.bool)
    near[0, 2] = near[2, 0] = near[5, 0] = near[0, 5] = True
    loss = neighbor_loss(Z, artists, near, temperature=0.5)
    cosine = torch.nn.functional.cosine_similarity(Z[:, None], Z[None], dim=2) / 0.5
    pairs = [cosine[a, b] - cosine[a, [j for j in range(5) if j != a]].logsumexp(0) for a, b in ((0, 2), (2, 0))]
    torch.testing.assert_close(loss, -torch.stack(pairs).mean())
    loss.backward()
    assert (Z.grad[5] == 0).all()
    assert neighbor_loss(Z, artists, torch.zeros_like(near)).item() == 0


def test_nt_xent_is_the_loss_of_cut_outs_of_one_picture():
    """Chen et al. 2020, equation 1, by hand for two pictures with two cut-outs each."""
    Z = torch.nn.functional.normalize(torch.tensor([[1.0, 0.2], [0.1, 1], [1, -0.3], [0.4, 1]]), dim=1)
    s = Z @ Z.T / 0.5
    pairs = [(0, 2), (2, 0), (1, 3), (3, 1)]
    by_hand = np.mean([-float(s[i, j] - torch.logsumexp(s[i][torch.arange(4) != i], 0)) for i, j in pairs])
    assert math.isclose(float(artist_loss(Z, torch.tensor([0, 1, 0, 1]), temperature=0.5)), by_hand, rel_tol=1e-5)


def test_windows_of_one_painting_by_hand():
    # Windows 0 and 1 are of one painting and point the same way, 2 is at a right angle: softmax e¹ / (e¹ + e⁰).
    codes, painting = torch.tensor([[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0, 1])
    loss = painting_loss(codes, painting, torch.eye(3, dtype=torch.bool), temperature=1.0)
    assert loss.item() == pytest.approx(np.log(1 + np.exp(-1)), abs=1e-6)


def test_windows_that_share_pixels_are_not_compared():
    codes, painting = torch.randn(3, 4), torch.tensor([0, 0, 1])
    shared = torch.eye(3, dtype=torch.bool)
    shared[0, 1] = shared[1, 0] = True
    assert painting_loss(codes, painting, shared).item() == 0


def test_one_painting_alone_has_no_other_to_be_told_from():
    codes = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    loss = painting_loss(codes, torch.tensor([0, 0]), torch.eye(2, dtype=torch.bool))
    assert loss.item() == pytest.approx(0, abs=1e-6)  # the only candidate is the right one
