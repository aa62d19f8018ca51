"""Which layers of a network tell artists apart? How the defaults of ``moments`` were chosen, without labels of style.

``python -m experiments.layers --paintings DIR --domains DIR --weights DIR --work DIR --json``

Every layer's means and deviations of channels (and a transformer's class tokens), alone and in sets, are scored by the
share of nearest works that are by the same artist (P@1) and of the five nearest (P@5), among the works of half of the
artists, drawn by a hash: the choice was made there. What is said of styles beside it was measured on the other half and
chose nothing: P@15 among other artists, and AMI of Leiden at as many clusters as there are styles. On the domains (the
same things, shown in several ways): AMI of as many clusters as there are ways, with the way and with the object.

``2-Wasserstein`` takes IntroStyle's distance (Kumar et al., ICCV 2025) between the means and deviations, which for
channels taken one by one is the Euclidean distance of these numbers as they are. ``less the last class token`` is the
linear form of StyleDecoupler (arXiv 2601.17697): what the last layer, which sees the thing, tells of the middle ones is
taken out of them by least squares.
"""

from pathlib import Path

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import adjusted_mutual_info_score

from artgraph import pipeline
from artgraph.communities import leiden_n_clusters
from artgraph.descriptors import fuse, make_descriptor
from artgraph.evaluation import cross_group_precision, precision_at_k
from artgraph.graph import jaccard_weights, knn
from experiments.common import Keep, by_hash, data_sha256, described, experiment, parser, spread

__all__ = ["chosen_half", "settings"]

NETWORKS = {
    "vit_tiny_patch16_224": [f"blocks.{i}{end}" for i in range(12) for end in ("", ".cls")],
    "tf_efficientnet_lite0": [f"blocks.{i}" for i in (0, 1, 2, 4, 6)],
}
SETS = {
    "vit_tiny_patch16_224": {
        "the default": "blocks.3 blocks.6 blocks.6.cls blocks.9.cls",
        "without class tokens": "blocks.3 blocks.6",
        "class tokens alone": "blocks.6.cls blocks.9.cls",
        "one block earlier": "blocks.2 blocks.5 blocks.5.cls blocks.8.cls",
        "one block earlier, and one more": "blocks.2 blocks.5 blocks.8 blocks.5.cls blocks.8.cls",
        "with the last class token": "blocks.3 blocks.6 blocks.6.cls blocks.9.cls blocks.11.cls",
        "every third": "blocks.2 blocks.5 blocks.8 blocks.11",
    },
    "tf_efficientnet_lite0": {
        "the default": "blocks.2 blocks.4 blocks.6",
        "all but the first and the last": "blocks.1 blocks.2 blocks.4",
        "all but the first": "blocks.1 blocks.2 blocks.4 blocks.6",
        "the last two": "blocks.4 blocks.6",
    },
}
KEY = "layers-{}"  # of the features of all layers of a network


def chosen_half(artists):
    """Return the works by artists on whom layers were chosen, (n,) bool, for artists' names, (n,) str."""
    return by_hash(artists, "layers")


def settings(network, weights):
    """Return a descriptor (Descriptor) of all layers of a network, under a key of its own."""
    descriptor = make_descriptor(f"moments:{network}", layers=NETWORKS[network], weights=weights)
    descriptor.key = KEY.format(network)
    return descriptor


def blocks(corpus, network):
    """Return the coordinates (n, d) of each layer of a network (dict), from what is stored of them all."""
    X, widths = corpus.get("features", KEY.format(network)), []
    fitted = corpus.get("models", KEY.format(network))
    for layer in NETWORKS[network]:
        widths.append(fitted[f"{layer}.components"].shape[1])
    return dict(zip(NETWORKS[network], np.split(X, np.cumsum(widths)[:-1], axis=1), strict=True))


def candidates(corpus, network):
    """Return features (n, d) of a network by the name of the row (dict): single layers, and sets of them."""
    parts = blocks(corpus, network)
    rows = {layer: lambda layer=layer: fuse([parts[layer]]) for layer in parts}
    for name, layers in SETS[network].items():
        rows[f"{name}: {layers}"] = lambda layers=layers: fuse([joined(parts, layers)])
    if network.startswith("vit"):
        rows["the default, less the last class token"] = lambda: fuse(
            [less(joined(parts, SETS[network]["the default"]), parts["blocks.11.cls"])]
        )
    return rows


def joined(parts, layers):
    """Return the coordinates (n, d) of several layers side by side."""
    return np.concatenate([parts[layer] for layer in layers.split()], axis=1)


def less(X, other):
    """Return features (n, d) without what other features (n, e) tell of them linearly."""
    return X - Ridge(alpha=1e-3 * len(X)).fit(other, X).predict(other).astype(np.float32)


