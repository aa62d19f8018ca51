"""Is the number of clusters right, which method finds styles best, and can the confidence be believed?

``python -m experiments.communities --corpus CORPUS --demo CORPUS [--parts planted,null,demo,methods,membership]``

planted: 40 graphs with 5 to 40 planted communities; null: 20 graphs without any; demo: the corpus of ``artgraph demo``;
methods: every method on one corpus, its graph and the features under it, told the number of styles where it can be;
membership: expected calibration error on subsamples that the calibration has not seen, and the reliability plot. Each
part is kept in the result file as soon as it is done, so a run that was cut short goes on with what is missing.
"""

import json
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from artgraph import Corpus
from artgraph import communities as c
from artgraph.communities import membership as m
from artgraph.stages.base import adjacency_of, features_of
from experiments.common import experiment, parser, spread
from experiments.planted import planted_graph
from experiments.reliability import calibration_error, plot_reliability, reliability_curve

SIZES = (5, 8, 12, 16, 20, 25, 30, 40)
MIXINGS = (0.1, 0.2, 0.3, 0.4, 0.5)
METHODS = tuple(f"method-{name}" for name in (*c.METHODS, "leiden-auto"))
PARTS = ("planted", "null", "demo", "methods", "membership")


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--corpus", type=Path, help="with a graph 'style' and a column 'style'; never changed")
    arguments.add_argument("--demo", type=Path, help="what artgraph demo makes; never changed")
    arguments.add_argument("--parts", default=",".join(PARTS))
    arguments.add_argument("--seeds", type=int, default=5)
    arguments.add_argument("--again", action="store_true", help="do again what is in the result file")
    arguments = arguments.parse_args()
    file = arguments.results / "communities.json"
    wanted = [step for part in arguments.parts.split(",") for step in (METHODS if part == "methods" else (part,))]
    for step in wanted:
        before = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
        if step in before and not arguments.again:
            continue
        run = {"planted": planted, "null": null, "demo": demo, "membership": membership}.get(step, method)
        given = (arguments, step) if run is method else (arguments,)
        experiment("communities", arguments, lambda r=run, g=given, s=step, b=before: b | {s: r(*g)})


def planted(arguments):
    """Return how often the planted number of communities was found within 10 % (dict)."""
    rows = []
    for index in range(40):
        k, mixing = SIZES[index % 8], MIXINGS[index // 8]
        uneven = bool((index + index // 8) % 2)
        adjacency, truth = planted_graph(max(600, 30 * k), k, mixing=mixing, uneven=uneven, seed=index)
        started = time.perf_counter()
        labels, profile = c.leiden_auto(adjacency, seed=index)
        rows.append(
            {
                "kind": "LFR" if uneven else "SBM",
                "planted": k,
                "mixing": mixing,
                "found": int(labels.max()) + 1,
                "ari": round(adjusted_rand_score(truth, labels), 3),
                "excess": round(float((profile.stability - profile.null_stability)[profile.chosen]), 3),
                "seconds": round(time.perf_counter() - started, 1),
            }
        )
    right = sum(abs(row["found"] - row["planted"]) <= 0.1 * row["planted"] for row in rows)
    return {"graphs": len(rows), "within_10_percent": right, "rows": rows}


def null(arguments):
    """Return how often graphs without structure were called that (dict)."""
    rows = []
    for index in range(20):
        n, degree = ((200, 8), (500, 6), (1000, 10), (1000, 20), (300, 15))[index % 5]
        adjacency, _ = planted_graph(n, 1, degree=degree, uneven=bool(index % 2), seed=index)
        profile = c.resolution_profile(adjacency, seed=index)
        rows.append(
            {
                "kind": "configuration model" if index % 2 else "Erdős-Rényi",
                "nodes": n,
                "degree": degree,
                "structure": profile.chosen >= 0,
                "modularity_of_plain_leiden": round(c.modularity(adjacency, c.leiden(adjacency)), 3),
            }
        )
    return {"graphs": len(rows), "no_structure": sum(not row["structure"] for row in rows), "rows": rows}


def demo(arguments):
    """Return the number of clusters found on the demo, over seeds (dict)."""
    corpus = Corpus(arguments.demo)
    adjacency, found = adjacency_of(corpus, "style"), []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        labels, _ = c.leiden_auto(adjacency, seed=seed)
        found.append((int(labels.max()) + 1, time.perf_counter() - started))
    counts, seconds = zip(*found, strict=True)
    return {"manners": int(corpus.paintings["style"].nunique()), "found": spread(counts), "seconds": spread(seconds)}


def _data(arguments):
    corpus = Corpus(arguments.corpus)
    on = corpus.label("graphs", "style")["made_by"]["params"]["on"]
    return corpus, adjacency_of(corpus, "style"), features_of(corpus, on)


def method(arguments, step):
    """Return AMI and ARI with style, clusters and seconds (dict) of one method over seeds."""
    corpus, adjacency, X = _data(arguments)
    style = corpus.paintings["style"].fillna("").to_numpy()
    name = step.removeprefix("method-")
    if name == "leiden-auto":
        return _over_seeds(arguments, style, lambda seed: c.leiden_auto(adjacency, seed=seed)[0])
    about = c.METHODS[name]
    wanted = len(set(style)) if about.number == "needed" or about.takes == "graph" else None
    data = X if about.takes == "features" else adjacency
    return _over_seeds(arguments, style, lambda seed: c.cluster(data, name, n_clusters=wanted, seed=seed).labels)


def _over_seeds(arguments, style, find):
    rows = []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        labels = find(seed)
        seconds = time.perf_counter() - started
        n_clusters = len(set(labels[labels >= 0].tolist()))
        ami, ari = adjusted_mutual_info_score(style, labels), adjusted_rand_score(style, labels)
        rows.append((ami, ari, n_clusters, (labels < 0).sum(), seconds))
    return dict(
        zip(("ami", "ari", "clusters", "unassigned", "seconds"), map(spread, zip(*rows, strict=True)), strict=True)
    )


def membership(arguments):
    """Return expected calibration errors (dict) before and after calibration; draw the reliability plot."""
    corpus, adjacency, X = _data(arguments)
    styles = int(corpus.paintings["style"].nunique())
    found, curves = {}, {}
    for name, data in (("leiden", adjacency), ("spectral", adjacency), ("kmeans", X)):
        rows = []
        for seed in range(arguments.seeds):
            partition = c.cluster(data, name, n_clusters=styles, seed=seed)
            labels, again = partition.labels, partition.refit
            raw = m.feature_membership(X, labels) if name == "kmeans" else m.graph_membership(adjacency, labels)
            shares, counts = m.co_assignment(labels, m.subsample_runs(len(labels), again, n_runs=8, seed=seed))
            ready, _ = m.calibrate(raw, labels, shares=shares, counts=counts)
            later, times = m.co_assignment(labels, m.subsample_runs(len(labels), again, n_runs=8, seed=seed + 1000))
            at = np.flatnonzero((labels >= 0) & (times > 0))
            own = labels[at]
            rows.append([calibration_error(share[at, own], later[at, own]) for share in (raw, ready)])
        curves[name] = reliability_curve(ready[at, own], later[at, own])
        before, after = zip(*rows, strict=True)
        found[name] = {"before": spread(before), "after": spread(after)}
    plot_reliability(arguments.results / "communities-reliability.png", curves)
    return found


if __name__ == "__main__":
    main()
