"""How fast are Leiden and spectral clustering, and is anything lost against leidenalg and scikit-learn?

``python -m experiments.bench_communities [--nodes 50000,200000] [--million] --json``

Leiden on planted graphs, this package's (igraph) beside leidenalg, both with two passes (leidenalg's default) and ours
until stable; spectral clustering on the first graph; agreement with scikit-learn's spectral clustering on small graphs.
With ``--million`` Leiden on 1,000,000 nodes and about 15,000,000 links, in a process of its own for its peak memory.
Each graph is measured once and kept in the result file, so that ``--nodes`` can be given one at a time. Times are those
of the processor, the least of three: Leiden has one thread in both programs, and others may run beside it.
"""

import json
import multiprocessing
import resource
import time
import warnings

import leidenalg
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_rand_score

from artgraph.checks import check_adjacency
from artgraph.communities import eigengap, leiden, modularity, spectral
from artgraph.communities.igraph_bridge import to_igraph
from experiments.common import experiment, parser, spread
from experiments.planted import planted_graph


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--nodes", default="50000,200000", help="separated by commas; the first is spectral's, too")
    arguments.add_argument("--million", action="store_true", help="also 1,000,000 nodes: minutes, and up to 24 GiB")
    arguments.add_argument("--again", action="store_true", help="measure again what is in the result file")
    arguments = arguments.parse_args()
    file = arguments.results / "bench_communities.json"
    nodes = [int(text) for text in arguments.nodes.split(",")]
    steps = {f"leiden {n}": lambda n=n: against_leidenalg(n) for n in nodes}
    steps |= {f"spectral {nodes[0]}": lambda: spectral_at(nodes[0]), "agreement with scikit-learn": agreement}
    if arguments.million:
        steps["leiden 1000000"] = in_a_process_of_its_own
    for name, step in steps.items():
        before = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
        if name not in before or arguments.again:
            experiment("bench_communities", arguments, lambda n=name, s=step, b=before: b | {n: s()})


def in_a_process_of_its_own():
    """Return what ``million`` does (dict); the peak memory is then its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(million)


def graph_of(n, degree=20):
    return planted_graph(n, n // 1000, mixing=0.3, degree=degree, seed=0)


def against_leidenalg(n):
    """Return times and modularities (dict) of both programs on a planted graph of n nodes."""
    adjacency, truth = graph_of(n)
    figures = {"links": adjacency.nnz // 2}
    for name, find in (
        ("artgraph two passes", lambda: leiden(adjacency, n_iterations=2)),
        ("artgraph until stable", lambda: leiden(adjacency)),
        ("leidenalg two passes", lambda: with_leidenalg(adjacency)),
    ):
        seconds = []
        for _ in range(3):
            started = time.process_time()
            labels = find()
            seconds.append(time.process_time() - started)
        figures[name] = {
            "cpu_seconds": round(min(seconds), 2),
            "modularity": round(modularity(adjacency, labels), 5),
            "ari_with_planted": round(adjusted_rand_score(truth, labels), 4),
        }
        print(n, name, figures[name], flush=True)
    theirs = figures["leidenalg two passes"]
    for name in ("two passes", "until stable"):
        ours = figures[f"artgraph {name}"]
        figures[f"times faster, {name}"] = round(theirs["cpu_seconds"] / ours["cpu_seconds"], 1)
        figures[f"share of its modularity, {name}"] = round(ours["modularity"] / theirs["modularity"], 4)
    return figures


def with_leidenalg(adjacency):
    """Return the labels (list of int) that leidenalg finds in two passes, its default."""
    graph, weights = to_igraph(check_adjacency(adjacency))
    found = leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, weights=weights, seed=0)
    return found.membership


def spectral_at(n):
    """Return times (dict) of spectral clustering and of the eigengap."""
    adjacency, truth = graph_of(n)
    k = int(truth.max()) + 1
    started = time.process_time()
    labels = spectral(adjacency, k)
    seconds = time.process_time() - started
    started = time.process_time()
    proposed = eigengap(adjacency, k + 10)[1]
    return {
        "clusters": k,
        "cpu_seconds": round(seconds, 1),
        "ari_with_planted": round(adjusted_rand_score(truth, labels), 4),
        "eigengap_cpu_seconds": round(time.process_time() - started, 1),
        "eigengap_proposes": proposed,
    }


def agreement():
    """Return the ARI (dict, spread) between our spectral clustering and scikit-learn's on small planted graphs."""
    found = []
    for seed in range(10):
        adjacency, _ = planted_graph(300, 6, mixing=0.3, degree=20, seed=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = SpectralClustering(6, affinity="precomputed", random_state=0).fit_predict(adjacency.toarray())
        found.append(adjusted_rand_score(theirs, spectral(adjacency, 6)))
    return spread(found)


def million():
    """Return time and peak memory (dict) of Leiden on a graph of a million nodes."""
    adjacency, truth = graph_of(1_000_000, degree=30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    labels = leiden(adjacency, n_iterations=2)
    return {
        "links": adjacency.nnz // 2,
        "cpu_seconds": round(time.process_time() - started, 1),
        "modularity": round(modularity(adjacency, labels), 5),
        "ari_with_planted": round(adjusted_rand_score(truth, labels), 4),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "peak_gib_of_making_the_graph": round(before / 2**20, 2),
    }


if __name__ == "__main__":
    main()
