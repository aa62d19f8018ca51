import numpy as np
import pytest

from artgraph.learning.artists import artist_codes
from artgraph.vgae import Config, refine


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.fixture
def latents():
    rng = np.random.default_rng(0)
    mu = rng.standard_normal((40, 8)).astype(np.float32)
    mu.flags.writeable = False
    return mu, artist_codes(["A"] * 10 + ["B"] * 10 + [None] * 20, 40)


def test_works_by_one_artist_come_nearer_as_far_as_the_strength_allows(latents):
    mu, codes = latents
    within = []
    for strength in (0.0, 0.05, 0.5):
        Z = refine(mu, codes, config=Config(refine_strength=strength))
        unit = Z / np.linalg.norm(Z, axis=1, keepdims=True)
        within.append((unit[:10] @ unit[:10].T).mean())
    assert within[0] < within[1] < within[2]


def test_nameless_works_stay_and_lengths_are_kept(latents):
    mu, codes = latents
    Z = refine(mu, codes, config=Config(refine_strength=0.5))
    np.testing.assert_allclose(Z[20:], mu[20:], rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(Z, axis=1), np.linalg.norm(mu, axis=1), rtol=1e-5)
    assert cosine(Z[0], mu[0]) < 0.999


def test_no_strength_is_no_change_and_the_seed_decides_the_bytes(latents):
    mu, codes = latents
    np.testing.assert_array_equal(refine(mu, codes, config=Config(refine_strength=0.0)), mu)
    one, two = (refine(mu, codes, config=Config(refine_strength=0.3)) for _ in range(2))
    assert one.tobytes() == two.tobytes()


def test_one_artist_alone_is_no_contrast(latents):
    mu = latents[0]
    np.testing.assert_array_equal(refine(mu, artist_codes(["A"] * 40, 40), config=Config(refine_strength=0.5)), mu)


def test_rows_of_zeros_stay_finite():
    Z = refine(np.zeros((8, 4), np.float32), artist_codes(list("AABBAABB"), 8), config=Config(refine_strength=0.5))
    assert np.isfinite(Z).all()
