"""Do artists' names teach style, and does the lesson hold for artists whose names were never given?

``python -m experiments.artist_transfer --paintings DIR --weights DIR --work DIR --json``

Features: Gram matrices of resnet18, a ViT-Tiny and a MobileNetV2, joined with equal say; each layer of the Gram
matrices is a block of its own, with a third of their say. **Transfer**: artists are split in two by a hash of their
names, five times; half of the names are given, and all figures are of the works of the other artists. Leiden at as many
clusters as there are styles: on a graph of those works alone, on the graph of all works, and on that of all works with
neighbours across artists and artist links of 2, as far as names are given (the raw graph is told none); and the share
of the 15 nearest works by other artists that are of one style. The VGAE and the baselines that it must stand above are
trained from three seeds; a figure of a split is their mean, and "over seeds" is the mean over splits from each seed.
One row, "styles given", is no method but a ceiling: there the contrastive map is told the styles of the same half in
place of the names. **All names**: the same with every name given (style stays unseen), with artist edges of several
strengths, and with neighbours by anybody or across artists (``build-graph --cross-artist``). **Glue**: artists who have
ten works or more in each of two styles: which share of these lies in a cluster where their style is the commonest; and,
"of two", which share lies where their own style, by other artists' works, is more at home than the artist's other one.
With artist links and without, and where all names teach but those artists' own. The demo's painters are asked the same.

Rows that are done are kept below ``--work`` and not done again.
"""

import hashlib
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.torch import load_file, save_file
from sklearn.metrics import adjusted_mutual_info_score

from artgraph import Corpus, pipeline
from artgraph.communities import leiden, leiden_n_clusters
from artgraph.descriptors import fuse
from artgraph.evaluation import cross_group_precision
from artgraph.graph import artist_links, jaccard_weights, knn, linkable_artists, merge_layers
from artgraph.vgae import Config, encode, train_vgae
from experiments.common import REVISION, Keep, data_sha256, experiment, parser, spread

ON = ("gram:resnet18", "cnn:vit_tiny_patch16_224", "cnn:mobilenetv2_100")
KEYS = ("gram-resnet18", "cnn-vit_tiny_patch16_224", "cnn-mobilenetv2_100")
MODELS = {
    "raw graph": None,
    "smooth": Config(model="smooth"),
    "contrastive, raw features": Config(model="contrastive", hops=0, hidden_dim=0, gated=False),
    "contrastive, two hops beside": Config(model="contrastive", hops=2, hidden_dim=0, gated=False),
    "styles given, two hops beside": Config(model="contrastive", hidden_dim=0, gated=False, works_per_artist=16),
    "gae": Config(model="gae"),
    "vgae": Config(),
    "vgae, a linear map": Config(hidden_dim=0),
    "vgae, not gated": Config(gated=False),
    "vgae, no kindred": Config(neighbor_artist_weight=0.0),
    "vgae, no names": Config(),
}
STRENGTHS = (0.0, 0.1, 0.5, 2.0)  # of the artists in the latents
EDGES = (0.0, 2.0, 8.0)  # weight of artist edges beside those of the graph
LAYERS = 3  # of the Gram matrices, as many dimensions each
LEIDEN_SEEDS = VGAE_SEEDS = 3
SEEDED = ("contrastive, raw features", "contrastive, two hops beside", "vgae")  # rows trained from VGAE_SEEDS seeds
MANY = 10  # works in each of two styles


def known(artists, split):
    """Return whether the name of each work's artist is given (n,) bool: half of the artists, by a hash."""
    return np.array([hashlib.sha256(f"{split}/{name}".encode()).digest()[0] % 2 == 0 for name in artists])


def clusters(Z, count, *, links=None, strength=0.0, exclude_same=None):
    """Return partitions (list of (n,), over seeds) by Leiden at ``count`` clusters; None: at the default resolution."""
    adjacency = jaccard_weights(knn(Z, n_neighbors=15, exclude_same=exclude_same).indices)
    if links is not None and strength > 0:
        adjacency = merge_layers(adjacency, links, strength=strength)
    seeds = range(LEIDEN_SEEDS)
    if count is None:
        return [leiden(adjacency, seed=seed) for seed in seeds]
    return [leiden_n_clusters(adjacency, count, seed=seed)[0] for seed in seeds]


def agreement(Z, rows, data, **links):
    """Return AMI of the partition of Z with style on ``rows`` (list, over seeds of Leiden)."""
    styles, count = data["style"], len(set(data["style"]))
    found = clusters(Z, count, **links)
    rows = np.arange(len(Z)) if rows is None else rows
    return [float(adjusted_mutual_info_score(styles[rows], labels[rows])) for labels in found]


