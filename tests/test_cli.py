"""The command line, as a person meets it."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from artgraph.cli import main
from artgraph.testing import toy_pictures


@pytest.fixture
def call():
    def invoke(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return invoke


def test_stage_by_stage(call, tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=60)
    out = tmp_path / "corpus"
    result = call("ingest", tmp_path / "in", "--metadata", metadata, "-o", out)
    assert "60 pictures found = 60 taken + 0 refused" in result.output
    for command in (
        ["describe", out, "--with", "color,texture"],
        ["build-graph", out, "--on", "color", "--on", "texture", "--artist-edges"],
        ["train-vgae", out, "--epochs", 5],
        ["build-graph", out, "--on", "vgae", "--name", "vgae"],
        ["communities", out, "--graph", "vgae", "--n-clusters", 3],
        ["communities", out, "--method", "spectral", "--n-clusters", 3],
        ["communities", out],
        ["evaluate", out],
        ["export", out, "--to", "csv", "-o", tmp_path / "table.csv"],
        ["atlas", out, "--no-images", "-o", tmp_path / "page"],
    ):
        result = call(*command)
        assert result.exit_code == 0, result.output
    assert (tmp_path / "page" / "index.html").is_file()
    assert "AMI" in call("evaluate", out).output
    assert json.loads(call("evaluate", out, "--json").output)["against"] == "style"
    graph = json.loads((out / "graphs" / "style.json").read_text("utf-8"))
    assert graph["made_by"]["params"]["on"] == ["color", "texture"]
    about = call("info", out).output
    assert "graphs/vgae" in about
    assert "STALE" not in about


WITHOUT_JSON = {"serve"}  # it ends when it is stopped


@pytest.mark.parametrize("name", sorted(set(main.commands) - WITHOUT_JSON))
def test_every_command_prints_json_on_request(name):
    assert any("--json" in parameter.opts for parameter in main.commands[name].params)


def test_json_is_all_that_stands_on_standard_output(call, tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=30)
    out = tmp_path / "corpus"
    made = {}
    for command in (
        ["ingest", tmp_path / "in", "--metadata", metadata, "-o", out],
        ["describe", out, "--with", "color,texture"],
        ["build-graph", out, "--on", "color,texture", "--diagnose"],
        ["communities", out, "--n-clusters", 3, "--levels", 2],
        ["export", out, "--to", "csv"],
        ["plot", out, "sheets"],
        ["atlas", out],
    ):
        result = call(*command, "--json")
        assert result.exit_code == 0, result.output
        made[command[0]] = json.loads(result.stdout)
    assert made["ingest"]["n"] == 30
    assert [one["key"] for one in made["describe"]] == ["color", "texture"]
    (graph,) = made["build-graph"]
    label = json.loads((out / "graphs" / "style.json").read_text("utf-8"))
    assert (graph["kind"], graph["key"], graph["fresh"]) == ("graphs", "style", True)
    assert graph["facts"] == label["facts"]
    assert made["communities"][0]["facts"]["n_clusters"] == 3
    assert made["export"][0]["key"].endswith("leiden.csv")
    assert all((out / "plots").joinpath(one["key"]).exists() for one in made["plot"])


def test_own_vectors(call, tmp_path, corpus):
    import numpy as np

    np.save(tmp_path / "mine.npy", np.eye(12, dtype=np.float32))
    assert (
        "features mine: 12 paintings, 12 numbers each"
        in call("import", corpus.path, tmp_path / "mine.npy", "--name", "mine").output
    )
    assert "up to date" in call("import", corpus.path, tmp_path / "mine.npy", "--name", "mine").output
    assert call("build-graph", corpus.path, "--on", "mine").exit_code == 0
    np.save(tmp_path / "short.npy", np.eye(11, dtype=np.float32))
    assert call("import", corpus.path, tmp_path / "short.npy").exit_code == 1


def test_expected_failures_exit_1_with_a_message_and_no_traceback(call, tmp_path):
    for arguments, message in (
        (["info", tmp_path], "is not a corpus"),
        (["ingest", tmp_path / "nowhere", "-o", tmp_path / "c"], "is not a folder"),
        (["run", tmp_path, "-o", tmp_path / "c", "--with", "colour"], "no descriptor 'colour'"),
        (["run", tmp_path, "-o", tmp_path / "c", "--with", "gram", "--backbone", "resnett"], "no network 'resnett'"),
    ):
        result = call(*arguments)
        assert result.exit_code == 1
        assert result.output.splitlines()[-1].startswith("Error: ")
        assert message in result.output
        assert "Traceback" not in result.output


@pytest.fixture(scope="module")
def described_once(described, tmp_path_factory):
    """A copy of the shared corpus that commands may look at; none of those here may write to it."""
    folder = tmp_path_factory.mktemp("typed") / "corpus"
    shutil.copytree(described.path, folder)
    (folder.parent / "vectors.csv").write_text("a,b\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("typed", "advice"),
    [  # what a hand slips to, and the advice that is right
        ("communities C --graph stlye", "Did you mean 'style'?"),
        ("communities C --method lieden", "Did you mean 'leiden'?"),
        ("communities C --method kmeans --n-clusters 2 --on colour", "Did you mean 'color'?"),
        ("communities C --n-clusters 500", "expected a whole number from 1 to 60"),
        ("communities C --fixed artits", "Did you mean 'artist'?"),
        ("communities C --seed -1", "-1 is not in the range"),
        ("communities C --resolution aut", "Did you mean 'auto'?"),
        ("communities C --graphs style=1,stile=0.5", "Did you mean 'style'?"),
        ("communities C --graphs style=1,artists=0.5", "artgraph build-graph --artist-edges"),
        ("communities C --keep-names-of liden", "Did you mean 'leiden'?"),
        ("communities C --name new --keep-names-of C", "Give the new partition the name of the old one: --name NAME"),
        ("communities C --keep-names-of /nowhere", "'/nowhere' is neither"),
        ("build-graph C --on colour", "Did you mean 'color'?"),
        ("build-graph C --on color,color", "on names 'color' twice"),
        ("build-graph C --on color --metric cosin", "Did you mean 'cosine'?"),
        ("build-graph C --on color --regress-out greyscal", "Did you mean 'greyscale'?"),
        ("build-graph C --on color --regress-out artits", "Did you mean 'artist'?"),
        ("build-graph C --on color --max-years 20", "of no use without --artist-edges"),
        ("build-graph C --on color --artist-edge-weight 2", "of no use without --artist-edges"),
        ("describe C --with eey", "Did you mean 'eye'?"),
        ("describe C --with GRAM", "Did you mean 'gram'?"),
        ("describe C --with Colour", "Did you mean 'color'?"),
        ("describe C --with ,", "name one, or several"),
        ("describe C --with color --size 64", "--size is of no use to color"),
        ("describe C --with color --fuse-weights color=2", "of no use without --fuse"),
        (
            "describe C --with color,texture --fuse --fuse-weights colour=2",
            "'colour', which is not among color, texture",
        ),
        ("describe C --with cnn:resnett", "near it: resnet"),
        ("train-vgae C --graph stlye", "Did you mean 'style'?"),
        ("train-vgae C --encoder gnc", "Did you mean 'gcn'?"),
        ("train-descriptor C --backbone resnett", "near it: resnet"),
        ("train-descriptor C --subject titel", "Did you mean 'title'?"),
        ("evaluate C --partition liden", "Did you mean 'leiden'?"),
        ("evaluate C --against styel", "Did you mean 'style'?"),
        ("evaluate C --confound dat", "Did you mean 'date'?"),
        ("interpret C --partition vgae-leiden", "artgraph communities C --graph vgae"),
        ("interpret C --partition vgae-kmeans", "artgraph communities C --graph vgae --method kmeans"),
        ("interpret C --column titel", "Did you mean 'title'?"),
        ("worklist C --school styl", "Did you mean 'style'?"),
        ("worklist C --kinds atribution", "Did you mean 'attribution'?"),
        ("influence C --partition liden", "Did you mean 'leiden'?"),
        ("export C --to gefx", "Did you mean 'gexf'?"),
        ("export C --all", "--all is for csv"),
        ("export C --to csv --image-url x", "'csv' takes no --image-url"),
        ("atlas C --compare vgae-leiden", "artgraph communities C --graph vgae"),
        ("similar C 005.png --on colour", "Did you mean 'color'?"),
        ("similar C 005.png --partition liden", "Did you mean 'leiden'?"),
        ("plot C sheet", "Did you mean 'sheets'?"),
        ("plot C confusion --against styel", "Did you mean 'style'?"),
        ("plot C sheets --clusters 99", "has no cluster 99"),
        ("import C vectors.csv", "not from '.csv'"),
        ("infoo C", "Did you mean 'info'?"),
        ("info C --jsn", "Did you mean '--json'?"),
    ],
)
def test_what_is_mistyped_is_refused_with_the_right_advice(call, described_once, monkeypatch, typed, advice):
    monkeypatch.chdir(described_once.parent)
    before = {path: path.stat().st_mtime_ns for path in described_once.rglob("*") if path.suffix != ".lock"}
    result = call(*typed.replace(" C", " corpus").split())
    assert result.exit_code in (1, 2), result.output
    assert advice.replace(" C", " corpus") in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    after = {path: path.stat().st_mtime_ns for path in described_once.rglob("*") if path.suffix != ".lock"}
    assert {path.name for path in after if after[path] != before.get(path)} <= {"corpus", ".lock"}


@pytest.mark.parametrize(
    "typed", ["communities C --method LEIDEN", "build-graph C --on Color:x,TEXTURE --json", "export C --to GEXF"]
)
def test_capitals_do_not_matter_where_there_is_a_list_to_choose_from(typed):
    words = typed.replace("C", "corpus", 1).split()
    command = main.commands[words[0]]
    found = command.make_context(words[0], words[1:], resilient_parsing=True).params
    assert {
        "communities": ("method", "leiden"),
        "build-graph": ("on", ("color-x", "texture")),
        "export": ("to", "gexf"),
    }[words[0]] in found.items()


def test_works_are_named_by_title_artist_and_date_as_well_as_by_file(call, described_once):
    named = r"Stripes \d+, Artist \d[ab], 19\d\d \(images/0\d\d\.png\)"
    for arguments in (["info"], ["interpret"], ["similar", "005.png"]):
        result = call(arguments[0], described_once, *arguments[1:])
        assert result.exit_code == 0, result.output
        assert re.search(named, result.stdout), arguments


def test_measures_stand_in_info_and_no_line_of_it_is_cut_without_a_sign(call, described_once, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    shown = call("info", described_once).stdout
    assert "hubness" in shown
    assert "modularity" in shown
    about = json.loads(call("info", described_once, "--json").stdout)
    text = " ".join(shown.split())
    for thing in about["things"]:
        for key, value in thing["params"].items():
            if isinstance(value, str):
                assert f"{key}={value}" in text or f"{key}={value[:12]}…" in text


def test_a_column_of_hashes_is_in_no_table_for_people_unless_asked_for(call, described_once, tmp_path):
    for words, there in (([], False), (["--all"], True)):
        out = tmp_path / f"{there}.csv"
        assert call("export", described_once, "--to", "csv", "-o", out, *words).exit_code == 0
        assert ("image_sha256" in out.read_text("utf-8-sig").splitlines()[0].split(",")) is there


def test_usage_errors_exit_2(call, tmp_path):
    assert call("run").exit_code == 2
    assert call("communities", tmp_path, "--method", "magic").exit_code == 2
    assert call("ingest", tmp_path, "-o", tmp_path / "c", "--column", "artist").exit_code == 2


def test_hostile_arguments_are_plain_text(call, tmp_path):
    toy_pictures(tmp_path / "in; rm -rf $HOME <b>", n=9)
    result = call("run", tmp_path / "in; rm -rf $HOME <b>", "-o", tmp_path / "=out", "--with", "color")
    assert result.exit_code == 0, result.output


def test_too_many_refused_exits_1(call, tmp_path):
    toy_pictures(tmp_path / "in", n=9)
    (tmp_path / "in" / "images" / "bad.jpg").write_bytes(b"")
    result = call("ingest", tmp_path / "in", "-o", tmp_path / "c")
    assert result.exit_code == 1
    assert "1 of 10 pictures were refused" in result.output
    assert call("ingest", tmp_path / "in", "-o", tmp_path / "c", "--max-refused", "0.2").exit_code == 0


def test_a_full_disk_is_a_message(call, tmp_path, monkeypatch):
    import errno

    toy_pictures(tmp_path / "in", n=9)

    def full(path, data, **how):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("artgraph.stages.inspecting.write_bytes", full)
    result = call("ingest", tmp_path / "in", "-o", tmp_path / "c")
    assert result.exit_code == 1
    assert "No space left" in result.output


def test_python_minus_m():
    shown = subprocess.run([sys.executable, "-m", "artgraph", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("artgraph, version")
