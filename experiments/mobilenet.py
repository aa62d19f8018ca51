"""System 3: MobileNet features clustered, and columns of the spreadsheet predicted from pictures.

Clusters: features to 100 principal components (the source kept 85 % of the variance with them), k-means with the number
of clusters at the elbow, and a Gaussian mixture; silhouette and Davies-Bouldin; each cluster's theme, the style that is
most over-represented in it, and how far the themes lie apart. Prediction: a CNN of three layers on 64 pixels, MobileNet
frozen under a new last layer at three learning rates, and MobileNet fine-tuned on 96 pixels; classes balanced by
undersampling and by weights in the loss. Columns: style, and genre, nationality and period where the spreadsheet has
them (a period is half a century where there is only a date).

Every network is trained in two ways: on works by some artists and judged on those of others, and on works drawn at
random, as in the source.
"""

from functools import partial

import lightning
import numpy as np
import timm
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from torch import nn

from artgraph.communities import gaussian_mixture, kmeans
from artgraph.descriptors import make_descriptor
from artgraph.descriptors.weights import load_strictly, read_state
from artgraph.evaluation import over_represented
from artgraph.evaluation.internal import feature_scores
from experiments.study import Row, judged
from experiments.training import Features, Pixels, coded, fit, judge, probabilities, unfold

__all__ = ["ROWS", "SPLITS", "elbow", "small_cnn", "tuned_network"]

COMPONENTS = 100
COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 26, 30)
SPLITS = ("by artist", "random")
RATES = (1e-2, 1e-3, 1e-4)


def reduced(study):
    """Return the first principal components of MobileNet's features, (n, 100) float32, and the variance they keep."""
    X = study.features("MobileNet")
    pca = PCA(min(COMPONENTS, *X.shape), svd_solver="covariance_eigh").fit(X)
    return pca.transform(X).astype(np.float32), float(pca.explained_variance_ratio_.sum())


def elbow(X, counts, *, seed=0):
    """Return the number of clusters (int) at which the curve of k-means' inertia bends most.

    Of the counts, the one furthest below the straight line from the first to the last, both axes scaled to 0 … 1.

    Parameters
    ----------
    X : (n, d) array
    counts : sequence of int
    seed : int
    """
    inertia = np.array([KMeans(k, n_init=1, random_state=seed).fit(X).inertia_ for k in counts])
    x = (np.array(counts) - counts[0]) / (counts[-1] - counts[0])
    y = (inertia - inertia[-1]) / max(inertia[0] - inertia[-1], 1e-12)
    return int(counts[np.argmax(1 - x - y)])


def themes(X, labels, styles):
    """Return how far the themes of clusters lie apart (dict): the nearest two, the furthest two, the mean distance.

    A cluster's theme is the style most over-represented in it; the distance of two themes is that of the means of their
    works, in units of the mean distance of a work to its own theme's mean.
    """
    found = over_represented(labels, styles).drop_duplicates("cluster").set_index("cluster")["name"]
    theme = found.reindex(labels).to_numpy(dtype=object)
    names = sorted(found.unique())
    if len(names) < 2:
        return {"themes": len(names)}
    centres = np.stack([X[theme == name].mean(axis=0) for name in names])
    own = [np.linalg.norm(X[theme == name] - centre, axis=1) for name, centre in zip(names, centres, strict=True)]
    apart = np.linalg.norm(centres[:, None] - centres, axis=2) / np.concatenate(own).mean()
    first, second = np.triu_indices(len(names), k=1)
    near, far = (f(apart[first, second]) for f in (np.argmin, np.argmax))
    return {
        "themes": len(names),
        "mean distance of themes": float(apart[first, second].mean()),
        "nearest": f"{names[first[near]]} and {names[second[near]]}, {apart[first[near], second[near]]:.2f}",
        "furthest": f"{names[first[far]]} and {names[second[far]]}, {apart[first[far], second[far]]:.2f}",
    }


def clustered(study, seed, *, method):
    """Return the figures (dict) of k-means or the mixture, at the elbow and at as many clusters as styles."""
    X, kept = reduced(study)
    counts = [count for count in COUNTS if count <= len(X) // 2]
    count = study.keep(f"elbow, seed {seed}", lambda: elbow(X, counts, seed=seed), of=study.stamp)
    labels, equal = (method(X, k, seed=seed) for k in (count, study.n_styles))
    scores = feature_scores(X, labels)
    return judged(study, seed, X, labels, equal=equal) | {
        "variance kept": kept,
        "silhouette": scores["silhouette"],
        "Davies-Bouldin": scores["davies_bouldin"],
        "themes": themes(X, labels, study.style),
    }


def small_cnn(classes):
    """Return the CNN of three layers: (b, 3, 64, 64) → (b, classes)."""

    def layer(before, after):
        return nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)

    body = (*layer(3, 32), *layer(32, 64), *layer(64, 128))  # → (b, 128, 8, 8)
    return nn.Sequential(*body, nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Dropout(0.3), nn.Linear(2048, classes))


