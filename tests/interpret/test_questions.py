from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph import pipeline
from artgraph.communities import leiden
from artgraph.decisions import FILE, Decision, append, new_key, now
from artgraph.graph import jaccard_weights, knn
from artgraph.interpret import questions


def planted(seed, *, manners=4, works=20):
    rng = np.random.default_rng(seed)
    manner = np.repeat(np.arange(manners), works)
    X = (np.eye(8)[manner] + 0.35 * rng.normal(size=(len(manner), 8))).astype(np.float32)
    adjacency = jaccard_weights(knn(X, n_neighbors=6).indices)
    return X, adjacency, leiden(adjacency), manner


def artists(one):
    return [f"Artist {value}" if value % 5 else None for value in one]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 50), budget=st.integers(1, 40), hands=st.integers(2, 12))
def test_what_holds_for_all_questions(seed, budget, hands):
    X, adjacency, labels, _ = planted(seed)
    names = artists(np.random.default_rng(seed).integers(hands, size=len(X)))
    before = [(one.first, one.second) for one in questions(adjacency, labels, X=X, budget=5, artists=names)]
    given = {"X": X, "budget": budget, "artists": names, "answered": before, "seed": seed}
    found = questions(adjacency, labels, **given)
    assert found == questions(adjacency, labels, **given)
    assert len(found) <= budget
    pairs = [frozenset(one[:2]) for one in found]
    assert all(len(pair) == 2 for pair in pairs)
    assert len({*pairs, *map(frozenset, before)}) == len(pairs) + len(before)
    assert max(Counter(row for pair in [*pairs, *before] for row in pair).values(), default=0) <= 2
    shown = [{names[row] for row in pair} - {None} for pair in pairs]
    for pair, seen in zip(pairs, shown, strict=True):
        assert len(seen) + sum(names[row] is None for row in pair) == 2
    assert not any(one & other for one, other in pairwise(shown))
    assert all(0 <= one.chance <= 1 and "cluster" in one.reason for one in found)


def test_the_first_question_is_about_two_groups_of_which_nobody_knows_whether_they_are_one():
    """Four blocks of works: the first two are linked so that runs disagree, the others hardly at all."""
    rng, block = np.random.default_rng(0), np.repeat(np.arange(4), 40)
    share = np.full((4, 4), 0.01) + 0.49 * np.eye(4)
    share[0, 1] = share[1, 0] = 0.2
    links = np.triu(rng.random((160, 160)) < share[block][:, block], 1).astype(float)
    found = questions(
        sp.csr_array(links + links.T), np.repeat([0, 1, 2], [80, 40, 40]), X=np.eye(4)[block] + 0.01, budget=4
    )
    assert {block[found[0].first], block[found[0].second]} == {0, 1}
    assert 0.4 < found[0].chance < 0.6
    assert sum({block[one.first], block[one.second]} == {0, 1} for one in found) == 3


def test_works_without_a_cluster_are_not_asked_about():
    X, adjacency, labels, _ = planted(0)
    labels = np.where(np.arange(len(labels)) < 40, -1, labels)
    assert all(min(one.first, one.second) >= 40 for one in questions(adjacency, labels, X=X, budget=20))


@pytest.fixture
def clustered(corpus):
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus)
    return corpus


def test_what_was_answered_is_not_asked_again(clustered):
    made = pipeline.ask(clustered, budget=5)
    assert made.fresh
    assert not pipeline.ask(clustered, budget=5).fresh
    asked = made.facts["questions"]
    assert asked
    table = (clustered.path / "exports" / "questions.csv").read_text("utf-8-sig").splitlines()
    assert table[0].startswith("work,other,why,")
    assert len(table) == len(asked) + 1
    one = asked[0]
    answer = Decision(new_key(), now(), "Ada", "different", one["other"], one["work"])
    append(clustered.path / FILE, [answer])
    again = pipeline.ask(clustered, budget=5)
    assert again.fresh
    assert again.facts["answered"] == 1
    assert {one["work"], one["other"]} not in [{two["work"], two["other"]} for two in again.facts["questions"]]
    append(clustered.path / FILE, [Decision(new_key(), now(), "Ada", "withdraw", to=answer.key)])
    assert pipeline.ask(clustered, budget=5).facts == made.facts
