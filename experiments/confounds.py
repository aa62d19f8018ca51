"""Is the old failure caught, black-and-white reproductions in one cluster with grey sketches? Does the remedy help?

``python -m experiments.confounds --json``

The exhibition of the demo, in which two manners are without colour by nature, is reproduced: a share of the pictures,
drawn at random and so independent of the manner, becomes black-and-white. Then the walk is gone three ways: as it is;
described with ``--ignore-color``; and with greyscale regressed out of the features. What ``artgraph evaluate`` says of
greyscale stands beside what it says of the manner. With ``--weights``, Gram matrices of resnet18 take the place of the
descriptors that need no weights; with ``--default``, ``eye`` and ``lite`` do. (Colour itself has nothing to see where
colour is ignored and is left out there.)
"""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from artgraph import pipeline
from data.painter import write_demo
from experiments.common import experiment, parser, spread

SHARE = 0.3


def reproduce(folder, *, seed):
    """Paint the exhibition into a folder, a share of it in black and white; return the spreadsheet."""
    if (folder / "done").is_file():
        return folder / "metadata.csv"
    write_demo(folder, seed=seed, quality=90, processes=2)
    pictures = sorted((folder / "images").glob("*.jpg"))
    rng = np.random.default_rng(seed)
    for place in rng.choice(len(pictures), round(SHARE * len(pictures)), replace=False):
        with Image.open(pictures[place]) as picture:
            grey = picture.convert("L").convert("RGB")
        grey.save(pictures[place], quality=90)
    (folder / "done").touch()
    return folder / "metadata.csv"


def judged(corpus, graph):
    """Return what the clusters of a graph follow (dict), as ``evaluate`` says it."""
    made = pipeline.communities(corpus, graph=graph, name=f"{graph}-leiden", n_clusters=10)
    facts = pipeline.evaluate(corpus, partition=made.key).facts
    follows = {row["column"]: row for row in facts["confounds"]}
    grey = [row for row in facts["suspects"] if row["column"] in ("greyscale", "one tone") and row["value"] == "yes"]
    return {
        "ami_greyscale": follows["greyscale"]["ami"],
        "told_greyscale": follows["greyscale"]["told"],
        "ami_style": facts["scores"]["ami"],
        "suspect_clusters": len({row["cluster"] for row in grey}),
        "warned": any("greyscale" in sentence for sentence in facts["caveats"]),
    }


def one(folder, *, seed, weights, default):
    """Return the figures of the three ways (dict of dict) for one exhibition."""
    names = ("gram:resnet18",) if weights else ("eye", "lite") if default else ("color", "texture")
    options = {"weights": [str(weights)]} if weights else {}
    metadata = reproduce(folder / "pictures", seed=seed)
    corpus = pipeline.ingest(metadata.parent, folder / "corpus", metadata=metadata)
    plain = [made.key for made in pipeline.describe(corpus, descriptors=names, **options)]
    seen = [name for name in names if name != "color"]
    grey = [made.key for made in pipeline.describe(corpus, descriptors=seen, ignore_color=True, **options)]
    pipeline.build_graph(corpus, on=plain, name="plain")
    pipeline.build_graph(corpus, on=plain, name="regressed", regress_out=("greyscale",))
    pipeline.build_graph(corpus, on=grey, name="ignored")
    return {
        "plain": judged(corpus, "plain"),
        "ignore-color": judged(corpus, "ignored"),
        "regress-out": judged(corpus, "regressed"),
    }


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--weights", type=Path, help="resnet18, safetensors, timm's names, or a folder of such")
    arguments.add_argument("--default", action="store_true", help="the descriptors that run takes")
    arguments.add_argument("--work", type=Path, help="folder for the corpora; kept, so that a rerun goes on")
    arguments.add_argument("--seeds", type=int, default=3)
    arguments = arguments.parse_args()

    def measure():
        with tempfile.TemporaryDirectory() as temporary:
            work = arguments.work or Path(temporary)
            given = {"weights": arguments.weights, "default": arguments.default}
            runs = [one(work / str(seed), seed=seed, **given) for seed in range(arguments.seeds)]
        return {way: {name: spread([run[way][name] for run in runs]) for name in runs[0][way]} for way in runs[0]} | {
            "black-and-white": SHARE
        }

    name = "confounds_gram" if arguments.weights else "confounds_default" if arguments.default else "confounds"
    experiment(name, arguments, measure)


if __name__ == "__main__":
    main()
