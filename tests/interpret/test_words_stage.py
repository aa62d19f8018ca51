"""artgraph words, and search by words, from pictures to files, with a tiny CLIP."""

import base64
import csv
import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.descriptors.openclip import Openclip
from artgraph.errors import IngestError, InputError, MissingError, StaleError, WeightsError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.weights import note_weights
from artgraph.stages.words import VECTORS, words_for
from artgraph.testing import toy_corpus
from artgraph.vocabulary import read_vocabulary
from tests.descriptors.test_openclip import tiny

pytest.importorskip("open_clip")

TERMS = "term,kind,aat\nred stripes,manner,\ngreen stripes,manner,300000001\nblue stripes,manner,\n"


class Agreeing(Openclip):
    """A CLIP whose text tower says where the manners of the toy pictures lie: by construction, not by training."""

    def texts(self, texts, *, progress=None):
        vectors = super().texts(texts)
        for place, color in enumerate(("red", "green", "blue")):
            for row, text in enumerate(texts):
                if color in text:
                    vectors[row] = MIDDLES[place]
        return vectors


MIDDLES = np.zeros((3, 24), dtype=np.float32)


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    corpus = toy_corpus(folder, n=30)
    tiny(folder / "clip")
    pipeline.describe(corpus, descriptors=("color", "openclip"), weights=folder / "clip" / "m.safetensors")
    pipeline.build_graph(corpus, on=("color",), n_neighbors=5)
    pipeline.communities(corpus, n_clusters=3)
    (folder / "terms.csv").write_text(TERMS, "utf-8")
    return corpus


@pytest.fixture
def corpus(described, tmp_path):
    for name in ("corpus", "pictures", "clip"):
        shutil.copytree(described.path.parent / name, tmp_path / name)
    shutil.copy(described.path.parent / "terms.csv", tmp_path)
    copied = Corpus(tmp_path / "corpus")
    note_weights(copied, [Openclip(weights=tmp_path / "clip" / "m.safetensors")])
    X, styles = copied.get("features", "openclip"), copied.paintings["style"]
    for place in range(3):
        MIDDLES[place] = X[styles == f"manner {place}"].mean(axis=0) - X.mean(axis=0)
    return copied


@pytest.fixture
def agreeing(monkeypatch):
    monkeypatch.setattr("artgraph.descriptors.openclip.Openclip", Agreeing)


def manners(corpus):
    """The manner that most works of each cluster are in: what the right word is."""
    labels, styles = corpus.get("partitions", "leiden"), corpus.paintings["style"]
    return [styles[labels == label].mode()[0] for label in range(labels.max() + 1)]


def test_clusters_are_named_and_all_is_kept(corpus, agreeing, tmp_path):
    file = tmp_path / "terms.csv"
    made = pipeline.words(corpus, vocabulary=file)
    found = [[word["term"] for word in one["words"]] for one in made.facts["clusters"]]
    right = {"manner 0": "red stripes", "manner 1": "green stripes", "manner 2": "blue stripes"}
    assert found == [[right[manner]] for manner in manners(corpus)]
    assert made.facts["summary"] == "3 of 3 clusters named from 3 terms"
    with open(corpus.path / "exports" / "leiden-words.csv", encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table))
    assert {row["term"]: row["aat"] for row in rows}["green stripes"] == "300000001"
    assert all(float(row["chance"]) < float(row["difference"]) for row in rows)
    before = corpus.label(*VECTORS)
    shutil.rmtree(tmp_path / "clip")  # the network is needed once
    assert not pipeline.words(corpus, vocabulary=file).fresh
    assert corpus.label(*VECTORS) == before
    assert words_for(corpus, "leiden")[0][0]["term"] in right.values()
    with pytest.raises(WeightsError, match="which is gone"):
        pipeline.words(corpus)


