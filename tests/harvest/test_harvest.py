"""Harvests from servers on this machine: every size, version and trouble; nothing is taken twice or half."""

import io
import json
import time

import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import pipeline
from artgraph.cli import main
from artgraph.errors import IngestError, InputError
from artgraph.harvest import Client, harvest
from tests.harvest.museum import (
    BY_SA,
    CC0,
    always,
    at_first,
    cut,
    empty,
    html,
    jpeg,
    museum,
    redirect,
    unmarked_cut,
)


@pytest.fixture
def here():
    with museum() as made:
        yield made


def table(folder, name="metadata.csv"):
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def one(here, name, body, **more):
    here.manifest3(name, here.canvas3(name, body), **more)
    return f"{here.address}/m/{name}.json"


def some(here, count):
    """Put pictures there, a manifest for each; return how a collection names these."""
    works = []
    for n in range(count):
        here.put(f"/{n}.jpg", jpeg(n))
        works.append(here.manifest3(str(n), here.canvas3(str(n), here.body(f"{here.address}/{n}.jpg"))))
    return works


def taken(source, out, **options):
    return harvest(source, out, **{"delay": 0, "max_failed": 1, **options})


def size_of(folder):
    (row,) = table(folder).to_dict("records")
    return pixels(folder / row["path"])


def pixels(file):
    with Image.open(file) as picture:
        return picture.size


# ---- sizes


@pytest.mark.parametrize(("version", "word"), [(2, "full"), (3, "max")])
def test_a_service_of_level_2_scales_and_never_enlarges(here, tmp_path, version, word):
    service = here.level2("a", jpeg(1), version=version)
    source = one(here, "a", here.body(f"{here.address}/iiif/a/full/{word}/0/default.jpg", service))
    taken(source, tmp_path / "small", size=30)
    assert size_of(tmp_path / "small") == (30, 20)
    taken(source, tmp_path / "large", size=1200)
    assert size_of(tmp_path / "large") == (60, 40)
    assert not any("info.json" in path for path in here.asked)  # the manifest says enough
    assert here.asked[f"/iiif/a/full/{word}/0/default.jpg"] == 1


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("size", "expected"), [(25, (30, 20)), (45, (45, 30)), (50, (45, 30))])
def test_a_level_0_gives_the_next_larger_size_or_its_largest(here, tmp_path, version, told, size, expected):
    service = here.level0("a", jpeg(1), [(15, 10), (45, 30), (30, 20)], version=version, told=told)
    taken(one(here, "a", here.body(here.address + "/whole.jpg", service)), tmp_path, size=size)
    assert size_of(tmp_path) == expected
    assert here.asked["/static/a/info.json"] == (0 if told else 1)
    assert here.asked["/whole.jpg"] == 0


def test_a_level_0_without_sizes_and_a_file_without_a_service_are_taken_whole(here, tmp_path):
    here.put("/whole.jpg", jpeg(1))
    service = here.level0("a", jpeg(1), [])
    for name, given in (("a", service), ("b", None)):
        taken(one(here, name, here.body(here.address + "/whole.jpg", given)), tmp_path / name, size=20)
        assert size_of(tmp_path / name) == (60, 40)


def test_where_the_manifest_does_not_say_the_level_or_the_sides_the_service_is_asked(here, tmp_path):
    here.level2("a", jpeg(1))
    body = {"id": here.address + "/whole.jpg", "type": "Image"}
    for name, profile in (("unknown", None), ("level1", "level1")):
        service = {"id": f"{here.address}/iiif/a", "type": "ImageService3"} | ({"profile": profile} if profile else {})
        taken(one(here, name, body | {"service": [service]}), tmp_path / name, size=20)
        assert size_of(tmp_path / name) == (20, 13)
    assert here.asked["/iiif/a/info.json"] == 2


def test_a_size_that_a_server_does_not_give_leaves_the_whole_file(here, tmp_path):
    service = here.level2("a", jpeg(1))
    here.troubles["/iiif/a/full/20,/0/default.jpg"] = always(501)
    made = taken(one(here, "a", here.body(f"{here.address}/iiif/a/full/max/0/default.jpg", service)), tmp_path, size=20)
    assert size_of(tmp_path) == (60, 40)
    assert made.taken == 1


