"""What does each descriptor see: the manner or the thing? How much of the exact Gram matrix is kept?

``python -m experiments.descriptor_quality --paintings DIR --domains DIR --weights DIR --work DIR --json``

On the paintings: share of the nearest works of the same style (P@1, own picture excluded), the same with works of other
artists only (P@15), and AMI of Leiden at as many clusters as there are styles. On the domains (the same things, shown
in several ways): AMI of as many clusters as there are ways, with the way and with the object. The share of the 15
nearest works by the exact Gram matrices of a layer that are kept by its stored coordinates. And how the whitening of a
fusion was chosen: share of nearest works by the same artist, on either half of the artists; styles are not asked. Nor
are they for fusions with "weights by artists" in their name: those weights find most nearest works by the same artist,
among all works.
"""

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import adjusted_mutual_info_score

from artgraph.communities import kmeans, leiden_n_clusters
from artgraph.descriptors import fuse, make_descriptor
from artgraph.evaluation import cross_group_precision, precision_at_k
from artgraph.graph import jaccard_weights, knn
from artgraph.images import load_image
from experiments.common import Keep, data_sha256, described, experiment, parser, spread

NETWORKS = ("gram:resnet18", "cnn:vit_tiny_patch16_224", "cnn:mobilenetv2_100")
HANDMADE = ("color", "texture", "patches")
FUSIONS = {
    "gram + vit_tiny + mobilenetv2": ("gram-resnet18", "cnn-vit_tiny_patch16_224", "cnn-mobilenetv2_100"),
    "color + texture + patches (no pretrained weights)": HANDMADE,
    "all six": ("gram-resnet18", "cnn-vit_tiny_patch16_224", "cnn-mobilenetv2_100", *HANDMADE),
}
ALL = {spec: (spec.replace(":", "-"),) for spec in (*NETWORKS, *HANDMADE)} | FUSIONS


def hashes(corpus, keys):
    """Return the hashes of features (list of str)."""
    return [corpus.label("features", key)["sha256"] for key in keys]


def joined(corpus, keys, **options):
    """Return the fusion of features, (n, d) float32."""
    return fuse([corpus.get("features", key) for key in keys], **options)


def whitening(corpus, keep):
    """Return artist P@1 on two halves of the artists, for fusions by whitening and by dimensions kept (dict)."""
    artists = corpus.paintings["artist"].to_numpy(dtype=object)
    half = np.unique(artists, return_inverse=True)[1] % 2

    def halves(X):
        return [
            precision_at_k(knn(X[half == h], n_neighbors=1).indices, artists[half == h], k=1)["precision"]
            for h in (0, 1)
        ]

    rows = {}
    for name, keys in list(FUSIONS.items())[:2]:
        for components, value in (*((128, value) for value in (0, 0.25, 0.5, 0.75, 1)), (64, 0.5), (256, 0.5)):
            row = f"whitening {value}, {components} components"
            options = {"components": components, "whitening": value}
            found = keep(
                f"{name}: {row}",
                lambda keys=keys, options=options: halves(joined(corpus, keys, **options)),
                of=hashes(corpus, keys),
            )
            rows.setdefault(name, {})[row] = spread(found)
    return rows


def weights_by_artists(corpus, keys):
    """Return the weights of a fusion that find most nearest works by the same artist, one changed at a time (list)."""
    artists = corpus.paintings["artist"].to_numpy(dtype=object)
    blocks = [joined(corpus, [key]) for key in keys]

    def score(weights):  # of what fuse would give with these weights
        X = np.concatenate([weight * block for weight, block in zip(weights, blocks, strict=True)], axis=1)
        return precision_at_k(knn(X, n_neighbors=1).indices, artists, k=1)["precision"]

    weights = [1.0] * len(keys)
    best = score(weights)
    for i in range(len(keys)):
        for value in (0.5, 0.7, 1.4, 2.0):
            tried = [*weights[:i], value, *weights[i + 1 :]]
            if (found := score(tried)) > best:
                weights, best = tried, found
    return weights


