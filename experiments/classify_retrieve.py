"""System 5: a CNN with a recurrent network over the rows of its feature map, outliers, and retrieval.

**Classification.** A CNN's feature map (after layer 3 of a ResNet-18, frozen, 128-pixel pictures) is averaged to 8 rows
of 4 places; a bidirectional GRU reads the rows from top to bottom, and from its last states style, artist and genre are
predicted at once, as far as the spreadsheet has them. Artists with fewer than ten works are not asked for; split by
artist, no artist of the test can be known, so there artists are left out.

**Outliers.** Every work is judged once by a network that did not learn from it (the four parts of a partition by
artist). One whose own style gets less than 5 % and another more than 80 % disagrees strongly with its label.

**Retrieval** by FAISS on the last layer of ResNet-50. Where the query stands in the index and counts as a hit, top-1 is
1.0 whatever the features are: random vectors say how much that figure means. Beside it, the query taken out: is the
nearest work by the same artist, is it of the same style, is it of the same style among works by other artists?
"""

import faiss
import lightning
import numpy as np
import torch
from sklearn.metrics import precision_recall_fscore_support
from torch import nn

from artgraph.descriptors.backbones import load_backbone
from artgraph.descriptors.registry import make_descriptor
from artgraph.evaluation.retrieval import query_scores, retrieval_scores
from experiments.common import by_hash
from experiments.mobilenet import SPLITS
from experiments.study import Row
from experiments.training import Features, coded, fit, judge, probabilities

__all__ = ["ROWS", "feature_maps", "self_retrieval"]

SIDE, ROWS_OF_MAP, PLACES = 128, 8, 4
LEAST_WORKS = 10
DOUBT, CERTAIN = 0.05, 0.8
SHOWN = 8  # outliers


class RowReader(nn.Module):
    """A GRU over the rows of a feature map, both ways: (b, 8, 4 c) → (b, classes).

    Parameters
    ----------
    width : int
        Of a row.
    classes : int
    """

    def __init__(self, width, classes):
        super().__init__()
        self.narrow = nn.Sequential(nn.Dropout(0.2), nn.Linear(width, 128), nn.ReLU())
        self.gru = nn.GRU(128, 64, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(128, classes))

    def forward(self, rows):
        """Read the rows."""
        _, last = self.gru(self.narrow(rows))  # (2, b, 64)
        return self.head(last.transpose(0, 1).flatten(1))  # (b, classes)


def feature_maps(study):
    """Return the feature maps of the paintings, (n, 8, 4 c) float16: 8 rows of 4 places of c channels."""
    spec = study.spec("ResNet-18")
    file = make_descriptor(spec, weights=study.weights).source.file
    backbone = load_backbone(spec.partition(":")[2], weights=file, layers=["layer3"])

    def read():
        network, pictures, found = backbone.network(), study.pictures(SIDE), []
        with torch.inference_mode():
            for start in range(0, len(pictures), 32):
                pixels = torch.from_numpy(np.array(pictures[start : start + 32])).permute(0, 3, 1, 2).float()
                activations = network(backbone.normalise(pixels))[0]  # (b, c, 8, 8)
                places = nn.functional.adaptive_avg_pool2d(activations, (ROWS_OF_MAP, PLACES))  # (b, c, 8, 4)
                found.append(places.permute(0, 2, 3, 1).flatten(2).half().numpy())  # (b, 8, 4 c)
        return np.concatenate(found)

    return study.keep.array("feature maps", read, of=[study.stamp, backbone.sha256])


def _trained(study, seed, rows, targets, inputs, *, width):
    lightning.seed_everything(seed, verbose=False)
    network = RowReader(width, sum(count for _, count in targets))
    return fit(network, inputs, targets, rows, epochs=1 if study.quick else 12, rate=2e-3, balance="weights", seed=seed)


def classify(study, seed):
    """Return accuracy, F1 and the figures per style (dict), for both ways to split."""
    maps = feature_maps(study)
    inputs, columns = Features(maps), {"style": coded(study.style), "artist": coded(study.artist, least=LEAST_WORKS)}
    if "genre" in study.targets:
        columns["genre"] = coded(study.targets["genre"])
    figures = {}
    for split in SPLITS:
        asked = {name: column for name, column in columns.items() if (name, split) != ("artist", "by artist")}
        asked = {name: column for name, column in asked.items() if len(column[1]) > 1}
        train, test = study.split(split, seed)
        targets = [(values, len(names)) for values, names in asked.values()]
        trained = _trained(study, seed, train, targets, inputs, width=maps.shape[2])
        for (name, (values, names)), there, known in zip(
            asked.items(), probabilities(trained, test), probabilities(trained, train), strict=True
        ):
            found = judge(there, values, test)
            found["accuracy in training"] = judge(known, values, train)["accuracy"]
            if name == "style":
                found["per class"] = _per_class(there.argmax(axis=1), values[test], names)
            figures.setdefault(name, {})[split] = found
    return figures