def test_the_same_words_give_the_same_bytes(corpus, tmp_path):
    file, sums = tmp_path / "terms.csv", []
    for _ in range(2):
        pipeline.words(corpus, vocabulary=file)
        sums.append([corpus.label(*ref)["sha256"] for ref in (VECTORS, Ref("reports", "leiden-words"))])
        corpus.remove(*VECTORS)
    assert sums[0] == sums[1]


def test_other_terms_works_or_clusters_are_not_up_to_date(corpus, tmp_path):
    file = tmp_path / "terms.csv"
    assert pipeline.words(corpus, vocabulary=file).fresh
    assert not pipeline.words(corpus, vocabulary=file).fresh
    file.write_text(TERMS.replace("red", "crimson"), "utf-8")
    assert pipeline.words(corpus, vocabulary=file).fresh
    assert pipeline.words(corpus, vocabulary=file, seed=1).fresh
    pipeline.communities(corpus, n_clusters=4)
    assert Lineage(corpus).stale(Ref("reports", "leiden-words"))
    assert words_for(corpus, "leiden") == {}
    assert pipeline.words(corpus, vocabulary=file, seed=1).fresh
    assert "artgraph words" in Lineage(corpus).command(Ref("reports", "leiden-words"))
    assert Lineage(corpus).command(VECTORS).endswith("--seed 1 --vocabulary FILE")


def test_the_vocabulary_of_artgraph_is_taken_whole(corpus):
    made = pipeline.words(corpus)
    terms = corpus.label(*VECTORS)["facts"]["terms"]
    assert len(terms) == len(read_vocabulary()) >= 500
    assert corpus.get(*VECTORS)["phrases"].shape == (20 * len(terms), 24)
    assert made.facts["on"] == "openclip"


def test_the_command_prints_words_and_says_where_none_stand_out(corpus, agreeing, tmp_path):
    call = [str(corpus.path), "--vocabulary", str(tmp_path / "terms.csv")]
    shown = CliRunner().invoke(main, ["words", *call])
    assert shown.exit_code == 0, shown.output
    assert "cluster 0: " in shown.output
    assert "random phrases up to" in shown.output
    assert json.loads(CliRunner().invoke(main, ["words", *call, "--json"]).output)["partition"] == "leiden"
    (tmp_path / "terms.csv").write_text("something else\n")
    assert "cluster 1: no word stands out" in CliRunner().invoke(main, ["words", *call]).output


def test_interpret_says_the_words_too(corpus, agreeing, tmp_path):
    assert "Words that fit" not in CliRunner().invoke(main, ["interpret", str(corpus.path)]).output
    pipeline.words(corpus, vocabulary=tmp_path / "terms.csv")
    shown = CliRunner().invoke(main, ["interpret", str(corpus.path)])
    assert shown.output.count("Words that fit these works better than the others: ") == 3
    with open(corpus.path / "exports" / "leiden-clusters.csv", encoding="utf-8-sig") as table:
        assert all("stripes" in row["words"] for row in csv.DictReader(table))


def test_the_page_is_searched_by_words_of_any_partition_and_by_none_where_they_are_stale(corpus, agreeing, tmp_path):
    pipeline.words(corpus, vocabulary=tmp_path / "terms.csv")
    pipeline.communities(corpus, n_clusters=2, name="two")
    page = corpus.path / "atlas" / "words.js"
    for partition, clusters in (("leiden", {"0", "1", "2"}), ("two", set())):
        pipeline.atlas(corpus, partition=partition)
        written = json.loads(page.read_text("utf-8").partition("= ")[2].rstrip(";\n"))
        assert [term for term, _ in written["terms"]] == ["red stripes", "green stripes", "blue stripes"]
        assert set(written["clusters"]) == clusters
    rows = np.frombuffer(base64.b64decode(written["rows"]), "<u2").reshape(3, 20)
    assert set(corpus.paintings["style"].iloc[rows[1, :10]]) == {"manner 1"}
    corpus.remove("features", "openclip")
    pipeline.atlas(corpus, partition="leiden")
    assert not page.exists()


