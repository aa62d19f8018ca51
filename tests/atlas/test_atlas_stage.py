"""The page of a corpus: what the stage gathers for it."""

import shutil

import numpy as np
import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.dates import parse_years
from artgraph.errors import InputError, MissingError
from artgraph.graph import linkable_artists
from artgraph.lineage import Lineage, Ref
from artgraph.testing import toy_pictures
from tests.atlas.parts import read


@pytest.fixture(scope="module")
def full(described, tmp_path_factory):
    """A corpus with everything that the page can show, and the page's data."""
    path = tmp_path_factory.mktemp("full") / "corpus"
    shutil.copytree(described.path, path)
    corpus = Corpus(path)
    pipeline.build_graph(corpus, on=("color", "texture"), artist_edges=True)
    pipeline.communities(corpus)
    pipeline.communities(corpus, name="other", resolution=3.0)
    pipeline.interpret(corpus)
    pipeline.worklist(corpus)
    made = pipeline.atlas(corpus, compare=["other"])
    assert made.key == str(path / "atlas" / "index.html")
    return corpus, read(path / "atlas")


def test_why_two_works_are_near(full):
    corpus, data = full
    near = corpus.get("graphs", "style", "knn")["indices"]
    assert data["shares"]["names"] == ["color", "texture"]
    percent = np.array(data["shares"]["percent"]).reshape(*near.shape, 2)
    assert data["neighbors"]["rows"] == near.ravel().tolist()
    assert set(percent.sum(axis=2).ravel().tolist()) <= {99, 100, 101}  # rounded


def test_links_by_one_artist_are_apart_from_the_others(full):
    corpus, data = full
    artists = corpus.paintings["artist"]
    linked = [(i, j) for i, rows in enumerate(data["artist_links"]) for j in rows]
    assert linked
    assert data["columns_used"] == ["artist"]
    assert all(artists[i] == artists[j] for i, j in linked)


def test_membership_reports_and_the_other_partition_reach_the_page(full):
    corpus, data = full
    stored = corpus.get("partitions", "leiden", "membership")
    assert data["membership"]["second"] == stored["second"].tolist()
    assert data["membership"]["confidence"] == pytest.approx(stored["confidence"].tolist(), abs=6e-4)
    assert set(data["membership"]["role"]["values"]) <= {"core", "border", "bridge", "outlier"}
    assert data["compare"]["partitions"] == [["other", corpus.get("partitions", "other").tolist()]]
    report = corpus.label("reports", "leiden-clusters")["facts"]
    assert [c["sentence"] for c in data["clusters"]] == [c["sentence"] for c in report["clusters"]]
    ids = corpus.paintings["id"].tolist()
    for cluster, about in zip(data["clusters"], report["clusters"], strict=True):
        assert [ids[row] for row in cluster["works"][: len(about["exemplars"])]] == about["exemplars"]
    assert data["methods"] == report["methods"]
    works = corpus.label("reports", "leiden-worklist")["facts"]["works"]
    assert [ids[w["row"]] for w in data["worklist"]] == [w["id"] for w in works]


def test_what_a_page_lacks_is_made_and_said(described, tmp_path):
    """Sentences, methods and worklist of the partition that is shown; those of another one are not taken for them."""
    shutil.copytree(described.path, tmp_path / "corpus")
    corpus = Corpus(tmp_path / "corpus")
    pipeline.communities(corpus, name="other", resolution=3.0)
    pipeline.interpret(corpus)
    pipeline.worklist(corpus, seed=3)
    made = pipeline.atlas(corpus, partition="other", images="none", out=tmp_path / "page")
    assert made.facts["made"] == ["interpret", "worklist"]
    assert pipeline.line(made).endswith("60 paintings, no pictures. Made for it: interpret, worklist")
    data = read(tmp_path / "page")
    assert data["worklist"] is not None
    assert data["methods"] == corpus.label("reports", "other-clusters")["facts"]["methods"]
    assert all(c["sentence"] for c in data["clusters"])
    assert [name for name, _ in data["compare"]["partitions"]] == ["leiden"]
    # the partition is overwritten, as by two lines of Python: its reports are made again, with the settings they had
    pipeline.communities(corpus, n_clusters=4, name="leiden")
    made = pipeline.atlas(corpus, images="none")
    assert made.facts["made"] == ["interpret", "worklist"]
    data = read(corpus.path / "atlas")
    assert len(data["clusters"]) == 4
    assert all(c["sentence"] for c in data["clusters"])
    label = corpus.label("reports", "leiden-worklist")
    assert label["made_by"]["params"]["seed"] == 3
    assert len(data["worklist"]) == len(label["facts"]["works"])
    assert pipeline.atlas(corpus, images="none").facts["made"] == []


