import numpy as np
import torch

from artgraph.vgae.kindred import Kindred


def on_a_circle(n):
    angle = torch.arange(n) * 2 * torch.pi / n
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def test_the_nearest_sixteenth_are_kindred():
    artists = torch.arange(32).repeat_interleave(3)
    generator = torch.Generator().manual_seed(0)
    mu = on_a_circle(32)[artists] + 0.001 * torch.randn(96, 2, generator=generator)
    found = Kindred(mu, artists, parts=1, generator=generator)(artists)
    assert found.shape == (1, 96, 96)
    for i in (0, 50):
        at = int(artists[i])
        assert set(artists[found[0, i]].tolist()) == {(at - 1) % 32, (at + 1) % 32}
    assert found.sum() == 96 * 6


def test_each_part_has_kindred_of_its_own():
    artists, order = torch.arange(32), np.random.default_rng(0).permutation(32)
    mu = torch.cat([on_a_circle(32), on_a_circle(32)[order]], dim=1)
    first, second = Kindred(mu, artists, parts=2, generator=torch.Generator().manual_seed(0))(artists)
    assert not (first == second).all()
    where = torch.from_numpy(order)
    assert (first[where][:, where] == second).all()


def test_many_artists_are_compared_with_some(monkeypatch):
    monkeypatch.setattr("artgraph.vgae.kindred.COMPARED", 64)
    artists = torch.arange(640)
    found = Kindred(on_a_circle(640), artists, parts=1, generator=torch.Generator().manual_seed(0))(artists)
    assert 30 < found.sum() / 640 < 52  # a sixteenth: 40
    assert not found[0].diagonal().any()


def test_codes_may_have_gaps_and_artists_one_place():
    artists = torch.tensor([3, 3, 9, 9, 40])
    kindred = Kindred(torch.ones(5, 4), artists, parts=2, generator=torch.Generator().manual_seed(0))
    found = kindred(artists)
    assert (found == (artists[:, None] != artists)).all()
    assert all(means.isfinite().all() for means in kindred.means)