def test_the_sides_of_a_derivative_are_not_those_of_the_picture(here, tmp_path):
    service = here.level2("a", jpeg(1), version=2)
    body = here.body(f"{here.address}/iiif/a/full/!12,12/0/default.jpg", service, size=(12, 8))
    taken(one(here, "a", body), tmp_path, size=40)
    assert size_of(tmp_path) == (40, 27)
    assert here.asked["/iiif/a/full/full/0/default.jpg"] == 0


# ---- what is said of the works


def test_version_2_and_3_give_the_same_columns_and_a_run_takes_them(here, tmp_path):
    for n in range(2):
        here.put(f"/{n}.jpg", jpeg(n))
    first = here.manifest3(
        "0",
        here.canvas3("0", here.body(here.address + "/0.jpg")),
        metadata=[
            {"label": {"de": ["Künstlerin"]}, "value": {"none": ["Judith Leyster"]}},
            {"label": {"en": ["Date"], "nl": ["Datering"]}, "value": {"en": ["about 1630"], "nl": ["ca. 1630"]}},
            {"label": {"en": ["Medium"]}, "value": {"en": ["Oil on canvas"]}},
            {"label": {"en": ["File"]}, "value": {"none": ["x-7"]}},
        ],
        requiredStatement={
            "label": {"en": ["Attribution"]},
            "value": {"en": ["<span>Given by <a href='x'>A</a></span>"]},
        },
        provider=[{"id": "https://example.org", "type": "Agent", "label": {"en": ["Example Museum"]}}],
        homepage=[{"id": "https://example.org/works/0", "type": "Text", "label": {"en": ["Page"]}}],
    )
    second = here.manifest2("1", here.body2(here.address + "/1.jpg"), label="000001")
    here.collection("/all.json", [first, {"id": second["@id"], "type": "Manifest"}])
    made = taken(here.address + "/all.json", tmp_path / "scans", language="nl")
    assert (made.found, made.taken, made.new, made.lost) == (2, 2, 2, [])
    zero, last = table(tmp_path / "scans").to_dict("records")
    assert zero["artist"] == "Judith Leyster"
    assert (zero["title"], zero["date"], zero["rights"]) == ("Work 0", "ca. 1630", CC0)
    assert (zero["attribution"], zero["provider"]) == ("Given by A", "Example Museum")
    assert zero["object_url"] == "https://example.org/works/0"
    assert (zero["Medium"], zero["manifest_File"]) == ("Oil on canvas", "x-7")
    assert (zero["manifest"], zero["canvas"]) == (here.address + "/m/0.json", here.address + "/canvas/0")
    assert (zero["collection"], zero["picture_url"]) == ("Paintings", here.address + "/0.jpg")
    assert (last["title"], last["artist"], last["date"]) == ("000001", "Painter 1", "1650")
    assert (last["rights"], last["attribution"]) == (BY_SA, "Museum")
    assert (tmp_path / "scans" / last["path"]).read_bytes() == jpeg(1)
    corpus = pipeline.ingest(tmp_path / "scans", tmp_path / "corpus", metadata=tmp_path / "scans" / "metadata.csv")
    assert corpus.head["facts"]["images_without_row"] == 0
    assert sorted(corpus.paintings["title"]) == ["000001", "Work 0"]
    assert corpus.paintings["id"].tolist() == sorted([zero["id"], last["id"]])


def test_many_canvases_are_many_works_or_the_first_of_them(here, tmp_path):
    for n in range(3):
        here.put(f"/{n}.jpg", jpeg(n))
    pages = [here.canvas3(f"c{n}", here.body(f"{here.address}/{n}.jpg"), label=f"f. {n}") for n in range(3)]
    here.manifest3("book", *pages)
    taken(here.address + "/m/book.json", tmp_path / "all")
    assert table(tmp_path / "all")["title"].tolist() == ["Work book, f. 0", "Work book, f. 1", "Work book, f. 2"]
    assert [name.split("-")[1] for name in table(tmp_path / "all")["id"]] == ["001", "002", "003"]
    taken(here.address + "/m/book.json", tmp_path / "first", canvases="first")
    assert table(tmp_path / "first")["title"].tolist() == ["Work book, f. 0"]


