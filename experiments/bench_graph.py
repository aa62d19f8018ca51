"""How fast is the graph? ``python -m experiments.bench_graph --peer-python PYTHON --json [--quick]``

Six questions. ``neighbors``: 200,000 rows of 128 numbers, 15 neighbours each, against pynndescent (compiled and
warmed up) and against scanpy's ``pp.neighbors``, on the same rows, in turn. ``cost``: seconds against n, with the slope
on logarithmic axes. ``vgae``: seconds an epoch of training on 100,000 rows and over a million edges. ``million``: the
same on a million rows with over 15 million edges, with the peak memory; ``gpu``: where there is a GPU. ``pyg``:
processor seconds of pieces that artgraph has of its own, and of those in torch-geometric that do the same. Give
``--peer-python`` once per environment in which a peer is installed; scanpy 1.11 needs pynndescent below 0.6.

The rows are a mixture of Gaussians: √n / 4 centres in 128 dimensions, each with 12 directions of its own and some noise
in all, much as features of pictures have fewer dimensions than numbers. Seconds are given as the clock has them and as
the processors spent (all threads together); on a machine that others use, only the latter compare across runs.
"""

import argparse
import copy
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import csr_matrix

from artgraph.graph import edge_weights, knn
from artgraph.graph.typed import SIMILAR, hetero_data
from artgraph.learning.artists import artist_codes
from artgraph.plots import figure, save
from artgraph.vgae import Config, hold_out_edges, train_vgae
from artgraph.vgae.edges import edge_keys, sample_non_edges
from artgraph.vgae.propagation import hops, sparse_csr
from artgraph.vgae.refine import refine
from experiments.bench_million import peak
from experiments.common import experiment, parser

