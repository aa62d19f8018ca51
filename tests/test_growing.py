"""A corpus after its first day: what is added, taken away, replaced or corrected, and what stays as it was."""

import json
import shutil
from pathlib import Path
from urllib.parse import unquote

import networkx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import IngestError, InputError, LockedError
from artgraph.lineage import Lineage
from artgraph.stages.change import ordered
from artgraph.stages.drift import agreement_with_fresh, drift
from artgraph.testing import toy_pictures
from tests.atlas.parts import read

DESCRIPTORS = ("color", "texture")
N, NEW = 60, 6


def made(folder, *, names=True, n=N):
    """Make a corpus with everything in it: two features, graph, latents, partitions, map, reports."""
    corpus = pipeline.ingest(folder, folder.parent / "corpus", metadata=folder / "metadata.csv")
    pipeline.describe(corpus, descriptors=DESCRIPTORS)
    pipeline.build_graph(corpus, on=DESCRIPTORS, artist_edges=names, n_neighbors=5)
    pipeline.communities(corpus, levels=2)
    pipeline.train_vgae(corpus, epochs=1, latent_dim=8)
    pipeline.build_graph(corpus, on=("vgae",), name="vgae", n_neighbors=5)
    pipeline.communities(corpus, graph="vgae", membership=False)
    pipeline.communities(corpus, method="kmeans", n_clusters=3)
    pipeline.evaluate(corpus)
    pipeline.worklist(corpus)
    pipeline.interpret(corpus)
    pipeline.layout(corpus)
    return corpus


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    """A folder with ``pictures`` (60), ``new`` (6 more), and ``corpus``; not to be changed."""
    home = tmp_path_factory.mktemp("growing")
    toy_pictures(home / "all", n=N + NEW)
    table = pd.read_csv(home / "all" / "metadata.csv")
    for name, rows in (("pictures", table.iloc[:N]), ("new", table.iloc[N:])):
        (home / name / "images").mkdir(parents=True)
        for path in rows["path"]:
            shutil.copy2(home / "all" / path, home / name / path)
        rows.to_csv(home / name / "metadata.csv", index=False)
    made(home / "pictures")
    return home


@pytest.fixture
def home(first_day, tmp_path):
    """A copy of it that may be changed."""
    shutil.copytree(first_day, tmp_path / "home")
    corpus = tmp_path / "home" / "corpus"
    head = json.loads((corpus / "corpus.json").read_text())
    head["image_root"] = (tmp_path / "home" / "pictures").as_posix()
    (corpus / "corpus.json").write_text(json.dumps(head))
    return tmp_path / "home"


def sound(corpus, *, reports=True):
    """Assert that every label is of these works and follows from what is there; without ``reports``, these may not."""
    lineage = Lineage(corpus)
    for ref in ordered(corpus):
        assert reports or lineage.stale(ref) == [] or ref.kind == "reports", ref
        assert not reports or lineage.stale(ref) == [], ref
        assert corpus.label(*ref)["ids_sha256"] == corpus.ids_sha256
    for kind in ("features", "partitions", "layouts"):
        for key in corpus.keys(kind):
            assert len(corpus.get(kind, key)) == len(corpus), (kind, key)


def test_add_keeps_what_was_there(home):
    before = Corpus(home / "corpus")
    old = {
        (kind, key): before.get(kind, key)
        for kind in ("features", "partitions", "layouts")
        for key in before.keys(kind)
    }
    growth = pipeline.add(before, home / "new", metadata=home / "new" / "metadata.csv")
    corpus = Corpus(home / "corpus")
    assert len(growth.found.added) == NEW
    assert corpus.batches == [N, NEW]
    assert list(corpus.paintings["id"][:N]) == list(before.paintings["id"])
    assert corpus.paintings["artist"].notna().all()
    assert corpus.paintings["image_sha256"].notna().all()
    sound(corpus, reports=False)
    for (kind, key), array in old.items():
        assert corpus.get(kind, key)[:N].tobytes() == array.tobytes(), (kind, key)
    labels = corpus.get("partitions", "leiden")
    assert set(labels[N:].tolist()) <= set(labels[:N].tolist()) | {-1}
    assert not list((home / "corpus").glob(".next*"))
    assert not (home / "corpus" / ".commit").exists()


def test_lists_after_an_addition_are_those_of_a_search_over_all(home):
    from artgraph.graph import knn
    from artgraph.stages.base import features_of

    pipeline.add(Corpus(home / "corpus"), home / "new")
    corpus = Corpus(home / "corpus")
    X = features_of(corpus, DESCRIPTORS)
    searched = knn(X, n_neighbors=5, duplicate_ids=corpus.paintings["image_sha256"])
    stored = corpus.get("graphs", "style", "knn")
    assert np.array_equal(stored["indices"], searched.indices)
    assert np.allclose(stored["distances"], searched.distances, atol=1e-6)