def test_rights_are_kept_and_chosen_by_code_or_pattern(here, tmp_path):
    statements = {"a": CC0, "b": BY_SA, "c": "http://rightsstatements.org/vocab/InC/1.0/", "d": None}
    for name in statements:
        here.put(f"/{name}.jpg", jpeg(ord(name)))
        here.manifest3(name, here.canvas3(name, here.body(f"{here.address}/{name}.jpg")), rights=statements[name])
    here.collection("/all.json", [{"id": f"{here.address}/m/{name}.json", "type": "Manifest"} for name in statements])
    for wanted, expected in (
        (("CC0", "pdm"), "a"),
        (("cc*",), "ab"),
        (("*/by-sa/4.0/",), "b"),
        (("inc",), "c"),
        ((), "abcd"),
    ):
        out = tmp_path / "-".join(map(str, map(ord, "".join(wanted) or "x")))
        made = taken(here.address + "/all.json", out, rights=wanted, max_failed=0)  # other rights are no failure
        assert table(out)["title"].tolist() == [f"Work {name}" for name in expected]
        assert (made.failed, len(made.lost)) == (0, 4 - len(expected))
    assert here.sent["/d.jpg"] == 1  # asked for only where it was wanted


# ---- collections


def test_nested_collections_loops_repeats_and_pages_are_read_once(here, tmp_path):
    works = some(here, 4)
    inner = here.collection("/inner.json", [works[1], {"id": here.address + "/all.json", "type": "Collection"}], "In")
    page = {"@id": here.address + "/page.json", "@type": "sc:Collection", "label": "P", "manifests": [works[2]]}
    here.put("/page.json", page | {"next": here.address + "/page2.json"})
    here.put("/page2.json", page | {"@id": here.address + "/page2.json", "manifests": [works[3]]})
    paged = {"@id": here.address + "/paged.json", "@type": "sc:Collection", "label": "Old"}
    here.put("/paged.json", paged | {"first": here.address + "/page.json"})
    here.collection("/all.json", [works[0], inner, works[1], {"id": paged["@id"], "type": "Collection"}])
    made = taken(here.address + "/all.json", tmp_path)
    assert sorted(table(tmp_path)["title"]) == [f"Work {n}" for n in range(4)]
    assert table(tmp_path).set_index("title")["collection"]["Work 1"] == "Paintings / In"
    assert set(here.asked.values()) == {1}
    assert made.requests == sum(here.asked.values()) == 13


def test_the_limit_ends_the_reading(here, tmp_path):
    works = some(here, 10)
    here.collection("/all.json", works)
    assert taken(here.address + "/all.json", tmp_path, limit=3).taken == 3
    assert sum("/m/" in path for path in here.asked) == 3
    assert taken(here.address + "/all.json", tmp_path, limit=4).new == 1


def test_a_local_file_may_name_files_beside_it_and_no_others(here, tmp_path):
    here.put("/1.jpg", jpeg(1))
    here.manifest3("1", here.canvas3("1", here.body(here.address + "/1.jpg")))
    home = tmp_path / "given"
    home.mkdir()
    (home / "1.json").write_bytes(here.answers["/m/1.json"])
    (tmp_path / "out.json").write_bytes(here.answers["/m/1.json"])
    names = ["1.json", "../out.json", str(tmp_path / "out.json"), "{{ id.path }}/2.json"]
    members = [{"id": name, "type": "Manifest"} for name in names]
    (home / "all.json").write_text(json.dumps({"type": "Collection", "items": members}))
    made = taken(home / "all.json", tmp_path / "scans")
    assert made.taken == 1
    assert [one.reason for one in made.lost] == ["no address"] * 3
    assert set(here.asked) == {"/1.jpg"}


