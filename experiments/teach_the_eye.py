"""What does a network learn about style from a collection's own artists, or from cut-outs of its own pictures?

``python -m experiments.teach_the_eye --paintings DIR --more DIR --domains DIR --weights DIR --work DIR --json``

``--parts`` names some of these; the others stay in the result file as they were measured on the same paintings:

- **transfer**: artists are split in two by a hash, three times; a ViT-Tiny is tuned on the works of one half and judged
  on the other: style of the nearest work (P@1), of the 15 nearest by other artists (P@15), and AMI of Leiden at as many
  clusters as there are styles. Then the tuned features are fused with Gram matrices, and a VGAE is given the names of
  the first half.
- **fewer**: the same tuning of the first split, with fewer steps.
- **objectives**: all objectives and both sets of augmentations beside each other, on the first split, with fewer
  steps and with seconds.
- **domains**: the same things depicted in several ways, clustered by k-means; the share in the right one of as many
  clusters. Native, by SimCLR on these pictures, by the artists of paintings.
- **eye**: ``artgraph_eye`` on artists that it never saw, beside others; pictures per second.
- **default**: what needs no file of weights, ``eye``, ``lite`` and both, on the same artists; how often the nearest
  work is by the same artist chose the weight of ``eye``.
- **confounds**: pictures are reproduced at random, in grey, as poor JPEG, at half the resolution: do clusters follow?
  The tuned network is that of the objectives.
- **small**: 300 works by artists with two to five each, looked at 12, 36 and 108 times.

Everything that is done is kept below ``--work`` and not done again. Styles are for judging only.
"""

import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import adjusted_mutual_info_score

from artgraph import pipeline
from artgraph.communities import kmeans, leiden_n_clusters
from artgraph.descriptors import fuse, make_descriptor
from artgraph.descriptors.tuning import TuningConfig
from artgraph.evaluation import cross_group_precision, partition_scores, precision_at_k
from artgraph.graph import jaccard_weights, knn, linkable_artists
from artgraph.vgae import Config, train_vgae
from experiments.common import REVISION, Keep, by_hash, data_sha256, described, earlier, experiment, parser, spread
from experiments.train_eye import seen_artists
from experiments.tuned import named, tuned

VIT, GRAM = "cnn:vit_tiny_patch16_224", "gram:resnet18"
NATIVE = VIT.replace(":", "-")  # the key of its features
BACKBONE = VIT.partition(":")[2]
WAYS = {
    "artist, curated": {"objective": "artist"},
    "artist, usual": {"objective": "artist", "augment": "usual"},
    "simclr, curated": {"objective": "simclr"},
    "simclr, usual": {"objective": "simclr", "augment": "usual"},
    "both, curated": {"objective": "both"},
}
FEW = 40  # steps, where all ways stand beside each other
FEWER = 160
LOOKS = (12, 36, 108)  # at each of 300 works
BATCH = TuningConfig().artists_per_batch * TuningConfig().works_per_artist
LEIDEN_SEEDS = 3


class Collection:
    """The paintings, and what is computed about them.

    Parameters
    ----------
    arguments : argparse.Namespace
    """

    def __init__(self, arguments):
        self.arguments, self.work, self.keep = arguments, arguments.work, Keep(arguments.work / "teach_the_eye")
        self.corpus = described(arguments.paintings, arguments.work, descriptors=(VIT, GRAM), weights=arguments.weights)
        self.start = {"weights": arguments.weights, "backbone": BACKBONE, "size": arguments.size}
        table = self.corpus.paintings
        self.style, self.artist = (table[name].to_numpy(dtype=object) for name in ("style", "artist"))
        self.names = np.array(linkable_artists(table["artist"]), dtype=object)
        self.paths = np.array([self.corpus.image_root / image for image in table["image"]], dtype=object)

    def features(self, descriptor, key):
        """Return what ``build-graph`` reads, (n, d), of a descriptor (str or Descriptor) that goes by a key."""
        if not isinstance(descriptor, str):
            descriptor.key = key
            pipeline.describe(self.corpus, descriptors=[descriptor])
        return fuse([self.corpus.get("features", key)])

    def tuned(self, name, rows, **settings):
        """Tune a ViT on some works; return the file of its weights, and the facts (dict)."""
        return tuned(self.work, name, self.paths[rows], hands=self.names[rows], **self.start, **settings)

    def judged(self, X, rows):
        """Return how far features of the works ``rows`` agree with their styles (dict)."""
        styles, artists = self.style[rows], self.artist[rows]
        indices = knn(X, n_neighbors=15).indices
        graph, count = jaccard_weights(indices), len(set(styles))
        found = [leiden_n_clusters(graph, count, seed=seed)[0] for seed in range(LEIDEN_SEEDS)]
        return {
            "P@1": precision_at_k(indices, styles, k=1)["precision"],
            "P@15 other artists": cross_group_precision(X, styles, artists, k=15)["precision"],
            "AMI": float(np.mean([adjusted_mutual_info_score(styles, labels) for labels in found])),
        }


