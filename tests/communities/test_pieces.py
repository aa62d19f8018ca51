"""Leiden in pieces: as good as on the whole graph but for little, connected, and never worse by a move."""

import numpy as np
import pytest
import scipy.sparse as sp
from click.testing import CliRunner
from sklearn.metrics import adjusted_rand_score

from artgraph import pipeline
from artgraph.cli import main
from artgraph.communities import cluster, leiden, modularity, soft_membership
from artgraph.communities.igraph_bridge import check_memory
from artgraph.communities.pieces import _best, _connected, _moved, pieces_of
from artgraph.corpus import Corpus
from artgraph.errors import InputError
from artgraph.testing import toy_corpus
from tests.communities.test_leiden import n_parts, planted


def random_graph(n=60, links=150, seed=0):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, n, (2, links))
    half = sp.coo_array((rng.random(links), (first, second)), shape=(n, n)).tocsr()
    half.setdiag(0)
    half.eliminate_zeros()
    return sp.csr_array(half + half.T)


@pytest.mark.parametrize("n_pieces", [2, 5, 12])
def test_planted_clusters_are_found_as_on_the_whole_graph(n_pieces):
    adjacency, truth = planted(n_per=100, k=12, inside=0.15, outside=0.004)
    whole, parts = leiden(adjacency), leiden(adjacency, pieces=n_pieces)
    assert adjusted_rand_score(truth, parts) > 0.95
    assert modularity(adjacency, parts) > modularity(adjacency, whole) - 0.005
    assert (leiden(adjacency, pieces=n_pieces) == parts).all()


@pytest.mark.parametrize("seed", range(8))
def test_every_cluster_is_connected_and_rows_without_links_have_none(seed):
    adjacency = random_graph(seed=seed, links=60 + 20 * seed)
    labels = leiden(adjacency, pieces=3, seed=seed)
    assert ((labels < 0) == (np.diff(adjacency.indptr) == 0)).all()
    assert n_parts(adjacency, labels) == labels.max() + 1
    assert modularity(adjacency, labels) > modularity(adjacency, leiden(adjacency, seed=seed)) - 0.05


def test_a_row_moves_for_what_modularity_gains():
    adjacency = random_graph(n=30, links=120, seed=3)
    adjacency = adjacency[np.diff(adjacency.indptr) > 0][:, np.diff(adjacency.indptr) > 0]
    labels = np.arange(adjacency.shape[0]) % 4
    size, total = np.asarray(adjacency.sum(axis=1)).ravel(), adjacency.sum()
    member = sp.csr_array(np.eye(4)[labels])
    weight = np.bincount(labels, size)
    inside, best, gain = _best(adjacency @ member, labels, size, weight / total, 1 / total)
    assert inside == pytest.approx(adjacency.toarray()[labels[:, None] == labels].sum())
    for row in range(len(labels)):
        tried = []
        for to in range(4):
            other = labels.copy()
            other[row] = to
            tried.append(modularity(adjacency, other) - modularity(adjacency, labels))
        near = np.unique(labels[adjacency[[row]].indices])
        assert best[row] in near
        assert 2 * gain[row] / total == pytest.approx(max(tried[to] for to in near), abs=1e-12)
        assert tried[best[row]] == pytest.approx(max(tried[to] for to in near), abs=1e-12)


def test_moves_never_end_lower_than_they_began():
    adjacency, truth = planted(n_per=40, k=6, inside=0.3, outside=0.02)
    size, total = np.asarray(adjacency.sum(axis=1)).ravel(), float(adjacency.sum())
    rng = np.random.default_rng(0)
    for wrong in (0.0, 0.2, 0.5):
        labels = np.where(rng.random(len(truth)) < wrong, rng.integers(0, 6, len(truth)), truth)
        moved = _moved(adjacency, labels, size, gamma=1 / total, total=total, rng=rng)
        assert modularity(adjacency, moved) >= modularity(adjacency, labels)
    assert adjusted_rand_score(truth, moved) > 0.95


def test_what_fell_apart_is_parted():
    path = sp.csr_array(np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1))
    assert len(set(_connected(path, np.array([0, 0, 1, 0, 0])).tolist())) == 3


def test_pieces_hold_every_row_once_and_keep_links_together():
    adjacency, _ = planted(n_per=50, k=8, inside=0.3, outside=0.0)
    pieces = pieces_of(sp.csr_array(adjacency), 8)
    assert sorted(np.concatenate(pieces).tolist()) == list(range(400))
    inside = sum(adjacency[rows][:, rows].nnz for rows in pieces)
    assert inside > 0.5 * adjacency.nnz
    assert len(pieces_of(sp.csr_array(adjacency), 1000)) == 400


def test_the_constant_potts_model_in_pieces():
    adjacency, truth = planted(n_per=60, k=8, inside=0.4, outside=0.01)
    assert adjusted_rand_score(truth, leiden(adjacency, pieces=4, quality="cpm", resolution=0.1)) > 0.95


def test_membership_is_measured_in_pieces_too(monkeypatch):
    adjacency, _ = planted(n_per=60, k=5, inside=0.4, outside=0.01)
    found = cluster(adjacency, pieces=4)
    monkeypatch.setattr("artgraph.communities.leiden_igraph.to_igraph", None)  # never the whole graph
    soft, _ = soft_membership(found, adjacency, adjacency=adjacency)
    assert soft.confidence.mean() > 0.5


def test_what_does_not_go_with_pieces_is_refused():
    adjacency, _ = planted(n_per=20, k=3, inside=0.5, outside=0.01)
    for more in ({"consensus": 4}, {"resolution": "auto"}, {"max_size": 10}, {"n_clusters": 3}, {"method": "spectral"}):
        with pytest.raises(InputError, match="pieces"):
            cluster(adjacency, **{"method": "leiden", **more}, pieces=2)
    with pytest.raises(InputError, match="'pieces' are for modularity and cpm; leave 'rb-er'"):
        cluster(adjacency, pieces=2, quality="rb-er")


def test_the_advice_of_a_graph_too_large_is_a_command_that_fits(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"artgraph communities --pieces 4;"):
        check_memory(1_000_000, 15_000_000, available=2 * 2**30)
    corpus = toy_corpus(tmp_path / "corpus", n=40)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=5)
    need = 400 * 40 + 200 * (corpus.get("graphs", "style").nnz // 2)
    monkeypatch.setattr("artgraph.communities.igraph_bridge._available", lambda: int(0.7 * need))
    result = CliRunner().invoke(main, ["communities", str(corpus.path)])
    assert result.exit_code != 0
    command = result.output[result.output.index("--pieces") :].split(";")[0].split()
    assert CliRunner().invoke(main, ["communities", str(corpus.path), *command]).exit_code == 0
    assert Corpus(corpus.path).label("partitions", "leiden")["made_by"]["params"]["pieces"] == int(command[1])