# ---- troubles


def test_every_trouble_is_overcome_or_listed_with_its_reason(here, tmp_path):
    troubles = {
        "gone": (always(404), "404"),
        "forbidden": (always(403), "403"),
        "busy": (at_first(429, Retry_After="0"), None),
        "down": (at_first(503, 2), None),
        "broken": (always(500), "500"),
        "reset": (cut(jpeg(5), 2), None),
        "resets": (cut(jpeg(6), 99), "broken off"),
        "half": (unmarked_cut(jpeg(7)), "truncated"),
        "empty": (empty, "empty answer"),
        "html": (html, "no picture"),
        "round": (redirect("round.jpg"), "redirect"),
        "file": (redirect("file:///etc/hostname"), "redirect"),
    }
    works = []
    for n, (name, (trouble, _)) in enumerate(troubles.items()):
        here.put(f"/{name}.jpg", jpeg(n))
        here.troubles[f"/{name}.jpg"] = trouble
        works.append(here.manifest3(name, here.canvas3(name, here.body(f"{here.address}/{name}.jpg"))))
    here.collection("/all.json", [*works, {"id": here.address + "/m/none.json", "type": "Manifest"}])
    made = taken(here.address + "/all.json", tmp_path, retries=3)
    expected = {f"Work {name}": reason for name, (_, reason) in troubles.items() if reason}
    failed = table(tmp_path, "failed.csv")
    assert dict(zip(failed["title"], failed["reason"], strict=True)) == expected | {"": "404"}
    assert failed["detail"].str.len().min() > 10
    assert table(tmp_path)["title"].tolist() == ["Work busy", "Work down", "Work reset"]
    assert (here.asked["/broken.jpg"], here.asked["/gone.jpg"], here.asked["/html.jpg"]) == (4, 1, 1)
    assert sorted(file.name for file in (tmp_path / "images").iterdir()) == sorted(
        path.removeprefix("images/") for path in table(tmp_path)["path"]
    )
    assert made.found == len(troubles)
    here.troubles.clear()  # the next day, only what failed is asked for
    here.sent.clear()
    assert taken(here.address + "/all.json", tmp_path).new == len(troubles) - 3
    assert {path for path in here.sent if path.endswith(".jpg")} == {f"/{name[5:]}.jpg" for name in expected}
    with pytest.raises(IngestError, match=r"1 of 13 pictures and manifests failed, more than --max-failed 0\.05"):
        taken(here.address + "/all.json", tmp_path, max_failed=0.05)


def test_requests_keep_their_distance_and_obey_retry_after(here, tmp_path):
    here.put("/1.jpg", jpeg(1))
    here.troubles["/1.jpg"] = at_first(429, Retry_After="1")
    taken(one(here, "a", here.body(here.address + "/1.jpg")), tmp_path, delay=0.2)
    times = [when for when, _ in here.times]
    assert times[1] - times[0] >= 0.19
    assert times[2] - times[1] >= 0.99


def test_a_server_that_asks_for_an_hour_is_left_alone(here, tmp_path):
    works = some(here, 3)
    here.collection("/all.json", works)
    here.troubles["/1.jpg"] = at_first(429, Retry_After="3600")
    began = time.monotonic()
    taken(here.address + "/all.json", tmp_path)
    assert time.monotonic() - began < 5
    assert table(tmp_path, "failed.csv")["reason"].tolist() == ["server left alone"] * 2
    assert "60 minutes" in table(tmp_path, "failed.csv")["detail"][1]
    assert here.asked["/2.jpg"] == 0


def test_a_server_that_cannot_be_reached_is_left_alone_after_ten(here, tmp_path):
    with museum() as away:
        gone = away.address
    bodies = [here.canvas3(str(n), here.body(f"{gone}/{n}.jpg"), label=str(n)) for n in range(12)]
    here.manifest3("a", *bodies)
    with pytest.raises(IngestError, match=r"No picture was taken \(12 were not; most of all: no connection\)"):
        taken(here.address + "/m/a.json", tmp_path, retries=1)
    assert table(tmp_path, "failed.csv")["reason"].tolist() == ["no connection"] * 10 + ["server left alone"] * 2


