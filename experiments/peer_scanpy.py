"""scanpy's part of ``scanpy_round_trip`` and ``bench_scanpy``, run by an interpreter that has it:
``python peer_scanpy.py STEP IN OUT``.

``make``: IN is X.npy, OUT an h5ad with neighbours, PCA, UMAP and Leiden. ``run``: IN is an h5ad of artgraph; scanpy's
functions run on it as it is, and OUT is written. ``compare``: IN and OUT are two h5ad; prints JSON: what differs.
``time``: IN is X.npy, OUT gets the neighbour lists; prints JSON: seconds and memory. It imports nothing of artgraph.
"""

import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def make(given, out):
    """Cluster vectors as scanpy's tutorial does."""
    import anndata
    import scanpy

    X = np.load(given)
    data = anndata.AnnData(X)
    data.obs_names = [f"w{row:05d}" for row in range(len(X))]
    scanpy.pp.pca(data, n_comps=20, random_state=0)
    scanpy.pp.neighbors(data, use_rep="X", n_neighbors=15, random_state=0)
    scanpy.tl.umap(data, random_state=0)
    scanpy.tl.leiden(data, random_state=0, flavor="igraph", n_iterations=2)
    data.write_h5ad(out)
    print(json.dumps({"works": data.n_obs, "clusters": data.obs["leiden"].nunique(), "scanpy": scanpy.__version__}))


def run(given, out):
    """Run what needs neighbours, groups and a map, on a file of artgraph as it is."""
    import anndata
    import matplotlib
    import scanpy

    matplotlib.use("agg")
    data = anndata.read_h5ad(given)
    scanpy.tl.leiden(data, random_state=0, flavor="igraph", n_iterations=2)
    scanpy.tl.umap(data, random_state=0)
    scanpy.tl.paga(data, groups="cluster")
    scanpy.tl.diffmap(data)
    scanpy.pl.embedding(data, basis="map", color="cluster", show=False)
    data.write_h5ad(out)
    print(json.dumps({"leiden": data.obs["leiden"].nunique(), "paga": list(data.uns["paga"]["connectivities"].shape)}))


def compare(first, second):
    """Say what the second file, which came by way of artgraph, has otherwise than the first."""
    import anndata
    from sklearn.metrics import adjusted_rand_score

    a, b = anndata.read_h5ad(first), anndata.read_h5ad(second)
    found = {"ids": bool((a.obs_names == b.obs_names).all()), "X": bool((np.asarray(a.X) == np.asarray(b.X)).all())}
    places = {"X_pca": "X_pca", "X_umap": "X_map"} if "leiden" in a.obs and "cluster" not in a.obs else {}
    places |= {key: key for key in a.obsm if key not in ("X_pca", "X_umap", "X_diffmap") and "cluster" in a.obs}
    for one, other in places.items():
        found[f"obsm/{one}"] = bool((np.asarray(a.obsm[one]) == np.asarray(b.obsm[other])).all())
    for key in ("connectivities", "distances"):
        far = abs(a.obsp[key].astype(np.float32) - b.obsp[key].astype(np.float32))
        found[f"obsp/{key}"] = float(far.max())
    column = "cluster" if "cluster" in a.obs else "leiden"
    found["clusters"] = bool((a.obs[column].astype(str) == b.obs["cluster"].astype(str)).all())
    found["same partition (ARI)"] = float(adjusted_rand_score(a.obs[column], b.obs["cluster"]))
    params = [dict(one.uns["neighbors"]["params"]) for one in (a, b)]
    shared = sorted({*params[0]} & {*params[1]})
    found["params"] = {key: str(params[0][key]) == str(params[1][key]) for key in shared}
    print(json.dumps(found))


def measure(given, out):
    """Cluster vectors twice, and say what the second time took, and the first."""
    import anndata
    import scanpy

    X, called = np.load(given), []
    for _ in range(2):  # compiled the first time
        data, parts = anndata.AnnData(X), {}
        before = time.process_time()
        begun = time.perf_counter()
        scanpy.pp.neighbors(data, n_neighbors=16, use_rep="X", metric="cosine", random_state=0)
        parts["neighbours and weights"], before = time.process_time() - before, time.process_time()
        scanpy.tl.leiden(data, random_state=0, flavor="igraph", n_iterations=2)
        parts["leiden, two passes"] = time.process_time() - before
        called.append((time.perf_counter() - begun, sum(parts.values())))
        with open("/proc/self/status") as file:
            memory = 1024 * int(next(line for line in file if line.startswith("VmHWM")).split()[1])
    before = time.process_time()
    scanpy.tl.leiden(data, random_state=0, flavor="igraph", n_iterations=-1)
    parts["leiden, to convergence"] = time.process_time() - before
    lists = data.obsp["distances"].indices.reshape(len(X), -1)
    np.save(out, lists[:, :15])
    parts = {name: round(value, 2) for name, value in parts.items()}
    two, converged = parts["leiden, two passes"], parts["leiden, to convergence"]
    row = {"seconds": round(called[1][0], 2), "cpu_seconds": round(parts["neighbours and weights"] + two, 2)}
    row |= {"first called": {"seconds": round(called[0][0], 2), "cpu_seconds": round(called[0][1], 2)}}
    row |= {"cpu_seconds_converged": round(parts["neighbours and weights"] + converged, 2), "parts": parts}
    row |= {"peak_gib": round(memory / 2**30, 2), "clusters": int(data.obs["leiden"].nunique())}
    print(json.dumps(row | {"lists": "scanpy.npy", "scanpy": scanpy.__version__}))


if __name__ == "__main__":
    {"make": make, "run": run, "compare": compare, "time": measure}[sys.argv[1]](*sys.argv[2:])