def _per_class(guess, truth, names):
    known = truth >= 0
    scores = precision_recall_fscore_support(truth[known], guess[known], labels=range(len(names)), zero_division=0)
    return {
        name: {"precision": float(p), "recall": float(r), "F1": float(f)}
        for name, p, r, f in zip(names, *scores[:3], strict=True)
    }


def outliers(study, seed):
    """Return how many works disagree strongly with their label (dict), and the strongest of them."""
    maps, (values, names) = feature_maps(study), coded(study.style)
    inputs, everyone = Features(maps), np.arange(len(maps))
    first, second = (by_hash(study.artist, f"part {k} of {seed}") for k in range(2))
    part, own = 2 * first + second, np.zeros((len(maps), len(names)), dtype=np.float32)
    for k in np.unique(part):
        trained = _trained(study, seed, everyone[part != k], [(values, len(names))], inputs, width=maps.shape[2])
        own[part == k] = probabilities(trained, everyone[part == k])[0]
    known = np.flatnonzero(values >= 0)
    label, guess = own[known, values[known]], own[known].argmax(axis=1)
    strong = (label < DOUBT) & (own[known].max(axis=1) > CERTAIN)
    order = known[strong][np.argsort(label[strong], kind="stable")][:SHOWN]
    title = study.column("title")
    return {
        "accuracy, other artists": float((guess == values[known]).mean()),
        "share that disagrees strongly": float(strong.mean()),
        "the strongest": [
            f"{study.artist[i]}, {title[i]}: {study.style[i]}, predicted {names[own[i].argmax()]}" for i in order
        ],
    }


def self_retrieval(X, *, k=5):
    """Return top-1, R@k and MRR (dict) of finding a row where it stands in the index itself.

    Parameters
    ----------
    X : (n, d) array
    k : int
    """
    unit = np.ascontiguousarray(X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12), dtype=np.float32)
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    found = index.search(unit, min(k, len(unit)))[1]
    scores = query_scores(found == np.arange(len(unit))[:, None], ks=(1, k))
    return {name: float(np.nan_to_num(scores[name]).mean()) for name in ("hit@1", f"hit@{k}", "MRR")}


def retrieve(study, seed):
    """Return retrieval with the query in the index and without (dict)."""
    X = study.features("ResNet-50")
    noise = np.random.default_rng(seed).standard_normal((len(X), 32))
    figures = {"itself": self_retrieval(X), "itself, by random vectors": self_retrieval(noise)}
    asked = {
        "same artist": (study.artist, False),
        "same style": (study.style, False),
        "same style, other artists": (study.style, True),
    }
    for name, (reference, others) in asked.items():
        scores = retrieval_scores(
            X, reference, study.artist, other_groups=others, ks=(1, 5), n_permutations=20, n_bootstrap=1, seed=seed
        )["figures"]
        figures[name] = {key: scores[key]["value"] for key in ("P@1", "hit@5", "MRR", "mAP")}
        figures[name]["P@1 by chance"] = scores["P@1"]["chance"]
    return figures


ROWS = (
    Row(
        "retrieval by FAISS",
        retrieve,
        "reading",
        ("ResNet-50",),
        {"top-1": 1.0, "R@5": 1.0, "MRR": 0.999},
        "The source let every query find itself, so that its figures say nothing of the features: random vectors get "
        "the same. With the query taken out the question is an honest one.",
    ),
    Row(
        "CNN and GRU over the rows of its feature map: style, artist, genre at once",
        classify,
        "supervised",
        ("ResNet-18",),
        {},
        "No figure of the source is known to us; here the CNN is frozen.",
    ),
    Row(
        "outliers: the label and another artist's network disagree",
        outliers,
        "reading",
        ("ResNet-18",),
        {},
        "No figure of the source is known to us; here nothing judges a work that has learned from its artist.",
    ),
)
