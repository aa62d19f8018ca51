"""An archive says all of a corpus, is a valid RO-Crate, and makes the corpus again on another folder."""

import hashlib
import io
import json
import shutil
import tomllib
import urllib.parse
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import IngestError, InputError, StaleError
from artgraph.export.ro_crate import About, Author, Step, write_crate
from artgraph.lineage import Lineage
from artgraph.stages.change import ordered
from artgraph.testing import toy_corpus, toy_pictures

WHO = {"authors": ["Josiah Carberry (Brown University) <0000-0002-1825-0097>", "Ada Example"]}
SAID = WHO | {"license": "CC-BY-4.0", "date": "2026-11-29"}


def whole(folder):
    """A corpus of which everything is made; the rights in two of three works are known."""
    toy_pictures(folder / "pictures", n=12)
    sheet = folder / "pictures" / "metadata.csv"
    table = pd.read_csv(sheet)
    free, licensed = "public domain", "https://creativecommons.org/publicdomain/zero/1.0/"
    table.assign(rights=[free, licensed, None] * 4).to_csv(sheet, index=False)
    corpus = pipeline.ingest(sheet.parent, folder / "mycorpus", metadata=sheet)
    pipeline.describe(corpus, descriptors=("color", "texture"))
    pipeline.build_graph(corpus, on=("color", "texture"), n_neighbors=3)
    pipeline.communities(corpus)
    pipeline.decide(corpus, decisions(corpus, folder), who="Ada")
    pipeline.communities(corpus)
    pipeline.evaluate(corpus)
    pipeline.interpret(corpus)
    pipeline.worklist(corpus)
    return corpus


def decisions(corpus, folder):
    """A scholar says where two works belong."""
    ids = corpus.paintings["id"]
    rows = pd.DataFrame({"id": [ids.iloc[0], ids.iloc[3]], "label": ["red stripes"] * 2})
    rows.to_csv(folder / "decided.csv", index=False)
    return folder / "decided.csv"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("archived"))


@pytest.fixture(scope="module")
def crate(corpus):
    return Path(pipeline.export(corpus, to="ro-crate", **SAID).key)


