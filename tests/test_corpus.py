"""The rules of corpus format 1, one test each."""

import json
import multiprocessing
import os
import stat
import threading

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import random as random_sparse

from artgraph.atomic import atomic_path, write_bytes
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, InputError, LockedError, MissingError
from artgraph.formats import parse, serialise

MADE = {"stage": "test", "revision": 0, "params": {"a": 1}}


def table(ids, **columns):
    return pd.DataFrame({"id": ids, "image": [f"{name}.jpg" for name in ids], **columns})


@pytest.fixture
def small(tmp_path):
    return Corpus.create(tmp_path / "c", table(["b", "000001", "ä"], artist=["X", None, "Y"]), image_root=tmp_path)


def test_rows_are_sorted_by_id_and_stay_so(small):
    assert list(small.paintings["id"]) == ["000001", "b", "ä"]
    assert list(Corpus(small.path).paintings["artist"].isna()) == [True, False, False]
    assert len(small) == 3


def test_the_order_of_the_input_does_not_matter(tmp_path):
    one = Corpus.create(tmp_path / "1", table(["b", "a", "c"]), image_root=tmp_path)
    two = Corpus.create(tmp_path / "2", table(["c", "b", "a"]), image_root=tmp_path)
    assert (one.path / "paintings.parquet").read_bytes() == (two.path / "paintings.parquet").read_bytes()


def test_every_label_repeats_the_ids_and_names_its_files(small):
    small.put("features", "x", {"": np.ones((3, 2), np.float32)}, made_by=MADE, inputs={})
    label = json.loads((small.path / "features" / "x.json").read_text())
    assert label["ids_sha256"] == small.ids_sha256
    assert label["files"]["x.npy"]["shape"] == [3, 2]
    assert label["made_by"]["params"] == {"a": 1}
    assert {"kind", "key", "files", "made_by", "inputs", "facts", "sha256"} <= set(label)


def test_a_label_of_other_paintings_is_an_error_that_names_both_files(small):
    small.put("features", "x", {"": np.ones((3, 2), np.float32)}, made_by=MADE, inputs={})
    file = small.path / "features" / "x.json"
    file.write_text(file.read_text().replace(small.ids_sha256, "0" * 64))
    with pytest.raises(CorpusError, match=r"x\.json.*corpus\.json"):
        small.get("features", "x")


def test_an_array_without_its_label_does_not_count(small):
    small.put("features", "x", {"": np.ones((3, 2), np.float32)}, made_by=MADE, inputs={})
    (small.path / "features" / "x.json").unlink()
    assert small.keys("features") == []
    with pytest.raises(MissingError, match="there are: none"):
        small.get("features", "x")


def test_the_old_label_goes_before_the_new_array_comes(small, monkeypatch):
    small.put("features", "x", {"": np.ones((3, 2), np.float32)}, made_by=MADE, inputs={})

    def die(path, data):
        raise KeyboardInterrupt

    monkeypatch.setattr("artgraph.corpus.write_bytes", die)
    with pytest.raises(KeyboardInterrupt):
        small.put("features", "x", {"": np.zeros((3, 2), np.float32)}, made_by=MADE, inputs={})
    assert not small.has("features", "x")


def test_a_changed_array_is_noticed(small):
    small.put("features", "x", {"": np.ones((3, 2), np.float32)}, made_by=MADE, inputs={})
    file = small.path / "features" / "x.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(CorpusError, match="damaged"):
        small.get("features", "x")


def test_replacing_removes_the_parts_that_are_no_longer_there(small):
    graph = random_sparse(3, 3, 0.5, "csr", dtype=np.float32, random_state=0)
    small.put("graphs", "g", {"": graph, "artists": graph}, made_by=MADE, inputs={})
    small.put("graphs", "g", {"": graph}, made_by=MADE, inputs={})
    assert not (small.path / "graphs" / "g.artists.npz").exists()
    with pytest.raises(MissingError, match="no part 'artists'"):
        small.get("graphs", "g", "artists")


