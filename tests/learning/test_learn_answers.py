import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.learning.answers import _weights, learn_answers


def planted(n=200, seed=0):
    """Latents of which four of sixteen directions hold the manner, four manners, and the rest something louder."""
    rng = np.random.default_rng(seed)
    manner = rng.integers(4, size=n)
    signal = np.eye(4)[manner] + 0.3 * rng.normal(size=(n, 4))
    return np.hstack([signal, 0.7 * rng.normal(size=(n, 12))]).astype(np.float32), manner


def asked(manner, m, seed=1):
    rng = np.random.default_rng(seed)
    pairs = rng.integers(len(manner), size=(4 * m, 2))
    same = manner[pairs[:, 0]] == manner[pairs[:, 1]]
    kept = np.concatenate([np.flatnonzero(same)[: m // 2], np.flatnonzero(~same)[: m // 2]])
    return pairs[kept], same[kept]


def cosines(Z, pairs):
    unit = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    return (unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(axis=1)


def test_works_that_nobody_was_asked_about_move_too():
    Z, manner = planted(600)
    pairs, same = asked(manner, 160)
    learned = learn_answers(Z, pairs, same)
    assert learned.facts["used"]
    assert learned.facts["auc_after"] > learned.facts["auc_before"]
    others = np.setdiff1d(np.arange(len(Z)), pairs)
    held = np.random.default_rng(2).choice(others, size=(500, 2))
    held = held[held[:, 0] != held[:, 1]]
    alike = manner[held[:, 0]] == manner[held[:, 1]]

    def gap(latents):
        cosine = cosines(latents, held)
        return (cosine[alike].mean() - cosine[~alike].mean()) / cosine.std()

    assert gap(Z @ learned.map) > 1.1 * gap(Z)


def test_the_same_share_of_answers_changes_more_when_there_are_more_of_them():
    Z, manner = planted()
    pairs, same = asked(manner, 40)
    products = Z[pairs[:, 0]] * Z[pairs[:, 1]]
    moved = [
        np.abs(_weights(np.tile(products, (times, 1)), np.tile(same, times), 1.0) - 1).max() for times in (1, 4, 16)
    ]
    assert 0 < moved[0] < moved[1] < moved[2]
    assert moved[0] < 0.5 * moved[2]


def test_few_answers_and_answers_by_chance_change_nothing():
    Z, manner = planted()
    few = learn_answers(Z, *asked(manner, 10))
    assert few.map is None
    assert few.facts == {"same": 5, "different": 5, "used": False}
    rng = np.random.default_rng(3)
    used = [learn_answers(Z, rng.integers(200, size=(80, 2)), rng.random(80) < 0.5).facts["used"] for _ in range(10)]
    assert sum(used) <= 2


def test_the_same_answers_give_the_same_map():
    Z, manner = planted()
    first, second = (learn_answers(Z, *asked(manner, 160)) for _ in range(2))
    assert (first.map == second.map).all()
    assert first.facts == second.facts


def test_answers_must_fit_the_works():
    with pytest.raises(InputError, match="expected one for each pair"):
        learn_answers(np.eye(3), [[0, 1]], [True, False])
    with pytest.raises(InputError, match="expected one for each pair"):
        learn_answers(np.eye(3), [[0, 3]], [True])
