"""What does each tool of artgraph add where the manners differ in the mark alone? ``python -m experiments.demo_hard
--work DIR --json``

Each seed is another hard exhibition by the painter. The rivals and artgraph get the same features, in colour and in
grey. The walk is taken step by step, with each tool alone, and with each left out: pictures described without colour,
confounds regressed out, artists' names (VGAE, then neighbours by other artists beside links between works by one),
consensus of Leiden runs where this version has it. All are given the number of manners but HDBSCAN, which finds its own
(its noise counts as a cluster of its own); its map is UMAP's where umap-learn is installed, else t-SNE's. Manners are
read for judging alone. How hard the exhibition is was set with seed 0 (``data/README.md``), which is not among these.
Glue: of the pairs of works by an artist of two manners, one in each, the share in one cluster.
"""

import dataclasses
import importlib.util
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.preprocessing import normalize

from artgraph import pipeline
from artgraph.communities import kmeans, leiden_n_clusters
from artgraph.descriptors import fuse, make_descriptor
from artgraph.graph import knn
from artgraph.settings import FEATURES, ClusterSettings
from data.painter import hard_catalogue, write_demo
from data.painter.hard import CHANGED, TWOFOLD
from experiments.common import REVISION, Keep, data_sha256, described, experiment, parser, spread

# what was done to a picture after it was painted; brightness and proportions may be the painter's own choice
CONFOUNDS = ("greyscale", "one tone", "margin")
NEIGHBORS = 15
TOOLS = ("ignore-colour", "confounds", "names", "consensus")
HAS_CONSENSUS = "consensus" in {field.name for field in dataclasses.fields(ClusterSettings)}
HAS_UMAP = importlib.util.find_spec("umap") is not None
MAP = "UMAP" if HAS_UMAP else "t-SNE"


def tools():
    """Return the tools that this version has (tuple of str), in the order of the walk."""
    return TOOLS if HAS_CONSENSUS else TOOLS[:3]


def walks():
    """Return the names of the walks and their tools (dict of str to tuple): step by step, alone, left out."""
    every = tools()
    found = {"graph and Leiden": ()}
    found |= {f"+ {every[k]}": every[: k + 1] for k in range(len(every))}
    found |= {f"{tool} alone": (tool,) for tool in every}
    return found | {f"all but {tool}": tuple(one for one in every if one != tool) for tool in every}


def walk(corpus, on, count, *, using, seed):
    """Return the clusters (n,) that artgraph finds in features, ``on``, with some of its tools."""
    on, tag = grey(on) if "ignore-colour" in using else on, "-".join(using) or "plain"
    out = {"regress_out": CONFOUNDS} if "confounds" in using else {}
    names = "names" in using
    pipeline.build_graph(corpus, on=on, name=tag, artist_edges=names, seed=seed, **out)
    if names:
        pipeline.train_vgae(corpus, graph=tag, name=f"vgae-{tag}", seed=seed)
        edges = {"cross_artist": True, "artist_edges": True, "artist_edge_weight": pipeline.ARTIST_EDGE_WEIGHT}
        pipeline.build_graph(corpus, on=(f"vgae-{tag}",), name=f"of-vgae-{tag}", seed=seed, **edges)
        tag = f"of-vgae-{tag}"
    settings = {"consensus": 16} if "consensus" in using else {}
    pipeline.communities(corpus, graph=tag, name=tag, n_clusters=count, seed=seed, **settings)
    return corpus.get("partitions", tag)


def grey(on):
    """Return the keys (list of str) of the same features in grey."""
    return [f"{key}-grey" for key in on]


def mapped(X, *, seed):
    """Return places (n, 2) on a map: UMAP's, or t-SNE's."""
    if HAS_UMAP:
        from umap import UMAP

        return UMAP(n_neighbors=NEIGHBORS, metric="cosine", min_dist=0.0, random_state=seed).fit_transform(X)
    return TSNE(metric="cosine", init="random", random_state=seed).fit_transform(X)


def raw_leiden(X, count, *, seed):
    """Return the clusters (n,) of Leiden on nearest neighbours without weights."""
    from scipy.sparse import csr_matrix

    indices = knn(X, n_neighbors=NEIGHBORS).indices
    rows = np.repeat(np.arange(len(X)), indices.shape[1])
    adjacency = csr_matrix((np.ones(rows.size, np.float32), (rows, indices.ravel())), shape=(len(X), len(X)))
    return leiden_n_clusters(adjacency.maximum(adjacency.T), count, seed=seed)[0]


