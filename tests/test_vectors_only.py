"""Works without pictures: a table and vectors are a corpus; everything but the pictures works, and it grows."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, IngestError, InputError
from artgraph.lineage import Lineage
from artgraph.stages.change import ordered
from artgraph.stages.growing_report import growth_facts, growth_lines
from artgraph.testing import toy_corpus, toy_features

N, NEW = 200, 6


def works(groups, start=0):
    """The table of some works: three manners, four artists in each."""
    rows = range(start, start + len(groups))
    return pd.DataFrame(
        {
            "object_id": [f"W-{i:03d}" for i in rows],
            "artist": [f"Artist {group}{'abcd'[i // 3 % 4]}" for i, group in zip(rows, groups, strict=True)],
            "title": [f"Work {i}" for i in rows],
            "date": [str(1800 + 40 * group + i % 20) for i, group in zip(rows, groups, strict=True)],
            "style": [f"manner {group}" for group in groups],
        }
    )


def vectors(file, ids, X):
    """Write vectors as parquet."""
    pd.DataFrame({"id": list(ids), "vector": list(X)}).to_parquet(file)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    """``table.parquet``, ``vectors.parquet`` (200), ``new.csv``, ``new.parquet`` (6 more), ``corpus``; for reading."""
    home = tmp_path_factory.mktemp("vectors")
    X, groups = toy_features(N + NEW, n_groups=3, d=8)
    table = works(groups)
    table[:N].to_parquet(home / "table.parquet")
    table[N:].to_csv(home / "new.csv", index=False)
    vectors(home / "vectors.parquet", table["object_id"][:N], X[:N])
    vectors(home / "new.parquet", table["object_id"][N:], X[N:])
    corpus = home / "corpus"
    for words in (
        ["ingest", "--no-pictures", "--metadata", str(home / "table.parquet"), "-o", str(corpus)],
        ["import", str(corpus), str(home / "vectors.parquet")],
        ["build-graph", str(corpus), "--on", "imported"],
        ["train-vgae", str(corpus), "--epochs", "1"],
        ["communities", str(corpus)],
        ["interpret", str(corpus)],
        ["worklist", str(corpus)],
        ["evaluate", str(corpus)],
    ):
        assert call(*words).exit_code == 0, words
    pipeline.layout(Corpus(corpus))
    return home


@pytest.fixture
def home(first_day, tmp_path):
    """A copy of it that may be changed."""
    shutil.copytree(first_day, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def light(home):
    """The same, with table, vectors, graph, clusters and map alone."""
    corpus = Corpus(home / "corpus")
    for kind, key in [("features", "vgae"), ("models", "vgae"), *(("reports", key) for key in corpus.keys("reports"))]:
        corpus.remove(kind, key)
    return home


def call(*words):
    """Run a command of artgraph; a traceback is a failure."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def sound(corpus):
    """Assert that every label is of these works and follows from what is there; reports may be stale."""
    lineage = Lineage(corpus)
    for ref in ordered(corpus):
        assert ref.kind == "reports" or lineage.stale(ref) == [], ref
    for kind in ("features", "partitions", "layouts"):
        for key in corpus.keys(kind):
            assert len(corpus.get(kind, key)) == len(corpus), (kind, key)


# ---- the table


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--metadata", "table.parquet", "-o", "c"], "give --no-pictures"),
        (["scans", "--no-pictures", "--metadata", "table.parquet", "-o", "c"], "goes without a folder"),
        (["--no-pictures", "--metadata", "table.parquet", "--max-unmatched", "0", "-o", "c"], "--max-unmatched"),
    ],
)
def test_pictures_or_none_and_not_both(words, said):
    result = call("ingest", *words)
    assert result.exit_code == 2
    assert said in result.output