def entities(crate):
    return {one["@id"]: one for one in json.loads((crate / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]}


# ---- what is in it


def test_every_file_is_there_with_its_hash_and_nothing_else(crate):
    known = {urllib.parse.unquote(key): one for key, one in entities(crate).items() if one["@type"] == "File"}
    there = {file.relative_to(crate).as_posix() for file in crate.rglob("*") if file.is_file()}
    assert there - set(known) == {"ro-crate-metadata.json"}
    assert set(known) <= there
    for path, one in known.items():
        data = (crate / path).read_bytes()
        assert (one["sha256"], one["contentSize"]) == (hashlib.sha256(data).hexdigest(), str(len(data)))
    root = entities(crate)["./"]
    assert {one["@id"] for one in root["hasPart"]} == {urllib.parse.quote(path) for path in known}
    assert not {"thumbs", "pictures", "journal.jsonl"} & {path.split("/")[0] for path in there}


def test_everything_in_the_corpus_is_in_it_and_opens(corpus, crate):
    copy = Corpus(crate)
    assert ordered(copy) == ordered(corpus)
    for ref in ordered(corpus):
        assert copy.label(*ref) == corpus.label(*ref)
        assert not copy.damage(*ref, whole=True)
        assert not Lineage(copy).stale(ref)
    pd.testing.assert_frame_equal(copy.paintings, corpus.paintings)
    assert (crate / "decisions.csv").read_bytes() == (corpus.path / "decisions.csv").read_bytes()
    assert (crate / "artists.csv").read_bytes() == (corpus.path / "artists.csv").read_bytes()


def test_pictures_that_an_archive_does_not_hold_are_not_damaged(corpus, crate, tmp_path):
    from artgraph.stages.info import info

    assert not info(Corpus(crate))["damage"]
    shutil.copytree(crate, tmp_path / "copy")
    shutil.copytree(corpus.path / "thumbs", tmp_path / "copy" / "thumbs")
    next((tmp_path / "copy" / "thumbs").glob("*.webp")).unlink()
    assert len(info(Corpus(tmp_path / "copy"))["damage"]) == 1


def test_who_made_it_under_which_licence(crate):
    found = entities(crate)
    root = found["./"]
    assert root["name"] == "mycorpus: paintings grouped by style"
    assert root["datePublished"] == "2026-11-29"
    assert found[root["license"]["@id"]]["name"] == "CC-BY-4.0"
    people = [found[one["@id"]] for one in root["author"]]
    assert [one["name"] for one in people] == ["Josiah Carberry", "Ada Example"]
    assert people[0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert found[people[0]["affiliation"]["@id"]]["name"] == "Brown University"
    zenodo = json.loads((crate / ".zenodo.json").read_text())
    assert zenodo["creators"][0] == {
        "name": "Josiah Carberry", "affiliation": "Brown University", "orcid": "0000-0002-1825-0097"
    }  # fmt: skip
    assert (zenodo["license"], zenodo["upload_type"]) == ("cc-by-4.0", "dataset")
    assert zenodo["publication_date"] == root["datePublished"]


def test_the_rights_in_every_work(corpus, crate):
    found = entities(crate)
    works = [one for one in found.values() if one["@type"] == "VisualArtwork"]
    assert [one["identifier"] for one in works] == corpus.paintings["id"].tolist()
    rights = [found[one["license"]["@id"]]["name"] for one in works]
    assert rights == ["public domain", "https://creativecommons.org/publicdomain/zero/1.0/", "Rights not known"] * 4
    assert works[1]["license"]["@id"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert (works[5]["name"], works[5]["creator"], works[5]["dateCreated"]) == ("Stripes 5", "Artist 2b", "1905")


def test_the_commands_are_those_that_info_says(corpus, crate):
    commands = (crate / "commands.sh").read_text().splitlines()
    assert commands[0] == "artgraph ingest pictures --metadata metadata.csv -o corpus"
    assert "artgraph decide corpus decisions.csv" in commands
    said = {one["command"] for one in pipeline.info(corpus)["things"]}
    assert {command.replace(str(corpus.path), "corpus") for command in said} <= set(commands)
    made = [one for one in entities(crate).values() if one["@type"] == "CreateAction"]
    assert [one["name"] for one in made] == [f"{ref} was made" for ref in ordered(corpus)]
    leiden = next(one for one in made if one["name"].startswith("partitions/leiden"))
    assert leiden["description"] == "artgraph communities corpus"
    assert {"@id": "graphs/style.npz"} in leiden["object"]
    assert {"@id": "partitions/leiden.npy"} in leiden["result"]


def test_methods_clusters_and_graph_are_those_of_the_corpus(corpus, crate):
    report = corpus.label("reports", "leiden-clusters")["facts"]["methods"]
    assert (crate / "methods.txt").read_text().strip() == report
    works = pd.read_csv(crate / "works.csv", dtype={"id": str})
    assert works["id"].tolist() == corpus.paintings["id"].tolist()
    assert works["cluster"].fillna(-1).astype(int).tolist() == corpus.get("partitions", "leiden").tolist()
    assert works["image_sha256"].tolist() == corpus.paintings["image_sha256"].tolist()
    import networkx as nx

    graph = nx.read_gexf(crate / "graph.gexf")
    assert graph.number_of_edges() == corpus.get("graphs", "style").nnz // 2
    assert json.loads((crate / "environment.json").read_text())["packages"]["numpy"] == np.__version__


def test_the_same_work_gives_the_same_bytes_and_no_path_of_the_machine(corpus, crate, tmp_path):
    again = Path(pipeline.export(corpus, to="ro-crate", out=tmp_path / "again", **SAID).key)
    for file in crate.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert data == (again / file.relative_to(crate)).read_bytes(), file
            assert str(corpus.path.parent).encode() not in data, file


def test_with_pictures(corpus, tmp_path):
    out = tmp_path / "with"
    made = pipeline.export(corpus, to="ro-crate", out=out, pictures=True, **SAID)
    assert made.facts["pictures"] == 12
    assert made.facts["rights_unknown"] == 4
    found, copy = entities(out), Corpus(out)
    assert copy.image_root == out / "pictures"
    for row, image in enumerate(copy.paintings["image"]):
        original = corpus.image_root / corpus.paintings["image"].iloc[row]
        assert (out / "pictures" / image).read_bytes() == original.read_bytes()
        shown = found[f"pictures/{image}"]
        work = found[shown["about"]["@id"]]
        assert work["identifier"] == copy.paintings["id"].iloc[row]
        assert (
            shown["license"]
            == work["license"]
            == found[f"thumbs/{copy.paintings['image_sha256'].iloc[row]}.webp"]["license"]
        )
    assert not pipeline.info(copy)["damage"]
    assert set(pipeline.replay(copy, tmp_path / "again").values()) == {"the same"}


# ---- what is refused


def test_an_archive_has_authors_a_licence_and_a_date(corpus, tmp_path):
    words = ["export", str(corpus.path), "--to", "ro-crate", "-o", str(tmp_path / "crate")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "Add: --author NAME --license CC-BY-4.0 --date 2026-11-29" in result.output
    given = ["--author", "Ada Example", "--license", "CC0-1.0", "--date", "2026-11-29"]
    result = CliRunner().invoke(main, [*words, *given])
    assert result.exit_code == 0, result.output
    assert "the rights in 4 works are not known" in result.output


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"date": "1. 12. 2026"}, "is no day; write it as 2026-11-29"),
        ({"license": "free for all"}, "is no licence; expected an SPDX identifier"),
        ({"authors": ["Ada <0000-0002-1825-0098>"]}, "is no ORCID"),
        ({"authors": ["<>"]}, "is no author"),
    ],
)
def test_what_is_said_of_an_archive_is_checked(corpus, tmp_path, wrong, says):
    with pytest.raises(InputError, match=says):
        pipeline.export(corpus, to="ro-crate", out=tmp_path / "crate", **SAID | wrong)
    assert not (tmp_path / "crate").exists()


