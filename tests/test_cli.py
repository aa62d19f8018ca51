"""The command line, as a person meets it."""

import json
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


def test_own_vectors(call, tmp_path, corpus):
    import numpy as np

    np.save(tmp_path / "mine.npy", np.eye(12, dtype=np.float32))
    assert "features mine: 12 × 12" in call("import", corpus.path, tmp_path / "mine.npy", "--name", "mine").output
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
        assert result.output.startswith("Error: ")
        assert message in result.output
        assert "Traceback" not in result.output


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

    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("artgraph.stages.ingest.write_bytes", full)
    result = call("ingest", tmp_path / "in", "-o", tmp_path / "c")
    assert result.exit_code == 1
    assert "No space left" in result.output


def test_python_minus_m():
    shown = subprocess.run([sys.executable, "-m", "artgraph", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("artgraph, version")
