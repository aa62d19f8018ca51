"""Nearest works to a work, a cluster, and a picture from outside."""

import csv
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import ImageError, InputError, MissingError, WeightsError
from artgraph.retrieval import middle, nearest
from artgraph.stages.base import features_of
from artgraph.stages.project import project
from artgraph.testing import toy_pictures


def test_nearest_by_hand():
    X = np.array([[2.0, 0], [0, 1], [-1, 0], [0, 0], [1, 1], [5, 5]])
    rows, distances = nearest(X, [1, 0], n_neighbors=9)
    assert rows.tolist() == [0, 4, 5, 1, 2]  # equal distances by row; the row of zeros is never found
    assert np.allclose(distances, [0, 1 - 0.5**0.5, 1 - 0.5**0.5, 1, 2])
    assert nearest(X, [1, 0], n_neighbors=2, exclude=[0])[0].tolist() == [4, 5]
    assert nearest(X, [1, 0], duplicate_ids=list("abcadd"))[0].tolist() == [0, 4, 1, 2]
    assert nearest(X, [1, 0], duplicate_ids=list("abcadd"), exclude=[5])[0].tolist() == [0, 1, 2]
    assert nearest(X[:0], [1, 0])[0].tolist() == []
    assert nearest(X, [1, 0], exclude=range(6))[0].tolist() == []


def test_nearest_is_what_brute_force_finds(features):
    X, _ = features
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    for row in (0, 17, 59):
        order = np.argsort(1 - unit @ unit[row], kind="stable")
        rows, _ = nearest(X, X[row], n_neighbors=10, exclude=[row])
        assert rows.tolist() == [other for other in order if other != row][:10]


def test_nearest_does_not_depend_on_scale(features):
    X, _ = features
    rows, distances = nearest(X, X[3])
    for scale in (1e-30, 1e30):
        again = nearest(X * np.float32(scale), X[3] * np.float32(scale))
        assert again[0].tolist() == rows.tolist()
        assert np.allclose(again[1], distances, atol=1e-6)


def test_nearest_refuses(features):
    X, _ = features
    for query, more, message in (
        (np.zeros(8), {}, "zeros"),
        (np.ones(7), {}, "shape"),
        (np.full(8, np.nan), {}, "finite"),
        (np.ones(8), {"n_neighbors": 0}, "at least 1"),
    ):
        with pytest.raises(InputError, match=message):
            nearest(X, query, **more)


def test_middle_counts_directions_not_lengths():
    assert middle(np.array([[9.0, 0], [0, 0.1]]), [0, 1]).tolist() == [0.5, 0.5]


@pytest.fixture(scope="module")
def corpus(described, tmp_path_factory):
    folder = tmp_path_factory.mktemp("similar") / "corpus"
    shutil.copytree(described.path, folder)
    return Corpus(folder)


def test_an_id_is_never_its_own_hit(corpus):
    own = corpus.paintings["id"].iloc[4]
    facts = pipeline.similar(corpus, own, n_neighbors=59).facts
    assert [hit["rank"] for hit in facts["hits"]] == list(range(1, 60))
    assert own not in {hit["id"] for hit in facts["hits"]}
    distances = [hit["distance"] for hit in facts["hits"]]
    assert distances == sorted(distances)
    styles = dict(zip(corpus.paintings["id"], corpus.paintings["style"], strict=True))
    assert {styles[hit["id"]] for hit in facts["hits"][:5]} == {styles[own]}


def test_a_cluster_finds_works_outside_it(corpus):
    labels = corpus.get("partitions", "leiden")
    facts = pipeline.similar(corpus, "cluster:1", n_neighbors=60).facts
    assert len(facts["hits"]) == (labels != 1).sum()
    assert 1 not in {hit["cluster"] for hit in facts["hits"]}
    with pytest.raises(InputError, match="no cluster 99"):
        pipeline.similar(corpus, "cluster:99")
    with pytest.raises(MissingError, match="artgraph communities"):
        pipeline.similar(corpus, "cluster:0", partition="other")