def test_what_is_at_its_place_stays_unless_it_is_an_archive(corpus, tmp_path):
    (tmp_path / "crate").mkdir()
    (tmp_path / "crate" / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="is no earlier archive"):
        pipeline.export(corpus, to="ro-crate", out=tmp_path / "crate", **SAID)
    assert (tmp_path / "crate" / "thesis.txt").read_text() == "mine"
    (tmp_path / "crate" / "thesis.txt").unlink()
    for _ in range(2):
        pipeline.export(corpus, to="ro-crate", out=tmp_path / "crate", **SAID)
        (tmp_path / "crate" / "left over.txt").write_text("of the earlier one")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["crate"]
    with pytest.raises(InputError, match="'csv' takes no --author"):
        pipeline.export(corpus, to="csv", **SAID)


def test_what_is_stale_is_not_archived(tmp_path):
    corpus = toy_corpus(tmp_path)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus)
    pipeline.evaluate(corpus)
    changed = corpus.paintings.assign(style=corpus.paintings["style"].str.upper())
    corpus = Corpus.create(corpus.path, changed, image_root=corpus.image_root)
    with pytest.raises(StaleError, match=r"reports/leiden in .* paintings/style has changed"):
        pipeline.export(corpus, to="ro-crate", **SAID)


# ---- a library reads it


def test_rocrate_reads_it(crate):
    library = pytest.importorskip("rocrate.rocrate")
    read = library.ROCrate(crate)
    assert read.name == "mycorpus: paintings grouped by style"
    assert str(read.datePublished)[:10] == "2026-11-29"
    assert {one.id for one in read.data_entities} == {
        key for key, one in entities(crate).items() if one["@type"] == "File"
    }
    leiden = read.dereference("#made-partitions%2Fleiden")
    assert leiden["instrument"]["name"] == "artgraph"
    assert all(one.id in {file.id for file in read.data_entities} for one in leiden["result"])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("profile", ["ro-crate-1.1", "process-run-crate-0.5"])
def test_a_validator_finds_it_valid(crate, tmp_path, monkeypatch, profile):
    """The context of RO-Crate, which the validator fetches, is the one that the library rocrate has with it."""
    pytest.importorskip("rocrate")
    services = pytest.importorskip("rocrate_validator.services")
    found = required_issues(services, monkeypatch, crate, profile)
    assert found == []
    broken = tmp_path / "broken"
    shutil.copytree(crate, broken)
    written = json.loads((broken / "ro-crate-metadata.json").read_text())
    del next(one for one in written["@graph"] if one["@id"] == "./")["license"]
    (broken / "ro-crate-metadata.json").write_text(json.dumps(written))
    assert any("license" in text for text in required_issues(services, monkeypatch, broken, profile))


def required_issues(services, monkeypatch, crate, profile):
    import rdflib.parser
    from rocrate_validator.models import Severity, ValidationSettings
    from rocrate_validator.utils.http import HttpRequester

    context = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()

    class Answer(io.BytesIO):
        status_code, headers, text = 200, {"Content-Type": "application/ld+json"}, context.decode()

        def json(self):
            return json.loads(context)

    def fetch(requester, address, **options):
        assert address == "https://w3id.org/ro/crate/1.1/context"
        return Answer(context)

    monkeypatch.setattr(HttpRequester, "get", fetch, raising=False)
    monkeypatch.setattr(rdflib.parser, "_urlopen", lambda request: fetch(None, request.full_url))
    settings = ValidationSettings(
        rocrate_uri=str(crate), profile_identifier=profile, requirement_severity=Severity.REQUIRED
    )
    return [issue.message for issue in services.validate(settings).get_issues()]


