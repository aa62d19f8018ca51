"""System 6: artgraph, its best unsupervised setting and what each part of it is worth.

The features of several networks joined with equal say (``FEATURES``), a graph of 15 nearest neighbours, a VGAE that
learns from artists' names, a graph of neighbours by other hands with artist links beside them, as ``pipeline.run``
makes it, and Leiden at as many clusters as there are styles. Nothing asks for styles before the judging. On the works
by artists whose names were hidden, the names of the other half of the artists were all that was given. One row goes
further back: there the ViT, too, was trained on by the given names, before anything was described.
"""

from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd

from artgraph import pipeline
from artgraph.communities import kmeans, leiden_consensus, leiden_n_clusters, spectral
from artgraph.dates import parse_years
from artgraph.descriptors import fuse, make_descriptor
from artgraph.descriptors.period import BANDWIDTH, impute_period, nearest_dated, period_features
from artgraph.descriptors.registry import WEIGHTS
from artgraph.evaluation import precision_at_k
from artgraph.graph import artist_links, jaccard_weights, knn, linkable_artists, merge_layers
from artgraph.vgae import Config, train_vgae
from experiments import tuned as networks
from experiments.artist_transfer import MANY, of_two, right
from experiments.common import REVISION
from experiments.layers import chosen_half
from experiments.study import DESCRIBED, Row, judged

__all__ = ["ROWS"]

BEST = ("gram:resnet18", "moments:vit_tiny_patch16_224", "cnn:vit_tiny_patch16_224", "lite")
FEATURES = {  # what is joined
    "best": BEST,
    "before": ("gram:resnet18", "cnn:vit_tiny_patch16_224", "cnn:mobilenetv2_100"),  # last layers, and no Lite0
    "no middle layers": ("gram:resnet18", "cnn:vit_tiny_patch16_224", "lite"),
    "no Lite0": ("gram:resnet18", "moments:vit_tiny_patch16_224", "cnn:vit_tiny_patch16_224"),
    "and MobileNet": (*BEST, "cnn:mobilenetv2_100"),
}


def graph(X, *, exclude_same=None):
    """Return the similarity graph (n, n) CSR of features (n, d); none has the same ``exclude_same``."""
    return jaccard_weights(knn(X, n_neighbors=min(15, len(X) - 1), exclude_same=exclude_same).indices)


def linked(X, given, *, across=True, strength=pipeline.ARTIST_EDGE_WEIGHT):
    """Return the graph (n, n) CSR of features (n, d) and of artists, as far as their names are given."""
    similar = graph(X, exclude_same=given if across else None)
    return merge_layers(similar, artist_links(given, X), strength=strength)


def clusters(study, seed, adjacency, *, method="leiden", consensus=0):
    """Return as many clusters as there are styles, (n,) int32; of that many runs by ``consensus``."""
    if consensus:
        resolution = leiden_n_clusters(adjacency, study.n_styles, seed=seed)[1]
        labels, _ = leiden_consensus(adjacency, consensus, resolution=resolution, n_clusters=study.n_styles, seed=seed)
        return labels
    if method == "spectral":
        return spectral(adjacency, study.n_styles, seed=seed)
    return leiden_n_clusters(adjacency, study.n_styles, seed=seed)[0]


def names(study, hidden=None):
    """Return the names that may be linked, (n,) str or None; those of ``hidden`` (n,) bool works not."""
    linkable = np.array(linkable_artists(study.column("artist")), dtype=object)
    return linkable if hidden is None else np.where(hidden, None, linkable)


def joined(study, features="best", *, dates=0.0):
    """Return the features (n, d) of a set of ``FEATURES``, with the period of each work beside them by its weight."""
    blocks = [study.features(key) for key in FEATURES[features]]
    X = fuse(blocks)
    if not dates:
        return X
    years = parse_years(study.column("date"))
    dated = np.isfinite(years)
    period = impute_period(period_features(years), nearest_dated(X, dated, np.flatnonzero(~dated)))
    each, whitening = [1.0] * len(blocks), [0.5] * len(blocks)
    return fuse([*blocks, period], weights=[*each, dates], whitening=[*whitening, 0.0])


def latents(study, seed, *, artists, model="vgae", hops=2, features="best", dates=0.0):
    """Return the latents (n, d) of a model that was told these names (None: none), from what ``joined`` gives."""
    settings = config(study, seed, model=model, hops=hops)
    told = None if artists is None else artists.tolist()

    def learn():
        X = joined(study, features, dates=dates)
        return train_vgae(X, graph(X), artists=artists, config=settings, device="cpu").mu

    period = [dates, BANDWIDTH, LAST] if dates else 0.0
    of = [study.stamp, asdict(settings), told, REVISION, FEATURES[features], period]
    return study.keep.array("latents", learn, of=of)