def key_of(name):
    """Return what the features of a tuning are kept under (str)."""
    return f"tuned-{name.replace(', ', '-').replace(' ', '-')}"


def half(data, way, split, *, steps=None):
    """Tune a ViT in one way on one half; return what ``Collection.tuned`` does."""
    rows = np.flatnonzero(by_hash(data.artist, f"teach {split}"))
    return data.tuned(named(way, split, steps), rows, steps=steps, **WAYS[way])


def others(data, split):
    """Return the works (m,) of the other half."""
    return np.flatnonzero(~by_hash(data.artist, f"teach {split}"))


def as_it_is(data, split):
    """Return the figures (dict) of the native ViT on the other half."""
    rows = others(data, split)
    return data.keep(f"native {split}", lambda: data.judged(data.features(VIT, NATIVE)[rows], rows))


def one_way(data, way, split, *, steps=None):
    """Return the figures (dict) of a ViT tuned in one way on one half, on the other."""
    other, name = others(data, split), named(way, split, steps)
    file, facts = half(data, way, split, steps=steps)
    X = data.features(make_descriptor(VIT, weights=file), key_of(name))
    rest = {
        key: facts[key]
        for key in ("seconds", "steps", "step", "artist_precision_before", "artist_precision")
        if facts[key] is not None
    }
    return data.keep(f"judged {name}", lambda: data.judged(X[other], other), of=facts["history"]) | rest


def refined(data, key, split):
    """Return the figures (dict) of features of all works, fused with Gram matrices and refined by a VGAE."""
    known = by_hash(data.artist, f"teach {split}")
    other = np.flatnonzero(~known)
    X = fuse([data.corpus.get("features", part) for part in (key, "gram-resnet18")])
    names = np.where(known, data.names, None)
    latents = train_vgae(X, jaccard_weights(knn(X, n_neighbors=15).indices), artists=names, config=Config()).mu
    return {"fused with gram": data.judged(X[other], other), "and a VGAE": data.judged(latents[other], other)}


def transfer(data):
    """Return, over splits, the native ViT, the tuned one, and both fused with Gram matrices and refined (dict)."""
    rows = {}
    for split in range(data.arguments.splits):
        found = {"native": as_it_is(data, split), "tuned": one_way(data, "artist, curated", split)}
        for name, key in (("native", NATIVE), ("tuned", key_of(named("artist, curated", split)))):
            extra = data.keep(f"refined {key} {split}", partial(refined, data, key, split), of=REVISION)
            found |= {f"{name}, {step}": figures for step, figures in extra.items()}
        for name, figures in found.items():
            rows.setdefault(name, []).append(figures)
    table = {name: {key: spread([row[key] for row in found]) for key in found[0]} for name, found in rows.items()}
    above = {
        name: {key: round(row[key]["mean"] - table["native"][key]["mean"], 4) for key in table["native"]}
        for name, row in table.items()
        if name != "native"
    }
    return {"figures": table, "above native": above}


def fewer(data):
    """Return the figures (dict) of the first split with fewer steps."""
    return {f"{FEWER} steps": one_way(data, "artist, curated", 0, steps=FEWER)}


def objectives(data):
    """Return the figures (dict) of all ways beside each other, with few steps."""
    return {way: one_way(data, way, 0, steps=FEW) for way in WAYS}