def test_a_crate_of_any_folder(tmp_path):
    (tmp_path / "a b.txt").write_text("x")
    about = About("T", "D", "2026-11-29", [Author("Ada")], "https://example.org/licence")
    write_crate(tmp_path, about, works=[{"id": "1/ä"}], steps=[Step("s", "c", ["a b.txt"], ["a b.txt"], "1")])
    found = entities(tmp_path)
    assert found["a%20b.txt"]["encodingFormat"] == "text/plain"
    assert found["#work-1%2F%C3%A4"]["name"] == "1/ä"
    assert found["#made-s"]["object"] == {"@id": "a%20b.txt"}
    assert "license" not in json.loads((tmp_path / ".zenodo.json").read_text())
    with pytest.raises(InputError, match="at least one"):
        write_crate(tmp_path, About("T", "D", "2026-11-29", [], "MIT"), works=[])


# ---- replay


def test_it_replays_on_another_folder(crate, corpus, tmp_path):
    """The crate and the pictures are moved, the pictures under other names, and the corpus is not looked at."""
    moved, scans = tmp_path / "moved", tmp_path / "scans"
    shutil.copytree(crate, moved)
    scans.mkdir()
    for row, image in enumerate(corpus.paintings["image"]):
        shutil.copyfile(corpus.image_root / image, scans / f"scan {11 - row:02d}.png")
    words = ["replay", str(moved), "-o", str(tmp_path / "again"), "--pictures", str(scans)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    count = len(ordered(corpus)) + 1
    assert f"{count} of {count} things are the same, byte for byte" in result.output
    again = Corpus(tmp_path / "again")
    for ref in ordered(corpus):
        for name in corpus.label(*ref)["files"]:
            assert (again.path / ref.kind / name).read_bytes() == (corpus.path / ref.kind / name).read_bytes(), ref
    assert again.image_root == scans
    assert again.paintings["image"].tolist() == [f"scan {11 - row:02d}.png" for row in range(12)]


def other_pictures(corpus, folder):
    shutil.copytree(corpus.image_root, folder)
    picture = folder / corpus.paintings["image"].iloc[4]
    pixels = np.asarray(Image.open(picture)).copy()
    pixels[:20] = 255 - pixels[:20]
    Image.fromarray(pixels).save(picture)
    return folder


def test_another_picture_is_named_and_so_is_what_rests_on_it(crate, corpus, tmp_path):
    told = []
    outcome = pipeline.replay(
        Corpus(crate), tmp_path / "again", images=other_pictures(corpus, tmp_path / "scans"), tell=told.append
    )
    name = corpus.paintings["id"].iloc[4]
    assert told[0] == (
        f"1 picture is another than the one that the corpus was made of: {name}. What rests on them will differ"
    )
    assert name in outcome["paintings"]
    assert outcome["features/color"] == (
        f"differs: 1 picture is another than the one that the corpus was made of: {name}"
    )
    assert outcome["graphs/style"] == "differs: it rests on features/color, features/texture, which differ"
    assert set(outcome) == {"paintings", *map(str, ordered(corpus))}


def test_pictures_that_are_not_there_are_named(crate, corpus, tmp_path):
    scans = tmp_path / "scans"
    shutil.copytree(corpus.image_root, scans)
    first, second = corpus.paintings["image"].iloc[[2, 7]]
    (scans / first).unlink()
    (scans / second).write_bytes(b"no picture")
    with pytest.raises(IngestError, match="2 of 12 pictures are not in") as error:
        pipeline.replay(Corpus(crate), tmp_path / "again", images=scans)
    assert f"{first} (" in str(error.value)
    assert f"{second} (not an image)" in str(error.value)
    assert not (tmp_path / "again").exists()
    with pytest.raises(IngestError, match=r"12 of 12 pictures are not in .*--images FOLDER"):
        pipeline.replay(Corpus(crate), tmp_path / "again")


def test_other_versions_are_named(crate, corpus, tmp_path, monkeypatch):
    """An archive of other versions of NumPy and artgraph, in which a feature has another value."""
    old = tmp_path / "old"
    shutil.copytree(crate, old)
    written = json.loads((old / "environment.json").read_text())
    written["packages"]["numpy"] = "1.0"
    (old / "environment.json").write_text(json.dumps(written))
    was = Corpus(old)
    label = was.label("features", "color")
    made_by = label["made_by"] | {"revision": 0}
    was.put("features", "color", {"": was.get("features", "color") * 2}, made_by=made_by, inputs=label["inputs"])
    outcome = pipeline.replay(was, tmp_path / "again", images=corpus.image_root)
    assert outcome["features/color"] == (
        "differs: artgraph 0.1.0 (revision 0) then, artgraph 0.1.0 (revision 1) now; "
        f"numpy 1.0 then, {np.__version__} now"
    )
    assert outcome["features/texture"] == "the same"
    assert outcome["paintings"] == "the same"


def test_a_difference_without_a_reason_is_said_to_have_none(crate, corpus, tmp_path):
    was = tmp_path / "was"
    shutil.copytree(crate, was)
    old = Corpus(was)
    label = old.label("features", "color")
    old.put(
        "features", "color", {"": old.get("features", "color") * 2}, made_by=label["made_by"], inputs=label["inputs"]
    )
    outcome = pipeline.replay(old, tmp_path / "again", images=corpus.image_root)
    assert outcome["features/color"] == (
        "differs: from the same inputs by the same versions: another processor or number of threads may round otherwise"
    )


def test_a_corpus_that_grew_is_archived_without_the_paths_of_its_additions(corpus, tmp_path):
    grown = tmp_path / "mycorpus"
    shutil.copytree(corpus.path, grown)
    shutil.copytree(corpus.image_root, tmp_path / "pictures")
    toy_pictures(tmp_path / "new", n=3, seed=5)
    for at, file in enumerate(sorted((tmp_path / "new" / "images").iterdir())):
        file.rename(file.with_name(f"new{at}.png"))
    pipeline.add(Corpus(grown), tmp_path / "new")
    pipeline.update(Corpus(grown))
    out = tmp_path / "crate"
    pipeline.export(Corpus(grown), to="ro-crate", out=out, pictures=True, **SAID)
    assert Corpus(out).paintings["image"].tolist()[-3:] == [f"added/new{at}.png" for at in range(3)]
    assert not any(str(tmp_path).encode() in file.read_bytes() for file in out.rglob("*.csv"))
    assert set(pipeline.replay(Corpus(out), tmp_path / "again").values()) == {"the same"}
    assert Corpus(tmp_path / "again").batches == [12, 3]


def test_a_table_without_pictures_is_archived(tmp_path):
    table = pd.DataFrame({"id": [f"W{i:02d}" for i in range(12)], "artist": ["Ada", "Bo"] * 6})
    table.to_csv(tmp_path / "t.csv", index=False)
    corpus = pipeline.ingest(None, tmp_path / "light", metadata=tmp_path / "t.csv")
    np.save(tmp_path / "v.npy", np.random.default_rng(0).random((12, 4), dtype=np.float32))
    pipeline.import_vectors(corpus, tmp_path / "v.npy")
    pipeline.build_graph(corpus, on=("imported",), n_neighbors=3)
    pipeline.communities(corpus)
    out = tmp_path / "crate"
    pipeline.export(corpus, to="ro-crate", out=out, **SAID)
    assert (out / "commands.sh").read_text().startswith("artgraph ingest --no-pictures --metadata t.csv -o corpus\n")
    shutil.rmtree(tmp_path / "light")
    outcome = pipeline.replay(Corpus(out), tmp_path / "again")
    assert outcome["paintings"] == outcome["partitions/leiden"] == "the same"
    assert outcome["features/imported"] == "copied: it was imported"


def test_what_zenodo_and_citers_are_told_of_artgraph_is_the_same():
    root = Path(__file__).parents[2]
    zenodo = json.loads((root / ".zenodo.json").read_text())
    project = tomllib.loads((root / "pyproject.toml").read_text())
    cited = (root / "CITATION.cff").read_text()
    assert f'title: "{zenodo["title"]}"' in cited
    assert f"license: {project['project']['license']}\n" in cited
    assert zenodo["license"] == project["project"]["license"].lower()
    assert zenodo["description"] == project["project"]["description"]
    assert zenodo["keywords"] == project["project"]["keywords"]
    assert all(f"- name: {one['name']}" in cited for one in zenodo["creators"])
    assert all(f"  - {word}\n" in cited for word in zenodo["keywords"])