def test_remove_and_what_is_left(home):
    before = Corpus(home / "corpus")
    gone = list(before.paintings["id"][[3, 17, 40]])
    there = [("features", "color"), ("features", "vgae"), ("partitions", "leiden"), ("layouts", "style")]
    old = {ref: before.get(*ref) for ref in there}
    growth = pipeline.remove(before, gone)
    corpus, stay = Corpus(home / "corpus"), ~before.paintings["id"].isin(gone).to_numpy()
    assert growth.found.removed == gone
    assert corpus.batches == [N - 3]
    sound(corpus, reports=False)
    for ref, array in old.items():
        assert corpus.get(*ref).tobytes() == array[stay].tobytes()
    with pytest.raises(InputError, match="1 of 2 ids are not in"):
        pipeline.remove(corpus, [*corpus.paintings["id"][:1], "nobody"])


def test_a_better_scan_of_one_work(home):
    before = Corpus(home / "corpus")
    row, old, place = 7, before.get("features", "color"), before.get("layouts", "style")
    file = before.image_root / before.paintings["image"].iloc[row]
    Image.open(file).resize((96, 96)).save(file)
    growth = pipeline.update(before)
    corpus = Corpus(home / "corpus")
    key = before.paintings["id"].iloc[row]
    assert growth.found.redone == [key]
    assert not growth.found.added
    assert not growth.found.corrected
    assert corpus.paintings["image_width"].iloc[row] == 96
    new = corpus.get("features", "color")
    assert not np.array_equal(old[row], new[row])
    assert np.delete(new, row, axis=0).tobytes() == np.delete(old, row, axis=0).tobytes()
    assert np.array_equal(corpus.get("layouts", "style"), place)
    sound(corpus)


def corrected(home, column, value, *, row=5):
    """Write another value into the spreadsheet."""
    table = pd.read_csv(home / "pictures" / "metadata.csv", dtype=str)
    table.loc[row, column] = value
    table.to_csv(home / "pictures" / "metadata.csv", index=False)


def test_a_corrected_title_makes_no_feature_and_no_graph_again(home):
    corpus = Corpus(home / "corpus")
    labels = {ref: corpus.label(*ref) for ref in ordered(corpus)}
    corrected(home, "title", "Not stripes")
    plan = pipeline.update(corpus, dry_run=True)
    assert plan.found.corrected == {"title": 1}
    assert plan.again == {}
    assert (corpus.paintings["title"] != "Not stripes").all()
    pipeline.update(corpus)
    now = Corpus(home / "corpus")
    assert (now.paintings["title"] == "Not stripes").sum() == 1
    assert {ref: now.label(*ref) for ref in ordered(now)} == labels


def test_a_corrected_artist_makes_again_what_depends_on_names(home):
    corpus = Corpus(home / "corpus")
    corrected(home, "artist", "Artist 1b")
    plan = pipeline.update(corpus, dry_run=True)
    again = set(plan.again)
    assert {"graphs/style", "models/vgae", "features/vgae", "partitions/leiden", "layouts/style"} <= again
    assert not {"features/color", "features/texture", "features/thumbnails"} & again
    pipeline.update(corpus)
    now = Corpus(home / "corpus")
    sound(now)
    assert now.label("features", "color") == corpus.label("features", "color")
    assert (now.paintings["artist"] == "Artist 1b").sum() == (corpus.paintings["artist"] == "Artist 1b").sum() + 1


def test_everything_at_once_then_a_fresh_run_keeps_the_numbers(home):
    corpus = Corpus(home / "corpus")
    for image in (home / "new" / "images").iterdir():
        shutil.copy2(image, home / "pictures" / "images")
    table = pd.concat([pd.read_csv(home / name / "metadata.csv") for name in ("pictures", "new")])
    table.to_csv(home / "pictures" / "metadata.csv", index=False)
    corrected(home, "artist", "Artist 1b")
    (home / "pictures" / "images" / "003.png").unlink()
    growth = pipeline.update(corpus, remove_gone=True)
    assert len(growth.found.added) == NEW
    assert growth.found.removed == ["images/003.png"]
    assert growth.found.corrected == {"artist": 1}
    grown = Corpus(home / "corpus")
    assert grown.batches == [N - 1, NEW]
    sound(grown)
    held = grown.get("partitions", "leiden")
    lines = []
    pipeline.update(grown, fresh=True, tell=lines.append)
    fresh = Corpus(home / "corpus")
    sound(fresh)
    assert any("features/color: made again" in line for line in lines)
    assert not any(fresh.label(*ref)["facts"].get("held") for ref in ordered(fresh))
    now = fresh.get("partitions", "leiden")
    assert (now == held).mean() > 0.9


