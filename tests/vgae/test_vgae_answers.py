"""Latents follow answers about pairs of works; what was learned stays with the model."""

import numpy as np
import pytest

from artgraph.graph import jaccard_weights, knn
from artgraph.vgae import Config, encode, train_vgae
from artgraph.vgae.refine import ANSWERS


@pytest.fixture(scope="module")
def planted():
    rng = np.random.default_rng(0)
    manner = rng.integers(4, size=300)
    X = np.hstack([np.eye(4)[manner] + 0.3 * rng.normal(size=(300, 4)), 0.7 * rng.normal(size=(300, 12))])
    pairs = rng.integers(300, size=(2000, 2))
    same = manner[pairs[:, 0]] == manner[pairs[:, 1]]
    kept = np.concatenate([np.flatnonzero(same & (pairs[:, 0] != pairs[:, 1]))[:150], np.flatnonzero(~same)[:150]])
    X = X.astype(np.float32)
    return X, jaccard_weights(knn(X, n_neighbors=8).indices), (pairs[kept], same[kept])


CONFIG = Config(latent_dim=16, epochs=2)


def test_answers_teach_where_no_artist_is_known_and_the_model_keeps_what_was_learned(planted):
    X, adjacency, answers = planted
    plain = train_vgae(X, adjacency, config=CONFIG, device="cpu")
    taught = train_vgae(X, adjacency, answers=answers, config=CONFIG, device="cpu")
    facts = taught.facts["answers"]
    assert facts["used"]
    assert facts["auc_after"] > facts["auc_before"]
    assert 0.5 < facts["auc_features"] < 1
    assert "answers" not in plain.facts
    assert np.allclose(plain.mu @ taught.state[ANSWERS].numpy(), taught.mu, atol=1e-5)
    again, _ = encode(taught.state, X, adjacency, config=CONFIG, device="cpu")
    assert np.allclose(again, taught.mu, atol=1e-5)


def test_a_few_answers_change_nothing(planted):
    X, adjacency, (pairs, same) = planted
    few = np.array([0, 1, 2, 150, 151, 152])
    plain = train_vgae(X, adjacency, config=CONFIG, device="cpu")
    taught = train_vgae(X, adjacency, answers=(pairs[few], same[few]), config=CONFIG, device="cpu")
    assert ANSWERS not in taught.state
    assert not taught.facts["answers"]["used"]
    assert np.array_equal(plain.mu, taught.mu)