@pytest.mark.parametrize("on", [("color",), ("texture",), ("color", "texture"), ("fused",)])
def test_a_picture_is_described_as_the_corpus_was(corpus, on, tmp_path):
    """Rows of the corpus, described again from their files, come out as they are stored."""
    if on == ("fused",):
        from artgraph.stages.fuse import fuse_features

        fuse_features(corpus, on=("color", "texture"))
    files = [corpus.image_root / image for image in corpus.paintings["image"].iloc[[0, 31]]]
    X = features_of(corpus, on)
    assert np.allclose(project(corpus, on, files), X[[0, 31]], atol=1e-4)


def test_a_picture_of_the_corpus_under_another_name_is_not_a_hit(corpus, tmp_path):
    original = corpus.image_root / corpus.paintings["image"].iloc[7]
    shutil.copy(original, tmp_path / "same bytes.png")
    hits = pipeline.similar(corpus, tmp_path / "same bytes.png", n_neighbors=60).facts["hits"]
    assert len(hits) == 59
    assert corpus.paintings["id"].iloc[7] not in {hit["id"] for hit in hits}
    Image.open(original).save(tmp_path / "saved again.bmp")
    best = pipeline.similar(corpus, tmp_path / "saved again.bmp").facts["hits"][0]
    assert best["id"] == corpus.paintings["id"].iloc[7]
    assert best["distance"] < 1e-3


def test_features_that_say_nothing_of_other_pictures(corpus, tmp_path):
    np.save(tmp_path / "mine.npy", np.eye(60, dtype=np.float32))
    pipeline.import_vectors(corpus, tmp_path / "mine.npy", name="mine")
    file = tmp_path / "found.png"
    Image.new("RGB", (64, 64), "red").save(file)
    with pytest.raises(InputError, match="Name others with --on; there are: color, "):
        pipeline.similar(corpus, file, on=("mine",))
    assert pipeline.similar(corpus, corpus.paintings["id"].iloc[0], on=("mine",)).facts["on"] == ["mine"]


def test_weights_must_be_those_of_the_corpus(corpus, tmp_path):
    import timm
    import torch
    from safetensors.torch import save_file

    for name, seed in (("one", 0), ("two", 1)):
        torch.manual_seed(seed)
        save_file(timm.create_model("resnet10t", num_classes=0).state_dict(), tmp_path / f"{name}.safetensors")
    one, two = (tmp_path / f"{name}.safetensors" for name in ("one", "two"))
    pipeline.describe(corpus, descriptors=("gram:resnet10t",), weights=one, size=64)
    file = corpus.image_root / corpus.paintings["image"].iloc[0]
    X = features_of(corpus, ("gram-resnet10t",))
    found = project(corpus, ("gram-resnet10t",), [file], weights=one)
    assert X[0] @ found[0] > 0.999 * np.linalg.norm(X[0]) * np.linalg.norm(found[0])
    with pytest.raises(WeightsError, match="--weights resnet10t=FILE"):
        project(corpus, ("gram-resnet10t",), [file], weights=two)
    # those that the corpus was described with need not be named again, as long as they are there
    assert np.array_equal(project(corpus, ("gram-resnet10t",), [file]), found)
    assert str(one) not in (corpus.path / "features" / "gram-resnet10t.json").read_text("utf-8")
    one.rename(tmp_path / "moved.safetensors")
    with pytest.raises(WeightsError, match=r"one\.safetensors, which is gone.*--weights resnet10t=FILE"):
        project(corpus, ("gram-resnet10t",), [file])
    pipeline.describe(corpus, descriptors=("gram:resnet10t",), weights=tmp_path / "moved.safetensors", size=64)
    assert np.array_equal(project(corpus, ("gram-resnet10t",), [file]), found)
    shutil.copy(two, tmp_path / "moved.safetensors")
    with pytest.raises(WeightsError, match="--weights resnet10t=FILE"):
        project(corpus, ("gram-resnet10t",), [file])


