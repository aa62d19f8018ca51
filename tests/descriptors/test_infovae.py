import warnings

import numpy as np
import pytest
import torch
from torch.nn.functional import mse_loss

from artgraph.descriptors.patches import (
    InfoVAEConfig,
    decode,
    encode,
    train_infovae,
)
from artgraph.descriptors.patches.infovae import Decoder, Encoder, infovae_loss, mmd
from artgraph.errors import InputError
from artgraph.learning.measures import active_units

QUICK = InfoVAEConfig(epochs=2, batch_size=16)


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Networks this small wait for each other's threads more than they compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def stripes(n, m, seed=0):
    """Windows of n paintings, each striped in a direction and a width of its own."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:64, :64]
    angle, width = rng.uniform(0, np.pi, n), rng.uniform(2, 8, n)
    phase = rng.uniform(0, 6, (n, m))
    along = x * np.cos(angle)[:, None, None] + y * np.sin(angle)[:, None, None]
    wave = np.sin(along[:, None] / width[:, None, None, None] + phase[..., None, None])
    return (127.5 + 127.5 * wave).astype(np.uint8)


@pytest.fixture(scope="module")
def windows():
    made = stripes(8, 4)
    made.flags.writeable = False
    return made


@pytest.fixture(scope="module")
def trained(windows):
    return train_infovae(windows, config=QUICK)


# ---- the discrepancy


def test_mmd_by_hand():
    # Two codes at 0 and 2 (k = e⁻²), two of the prior at 0 and 2 as well; across: 1, e⁻², e⁻², 1.
    sample = torch.tensor([[0.0], [2.0]])
    expected = np.exp(-2) + np.exp(-2) - 2 * (2 + 2 * np.exp(-2)) / 4
    assert mmd(sample, sample).item() == pytest.approx(expected, abs=1e-6)


def test_mmd_is_zero_on_average_for_equal_distributions_only():
    generator = torch.Generator().manual_seed(0)
    draw = [torch.randn(200, 8, generator=generator) for _ in range(40)]
    same = torch.stack([mmd(a, b) for a, b in zip(draw[::2], draw[1::2], strict=True)])
    assert abs(same.mean().item()) < 3 * same.std().item() / 20**0.5 + 1e-4
    assert (same < 0).any()  # without bias
    for other in (draw[0] + 1, draw[0] * 0.3, draw[0] * 0):
        assert mmd(other, draw[1]) > 10 * same.abs().max()


def test_mmd_moves_codes_towards_the_prior():
    generator = torch.Generator().manual_seed(0)
    codes = (1.5 + 0.1 * torch.randn(32, 2, generator=generator)).requires_grad_()
    optimiser = torch.optim.Adam([codes], lr=0.1)
    for _ in range(150):
        optimiser.zero_grad()
        mmd(codes, torch.randn(64, 2, generator=generator)).backward()
        optimiser.step()
    assert codes.mean(dim=0).abs().max() < 0.3
    assert codes.std(dim=0).detach().numpy() == pytest.approx(1, abs=0.35)


def test_loss_is_the_sum_of_its_parts():
    x, y, z, p = torch.rand(6, 1, 64, 64), torch.rand(6, 1, 64, 64), torch.randn(6, 4), torch.randn(6, 4)
    loss, reconstruction, discrepancy = infovae_loss(x, y, z, prior=p, mmd_weight=3.0)
    torch.testing.assert_close(reconstruction, mse_loss(x, y))
    torch.testing.assert_close(discrepancy, mmd(z, p))
    torch.testing.assert_close(loss, reconstruction + 3 * discrepancy)


# ---- the model


def test_shapes_and_channels_are_those_of_the_paper():
    encoder, decoder = Encoder(), Decoder()
    sizes = [
        tuple(m.weight.shape) for m in encoder if isinstance(m, torch.nn.Conv2d) and m.stride == (2, 2) and not m.bias
    ]
    assert sizes == [(32, 1, 3, 3), (64, 32, 3, 3), (128, 64, 3, 3), (256, 128, 3, 3)]
    drawn = decoder(encoder(torch.rand(2, 1, 64, 64)))
    assert drawn.shape == (2, 1, 64, 64)
    assert 0 <= drawn.min() < drawn.max() <= 1
    assert Decoder(3)(torch.zeros(1, 64)).shape == (1, 3, 64, 64)


def test_reconstruction_gets_better_and_every_unit_is_used(windows):
    more = train_infovae(windows, config=InfoVAEConfig(epochs=8, batch_size=8))
    assert more.history["reconstruction"][-1] < 0.7 * more.history["reconstruction"][0]
    assert all(curve.shape == (8,) for curve in more.history.values())
    codes = encode(windows, more.encoder)
    assert codes.shape == (8, 4, 64)
    assert active_units(codes.reshape(-1, 64)) >= 48
    drawn = decode(codes[0], more.decoder)
    assert drawn.shape == (4, 64, 64, 1)
    flat = np.mean((windows / 255 - windows.mean() / 255) ** 2)
    assert np.mean((drawn[..., 0] / 255 - windows[0] / 255) ** 2) < flat


def test_same_seed_same_bytes_and_no_global_state(windows, trained):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    np_before = np.random.get_state()[1].copy()  # noqa: NPY002
    again = train_infovae(windows, config=QUICK)
    codes = encode(windows, again.encoder)
    assert (torch.get_rng_state() == before).all()
    assert (np.random.get_state()[1] == np_before).all()  # noqa: NPY002
    assert all(again.encoder[name].tobytes() == trained.encoder[name].tobytes() for name in trained.encoder)
    other = train_infovae(windows, config=InfoVAEConfig(epochs=2, batch_size=16, seed=1))
    assert not np.allclose(encode(windows, other.encoder), codes)


def test_a_window_has_one_code_whatever_stands_beside_it(windows, trained):
    codes = encode(windows, trained.encoder)
    np.testing.assert_allclose(encode(windows[6, 2], trained.encoder), codes[6, 2], atol=1e-5)
    np.testing.assert_allclose(encode(windows[::-1], trained.encoder)[::-1], codes, atol=1e-5)
    assert encode(windows[:0], trained.encoder).shape == (0, 4, 64)


def test_colour_windows():
    coloured = np.random.default_rng(0).integers(0, 256, (4, 3, 64, 64, 3), dtype=np.uint8)
    model = train_infovae(coloured, config=QUICK)
    assert encode(coloured, model.encoder).shape == (4, 3, 64)
    assert encode(coloured[0, 0], model.encoder).shape == (64,)
    assert decode(np.zeros((2, 64)), model.decoder).shape == (2, 64, 64, 3)


def test_the_weight_brings_windows_of_a_painting_together():
    many, boxes = stripes(12, 4), np.array([[0, 0, 1], [2, 0, 1], [0, 2, 1], [2, 2, 1]]) * np.ones((12, 1, 1))
    agreement = {}
    for weight in (0.0, 1.0):
        config = InfoVAEConfig(epochs=6, batch_size=16, same_painting_weight=weight)
        codes = encode(many, train_infovae(many, boxes=boxes, config=config).encoder)
        unit = codes / np.linalg.norm(codes, axis=2, keepdims=True)
        cosine = unit.reshape(48, 64) @ unit.reshape(48, 64).T
        own = np.kron(np.eye(12), np.ones((4, 4))) > 0
        agreement[weight] = cosine[own & ~np.eye(48, dtype=bool)].mean() - cosine[~own].mean()
    assert agreement[1.0] > agreement[0.0] + 0.1


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (1, 5), (3, 2)])
def test_few_windows(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = train_infovae(stripes(*shape), config=InfoVAEConfig(epochs=1, same_painting_weight=0.1))
    assert all(np.isfinite(values).all() for values in (*model.encoder.values(), *model.history.values()))


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((1, 1, 64, 64), np.uint8),
        np.zeros((0, 4, 64, 64), np.uint8),
        np.zeros((2, 2, 64, 64), np.float32),
        np.zeros((4, 64, 64), np.uint8),
        np.zeros((2, 2, 32, 32), np.uint8),
    ],
)
def test_windows_that_cannot_be_learned_from(wrong):
    with pytest.raises(InputError, match="indows"):
        train_infovae(wrong)
