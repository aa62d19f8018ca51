"""The peers of ``bench_graph``, run by an interpreter that has them: ``python peer_neighbors.py FOLDER K``.

Reads FOLDER/X.npy, prints one JSON list: what, seconds, cpu_seconds, and the file of the neighbour lists.
"""

import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def main(folder, k):
    X, rows = np.load(f"{folder}/X.npy"), []

    def timed(what, work):
        clock, processors = time.perf_counter(), time.process_time()
        result = work()
        rows.append({"what": what, "seconds": round(time.perf_counter() - clock, 3)})
        rows[-1]["cpu_seconds"] = round(time.process_time() - processors, 3)
        return result

    try:
        import anndata
        import scanpy
    except ImportError:
        pass
    else:
        data, settings = anndata.AnnData(X), {"n_neighbors": k + 1, "use_rep": "X", "metric": "cosine"}
        for state in ("as first called", "warmed up"):
            what = f"scanpy {scanpy.__version__} pp.neighbors, {state}"
            timed(what, lambda: scanpy.pp.neighbors(data, random_state=0, **settings))
    import pynndescent

    def search(X):
        # a list holds the point itself
        return pynndescent.NNDescent(X, n_neighbors=k + 1, metric="cosine", random_state=0).neighbor_graph[0]

    search(X[:5000])  # compiles
    version = pynndescent.__version__
    indices = timed(f"pynndescent {version}, warmed up", lambda: search(X))
    rows[-1]["indices"] = f"{folder}/pynndescent-{version}.npy"
    np.save(rows[-1]["indices"], indices)
    print(json.dumps(rows))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
