"""Does the VGAE do at least what the paper's does? Link prediction and clustering on Cora and Citeseer.

``python -m experiments.planetoid --planetoid DIR --json``

Links: 5 % of the edges choose the epoch, 10 % are for testing, with as many pairs that are none, as in Kipf and Welling
2016. Beside the figures of the kept epoch stand those of the last one, and those of the published model (two graph
convolutions of 32 and 16 units, dot products, words as they are) trained by the same code. Ours reads the words
weighted by tf-idf and reduced to 256 dimensions. Clusters: k-means on the latents of the whole graph, no label seen
before the judging. What others print is mostly from the epoch that the labels liked best.
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    average_precision_score,
    confusion_matrix,
    normalized_mutual_info_score,
    roc_auc_score,
)

from artgraph.communities import kmeans
from artgraph.vgae import Config, encode, hold_out_edges, train_vgae
from experiments.common import data_sha256, experiment, parser, spread

MODELS = {
    "artgraph": {"encoder": "sign", "decoder": "cosine", "hidden_dim": 0, "epochs": 40, "feature_weight": 0.0},
    "published": {
        "encoder": "gcn",
        "feature_weight": 0.0,
        "decoder": "dot",
        "hidden_dim": 32,
        "latent_dim": 16,
        "dropout": 0.0,
        "learning_rate": 0.01,
        "weight_decay": 0.0,
    },
}
PRINTED_LINKS = {  # AUC, AP; Kipf and Welling 2016, arXiv 1611.07308, table 1
    "cora": {"GAE": [0.910, 0.920], "VGAE": [0.914, 0.926]},
    "citeseer": {"GAE": [0.895, 0.899], "VGAE": [0.908, 0.920]},
}
PRINTED_CLUSTERS = {  # ACC, NMI, ARI; best epoch, as printed in Mrabah et al. 2022 (R-GAE), and by DAEGC's authors
    "cora": {
        "GAE": [0.613, 0.444, 0.381],
        "VGAE": [0.647, 0.434, 0.375],
        "ARGAE": [0.640, 0.449, 0.352],
        "DAEGC": [0.704, 0.528, 0.496],
        "GMM-VGAE": [0.719, 0.533, 0.482],
    },
    "citeseer": {
        "GAE": [0.482, 0.227, 0.192],
        "VGAE": [0.519, 0.249, 0.238],
        "ARGAE": [0.573, 0.350, 0.341],
        "DAEGC": [0.672, 0.397, 0.410],
        "GMM-VGAE": [0.675, 0.407, 0.424],
    },
}


def read(folder, name):
    """Return features (n, d) with rows that sum to 1, the graph (n, n) CSR without loops, and classes (n,)."""
    from torch_geometric.io import read_planetoid_data

    data = read_planetoid_data(str(folder), name)
    X = data.x.numpy()
    X = X / np.maximum(X.sum(axis=1, keepdims=True), 1)
    source, target = data.edge_index.numpy()
    graph = csr_matrix((np.ones(len(source), np.float32), (source, target)), shape=(len(X), len(X)))
    graph = graph.maximum(graph.T).tocsr()
    graph.setdiag(0)
    graph.eliminate_zeros()
    graph.data[:] = 1
    return X.astype(np.float32), graph, data.y.numpy()


def reduced(X):
    """Return documents by topics (n, 256): tf-idf and a singular value decomposition."""
    return TruncatedSVD(256, random_state=0).fit_transform(TfidfTransformer().fit_transform(X)).astype(np.float32)


def links(X, graph, config):
    """Return AUC and AP on the test edges, of the kept and of the last epoch (dict)."""
    rng = np.random.default_rng([config.seed, 7])
    training, positive, negative = hold_out_edges(graph, 0.10, rng)
    last = {}
    trained = train_vgae(X, training, config=config, checkpoint=lambda dump: last.update(dump()))
    states = {
        "kept": trained.state,
        "last": {name.removeprefix("model."): value for name, value in last.items() if name.startswith("model.")},
    }
    figures = {"epoch": trained.facts["epoch"], "auc_validation": trained.facts["auc"]}
    for name, state in states.items():
        Z = encode(state, X, training, config=config)[0].astype(np.float64)
        if config.decoder == "cosine":
            Z /= np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1e-12)
        scores = [(Z[a] * Z[b]).sum(axis=1) for a, b in (positive.numpy(), negative.numpy())]
        truth, scores = np.repeat([1, 0], [len(part) for part in scores]), np.concatenate(scores)
        figures |= {f"auc_{name}": roc_auc_score(truth, scores), f"ap_{name}": average_precision_score(truth, scores)}
    return figures


def clusters(X, graph, classes, config):
    """Return how far k-means on the latents of the whole graph agrees with the classes (dict)."""
    Z = train_vgae(X, graph, config=config).mu
    if config.decoder == "cosine":
        Z = Z / np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1e-12)
    labels = kmeans(Z, len(set(classes)), seed=config.seed)
    table = confusion_matrix(classes, labels)
    matched = table[linear_sum_assignment(-table)].sum() / len(classes)
    return {
        "acc": matched,
        "nmi": normalized_mutual_info_score(classes, labels),
        "ari": adjusted_rand_score(classes, labels),
        "ami": adjusted_mutual_info_score(classes, labels),
    }


def measure(arguments):
    """Return the figures of every model on every graph (dict)."""
    figures = {"data_sha256": data_sha256(arguments.planetoid)}
    for name in ("cora", "citeseer"):
        X, graph, classes = read(arguments.planetoid, name)
        figures[name] = {"nodes": len(X), "edges": graph.nnz // 2}
        for model, settings in MODELS.items():
            rows = {"links": [], "clusters": []}
            Y = X if model == "published" else reduced(X)
            for seed in range(arguments.seeds):
                config = Config(seed=seed, validation_share=0.05 / 0.90, **settings)
                rows["links"].append(links(Y, graph, config))
                rows["clusters"].append(clusters(Y, graph, classes, config))
                print(name, model, seed, rows["links"][-1], rows["clusters"][-1], flush=True)  # to stderr
            figures[name][model] = {
                what: {key: spread([row[key] for row in found]) for key in found[0]} for what, found in rows.items()
            } | {"config": asdict(config)}
        figures[name]["printed"] = {"links": PRINTED_LINKS[name], "clusters": PRINTED_CLUSTERS[name]}
    return figures


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--planetoid", type=Path, required=True, help="folder with ind.cora.* and ind.citeseer.*")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments = arguments.parse_args()
    experiment("planetoid", arguments, lambda: measure(arguments))


if __name__ == "__main__":
    main()
