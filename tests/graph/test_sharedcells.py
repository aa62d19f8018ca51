"""Cells searched by workers of an engine: the lists are those of a search in this process."""

from functools import partial

import numpy as np
import pytest

from artgraph import Corpus, pipeline
from artgraph.engine import InProcess
from artgraph.graph import knn, sharedcells
from artgraph.graph.sharedcells import shared
from artgraph.shards import ShardStore
from artgraph.testing import toy_features

N = 1500


class Counting:
    """An engine that notes what it was asked to do, and can die."""

    threads, elsewhere = 1, True

    def __init__(self, dies_after=None):
        self.done, self.dies_after = [], dies_after

    def device(self, asked):
        return asked

    def run(self, work, tasks, *, device="cpu", progress=None):
        for task in tasks:
            if len(self.done) == self.dies_after:
                raise KeyboardInterrupt
            fresh = type(work)(work.store, k=work.k, metric=work.metric)  # as in another process
            InProcess().run(fresh, [task], progress=progress)
            self.done.append(task.name)


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch):
    monkeypatch.setattr(sharedcells, "ROWS_COMPARED", 20_000)


@pytest.fixture(scope="module")
def rows():
    return toy_features(N, n_groups=12, d=10)[0]


def found(X, tmp_path, engine, **wanted):
    store = ShardStore(tmp_path, ".search-", "f" * 16)
    return knn(X, n_neighbors=6, exact=False, share=partial(shared, engine=engine, store=store), **wanted)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("by", [None, 5])
def test_the_lists_are_the_same(rows, tmp_path, metric, by):
    wanted = {"metric": metric, "exclude_same": None if by is None else np.arange(N) % by}
    engine = Counting()
    here, there = knn(rows, n_neighbors=6, exact=False, **wanted), found(rows, tmp_path, engine, **wanted)
    assert len(engine.done) > 5
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_search_that_was_killed_resumes(rows, tmp_path):
    first, second = Counting(dies_after=4), Counting()
    with pytest.raises(KeyboardInterrupt):
        found(rows, tmp_path, first)
    told = []
    store = ShardStore(tmp_path, ".search-", "f" * 16)
    share = partial(shared, engine=second, store=store, progress=lambda *at: told.append(at))
    again = knn(rows, n_neighbors=6, exact=False, share=share)
    assert len(first.done) == 4
    assert not set(first.done) & set(second.done)
    assert told[-1][0] == told[-1][1]
    np.testing.assert_array_equal(again.indices, knn(rows, n_neighbors=6, exact=False).indices)


def test_a_graph_is_the_same_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setitem(knn.__globals__, "EXACT_UP_TO", 100)
    X, _ = toy_features(400, n_groups=4, d=6)
    np.save(tmp_path / "X.npy", X)
    (tmp_path / "works.csv").write_text("id\n" + "".join(f"{i:03d}\n" for i in range(400)))
    sha256, engine = set(), Counting()
    for name, way in (("one", "process"), ("two", engine)):
        corpus = pipeline.ingest(None, tmp_path / name, metadata=tmp_path / "works.csv")
        pipeline.import_vectors(corpus, tmp_path / "X.npy", name="x")
        pipeline.build_graph(corpus, on=("x",), engine=way, storage=tmp_path / "shards" if name == "two" else None)
        sha256.add(Corpus(tmp_path / name).label("graphs", "style")["sha256"])
        assert not list((tmp_path / name / "graphs").glob(".search*"))
    assert engine.done
    assert len(sha256) == 1
    assert not list((tmp_path / "shards").iterdir())
