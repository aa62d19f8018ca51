"""Names of clusters from words: the right ones where text and picture agree, and none where they do not."""

import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.evaluation.uncertainty import group_resamples
from artgraph.interpret import best_works, cluster_words, distinct_words

D = 64


def unit(X):
    return X / np.linalg.norm(X, axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def works():
    """200 works in ten manners, 40 artists: a direction for each manner, one for what all share, and noise."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 20)
    directions = unit(rng.standard_normal((11, D)))
    noise = unit(rng.standard_normal((200, D)))
    return unit(directions[labels] + 2 * directions[10] + noise), labels, directions, np.arange(200) // 5


def test_the_right_term_names_each_cluster(works):
    X, labels, directions, artists = works
    rng = np.random.default_rng(1)
    terms = np.concatenate([directions[:10] + 0.1 * rng.standard_normal((10, D)), rng.standard_normal((40, D))])
    phrases = rng.standard_normal((20 * 50, D))
    found = cluster_words(X, labels, terms, phrases=phrases, resamples=group_resamples(artists, n_bootstrap=50))
    assert [entries[0]["term"] for entries in found.values()] == list(range(10))
    for label, entries in found.items():
        (one,) = entries
        inside, outside = ((X[side] @ unit(terms[label])).mean() for side in (labels == label, labels != label))
        assert one["difference"] == pytest.approx(inside - outside)
        assert one["margin"] == pytest.approx(one["difference"] - one["chance"])
        assert 0 < one["chance"] < one["low"] < one["difference"] < one["high"]
        assert one["p"] <= 0.05


def test_random_terms_name_nothing_in_19_of_20_collections(works):
    """Of 300 random vocabularies at most 5 % may name any cluster: here up to 24, as chance has it in 99 of 100."""
    X, labels, *_ = works
    rng = np.random.default_rng(2)
    named = 0
    for _ in range(300):
        found = cluster_words(X, labels, rng.standard_normal((50, D)), phrases=rng.standard_normal((1000, D)))
        named += any(found.values())
    assert 3 <= named <= 24


def test_what_one_artist_does_is_no_name(works):
    X, labels, _, artists = works
    other, alone = unit(np.random.default_rng(3).standard_normal((2, D)))
    X, artists = X - np.outer(X @ alone, alone), artists.copy()
    X[:20] -= 0.02 * alone
    X[:8] += 3 * alone  # eight works of twenty in the first cluster, by one artist of five
    artists[:8] = 5000
    terms, phrases = np.stack([alone, other]), np.random.default_rng(4).standard_normal((400, D))
    without = cluster_words(X, labels, terms, phrases=phrases)
    assert [entry["term"] for entry in without[0]] == [0]
    assert cluster_words(X, labels, terms, phrases=phrases, resamples=group_resamples(artists))[0] == []


def test_works_in_no_cluster_and_without_features_are_left_out(works):
    X, labels, directions, _ = works
    phrases = np.random.default_rng(5).standard_normal((400, D))
    more = np.concatenate([X, 100 * directions[:1], np.zeros((3, D))])
    more_labels = np.concatenate([labels, [-1], [0, 1, 2]])
    found = [cluster_words(*given, directions[:10], phrases=phrases) for given in ((X, labels), (more, more_labels))]
    assert found[0] == found[1]


@pytest.mark.parametrize("labels", [np.full(200, -1), np.zeros(200, int)])
def test_nothing_to_compare(works, labels):
    found = cluster_words(works[0], labels, works[2], phrases=np.random.default_rng(0).standard_normal((400, D)))
    assert not any(found.values())


def test_what_does_not_fit_is_refused(works):
    X, labels, directions, _ = works
    with pytest.raises(InputError, match="200 random phrases are too few for 11 terms; give 20 for each"):
        cluster_words(X, labels, directions, phrases=np.ones((200, D)))
    with pytest.raises(InputError, match="same number of works and of dimensions"):
        cluster_words(X, labels, directions[:, 1:], phrases=np.ones((400, D)))


def test_one_thing_is_said_once_and_no_more_than_was_asked_for():
    scores = np.random.default_rng(0).standard_normal((50, 6))
    scores[:, 1] = scores[:, 0] + 0.1 * scores[:, 1]
    found = [{"term": term} for term in range(6)]
    assert [one["term"] for one in distinct_words(found, scores, most=4)] == [0, 2, 3, 4]


def test_the_nearest_works_of_each_term_are_those_of_exact_search(works, monkeypatch):
    X, _, directions, _ = works
    cosine = unit(directions) @ X.T
    rows, near = best_works(X, 3 * directions, most=7)
    assert (rows == np.argsort(-cosine, axis=1)[:, :7]).all()
    np.testing.assert_allclose(near, np.sort(cosine, axis=1)[:, ::-1][:, :7], rtol=1e-5)
    monkeypatch.setattr("artgraph.interpret.words.BLOCK", 300)
    again, _ = best_works(X, directions, most=7)
    assert (again == rows).all()
    assert [best_works(X[:n], directions)[0].shape[1] for n in (3, 30, 200)] == [3, 20, 20]
    assert best_works(np.resize(X, (3000, D)), directions[:1])[0].shape == (1, 200)
