"""Does the demo find the manners, and not the scenes? ``python -m experiments.demo --json``

Runs ``artgraph demo`` as a person would, in a process of its own, and judges the clusters. The number of clusters is
not told. Several seeds paint several exhibitions.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sklearn.metrics import adjusted_mutual_info_score

from artgraph import Corpus
from experiments.common import experiment, parser, spread


def one(seed, folder):
    """Return the figures (dict) of one exhibition."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "artgraph", "demo", "-o", folder, "--seed", str(seed)], check=True, stdout=sys.stderr
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
            runs = [one(seed, str(Path(folder) / str(seed))) for seed in range(arguments.seeds)]
        summary = {key: runs[0][key] for key in ("paintings", "manners")}
        summary["seconds"] = spread([run["seconds"] for run in runs])
        for partition in ("leiden", "vgae-leiden"):
            names = runs[0][partition]
            summary[partition] = {name: spread([run[partition][name] for run in runs]) for name in names}
        return summary

    experiment("demo", arguments, measure)


if __name__ == "__main__":
    main()