N, D, K = 200_000, 128, 15
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--peer-python", type=Path, action="append", default=[], help="interpreter with peers")
    arguments.add_argument("--n", type=int, default=N)
    arguments.add_argument("--sizes", type=lambda text: [int(float(n)) for n in text.split(",")], default=list(SIZES))
    arguments.add_argument("--only", choices=list(BENCHES), action="append")
    arguments.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    arguments.add_argument("--one-million", action="store_true", help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.one_million:
        print(json.dumps(one_million(arguments.quick)))
        return
    if arguments.quick:
        arguments.n, arguments.sizes = 20_000, [1_000, 3_000, 10_000, 30_000]
    here = [name for name in BENCHES if name != "gpu" or torch.cuda.is_available()]
    kept = arguments.results / "bench_graph.json"
    figures = json.loads(kept.read_text("utf-8"))["figures"] if arguments.only and kept.is_file() else {}
    experiment(
        "bench_graph",
        arguments,
        lambda: figures | {name: BENCHES[name](arguments) for name in arguments.only or here},
    )


def mixture(n, d=D, *, directions=12, seed=0):
    """Draw the rows: (n, d) float32."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(10, int(n**0.5 / 4)), d)).astype(np.float32)
    label = rng.integers(len(centres), size=n)
    X = centres[label] + 0.1 * rng.standard_normal((n, d), dtype=np.float32)
    for group in range(len(centres)):
        members = np.flatnonzero(label == group)
        axes = rng.standard_normal((directions, d), dtype=np.float32) / directions**0.5
        X[members] += rng.standard_normal((len(members), directions), dtype=np.float32) @ axes
    return X


def timed(work):
    """Return what work() gives, and the seconds it took: by the clock, and of all processors together."""
    clock, processors = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": round(time.perf_counter() - clock, 3),
        "cpu_seconds": round(time.process_time() - processors, 3),
    }


def recall(X, indices, *, sample=500):
    """Return the share of the true neighbours (cosine) that the lists of 500 rows hold."""
    rows = np.random.default_rng(1).choice(len(X), min(sample, len(X)), replace=False)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    similar = unit[rows] @ unit.T
    similar[np.arange(len(rows)), rows] = -np.inf
    truth = np.argpartition(-similar, K, axis=1)[:, :K]
    return round(float((truth[:, :, None] == indices[rows][:, None, :]).any(axis=2).mean()), 4)


def neighbors(arguments):
    """Compare with pynndescent and scanpy on the same rows, in turn."""
    X = mixture(arguments.n)
    knn(X[:12_000], n_neighbors=K)
    near, search = timed(lambda: knn(X, n_neighbors=K))
    rows = [{"what": "artgraph knn", **search, "recall": recall(X, near.indices), "recall_said": near.recall}]
    for kernel in ("jaccard", "fuzzy", "gauss"):
        rows.append(
            {"what": f"artgraph {kernel} weights", **timed(lambda kernel=kernel: edge_weights(near, kernel=kernel))[1]}
        )
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/X.npy", X)
        for python in arguments.peer_python:
            peer = Path(__file__).with_name("peer_neighbors.py")
            done = subprocess.run([python, peer, folder, str(K)], stdout=subprocess.PIPE, check=True, text=True)
            for row in json.loads(done.stdout.splitlines()[-1]):
                if file := row.pop("indices", None):
                    row["recall"] = recall(X, np.load(file))
                rows.append(row)
    print(rows, flush=True)
    again = timed(lambda: knn(X, n_neighbors=K))
    same = all((a == b).all() for a, b in zip(near[:3], again[0][:3], strict=True))
    rows.append({"what": "artgraph knn, again", **again[1], "same_bytes": same})
    ratios = {}
    for unit in ("seconds", "cpu_seconds"):
        ours = [row[unit] for row in rows if row["what"].startswith("artgraph knn")]
        weights = next(row[unit] for row in rows if "jaccard" in row["what"])
        for row in rows:
            if row["what"].startswith("pynndescent"):
                ratios[f"knn / {row['what']}, {unit}"] = round(np.mean(ours) / row[unit], 3)
            elif row["what"].startswith("scanpy"):
                ratios[f"knn + weights / {row['what']}, {unit}"] = round((np.mean(ours) + weights) / row[unit], 3)
    return {"n": arguments.n, "d": D, "n_neighbors": K, "rows": rows, "ratios": ratios}


def cost(arguments):
    """Time search and weights for each size; fit the slope on logarithmic axes."""
    rows = []
    for n in arguments.sizes:
        X = mixture(n)
        near, search = timed(lambda X=X: knn(X, n_neighbors=K))
        _, weights = timed(lambda near=near: edge_weights(near))
        both = {unit: round(search[unit] + weights[unit], 3) for unit in search}
        rows.append({"n": n, "knn": search, "jaccard": weights, "both": both, "recall_said": near.recall})
        print(rows[-1], flush=True)  # to stderr, as all that is no result
    sizes = np.array([row["n"] for row in rows])
    spent = np.array([row["both"]["cpu_seconds"] for row in rows])
    slope = float(np.polyfit(np.log(sizes), np.log(spent), 1)[0])
    drawn, (panel,) = figure(1)
    for part, marker in (("knn", "o"), ("jaccard", "s"), ("both", "^")):
        panel.loglog(sizes, [row[part]["cpu_seconds"] for row in rows], marker=marker, label=part)
    panel.set(xlabel="paintings", ylabel="processor seconds", title=f"slope {slope:.2f}")
    panel.legend(frameon=False)
    save(drawn, arguments.results / "bench_graph.png")
    return {"rows": rows, "slope": round(slope, 3)}


def vgae(arguments):
    """Time epochs of the VGAE on 100,000 rows, edges and artists both, for two widths of the latents."""
    n = 5_000 if arguments.quick else 100_000
    X = mixture(n)
    adjacency = edge_weights(knn(X, n_neighbors=20))
    return epochs(X, adjacency, widths=(64, Config.latent_dim), device="cpu", gated=True)


def gpu(arguments):
    """The same on a million rows and the GPU; neighbours are drawn and nothing is gated: both would need a search."""
    n = 20_000 if arguments.quick else 1_000_000
    X, adjacency = mixture(n), drawn_graph(n, 16)
    return epochs(X, adjacency, widths=(Config.latent_dim,), device="cuda", gated=False)


def million(arguments):
    """The same on a million rows without a GPU, three epochs, in a process of its own for its memory."""
    command = [sys.executable, "-m", "experiments.bench_graph", "--one-million", *["--quick"] * arguments.quick]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def one_million(quick):
    n = 20_000 if quick else 1_000_000
    X, adjacency = mixture(n), drawn_graph(n, 16)
    row = epochs(X, adjacency, widths=(Config.latent_dim,), device="cpu", gated=False, count=3)
    return row | {"peak_gib": round(peak() / 2**30, 2)}


def drawn_graph(n, k):
    """Return a graph (n, n) CSR in which each row has k neighbours drawn from the 2000 of its block."""
    rows = np.repeat(np.arange(n), k)
    near = np.minimum(rows // 2000 * 2000 + np.random.default_rng(0).integers(2000, size=len(rows)), n - 1)
    adjacency = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, near)), shape=(n, n))
    adjacency = adjacency.maximum(adjacency.T)
    adjacency.setdiag(0)
    return adjacency


def pyg(arguments):
    """Time pieces of artgraph, and those of torch-geometric that do the same; the least of three, one thread."""
    from torch_geometric.data import Data
    from torch_geometric.nn import GCNConv
    from torch_geometric.nn.conv.gcn_conv import gcn_norm
    from torch_geometric.transforms import SIGN, RandomLinkSplit
    from torch_geometric.utils import negative_sampling

    n, small = (5_000, 1_000) if arguments.quick else (100_000, 20_000)
    X, graph = mixture(n), drawn_graph(n, K)
    graph.eliminate_zeros()
    typed = hetero_data(X, graph)
    x, edges, weight = typed["painting"].x, typed[SIMILAR].edge_index, typed[SIMILAR].edge_weight
    plain, known = Data(x=x, edge_index=edges, edge_weight=weight), edge_keys(edges, n).unique()
    split = RandomLinkSplit(
        min(10_000, edges.shape[1] // 40), 0, is_undirected=True, edge_types=[SIMILAR], add_negative_train_samples=False
    )
    part = hetero_data(X[:small], drawn_graph(small, 20))[SIMILAR]
    index, values = gcn_norm(part.edge_index, part.edge_weight, small)
    layer, sparse = GCNConv(D, 512, normalize=False), sparse_csr(index, values, small)
    count, seeded = 10_000, lambda: torch.Generator().manual_seed(0)
    pairs = {
        "two hops: hops, SIGN": (lambda: hops(X, graph, 2), lambda: SIGN(2)(copy.copy(plain))),
        "edges held out: hold_out_edges, RandomLinkSplit": (
            lambda: hold_out_edges(graph, 0.05, np.random.default_rng(0)),
            lambda: split(typed),
        ),
        "10,000 non-edges: sample_non_edges, negative_sampling": (
            lambda: sample_non_edges(count, n, known, generator=seeded()),
            lambda: negative_sampling(edges, n, count),
        ),
        f"GCNConv, forward and backward, {small:,} paintings: sparse_csr, edge_index": (
            lambda: layer(x[:small], sparse).square().mean().backward(),
            lambda: layer(x[:small], index, values).square().mean().backward(),
        ),
    }
    threads, rows = torch.get_num_threads(), []
    torch.set_num_threads(1)
    for what, works in pairs.items():
        ours, theirs = (min(timed(work)[1]["cpu_seconds"] for _ in range(3)) for work in works)
        rows.append({"what": what, "ours": ours, "torch_geometric": theirs})
        print(rows[-1], flush=True)  # to stderr
    torch.set_num_threads(threads)
    return {"n": n, "edges": edges.shape[1] // 2, "d": D, "cpu_seconds": rows}


def epochs(X, adjacency, *, widths, device, gated, count=6):
    """Time epochs, without the first, which warms up; on a GPU with the most memory that tensors took."""
    n = len(X)
    artists = [f"artist {number}" for number in np.random.default_rng(0).integers(n // 20, size=n)]
    rows = []
    for latent_dim in widths:
        times, config = [], Config(latent_dim=latent_dim, epochs=count, refine_strength=0, gated=gated)

        def tell(*_, times=times):
            times.append((time.perf_counter(), time.process_time()))
            print(times[-1], flush=True)

        train = partial(train_vgae, X, adjacency, artists=artists, config=config, device=device, progress=tell)
        trained, whole = timed(train)
        clock, processors = np.diff(np.array(times), axis=0).mean(axis=0)
        row = {"latent_dim": latent_dim, "seconds": round(float(clock), 2), "cpu_seconds": round(float(processors), 2)}
        row["all"] = whole | {"epochs": config.epochs}
        if device == "cuda":
            row["peak_gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
        print(row, flush=True)
        codes = artist_codes(artists, n)
        row["refine"] = timed(lambda mu=trained.mu, codes=codes: refine(mu, codes, config=Config(), device=device))[1]
        print(row, flush=True)
        rows.append(row)
    name = torch.cuda.get_device_name() if device == "cuda" else device
    return {"n": n, "edges": int(adjacency.nnz // 2), "d": D, "device": name, "epochs": rows}


BENCHES = {"neighbors": neighbors, "cost": cost, "vgae": vgae, "million": million, "gpu": gpu, "pyg": pyg}

if __name__ == "__main__":
    main()
