"""How far does the plain walk come on real paintings?

``python -m experiments.first_walk --paintings DIR --weights FILE --json``

Runs ``artgraph run`` with Gram matrices of resnet18 and as many clusters as the collection has styles, and reports what
``artgraph evaluate`` says of the two partitions; then Leiden with other seeds.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score

from artgraph import Corpus, pipeline
from experiments.common import data_sha256, experiment, parser, spread


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True, help="a folder with metadata.csv in it")
    arguments.add_argument("--weights", type=Path, required=True, help="resnet18, safetensors, timm's names")
    arguments.add_argument("--work", type=Path, help="corpus to use or make; default: a temporary one")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments = arguments.parse_args()

    def measure():
        with tempfile.TemporaryDirectory() as folder:
            return walk(arguments, str(arguments.work or Path(folder) / "corpus"))

    experiment("first_walk", arguments, measure)


def walk(arguments, folder):
    """Return the figures (dict) of one run and of Leiden with several seeds."""
    metadata = arguments.paintings / "metadata.csv"
    styles = int(pd.read_csv(metadata)["style"].nunique())
    command = ["run", arguments.paintings, "--metadata", metadata, "--with", "gram", "--backbone", "resnet18"]
    command += ["--weights", arguments.weights, "--n-clusters", styles, "-o", folder]
    command += ["--no-artist-edges", "--lead", "vgae-leiden"]  # both partitions, and no names
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "artgraph", *map(str, command)], check=True, stdout=sys.stderr)
    seconds = time.perf_counter() - started
    corpus = Corpus(folder)
    figures = {"seconds": round(seconds, 1), "paintings": len(corpus), "data_sha256": data_sha256(arguments.paintings)}
    for partition in ("leiden", "vgae-leiden"):
        report = corpus.label("reports", partition)["facts"]
        ami = []
        for seed in range(arguments.seeds):
            graph = "style" if partition == "leiden" else "vgae"
            made = pipeline.communities(corpus, graph=graph, name=f"seed{seed}", n_clusters=styles, seed=seed)
            ami.append(adjusted_mutual_info_score(corpus.paintings["style"], corpus.get("partitions", made.key)))
        figures[partition] = {
            "clusters": report["scores"]["n_clusters"],
            "ami": spread(ami),
            "ami_interval_over_artists": [report["interval"]["ami"]["low"], report["interval"]["ami"]["high"]],
            "ari": round(report["scores"]["ari"], 4),
            "retrieval": {
                f"{question}: {name}": round(answer["figures"][name]["value"], 4)
                for question, answer in report["retrieval"].items()
                for name in ("P@1", "P@15")
            },
        }
    return figures


if __name__ == "__main__":
    main()
