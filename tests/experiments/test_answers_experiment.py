"""The simulated curator, and what is read off its curves."""

from types import SimpleNamespace

import numpy as np
import scipy.sparse as sp

from experiments.answers import WRONG, Curator, fewest, judge, spread_over


def test_a_curator_errs_in_a_tenth_of_the_answers_and_says_the_same_again():
    style = np.repeat(["Cubism", "Rococo", "Fauvism"], 40)
    curator, rng = Curator(style, 0), np.random.default_rng(0)
    pairs = rng.integers(len(style), size=(1000, 2))
    wrong = np.mean([curator.same(a, b) != (style[a] == style[b]) for a, b in pairs])
    assert abs(wrong - WRONG) < 0.03
    assert all(curator.same(a, b) == curator.same(b, a) for a, b in pairs[:50])
    manners = np.array([curator.manner(row) for row in range(len(style))])
    assert set(manners) <= {0, 1, 2}
    assert 0 < np.mean(manners != np.repeat([0, 2, 1], 40)) < 0.25


def test_works_that_an_answer_touched_are_not_judged():
    artist = np.array([f"Artist {row // 2}" for row in range(200)], dtype=object)
    style = np.array(["a", "b"] * 100, dtype=object)
    study = SimpleNamespace(artist=artist, style=style, hidden=lambda seed: np.ones(200, dtype=bool))
    labels = np.arange(200) % 2
    assert judge(study, 0, labels) == 1
    labels[:100] = 0
    assert judge(study, 0, labels) < 1
    assert judge(study, 0, labels, np.arange(100).reshape(50, 2)) == 1


def test_what_was_told_is_handed_on_along_links_and_a_curve_is_read_at_a_level():
    links = sp.csr_array(np.array([[1, 1, 0, 0], [1, 1, 0.1, 0], [0, 0.1, 1, 1], [0, 0, 1, 1.0]]))
    told = np.zeros((4, 2))
    told[0, 0] = told[3, 1] = 1
    assert spread_over(links, told).argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert fewest({"0": 0.4, "25": 0.5, "50": 0.6}, 0.5) == 25
    assert fewest({"0": 0.4}, 0.5) is None
