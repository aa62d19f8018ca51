"""The same values whatever the number of threads, and writers that do not disturb each other."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from artgraph import pipeline
from artgraph.descriptors.backbones import _Tapped
from artgraph.errors import CorpusError, LockedError
from artgraph.learning.threads import single_threaded_algebra, torch_threads
from artgraph.stages.atlas import atlas
from artgraph.testing import toy_corpus

KINDS = ("features", "graphs", "partitions", "models")
RUN = """
import sys
from artgraph import pipeline
from artgraph.corpus import Corpus

corpus = Corpus(sys.argv[1])
pipeline.describe(corpus, descriptors=("eye", "color"), fuse=True)
pipeline.build_graph(corpus, on=("eye", "color"), artist_edges=True)
pipeline.train_vgae(corpus, epochs=4)
pipeline.build_graph(corpus, on=("vgae",), name="vgae")
pipeline.communities(corpus, graph="vgae")
pipeline.communities(corpus, method="kmeans", n_clusters=3)
pipeline.communities(corpus, method="spectral", n_clusters=3)
"""


def test_the_same_bytes_whatever_the_threads(tmp_path):
    corpora = {threads: toy_corpus(tmp_path / threads, n=24) for threads in ("1", "2")}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(corpus.path)],
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        )
        for threads, corpus in corpora.items()
    ]
    assert [process.wait() for process in running] == [0, 0]
    one, two = (
        {file.name: file.read_bytes() for kind in KINDS for file in sorted((corpus.path / kind).glob("*.[ns]*"))}
        for corpus in corpora.values()
    )
    assert {"eye.npy", "vgae.npy", "vgae.safetensors", "vgae-leiden.npy", "kmeans.npy", "spectral.npy"} <= set(one)
    assert [name for name in one if one[name] != two[name]] == []


def test_threads_are_as_before_afterwards():
    from threadpoolctl import threadpool_info

    with single_threaded_algebra():
        pass  # loads what it limits
    before = torch.get_num_threads(), [pool["num_threads"] for pool in threadpool_info()]
    with torch_threads(3), single_threaded_algebra():
        assert torch.get_num_threads() == 3
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}
    assert (torch.get_num_threads(), [pool["num_threads"] for pool in threadpool_info()]) == before


def test_threads_that_share_a_tapped_network_do_not_mix_what_it_gives():
    tapped = _Tapped(torch.nn.Sequential(torch.nn.Identity(), torch.nn.ReLU()), ["0"])
    with ThreadPoolExecutor(4) as pool:
        given = list(
            pool.map(lambda value: tapped(torch.full((50, 50), float(value)))[0].unique().tolist(), range(200))
        )
    assert given == [[float(value)] for value in range(200)]


def test_what_trains_with_as_many_threads_as_there_are_says_so_in_its_label(clustered, monkeypatch):
    tuned, corpus = SimpleNamespace(state={"w": torch.ones(1)}, facts={}, history=[]), clustered
    monkeypatch.setattr("artgraph.descriptors.tuning.train.train_descriptor", lambda *given, **options: tuned)
    pipeline.train_descriptor(corpus, steps=1, objective="simclr", from_scratch=True)
    assert corpus.label("models", "mine")["made_by"]["threads"] == torch.get_num_threads()


@pytest.fixture(scope="module")
def clustered(tmp_path_factory):
    corpus = toy_corpus(tmp_path_factory.mktemp("clustered"))
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",))
    pipeline.communities(corpus)
    return corpus


def test_several_that_write_the_page_at_once(clustered):
    def write(number):
        try:
            return pipeline.atlas(clustered).key
        except LockedError as error:
            return str(error)

    pipeline.atlas(clustered)
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(write, range(8)))
    assert any(one.endswith("index.html") for one in said)
    assert all(one.endswith("index.html") or one.startswith("Another artgraph is writing") for one in said)
    assert len(list((clustered.path / "atlas" / "thumbs").iterdir())) == len(clustered)


def test_a_page_that_is_being_written_is_left_alone(clustered, tmp_path, monkeypatch):
    first = pipeline.atlas(clustered, out=tmp_path / "a").key
    before = {file: file.read_bytes() for file in (tmp_path / "a").rglob("*") if file.is_file()}

    def second(*given, **options):
        with pytest.raises(LockedError, match="Another artgraph is writing"):
            atlas(clustered, out=tmp_path / "a")
        return Path(first)

    monkeypatch.setattr("artgraph.atlas.write_atlas", second)
    pipeline.atlas(clustered, out=tmp_path / "a")
    assert {file: file.read_bytes() for file in (tmp_path / "a").rglob("*") if file.is_file()} == before


def test_a_page_of_the_corpus_that_was_cut_off_is_written_again(clustered):
    index = Path(pipeline.atlas(clustered).key)
    whole = index.read_bytes()
    index.write_bytes(whole[:20])
    assert Path(pipeline.atlas(clustered).key).read_bytes() == whole


def test_no_page_leaves_no_folder(clustered, tmp_path):
    with pytest.raises(CorpusError):
        pipeline.atlas(clustered, partition="nothing", out=tmp_path / "a")
    assert not (tmp_path / "a").exists()
