"""Do other tools group the same features better? ``python -m experiments.rivals --python PATH --paintings DIR …``

Other folders as for ``python -m experiments all``; a corpus below ``--work`` is used as it is. Each tool gets the same
features and clusters them in its own way, with its own defaults:

- museum-map 0.1.3: UMAP to two dimensions, HDBSCAN; BERTopic 0.17.4: UMAP to five, HDBSCAN;
- scanpy 1.11: ``pp.neighbors``, ``tl.leiden``;
- pyagc 1.1.2: DMoN, and NS4GC with k-means, on artgraph's graph, of which they read the edges and not the weights;
- artgraph: Leiden on its graph, as ``artgraph communities`` does. Three variants: with UMAP's weights of edges, which
  scanpy has too (``build-graph --kernel fuzzy``); with as many clusters as styles; on the latents of a VGAE that is
  told no names. And k-means, for comparison.

DMoN, NS4GC and k-means must be told a number of clusters: the one that artgraph's Leiden finds with seed 0. Styles are
read for judging alone. What HDBSCAN calls noise counts as one more cluster; beside it stands the AMI of the other works
alone, with their share, and what artgraph's Leiden has on the same works. The first seed's seconds include compiling.

The ways of the other tools, and where their settings are from, are in ``rivals_peers.py``. The interpreter of
``--python`` has them from

    python -m venv ENV
    ENV/bin/pip install "scanpy==1.11.*" "pynndescent<0.6" umap-learn hdbscan igraph leidenalg \\
        "torch-geometric>=2.7" pytorch-frame ogb pyagc==1.1.2 "torch<2.13"
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from artgraph import pipeline
from artgraph.communities import cluster, kmeans, leiden_n_clusters
from artgraph.descriptors import fuse
from artgraph.descriptors.registry import WEIGHTS
from artgraph.evaluation import partition_scores
from artgraph.graph import edge_weights, knn
from artgraph.settings import FEATURES as PIP_ONLY
from artgraph.vgae import train_vgae
from experiments import rivals_peers
from experiments.artgraph_itself import BEST, config, graph
from experiments.common import REVISION, experiment, spread
from experiments.study import Study, options

__all__ = ["FEATURES", "judge", "main", "noise_apart"]

#: The features that all tools get: what needs no file of weights, and the best (``artgraph_itself``).
FEATURES = {"pip only": PIP_ONLY, "best": BEST}
LIMIT = 1800  # seconds that a way may take for a seed
PEERS = 1  # of rivals_peers: counted up when it changes


def noise_apart(labels):
    """Return labels (n,) in which works without a cluster, those below 0, are a cluster of their own."""
    labels = np.asarray(labels)
    return np.where(labels < 0, labels.max(initial=-1) + 1, labels)


def judge(study, seed, labels, *, other=None):
    """Judge a partition by style, as ``study.judged`` does, with noise and without it.

    Parameters
    ----------
    study : Study
    seed : int
        Also draws the artists whose works are judged apart.
    labels : (n,) int array
        -1: noise.
    other : (n,) int array, optional
        A partition that is judged on the works that have a cluster in this one, where some have none.

    Returns
    -------
    dict of float
        With noise as one more cluster: AMI, ARI and purity of all works, AMI of the works by hidden artists. Of the
        works that have a cluster alone: their share, AMI, and AMI of ``other``. The clusters are counted without noise.
    """
    labels, hidden = np.asarray(labels), study.hidden(seed)
    found, whole = {}, partition_scores(noise_apart(labels), study.style)
    found |= {"AMI": whole["ami"], "ARI": whole["ari"], "purity": whole["purity"]}
    found["hidden artists: AMI"] = partition_scores(noise_apart(labels)[hidden], study.style[hidden])["ami"]
    found |= {"clusters": len(set(labels[labels >= 0].tolist())), "share clustered": float(np.mean(labels >= 0))}
    for name, rows in {"": labels >= 0, "hidden artists: ": (labels >= 0) & hidden}.items():
        for whose, part in {"": labels, ", artgraph: Leiden": other}.items():
            if part is not None:
                scores = partition_scores(part[rows], study.style[rows]) if rows.any() else {"ami": 0.0}
                found[f"{name}AMI, clustered works alone{whose}"] = scores["ami"]
    return found


def joined(study, keys):
    """Return the features (n, d) float32 that ``artgraph build-graph --on KEYS`` works on."""
    described = [key.replace(":", "-") for key in keys]
    return fuse(
        [study.paintings.get("features", key) for key in described], weights=[WEIGHTS.get(key, 1.0) for key in keys]
    )


def of_artgraph(study, X, *, seeds):
    """Return the labels of artgraph's own ways (dict of str to (seeds, n) int) on features (n, d)."""
    adjacency, of = graph(X), [sha256(X), REVISION]

    def latents(seed):
        def learn():
            return train_vgae(X, adjacency, config=config(study, seed), device="cpu").mu

        return study.keep.array(f"rivals: VGAE without names, seed {seed}", learn, of=[*of, seed, study.quick])

    leiden = [cluster(adjacency, "leiden", seed=seed).labels for seed in range(seeds)]
    count, fuzzy = len(set(leiden[0].tolist())), edge_weights(knn(X, n_neighbors=15), kernel="fuzzy")
    return {
        "artgraph: Leiden": leiden,
        "artgraph: Leiden, fuzzy kernel": [cluster(fuzzy, "leiden", seed=seed).labels for seed in range(seeds)],
        "artgraph: Leiden, as many clusters as styles": [
            leiden_n_clusters(adjacency, study.n_styles, seed=seed)[0] for seed in range(seeds)
        ],
        "artgraph: VGAE without names, Leiden": [
            cluster(graph(latents(seed)), "leiden", seed=seed).labels for seed in range(seeds)
        ],
        "k-means": [kmeans(X, count, seed=seed) for seed in range(seeds)],
    }