def test_a_table_is_taken_in_as_it_stands(tmp_path):
    rows = ["obj,path,artist", "7,a.jpg,A", "007,b.jpg,B", "é,c.jpg,", "x,d.jpg,A", "x,d.jpg,A", ",e.jpg,A"]
    rows += ["y,f.jpg,A", "y,g.jpg,B", '"z\nz",h.jpg,A', "w,i.jpg,A"]
    (tmp_path / "works.csv").write_text("\n".join(rows), "utf-8")
    about = {"metadata": tmp_path / "works.csv", "columns": {"id": "obj"}}
    with pytest.raises(IngestError, match=r"4 of 10 rows were refused, more than --max-refused 0\.05"):
        pipeline.ingest(None, tmp_path / "corpus", **about)
    corpus = pipeline.ingest(None, tmp_path / "corpus", **about, max_refused=0.4)
    assert list(corpus.paintings["id"]) == ["007", "7", "w", "x", "é"]
    assert list(corpus.paintings["file"]) == ["b.jpg", "a.jpg", "i.jpg", "d.jpg", "c.jpg"]
    assert not [name for name in corpus.paintings if name.startswith("image")]
    assert not corpus.has_pictures
    refused = pd.read_csv(tmp_path / "corpus" / "refused.csv")
    assert list(zip(refused["input"], refused["reason"], strict=True)) == [
        ("works.csv line 7", "no name"),
        ("works.csv line 8", "conflicting rows"),
        ("works.csv line 9", "conflicting rows"),
        ("works.csv line 10", "unreadable name"),
    ]
    assert refused["detail"][1] == "2 different rows have the id 'y'."
    facts = corpus.head["facts"]
    assert {name: facts[name] for name in facts if name.startswith("rows")} == {
        "rows": 10,
        "rows_joined": 5,
        "rows_merged": 1,
        "rows_refused": 4,
    }
    journal = (tmp_path / "corpus" / "journal.jsonl").read_bytes()
    pipeline.ingest(None, tmp_path / "corpus", max_refused=0.4)  # the table and its columns are those of before
    assert (tmp_path / "corpus" / "journal.jsonl").read_bytes() == journal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,artist\n1,A\n", "holds the ids of works. It has: number, artist"),
        ("id,artist\n,A\n,B\n", "No row of .* could be taken .2 refused; most of all: no name"),
        (None, "there has to be a table"),
    ],
)
def test_a_table_that_names_no_works_is_refused(tmp_path, text, said):
    (tmp_path / "works.csv").write_text(text or "")
    with pytest.raises(IngestError, match=said):
        pipeline.ingest(None, tmp_path / "corpus", metadata=tmp_path / "works.csv" if text else None)
    assert not (tmp_path / "corpus" / "corpus.json").exists()


def test_a_corpus_has_pictures_or_not_for_good(tmp_path, first_day):
    corpus = toy_corpus(tmp_path)
    with pytest.raises(CorpusError, match="holds works with pictures"):
        pipeline.ingest(None, corpus.path, metadata=tmp_path / "pictures" / "metadata.csv", columns={"id": "path"})
    with pytest.raises(CorpusError, match="holds works without pictures"):
        pipeline.ingest(tmp_path / "pictures", first_day / "corpus")
    with pytest.raises(CorpusError, match="holds works without pictures"):
        pipeline.run(tmp_path / "pictures", first_day / "corpus")
    with pytest.raises(InputError, match="run needs a folder of pictures"):
        pipeline.run(None, tmp_path / "new")


# ---- every stage


def test_what_is_measured_on_pictures_is_left_out(first_day):
    corpus = Corpus(first_day / "corpus")
    assert corpus.keys("features") == ["imported", "vgae"]
    facts = corpus.label("reports", "leiden")["facts"]
    assert "duplicates" not in facts
    assert [row["column"] for row in facts["confounds"]] == ["style"]
    clusters = corpus.label("reports", "leiden-clusters")["facts"]
    assert {tuple(one["palette"]) for one in clusters["clusters"]} == {()}
    assert {row["name"] for one in clusters["clusters"] for row in one["visual"]} <= {"date"}
    assert "thumbnails" not in clusters["methods"]
    table = pd.read_csv(corpus.path / "exports" / "leiden-clusters.csv")
    assert "palette" not in table
    assert "artists" in table