def config(study, seed, **settings):
    """Return the settings (Config) of a VGAE."""
    return Config(seed=seed, epochs=2 if study.quick else None, **settings)


def choice(study, seed):
    """Return the share of nearest works by the same artist, on artists kept for choices, of each set (dict)."""
    dev = chosen_half(study.artist)
    found = {}
    for name in FEATURES:
        X = joined(study, name)[dev]
        for k in (1, 5):
            same = precision_at_k(knn(X, n_neighbors=5).indices, study.artist[dev], k=k)["precision"]
            found[f"{name}: artist P@{k}"] = same
    return found


def two_styles(study, seed):
    """Return the share of works by artists with many works in two styles that lie in the right cluster (dict).

    By the two measures of ``artist_transfer``: where their own style is the commonest; where, by other artists' works,
    it is better represented than the artist's other one.
    """
    table = pd.crosstab(study.artist, study.style)
    changed = table[(table >= MANY).sum(axis=1) > 1]
    if not len(changed):
        return {"artists of two styles": 0.0}
    given = names(study)
    before, best = joined(study, "before"), joined(study)
    parts = {"features as before": graph(before), "features as before, links across artists": linked(before, given)}
    parts |= {"features": graph(best), "features, links across artists": linked(best, given)}
    parts["latents, links across artists"] = linked(latents(study, seed, artists=given), given)
    found = {}
    for name, adjacency in parts.items():
        labels, shares, works = clusters(study, seed, adjacency), [], []
        for artist, row in changed.iterrows():
            rows = np.flatnonzero((study.artist == artist) & np.isin(study.style, row.index[row >= MANY]))
            own = right(labels, study.style, rows), of_two(labels, study.style, study.artist, rows)
            shares.append(own)
            works.append(len(rows))
        both = np.average(shares, axis=0, weights=works)
        found[name] = {"own style the commonest": float(both[0]), "own style rather than the other": float(both[1])}
    return found


def given_half(study, seed, *, features="best", consensus=0, dates=0.0):
    """Return the figures (dict) of artgraph that was given the names of half of the artists, and no others."""
    given = names(study, study.hidden(seed))
    Z = latents(study, seed, artists=given, features=features, dates=dates)
    labels = clusters(study, seed, linked(Z, given), consensus=consensus)
    return judged(study, seed, Z, labels)


def whole(
    study,
    seed,
    *,
    method="leiden",
    model="vgae",
    hops=2,
    told=True,
    links=True,
    across=True,
    features="best",
    dates=0.0,
):
    """Return the figures (dict) of artgraph, or of artgraph less something.

    Parameters
    ----------
    study : Study
    seed : int
    method : {"leiden", "spectral", "k-means"}
        k-means: no graph among the latents.
    model, hops
        Of the VGAE, see ``Config``; "none": the features as they are.
    told : bool
        Whether artists' names are given at all.
    links : bool
        Whether same-artist links stand in the graph that is clustered.
    features, dates : str, float
        See ``joined``.
    across : bool
        Whether, with links, neighbours in that graph are by other hands.
    """

    def part(hidden):
        given = names(study, hidden) if told else None
        Z = latents(study, seed, artists=given, model=model, hops=hops, features=features, dates=dates)
        if method == "k-means":
            return Z, kmeans(Z, study.n_styles, seed=seed)
        adjacency = linked(Z, given, across=across) if told and links else graph(Z)
        return Z, clusters(study, seed, adjacency, method=method)

    Z, labels = part(None)
    if not told:
        return judged(study, seed, Z, labels)
    hidden = part(study.hidden(seed))[1]
    return judged(study, seed, Z, labels, half=(hidden, hidden))


def tuned_by_half(study, seed):
    """Return the features (n, d) of a ViT that was trained on by the names that are given to this seed."""
    table, root, rows = study.paintings.paintings, study.paintings.image_root, np.flatnonzero(~study.hidden(seed))
    spec = study.spec("ViT-Tiny")
    file, _ = networks.tuned(
        study.work,
        networks.named("artist, curated", seed),
        [root / image for image in table["image"].iloc[rows]],
        hands=names(study)[rows],
        weights=study.weights,
        backbone=spec.partition(":")[2],
        **({"steps": 2, "size": 32, "artists_per_batch": 4, "works_per_artist": 2} if study.quick else {"size": 160}),
    )
    descriptor = make_descriptor(spec, weights=file)
    descriptor.key = f"tuned-half-{seed}"
    pipeline.describe(study.paintings, descriptors=[descriptor])
    return study.paintings.get("features", descriptor.key)


