"""What does the InfoVAE learn of windows, and do its codes know which painting a window is of?

``python -m experiments.infovae --paintings DIR --json``

Several kinds of model learn on the windows of one half of the paintings (split by artist where there is one). On the
other half: reconstruction, active units, and how often the nearest other window is of the same painting, among all
windows and among those that share no pixel with the query; beside it PCA-64 of the pixels of the same windows, and of
their DoG. Three seeds, each with a split of its own. Then the whole descriptor on all paintings: seconds, and how often
the nearest painting is by the same artist, or of the same style; no choice was made by the latter.
"""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.decomposition import PCA

from artgraph.descriptors import Patches, fuse
from artgraph.descriptors.patches import (
    POOLINGS,
    decode,
    encode,
    fit_pooling,
    overlaps,
    pool,
    train_infovae,
)
from artgraph.evaluation import cross_group_precision
from artgraph.images import load_image
from artgraph.learning.measures import active_units
from experiments.common import data_sha256, experiment, parser, spread

PUBLISHED = {"look": "dog", "count": 5, "share": 0.1, "scales": (1,), "pooling": "mean", "same_painting_weight": 0.0}
KINDS = {
    "published": PUBLISHED,
    "dog with kinship": {"look": "dog"},
    "color, plain": {"same_painting_weight": 0.0},
    "default": {},
}


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True, help="a folder with metadata.csv in it")
    arguments.add_argument("--n", type=int, default=800, help="paintings, at most")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--windows-per-epoch", type=int, default=2048)
    arguments.add_argument("--threads", type=int, default=1)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    experiment("infovae", arguments, lambda: measure(arguments))


def measure(arguments):
    """Return all figures (dict)."""
    table = pd.read_csv(f"{arguments.paintings}/metadata.csv")
    table = table.sample(min(arguments.n, len(table)), random_state=0).reset_index(drop=True)
    images = [load_image(f"{arguments.paintings}/{path}", min_side=448) for path in table["path"]]
    figures = {"n": len(images), "data_sha256": data_sha256(arguments.paintings)}
    shown, curves = {}, {}
    for kind, options in KINDS.items():
        descriptor = Patches(**options)
        windows, boxes = (np.stack(parts) for parts in zip(*map(descriptor.windows, images), strict=True))
        same_places = Patches(**options | {"look": "dog"})
        dog = np.stack([same_places.windows(image)[0] for image in images])
        rows = []
        for seed in range(arguments.seeds):
            train, test = _split(table["artist"], seed)
            config = replace(descriptor.config, seed=seed, windows_per_epoch=arguments.windows_per_epoch)
            trained = train_infovae(windows[train], boxes=boxes[train], config=config)
            codes = encode(windows[test], trained.encoder)
            row = {"active_units": active_units(codes.reshape(-1, 64)), "least_variance": codes.var((0, 1)).min()}
            row |= {f"last_{name}": curve[-1] for name, curve in trained.history.items()}
            vectors = {
                "codes": codes,
                "pixels_pca64": _pca(windows[train], windows[test]),
                "dog_pca64": _pca(dog[train], dog[test]),
            }
            for name, values in vectors.items():
                row[f"{name}_any"], row[f"{name}_apart"] = retrieval(values, boxes[test])
            rows.append(row)
            if seed == 0:
                curves[kind] = trained.history
                some = windows[test][:12, 0]
                shown[kind] = some, decode(encode(some, trained.encoder), trained.decoder)
        figures[kind] = {name: spread([row[name] for row in rows]) for name in rows[0]}
        figures[kind]["windows"] = int(np.prod(windows.shape[:2]))
        figures[kind]["curves"] = {name: curve.round(5).tolist() for name, curve in curves[kind].items()}
    _draw(arguments.results / "infovae.png", curves, shown)
    return figures | {"descriptor": {kind: whole(images, table, KINDS[kind]) for kind in ("published", "default")}}