def test_replay_says_which_bytes_agree(home):
    corpus = Corpus(home / "corpus")
    pipeline.add(corpus, home / "new")
    pipeline.update(Corpus(home / "corpus"))
    outcome = pipeline.replay(Corpus(home / "corpus"), home / "again")
    assert outcome["features/color"] == "the same"
    assert outcome["partitions/leiden"] == "the same"
    assert set(outcome.values()) == {"the same"}
    assert Corpus(home / "again").batches == [N, NEW]


def test_batches_in_either_order_are_the_same_paintings_features_and_lists(home):
    corpora = []
    for order in ((0, 1), (1, 0)):
        here = home / f"order{order[0]}"
        shutil.copytree(home / "corpus", here)
        for part in order:
            folder = home / f"part{part}"
            if not folder.exists():
                (folder / "images").mkdir(parents=True)
                for image in sorted((home / "new" / "images").iterdir())[part::2]:
                    shutil.copy2(image, folder / "images")
            pipeline.add(Corpus(here), folder)
        corpora.append(Corpus(here))
    one, other = corpora
    assert (
        one.paintings.sort_values("id")
        .reset_index(drop=True)
        .equals(other.paintings.sort_values("id").reset_index(drop=True))
    )
    at = pd.Index(other.paintings["id"]).get_indexer(one.paintings["id"])
    for key in DESCRIPTORS:
        assert np.array_equal(one.get("features", key), other.get("features", key)[at])
    lists = [corpus.get("graphs", "style", "knn")["indices"] for corpus in corpora]
    names = [np.array(corpus.paintings["id"], dtype=object) for corpus in corpora]
    assert np.array_equal(names[0][lists[0]], names[1][lists[1][at]])


def test_one_writer_at_a_time(home):
    corpus = Corpus(home / "corpus")
    with corpus.lock(), pytest.raises(LockedError, match="Another artgraph is writing"):
        pipeline.remove(corpus, list(corpus.paintings["id"][:1]))
    pipeline.remove(Corpus(home / "corpus"), list(corpus.paintings["id"][:1]))
    with pytest.raises(LockedError, match=r"has changed .* meanwhile"):
        pipeline.remove(corpus, list(corpus.paintings["id"][1:2]))  # opened before


def test_the_same_id_with_another_picture_is_no_addition(home):
    (home / "other" / "images").mkdir(parents=True)
    Image.new("RGB", (64, 64), "red").save(home / "other" / "images" / "000.png")
    with pytest.raises(IngestError, match="better scans"):
        pipeline.add(Corpus(home / "corpus"), home / "other")
    shutil.copy2(home / "pictures" / "images" / "000.png", home / "other" / "images")
    assert pipeline.add(Corpus(home / "corpus"), home / "other").found.nothing  # the same picture again
    assert len(Corpus(home / "corpus")) == N


def test_a_corpus_of_format_1_opens_and_grows(home):
    head = json.loads((home / "corpus" / "corpus.json").read_text())
    head["format"] = 1
    del head["batches"]
    (home / "corpus" / "corpus.json").write_text(json.dumps(head))
    corpus = Corpus(home / "corpus")
    assert corpus.batches == [N]
    pipeline.add(corpus, home / "new")
    assert Corpus(home / "corpus").head["format"] == 2


def test_a_failure_leaves_the_corpus_as_it_was(home):
    corpus = Corpus(home / "corpus")
    np.save(home / "v.npy", np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32))
    pipeline.import_vectors(corpus, home / "v.npy", name="mine")
    with pytest.raises(InputError, match="--vectors mine=FILE"):
        pipeline.add(corpus, home / "new")
    assert Corpus(home / "corpus").batches == [N]
    np.save(home / "new.npy", np.ones((NEW, 3), dtype=np.float32))
    with pytest.raises(InputError, match="3 columns; 'mine' has 4"):
        pipeline.add(corpus, home / "new", vectors={"mine": home / "new.npy"})
    assert Corpus(home / "corpus").batches == [N]
    np.save(home / "new.npy", np.ones((NEW, 4), dtype=np.float32))
    pipeline.add(corpus, home / "new", vectors={"mine": home / "new.npy"})
    assert (Corpus(home / "corpus").get("features", "mine")[N:] == 1).all()


