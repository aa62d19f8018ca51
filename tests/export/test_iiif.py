"""Clusters as IIIF manifests: by the rules of the specification, and as other programs read them."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import InputError
from artgraph.export import write_iiif
from artgraph.export.iiif import addresses_of, check_base
from artgraph.harvest import works_of
from tests.export.iiif_rules import check

BASE = "https://example.org/clusters"
TABLE = pd.DataFrame(
    {
        "id": ["a", "b/2", "c", "d", "e"],
        "title": ["One", "Zwei", None, "<script>", "Five\x07"],
        "artist": ["Ann", None, "Ben", "<b>Eve</b>", "Ann"],
        "date": ["1650", "1651", None, None, "1652"],
        "rights": ["https://creativecommons.org/licenses/by/4.0/", "ask us", None, None, None],
        "attribution": ["Example Museum", None, None, None, None],
        "object_url": ["https://example.org/a", "javascript:alert(1)", None, None, None],
        "manifest": ["https://museum.org/a/manifest.json", "https://museum.org/b", None, None, None],
        "canvas": ["https://museum.org/a/canvas/1", "https://museum.org/b#1", None, None, None],
        "iiif_profile": ["ImageService3 level2", "ImageService2 level1", None, None, None],
        "picture_url": [
            "https://museum.org/i/a/full/1200,/0/default.jpg", None, "https://museum.org/c.png", None, None
        ],
    }
)  # fmt: skip
SERVICES = ["https://museum.org/i/a", "https://museum.org/i/b", None, None, "https://museum.org/i/e"]
LABELS = np.array([0, 0, 1, 1, -1])


def written(folder, **given):
    pictures = TABLE["picture_url"].tolist()
    arguments = {"labels": LABELS, "base": BASE, "services": SERVICES, "pictures": pictures, "names": {1: "Storms"}}
    counts = write_iiif(folder, TABLE, **arguments | {"sizes": np.tile([1200, 800], (5, 1))} | given)
    return counts, {file.name: json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")}


def test_every_work_with_an_address_is_a_canvas_in_the_manifest_of_its_cluster(tmp_path):
    counts, files = written(tmp_path, typicality=np.array([0.1, 0.9, 0.5, 0.5, np.nan]))
    assert counts == {"works": 4, "left_out": 1, "manifests": 3, "canvases": 1}
    collection = files.pop("collection.json")
    check(collection, "Collection")
    assert collection["id"] == f"{BASE}/collection.json"
    assert [one["id"] for one in collection["items"]] == [
        f"{BASE}/{name}.json" for name in ("cluster-00", "cluster-01", "no-cluster")
    ]
    assert [one["label"]["none"] for one in collection["items"]] == [["Cluster 0"], ["Storms"], ["In no cluster"]]
    for name, manifest in files.items():
        check(manifest, "Manifest")
        assert manifest["id"] == f"{BASE}/{name}"
    second, first = files["cluster-00.json"]["items"]
    assert first["id"] == "https://museum.org/a/canvas/1"
    assert first["partOf"][0]["id"] == "https://museum.org/a/manifest.json"
    assert first["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert first["homepage"][0]["id"] == "https://example.org/a"
    body = first["items"][0]["items"][0]["body"]
    assert (body["id"], body["width"]) == ("https://museum.org/i/a/full/1200,/0/default.jpg", 1200)
    assert body["service"] == [{"id": "https://museum.org/i/a", "type": "ImageService3", "profile": "level2"}]
    assert second["id"] == f"{BASE}/canvas/b%2F2"  # its own has a fragment
    assert "homepage" not in second
    assert second["items"][0]["items"][0]["body"]["id"] == "https://museum.org/i/b/full/full/0/default.jpg"
    (third,) = files["cluster-01.json"]["items"]
    assert files["cluster-01.json"]["summary"] == {"en": ["1 of 2 works"]}
    assert third["items"][0]["items"][0]["body"]["format"] == "image/png"
    (last,) = files["no-cluster.json"]["items"]
    assert last["label"] == {"none": ["Five"]}
    left_out = pd.read_csv(tmp_path / "left_out.csv")
    assert left_out[["id", "cluster"]].to_numpy().tolist() == [["d", 1]]


def test_our_own_reader_reads_it_back(tmp_path):
    _, files = written(tmp_path)
    items, lost = works_of(files["cluster-00.json"])
    assert lost == []
    assert [one.row["title"] for one in items] == ["Cluster 0, One", "Cluster 0, Zwei"]
    assert [one.service.address for one in items] == SERVICES[:2]
    assert items[0].row["artist"] == "Ann"


def test_another_library_reads_it_back_and_finds_it_valid(tmp_path):
    prezi = pytest.importorskip("iiif_prezi3", reason="iiif-prezi3 is not installed (it wants an older Pillow)")
    _, files = written(tmp_path)
    collection = prezi.Collection(**files.pop("collection.json"))
    assert [str(one.id) for one in collection.items] == [f"{BASE}/{name}" for name in sorted(files)]
    for name, data in files.items():
        manifest = prezi.Manifest(**data)
        assert len(manifest.items) == len(data["items"])
        assert json.loads(manifest.json())["items"][0]["id"] == data["items"][0]["id"], name


def test_another_export_replaces_the_manifests_and_the_same_gives_the_same_bytes(tmp_path):
    written(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    written(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    _, files = written(tmp_path, labels=np.zeros(5, int))
    assert sorted(files) == ["cluster-00.json", "collection.json"]


def test_works_that_share_a_canvas_have_their_own(tmp_path):
    twice = TABLE.assign(canvas="https://museum.org/x")
    write_iiif(tmp_path, twice, labels=np.zeros(5, int), base=BASE, services=SERVICES)
    check(json.loads((tmp_path / "cluster-00.json").read_text("utf-8")), "Manifest")


def test_what_cannot_be_written_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="no viewer opens a file from disk"):
        check_base(None)
    for base in ("clusters", "file:///clusters", "https://example.org/?x=1"):
        with pytest.raises(InputError, match="--base is an address on the web"):
            check_base(base)
    with pytest.raises(InputError, match="No work has an address on the web"):
        write_iiif(tmp_path, TABLE, labels=LABELS, base=BASE)
    assert not list(tmp_path.iterdir())


def test_a_column_of_that_name_comes_first():
    columns = {"IIIF manifest": ["https://a.org/1", "https://a.org/2"], "Manifest": ["https://b.org/1", "none"]}
    assert addresses_of(columns, "manifest") == ["https://b.org/1", "https://a.org/2"]


# ---- of a corpus


@pytest.fixture(scope="module")
def corpus(described, tmp_path_factory):
    folder = tmp_path_factory.mktemp("iiif") / "corpus"
    shutil.copytree(described.path, folder)
    made = Corpus(folder)
    n = len(made)
    address = [f"https://museum.org/i/{row}" if row % 3 else None for row in range(n)]
    canvas = [one and one.replace("/i/", "/canvas/") for one in address]
    table = made.paintings.assign(iiif_image=pd.array(address, "string"), canvas=pd.array(canvas, "string"))
    made = Corpus.create(folder, table, image_root=made.image_root)
    pipeline.build_graph(made, on=("color",))
    pipeline.communities(made)
    return made


def test_the_command_writes_it_and_says_what_is_left_out(corpus, tmp_path):
    out = tmp_path / "clusters"
    command = ["export", str(corpus.path), "--to", "iiif", "-o", str(out)]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, "needs --base" in result.output) == (1, True)
    result = CliRunner().invoke(main, [*command, "--base", BASE + "/"])
    assert result.exit_code == 0, result.output
    assert "40 works, 40 on their museum's canvas; 20 works without an address left out" in result.output
    assert f"{BASE}/collection.json" in result.output
    files = {file.name: json.loads(file.read_text("utf-8")) for file in out.glob("*.json")}
    check(files.pop("collection.json"), "Collection")
    for manifest in files.values():
        check(manifest, "Manifest")
    assert sum(len(manifest["items"]) for manifest in files.values()) == 40
    assert len(pd.read_csv(out / "left_out.csv")) == 20


def test_thumbnails_on_the_web_stand_in_for_what_has_no_address(corpus, tmp_path):
    made = pipeline.export(corpus, to="iiif", base=BASE, image_url="https://example.org/thumbs/", out=tmp_path)
    assert (made.facts["works"], made.facts["left_out"], made.facts["canvases"]) == (60, 0, 40)
    bodies = [
        canvas["items"][0]["items"][0]["body"]
        for file in tmp_path.glob("cluster-*.json")
        for canvas in json.loads(file.read_text("utf-8"))["items"]
    ]
    thumbs = {body["id"] for body in bodies if "service" not in body}
    assert thumbs == {
        f"https://example.org/thumbs/{digest}.webp" for digest in corpus.paintings["image_sha256"].iloc[::3]
    }


def test_other_formats_take_no_base(corpus):
    with pytest.raises(InputError, match="takes no --base"):
        pipeline.export(corpus, to="csv", base=BASE)
