"""What does each descriptor see: the manner or the thing? How much of the exact Gram matrix is kept?

``python -m experiments.descriptor_quality --paintings DIR --domains DIR --weights DIR --work DIR --json``

On the paintings: share of the nearest works of the same style (P@1, own picture excluded), the same with works of other
artists only (P@15), and AMI of Leiden at as many clusters as there are styles. On the domains (the same things, shown
in several ways): AMI of as many clusters as there are ways, with the way and with the object. The share of the 15
nearest works by the exact Gram matrices of a layer that are kept by its stored coordinates. And how the whitening of a
fusion was chosen: share of nearest works by the same artist, on either half of the artists; styles are not asked.
"""

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import adjusted_mutual_info_score

from artgraph import pipeline
from artgraph.communities import kmeans, leiden_n_clusters
from artgraph.descriptors import fuse, make_descriptor
from artgraph.evaluation import cross_group_precision, precision_at_k
from artgraph.graph import jaccard_weights, knn
from artgraph.images import load_image
from experiments.common import data_sha256, experiment, parser, spread

NETWORKS = ("gram:resnet18", "moments:resnet18", "cnn:vit_tiny_patch16_224", "cnn:mobilenetv2_100")
HANDMADE = ("color", "texture", "patches")
FUSIONS = {
    "gram + vit_tiny + mobilenetv2": ("gram-resnet18", "cnn-vit_tiny_patch16_224", "cnn-mobilenetv2_100"),
    "color + texture + patches (no pretrained weights)": HANDMADE,
    "all six": ("gram-resnet18", "cnn-vit_tiny_patch16_224", "cnn-mobilenetv2_100", *HANDMADE),
}


def describe(folder, work, weights):
    """Return a corpus (Corpus) of a folder with all descriptors."""
    corpus = pipeline.ingest(folder, work / folder.name, metadata=folder / "metadata.csv", max_refused=0)
    pipeline.describe(corpus, descriptors=(*NETWORKS, *HANDMADE), weights=weights)
    return corpus


def blocks_of(corpus):
    """Return the features to judge (dict of name to (n, d) array): each alone, and the fusions."""
    keys = [make_key(spec) for spec in (*NETWORKS, *HANDMADE)]
    alone = {key: fuse([corpus.get("features", key)]) for key in keys}
    return alone | {name: fuse([corpus.get("features", key) for key in parts]) for name, parts in FUSIONS.items()}


def make_key(spec):
    """Return the key of a descriptor's features (str)."""
    return spec.replace(":", "-")


def whitening(corpus):
    """Return artist P@1 on two halves of the artists, for fusions by whitening and by dimensions kept (dict)."""
    artists = corpus.paintings["artist"].to_numpy(dtype=object)
    half = np.unique(artists, return_inverse=True)[1] % 2
    rows = {}
    for name, parts in FUSIONS.items():
        blocks = [corpus.get("features", key) for key in parts]
        for components, values in ((128, (0, 0.25, 0.5, 0.75, 1)), (64, (0.5,)), (256, (0.5,))):
            for value in values:
                X = fuse(blocks, components=components, whitening=value)
                found = [
                    precision_at_k(knn(X[half == h], n_neighbors=1).indices, artists[half == h], k=1)["precision"]
                    for h in (0, 1)
                ]
                rows.setdefault(name, {})[f"whitening {value}, {components} components"] = spread(found)
    return rows


def style(corpus, seeds):
    """Return, for each feature, how far its neighbours and clusters agree with the style column (dict)."""
    styles, artists = (corpus.paintings[name].to_numpy(dtype=object) for name in ("style", "artist"))
    count = len(set(styles))
    rows = {}
    for name, X in blocks_of(corpus).items():
        indices = knn(X, n_neighbors=15).indices
        adjacency = jaccard_weights(indices)
        leiden = [leiden_n_clusters(adjacency, count, seed=seed)[0] for seed in range(seeds)]
        rows[name] = {
            "dimensions": X.shape[1],
            "P@1": round(precision_at_k(indices, styles, k=1)["precision"], 4),
            "P@15 other artists": round(cross_group_precision(X, styles, artists, k=15)["precision"], 4),
            "artist P@1": round(precision_at_k(indices, artists, k=1)["precision"], 4),
            "AMI Leiden": spread([adjusted_mutual_info_score(styles, labels) for labels in leiden]),
        }
    return rows


def domains(corpus, seeds):
    """Return, for each feature, the AMI of as many clusters as there are domains with domain and object (dict)."""
    domain, thing = (corpus.paintings[name].to_numpy(dtype=object) for name in ("domain", "object"))
    count, rows = len(set(domain)), {}
    for name, X in blocks_of(corpus).items():
        adjacency = jaccard_weights(knn(X, n_neighbors=15).indices)
        for method in ("Leiden", "k-means"):
            found = [
                kmeans(X, count, seed=seed)
                if method == "k-means"
                else leiden_n_clusters(adjacency, count, seed=seed)[0]
                for seed in range(seeds)
            ]
            rows.setdefault(name, {})[method] = {
                "AMI manner of depiction": spread([adjusted_mutual_info_score(domain, labels) for labels in found]),
                "AMI object": spread([adjusted_mutual_info_score(thing, labels) for labels in found]),
            }
    return rows


@torch.inference_mode()
def kept(corpus, weights):
    """Return, for each layer, the share of the 15 nearest works by exact Gram matrices that is kept (dict)."""
    descriptor = make_descriptor("gram:resnet18", weights=weights)
    descriptor.load()
    stored = corpus.get("features", "gram-resnet18")
    paths = [corpus.image_root / image for image in corpus.paintings["image"]]
    folder = corpus.path.parent / "exact"
    folder.mkdir(exist_ok=True)
    parts = []
    for start in range(0, len(paths), 256):  # kept, so that a run that was killed goes on
        file = folder / f"{start:06d}.npy"
        if not file.is_file():
            some = [descriptor.prepare(load_image(path)) for path in paths[start : start + 256]]
            batches = [np.stack(some[at : at + 32]) for at in range(0, len(some), 32)]
            np.save(file, np.concatenate([descriptor.embed(batch) for batch in batches]))
        parts.append(np.load(file))
    wide = np.concatenate(parts)
    shares = {}
    for position, (layer, exact) in enumerate(zip(descriptor.source.layers, descriptor._blocks(wide), strict=True)):
        truth = knn(exact.astype(np.float32), n_neighbors=15, metric="euclidean").indices
        d = stored.shape[1] // len(descriptor.source.layers)
        found = knn(stored[:, position * d : (position + 1) * d], n_neighbors=15, metric="euclidean").indices
        shares[layer] = {
            "exact entries": exact.shape[1],
            "stored dimensions": d,
            "kept": round(float(np.mean([len(set(a) & set(b)) / 15 for a, b in zip(truth, found, strict=True)])), 4),
        }
    return shares


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
        paintings = describe(arguments.paintings, arguments.work, arguments.weights)
        pictures = describe(arguments.domains, arguments.work, arguments.weights)
        return {
            "paintings": len(paintings),
            "pictures": len(pictures),
            "data_sha256": {folder.name: data_sha256(folder) for folder in (arguments.paintings, arguments.domains)},
            "whitening": whitening(paintings),
            "style": style(paintings, arguments.seeds),
            "domains": domains(pictures, arguments.seeds),
            "gram_kept": kept(paintings, arguments.weights),
        }

    experiment("descriptor_quality", arguments, measure)


if __name__ == "__main__":
    main()
