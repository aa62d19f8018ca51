"""The ways of other tools, run by an interpreter that has them: ``python rivals_peers.py FOLDER WAY SEED [SEED …]``.

Reads FOLDER/X.npy (n, d) float32, FOLDER/edges.npy (2, m) int64, both directions of each edge, and
FOLDER/n_clusters.txt; writes FOLDER/labels.npy (seeds, n) int32, -1 for noise; the last line that it prints is one JSON
object: seconds for each seed, and versions. It imports nothing of artgraph.
"""

import importlib.metadata
import json
import sys
import time
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np

__all__ = ["PACKAGES", "WAYS", "main"]

#: What each way is made of.
PACKAGES = {
    "museum-map": ("umap-learn", "hdbscan", "pynndescent", "scikit-learn", "numba", "numpy"),
    "BERTopic": ("umap-learn", "hdbscan", "pynndescent", "scikit-learn", "numba", "numpy"),
    "scanpy": ("scanpy", "leidenalg", "igraph", "pynndescent", "umap-learn", "anndata", "numpy"),
    "DMoN": ("pyagc", "torch", "torch-geometric", "numpy"),
    "NS4GC": ("pyagc", "torch", "torch-geometric", "scikit-learn", "numpy"),
}


def museum_map(task, seed):
    """Return the labels (n,) of museum-map 0.1.3: a map in two dimensions by UMAP, then HDBSCAN on the map."""
    import hdbscan
    import umap

    places = umap.UMAP(n_neighbors=30, min_dist=0.05, metric="cosine", random_state=seed).fit_transform(task.X)
    return hdbscan.HDBSCAN(min_cluster_size=20, min_samples=10, metric="euclidean").fit_predict(places)


def bertopic(task, seed):
    """Return the labels (n,) of BERTopic 0.17.4 as it is by default; its UMAP has no seed, here it has one."""
    import hdbscan
    import umap

    settings = {"n_neighbors": 15, "n_components": 5, "min_dist": 0.0, "metric": "cosine", "low_memory": False}
    places = umap.UMAP(**settings, random_state=seed).fit_transform(task.X)
    settings = {"min_cluster_size": 10, "metric": "euclidean", "cluster_selection_method": "eom"}
    return hdbscan.HDBSCAN(**settings, prediction_data=True).fit_predict(places)


def scanpy_leiden(task, seed):
    """Return the labels (n,) of scanpy: ``pp.neighbors`` on the features, ``tl.leiden``, both with their defaults."""
    import anndata
    import scanpy

    data = anndata.AnnData(task.X)
    scanpy.pp.neighbors(data, use_rep="X", random_state=seed)
    scanpy.tl.leiden(data, random_state=seed)
    return data.obs["leiden"].astype(int).to_numpy()


def dmon(task, seed):
    """Return the labels (n,) of pyagc's DMoN: GCN and clusters are trained together, on modularity.

    The settings are those of pyagc's own benchmark for Photo, of its data sets the one most like these graphs.
    """
    from pyagc.encoders import create_tuned_gnn
    from pyagc.models import DMoN

    data, torch = graph_data(task, seed)
    settings = {"hidden_channels": 64, "num_layers": 2, "dropout": 0.0, "act": "selu", "norm": "batch_norm"}
    encoder = create_tuned_gnn("gcn", in_channels=task.X.shape[1], **settings)
    model = DMoN(encoder=encoder, n_features=64, n_clusters=task.n_clusters, lam=1.0)
    trained(model, data, torch.optim.Adam(model.parameters(), lr=0.001, weight_decay=1e-5), epochs=1000)
    return model.infer_full(data).numpy()


def ns4gc(task, seed):
    """Return the labels (n,) of pyagc's NS4GC, a contrast of two views of the graph, and k-means on its embedding.

    The model's settings are those of the example in its docstring, which are its defaults. How long it learns, at what
    rate, and k-means on rows of length 1 are as by default in pyagc's benchmark of CCASSG, which has two views, too.
    """
    from pyagc.clusters import KMeansClusterHead
    from pyagc.encoders import create_tuned_gnn
    from pyagc.models import NS4GC
    from pyagc.transforms import GSSLTransform

    data, torch = graph_data(task, seed)
    encoder = create_tuned_gnn("gcn", in_channels=task.X.shape[1], hidden_channels=64, num_layers=2)
    views = [GSSLTransform(p_feat_mask=0.2, p_edge_drop=0.3) for _ in range(2)]
    model = NS4GC(encoder, *views, s=0.6, tau=0.1, lam=1.0, gam=1.0)
    trained(model, data, torch.optim.Adam(model.parameters(), lr=0.001), epochs=100)
    Z = torch.nn.functional.normalize(model.infer_full(data), dim=-1)
    return KMeansClusterHead(task.n_clusters, backend="sklearn", random_state=seed).fit_predict(Z).numpy()


def graph_data(task, seed):
    """Return the graph (Data) of pyagc's models, and torch with its seed set."""
    import torch
    from torch_geometric.data import Data

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    return Data(x=torch.from_numpy(task.X), edge_index=torch.from_numpy(task.edges)), torch


def trained(model, data, optimizer, *, epochs, patience=50):
    """Train a model of pyagc until its loss has not fallen for ``patience`` epochs, as pyagc's benchmark does."""
    best, since = float("inf"), 0
    for epoch in range(1, epochs + 1):
        loss = model.train_full(data, optimizer, epoch, verbose=False)
        best, since = (loss, 0) if loss < best else (best, since + 1)
        if since >= patience:
            break
    print(f"{epoch} epochs, loss {loss:.4f}", file=sys.stderr, flush=True)


#: Each way by its name: a callable(task, seed) that returns labels (n,).
WAYS = {"museum-map": museum_map, "BERTopic": bertopic, "scanpy": scanpy_leiden, "DMoN": dmon, "NS4GC": ns4gc}


def main(folder, way, seeds):
    """Write the labels that a way gives for some seeds, and print seconds and versions.

    Parameters
    ----------
    folder : str
    way : str
        A key of ``WAYS``.
    seeds : sequence of int
    """
    warnings.filterwarnings("ignore")
    folder = Path(folder)
    task = SimpleNamespace(
        X=np.load(folder / "X.npy"),
        edges=np.load(folder / "edges.npy"),
        n_clusters=int((folder / "n_clusters.txt").read_text()),
    )
    labels, seconds = [], []
    for seed in seeds:
        started = time.perf_counter()
        labels.append(WAYS[way](task, seed))
        seconds.append(round(time.perf_counter() - started, 1))
    np.save(folder / "labels.npy", np.array(labels, dtype=np.int32))
    versions = {package: importlib.metadata.version(package) for package in PACKAGES[way]}
    print(json.dumps({"seconds": seconds, "versions": versions}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(seed) for seed in sys.argv[3:]])
