"""From a museum's table to what is printed, linked, shown and exported."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.stages.base import catalogue_of
from artgraph.stages.worklist_table import attributed_before, write_worklist
from artgraph.testing import toy_pictures

QUALIFIERS = ["", "", "Workshop of", "Workshop of", "Follower of", "Attributed to"]


@pytest.fixture(scope="module")
def museum(tmp_path_factory):
    """Twelve pictures called by their accession numbers, a table as the Met writes it, and NGA's history beside it."""
    folder = tmp_path_factory.mktemp("museum")
    toy_pictures(folder / "toy", n=12)
    (folder / "scans").mkdir()
    rows = []
    for k, file in enumerate(sorted((folder / "toy").rglob("*.*g"))[:12]):
        (folder / "scans" / f"14.40.{k}{file.suffix}").write_bytes(file.read_bytes())
        prefix = QUALIFIERS[k % 6]
        rows.append(
            [f"14.40.{k}", 436500 + k, f"Head {k}", "Artist", prefix, "Rembrandt", "", "ca. 1650", 1645, 1655, "CC0"]
        )
    columns = [
        "Object Number", "Object ID", "Title", "Artist Role", "Artist Prefix", "Artist Display Name", "Artist Suffix",
        "Object Date", "Object Begin Date", "Object End Date", "Rights and Reproduction",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table["previous_attribution"] = [f"Gerrit Dou ({1900 + k})" if k == 4 else "" for k in range(12)]
    table.to_csv(folder / "MetObjects.csv", index=False)
    return folder


def invoke(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def corpus(museum):
    result = invoke("ingest", museum / "scans", "--metadata", museum / "MetObjects.csv", "-o", museum / "corpus")
    assert result.exit_code == 0, result.output
    (museum / "said.txt").write_text(result.output, "utf-8")
    corpus = Corpus(museum / "corpus")
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3, artist_edges=True)
    pipeline.communities(corpus)
    return corpus


def test_the_reading_is_printed(museum, corpus):
    said = (museum / "said.txt").read_text("utf-8")
    assert (
        "Read as: Met open access; id from 'Object Number', artist from 'Artist Display Name', qualifier from" in said
    )
    assert "The ids are those in 'Object Number': they find 12 pictures, those in 'Object ID' 0." in said
    assert corpus.paintings["id"].tolist()[:2] == ["14.40.0", "14.40.1"]
    assert corpus.paintings["rights"].eq("CC0").all()


def test_no_link_leads_from_workshop_or_follower_to_the_master(corpus):
    links = corpus.get("graphs", "style", "artists").tocoo()
    said = corpus.paintings["artist"].tolist()
    pairs = {(said[i], said[j]) for i, j in zip(links.row, links.col, strict=True)}
    assert ("Rembrandt", "Rembrandt") in pairs
    assert {a for a, _ in pairs} <= {"Rembrandt", "Workshop of Rembrandt"}
    assert all(one == other for one, other in pairs)
    catalogue = catalogue_of(corpus)
    assert catalogue.works_by_artist == {"rembrandt": 4, "rembrandt (workshop)": 4}
    assert set(catalogue.artist_names) == {"Rembrandt", "Rembrandt (workshop)", None}


def test_page_export_and_worklist_say_it(corpus):
    page = pipeline.atlas(corpus).key
    data = "".join(file.read_text("utf-8") for file in Corpus(corpus.path).path.glob("atlas/*.js"))
    assert "Follower of Rembrandt" in data
    assert "Gerrit Dou (1904)" in data
    assert page.endswith("index.html")
    table = pd.read_csv(pipeline.export(corpus, to="csv").key, encoding="utf-8-sig")
    assert table["attribution_kind"].value_counts().to_dict() == {"workshop": 4, "follower": 2, "attributed": 2}
    assert "Follower of Rembrandt" in table["artist"].tolist()
    report = pipeline.worklist(corpus)
    assert "paintings/previous_attribution" in corpus.label("reports", report.key)["inputs"]


def test_the_worklist_names_previous_attributions(corpus):
    row = int(corpus.paintings["previous_attribution"].notna().to_numpy().argmax())
    catalogue = catalogue_of(corpus)
    assert attributed_before(catalogue, row, "Jan Steen") == " Attributed before to: Gerrit Dou (1904)."
    assert (
        attributed_before(catalogue, row, "GERRIT DOU")
        == " Attributed before to: Gerrit Dou (1904), which names GERRIT DOU."
    )
    assert attributed_before(catalogue, row + 1, "Jan Steen") == ""
    work = {"id": corpus.paintings["id"][row], "kinds": ["anonymous"], "p": 0.01, "sentence": "S.", "evidence": []}
    write_worklist(corpus, "some", [work])
    written = pd.read_csv(corpus.path / "exports" / "some.csv", encoding="utf-8-sig")
    assert written["previous_attribution"].tolist() == ["Gerrit Dou (1904)"]
    assert written["artist"].tolist() == ["Follower of Rembrandt"]


def test_the_source_can_be_forced_and_is_used_again(museum):
    (museum / "odd.csv").write_text("id,Urheber,Artist Display Name,title\n14.40.0,A,B,T\n14.40.1,A,B,T\n", "utf-8")
    ask = ["ingest", museum / "scans", "--metadata", museum / "odd.csv", "-o", museum / "odd"]
    assert "Read as" not in invoke(*ask).output
    result = invoke(*ask, "--as", "met")
    assert (
        "Read as: Met open access; id from 'id', artist from 'Artist Display Name', title from 'title'" in result.output
    )
    assert "the spreadsheet was read with --as met" in invoke(*ask).output
    result = invoke(*ask, "--as", "met", "--column", "artist=Urheber")
    assert "artist from 'Urheber'" in result.output
    wrong = invoke(*ask, "--as", "mett")
    assert wrong.exit_code == 1
    assert "Did you mean 'met'?" in wrong.output
    assert (
        "--as met says how a spreadsheet is read"
        in invoke("ingest", museum / "scans", "-o", museum / "n", "--as", "met").output
    )


def test_names_as_on_wikiart(museum, tmp_path):
    (tmp_path / "scans" / "Baroque").mkdir(parents=True)
    for k, file in enumerate(sorted((museum / "scans").iterdir())):
        name = f"jan-steen_the-merry-family-{1660 + k}{file.suffix}"
        (tmp_path / "scans" / "Baroque" / name).write_bytes(file.read_bytes())
    ask = ["ingest", tmp_path / "scans", "-o", tmp_path / "corpus"]
    assert "--as wikiart reads artist, title and style" in invoke(*ask).output
    assert Corpus(tmp_path / "corpus").paintings["artist"].isna().all()
    assert "Read as: names of files as WikiArt's" in invoke(*ask, "--as", "wikiart").output
    table = Corpus(tmp_path / "corpus").paintings
    assert set(table["artist"]) == {"Jan Steen"}
    assert set(table["style"]) == {"Baroque"}
    result = invoke("update", tmp_path / "corpus", "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    assert Corpus(tmp_path / "corpus").paintings["artist"].notna().all()
    invoke(*ask)
    assert Corpus(tmp_path / "corpus").paintings["artist"].notna().all()


def test_a_table_beside_the_table_counts(tmp_path):
    toy_pictures(tmp_path / "in", n=2)
    works = "objectid,accessionnum,title,displaydate,attribution,attributioninverted\n1,a,T,1600,Giotto,Giotto\n"
    (tmp_path / "objects.csv").write_text(works, "utf-8")
    head = "datatype,objectid,displayorder,forwardtext,invertedtext,remarks,effectivedate\n"
    history = tmp_path / "objects_historical_data.csv"
    for before in ("School of Giotto", "Pupil of Giotto"):
        history.write_text(f"{head}previous_attribution,1,1,{before},,,1937\n", "utf-8")
        corpus = pipeline.ingest(None, tmp_path / "corpus", metadata=tmp_path / "objects.csv")
        assert corpus.paintings["previous_attribution"].tolist() == [f"{before} (1937)"]
    assert json.loads((tmp_path / "corpus" / "corpus.json").read_text())["facts"]["read_as"].startswith("Read as: Nat")