@pytest.mark.parametrize("name", ["interpret", "worklist"])
def test_what_cannot_be_made_is_named_with_its_command(full, tmp_path, monkeypatch, name):
    corpus, _ = full
    pipeline.communities(corpus, name=f"no-{name}", resolution=2.0)

    def fails(corpus, *, partition, **settings):
        raise InputError("no worth")

    fails.__name__ = name
    monkeypatch.setattr(f"artgraph.stages.atlas.{name}", fails)
    made = pipeline.atlas(corpus, partition=f"no-{name}", images="none", out=tmp_path / "page")
    command = f"artgraph {name} {corpus.path} --partition no-{name}"
    assert f"The page lacks what this makes: {command}: no worth" in pipeline.line(made)


def test_the_title_is_the_users(full, tmp_path):
    corpus, data = full
    assert data["title"] == "corpus"
    pipeline.atlas(corpus, title="The <b>north</b> wing", images="none", out=tmp_path / "page")
    assert read(tmp_path / "page")["title"] == "The <b>north</b> wing"
    assert "<title>The &lt;b&gt;north&lt;/b&gt; wing</title>" in (tmp_path / "page" / "index.html").read_text("utf-8")
    with pytest.raises(InputError, match="title is empty"):
        pipeline.atlas(corpus, title=" ", images="none", out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_how_it_was_made_leaves_out_what_is_not_for_people():
    from artgraph.stages.history import _shown

    params = {"seed": 0, "history": [{"auc": 0.9}], "kl_per_dimension": [0.1] * 25, "on": ["color", "gram"]}
    params |= {"nothing": None, "empty": [], "facts": {"a": 1}, "weights_sha256": "0123456789abcdef", "note": "x" * 70}
    assert _shown(params) == {
        "seed": "0",
        "on": "color, gram",
        "weights sha256": "0123456789ab…",
        "note": "x" * 64 + "…",
    }


def test_a_partition_of_features_is_shown_on_the_graph_that_is_there(full, tmp_path):
    corpus, _ = full
    pipeline.communities(corpus, method="kmeans", on=("color",), n_clusters=3, membership=False)
    data = read(pipeline_atlas(corpus, "kmeans", tmp_path / "page"))
    assert data["labels"] == corpus.get("partitions", "kmeans").tolist()
    assert data["membership"] is None
    assert data["grid"] is not None


def test_without_any_graph_the_page_says_what_to_do(tmp_path):
    from artgraph.testing import toy_corpus

    corpus = toy_corpus(tmp_path)
    pipeline.describe(corpus, descriptors=("color",))
    made_by = {"function": "mine", "params": {}}
    labels = np.zeros(len(corpus), dtype=np.int32)
    corpus.put(
        "partitions", "mine", {"": labels}, made_by=made_by, inputs=Lineage(corpus).inputs([Ref("features", "color")])
    )
    with pytest.raises(MissingError, match=r"build-graph .* --on color"):
        pipeline.atlas(corpus, partition="mine")


def pipeline_atlas(corpus, partition, out):
    pipeline.atlas(corpus, partition=partition, out=out, images="none")
    assert not list(out.rglob("*.webp"))
    return out


DATES = ["500 BC", "17th century", "1870s", "c. 1503-1506", "n.d.", None, "1889-05-03", "44 BC", "late 19th century"]
ARTISTS = ["Unbekannt", "Workshop of Rembrandt", "Rembrandt", "REMBRANDT (1606-1669)", "Ann; Bo", None, "Ann", "ann"]


def test_artists_and_years_of_the_page_are_those_of_the_graph(tmp_path):
    metadata = toy_pictures(tmp_path / "pictures", n=36)
    table = pd.read_csv(metadata, dtype=str)
    table["date"] = [DATES[i % len(DATES)] for i in range(36)]
    table["artist"] = [ARTISTS[i % len(ARTISTS)] for i in range(36)]
    table.to_csv(metadata, index=False)
    corpus = pipeline.ingest(metadata.parent, tmp_path / "corpus", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",))
    pipeline.communities(corpus, membership=False)
    pipeline_atlas(corpus, "leiden", tmp_path / "page")
    data, years = read(tmp_path / "page"), parse_years(corpus.paintings["date"])
    assert data["years"] == [None if np.isnan(year) else year for year in years]
    assert {-500, 1650, 1875, None} <= set(data["years"])
    names, keys = column(data["artists"]["names"]), linkable_artists(corpus.paintings["artist"])
    assert [name is None for name in names] == [key is None for key in keys]
    assert (
        len({*zip(names, keys, strict=True)}) == len({*keys}) == 4
    )  # two artists, a workshop, nobody: one name for each
    assert dict(data["columns"])["artist"]  # what the catalogue says stands beside it
    for cluster in data["clusters"]:
        dated = [years[row] for row in cluster["works"] if not np.isnan(years[row])]
        assert cluster["years"][::2] == [min(dated), max(dated)]
        known = [keys[row] for row in cluster["works"] if keys[row]]
        assert sum(works for _, works, _ in cluster["artists"]) == len(known)


def column(packed):
    return packed if isinstance(packed, list) else [packed["values"][code] for code in packed["codes"]]