def domains(data):
    """Return how well ways of depicting are told apart (dict): native, by SimCLR on these pictures, by artists."""
    folder, weights = data.arguments.domains, data.arguments.weights
    corpus = described(folder, data.work, descriptors=(VIT,), weights=weights)
    table, paths = corpus.paintings, [corpus.image_root / image for image in corpus.paintings["image"]]

    def judged(key):
        X = corpus.get("features", key)
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
        found = [kmeans(X, table["domain"].nunique(), seed=seed) for seed in range(5)]
        return {
            "accuracy": spread([partition_scores(labels, table["domain"])["matched_accuracy"] for labels in found]),
            "AMI with the object": spread([partition_scores(labels, table["object"])["ami"] for labels in found]),
        }

    rows = {"native": judged(NATIVE)}
    for way in ("simclr, usual", "simclr, curated", "artist, curated"):
        if way.startswith("artist"):
            file = half(data, way, 0, steps=FEW)[0]
        else:
            file, _ = tuned(data.work, f"domains, {way}, {FEW} steps", paths, steps=FEW, **data.start, **WAYS[way])
        descriptor = make_descriptor(VIT, weights=file)
        descriptor.key = key_of(f"domains, {way}")
        pipeline.describe(corpus, descriptors=[descriptor])
        rows[f"{way} (on paintings)" if way.startswith("artist") else way] = judged(descriptor.key)
    return rows


def unseen(data):
    """Return which works are by artists that the eye never saw, and those of them in the public domain, (n,) bool."""
    never = ~np.isin(data.artist, sorted(seen_artists(data.arguments.paintings, data.arguments.more)))
    return never, never & data.corpus.paintings["public_domain"].isin(["likely", "probably"]).to_numpy()


def default(data):
    """Return the figures (dict) of what needs no file of weights, on works by artists that the eye never saw."""
    pipeline.describe(data.corpus, descriptors=("eye", "lite"))
    blocks, found = {key: data.corpus.get("features", key) for key in ("eye", "lite")}, {}
    ways = {"eye": {"eye": 1}, "lite": {"lite": 1}} | {f"eye {w} + lite": {"eye": w, "lite": 1} for w in (0.5, 0.7, 1)}
    for name, weights in ways.items():
        X = fuse([blocks[key] for key in weights], weights=list(weights.values()))
        found[name] = {}
        for which, mask in zip(("never seen", "of these, in the public domain"), unseen(data), strict=True):
            rows = np.flatnonzero(mask)
            same = precision_at_k(knn(X[rows], n_neighbors=1).indices, data.artist[rows], k=1)["precision"]
            found[name][which] = {"artist P@1": same} | data.judged(X[rows], rows)
    return {"figures": found}


def eye(data):
    """Return the figures (dict) of the eye and of others on works by artists that it never saw, and its speed."""
    never, old = unseen(data)
    specs = {"eye": ("eye",), "color + texture": ("color", "texture"), "gram:resnet18": (GRAM,), "vit_tiny": (VIT,)}
    specs |= {"mobilenetv2": ("cnn:mobilenetv2_100",), "eye + color + texture": ("eye", "color", "texture")}
    found, asked = {}, sorted({part for parts in specs.values() for part in parts})
    pipeline.describe(data.corpus, descriptors=asked, weights=data.arguments.weights)
    for name, parts in specs.items():
        keys = [part.replace(":", "-") for part in parts]
        X = fuse([data.corpus.get("features", key) for key in keys])
        found[name] = {}
        for which, mask in (("never seen", never), ("of these, in the public domain", old)):
            rows = np.flatnonzero(mask)
            found[name][which] = data.judged(X[rows], rows)
    works = {"never seen": int(never.sum()), "artists": len(set(data.artist[never])), "old": int(old.sum())}
    rate = data.keep("speed", lambda: speed(data))
    return {"works": works, "figures": found, "pictures per second, two threads": rate}


