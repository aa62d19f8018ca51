"""Beside scanpy, from vectors to clusters: ``python -m experiments.bench_scanpy --peer-python PYTHON --json``

On the vectors of ``bench_million``, at each size in one run, every program in a process of its own: 15 neighbours,
weights, Leiden. artgraph with its default recall and with the one asked for that scanpy reaches; scanpy as it is first
called and again (its search is compiled as it is first called), with Leiden's two passes, as its documentation advises,
and to convergence, as artgraph does by default. ``recall`` is measured against an exact search of 500 works.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from experiments.bench_million import draw, peak
from experiments.common import experiment, parser

SIZES = (50_000, 200_000)
K = 15


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--peer-python", type=Path, help="interpreter that has scanpy")
    arguments.add_argument("--sizes", type=lambda text: [int(float(n)) for n in text.split(",")], default=list(SIZES))
    arguments.add_argument("--repeats", type=int, default=3, help="runs of each, in turn; the quickest counts")
    arguments.add_argument("--own", nargs=2, help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.own:
        print(json.dumps(own(Path(arguments.own[0]), float(arguments.own[1]))))
        return
    if arguments.peer_python is None:
        raise SystemExit("--peer-python PYTHON: an interpreter of an environment with scanpy and pynndescent < 0.6")
    experiment("bench_scanpy", arguments, lambda: {str(n): beside(n, arguments) for n in arguments.sizes})


def beside(n, arguments):
    """Return the figures of all programs on n works, and how many times faster artgraph is (dict)."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        draw(folder, n)
        X = np.load(folder / "X.npy")

        def scanpy():
            peer = Path(__file__).with_name("peer_scanpy.py")
            return said([arguments.peer_python, peer, "time", folder / "X.npy", folder / "scanpy.npy"], X, folder)

        def artgraph(wanted):
            return said([sys.executable, "-m", "experiments.bench_scanpy", "--own", folder, str(wanted)], X, folder)

        runs = {"scanpy": [], "artgraph, recall 0.95": [], "artgraph, recall of scanpy": []}
        for _ in range(arguments.repeats):
            runs["scanpy"].append(scanpy())
            runs["artgraph, recall 0.95"].append(artgraph(0.95))
            runs["artgraph, recall of scanpy"].append(artgraph(min(0.999, runs["scanpy"][0]["recall"])))
            print(n, {name: made[-1] for name, made in runs.items()}, flush=True)
    rows = {name: min(made, key=lambda row: row["cpu_seconds"]) for name, made in runs.items()}
    first = rows["scanpy"]["first called"]["cpu_seconds"]
    for name in list(rows)[1:]:
        rows[name]["times faster"] = round(rows["scanpy"]["cpu_seconds"] / rows[name]["cpu_seconds"], 2)
        rows[name]["times faster, scanpy first called"] = round(first / rows[name]["cpu_seconds"], 2)
        to_the_end = rows["scanpy"]["cpu_seconds_converged"]
        rows[name]["times faster, scanpy to convergence"] = round(to_the_end / rows[name]["cpu_seconds"], 2)
        rows[name]["share of its memory"] = round(rows[name]["peak_gib"] / rows["scanpy"]["peak_gib"], 2)
    return rows


def said(command, X, folder):
    """Run a program; return its figures, with the recall of the lists that it left (dict)."""
    from experiments.bench_graph import recall  # loads what the programs do not need

    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True, text=True)
    row = json.loads(done.stdout.splitlines()[-1])
    return row | {"recall": recall(X, np.load(folder / row.pop("lists")))}


def own(folder, wanted):
    """Make clusters of the vectors in a folder by artgraph; return its figures (dict)."""
    from artgraph.communities import leiden, modularity
    from artgraph.graph import edge_weights, knn

    X = np.load(folder / "X.npy")
    knn(X[:12_000], n_neighbors=K)  # what is loaded as it is first called
    parts, before = {}, (time.perf_counter(), time.process_time())

    def spent(name):
        nonlocal before
        now = time.perf_counter(), time.process_time()
        parts[name] = round(now[1] - before[1], 2)
        before = now

    start = before
    near = knn(X, n_neighbors=K, recall=wanted)
    spent("neighbours")
    adjacency = edge_weights(near)
    spent("weights")
    labels = leiden(adjacency)
    spent("leiden")
    seconds = {"seconds": round(before[0] - start[0], 2), "cpu_seconds": round(before[1] - start[1], 2)}
    seconds |= {"peak_gib": round(peak() / 2**30, 2), "parts": parts}
    np.save(folder / "artgraph.npy", near.indices)
    facts = {"clusters": int(labels.max()) + 1, "modularity": round(float(modularity(adjacency, labels)), 4)}
    return seconds | facts | {"lists": "artgraph.npy"}


if __name__ == "__main__":
    main()
