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
    """Two pairs of cliques: the one pair is joined by many links, the other by hardly any."""
    clique = np.ones((8, 8)) - np.eye(8)
    links = sp.block_diag([clique] * 4).toarray()
    for a in range(8):
        for b in range(3):
            links[a, 8 + (a + b) % 8] = links[8 + (a + b) % 8, a] = 0.8
    links[16, 24] = links[24, 16] = 0.1
    links[0, 16] = links[16, 0] = 0.1
    labels = np.repeat([0, 1, 2], [16, 8, 8])
    X = np.eye(4)[np.repeat(np.arange(4), 8)] + 0.01
    first = questions(sp.csr_array(links), labels, X=X, budget=1)[0]
    assert {first.first // 8, first.second // 8} == {0, 1}


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