def tuned_network(study, network, classes, **options):
    """Return a timm network with its pretrained weights and a new last layer of ``classes`` outputs.

    Parameters
    ----------
    study : Study
    network : str
        Key of ``NETWORKS``.
    classes : int
    **options
        For ``timm.create_model``.
    """
    spec = study.spec(network)
    source, backbone = make_descriptor(spec, weights=study.weights), spec.partition(":")[2]
    body = timm.create_model(backbone, pretrained=False, num_classes=0, **options)
    whole = timm.create_model(backbone, pretrained=False).state_dict()
    if "img_size" not in options:  # strict; with another side the place of each patch must be interpolated
        load_strictly(body, read_state(source.file), file=source.file, name=backbone, unused=whole)
    else:
        source.load()
        source.network.set_input_size(img_size=options["img_size"])
        body.load_state_dict(source.network.state_dict())
    return nn.Sequential(body, nn.Linear(body.num_features, classes))


def both_splits(study, seed, *, network, inputs, targets, **options):
    """Train a network in both ways and return accuracy and macro F1 of each column (dict), what it knew included.

    Parameters
    ----------
    study : Study
    seed : int
    network : callable(classes) -> torch module
    inputs : callable
        See ``Classifier``.
    targets : sequence of str
    **options
        For ``fit``.
    """
    columns = [coded(study.targets[name]) for name in targets]
    asked = [(values, len(names)) for values, names in columns]
    figures = {}
    for split in SPLITS:
        train, test = study.split(split, seed)
        lightning.seed_everything(seed, verbose=False)
        trained = fit(network(sum(width for _, width in asked)), inputs, asked, train, seed=seed, **options)
        for i, name in enumerate(targets):
            values = asked[i][0]
            figures.setdefault(name, {})[split] = judge(probabilities(trained, test)[i], values, test) | {
                "accuracy in training": judge(probabilities(trained, train)[i], values, train)["accuracy"]
            }
    return figures


def cnn(study, seed, *, balance):
    """Return the figures (dict) of the CNN of three layers."""
    options = {"epochs": 1 if study.quick else 6, "rate": 1e-3, "balance": balance, "low": True}
    return both_splits(study, seed, network=small_cnn, inputs=Pixels(study.pictures(64)), targets=("style",), **options)


def frozen(study, seed, *, rate, balance="weights"):
    """Return the figures (dict) of a new last layer on MobileNet's features, for every column."""
    X = study.features("MobileNet")
    options = {"epochs": 1 if study.quick else 15, "rate": rate, "balance": balance}

    def network(classes):
        return nn.Sequential(nn.Dropout(0.2), nn.Linear(X.shape[1], classes))

    figures = {}
    for name in study.targets:  # one by one: each is balanced by its own classes
        figures |= both_splits(study, seed, network=network, inputs=Features(X), targets=(name,), **options)
    return figures


def tuned(study, seed):
    """Return the figures (dict) of MobileNet fine-tuned, all layers at once."""
    inputs = Pixels(study.pictures(64 if study.quick else 96))
    options = {"epochs": 1 if study.quick else 3, "rate": 5e-4, "balance": "weights", "size": 32}
    options["most"] = 64 if study.quick else 1500

    def network(classes):
        made = tuned_network(study, "MobileNet", classes)
        unfold(made[0], inputs(torch.arange(min(256, len(study.style)))))
        return made

    return both_splits(
        study,
        seed,
        network=network,
        inputs=inputs,
        targets=("style",),
        **options,
    )


OTHERS = (
    "Ours are WikiArt's styles, given by volunteers, and few epochs on small pictures; the source's pictures and "
    "classes are not to be had. It split works at random, so that its network knew an artist's manner before the test."
)


def _supervised(name, measure, reported, *, network=True, revision=0):
    reported = {"accuracy": reported} if reported else {}
    networks = ("MobileNet",) if network else ()
    return Row(name, measure, "supervised", networks, reported, OTHERS, revision=revision)


ROWS = (
    Row(
        "MobileNet, PCA to 100, k-means at the elbow",
        partial(clustered, method=kmeans),
        networks=("MobileNet",),
        reported={"variance kept by 100 components": 0.85},
        differs="Other paintings, and perhaps another MobileNet.",
        revision=1,
    ),
    Row(
        "MobileNet, PCA to 100, Gaussian mixture",
        partial(clustered, method=gaussian_mixture),
        networks=("MobileNet",),
        differs="No figure of the source can be set beside ours.",
        revision=1,
    ),
    _supervised("CNN of three layers, weights in the loss", partial(cnn, balance="weights"), 0.42, network=False),
    _supervised("CNN of three layers, undersampling", partial(cnn, balance="undersampling"), None, network=False),
    *(
        _supervised(f"MobileNet frozen, learning rate {rate:g}", partial(frozen, rate=rate), figure)
        for rate, figure in zip(RATES, (0.57, 0.54, 0.44), strict=True)
    ),
    _supervised(
        f"MobileNet frozen, learning rate {RATES[1]:g}, undersampling",
        partial(frozen, rate=RATES[1], balance="undersampling"),
        None,
    ),
    _supervised("MobileNet fine-tuned", tuned, 0.65, revision=1),
)
