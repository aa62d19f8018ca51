"""Work runs in this process or on Ray, and makes the same bytes."""

import os
import signal
import sys
from pathlib import Path

import pytest

from artgraph import pipeline
from artgraph.engine import InProcess, opened
from artgraph.errors import EngineError, IngestError, InputError, MissingPackageError
from artgraph.graph import knn
from artgraph.testing import toy_pictures


class Writing:
    """Writes a file for each task, and notes each attempt; a task called 'dies' kills its process, so many times."""

    def __init__(self, folder, *, deaths=0):
        self.folder, self.deaths = folder, deaths

    def __call__(self, tasks):
        for task in tasks:
            attempts = self.folder / f"{task}.attempts"
            with open(attempts, "a") as file:
                file.write(f"{os.getpid()}\n")
            if task == "dies" and len(attempts.read_text().splitlines()) <= self.deaths:
                os.kill(os.getpid(), signal.SIGKILL)
            if task == "refuses":
                raise IngestError("This picture is gone.")
            (self.folder / task).write_text(task)
            yield 2

    def attempts(self, task):
        return (self.folder / f"{task}.attempts").read_text().splitlines()


TASKS = [f"task{k}" for k in range(9)]


def test_the_default_is_this_process(tmp_path):
    counts = []
    with opened() as engine:
        engine.run(Writing(tmp_path), TASKS, progress=counts.append)
    assert counts == [2] * 9
    assert all((tmp_path / task).read_text() == task for task in TASKS)
    assert {pid for task in TASKS for pid in Writing(tmp_path).attempts(task)} == {str(os.getpid())}


def test_what_cannot_be_had_is_said(monkeypatch):
    with pytest.raises(InputError, match="Did you mean 'ray'"), opened("rya"):
        pass
    with pytest.raises(InputError, match="of no use without --engine ray"), opened("process", "10.0.0.1:6379"):
        pass
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'artgraph\[ray\]'"), opened("ray"):
        pass


def test_a_stage_takes_any_engine(tmp_path):
    """An engine that hands tasks out one by one and in disorder, each to a copy of the work, as machines would."""
    import pickle

    class Elsewhere(InProcess):
        threads = 1
        tasks = ()

        def run(self, work, tasks, *, device="cpu", progress=None):
            for task in reversed(tasks):
                self.tasks += (task,)
                super().run(pickle.loads(pickle.dumps(work)), pickle.loads(pickle.dumps([task])), progress=progress)

    metadata = toy_pictures(tmp_path / "in", n=23)
    corpora = []
    for engine in ("process", elsewhere := Elsewhere()):
        made = pipeline.ingest(tmp_path / "in", tmp_path / f"corpus{len(corpora)}", metadata=metadata, engine=engine)
        pipeline.describe(made, descriptors=("color", "texture", "lite"), engine=engine)
        corpora.append(made.path)
    assert elsewhere.tasks
    assert contents(corpora[0]) == contents(corpora[1])


def contents(corpus):
    """Return the bytes of every file of a corpus but the journal, which holds times."""
    files = [
        file for file in sorted(corpus.rglob("*")) if file.is_file() and file.name not in ("journal.jsonl", ".lock")
    ]
    return {file.relative_to(corpus).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def ray():
    """A Ray cluster of three workers on the loopback."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'artgraph[ray]'")
    ray.init(address="local", num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="error")
    yield ray
    ray.shutdown()


@pytest.mark.slow
def test_ray_makes_the_same_bytes(ray, tmp_path, monkeypatch):
    monkeypatch.setattr("artgraph.descriptors.extraction.SHARD", 32)
    monkeypatch.setattr("artgraph.descriptors.extraction.SAMPLE", 64)
    monkeypatch.setattr("artgraph.stages.inspecting.SHARD", 32)
    monkeypatch.setitem(knn.__globals__, "EXACT_UP_TO", 100)
    metadata = toy_pictures(tmp_path / "in", n=150)
    seen = []
    for name in ("process", "ray"):
        watch = (lambda stage, done, total: seen.append((stage, done, total))) if name == "ray" else None
        common = {"engine": name, "progress": watch}
        made = pipeline.ingest(tmp_path / "in", tmp_path / name, metadata=metadata, **common)
        pipeline.describe(made, descriptors=("color", "texture"), **common)
        pipeline.build_graph(made, on=("color", "texture"), **common)
    assert any(stage == "search" for stage, _, _ in seen)
    assert contents(tmp_path / "process") == contents(tmp_path / "ray")
    for stage in ("ingest", "describe"):
        assert [one for one in seen if one[0] == stage][-1] == (stage, 150, 150)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_that_dies_costs_one_task(ray, tmp_path):
    work, counts = Writing(tmp_path, deaths=2), []
    with opened("ray") as engine:
        engine.run(work, [*TASKS, "dies"], progress=counts.append)
    assert sum(counts) == 20
    assert len(work.attempts("dies")) == 3
    assert all(len(work.attempts(task)) == 1 for task in TASKS)
    assert str(os.getpid()) not in {pid for task in TASKS for pid in work.attempts(task)}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_task_that_kills_every_worker_is_an_error(ray, tmp_path, monkeypatch):
    monkeypatch.setattr("artgraph.engine.on_ray.RETRIES", 1)
    with opened("ray") as engine, pytest.raises(EngineError, match="died 2 times on one task"):
        engine.run(Writing(tmp_path, deaths=9), ["dies"])


@pytest.mark.slow
def test_an_error_in_a_worker_is_said_as_it_would_be_here(ray, tmp_path):
    with opened("ray") as engine, pytest.raises(IngestError, match=r"^This picture is gone\.$"):
        engine.run(Writing(tmp_path), ["refuses", *TASKS])


@pytest.mark.slow
def test_ray_listens_on_this_machine_alone(ray):
    listening = {}
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                listening[fields[9]] = fields[1].split(":")[0]
    ours = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"ray" in (process / "cmdline").read_bytes() and process.stat().st_uid == os.getuid():
                ours |= {os.readlink(link) for link in (process / "fd").iterdir()}
        except OSError:
            continue
    open_to = {listening[inode] for inode in listening if f"socket:[{inode}]" in ours}
    assert open_to <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


@pytest.mark.slow
def test_there_is_no_cluster_at_that_address(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'artgraph[ray]'")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)

    def refused(**options):
        raise ConnectionError("nobody there")

    monkeypatch.setattr(ray, "init", refused)
    with (
        pytest.raises(EngineError, match=r"No Ray cluster at 127\.0\.0\.1:1: nobody there"),
        opened("ray", "127.0.0.1:1"),
    ):
        pass