def speed(data):
    """Return how many pictures the eye describes in a second (float), decoding among it; files in the cache."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = described(data.arguments.paintings, Path(folder))
        started = time.perf_counter()
        pipeline.describe(corpus, descriptors=("eye",))
        return round(len(corpus) / (time.perf_counter() - started), 1)


def confounds(data):
    """Return how far clusters follow the reproduction (dict), for networks before and after."""
    rows = np.flatnonzero(~by_hash(data.artist, "teach 0"))[::2]
    rng, folder = np.random.default_rng(0), data.work / "reproduced"
    drawn = {
        "greyscale": rng.random(len(rows)) < 0.3,
        "JPEG quality": rng.choice([20, 50, 90], len(rows)),
        "pixel size": rng.choice([112, 224], len(rows)),
    }
    folder.mkdir(exist_ok=True)
    for place, row in enumerate(rows):
        with Image.open(data.paths[row]) as picture:
            picture = picture.convert("L").convert("RGB") if drawn["greyscale"][place] else picture.convert("RGB")
            picture = picture.resize((int(drawn["pixel size"][place]),) * 2, Image.Resampling.BICUBIC)
        picture.save(folder / f"{row:05d}.jpg", quality=int(drawn["JPEG quality"][place]))
    corpus = pipeline.ingest(folder, data.work / "reproduced-corpus")
    file = half(data, "artist, curated", 0, steps=FEW)[0]
    after = make_descriptor(VIT, weights=file)
    after.key = "tuned"
    pipeline.describe(corpus, descriptors=(VIT, GRAM, "eye", "color", after), weights=data.arguments.weights)
    found = {}
    for name, key in (
        ("vit_tiny, native", NATIVE),
        ("vit_tiny, tuned by artists", "tuned"),
        ("gram:resnet18", "gram-resnet18"),
        ("color", "color"),
        ("eye", "eye"),
    ):
        graph = jaccard_weights(knn(fuse([corpus.get("features", key)]), n_neighbors=15).indices)
        count = len(set(data.style[rows]))
        parts = [leiden_n_clusters(graph, count, seed=seed)[0] for seed in range(LEIDEN_SEEDS)]
        columns = {**drawn, "style": data.style[rows]}
        found[name] = {
            column: spread([adjusted_mutual_info_score(values, labels) for labels in parts])
            for column, values in columns.items()
        }
    return {"works": len(rows), "AMI": found}


def small(data):
    """Return what tuning gives on 300 works by artists with two to five works each, looked at seldom and often."""
    known, rng = by_hash(data.artist, "teach 0"), np.random.default_rng(0)
    rows = []
    for artist in rng.permutation(sorted(set(data.artist[known]))):
        works = np.flatnonzero(data.artist == artist)
        rows += list(rng.permutation(works)[: rng.integers(2, 6)]) if len(works) > 1 else []
    rows, other = np.sort(rows[:300]), others(data, 0)
    found = {"works": len(rows), "artists": len(set(data.artist[rows])), "native": as_it_is(data, 0)}
    for looks in LOOKS:
        name = f"small, {looks} times"
        file, facts = data.tuned(name, rows, steps=looks * len(rows) // BATCH)
        X = data.features(make_descriptor(VIT, weights=file), key_of(name))
        found[f"every work {looks} times"] = data.judged(X[other], other) | {
            key: facts[key] for key in ("steps", "step", "history", "seconds")
        }
    return found


PARTS = {part.__name__: part for part in (transfer, fewer, objectives, domains, eye, default, confounds, small)}


def measure(arguments):
    """Return all figures (dict) of the parts that are asked for."""
    data, asked = Collection(arguments), arguments.parts.split(",")
    same = {"paintings": len(data.paths), "data_sha256": data_sha256(arguments.paintings)}
    figures = {name: part(data) for name, part in PARTS.items() if name in asked}
    return earlier(arguments.results / "teach_the_eye.json", same) | same | figures


def main():
    arguments = parser(__doc__)
    for name in ("paintings", "more", "domains", "weights", "work"):
        arguments.add_argument(f"--{name}", type=Path, required=True)
    arguments.add_argument("--splits", type=int, default=3)
    arguments.add_argument("--size", type=int, default=160, help="side of a cut-out in training, pixels")
    arguments.add_argument("--parts", default=",".join(PARTS), help="which of them, separated by commas")
    arguments = arguments.parse_args()
    experiment("teach_the_eye", arguments, lambda: measure(arguments))


if __name__ == "__main__":
    main()