def whole(images, table, options):
    """Return seconds, and precision at 1 of every pooling (dict), of the descriptor learned on all paintings."""
    descriptor = Patches(**options)
    started = time.process_time()
    wide = np.stack([descriptor.prepare(image) for image in images])
    prepared = time.process_time()
    fitted = descriptor.fit(wide)
    fit = time.process_time()
    codes = encode(descriptor.split(wide)[0], {k[8:]: v for k, v in fitted.items() if k.startswith("encoder.")})
    encoded = time.process_time()
    figures = {
        "prepare_cpu_ms": round(1000 * (prepared - started) / len(images), 2),
        "encode_cpu_ms": round(1000 * (encoded - fit) / len(images), 2),
        "fit_cpu_seconds": round(fit - prepared, 1),
    }
    for kind in POOLINGS:
        features = fuse([pool(codes, fit_pooling(codes, kind), kind)])
        figures[kind] = {
            column: round(cross_group_precision(features, table[column], None, k=1)["precision"], 4)
            for column in ("artist", "style")
            if column in table
        }
    return figures


def retrieval(vectors, boxes):
    """Return how often a window's nearest other window is of its painting: among all, and among those apart from it.

    Parameters
    ----------
    vectors : (n, m, d) float array
    boxes : (n, m, 3) float array
        Windows that share pixels with the query cannot be found in the second figure; queries that share pixels with
        all others of their painting are left out of it.
    """
    n, m, _ = vectors.shape
    flat = torch.from_numpy(vectors.reshape(n * m, -1).astype(np.float32))
    painting = torch.arange(n).repeat_interleave(m)
    hits = np.zeros(2)
    asked = np.zeros(2)
    for i in range(n):
        own = slice(i * m, i * m + m)
        distance = torch.cdist(flat[own], flat)  # (m, n m)
        shared = torch.from_numpy(overlaps(boxes[i]))
        itself = torch.from_numpy((boxes[i][:, None] == boxes[i]).all(axis=2))  # small pictures repeat windows
        for k, forbidden in enumerate((itself, shared)):
            distance[:, own] = distance[:, own].masked_fill(forbidden, torch.inf)
            queries = ~forbidden.all(dim=1)
            hits[k] += (painting[distance.argmin(dim=1)] == i)[queries].sum().item()
            asked[k] += queries.sum().item()
    return tuple(hits / np.maximum(asked, 1))


def _split(artist, seed):
    names = np.random.default_rng(seed).permutation(sorted(artist.fillna("").unique()))
    train = artist.fillna("").isin(names[: len(names) // 2]).to_numpy()
    return np.flatnonzero(train), np.flatnonzero(~train)


def _pca(train, test):
    rows, columns = (part.reshape(-1, np.prod(part.shape[2:])).astype(np.float32) for part in (train, test))
    rows = rows[:: max(1, len(rows) // 2048)]
    fitted = PCA(64, svd_solver="randomized", random_state=0).fit(rows)
    return fitted.transform(columns).reshape(*test.shape[:2], 64)


def _draw(file, curves, shown):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(shown), 2, figsize=(14, 2.6 * len(shown)), width_ratios=(1, 3))
    for (left, right), kind in zip(axes, shown, strict=True):
        epochs = np.arange(1, len(curves[kind]["mmd"]) + 1)
        left.plot(epochs, curves[kind]["reconstruction"], color="tab:blue")
        left.set(title=kind, xlabel="epoch")
        left.set_ylabel("reconstruction", color="tab:blue")
        twin = left.twinx()
        twin.plot(epochs, curves[kind]["mmd"], color="tab:red")
        twin.set_ylabel("MMD²", color="tab:red")
        windows, drawn = shown[kind]
        windows = windows if windows.ndim == 4 else windows[..., None]
        sheet = np.concatenate([np.concatenate(list(part), axis=1) for part in (windows, drawn)])
        right.imshow(sheet.squeeze(), cmap="gray", vmin=0, vmax=255)
        right.set(title="windows of held-out paintings, and their reconstructions")
        right.axis("off")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(file, dpi=80)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