def by_artist(X, artists):
    """Return the share of nearest works by the same artist (dict)."""
    indices = knn(X, n_neighbors=5).indices
    return {f"artist P@{k}": round(precision_at_k(indices, artists, k=k)["precision"], 4) for k in (1, 5)}


def by_style(X, styles, artists, *, seeds):
    """Return how far neighbours and clusters agree with style (dict)."""
    graph = jaccard_weights(knn(X, n_neighbors=15).indices)
    found = [leiden_n_clusters(graph, len(set(styles)), seed=seed)[0] for seed in range(seeds)]
    return {
        "P@15 other artists": round(cross_group_precision(X, styles, artists, k=15)["precision"], 4),
        "AMI": spread([adjusted_mutual_info_score(styles, labels) for labels in found]),
    }


def by_domain(X, corpus, *, seeds):
    """Return how far clusters follow the way of depicting, and the thing (dict)."""
    graph = jaccard_weights(knn(X, n_neighbors=15).indices)
    columns = {name: corpus.paintings[name].to_numpy(dtype=object) for name in ("domain", "object")}
    found = [leiden_n_clusters(graph, len(set(columns["domain"])), seed=seed)[0] for seed in range(seeds)]
    return {
        f"AMI {name}": spread([adjusted_mutual_info_score(column, labels) for labels in found])
        for name, column in columns.items()
    }


def wasserstein(corpus, network, rows):
    """Return artist P@1 and P@5 (dict) by the distance of means and deviations as they are."""
    import torch

    from artgraph.images import load_image

    descriptor = make_descriptor(
        f"moments:{network}", layers=SETS[network]["the default"].split(), weights=rows["weights"]
    )
    descriptor.load()

    def plain(activations):
        flat = activations.flatten(2).float()
        return (
            torch.cat([flat.mean(dim=2), flat.std(dim=2, correction=0)], dim=1) if flat.shape[2] > 1 else flat[:, :, 0]
        )

    paths, found = [corpus.image_root / corpus.paintings["image"].iloc[row] for row in rows["rows"]], []
    with torch.inference_mode():
        for at in range(0, len(paths), 32):
            batch = np.stack([descriptor.prepare(load_image(path, min_side=224)) for path in paths[at : at + 32]])
            pixels = torch.from_numpy(batch).permute(0, 3, 1, 2).float()
            maps = descriptor.network(descriptor.source.normalise(pixels))
            found.append(torch.cat([plain(one) for one in maps], dim=1).numpy())
    X = np.concatenate(found)
    indices = knn(X, n_neighbors=5, metric="euclidean").indices
    return {f"artist P@{k}": round(precision_at_k(indices, rows["artists"], k=k)["precision"], 4) for k in (1, 5)}


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--domains", type=Path, required=True)
    arguments.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    arguments.add_argument("--work", type=Path, required=True, help="folder for the corpora; kept")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments = arguments.parse_args()
    files = {network: sorted(arguments.weights.glob(f"{network}*.safetensors")) for network in NETWORKS}

    def measure():
        keep, seeds, found = Keep(arguments.work / "pieces"), arguments.seeds, {}
        paintings, pictures = (described(folder, arguments.work) for folder in (arguments.paintings, arguments.domains))
        for corpus in (paintings, pictures):
            every = [settings(network, files[network]) for network in NETWORKS]
            pipeline.describe(corpus, descriptors=every)
        styles, artists = (paintings.paintings[name].to_numpy(dtype=object) for name in ("style", "artist"))
        dev = chosen_half(artists)
        for network in NETWORKS:
            elsewhere, rows = candidates(pictures, network), {}
            for name, features in candidates(paintings, network).items():
                of = [paintings.label("features", KEY.format(network))["sha256"], seeds]
                of += [pictures.label("features", KEY.format(network))["sha256"]]

                def judge(features=features, name=name, elsewhere=elsewhere):
                    X = features()
                    return {
                        **by_artist(X[dev], artists[dev]),
                        **by_style(X[~dev], styles[~dev], artists[~dev], seeds=seeds),
                        **by_domain(elsewhere[name](), pictures, seeds=seeds),
                    }

                rows[name] = keep(f"{network}: {name}", judge, of=of)
            told = {"rows": np.flatnonzero(dev), "artists": artists[dev], "weights": files[network]}
            rows["the default, 2-Wasserstein"] = keep(
                f"{network}: 2-Wasserstein",
                lambda network=network, told=told: wasserstein(paintings, network, told),
                of=data_sha256(arguments.paintings),
            )
            found[network] = rows
        return {
            "networks": found,
            "works": {"chosen on": int(dev.sum()), "others": int((~dev).sum())},
            "data_sha256": {folder.name: data_sha256(folder) for folder in (arguments.paintings, arguments.domains)},
        }

    experiment("layers", arguments, measure)


if __name__ == "__main__":
    main()
