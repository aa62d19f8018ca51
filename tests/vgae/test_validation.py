import numpy as np
import pytest
import torch

from artgraph.learning.measures import artist_precision
from artgraph.vgae import Config
from artgraph.vgae.validation import Validation, describe_latents, edge_scores, neighbor_overlap


def test_the_rows_of_a_validation_give_the_figures_of_all_rows():
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(8), 4)
    mu = torch.tensor(rng.normal(size=(32, 6)))
    edges = [torch.tensor([[0, 9], [30, 4]]), torch.tensor([[17, 2, 30], [4, 30, 21]])]
    works = [np.array([8, 9, 10, 12, 13]), np.array([0, 1, 20, 21])]

    def decode(Z, pairs):
        return (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1)

    validation = Validation(edges, works, codes, "cpu")
    assert validation.rows.tolist() == [0, 1, 2, 4, 8, 9, 10, 12, 13, 17, 20, 21, 30]
    figures = validation(decode, mu[validation.rows])
    assert (figures["auc"], figures["ap"]) == edge_scores(decode, mu, edges)
    first, second = (
        artist_precision(mu[works[0], :3], codes[works[0]]),
        artist_precision(mu[works[1], 3:], codes[works[1]]),
    )
    assert figures["artist_precision"] == pytest.approx((5 * first[0] + 4 * second[0]) / 9)
    assert figures["artist_precision_error"] == pytest.approx(np.hypot(5 * first[1], 4 * second[1]) / 9)
    assert set(Validation(edges, [], codes, "cpu")(decode, mu[Validation(edges, [], codes, "cpu").rows])) == {
        "auc",
        "ap",
    }


def test_edge_scores_by_hand():
    Z = torch.tensor([[1.0], [2.0], [-1.0]])
    held = torch.tensor([[0], [1]]), torch.tensor([[0, 1], [2, 2]])

    def decode(Z, pairs):
        return (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1)

    assert edge_scores(decode, Z, held) == (1.0, 1.0)
    assert edge_scores(decode, Z, held[::-1]) == (0.0, pytest.approx((1 / 2 + 2 / 3) / 2))


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