def test_drift_and_agreement_with_a_fresh_run(home):
    corpus = Corpus(home / "corpus")
    assert drift(corpus, "leiden")["added"] == 0
    pipeline.add(corpus, home / "new")
    grown = Corpus(home / "corpus")
    files = {file: file.read_bytes() for file in (home / "corpus").rglob("*.json")}
    aged = drift(grown, "leiden")
    assert (aged["works"], aged["added"], aged["removed"], aged["fresh_run"]) == (N, NEW, 0, False)
    assert 0 < aged["mended"] <= 1
    assert 0 <= aged["confidence_added"] <= 1
    assert agreement_with_fresh(grown, "leiden") > 0.5
    assert {file: file.read_bytes() for file in (home / "corpus").rglob("*.json")} == files


def test_the_walk_of_a_cataloguer(home):
    """First run, more scans, two corrections, one work withdrawn; clusters keep their numbers; Gephi's file again."""

    def typed(*words):
        result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    corpus = home / "corpus"
    before = dict(zip(Corpus(corpus).paintings["id"], Corpus(corpus).get("partitions", "leiden").tolist(), strict=True))
    said = typed("add", corpus, home / "new", "--metadata", home / "new" / "metadata.csv")
    assert "6 works new" in said
    assert f"artgraph atlas {corpus}" in said
    corrected(home, "title", "Stripes, undated")
    corrected(home, "artist", "Artist 1b", row=8)
    said = typed("update", corpus, "--dry-run")
    assert "'title' corrected in 1 works" in said
    assert "would be made again: graphs/style (artist was corrected in 1 works)" in said
    assert "'artist' corrected in 1 works" in typed("update", corpus)
    assert "nothing has changed" in typed("update", corpus)  # the reports, too, are up to date
    (home / "gone.txt").write_text("images/003.png\n")
    assert "1 works removed" in typed("remove", corpus, "--ids", home / "gone.txt").replace("1 work ", "1 works ")
    typed("export", corpus, "--to", "gexf", "-o", home / "style.gexf")
    assert len(networkx.read_gexf(home / "style.gexf")) == N + NEW - 1
    now = Corpus(corpus)
    labels = dict(zip(now.paintings["id"], now.get("partitions", "leiden").tolist(), strict=True))
    assert np.mean([labels[key] == before[key] for key in labels if key in before]) > 0.8
    facts = json.loads(typed("update", corpus, "--json"))
    assert facts["works"] == N + NEW - 1


def test_run_on_a_folder_that_has_grown_adds_what_is_new(tmp_path):
    """It says how many are new; on a folder that is as it was, nothing is made again."""
    sheet = toy_pictures(tmp_path / "pictures", n=24)
    later = [tmp_path / "pictures" / "images" / f"{k:03d}.png" for k in (20, 21, 22, 23)]
    for picture in later:
        picture.rename(tmp_path / picture.name)
    run = {"metadata": sheet, "descriptors": ("color",)}
    corpus = pipeline.run(tmp_path / "pictures", tmp_path / "corpus", **run)
    before = corpus.get("partitions", "leiden")
    for picture in later:
        (tmp_path / picture.name).rename(picture)
    lines = []
    grown = pipeline.run(tmp_path / "pictures", tmp_path / "corpus", **run, tell=lines.append)
    assert grown.batches == [20, 4]
    assert "4 works new" in lines
    assert grown.get("partitions", "leiden")[:20].tolist() == before.tolist()
    assert grown.paintings["artist"].notna().all()
    assert len(pd.read_csv(tmp_path / "corpus" / "exports" / "leiden.csv")) == 24
    labels = {ref: grown.label(*ref) for ref in ordered(grown)}
    again = pipeline.run(tmp_path / "pictures", tmp_path / "corpus", **run)
    assert {ref: again.label(*ref) for ref in ordered(again)} == labels


def test_a_page_and_all_files_are_made_of_works_from_two_folders(home):
    corpus = pipeline.add(Corpus(home / "corpus"), home / "new", metadata=home / "new" / "metadata.csv").corpus
    assert Path(corpus.paintings["image"].iloc[-1]).is_absolute()
    page = Path(pipeline.atlas(corpus).key)
    data = read(page.parent)
    for row in (0, N, N + NEW - 1):
        file = page.parent / unquote(data["sources"][row])
        assert file.resolve() == (corpus.image_root / corpus.paintings["image"].iloc[row]).resolve()
        assert file.is_file()
    for to in ("gexf", "csv", "graphml", "gephi-lite", "vikus", "embedding-atlas"):
        assert Path(pipeline.export(corpus, to=to).key).exists()
    assert pipeline.plot(corpus, "sheets")
    assert Path(pipeline.review(corpus).key).exists()
