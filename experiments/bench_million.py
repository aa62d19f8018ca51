"""What does a million works cost on one machine? ``python -m experiments.bench_million --json [--sizes 1000,...]``

A corpus without pictures (``ingest --no-pictures``) of works by artists as unequal as in museums, with a vector each,
``import``; then neighbours and weights, Leiden, map, interpretation, CSV and GEXF, all by the stages of the package.
Every stage is a process of its own: its seconds by the clock and of the processors, without the start of Python, and
its peak memory. ``slope`` is that of the seconds of the processors over the numbers of works, on logarithmic axes, and
``last`` that between the two largest; below 1 where what does not grow (loading libraries) weighs most.

The vectors, 256 numbers, are those of features of pictures in what matters to a search: they have about 24 dimensions
of unequal spread and some noise in all. Groups (0.4 √n, 400 of a million) are unequal in size and spread, and overlap.
Artists (n / 50, 20,000 of a million) have works in inverse proportion to their rank, each in a few groups; one in ten
works has no date. Kept in the result file as soon as a size is done.

``--pictures 3000,300000`` measures that alone: so many generated pictures of 64 pixels through ingest and describe
(``color``), pictures a second.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.common import experiment, parser

SIZES = (1_000, 10_000, 100_000, 1_000_000)
D, LATENT = 256, 24
STAGES = ("draw", "ingest", "import", "graph", "communities", "layout", "interpret", "csv", "gexf", "pieces")
TOGETHER = {
    "graph and Leiden": ("graph", "communities"),
    "all": STAGES[1:-2],  # GEXF is for what Gephi can open, pieces for what does not fit into memory
}


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--sizes", type=lambda text: [int(float(n)) for n in text.split(",")], default=list(SIZES))
    arguments.add_argument("--work", type=Path, help="folder to build in, and to keep; default: a temporary one")
    arguments.add_argument("--recall", action="store_true", help="also what a recall of 0.99 and 0.995 costs")
    arguments.add_argument("--pictures", type=lambda text: [int(float(n)) for n in text.split(",")], default=[])
    arguments.add_argument("--stage", help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.stage:
        print(json.dumps(stage(arguments.stage, arguments.work, arguments.sizes[0])))
        return
    file = arguments.results / "bench_million.json"
    for n in arguments.pictures:
        before = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
        rows = before.get("pictures", {})
        experiment(
            "bench_million",
            arguments,
            lambda n=n, b=before, rows=rows: b | {"pictures": rows | {str(n): looked_at(n, arguments)}},
        )
    if arguments.pictures:
        return
    for n in arguments.sizes:
        before = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
        experiment("bench_million", arguments, lambda n=n, before=before: joined(before, apart(n, arguments)))


def joined(before, row):
    """Return all figures: those kept, with the ones of another size, and the slopes over all sizes."""
    sizes = {one["n"]: one for one in before.get("sizes", [])} | {row["n"]: row}
    sizes = [sizes[n] for n in sorted(sizes)]
    kept = {"pictures": before["pictures"]} if "pictures" in before else {}
    return kept | {"sizes": sizes, "slopes": {name: slopes(sizes, name) for name in (*STAGES[1:], *TOGETHER)}}


def slopes(sizes, name):
    """Return the slope over all sizes, and between the last two (dict)."""
    sizes = [one for one in sizes if name in one["stages"]]
    n = np.log([one["n"] for one in sizes])
    spent = np.log([max(one["stages"][name]["cpu_seconds"], 1e-3) for one in sizes])
    if len(n) < 2:
        return {}
    rounded = {"slope": np.polyfit(n, spent, 1)[0], "last": (spent[-1] - spent[-2]) / (n[-1] - n[-2])}
    return {key: round(float(value), 3) for key, value in rounded.items()}


def apart(n, arguments):
    """Make every stage of one size in a process of its own; return its figures (dict)."""
    with tempfile.TemporaryDirectory() as folder:
        work = (arguments.work or Path(folder)) / str(n)
        work.mkdir(parents=True, exist_ok=True)
        rows = {}
        for name in STAGES:
            command = [sys.executable, "-m", "experiments.bench_million", "--stage", name]
            done = subprocess.run(
                [*command, "--work", str(work), "--sizes", str(n)], stdout=subprocess.PIPE, check=True, text=True
            )
            rows[name] = json.loads(done.stdout.splitlines()[-1])
            print(n, name, rows[name], flush=True)  # to stderr, as all that is no result
    for name, parts in TOGETHER.items():
        rows[name] = {key: round(sum(rows[part][key] for part in parts), 1) for key in ("seconds", "cpu_seconds")}
        rows[name]["peak_gib"] = max(rows[part]["peak_gib"] for part in parts)
    return {"n": n, "stages": rows}


def looked_at(n, arguments):
    """Return pictures a second, of ingest and of describe, and what they took (dict)."""
    from artgraph import pipeline
    from experiments.bench_engine import pictures

    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        folder = Path(folder)
        pictures(folder / "pictures", n)
        row = {}
        for name in ("ingest", "describe"):
            clock, processors = time.perf_counter(), time.process_time()
            if name == "ingest":
                corpus = pipeline.ingest(folder / "pictures", folder / "corpus")
            else:
                pipeline.describe(corpus, descriptors=("color",))
            seconds = time.perf_counter() - clock
            spent = {"seconds": round(seconds, 1), "cpu_seconds": round(time.process_time() - processors, 1)}
            row[name] = spent | {"per_second": round(n / seconds)}
            print(n, name, row[name], flush=True)
    return row | {"peak_gib": round(peak() / 2**30, 2)}


def draw(work, n, *, seed=0):
    """Write the table and the vectors of n works, in the order of their ids, unless they are there."""
    if (work / "works.csv").is_file():
        return
    rng = np.random.default_rng(seed)
    n_groups, n_artists = max(8, round(0.4 * n**0.5)), max(20, n // 50)
    share = np.arange(1, n_groups + 1) ** -0.7
    artist_share = 1 / np.arange(1, n_artists + 1)
    artist = rng.choice(n_artists, n, p=artist_share / artist_share.sum())
    home = rng.choice(n_groups, (n_artists, 3), p=share / share.sum())  # the groups that an artist works in
    usual, other = home[artist, rng.integers(3, size=n)], rng.choice(n_groups, n, p=share / share.sum())
    group = np.where(rng.random(n) < 0.8, usual, other)
    year = 1400 + rng.integers(500, size=n_artists)[artist] + rng.integers(40, size=n)
    table = {
        "id": [f"{i:07d}" for i in range(n)],
        "artist": [f"Artist {a:05d}" for a in artist],
        "title": [f"A Painting of Some Length, Number {i}" for i in range(n)],
        "date": [str(y) if known else "" for y, known in zip(year, rng.random(n) < 0.9, strict=True)],
        "style": [f"group {g}" for g in group],
        "medium": rng.choice(["oil on canvas", "tempera on panel", "watercolour", "fresco"], n),
    }
    np.save(work / "X.npy", vectors(group, n_groups, rng=rng))
    pd.DataFrame(table).to_csv(work / "works.csv", index=False)


def vectors(group, n_groups, *, rng):
    """Draw a vector for each work of a group, (n, 256) float32."""
    scale = np.arange(1, LATENT + 1) ** -0.5
    centres = rng.standard_normal((n_groups, LATENT)) * scale
    spread = rng.uniform(0.7, 1.3, (n_groups, LATENT)) * scale
    basis = np.linalg.qr(rng.standard_normal((D, LATENT)))[0].T
    X = np.empty((len(group), D), dtype=np.float32)
    for start in range(0, len(group), 65_536):
        g = group[start : start + 65_536]
        place = centres[g] + spread[g] * rng.standard_normal((len(g), LATENT))
        X[start : start + 65_536] = place @ basis + 0.03 * rng.standard_normal((len(g), D))
    return X


def stage(name, work, n):
    """Make one stage; return seconds, processor seconds, peak memory and some facts (dict)."""
    from artgraph import Corpus, pipeline

    corpus = None if name in ("draw", "ingest") else Corpus(work / "corpus")
    ways = {
        "draw": lambda: draw(work, n),
        "ingest": lambda: pipeline.ingest(None, work / "corpus", metadata=work / "works.csv", max_refused=0),
        "import": lambda: pipeline.import_vectors(corpus, work / "X.npy", name="vectors"),
        "graph": lambda: pipeline.build_graph(corpus, on=("vectors",)),
        "communities": lambda: pipeline.communities(corpus),
        "pieces": lambda: pipeline.communities(corpus, name="pieces", pieces=16),
        "layout": lambda: pipeline.layout(corpus),
        "interpret": lambda: pipeline.interpret(corpus),
        "csv": lambda: pipeline.export(corpus, to="csv"),
        "gexf": lambda: pipeline.export(corpus, to="gexf"),
    }
    clock, processors = time.perf_counter(), time.process_time()
    made = ways[name]()
    row = {
        "seconds": round(time.perf_counter() - clock, 2),
        "cpu_seconds": round(time.process_time() - processors, 2),
        "peak_gib": round(peak() / 2**30, 2),
    }
    facts = getattr(made, "facts", {})
    told = ("recall", "edges", "components", "n_clusters", "modularity")
    return row | {key: facts[key] for key in told if key in facts}


def peak():
    """Return the peak memory of this process, in bytes."""
    if sys.platform == "linux":  # where getrusage also counts the program that started this one
        with open("/proc/self/status") as file:
            return 1024 * int(next(line for line in file if line.startswith("VmHWM")).split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
