"""Does it matter who does the work, and what does Ray cost? ``python -m experiments.bench_engine --json``

1. The pictures of the demo through ingest and describe (a) in one process, (b) in four shares on four copies of the
   corpus, merged, (c) by three workers of Ray, of which one is killed (SIGKILL) twice while it works, (d) on a cluster
   of two nodes on this machine, the second of which joins during the run, with shards in an object store (moto) on the
   loopback. The files of the corpora are compared, byte for byte; the journal, which holds times, is left out.
2. Neighbours of 20,000 vectors, searched cell by cell in one process and by two workers of Ray: the graph's bytes, and
   the recall against an exact search.
3. Small generated pictures through ingest and describe in one process and by as many workers of Ray as there are cores:
   wall seconds, and processor seconds of all processes that took part, those of Ray's own among them, from a Ray that
   is not running yet to the end of the work.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from experiments.bench_million import draw
from experiments.common import experiment, parser

DESCRIPTORS = ("eye", "lite", "texture")  # of the demo; the last two learn a reduction
SHARES, VECTORS = 4, 20_000
MARK = "ARTGRAPH_BENCH"  # in the environment of every process that takes part


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--n", type=int, default=8000, help="generated pictures")
    arguments.add_argument("--descriptors", default="color", help="of the generated pictures, with commas")
    arguments.add_argument("--repeats", type=int, default=1)
    arguments.add_argument("--do", choices=sorted(WAYS), help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.do:
        print(json.dumps(done(arguments)))
        return
    experiment("bench_engine", arguments, lambda: measure(arguments))


def measure(arguments):
    """Return the hashes of the demo's corpora, and what the engines cost (dict)."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shipped = files("artgraph") / "demo"
        shutil.copytree(shipped / "images", folder / "demo" / "images")
        shutil.copy(shipped / "metadata.csv", folder / "demo")
        demo = {way: apart(way, folder / "demo", ",".join(DESCRIPTORS)) for way in DEMO}
        same = len({run["sha256"] for run in demo.values()}) == 1
        (folder / "vectors").mkdir()
        draw(folder / "vectors", VECTORS)
        searches = {way: apart(way, folder / "vectors", "vectors") for way in SEARCHES}
        pictures(folder / "generated" / "images", arguments.n)
        runs = {"process": [], "cores": []}
        for _ in range(arguments.repeats):
            for way in runs:
                runs[way].append(apart(way, folder / "generated", arguments.descriptors))
    costs = {name: [run[name] for way in runs.values() for run in way] for name in ("seconds", "processor_seconds")}
    half = arguments.repeats
    overhead = {name: round(sum(both[half:]) / sum(both[:half]) - 1, 3) for name, both in costs.items()}
    generated = {"n": arguments.n, "runs": runs, "overhead_of_ray": overhead}
    generated["same_bytes"] = len({run["sha256"] for way in runs.values() for run in way}) == 1
    found = {"same_bytes": len({run["sha256"] for run in searches.values()}) == 1, **searches}
    return {"demo": {"same_bytes": same, **demo}, "search": found, "generated": generated}


def apart(way, folder, descriptors):
    """Return what one way of doing it gave in a process of its own (dict)."""
    command = [sys.executable, "-m", "experiments.bench_engine", "--do", way, "--folder", str(folder)]
    environment = os.environ | {MARK: f"{way}-{time.time_ns()}", "RAY_USAGE_STATS_ENABLED": "0"}
    environment |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # on the loopback
    shown = subprocess.check_output([*command, "--descriptors", descriptors], text=True, env=environment)
    run = json.loads(shown.splitlines()[-1])
    print(way, run, file=sys.stderr)
    return run


def done(arguments):
    """Do it one way, and return the hash of the corpus and what it cost (dict)."""
    started, found = time.perf_counter(), {}
    with tempfile.TemporaryDirectory() as work, watched(found):
        corpus = Path(work) / "corpus"
        found |= WAYS[arguments.do](arguments.folder, corpus, arguments.descriptors.split(",")) or {}
        found["seconds"] = round(time.perf_counter() - started, 1)
        found["sha256"] = contents(corpus)
    return found


def walk(pictures, out, descriptors, **engine):
    """Take pictures in and describe them, by some engine."""
    from artgraph import pipeline

    corpus = pipeline.ingest(pictures, out, metadata=table_of(pictures), **engine)
    pipeline.describe(corpus, descriptors=descriptors, **engine)


def table_of(pictures):
    """Return the spreadsheet of a folder of pictures (Path), None where there is none."""
    return pictures / "metadata.csv" if (pictures / "metadata.csv").is_file() else None


def shares(pictures, out, descriptors):
    """Describe a share in each of some copies of the corpus, and merge them."""
    from artgraph import Corpus, pipeline

    corpus = pipeline.ingest(pictures, out, metadata=table_of(pictures))
    copies = [Corpus(shutil.copytree(out, out.parent / f"copy{number}")) for number in range(1, SHARES + 1)]
    made = [
        pipeline.describe_share(copy, f"{number}/{SHARES}", descriptors=descriptors)
        for number, copy in enumerate(copies, 1)
    ]
    pipeline.merge(corpus, [copy.path for copy in copies])
    return {"pictures_of_each_share": [one[0].n for one in made]}


