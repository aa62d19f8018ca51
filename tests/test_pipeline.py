"""The walk from pictures to page, on pictures that the tests make."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.errors import CircularError, IngestError, InputError, MissingError, StaleError, WeightsError
from artgraph.testing import toy_corpus, toy_pictures
from tests.hazards import write_hazards


def contents(folder):
    """Every file below a folder and its bytes; journal.jsonl, which alone holds times, is left out."""
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file() and path.name != "journal.jsonl")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_whole_walk(tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=60)
    told = []
    corpus = pipeline.run(
        tmp_path / "in", tmp_path / "out", metadata=metadata, descriptors=("color", "texture"), tell=told.append
    )
    assert corpus.keys("partitions") == ["leiden"]  # a few artists teach nothing
    report = corpus.label("reports", "leiden")["facts"]
    assert report["scores"]["ami"] > 0.9
    assert report["chance"]["ami"]["mean"] < 0.1
    assert (corpus.path / "atlas" / "index.html").is_file()
    graph = nx.read_gexf(corpus.path / "exports" / "leiden.gexf")
    assert set(graph) == set(corpus.paintings["id"])
    table = pd.read_csv(corpus.path / "exports" / "leiden.csv")
    assert list(table["cluster"]) == list(corpus.get("partitions", "leiden"))
    assert any("AMI" in line for line in told)

    before = contents(corpus.path)
    told.clear()
    pipeline.run(
        tmp_path / "in", tmp_path / "out", metadata=metadata, descriptors=("color", "texture"), tell=told.append
    )
    assert contents(corpus.path) == before
    assert sum("up to date" in line for line in told) == 7


def test_pictures_alone_are_enough(tmp_path):
    toy_pictures(tmp_path / "in", n=9)
    corpus = pipeline.run(tmp_path / "in" / "images", tmp_path / "out", descriptors=("color",))
    assert corpus.keys("reports") == ["leiden", "leiden-clusters", "leiden-worklist"]
    assert "scores" not in corpus.label("reports", "leiden")["facts"]
    assert (corpus.path / "atlas" / "index.html").is_file()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_few_pictures(tmp_path, n):
    toy_pictures(tmp_path / "in", n=n)
    corpus = pipeline.run(tmp_path / "in", tmp_path / "out", descriptors=("color", "texture"))
    labels = corpus.get("partitions", "leiden")
    assert len(labels) == n
    assert (labels == -1).all() if n == 1 else (labels >= -1).all()
    assert (corpus.path / "atlas" / "index.html").is_file()


def test_identical_pictures(tmp_path):
    toy_pictures(tmp_path / "in", n=3)
    for copy in range(20):
        shutil.copy(tmp_path / "in" / "images" / "000.png", tmp_path / "in" / "images" / f"copy{copy}.png")
    corpus = pipeline.run(tmp_path / "in", tmp_path / "out", descriptors=("color",))
    assert np.isfinite(corpus.get("layouts", "style")).all()
    assert len(corpus) == 23


def test_where_no_picture_can_be_taken_the_error_says_why(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "in" / name).write_bytes(b"no picture")
    with pytest.raises(IngestError, match=r"2 found, 2 refused; most of all: .+\)\."):
        pipeline.ingest(tmp_path / "in", tmp_path / "out", max_refused=1.0)


def test_what_changed_makes_everything_after_it_stale(tmp_path):
    metadata = toy_pictures(tmp_path / "in")
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",))
    pipeline.communities(corpus)
    shutil.copy(tmp_path / "in" / "images" / "001.png", tmp_path / "in" / "images" / "000.png")
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=metadata)
    stale = {thing["key"]: thing["stale"] for thing in pipeline.info(corpus)["things"]}
    assert all("paintings/image_sha256 has changed" in reasons[0] for reasons in stale.values())
    for call in (pipeline.communities, pipeline.evaluate, pipeline.atlas):
        with pytest.raises(StaleError, match=r"has changed.*artgraph"):
            call(corpus)
    assert pipeline.describe(corpus, descriptors=("color",))[0].fresh
    assert pipeline.build_graph(corpus, on=("color",)).fresh


def test_changed_data_reach_the_corpus_without_describing_again(tmp_path):
    metadata = toy_pictures(tmp_path / "in")
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color",))
    metadata.write_text(metadata.read_text().replace("Stripes 3", "Renamed"))
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=metadata)
    assert "Renamed" in set(corpus.paintings["title"])
    assert not pipeline.describe(corpus, descriptors=("color",))[0].fresh


def test_artist_edges_are_a_layer_and_judging_by_artist_is_refused(tmp_path):
    corpus = toy_corpus(tmp_path, n=60)
    pipeline.describe(corpus, descriptors=("color",))
    facts = pipeline.build_graph(corpus, on=("color",), artist_edges=True).facts
    assert facts["artist_links"] > 0
    assert corpus.get("graphs", "style", "artists").nnz == 2 * facts["artist_links"]
    pipeline.communities(corpus)
    with pytest.raises(CircularError, match="artist"):
        pipeline.evaluate(corpus, against="artist")
    assert any("artist" in sentence for sentence in pipeline.evaluate(corpus).facts["caveats"])
    pipeline.train_vgae(corpus, epochs=5)
    pipeline.build_graph(corpus, on=("vgae",), name="vgae")
    pipeline.communities(corpus, graph="vgae")
    with pytest.raises(CircularError, match="artist"):
        pipeline.evaluate(corpus, partition="vgae-leiden", against="artist")


@pytest.mark.parametrize("works", [2, 6])
def test_with_many_artists_latents_have_neighbours_across_artists(tmp_path, works):
    metadata = toy_pictures(tmp_path / "in", n=60)
    table = pd.read_csv(metadata)
    table["artist"] = [f"Artist {row % 3} {row // (3 * works)}" for row in range(60)]  # three manners, one to an artist
    table.to_csv(metadata, index=False)
    corpus = pipeline.run(
        tmp_path / "in", tmp_path / "out", metadata=metadata, descriptors=("color",), artist_edges=True
    )
    params = corpus.label("graphs", "vgae")["made_by"]["params"]
    assert params["cross_artist"] == params["artist_edges"] == (works == 2)  # 30 artists, or 12
    assert corpus.get("graphs", "style", "artists").nnz > 0
    edges = corpus.get("graphs", "vgae").tocoo()
    artist = corpus.paintings["artist"].to_numpy()
    assert (artist[edges.row] == artist[edges.col]).any() == (works == 6)


def test_without_artist_edges_names_change_nothing(tmp_path):
    metadata = toy_pictures(tmp_path / "in")
    labels = []
    for shift in (0, 1):
        table = pd.read_csv(metadata)
        table["artist"] = np.roll(table["artist"], shift)
        table.to_csv(metadata, index=False)
        corpus = pipeline.ingest(tmp_path / "in", tmp_path / f"out{shift}", metadata=metadata)
        pipeline.describe(corpus, descriptors=("color",))
        pipeline.build_graph(corpus, on=("color",))
        pipeline.communities(corpus)
        labels.append(corpus.get("partitions", "leiden"))
    assert (labels[0] == labels[1]).all()


def test_the_style_column_changes_no_stage_before_evaluate(tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=60)
    made = []
    for name in ("with", "without"):
        if name == "without":
            pd.read_csv(metadata).drop(columns="style").to_csv(metadata, index=False)
        corpus = pipeline.run(tmp_path / "in", tmp_path / name, metadata=metadata, descriptors=("color",))
        made.append({key: corpus.get("partitions", key).tobytes() for key in corpus.keys("partitions")})
    assert made[0] == made[1]


def test_missing_things_say_which_command_makes_them(corpus):
    with pytest.raises(MissingError, match="artgraph describe"):
        pipeline.build_graph(corpus)
    with pytest.raises(MissingError, match="artgraph build-graph"):
        pipeline.communities(corpus)
    with pytest.raises(MissingError, match="artgraph communities"):
        pipeline.evaluate(corpus)
    with pytest.raises(InputError, match="no descriptor 'style'"):
        pipeline.describe(corpus, descriptors=("style",))


def test_missing_weights_stop_a_run_before_any_work(tmp_path, monkeypatch):
    from huggingface_hub.errors import LocalEntryNotFoundError

    def offline(*args, **settings):
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", offline)
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", offline)
    toy_pictures(tmp_path / "in")
    with pytest.raises(WeightsError, match="--with eye"):
        pipeline.run(tmp_path / "in", tmp_path / "out", descriptors=("gram",))
    assert not (tmp_path / "out").exists()


def test_an_atlas_inside_the_pictures_is_not_ingested_as_pictures(tmp_path):
    toy_pictures(tmp_path / "in", n=9)
    for _ in range(2):
        corpus = pipeline.run(tmp_path / "in", tmp_path / "in" / "out", descriptors=("color",))
        assert len(corpus) == 9


def test_every_hazard_is_taken_or_listed(tmp_path):
    expected = write_hazards(tmp_path / "in")
    assert len(expected) >= 200
    expected = {name: outcome for name, outcome in expected.items() if outcome != "ignored"}
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", max_refused=1)
    refused = pd.read_csv(tmp_path / "out" / "refused.csv", keep_default_na=False)
    refused = refused[refused["kind"] == "image"]
    facts = corpus.head["facts"]
    assert facts["images_taken"] == len(corpus) == sum(outcome == "taken" for outcome in expected.values())
    assert facts["images_refused"] == len(refused)
    assert facts["images_found"] == facts["images_taken"] + facts["images_refused"]
    assert refused["reason"].value_counts().to_dict() == (
        pd.Series([outcome for outcome in expected.values() if outcome != "taken"]).value_counts().to_dict()
    )
    pipeline.describe(corpus, descriptors=("color", "texture"))
    assert np.isfinite(corpus.get("features", "color")).all()
    assert np.isfinite(corpus.get("features", "texture")).all()


def test_too_many_refused_is_an_error_and_the_corpus_is_there(tmp_path):
    write_hazards(tmp_path / "in")
    for _ in range(2):
        with pytest.raises(IngestError, match=r"refused.*refused\.csv"):
            pipeline.ingest(tmp_path / "in", tmp_path / "out", max_refused=0.05)
    assert len(Corpus(tmp_path / "out")) > 0


def _run(folder, *extra):
    command = [sys.executable, "-m", "artgraph", "run", folder / "in", "--metadata", folder / "in" / "metadata.csv"]
    return subprocess.Popen([*map(str, command), "--with", "color,texture", *extra], stdout=subprocess.DEVNULL)


def kill_and_restart(folder, *, kills, seed=0, n=60):
    """Kill ``run`` at random moments, restart it until it ends, and compare with a run that was left alone."""
    toy_pictures(folder / "in", n=n)
    started = time.perf_counter()
    assert _run(folder, "-o", str(folder / "whole" / "out")).wait() == 0
    length = time.perf_counter() - started
    rng = np.random.default_rng(seed)
    killed = 0
    for attempt in range(kills):
        out = folder / f"cut{attempt}" / "out"  # the same name and depth: both stand in the page
        process = _run(folder, "-o", str(out))
        time.sleep(rng.uniform(0.1, 1) * length)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert _run(folder, "-o", str(out)).wait() == 0
        whole, cut = contents(folder / "whole" / "out"), contents(out)
        assert sorted(whole) == sorted(cut)
        different = [name for name in whole if whole[name] != cut[name]]
        assert different == []
    return killed


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_run_goes_on_and_gives_the_same_bytes(tmp_path):
    assert kill_and_restart(tmp_path, kills=2) >= 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_twenty_kills(tmp_path):
    assert kill_and_restart(tmp_path, kills=20, seed=1) >= 15


@pytest.mark.parametrize(("hard", "works"), [(False, 288), (True, 296)])
def test_the_demo_runs_on_a_copy_of_what_comes_with_artgraph(hard, works, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda images, out, **options: (images, out, options))
    images, out, options = pipeline.demo(tmp_path, hard=hard, workers=1, seed=3)
    assert options.get("ignore_color", False) == hard
    assert (images, out) == (tmp_path / "paintings", tmp_path)
    assert (options["metadata"], options["seed"]) == (images / "metadata.csv", 3)
    first = contents(images)
    assert sorted(first) == sorted([*pd.read_csv(images / "metadata.csv")["path"], "metadata.csv"])
    assert len(first) == works + 1

    def written():
        return {path.name: path.stat().st_mtime_ns for path in images.rglob("*") if path.is_file()}

    (images / "images" / "0001.jpg").unlink()
    (images / "images" / "0002.jpg").write_bytes(b"half a pic")
    before = written()
    pipeline.demo(tmp_path, hard=hard)  # as after a kill: what is missing or damaged comes anew, the rest is left alone
    assert contents(images) == first
    after = written()
    assert {name for name in after if after[name] != before.get(name)} == {"0001.jpg", "0002.jpg"}


def test_info_is_json(described):
    about = pipeline.info(described)
    assert json.loads(json.dumps(about))["n"] == 60
    assert {thing["kind"] for thing in about["things"]} >= {"features", "graphs", "partitions"}