def judged(Z, rows, data, **run):
    """Return the figures (dict) of latents on the works ``rows``: those alone, among all, and as ``run`` has them."""
    part = {name: data[name][rows] for name in ("style", "artist")}
    near = cross_group_precision(Z[rows], part["style"], part["artist"], k=15)
    return {
        "AMI, these works": float(np.mean(agreement(Z[rows], None, part))),
        "AMI, among all works": float(np.mean(agreement(Z, rows, data))),
        "AMI, among all works, across artists": float(np.mean(agreement(Z, rows, data, **run))),
        "P@15 other artists": float(near["precision"]),
    }


def transfer(data, split, name, keep, *, seed=0):
    """Return the figures (dict) of one model on the works by artists whose names were not given."""
    given = known(data["artist"], split)
    rows = np.flatnonzero(~given)

    def one():
        if MODELS[name] is None:
            return judged(data["X"], rows, data)
        config = replace(MODELS[name], seed=seed)
        told = given & (name != "vgae, no names")
        names = np.where(told, data["names"], None)
        teaching = np.where(told, data["style"], None) if name.startswith("styles") else names
        trained = train_vgae(data["X"], data["adjacency"], artists=teaching, config=config)
        facts = {
            key: trained.facts[key]
            for key in ("auc", "artist_precision", "active_units", "epoch")
            if key in trained.facts
        }
        across = {
            "exclude_same": names,
            "links": artist_links(names, data["X"]),
            "strength": pipeline.ARTIST_EDGE_WEIGHT,
        }
        return judged(trained.mu, rows, data, **across) | facts

    return keep(f"transfer {split} {name}" + (f", seed {seed}" if seed else ""), one, of=REVISION)


def latents(data, keep, *, strength=Config.refine_strength, gated=True, blanked=()):
    """Return latents (list of (n, d), over seeds) with all names given but those that are blanked; weights are kept."""
    names, found = np.where(np.isin(data["artist"], blanked), None, data["names"]), []
    for seed in range(VGAE_SEEDS):
        config = Config(gated=gated, seed=seed)

        def learn(file, config=config):
            trained = train_vgae(data["X"], data["adjacency"], artists=names, config=config)
            save_file(trained.state, file)

        name = f"weights {seed}, {'gated' if gated else 'free'}, without {len(blanked)}"
        state = load_file(keep.file(name, learn, ending="safetensors", of=REVISION))
        config = replace(config, refine_strength=strength)
        found.append(encode(state, data["X"], data["adjacency"], artists=names, config=config)[0])
    return found


def right(labels, styles, rows):
    """Return the share of ``rows`` that lie in a cluster where their own style is the commonest (float)."""
    commonest = pd.Series(styles).groupby(labels).agg(lambda values: values.value_counts().index[0])
    return float((commonest.loc[labels[rows]].to_numpy() == styles[rows]).mean())


def of_two(labels, styles, artists, rows):
    """Return the share (float) of ``rows``, works by an artist in two styles, that lie where their own is more at home.

    A style is at home in a cluster as far as other artists' works in it lie there. Half, where both are alike.
    """
    others, manners = artists != artists[rows[0]], sorted(set(styles[rows]))
    theirs = [labels[others & (styles == style)] for style in manners]
    home = np.array([[(its == label).mean() for label in labels[rows]] for its in theirs])  # (styles, rows)
    place = np.searchsorted(manners, styles[rows]), np.arange(len(rows))
    own = home[place]
    home[place] = -1
    other = home.max(axis=0)
    return float(((own > other) + 0.5 * (own == other)).mean())


def glue(data, keep, count):
    """Return, for each artist with many works in two styles, the share in the right one (dict)."""
    table = pd.crosstab(data["artist"], data["style"])
    changed = table[(table >= MANY).sum(axis=1) > 1]
    links = artist_links(data["names"], data["X"])
    told = latents(data, keep)
    edges, across = {"links": links, "strength": pipeline.ARTIST_EDGE_WEIGHT}, {"exclude_same": data["names"]}
    ways = {
        "raw graph": ([data["X"]], {}),
        "raw graph + artist edges": ([data["X"]], edges),
        "raw graph + artist edges, across artists": ([data["X"]], edges | across),
        "vgae, no names": (latents(data, keep, blanked=tuple(set(data["artist"]))), {}),
        "vgae": (told, {}),
        "vgae, these names blanked": (latents(data, keep, blanked=tuple(changed.index)), {}),
        "vgae, strength 0": (latents(data, keep, strength=0.0), {}),
        "vgae, not gated": (latents(data, keep, gated=False), {}),
        "vgae + artist edges": (told, edges),
        "vgae + artist edges, across artists": (told, edges | across),
        "vgae + artist edges of 8, across artists": (told, edges | across | {"strength": 8.0}),
    }
    found = {name: [c for Z in every for c in clusters(Z, count, **way)] for name, (every, way) in ways.items()}
    shares = {"right": {}, "of two": {}}
    for artist, row in changed.iterrows():
        rows = np.flatnonzero((data["artist"] == artist) & np.isin(data["style"], row.index[row >= MANY]))
        for measure, of in (("right", right), ("of two", partial(of_two, artists=data["artist"]))):
            shares[measure][artist] = {"works": len(rows), "styles": sorted(set(data["style"][rows]))} | {
                name: float(np.mean([of(labels, data["style"], rows=rows) for labels in every]))
                for name, every in found.items()
            }
    for each in shares.values() if len(changed) else ():
        weights = [one["works"] for one in each.values()]
        each["all of them"] = {"works": sum(weights)} | {
            name: float(np.average([one[name] for one in each.values()], weights=weights)) for name in ways
        }
    return {
        measure: {
            artist: {k: round(v, 3) if isinstance(v, float) else v for k, v in one.items()}
            for artist, one in each.items()
        }
        for measure, each in shares.items()
    }


