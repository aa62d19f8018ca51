"""What does ``StyleClusters`` cost beside the stages? ``python -m experiments.bench_estimator --json [--quick]``

The same vectors, 50,000 of 128 numbers, are clustered by the estimator, and by ``import``, ``build-graph`` and
``communities`` in a corpus, in turn, in one process. Compared are processor seconds, all threads together; labels,
memberships and graph must be the same bytes.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from artgraph import Corpus, StyleClusters, pipeline
from experiments.bench_graph import mixture, timed
from experiments.common import experiment, parser


def main():
    """Read the options and run."""
    arguments = parser(__doc__)
    arguments.add_argument("--n", type=int, default=50_000)
    arguments.add_argument("--pairs", type=int, default=2, help="how often each is run")
    arguments.add_argument("--quick", action="store_true", help="a small size, to see that it runs")
    arguments = arguments.parse_args()
    if arguments.quick:
        arguments.n = 3_000
    experiment("bench_estimator", arguments, lambda: measure(arguments))


def measure(arguments):
    """Time both in turn, and compare what they find."""
    X = mixture(arguments.n)
    StyleClusters().fit(X[:2000])  # what is loaded and compiled at the first call
    rows, same = {"estimator": [], "stages": []}, []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        table = pd.DataFrame({"id": [f"{row:07d}" for row in range(len(X))]})
        table.to_csv(home / "table.csv", index=False)
        pd.DataFrame({"id": table["id"], "vector": list(X)}).to_parquet(home / "vectors.parquet")
        for turn in range(arguments.pairs):
            found = {}
            pipeline.ingest(None, home / "corpus", metadata=home / "table.csv")  # reading a table is no clustering
            ways = {"estimator": lambda: estimated(X), "stages": lambda: staged(home)}
            for way in list(ways)[:: 1 if turn % 2 == 0 else -1]:
                found[way], spent = timed(ways[way])
                rows[way].append(spent)
                print(way, spent, flush=True)  # to stderr
            same.append(all(a == b for a, b in zip(*found.values(), strict=True)))
            shutil.rmtree(home / "corpus")
    best = {way: min(one["cpu_seconds"] for one in spent) for way, spent in rows.items()}
    ratio = round(best["estimator"] / best["stages"], 3)
    return {"n": len(X), "d": X.shape[1], "rows": rows, "least": best, "ratio": ratio, "same_bytes": all(same)}


def estimated(X):
    """Return what the estimator finds, as bytes."""
    made = StyleClusters().fit(X)
    return in_bytes(made.labels_, made.probabilities_, made.adjacency_)


def staged(home):
    """Return what the stages find in a corpus that is there, as bytes."""
    corpus = Corpus(home / "corpus")
    pipeline.import_vectors(corpus, home / "vectors.parquet")
    pipeline.find_clusters(corpus, on=("imported",), names=False)
    soft = corpus.get("partitions", "leiden", "membership")["membership"]
    return in_bytes(corpus.get("partitions", "leiden"), soft, corpus.get("graphs", "style"))


def in_bytes(labels, membership, adjacency):
    """Return arrays as bytes, to be compared."""
    parts = (labels, membership, adjacency.data, adjacency.indices, adjacency.indptr)
    return [np.ascontiguousarray(part).tobytes() for part in parts]


if __name__ == "__main__":
    main()
