"""System 2 (d): a ViT trained on, without labels, to tell ways of depicting apart; judged on the same things in each.

The domains show the same things in several ways. The ViT's features are clustered by k-means into as many clusters as
there are ways, clusters and ways are matched one to one, and the share of pictures in the right one is the accuracy.
Four kinds of weights: the ViT as it is; trained on by SimCLR on the domains' own pictures, with the usual cut-outs;
with curated ones that leave alone what makes a style; and the native weights trained on by the names of the paintings'
artists, which sees no picture of the domains. The training is ``artgraph.pipeline.train_descriptor``.
"""

from functools import partial

import numpy as np

from artgraph import pipeline
from artgraph.communities import kmeans
from artgraph.evaluation import partition_scores
from artgraph.stages.train_descriptor import tuned_descriptor
from experiments.study import Row

__all__ = ["ROWS"]

SIDE = 112  # of a cut-out; pictures are described at the network's own
STEPS = 20  # of SimCLR, 64 pictures each
STEPS_BY_ARTISTS = 30  # 96 works each


def judged(study, seed, key):
    """Return accuracy by matched clusters, and AMI with the way and with the thing (dict)."""
    table, X = study.domains.paintings, study.domains.get("features", key)
    X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)
    labels = kmeans(X, table["domain"].nunique(), seed=seed)
    ways, things = (partition_scores(labels, table[name]) for name in ("domain", "object"))
    return {
        "accuracy by matched clusters": ways["matched_accuracy"],
        "AMI with the way": ways["ami"],
        "AMI with the thing": things["ami"],
    }


def native(study, seed):
    """Return the figures (dict) of the ViT as it is."""
    pipeline.describe(study.domains, descriptors=[study.spec("ViT")], weights=study.weights)
    return judged(study, seed, study.spec("ViT").replace(":", "-"))


def trained(study, seed, *, corpus, name, objective, augment, steps):
    """Train the ViT on in a corpus, and return what describes with it (Descriptor)."""
    name = f"{name}-{seed}"
    pipeline.train_descriptor(
        corpus,
        backbone=study.spec("ViT").partition(":")[2],
        objective=objective,
        augment=augment,
        weights=study.weights,
        name=name,
        steps=2 if study.quick else steps,
        size=32 if study.quick else SIDE,
        seed=seed,
        **({"artists_per_batch": 4, "works_per_artist": 2} if study.quick else {}),
    )
    return tuned_descriptor(corpus, name)


def simclr(study, seed, *, augment):
    """Return the figures (dict) of the ViT trained on by SimCLR on the domains' pictures."""
    made = trained(
        study,
        seed,
        corpus=study.domains,
        name=f"vit-simclr-{augment}",
        objective="simclr",
        augment=augment,
        steps=STEPS,
    )
    pipeline.describe(study.domains, descriptors=[made])
    return judged(study, seed, made.key or made.name)


def by_artists(study, seed):
    """Return the figures (dict) of the ViT trained on by the paintings' artists."""
    made = trained(
        study,
        seed,
        corpus=study.paintings,
        name="vit-artists",
        objective="artist",
        augment="curated",
        steps=STEPS_BY_ARTISTS,
    )
    pipeline.describe(study.domains, descriptors=[made])
    return judged(study, seed, made.key or made.name)


DIFFERS = (
    "Ours is a ViT-Tiny where no larger one is among the weights, trained on for minutes on small cut-outs; the "
    "source's domain set is not known to us, ours are 700 pictures of 7 things in 4 ways."
)


def _row(name, measure, figures):
    return Row(name, measure, "domains", ("ViT",), figures, DIFFERS)


ROWS = (
    _row("ViT as it is", native, {"accuracy": 0.78, "native weights": 0.74}),
    _row("ViT, SimCLR with usual cut-outs", partial(simclr, augment="usual"), {"accuracy": 0.83}),
    _row("ViT, SimCLR with curated cut-outs", partial(simclr, augment="curated"), {"accuracy": 0.83}),
    _row("ViT trained for style, on other pictures: by artists", by_artists, {"style-trained weights": 0.78}),
)