def test_other_paintings_are_refused(small, tmp_path):
    with pytest.raises(CorpusError, match="already holds other paintings"):
        Corpus.create(small.path, table(["a"]), image_root=tmp_path)


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
def test_ids_are_unique_and_there(tmp_path, ids):
    with pytest.raises(InputError):
        Corpus.create(tmp_path / "c", table(["a", "b"]).assign(id=ids), image_root=tmp_path)


def test_a_table_changed_by_hand_is_noticed(small):
    small.paintings.assign(artist="Forger").to_parquet(small.path / "paintings.parquet")
    with pytest.raises(CorpusError, match="ingest"):
        Corpus(small.path)


def test_a_folder_that_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="artgraph ingest"):
        Corpus(tmp_path)


def test_another_format_is_refused(small):
    head = json.loads((small.path / "corpus.json").read_text())
    (small.path / "corpus.json").write_text(json.dumps({**head, "format": 3}))
    with pytest.raises(CorpusError, match="format 3"):
        Corpus(small.path)


@pytest.mark.parametrize("key", ["../x", "a/b", "", "A", "x.y", "ключ"])
def test_keys_cannot_leave_the_corpus(small, key):
    with pytest.raises(InputError):
        small.get("features", key)


def test_the_image_root_is_relative_when_it_moves_with_the_corpus(tmp_path):
    inside = Corpus.create(tmp_path / "c", table(["a"]), image_root=tmp_path / "c" / "pictures")
    assert inside.head["image_root"] == "pictures"
    os.rename(tmp_path / "c", tmp_path / "moved")
    assert Corpus(tmp_path / "moved").image_root == tmp_path / "moved" / "pictures"


def _hold(path, ready, done):
    with Corpus(path).lock():
        ready.set()
        done.wait(20)


def test_two_writers_and_a_killed_one(small):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(small.path, ready, done))
    holder.start()
    assert ready.wait(30)
    with pytest.raises(LockedError, match="Another artgraph is writing"), small.lock():
        pass
    (small.path / ".tmp-99-half").write_bytes(b"half")
    holder.kill()
    holder.join()
    with small.lock():
        assert not (small.path / ".tmp-99-half").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_corpus_can_be_read_and_says_so_when_written(small):
    small.path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert len(Corpus(small.path)) == 3
        with pytest.raises(CorpusError, match="cannot be written"), small.lock():
            pass
    finally:
        small.path.chmod(stat.S_IRWXU)


def test_reading_a_pickle_is_refused():
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="pickle"):
        parse("x.npy", buffer.getvalue())


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(n=st.integers(0, 8), density=st.floats(0, 1), seed=st.integers(0, 99))
def test_matrices_and_tensors_come_back_as_they_were(n, density, seed):
    matrix = random_sparse(n, n, density, "csr", dtype=np.float32, random_state=seed)
    data, suffix, _ = serialise(matrix, "graphs")
    assert (parse("g" + suffix, data) != matrix).nnz == 0
    assert serialise(matrix, "graphs")[0] == data
    tensors = {"b": torch.arange(n), "a": torch.ones(n, 2)}
    data, suffix, _ = serialise(tensors, "models")
    assert all(torch.equal(value, tensors[name]) for name, value in parse("m" + suffix, data).items())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=8)), min_size=3, max_size=3))
def test_any_text_survives_the_table(tmp_path, values):
    made = Corpus.create(
        tmp_path / "h", table(["a", "b", "c"], title=pd.array(values, dtype="string")), image_root=tmp_path
    )
    read = Corpus(made.path).paintings["title"]
    assert [None if pd.isna(value) else value for value in read] == values


def test_threads_may_write_the_same_file_at_once(tmp_path):
    """Identical pictures have one thumbnail; whoever is last wins, and nobody trips over the other's half."""
    with atomic_path(tmp_path / "thumb.webp") as one:
        one.write_bytes(b"same")
        other = threading.Thread(target=write_bytes, args=(tmp_path / "thumb.webp", b"same"))
        other.start()
        other.join()
    assert (tmp_path / "thumb.webp").read_bytes() == b"same"
    assert [file.name for file in tmp_path.iterdir()] == ["thumb.webp"]