def load(corpus, keys):
    """Return what is asked (dict): X, adjacency, style, artist, names that may be linked."""
    blocks, weights = [], []
    for key in keys:
        block = corpus.get("features", key)
        layers = np.split(block, LAYERS if key.startswith("gram") else 1, axis=1)
        blocks, weights = blocks + layers, weights + [len(layers) ** -0.5] * len(layers)  # cosines go by squares
    X = fuse(blocks, weights=weights)
    table = corpus.paintings
    return {
        "X": X,
        "adjacency": jaccard_weights(knn(X, n_neighbors=15).indices),
        "style": table["style"].to_numpy(dtype=object),
        "artist": table["artist"].to_numpy(dtype=object),
        "names": np.array(linkable_artists(table["artist"]), dtype=object),
    }


def measure(arguments):
    """Return all figures (dict)."""
    keep = Keep(arguments.work / "artist_transfer")
    corpus = pipeline.ingest(
        arguments.paintings, arguments.work / "paintings", metadata=arguments.paintings / "metadata.csv"
    )
    pipeline.describe(corpus, descriptors=ON, weights=arguments.weights)
    data = load(corpus, KEYS)
    count = len(set(data["style"]))
    rows = {}
    for name in MODELS:
        seeds = range(VGAE_SEEDS if name in SEEDED else 1)
        found = [[transfer(data, split, name, keep, seed=seed) for seed in seeds] for split in range(arguments.splits)]
        rows[name] = {
            key: spread([float(np.mean([row[key] for row in split])) for split in found])
            | {"over seeds": [round(float(np.mean([split[seed][key] for split in found])), 4) for seed in seeds]}
            for key in found[0][0]
            if key != "epoch"
        }
    raw = rows["raw graph"]
    above = {
        name: {key: round(row[key]["mean"] - raw[key]["mean"], 4) for key in raw}
        for name, row in rows.items()
        if name != "raw graph"
    }
    links = artist_links(data["names"], data["X"])
    everything = {}
    for strength in (None, *STRENGTHS):
        every = [data["X"]] if strength is None else latents(data, keep, strength=strength)
        for edges, across in product(EDGES, (False, True)):
            name = f"{'raw features' if strength is None else f'vgae, strength {strength:g}'}; artist edges {edges:g}"
            name += ", across artists" if across else ""
            way = {"links": links, "strength": edges, "exclude_same": data["names"] if across else None}
            everything[name] = spread(
                keep(
                    f"all {name}",
                    lambda every=every, way=way: [value for Z in every for value in agreement(Z, None, data, **way)],
                    of=[REVISION, VGAE_SEEDS],
                )
            )
    return {
        "paintings": len(corpus),
        "data_sha256": data_sha256(arguments.paintings),
        "transfer": rows,
        "above_raw": above,
        "all_names": everything,
        "glue": {"paintings": glue(data, keep, count), "demo": glue(*demo(arguments.work), None)},
    }


def demo(work):
    """Return the demo's paintings as data, and where its latents are kept."""
    pipeline.demo(work / "demo")
    corpus = Corpus(work / "demo")
    pipeline.describe(corpus, descriptors=("color", "texture"))  # 'eye' would know the painter's manners already
    return load(corpus, ("color", "texture")), Keep(work / "demo" / "artist_transfer")


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True, help="a folder with metadata.csv in it")
    arguments.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    arguments.add_argument("--work", type=Path, required=True, help="folder for corpora and figures that are done")
    arguments.add_argument("--splits", type=int, default=5)
    arguments = arguments.parse_args()
    experiment("artist_transfer", arguments, lambda: measure(arguments))


if __name__ == "__main__":
    main()