def test_added_works_keep_the_vectors_and_replay_makes_all_again(corpus, tmp_path):
    pipeline.words(corpus, vocabulary=tmp_path / "terms.csv")
    outcome = pipeline.replay(corpus, tmp_path / "again")
    assert {outcome[f"models/{key}"] for key in ("words",)} == {"the same"}
    assert outcome["reports/leiden-words"] == "the same"
    kept = corpus.label(*VECTORS)["sha256"]
    new = toy_corpus(tmp_path / "more", n=2, seed=5)
    grown = pipeline.add(corpus, new.image_root / "images").corpus
    assert len(grown) == 32
    assert grown.label(*VECTORS)["sha256"] == kept
    assert words_for(grown, "leiden") == {}


def test_what_is_missing_is_said(described, corpus, tmp_path):
    bare = toy_corpus(tmp_path / "bare")
    pipeline.describe(bare, descriptors=("color",))
    with pytest.raises(MissingError, match=r"artgraph describe .* --with openclip"):
        pipeline.similar(bare, text="night")
    with pytest.raises(InputError, match=r"'color' .* do not lie in one space with words.*openclip"):
        pipeline.words(corpus, on="color")
    with pytest.raises(IngestError, match="no vocabulary"):
        pipeline.words(corpus, vocabulary=tmp_path / "gone.csv")
    other, _ = tiny(tmp_path / "other", seed=1)
    with pytest.raises(WeightsError, match="weights whose sha256 begins with"):
        pipeline.words(corpus, weights=other)


def test_works_nearest_to_words(corpus, agreeing, tmp_path):
    made = pipeline.similar(corpus, text="red stripes", n_neighbors=10)
    assert made.facts["query"] == "the words 'red stripes'"
    assert made.facts["on"] == ["openclip"]
    style = dict(zip(corpus.paintings["id"], corpus.paintings["style"], strict=True))
    assert [style[hit["id"]] for hit in made.facts["hits"]] == ["manner 0"] * 10
    both = pipeline.similar(corpus, text="red stripes", without="blue stripes", n_neighbors=30).facts
    assert both["query"] == "the words 'red stripes' without 'blue stripes'"
    X, place = corpus.get("features", "openclip"), {key: row for row, key in enumerate(corpus.paintings["id"])}
    red, _, blue = MIDDLES / np.linalg.norm(MIDDLES, axis=1, keepdims=True)
    expected = X @ (red - blue)
    got = [expected[place[hit["id"]]] for hit in both["hits"]]
    assert got == sorted(got, reverse=True)
    sheet = tmp_path / "near.png"
    shown = CliRunner().invoke(
        main,
        ["similar", str(corpus.path), "--text", "red stripes", "--without", "blue", "--sheet", str(sheet)],
    )
    assert shown.exit_code == 0, shown.output
    assert "nearest to the words 'red stripes' without 'blue'" in shown.output
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_words_and_works_are_not_both_asked_for_and_stale_ones_are_refused(corpus, tmp_path):
    for query, given in ((None, {}), ("cluster:0", {"text": "night"}), (None, {"without": "night"})):
        with pytest.raises(InputError, match="a work, a cluster or a picture file; or words, with --text"):
            pipeline.similar(corpus, query, **given)
    result = CliRunner().invoke(main, ["similar", str(corpus.path)])
    assert result.exit_code == 2
    assert "or words with --text" in result.output
    other, _ = tiny(tmp_path / "other", seed=1)
    with pytest.raises(WeightsError, match="weights whose sha256 begins with"):
        pipeline.similar(corpus, text="night", weights=other)
    (tmp_path / "clip" / "m.safetensors").write_bytes(other.read_bytes())
    with pytest.raises(WeightsError, match="weights whose sha256 begins with"):
        pipeline.similar(corpus, text="night")
    table = corpus.paintings.assign(image_sha256="0" * 64)
    changed = Corpus.create(corpus.path, table, image_root=corpus.image_root)
    with pytest.raises(StaleError, match=r"'openclip' .* is stale"):
        pipeline.similar(changed, text="night")
