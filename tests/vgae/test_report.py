import numpy as np
import pytest

from artgraph.vgae import Config
from artgraph.vgae.report import active_units, describe_latents, neighbor_overlap


def test_active_units_by_hand():
    mu = np.array([[0.0, 0.05, 1.0], [0.0, -0.05, -1.0]])  # variances 0, 0.0025, 1
    assert active_units(mu) == 1


def test_overlap_of_itself_is_one_and_with_noise_is_chance(toy):
    X = toy[0]
    assert neighbor_overlap(X, X, n_neighbors=5) == 1.0
    noise = np.random.default_rng(9).standard_normal((len(X), 8)).astype(np.float32)
    assert neighbor_overlap(X, noise, n_neighbors=5) < 0.2


def test_kl_per_dimension_by_hand():
    mu, logstd = np.array([[0.0, 2.0]] * 30, dtype=np.float32), np.zeros((30, 2), dtype=np.float32)
    facts = describe_latents(np.eye(30, dtype=np.float32), mu, logstd, config=Config(latent_dim=2))
    assert facts["kl_per_dimension"] == [0.0, pytest.approx(2.0)]
    assert facts["active_units"] == 0
    assert facts["warning"] is not None
