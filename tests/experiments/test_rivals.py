"""What is counted of a partition with noise, and what is said of a tool that cannot be run."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from artgraph.evaluation import partition_scores
from artgraph.testing import toy_features
from experiments.rivals import joined, judge, noise_apart, of_peer
from experiments.rivals_peers import PACKAGES, WAYS
from experiments.study import judged


@pytest.fixture
def study():
    """Eight works in two styles; the first and the last two are by artists whose names are hidden."""
    hidden = np.array([1, 1, 0, 0, 0, 0, 1, 1], dtype=bool)
    style = np.array(["a"] * 4 + ["b"] * 4, dtype=object)
    artist = np.array(list("kkllmmnn"), dtype=object)
    return SimpleNamespace(style=style, artist=artist, hidden=lambda seed: hidden)


def test_noise_is_one_more_cluster():
    assert noise_apart([0, -1, 1, -1, 0]).tolist() == [0, 2, 1, 2, 0]
    assert noise_apart([-1, -1]).tolist() == [0, 0]
    assert noise_apart([1, 0]).tolist() == [1, 0]


def test_noise_is_judged_in_both_ways(study):
    figures = judge(study, 0, [0, 0, 0, -1, -1, 1, 1, 1])
    assert figures["clusters"] == 2
    assert figures["share clustered"] == 0.75
    assert figures["AMI, clustered works alone"] == pytest.approx(1)
    assert 0 < figures["AMI"] < 1
    assert "AMI, clustered works alone, artgraph: Leiden" not in figures
    assert figures["purity"] == 7 / 8
    assert figures["hidden artists: AMI"] == figures["hidden artists: AMI, clustered works alone"] == pytest.approx(1)


def test_another_partition_is_judged_on_the_works_that_are_not_noise(study):
    figures = judge(study, 0, [0, 0, 0, -1, -1, 1, 1, 1], other=np.array([1, 1, 1, 0, 1, 0, 0, 0]))
    assert figures["AMI, clustered works alone, artgraph: Leiden"] == pytest.approx(1)
    assert figures["hidden artists: AMI, clustered works alone, artgraph: Leiden"] == pytest.approx(1)
    assert partition_scores([1, 1, 1, 0, 1, 0, 0, 0], study.style)["ami"] < 1


def test_where_all_is_noise_nothing_is_agreed_upon(study):
    figures = judge(study, 0, [-1] * 8)
    assert figures["AMI"] == figures["AMI, clustered works alone"] == figures["share clustered"] == 0
    assert figures["clusters"] == 0


def test_without_noise_it_is_what_the_other_systems_are_judged_by(study):
    X, _ = toy_features(8, n_groups=2)
    labels = np.array([0, 0, 1, 0, 1, 1, 1, 0])
    figures, usual = judge(study, 0, labels), judged(study, 0, X, labels)
    for name in ("AMI", "ARI", "purity", "clusters", "hidden artists: AMI"):
        assert figures[name] == usual[name], name
    assert figures["AMI, clustered works alone"] == usual["AMI"]


def test_features_are_weighted_as_in_the_default_walk():
    blocks = {"eye": np.eye(6)[:, :3], "lite": np.eye(6)[:, 2:]}
    paintings = SimpleNamespace(get=lambda kind, key: blocks[key])
    X = joined(SimpleNamespace(paintings=paintings), ("eye", "lite"))
    spread_of = [np.square(X[:, part]).sum() for part in (slice(0, 3), slice(3, None))]
    assert spread_of[0] < spread_of[1] / 2


def test_a_way_that_cannot_be_run_says_why(tmp_path):
    given = {"X": np.zeros((3, 2)), "edges": np.zeros((2, 0)), "n_clusters": 2, "seeds": 1}
    assert set(of_peer(str(tmp_path / "none"), "scanpy", given)) == {"could not be run"}
    assert of_peer(sys.executable, "no such way", given) == {"could not be run": "KeyError: 'no such way'"}


def test_every_way_says_what_it_is_made_of():
    assert set(PACKAGES) == set(WAYS)
