"""Are wrong attributions found? 2 % of the artists' names are swapped, and looked for at the head of the worklist.

``python -m experiments.worklist --paintings DIR --weights DIR --work DIR --json``

Names are exchanged between works of two artists. The worklist is made from the features and the names (no stage before
it reads a name), and never hears which were exchanged. Counted is the share of exchanged names among the first 2 % of
the list, beside what a list in random order would hold; once of the attributions alone, and once of all kinds. Names of
the collection itself may be wrong or unusual, too: these count as misses.
"""

from pathlib import Path

import numpy as np

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.graph import linkable_artists
from artgraph.stages.worklist import KINDS
from experiments.common import Keep, data_sha256, experiment, parser, spread

FEATURES = ("gram-resnet18", "cnn-vit_tiny_patch16_224", "cnn-mobilenetv2_100")
NETWORKS = ("gram:resnet18", "cnn:vit_tiny_patch16_224", "cnn:mobilenetv2_100")
SHARE = 0.02


def prepared(paintings, work, weights):
    """Return a corpus (Corpus) with features, graph and partition; what is there already is not made again."""
    corpus = pipeline.ingest(paintings, work, metadata=paintings / "metadata.csv", max_refused=0)
    if not all(corpus.has("features", key) for key in FEATURES):
        pipeline.describe(corpus, descriptors=NETWORKS, weights=[str(weights)])
    if not corpus.has("graphs", "style"):
        pipeline.build_graph(corpus, on=FEATURES)
    if not corpus.has("partitions", "leiden"):
        pipeline.communities(corpus)
    return corpus


def swapped(artists, *, seed):
    """Return the names (list) with a share of them exchanged in pairs of different artists, and which (bool array)."""
    rng = np.random.default_rng(seed)
    hands, names = linkable_artists(artists), list(artists)
    order = [row for row in rng.permutation(len(names)).tolist() if hands[row] is not None]
    moved = np.zeros(len(names), dtype=bool)
    while moved.sum() < SHARE * len(names):
        a = order.pop()
        b = next(row for row in reversed(order) if hands[row] != hands[a])
        order.remove(b)
        names[a], names[b] = names[b], names[a]
        moved[[a, b]] = True
    return names, moved


def found(corpus, *, seed):
    """Return the share of exchanged names at the head of the attributions, and of the whole list (dict)."""
    true = dict(zip(corpus.paintings["id"], corpus.paintings["artist"], strict=True))
    corpus = Corpus(corpus.path)
    names, moved = swapped(corpus.paintings["artist"], seed=seed)
    corpus.paintings["artist"] = names
    wrong = set(corpus.paintings["id"][moved])
    head = round(SHARE * len(corpus))
    works = pipeline.worklist(corpus).facts["works"]
    figures = {"swapped": int(moved.sum())}
    for title, kinds in (("attributions", ("attribution",)), ("all kinds", KINDS)):
        listed = [work for work in works if work["kind"] in kinds][:head]
        hits = [work for work in listed if work["kind"] == "attribution" and work["id"] in wrong]
        figures[title] = {
            "share": len(hits) / head,
            "times chance": len(hits) / head / moved.mean(),
            "true hand among the three named": np.mean([true[work["id"]] in work["hands"] for work in hits] or [0]),
        }
    return figures


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True, help="a folder with metadata.csv in it")
    arguments.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    arguments.add_argument("--work", type=Path, required=True, help="the corpus to use or make; a rerun goes on")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments = arguments.parse_args()

    def measure():
        corpus = prepared(arguments.paintings, arguments.work, arguments.weights)
        keep = Keep(corpus.path.with_name(f"{corpus.path.name}-swapped"))
        runs = [keep(f"seed {seed}", lambda seed=seed: found(corpus, seed=seed)) for seed in range(arguments.seeds)]
        figures = {
            "paintings": len(corpus),
            "data_sha256": data_sha256(arguments.paintings),
            "swapped": runs[0]["swapped"],
        }
        for kind in ("attributions", "all kinds"):
            named = {name: spread([run[kind][name] for run in runs]) for name in runs[0][kind]}
            figures[kind.replace(" ", "_")] = {name.replace(" ", "_"): figure for name, figure in named.items()}
        return figures

    experiment("worklist", arguments, measure)


if __name__ == "__main__":
    main()