def of_peer(python, way, given):
    """Return what an interpreter finds in one way of ``rivals_peers``.

    Parameters
    ----------
    python : str
    way : str
    given : dict
        X (n, d), edges (2, m), n_clusters (int), seeds (int).

    Returns
    -------
    dict
        ``labels`` (list of lists of int), ``seconds``, ``versions``; or ``could not be run``: why (str).
    """
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/X.npy", np.asarray(given["X"], dtype=np.float32))
        np.save(f"{folder}/edges.npy", np.asarray(given["edges"], dtype=np.int64))
        Path(folder, "n_clusters.txt").write_text(str(given["n_clusters"]))
        seeds = [str(seed) for seed in range(given["seeds"])]
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
        clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        try:
            done = subprocess.run(
                [python, rivals_peers.__file__, folder, way, *seeds],
                capture_output=True,
                text=True,
                timeout=LIMIT * len(seeds),
                env=clean | one_thread,
            )
        except subprocess.TimeoutExpired:
            return {"could not be run": f"not done in {LIMIT} seconds a seed"}
        except OSError as error:
            return {"could not be run": error.strerror}
        print(done.stderr[-2000:], file=sys.stderr)
        if done.returncode:
            return {"could not be run": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]}
        return {"labels": np.load(f"{folder}/labels.npy").tolist()} | json.loads(done.stdout.splitlines()[-1])


def sha256(X):
    """Return the hash (hex) of an array."""
    return hashlib.sha256(np.ascontiguousarray(X).tobytes()).hexdigest()


def peers(study, X, given):
    """Return what each way of ``rivals_peers`` finds (dict of str to dict); one that could not be run is tried again.

    Parameters
    ----------
    study : Study
    X : (n, d) array
    given : dict
        python (str), n_clusters (int), seeds (int).
    """
    edges = np.array(graph(X).nonzero())
    found = {}
    for way in rivals_peers.WAYS:
        name, of = f"rivals: {way}", [sha256(X), PEERS, given["n_clusters"], given["seeds"]]
        failed = {}

        def run(way=way, failed=failed):
            made = of_peer(given["python"], way, given | {"X": X, "edges": edges})
            if "labels" not in made:
                failed.update(made)
                raise RuntimeError(made)
            return made

        try:
            found[way] = study.keep(name, run, of=of)
        except RuntimeError:
            if not failed:
                raise
            found[way] = failed
    return found


def rows_of(study, name, *, python):
    """Return the rows (dict) of one set of ``FEATURES``, the number of clusters told, and the versions of the peers."""
    seeds, X = study.arguments.seeds, joined(study, FEATURES[name])
    started = time.perf_counter()
    ours = of_artgraph(study, X, seeds=seeds)
    print(f"artgraph, {name}: {time.perf_counter() - started:.0f} seconds", file=sys.stderr, flush=True)
    count = len(set(ours["artgraph: Leiden"][0].tolist()))
    theirs = peers(study, X, {"python": python, "n_clusters": count, "seeds": seeds})
    rows, versions = {}, {}
    for way, partitions in ours.items():
        rows[f"{name}: {way}"] = over_seeds([judge(study, seed, part) for seed, part in enumerate(partitions)])
    for way, made in theirs.items():
        if "labels" not in made:
            rows[f"{name}: {way}"] = made
            continue
        same = ours["artgraph: Leiden"]
        found = [judge(study, seed, part, other=same[seed]) for seed, part in enumerate(made["labels"])]
        rows[f"{name}: {way}"] = over_seeds(found) | {"seconds": made["seconds"]}
        versions |= made["versions"]
    return rows, count, versions


def over_seeds(found):
    """Return figures over seeds (dict of spreads) of a list of dicts."""
    return {key: spread([one[key] for one in found]) for key in found[0]}


def main():
    """Measure all rows, and keep ``results/rivals.json``."""
    parse = options(__doc__)
    parse.add_argument("--python", type=Path, required=True, help="the interpreter that has the other tools, see above")
    arguments = parse.parse_args()
    torch.set_num_threads(arguments.threads)

    def measure():
        study, rows, told, versions = Study(arguments), {}, {}, {}
        wanted = tuple(dict.fromkeys(key for keys in FEATURES.values() for key in keys))
        pipeline.describe(study.paintings, descriptors=wanted, weights=study.weights)
        for name in FEATURES:
            found, told[name], used = rows_of(study, name, python=arguments.python)
            rows |= found
            versions |= used
        return {
            "paintings": len(study.paintings),
            "data_sha256": study.stamp[0],
            "features": {name: list(keys) for name, keys in FEATURES.items()},
            "clusters told": told,
            "peers": versions,
            "rows": rows,
        }

    experiment("rivals", arguments, measure)


if __name__ == "__main__":
    main()
