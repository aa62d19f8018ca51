"""artgraph run --plan: what a run will cost."""

import json

import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.commands.run import cost_lines
from artgraph.errors import InputError
from artgraph.testing import toy_pictures

ABOUT = {
    "n": 8000, "bytes": 3.2e9, "sampled": 48, "vectors": 2000, "seconds": 7400.0, "disk": 5e8, "memory": 2e9,
    "cores": 2, "gpu": False, "runtime": "torch", "memory_here": 8e9, "disk_free": 1e8,
    "stages": [
        {"stage": "ingest", "seconds": 200.0, "disk": 4e8},
        {"stage": "describe eye", "seconds": 7200.0, "disk": 1e8},
    ],
}  # fmt: skip


def test_lines():
    lines = cost_lines(ABOUT, "scans")
    assert lines[0] == "8,000 pictures in scans, 3.2 GB; 2 cores, 8 GB of memory, no GPU"
    assert [line.split() for line in lines[3:6]] == [
        ["ingest", "3", "min", "400", "MB"],
        ["describe", "eye", "2.0", "h", "100", "MB"],
        ["all", "2.1", "h", "500", "MB"],
    ]
    assert "Here are 100 MB free: too little." in lines
    assert "4 machines share it by artgraph describe --shard 1/4" in lines[-1]
    assert "A GPU shortens it; on a CPU --runtime onnxruntime does; 4 machines" in lines[-1]
    for other in ({"gpu": True}, {"runtime": "onnxruntime"}):
        assert "onnxruntime" not in cost_lines(ABOUT | other, "scans")[-1]
    quick = ABOUT | {"stages": ABOUT["stages"][:1], "seconds": 200.0, "disk": 1e6}
    assert not any("machines" in line or "too little" in line for line in cost_lines(quick, "scans"))


def test_a_plan_keeps_nothing_and_covers_every_stage(tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=70)
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    arguments = ["run", tmp_path / "in", "--metadata", metadata, "--with", "color", "--plan", "--json"]
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    about = json.loads(result.stdout)
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before
    assert (about["n"], about["sampled"], about["vectors"]) == (70, 48, 70)
    stages = {row["stage"]: row for row in about["stages"]}
    assert {"ingest", "describe color", "build-graph", "communities", "map", "export"} < set(stages)
    assert all(row["seconds"] >= 0 and row["disk"] >= 0 for row in about["stages"])
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "corpus", metadata=metadata)
    thumbnails = sum(file.stat().st_size for file in (corpus.path / "thumbs").iterdir())
    assert stages["ingest"]["disk"] > 0.5 * thumbnails


def test_artists_names_cost_an_autoencoder(tmp_path):
    toy_pictures(tmp_path / "in", n=60)
    names = [f"{path.relative_to(tmp_path / 'in').as_posix()},artist {k // 2}" for k, path in
             enumerate(sorted((tmp_path / "in").rglob("*.png")))]  # fmt: skip
    (tmp_path / "works.csv").write_text("\n".join(["path,artist", *names]), encoding="utf-8")
    given = {"metadata": tmp_path / "works.csv", "descriptors": ["color"]}
    stages = {row["stage"] for row in pipeline.costs(tmp_path / "in", **given)["stages"]}
    assert "train-vgae" in stages
    without = {row["stage"] for row in pipeline.costs(tmp_path / "in", **given, artist_edges=False)["stages"]}
    assert without == stages - {"train-vgae"}


def test_too_few_pictures(tmp_path):
    toy_pictures(tmp_path / "in", n=9)
    for path in sorted((tmp_path / "in").rglob("*.png"))[1:]:
        path.unlink()
    with pytest.raises(InputError, match="a plan needs two"):
        pipeline.costs(tmp_path / "in", descriptors=["color"])


def test_a_run_needs_a_corpus_to_make(tmp_path):
    result = CliRunner().invoke(main, ["run", str(tmp_path)])
    assert result.exit_code == 2
    assert "--output" in result.output