def test_features_of_another_version_are_refused(corpus, monkeypatch):
    from artgraph.descriptors import Color

    file = corpus.image_root / corpus.paintings["image"].iloc[0]
    monkeypatch.setattr(Color, "params", lambda self: {"descriptor": "color", "size": 1, "novel": True})
    with pytest.raises(InputError, match="another version of artgraph"):
        project(corpus, ("color",), [file])


@pytest.mark.parametrize(
    "query",
    ["images/005.png", "005.png", "005", "./images/005.png", "IMAGES/005.PNG", "images\\005.png", "images/005",
     "Stripes 5", " stripes 5"],
)  # fmt: skip
def test_a_work_is_found_by_what_people_call_it(corpus, query):
    assert pipeline.similar(corpus, query).facts["query"] == "Stripes 5, Artist 2b, 1905 (images/005.png)"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("images/0005.png", r"neither a work.*Did you mean 'images/005\.png'\?"),
        ("stripe 5", r"Did you mean 'Stripes 5'\?"),
        ("cluster:99", r"no cluster 99 \(there are: 0 to 2\)"),
        ("", "neither a work"),
    ],
)
def test_what_is_no_work_is_an_error_with_the_nearest(corpus, query, message):
    with pytest.raises(InputError, match=message):
        pipeline.similar(corpus, query)


def test_a_name_that_several_works_have_lists_them(tmp_path):
    toy_pictures(tmp_path / "in", n=9)
    (tmp_path / "in" / "more").mkdir()
    shutil.copy(tmp_path / "in" / "images" / "001.png", tmp_path / "in" / "more" / "002.png")
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "corpus")
    pipeline.describe(corpus, descriptors=("color",))
    for query in ("002.png", "002"):
        with pytest.raises(InputError, match=r"2 works.*images/002\.png; more/002\.png\. Write the id of one"):
            pipeline.similar(corpus, query, on=("color",))
    assert pipeline.similar(corpus, "more/002.png", on=("color",)).facts["query"] == "more/002.png"


def test_a_partition_that_was_named_must_be_there(corpus):
    with pytest.raises(MissingError, match="Did you mean 'leiden'"):
        pipeline.similar(corpus, "005.png", partition="liden")


def test_a_picture_beside_features_of_a_network_tuned_here(corpus, tmp_path):
    pipeline.train_descriptor(corpus, from_scratch=True, steps=1, works_per_artist=2, artists_per_batch=2)
    pipeline.describe(corpus, descriptors=("mine",))
    file = corpus.image_root / corpus.paintings["image"].iloc[3]
    assert np.allclose(project(corpus, ("mine",), [file]), features_of(corpus, ("mine",))[[3]], atol=1e-4)


def test_command(corpus, tmp_path):
    def call(*arguments):
        return CliRunner().invoke(main, ["similar", str(corpus.path), *map(str, arguments)])

    own = corpus.paintings["id"].iloc[0]
    result = call(own, "--n-neighbors", 3, "-o", tmp_path / "hits.csv", "--sheet", tmp_path / "near.png")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].startswith(f"nearest to Stripes 0, Artist 0a, 1900 ({own}), by color, texture")
    assert len(result.stdout.splitlines()) == 4
    with open(tmp_path / "hits.csv", encoding="utf-8-sig", newline="") as file:
        assert [row["rank"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    with Image.open(tmp_path / "near.png") as sheet:
        assert sheet.width == 4962
    result = call("nowhere.jpg")
    assert result.exit_code == 1
    assert "neither a work" in result.output
    (tmp_path / "page.jpg").write_text("<html>")
    result = call(tmp_path / "page.jpg")
    assert result.exit_code == 1
    assert "not an image" in result.output
    with pytest.raises(ImageError):
        pipeline.similar(corpus, tmp_path / "page.jpg")