def style(corpus, seeds, keep):
    """Return, for each feature, how far its neighbours and clusters agree with the style column (dict)."""
    styles, artists = (corpus.paintings[name].to_numpy(dtype=object) for name in ("style", "artist"))

    def judge(X):
        indices = knn(X, n_neighbors=15).indices
        adjacency = jaccard_weights(indices)
        leiden = [leiden_n_clusters(adjacency, len(set(styles)), seed=seed)[0] for seed in range(seeds)]
        return {
            "dimensions": X.shape[1],
            "P@1": round(precision_at_k(indices, styles, k=1)["precision"], 4),
            "P@15 other artists": round(cross_group_precision(X, styles, artists, k=15)["precision"], 4),
            "artist P@1": round(precision_at_k(indices, artists, k=1)["precision"], 4),
            "AMI Leiden": spread([adjusted_mutual_info_score(styles, labels) for labels in leiden]),
        }

    rows = {}
    for name, keys in ALL.items():
        of = [hashes(corpus, keys), seeds]
        rows[name] = keep(f"style: {name}", lambda keys=keys: judge(joined(corpus, keys)), of=of)
    for name, keys in list(FUSIONS.items())[:2]:
        of = hashes(corpus, keys)
        weights = keep(f"weights: {name}", lambda keys=keys: weights_by_artists(corpus, keys), of=of)
        row = keep(
            f"style with weights: {name}",
            lambda keys=keys, weights=weights: judge(joined(corpus, keys, weights=weights)),
            of=[of, weights, seeds],
        )
        rows[f"{name}, weights by artists"] = row | {"weights": dict(zip(keys, weights, strict=True))}
    return rows


def domains(corpus, seeds, keep):
    """Return, for each feature, the AMI of as many clusters as there are domains with domain and object (dict)."""
    domain, thing = (corpus.paintings[name].to_numpy(dtype=object) for name in ("domain", "object"))
    count = len(set(domain))

    def judge(X):
        adjacency = jaccard_weights(knn(X, n_neighbors=15).indices)
        found = {
            "Leiden": [leiden_n_clusters(adjacency, count, seed=seed)[0] for seed in range(seeds)],
            "k-means": [kmeans(X, count, seed=seed) for seed in range(seeds)],
        }
        return {
            method: {
                "AMI manner of depiction": spread(
                    [adjusted_mutual_info_score(domain, labels) for labels in partitions]
                ),
                "AMI object": spread([adjusted_mutual_info_score(thing, labels) for labels in partitions]),
            }
            for method, partitions in found.items()
        }

    return {
        name: keep(
            f"domains: {name}",
            lambda keys=keys: judge(joined(corpus, keys)),
            of=[hashes(corpus, keys), seeds],
        )
        for name, keys in ALL.items()
    }


@torch.inference_mode()
def kept(corpus, weights, work, keep):
    """Return, for each layer, the share of the 15 nearest works by exact Gram matrices that is kept (dict)."""
    descriptor = make_descriptor("gram:resnet18", weights=weights)
    descriptor.load()
    stored = corpus.get("features", "gram-resnet18")
    paths = [corpus.image_root / image for image in corpus.paintings["image"]]
    folder = work / "exact"
    folder.mkdir(exist_ok=True)
    files = [folder / f"{start:06d}.npy" for start in range(0, len(paths), 256)]
    for number, file in enumerate(files):
        if not file.is_file():
            some = [descriptor.prepare(load_image(path)) for path in paths[256 * number : 256 * number + 256]]
            batches = [np.stack(some[at : at + 32]) for at in range(0, len(some), 32)]
            np.save(file, np.concatenate([descriptor.embed(batch) for batch in batches]))
    d = stored.shape[1] // len(descriptor.source.layers)

    def share(position):
        exact = np.concatenate([descriptor._blocks(np.load(file))[position] for file in files]).astype(np.float32)
        truth = knn(exact, n_neighbors=15, metric="euclidean").indices
        found = knn(stored[:, position * d : (position + 1) * d], n_neighbors=15, metric="euclidean").indices
        return {
            "exact entries": exact.shape[1],
            "stored dimensions": d,
            "kept": round(float(np.mean([len(set(a) & set(b)) / 15 for a, b in zip(truth, found, strict=True)])), 4),
        }

    of = hashes(corpus, ["gram-resnet18"])
    return {
        layer: keep(f"kept: {layer}", lambda position=position: share(position), of=of)
        for position, layer in enumerate(descriptor.source.layers)
    }


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--domains", type=Path, required=True)
    arguments.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    arguments.add_argument(
        "--work", type=Path, required=True, help="folder for the corpora; kept, so that reruns are quick"
    )
    arguments.add_argument("--seeds", type=int, default=5)
    arguments = arguments.parse_args()

    def measure():
        work, seeds, keep = arguments.work, arguments.seeds, Keep(arguments.work / "pieces")
        paintings, pictures = (
            described(folder, work, descriptors=(*NETWORKS, *HANDMADE), weights=arguments.weights)
            for folder in (arguments.paintings, arguments.domains)
        )
        figures = {
            "style": style(paintings, seeds, keep),
            "whitening": whitening(paintings, keep),
            "gram_kept": kept(paintings, arguments.weights, work, keep),
        }
        return figures | {
            "domains": domains(pictures, seeds, keep),
            "paintings": len(paintings),
            "pictures": len(pictures),
            "data_sha256": {folder.name: data_sha256(folder) for folder in (arguments.paintings, arguments.domains)},
        }

    experiment("descriptor_quality", arguments, measure)


if __name__ == "__main__":
    main()