def tuned(study, seed):
    """Return the figures (dict) of artgraph with a ViT trained on by half of the names, and told no others."""
    X = fuse([tuned_by_half(study, seed), study.features(BEST[0])])
    given = names(study, study.hidden(seed))
    Z = train_vgae(X, graph(X), artists=given, config=config(study, seed), device="cpu").mu
    return judged(study, seed, Z, clusters(study, seed, linked(Z, given, across=False, strength=0.5)))


def alone(study, seed, *, descriptor):
    """Return the figures (dict) of Leiden on the graph of one descriptor."""
    X = fuse([study.features(descriptor)])
    return judged(study, seed, X, clusters(study, seed, graph(X)))


DATE_WEIGHT = WEIGHTS["date"]
NETWORKS = ("ResNet-18", "ViT-Tiny", "Lite0")
BEFORE = ("ResNet-18", "ViT-Tiny", "MobileNet")
AS_BEFORE = "Measured with the networks as before: the last layers alone, MobileNet in place of Lite0."
LAST = REVISION + 2  # of rows whose last graph has artist links: across artists since 1, middle layers since 2
HALF = "Measured with the names of half of the artists alone; what stands under AMI, ARI and purity is that partition."

NEW = ("moments:vit_tiny_patch16_224", "lite")
ROWS = (
    Row("artgraph, whole", whole, networks=NETWORKS, revision=LAST),
    Row(
        "artgraph, whole, with dates",
        partial(whole, dates=DATE_WEIGHT),
        networks=NETWORKS,
        revision=LAST + 1,
        differs="Period is not look: what styles and dates have in common is counted here.",
    ),
    *(
        Row(
            f"artgraph, given half: {name}",
            partial(given_half, **given),
            networks=NETWORKS,
            revision=LAST,
            differs=HALF,
        )
        for name, given in {
            "the networks as before": {"features": "before"},
            "without middle layers of the ViT": {"features": "no middle layers"},
            "without Lite0": {"features": "no Lite0"},
            "consensus of 16 runs": {"consensus": 16},
        }.items()
    ),
    Row("which layers and networks, by artists", choice, kind="reading", revision=LAST),
    Row("works by artists of two styles", two_styles, kind="reading", networks=NETWORKS, revision=LAST),
    Row(
        "artgraph with a ViT tuned by the given half of the names",
        tuned,
        networks=("ResNet-18", "ViT-Tiny"),
        differs="The ViT of a seed is trained once for all experiments that share --work; the time is told without it "
        "where another had done it: see teach_the_eye. The last graph has neighbours by anybody, and artist links of "
        "0.5: it was not measured again with neighbours across artists, for the tuning takes hours.",
        revision=REVISION,
    ),
    Row("artgraph, spectral instead of Leiden", partial(whole, method="spectral"), networks=NETWORKS, revision=LAST),
    Row(
        "artgraph with neighbours by anybody in the last graph",
        partial(whole, across=False),
        networks=NETWORKS,
        revision=LAST,
    ),
    Row(
        "artgraph without artist links in the last graph",
        partial(whole, links=False),
        networks=NETWORKS,
        revision=LAST,
    ),
    Row(
        "artgraph without artists' names",
        partial(whole, told=False, features="before"),
        networks=BEFORE,
        differs=AS_BEFORE,
        revision=REVISION,
    ),
    Row("artgraph without VGAE: links alone", partial(whole, model="none"), networks=NETWORKS, revision=LAST),
    Row("artgraph without VGAE and names", partial(whole, model="none", told=False), networks=NETWORKS, revision=LAST),
    Row(
        "artgraph without graph: names alone, k-means",
        partial(whole, method="k-means", model="contrastive", hops=0, features="before"),
        networks=BEFORE,
        differs=AS_BEFORE,
        revision=REVISION,
    ),
    Row(
        "artgraph without graph and names: k-means",
        partial(whole, method="k-means", model="none", told=False),
        networks=NETWORKS,
        revision=LAST,
    ),
    *(Row(f"{name} alone, Leiden", partial(alone, descriptor=name)) for name in (*DESCRIBED, "patches", *NEW)),
)
