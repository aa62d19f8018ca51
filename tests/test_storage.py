"""Shards lie in a folder or in an object store."""

import shutil

import numpy as np
import pytest

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, InputError, MissingError
from artgraph.shards import ShardStore
from artgraph.storage import storage_at
from artgraph.testing import toy_corpus, toy_pictures
from tests.storing import object_store
from tests.test_engine import contents


@pytest.fixture(scope="module")
def bucket():
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'artgraph[s3]'")
    pytest.importorskip("moto.server", reason="moto is not installed: pip install 'moto[s3]' flask flask-cors")
    with object_store() as address:
        yield address


def test_a_folder_or_an_object_store_and_nothing_that_shows_half_a_file(tmp_path):
    assert str(storage_at(tmp_path)) == str(tmp_path)
    with pytest.raises(InputError, match="'sftp' is not an object store"):
        storage_at("sftp://host/folder")


@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_shards_come_back_as_they_were_put(where, tmp_path, request):
    folder = tmp_path if where == "folder" else f"{request.getfixturevalue('bucket')}/back"
    store = ShardStore(folder, ".shards-x-", "0" * 64)
    assert store.names() == set()
    with pytest.raises(FileNotFoundError):
        store.get("a.npy")
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    store.put("a.npy", values)
    store.put("b.json", {"n": 1})
    store.put("c.webp", b"\x00\xff")
    again = ShardStore(folder, ".shards-x-", "0" * 64)
    assert again.names() == {"a.npy", "b.json", "c.webp"}
    assert again.has("a.npy")
    assert not again.has("d.npy")
    assert again.get("a.npy").tobytes() == values.tobytes()
    assert again.get("b.json") == {"n": 1}
    assert again.get("c.webp") == b"\x00\xff"
    store.storage.write("a.npy", b"\x93NUMPY half")
    with pytest.raises(CorpusError, match=r"a\.npy was damaged"):
        again.get("a.npy")
    assert not again.has("a.npy")
    again.remove()
    assert storage_at(folder).names() == set()


def test_a_bucket_that_is_not_there_is_said(bucket):
    with pytest.raises(CorpusError, match=r"s3://elsewhere/x/.shards-x-0+ cannot be read or written: .*bucket"):
        ShardStore("s3://elsewhere/x", ".shards-x-", "0" * 64).put("a.json", 1)


def test_the_walk_through_a_bucket_gives_the_same_bytes(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr("artgraph.descriptors.extraction.SHARD", 4)
    monkeypatch.setattr("artgraph.descriptors.extraction.SAMPLE", 10)
    monkeypatch.setattr("artgraph.stages.inspecting.SHARD", 8)
    metadata = toy_pictures(tmp_path / "in", n=23)
    for name, storage in (("plain", None), ("stored", f"{bucket}/walk")):
        made = pipeline.ingest(tmp_path / "in", tmp_path / name, metadata=metadata, storage=storage)
        pipeline.describe(made, descriptors=("color", "texture"), storage=storage)
    assert contents(tmp_path / "plain") == contents(tmp_path / "stored")
    assert len(list((tmp_path / "stored" / "thumbs").iterdir())) == 23
    assert storage_at(f"{bucket}/walk").names() == set()


def test_shares_meet_in_a_bucket_where_others_have_theirs(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr("artgraph.descriptors.extraction.SHARD", 4)
    monkeypatch.setattr("artgraph.descriptors.extraction.SAMPLE", 10)
    home, storage = toy_corpus(tmp_path, n=23), f"{bucket}/shares"
    whole = Corpus(shutil.copytree(home.path, tmp_path / "whole"))
    pipeline.describe(whole, descriptors=("texture",))
    others = toy_corpus(tmp_path / "others", n=9, seed=1)
    pipeline.describe_share(others, "1/2", descriptors=("texture",), storage=storage)
    for number in (1, 2):
        copy = Corpus(shutil.copytree(home.path, tmp_path / f"copy{number}"))
        pipeline.describe_share(copy, f"{number}/2", descriptors=("texture",), storage=storage)
        if number == 1:
            with pytest.raises(MissingError, match=r"lacks 3 of 7 shards, of shares 2/2; .*--storage s3://"):
                pipeline.merge(home, storage=storage)
    pipeline.merge(home, storage=storage)
    assert (home.path / "features" / "texture.npy").read_bytes() == (
        whole.path / "features" / "texture.npy"
    ).read_bytes()
    assert len(storage_at(storage).names()) == 1  # what others have there stays