def test_redirects_to_other_servers_are_followed_for_pictures_alone_and_said(here, tmp_path):
    with museum("localhost") as other:
        here.put("/1.jpg", b"x")
        here.troubles["/1.jpg"] = redirect(other.put("/real.jpg", jpeg(1)))
        source = one(here, "a", here.body(here.address + "/1.jpg"))
        made = taken(source, tmp_path / "scans")
        assert made.taken == 1
        assert "came from localhost" in made.notes[0]
        other.put("/m.json", here.answers["/m/a.json"])
        here.troubles["/m/a.json"] = redirect(other.address + "/m.json")
        with pytest.raises(IngestError, match="leads to another server"):
            taken(source, tmp_path / "again")
        assert other.asked["/m.json"] == 0


def test_one_picture_named_twice_is_taken_once(here, tmp_path):
    here.put("/1.jpg", jpeg(1))
    works = [here.manifest3(name, here.canvas3(name, here.body(here.address + "/1.jpg"))) for name in "ab"]
    here.collection("/all.json", works)
    made = taken(here.address + "/all.json", tmp_path, max_failed=0)
    assert (made.taken, [one.reason for one in made.lost]) == (1, ["same picture"])
    assert here.asked["/1.jpg"] == 1


# ---- running again


def test_a_second_run_asks_for_nothing_and_refresh_for_manifests(here, tmp_path):
    here.put("/1.jpg", jpeg(1))
    source = one(here, "a", here.body(here.address + "/1.jpg"))
    taken(source, tmp_path / "scans")
    before = (tmp_path / "scans" / "metadata.csv").read_bytes()
    assert (taken(source, tmp_path / "scans").requests, sum(here.asked.values())) == (0, 2)
    assert (tmp_path / "scans" / "metadata.csv").read_bytes() == before
    assert taken(source, tmp_path / "scans", refresh=True).requests == 1
    assert here.sent["/1.jpg"] == 1


def test_what_was_taken_before_an_interruption_is_in_the_tables(here, tmp_path, monkeypatch):
    works = some(here, 4)
    here.collection("/all.json", works)
    picture = Client.picture

    def interrupted(client, address, file):
        if address.endswith("/2.jpg"):
            raise KeyboardInterrupt
        return picture(client, address, file)

    monkeypatch.setattr(Client, "picture", interrupted)
    with pytest.raises(KeyboardInterrupt):
        taken(here.address + "/all.json", tmp_path)
    assert table(tmp_path)["title"].tolist() == ["Work 0", "Work 1"]
    failed = table(tmp_path, "failed.csv")
    assert failed[["title", "reason"]].to_numpy().tolist() == [["Work 2", "not reached"], ["Work 3", "not reached"]]
    monkeypatch.undo()
    assert taken(here.address + "/all.json", tmp_path).new == 2


def test_another_size_source_or_folder_is_an_error_before_any_request(here, tmp_path):
    here.put("/1.jpg", jpeg(1))
    source = one(here, "a", here.body(here.address + "/1.jpg"))
    taken(source, tmp_path / "scans")
    asked = sum(here.asked.values())
    for other, options, words in ((source, {"size": 50}, "another size .1200."), (source + "?", {}, "another source")):
        with pytest.raises(InputError, match=words):
            taken(other, tmp_path / "scans", **options)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "metadata.csv").write_text("path\n")
    with pytest.raises(InputError, match="files that harvest did not write"):
        taken(source, tmp_path / "mine")
    assert sum(here.asked.values()) == asked


# ---- tables


