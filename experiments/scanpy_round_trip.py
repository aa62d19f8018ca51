"""Is anything lost between scanpy and artgraph? ``python -m experiments.scanpy_round_trip --peer-python PYTHON --json``

scanpy clusters vectors and writes an h5ad; ``artgraph import --all`` takes it into a corpus, where the clusters are
evaluated, interpreted and drawn; ``artgraph export --to anndata`` writes it again, and scanpy compares the two files.
Then the other way: what artgraph found goes to scanpy, which runs Leiden, UMAP, PAGA and diffusion maps on it, and
into another corpus. The interpreter of ``--peer-python`` has scanpy; 1.11 needs pynndescent below 0.6.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from artgraph import pipeline
from artgraph.testing import toy_features
from experiments.common import experiment, parser


def main():
    """Read the options and run."""
    arguments = parser(__doc__)
    arguments.add_argument("--peer-python", type=Path, required=True, help="interpreter with scanpy")
    arguments.add_argument("--n", type=int, default=600)
    arguments = arguments.parse_args()
    experiment("scanpy_round_trip", arguments, lambda: measure(arguments))


def measure(arguments):
    """Go both ways, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)

        def peer(step, given, out):
            words = [arguments.peer_python, Path(__file__).with_name("peer_scanpy.py"), step, home / given, home / out]
            done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
            return json.loads(done.stdout.splitlines()[-1])

        X, groups = toy_features(arguments.n, n_groups=8, d=64, spread=0.25)
        np.save(home / "X.npy", X)
        table = pd.DataFrame({"id": [f"w{row:05d}" for row in range(len(X))], "style": [f"group {g}" for g in groups]})
        table.to_csv(home / "table.csv", index=False)

        made = peer("make", "X.npy", "scanpy.h5ad")
        corpus = pipeline.ingest(None, home / "corpus", metadata=home / "table.csv")
        pipeline.import_vectors(corpus, home / "scanpy.h5ad", name="scanpy", everything=True)
        judged = pipeline.evaluate(corpus, partition="scanpy").facts["scores"]["ami"]
        explained = pipeline.interpret(corpus, partition="scanpy").facts["summary"]
        pipeline.atlas(corpus, partition="scanpy")
        pipeline.export(corpus, to="anndata", partition="scanpy", out=home / "back.h5ad")
        there = peer("compare", "scanpy.h5ad", "back.h5ad")

        pipeline.build_graph(corpus, on=("scanpy",))
        pipeline.communities(corpus)
        pipeline.export(corpus, to="anndata", out=home / "ours.h5ad")
        ran = peer("run", "ours.h5ad", "ours-run.h5ad")
        other = pipeline.ingest(None, home / "other", metadata=home / "table.csv")
        pipeline.import_vectors(other, home / "ours-run.h5ad", name="ours", everything=True)
        pipeline.export(other, to="anndata", partition="ours", out=home / "ours-back.h5ad")
        here = peer("compare", "ours-run.h5ad", "ours-back.h5ad")
    found = {"made by scanpy": made, "AMI with the groups, here": round(judged, 4), "interpreted here": explained}
    return found | {"scanpy, artgraph, scanpy": there, "scanpy runs on ours": ran, "artgraph, scanpy, artgraph": here}


if __name__ == "__main__":
    main()