def rivals(corpus, on, count, *, seed):
    """Return the clusters (n,) of each rival (dict), in the same features as the walk, joined as it joins them."""
    found = {"colour, k-means": kmeans(corpus.get("features", "color"), count, seed=seed)}
    for seen, keys in (("in colour", on), ("in grey", grey(on))):
        blocks = [np.asarray(corpus.get("features", key)) for key in keys]
        X = fuse(blocks) if len(blocks) > 1 else blocks[0]
        found[f"{seen}: k-means"] = kmeans(normalize(X), count, seed=seed)
        found[f"{seen}: {MAP}, HDBSCAN"] = HDBSCAN(min_cluster_size=10, copy=True).fit_predict(mapped(X, seed=seed))
        found[f"{seen}: Leiden on neighbours"] = raw_leiden(X, count, seed=seed)
    return found


def glue(table, labels, artists):
    """Return the share (float) of these artists' pairs of works in different manners that are in one cluster."""
    together = []
    for artist in artists:
        rows = np.flatnonzero(table["artist"].fillna("") == artist)
        styles = table["style"].to_numpy()
        together += [labels[a] == labels[b] for a, b in combinations(rows, 2) if styles[a] != styles[b]]
    return float(np.mean(together))


def judged(table, labels):
    """Return the figures (dict) of clusters (n,)."""
    return {
        "ami_manner": adjusted_mutual_info_score(table["style"], labels),
        "ami_scene": adjusted_mutual_info_score(table["scene"], labels),
        "glue_changed": glue(table, labels, [one[0] for one in CHANGED]),
        "glue_twofold": glue(table, labels, [one[0] for one in TWOFOLD]),
        "clusters": len(set(labels.tolist())),
    }


def one(seed, arguments):
    """Return the figures (dict) of one exhibition, of each rival and each walk."""
    folder, descriptors = arguments.work / f"hard-{seed}", arguments.descriptors
    write_demo(folder, seed=seed, works=hard_catalogue(seed=seed), processes=1)
    corpus = described(folder, arguments.work / "corpora", descriptors=(*descriptors, "color"))
    pipeline.describe(corpus, descriptors=descriptors, ignore_color=True)
    table, keep = corpus.paintings, Keep(arguments.work / "kept")
    on = [make_descriptor(one).key for one in descriptors]
    count, of = table["style"].nunique(), [data_sha256(folder), on, seed, REVISION]

    def of_rivals():
        return {name: judged(table, labels) for name, labels in rivals(corpus, on, count, seed=seed).items()}

    figures = keep(f"rivals, seed {seed}", of_rivals, of=[*of, MAP])
    for name, using in walks().items():
        made = keep(
            f"walk {' '.join(using)}, seed {seed}",
            lambda using=using: judged(table, walk(corpus, on, count, using=using, seed=seed)),
            of=of,
        )
        figures[f"artgraph: {name}"] = made
    return {"paintings": len(table), "manners": count, "data_sha256": of[0], "rows": figures}


def main():
    arguments = parser(__doc__)
    arguments.add_argument(
        "--work", type=Path, required=True, help="for pictures and corpora; a killed run goes on there"
    )
    arguments.add_argument("--descriptors", nargs="+", default=list(FEATURES), help="that need no file of weights")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments = arguments.parse_args()

    def measure():
        runs = [one(seed, arguments) for seed in range(1, arguments.seeds + 1)]
        rows = {
            name: {key: spread([run["rows"][name][key] for run in runs]) for key in runs[0]["rows"][name]}
            for name in runs[0]["rows"]
        }
        best = max(
            (name for name in rows if not name.startswith("artgraph")), key=lambda n: rows[n]["ami_manner"]["mean"]
        )
        return {
            "paintings": runs[0]["paintings"],
            "manners": runs[0]["manners"],
            "data_sha256": [run["data_sha256"] for run in runs],
            "best_rival": best,
            "rows": rows,
        }

    experiment("demo_hard", arguments, measure)


if __name__ == "__main__":
    main()