def cores(pictures, out, descriptors):
    """Start Ray with as many workers as there are cores."""
    walk(pictures, out, descriptors, engine="ray")


def killed(pictures, out, descriptors):
    """Start Ray with three workers, and kill one of them twice while it works."""
    import ray

    kills = []

    def kill():
        while len(kills) < 2:
            at_work = [pid for pid in workers() if pid not in kills]
            if at_work:
                time.sleep(1)
                os.kill(min(at_work), signal.SIGKILL)
                kills.append(min(at_work))
            time.sleep(0.05)

    ray.init(address="local", num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="error")
    threading.Thread(target=kill, daemon=True).start()
    walk(pictures, out, descriptors, engine="ray")
    ray.shutdown()
    return {"workers": 3, "killed": len(kills)}


def nodes(pictures, out, descriptors):
    """Start a cluster of one node, and a second when the first is at work; shards go to an object store."""
    from ray.cluster_utils import Cluster

    from tests.storing import object_store

    with object_store() as storage:
        about = {"num_cpus": 1, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=about)
        raylets, where = set(), {"ray_address": cluster.address, "storage": storage}
        with ThreadPoolExecutor(1) as aside:  # Ray starts nodes from the main thread alone
            working = aside.submit(walk, pictures, out, descriptors, engine="ray", **where)
            while not workers() and not working.done():
                time.sleep(0.05)
            cluster.add_node(num_cpus=1)
            while not working.done():
                raylets.update(parent(pid) for pid in workers())
                time.sleep(0.05)
            working.result()
        cluster.shutdown()
    return {"nodes_that_worked": len(raylets - {0})}


def search(vectors, out, _, **engine):
    """Search the neighbours of vectors cell by cell, by some engine."""
    from artgraph import pipeline
    from artgraph.graph import knn
    from artgraph.stages.base import features_of
    from experiments.bench_graph import K, recall

    corpus = pipeline.ingest(None, out, metadata=vectors / "works.csv", max_refused=0)
    pipeline.import_vectors(corpus, vectors / "X.npy", name="vectors")
    made = pipeline.build_graph(corpus, on=("vectors",), n_neighbors=K, **engine)
    X = features_of(corpus, ("vectors",))
    lists = corpus.get("graphs", "style", "knn")["indices"]
    exact = knn(X, n_neighbors=K, exact=True).indices
    all_of_them = (exact[:, :, None] == lists[:, None, :]).any(axis=2).mean()
    facts = {"recall_of_all": round(float(all_of_them), 4), "recall_of_500": recall(X, lists)}
    return {"n": len(X), "recall_said": made.facts["recall"], **facts}


def search_on_ray(vectors, out, descriptors):
    """Search them by two workers of Ray."""
    return search(vectors, out, descriptors, engine="ray")


SEARCHES = {"search": search, "search on ray": search_on_ray}
DEMO = {"process": walk, "shares": shares, "killed": killed, "nodes": nodes}
WAYS = DEMO | {"cores": cores} | SEARCHES


def processes():
    """Return the ids of the processes that take part: those with our mark in their environment."""
    mark, found = f"{MARK}={os.environ[MARK]}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def workers():
    """Return the ids of the workers of Ray that are at work now."""
    return [pid for pid in processes() if b"ray::_do" in read(pid, "cmdline")]


def parent(pid):
    """Return the id of a process's parent, 0 where it is gone."""
    fields = read(pid, "stat").rsplit(b")", 1)[-1].split()
    return int(fields[1]) if fields else 0


def read(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


@contextmanager
def watched(found):
    """Add up the processor seconds of all processes that take part, looking every half second."""
    spent, end = {}, threading.Event()

    def look():
        for pid in processes():
            fields = read(pid, "stat").rsplit(b")", 1)[-1].split()
            if fields:
                spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def watch():
        while not end.wait(0.5):
            look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
    look()
    found["processor_seconds"] = round(sum(spent.values()), 1)


def contents(corpus):
    """Return a hash of the names and bytes of all files of a corpus; the journal and the lock are left out."""
    digest = hashlib.sha256()
    for file in sorted(corpus.rglob("*")):
        if file.is_file() and file.name not in ("journal.jsonl", ".lock"):
            digest.update(f"{file.relative_to(corpus).as_posix()} {file.stat().st_size}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def pictures(folder, n):
    """Write n pictures of 64 pixels, four by four colours, smoothed."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(n):
        colours = Image.fromarray(rng.integers(0, 255, (4, 4, 3), dtype=np.uint8))
        colours.resize((64, 64), Image.Resampling.BICUBIC).save(folder / f"{number:06d}.jpg", quality=90)


if __name__ == "__main__":
    main()