def test_a_table_of_addresses(here, tmp_path):
    here.put("/1.jpg", jpeg(1))
    here.put("/2", jpeg(2))
    here.level2("s", jpeg(3), version=2)
    rows = [
        "accession_number,Maker,title,image,web page,filename",
        f"000001,Ann,One,{here.address}/1.jpg,https://example.org/1,a.tif",
        f"000002,Ben,Two,{here.address}/2,https://example.org/2,",
        f"000003,Eve,Three,{here.address}/iiif/s/full/full/0/default.jpg,,",
        "000004,Kim,Four,,,",
        "000005,Lou,Five,see file,,",
        f"000006,Ann,Six,{here.address}/1.jpg,,",
    ]
    (tmp_path / "works.csv").write_text("\n".join(rows))
    made = taken(tmp_path / "works.csv", tmp_path / "scans", size=30)
    got = table(tmp_path / "scans")
    assert got["id"].tolist() == ["000001", "000002", "000003"]
    assert got["artist"].tolist() == ["Ann", "Ben", "Eve"]
    assert got["table_filename"].tolist() == ["a.tif", "", ""]
    assert pixels(tmp_path / "scans" / got["path"][2]) == (30, 20)
    assert got["iiif_image"].tolist() == ["", "", here.address + "/iiif/s"]
    failed = table(tmp_path / "scans", "failed.csv")
    assert failed[["id", "reason"]].to_numpy().tolist() == [
        ["000004", "no address"], ["000005", "no address"], [failed["id"][2], "same picture"]
    ]  # fmt: skip
    assert "column 'image' of works.csv" in made.notes[0]
    corpus = pipeline.ingest(tmp_path / "scans", tmp_path / "corpus", metadata=tmp_path / "scans" / "metadata.csv")
    assert corpus.paintings["id"].tolist() == ["000001", "000002", "000003"]


def test_which_column_has_the_addresses_is_found_asked_or_said(here, tmp_path):
    here.put("/1", jpeg(1))
    sheet = tmp_path / "works.csv"
    sheet.write_text(f"id,page,other\n1,https://example.org/a,{here.address}/1\n")
    with pytest.raises(IngestError, match=r"not clear: page, other\. Say it with --column"):
        taken(sheet, tmp_path / "scans")
    assert taken(sheet, tmp_path / "scans", column="other").taken == 1
    with pytest.raises(IngestError, match="has no column 'x'"):
        taken(sheet, tmp_path / "else", column="x")
    sheet.write_text("id,page\n1,a\n")
    with pytest.raises(IngestError, match="No column of the table holds addresses"):
        taken(sheet, tmp_path / "else")


# ---- the command


def test_the_command_says_what_it_took_and_what_not(here, tmp_path):
    for name in "ab":
        here.put(f"/{name}.jpg", jpeg(ord(name)))
    here.troubles["/b.jpg"] = always(404)
    works = [here.manifest3(name, here.canvas3(name, here.body(f"{here.address}/{name}.jpg"))) for name in "ab"]
    here.collection("/all.json", works)
    command = ["harvest", here.address + "/all.json", "-o", str(tmp_path / "s"), "--delay", "0", "--rights", "cc0,pdm"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert "1 of 2 pictures and manifests failed" in result.output
    result = CliRunner().invoke(main, [*command, "--max-failed", "0.5"])
    assert result.exit_code == 0, result.output
    assert "harvest: 1 pictures" in result.output
    assert "1 of them from earlier runs" in result.output
    assert "Not taken: 1 404." in result.output
    assert "Rights: 1 cc0." in result.output
    assert f"artgraph run {tmp_path / 's'} --metadata" in result.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"title": "Composition"}', "no IIIF manifest or collection .it has: title"),
        (b'{"type": "Mani', "no JSON that can be read"),
        (b"", "is empty"),
        (None, "There is no source"),
    ],
)
def test_a_source_that_is_none_is_an_error_that_says_so(tmp_path, content, words):
    if content is not None:
        (tmp_path / "s.json").write_bytes(content)
    with pytest.raises(IngestError, match=words):
        taken(tmp_path / "s.json", tmp_path / "scans")


def test_pictures_get_the_ending_of_what_they_are(here, tmp_path):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    here.put("/1.jpg", file.getvalue())
    taken(one(here, "a", here.body(here.address + "/1.jpg")), tmp_path)
    assert table(tmp_path)["path"][0].endswith(".png")