@pytest.mark.parametrize("name", ["greyscale", "one tone", "margin", "brightness", "folder", "JPEG quality"])
def test_confounds_of_pictures_are_refused_by_name(first_day, name):
    corpus = Corpus(first_day / "corpus")
    with pytest.raises(InputError, match=f"--regress-out '{name}' is measured on pictures"):
        pipeline.build_graph(corpus, on=("imported",), name="other", regress_out=(name,))
    with pytest.raises(InputError, match=f"--confound '{name}' is measured on pictures"):
        pipeline.evaluate(corpus, confounds=(name,))


@pytest.mark.parametrize(
    "words",
    [
        ["describe"],
        ["train-descriptor"],
        ["plot", "sheets"],
        ["similar", "W-003", "--sheet", "near.png"],
        ["atlas", "--images", "small"],
        ["export", "--pictures"],
        ["export", "--image-url", "https://example.org"],
    ],
)
def test_what_needs_pictures_says_so(first_day, words):
    result = call(words[0], first_day / "corpus", *words[1:])
    assert result.exit_code == 1
    assert "needs pictures, and" in result.output
    assert "artgraph import" in result.output


def test_features_that_are_missing_are_imported_not_described(first_day):
    result = call("build-graph", first_day / "corpus", "--on", "clip")
    assert result.exit_code == 1
    assert f"artgraph import {first_day / 'corpus'} --name clip FILE" in result.output


@pytest.mark.parametrize("to", ["gexf", "csv", "graphml", "gephi-csv", "embedding-atlas", "vikus", "anndata"])
def test_every_export(first_day, tmp_path, to):
    if to == "anndata":
        pytest.importorskip("anndata")
    made = pipeline.export(Corpus(first_day / "corpus"), to=to, out=tmp_path / f"out.{to}")
    if to == "csv":
        table = pd.read_csv(made.key, dtype=str)
        assert list(table["id"])[:2] == ["W-000", "W-001"]
        assert not [name for name in table if name.startswith(("image", "file"))]
    if to == "gexf":
        text = (tmp_path / "out.gexf").read_text("utf-8")
        assert text.count("<node ") == N
        assert "image" not in text


