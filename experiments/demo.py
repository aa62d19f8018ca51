"""Does the demo find the manners, and not the scenes? ``python -m experiments.demo --json``

Runs ``artgraph demo`` as a person would, in a process of its own, and evaluates the clusters. The number of clusters is
not given. Seed 0 is the demo; further seeds are further exhibitions by the same painter, with ``artgraph run``.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sklearn.metrics import adjusted_mutual_info_score

from artgraph import Corpus
from data.painter import write_demo
from experiments.common import experiment, parser, spread


def one(seed, folder):
    """Return the figures (dict) of one exhibition."""
    command = ["demo"]
    if seed:
        metadata = write_demo(folder / "paintings", seed=seed, processes=2)
        command = ["run", metadata.parent, "--metadata", metadata]
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "artgraph", *command, "-o", folder, "--seed", str(seed)], check=True, stdout=sys.stderr
    )
    seconds = time.perf_counter() - started
    corpus = Corpus(folder)
    figures = {"seconds": round(seconds, 1), "paintings": len(corpus), "manners": corpus.paintings["style"].nunique()}
    for partition in corpus.keys("partitions"):
        labels = corpus.get("partitions", partition)
        figures[partition] = {
            "clusters": int(labels.max()) + 1,
            "ami_manner": adjusted_mutual_info_score(corpus.paintings["style"], labels),
            "ami_scene": adjusted_mutual_info_score(corpus.paintings["scene"], labels),
            "ami_artist": adjusted_mutual_info_score(corpus.paintings["artist"], labels),
        }
    return figures


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--seeds", type=int, default=3)
    arguments = arguments.parse_args()

    def measure():
        with tempfile.TemporaryDirectory() as folder:
            runs = [one(seed, Path(folder) / str(seed)) for seed in range(arguments.seeds)]
        summary = {key: runs[0][key] for key in ("paintings", "manners")}
        summary["seconds"] = spread([run["seconds"] for run in runs])
        for partition in ("leiden", "vgae-leiden"):
            names = runs[0][partition]
            summary[partition] = {name: spread([run[partition][name] for run in runs]) for name in names}
        return summary

    experiment("demo", arguments, measure)


if __name__ == "__main__":
    main()