@pytest.mark.parametrize("kind", ["confusion", "timeline", "degree", "pca", "training"])
def test_plots_that_need_no_pictures(first_day, tmp_path, kind):
    pipeline.plot(Corpus(first_day / "corpus"), kind, out=tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_influence_similar_info_and_the_page(home):
    corpus = Corpus(home / "corpus")
    assert pipeline.influence(corpus).facts["pairs"]
    hits = pipeline.similar(corpus, "W-003", n_neighbors=3).facts["hits"]
    assert len(hits) == 3
    assert "W-003" not in [hit["id"] for hit in hits]
    assert pipeline.similar(corpus, "work 3", n_neighbors=3).facts["hits"] == hits
    with pytest.raises(InputError, match="a picture file cannot be placed among works without pictures"):
        pipeline.similar(corpus, home / "table.parquet")
    said = call("info", corpus.path).output
    assert "200 paintings, no pictures" in said
    assert "200 rows of the spreadsheet table.parquet: 200 taken" in said
    assert json.loads(call("info", corpus.path, "--json").stdout)["image_root"] is None
    page = corpus.path / "atlas"
    assert pipeline.atlas(corpus).facts["summary"] == "200 paintings, no pictures"
    data = json.loads((page / "data.js").read_text("utf-8").partition("data: ")[2].rpartition(" }")[0])
    assert data["images"] is False
    assert data["missing"] == []
    assert data["sources"] is None
    assert data["provenance"][0] == ["Works", "200, without pictures; 0 rows refused"]
    assert not list(page.rglob("*.webp"))
    sound(corpus)


def test_a_damaged_table_names_the_command_without_pictures(home):
    (home / "corpus" / "paintings.parquet").write_bytes(b"PAR1")
    with pytest.raises(CorpusError, match="artgraph ingest --no-pictures --metadata FILE -o "):
        Corpus(home / "corpus")


def test_an_array_without_ids_is_refused_where_table_and_corpus_have_other_orders(tmp_path):
    X, groups = toy_features(60)
    table = works(groups)
    for name, rows in (("first", range(40)), ("reversed", range(59, 39, -1))):
        table.iloc[rows].to_csv(tmp_path / f"{name}.csv", index=False)
        np.save(tmp_path / f"{name}.npy", X[list(rows)])
    one = pipeline.ingest(None, tmp_path / "one", metadata=tmp_path / "first.csv")
    pipeline.import_vectors(one, tmp_path / "first.npy")
    assert np.array_equal(one.get("features", "imported"), X[:40])
    with pytest.raises(InputError, match="otherwise than in their table: sort table and array by id"):
        pipeline.add(one, metadata=tmp_path / "reversed.csv", vectors={"imported": tmp_path / "reversed.npy"})
    other = pipeline.ingest(None, tmp_path / "other", metadata=tmp_path / "reversed.csv")
    with pytest.raises(InputError, match="give their ids, one a line, with --id-file FILE"):
        pipeline.import_vectors(other, tmp_path / "reversed.npy")
    (tmp_path / "ids.txt").write_text("\n".join(table["object_id"].iloc[range(59, 39, -1)]))
    pipeline.import_vectors(other, tmp_path / "reversed.npy", id_file=tmp_path / "ids.txt")
    assert np.array_equal(other.get("features", "imported"), X[40:])


# ---- it grows


def test_add_by_the_command_and_again(home):
    corpus, new = Corpus(home / "corpus"), ["--metadata", home / "new.csv"]
    old = {ref: corpus.get(*ref) for ref in (("features", "imported"), ("partitions", "leiden"), ("layouts", "style"))}
    for more, said in (
        ([], "--vectors imported=FILE"),
        (["--vectors", f"imported={home / 'nowhere.npy'}"], "there is no such file"),
        (["--vectors", f"other={home / 'new.parquet'}"], "no features of that name were imported"),
        ([home, "--vectors", f"imported={home / 'new.parquet'}"], "was made without pictures, so a folder"),
    ):
        refused = call("add", corpus.path, *new, *more)
        assert refused.exit_code == 1
        assert said in refused.output
        assert len(Corpus(corpus.path)) == N
    words = ["add", corpus.path, *new, "--vectors", f"imported={home / 'new.parquet'}", "--check", "--json"]
    said = json.loads(call(*words).stdout)
    assert said["added"] == [f"W-{i}" for i in range(N, N + NEW)]
    assert [set(one) for one in said["placed"]] == [{"id", "cluster", "confidence", "second", "role"}] * NEW
    assert 0 <= said["drift"]["agreement"] <= 1
    grown = Corpus(corpus.path)
    assert grown.batches == [N, NEW]
    assert grown.head["facts"]["rows_joined"] == N + NEW
    sound(grown)
    for ref, array in old.items():
        assert grown.get(*ref)[:N].tobytes() == array.tobytes(), ref
    assert json.loads(call(*words).stdout)["added"] == []


def test_update_remove_and_replay(light, tmp_path):
    home = light
    corpus = Corpus(home / "corpus")
    labels = {ref: corpus.label(*ref) for ref in ordered(corpus)}
    table = pd.read_parquet(home / "table.parquet")
    table.loc[5, "title"] = "Another title"
    table.to_csv(home / "corrected.csv", index=False)
    growth = pipeline.update(corpus, metadata=home / "corrected.csv")
    assert growth.found.corrected == {"title": 1}
    assert growth.again == {}
    now = Corpus(corpus.path)
    assert now.paintings["title"].iloc[5] == "Another title"
    assert {ref: now.label(*ref) for ref in ordered(now)} == labels
    assert set(pipeline.replay(now, tmp_path / "again").values()) == {"the same", "copied: it was imported"}
    assert pipeline.update(Corpus(tmp_path / "again")).found.nothing

    ids = home / "ids.txt"
    ids.write_text("W-001\nW-010\n")
    assert call("remove", corpus.path, "--ids", ids).exit_code == 0
    left = Corpus(corpus.path)
    assert len(left) == N - 2
    assert not {"W-001", "W-010"} & set(left.paintings["id"])
    sound(left)
    assert pipeline.update(left).found.nothing  # what was taken out stays out
    rows = {"metadata": home / "table.parquet", "vectors": {"imported": home / "vectors.parquet"}}
    assert pipeline.add(left, **rows).found.added == ["W-001", "W-010"]
    assert pipeline.update(Corpus(corpus.path)).found.nothing
    assert len(pd.read_csv(corpus.path / "refused.csv")) == 0


def test_replay_adds_each_batch_again(light, tmp_path):
    pipeline.add(Corpus(light / "corpus"), metadata=light / "new.csv", vectors={"imported": light / "new.parquet"})
    grown = Corpus(light / "corpus")
    outcome = pipeline.replay(grown, tmp_path / "again")
    assert set(outcome.values()) == {"the same", "copied: it was imported"}
    again = Corpus(tmp_path / "again")
    assert again.batches == [N, NEW]
    assert not again.has_pictures
    assert again.get("features", "imported").tobytes() == grown.get("features", "imported").tobytes()
    assert not list((tmp_path / "again").glob(".vectors*"))


def test_a_row_that_is_gone_stays_until_it_is_to_be_removed(light):
    home = light
    file, new = home / "corpus", home / "new.csv"
    pipeline.add(Corpus(file), metadata=new, vectors={"imported": home / "new.parquet"})
    table = pd.read_parquet(home / "table.parquet")
    table[2:].to_parquet(home / "table.parquet")
    growth = pipeline.update(Corpus(file), dry_run=True)
    assert growth.found.gone == ["W-000", "W-001"]  # not the works that came with another table
    assert "2 works have no row in the table any more" in "\n".join(growth_lines(growth, dry_run=True))
    assert pipeline.update(Corpus(file), remove_gone=True).found.removed == ["W-000", "W-001"]
    assert len(Corpus(file)) == N + NEW - 2
    assert pipeline.update(Corpus(file), fresh=True).found.nothing  # what was imported need not be imported again
    sound(Corpus(file))


def test_rows_that_cannot_be_added_are_counted_once(light):
    home = light
    new = pd.read_csv(home / "new.csv")
    bad = pd.concat([new, new[:1].assign(title="Another")], ignore_index=True)  # two rows with one id
    bad.to_csv(home / "bad.csv", index=False)
    rows = {"metadata": home / "bad.csv", "vectors": {"imported": home / "new.parquet"}}
    with pytest.raises(IngestError, match=r"2 of 7 new rows were refused.*conflicting rows.*Nothing was changed"):
        pipeline.add(Corpus(home / "corpus"), **rows)
    growth = pipeline.add(Corpus(home / "corpus"), **rows, max_refused=0.5)
    assert (len(growth.found.added), growth.found.refused) == (5, 2)
    grown = Corpus(home / "corpus")
    assert len(pd.read_csv(home / "corpus" / "refused.csv")) == 2
    again = pipeline.add(grown, **rows)
    assert (again.found.added, again.found.refused) == ([], 0)


def test_works_that_fit_nothing_have_no_cluster_and_are_offered_together(tmp_path):
    rng = np.random.default_rng(4)
    spread = np.array([2.0, 1.5, 1.0, 0.8, 0.6, 0.4, 0.3, 0.2], dtype=np.float32)
    middles = 3 * np.eye(8)[:3]

    def drawn(groups):
        return ((middles[groups] + 0.3 * rng.standard_normal((len(groups), 8))) * spread).astype(np.float32)

    groups = np.arange(N) % 3
    works(groups).to_csv(tmp_path / "works.csv", index=False)
    vectors(tmp_path / "works.parquet", works(groups)["object_id"], drawn(groups))
    corpus = pipeline.ingest(None, tmp_path / "corpus", metadata=tmp_path / "works.csv")
    pipeline.import_vectors(corpus, tmp_path / "works.parquet")
    pipeline.build_graph(corpus, on=("imported",))
    pipeline.communities(corpus, resolution=0.3)
    before = corpus.get("partitions", "leiden")

    like = drawn(np.array([0, 1, 2, 0, 1]))
    far = (np.array([0, 0, 0, 0, 0, 4, 4, 4]) + 0.1 * rng.standard_normal((6, 8))).astype(np.float32)
    table = works(np.array([0, 1, 2, 0, 1, *[0] * 6]), start=N)
    table.to_csv(tmp_path / "new.csv", index=False)
    vectors(tmp_path / "new.parquet", table["object_id"], np.concatenate([like, far]))
    growth = pipeline.add(corpus, metadata=tmp_path / "new.csv", vectors={"imported": tmp_path / "new.parquet"})

    strange = [f"W-{i}" for i in range(N + 5, N + 11)]
    labels = growth.corpus.get("partitions", "leiden")
    assert labels[:N].tobytes() == before.tobytes()
    assert labels[N + 5 :].tolist() == [-1] * 6
    cluster_of = {group: before[group] for group in range(3)}
    assert labels[N : N + 5].tolist() == [cluster_of[group] for group in (0, 1, 2, 0, 1)]
    facts = growth_facts(growth)
    assert facts["fits_nothing"] == strange
    assert facts["offered"] == [strange]
    placed = {one["id"]: one for one in facts["placed"]}
    assert all(placed[f"W-{i}"]["confidence"] > 0.5 for i in range(N, N + 5))
    assert facts["drift"]["fits_nothing"] == 6

    later = works(np.array([0, 1]), start=N + 11)
    later.to_csv(tmp_path / "later.csv", index=False)
    vectors(tmp_path / "later.parquet", later["object_id"], drawn(np.array([0, 1])))
    growth = pipeline.add(
        Corpus(corpus.path), metadata=tmp_path / "later.csv", vectors={"imported": tmp_path / "later.parquet"}
    )
    now = growth.corpus.get("partitions", "leiden")
    assert now[: N + 11].tobytes() == labels.tobytes()
    assert now[N + 11 :].tolist() == [cluster_of[0], cluster_of[1]]
    assert growth_facts(growth)["fits_nothing"] == []


@pytest.mark.parametrize("regress_out", [(), ("date",)])
def test_works_that_the_vectors_lack_have_no_links_and_no_cluster(first_day, tmp_path, regress_out):
    shutil.copytree(first_day / "corpus", tmp_path / "corpus")
    corpus = Corpus(tmp_path / "corpus")
    there = pd.read_parquet(first_day / "vectors.parquet")
    vectors(tmp_path / "fewer.parquet", there["id"][5:], there["vector"][5:])
    pipeline.import_vectors(corpus, tmp_path / "fewer.parquet", name="fewer", allow_missing=True)
    pipeline.build_graph(corpus, on=("fewer",), regress_out=regress_out)
    pipeline.communities(corpus)
    assert not corpus.get("graphs", "style")[:5].nnz
    assert (corpus.get("partitions", "leiden")[:5] == -1).all()
    assert (corpus.get("partitions", "leiden")[5:] >= 0).all()
