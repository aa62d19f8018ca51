"""Are clusters named by the right words, and by none where words mean nothing? ``python -m experiments.words --json``

The clusters are those that ``artgraph demo`` finds in its 288 pictures. Weights of a CLIP cannot be had here; two
questions can be asked without.

*Agreeing.* A stub whose text and pictures agree by construction: each of the ten manners has a direction, a picture
lies near that of its manner (cosine about 0.3, as in CLIP, beside what all pictures share and noise of its own), and
the name of the manner in it; all other terms of the vocabulary lie anywhere. Is the first word of a cluster the manner
of most of its works?

*Random.* Text that knows nothing of the pictures, which are the demo's own in the features ``eye``: in how many
collections is any cluster given any name? Gaussian vectors; vectors in a narrow cone with a few strong directions, as
text towers have them; and a text tower of open_clip with random weights, which reads the vocabulary of artgraph and the
random phrases for it.
"""

import functools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from artgraph import Corpus
from artgraph.checks import unit_rows
from artgraph.descriptors.openclip import CONFIG, Openclip
from artgraph.evaluation.uncertainty import group_resamples, row_groups
from artgraph.interpret import cluster_words
from artgraph.vocabulary import Term, prompts_of, read_vocabulary
from experiments.common import experiment, parser

__all__ = ["agreeing", "random_names", "towers"]

D = 512  # of the stub
SMALL = 64  # of texts that know nothing: a false name is as likely in any space, and this one is quickly drawn
TIMES = 20  # random phrases for each term


def agreeing(manners, labels, artists, *, n_terms, seed, cosine=0.3):
    """Return the share of clusters whose first word is right, and how many wrong words all clusters get (dict).

    Parameters
    ----------
    manners, labels, artists : (n,) int
    n_terms : int
        Terms of the vocabulary, those of the manners among them.
    seed : int
    cosine : float
        Of a picture with the name of its manner.
    """
    rng = np.random.default_rng(seed)
    k = manners.max() + 1
    directions, shared = unit_rows(rng.standard_normal((k, D))), unit_rows(rng.standard_normal(D))
    noise = unit_rows(rng.standard_normal((len(manners), D)))
    own = cosine / np.sqrt(1 - cosine**2) * np.sqrt(1.25)  # beside shared (length 1) and noise (length 0.5)
    X = own * directions[manners] + shared + 0.5 * noise
    terms = np.concatenate([directions, unit_rows(rng.standard_normal((n_terms - k, D)))])
    phrases = rng.standard_normal((TIMES * n_terms, D))
    found = cluster_words(X, labels, terms, phrases=phrases, resamples=group_resamples(artists, seed=seed))
    right = {label: np.bincount(manners[labels == label]).argmax() for label in found}
    first = {label: entries[0]["term"] if entries else None for label, entries in found.items()}
    return {
        "right": float(np.mean([first[label] == right[label] for label in found])),
        "wrong words": sum(entry["term"] >= k for entries in found.values() for entry in entries),
        "cosine": float((unit_rows(X) * directions[manners]).sum(axis=1).mean()),
    }


def gaussian(rng, count):
    """Return vectors (count, SMALL) without any structure."""
    return rng.standard_normal((count, SMALL))


def cone(rng, count):
    """Return vectors (count, SMALL) in a narrow cone, some directions stronger than others."""
    strength = np.arange(1, SMALL + 1) ** -0.7
    return rng.standard_t(5, (count, SMALL)) * strength + 3 * strength


def tower(folder, seed):
    """Return a text tower of open_clip (Openclip) with random weights, and a small image tower beside it."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    config = {
        "embed_dim": SMALL,
        "vision_cfg": {"layers": 1, "width": 64, "patch_size": 32, "image_size": 32},
        "text_cfg": {"layers": 2, "width": 64, "heads": 2},
    }
    torch.manual_seed(seed)
    state = open_clip.CLIP(**config).state_dict()
    save_file({key: tensor.contiguous() for key, tensor in state.items()}, folder / "m.safetensors")
    (folder / CONFIG).write_text(json.dumps({"model_cfg": config}))
    made = Openclip(weights=folder / "m.safetensors")
    made.tokenizer = tokenizer()
    return made


@functools.cache
def tokenizer():
    """Return open_clip's tokenizer, which takes a second to read."""
    import open_clip

    return open_clip.SimpleTokenizer(context_length=77)


def towers(X, labels, *, n_terms, seed, folder):
    """Return whether a random text tower names any cluster (bool).

    Parameters
    ----------
    X, labels : (n, d) float, (n,) int
    n_terms : int
        So many terms of the vocabulary are drawn.
    seed : int
    folder : Path
    """
    rng = np.random.default_rng(seed)
    made, vocabulary = tower(folder, seed), read_vocabulary()
    terms = [vocabulary[row] for row in rng.choice(len(vocabulary), n_terms, replace=False)]
    drawn = made.random_phrases([one.term for one in terms], times=TIMES, seed=seed)
    phrases = [Term(text, prompt=terms[place // TIMES].prompt) for place, text in enumerate(drawn)]
    vectors = made.texts([prompts_of(one)[0] for one in [*terms, *phrases]])
    projected = unit_rows(X - X.mean(axis=0)) @ rng.standard_normal((X.shape[1], vectors.shape[1]))
    found = cluster_words(projected, labels, vectors[:n_terms], phrases=vectors[n_terms:])
    return any(found.values())


def random_names(X, labels, draw, *, n_terms, seed):
    """Return whether vectors that know nothing of the pictures name any cluster (bool).

    Parameters
    ----------
    X, labels : (n, d) float, (n,) int
    draw : callable(rng, count) -> (count, SMALL)
    n_terms, seed : int
    """
    rng = np.random.default_rng(seed)
    projected = unit_rows(X - X.mean(axis=0)) @ rng.standard_normal((X.shape[1], SMALL))
    vectors = draw(rng, n_terms * (1 + TIMES))
    return any(cluster_words(projected, labels, vectors[:n_terms], phrases=vectors[n_terms:]).values())


def share(named):
    """Return how often something was named (dict): share, runs, and the interval that holds it in 95 of 100 cases."""
    low, high = binomtest(sum(named), len(named)).proportion_ci(method="wilson")
    return {"share": sum(named) / len(named), "runs": len(named), "interval": [round(low, 4), round(high, 4)]}


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--demo", type=Path, help="a corpus that artgraph demo made; default: it is made")
    arguments.add_argument("--runs", type=int, default=1000, help="random collections of each kind")
    arguments.add_argument("--towers", type=int, default=300, help="random text towers")
    arguments.add_argument("--seeds", type=int, default=20, help="stubs that agree")
    arguments = arguments.parse_args()

    def measure():
        with tempfile.TemporaryDirectory() as folder:
            made = arguments.demo or Path(folder) / "demo"
            if not made.exists():
                subprocess.run([sys.executable, "-m", "artgraph", "demo", "-o", made], check=True, stdout=sys.stderr)
            return figures(Corpus(made), Path(folder))

    def figures(corpus, folder):
        manners = np.unique(corpus.paintings["style"], return_inverse=True)[1]
        artists = row_groups(corpus.paintings["artist"], len(corpus))
        X, n_terms = corpus.get("features", "eye"), len(read_vocabulary())
        found = {"paintings": len(corpus), "terms": n_terms}
        for partition in ("leiden", "vgae-leiden"):
            labels = corpus.get("partitions", partition)
            runs = [agreeing(manners, labels, artists, n_terms=n_terms, seed=seed) for seed in range(arguments.seeds)]
            rows = {name: [run[name] for run in runs] for name in runs[0]}
            found[partition] = {
                "clusters": int(labels.max()) + 1,
                "agreeing": {
                    "right, mean": float(np.mean(rows["right"])),
                    "right, least": min(rows["right"]),
                    "wrong words in a collection, mean": float(np.mean(rows["wrong words"])),
                    "cosine": round(float(np.mean(rows["cosine"])), 3),
                },
            }
        labels = corpus.get("partitions", "leiden")
        for name, draw, size in (
            ("Gaussian", gaussian, 60),
            ("cone", cone, 60),
            ("cone, whole vocabulary", cone, n_terms),
        ):
            count = arguments.runs if size < n_terms else arguments.runs // 10
            found[f"random: {name}"] = share(
                [random_names(X, labels, draw, n_terms=size, seed=seed) for seed in range(count)]
            )
        found["random: text tower of open_clip"] = share(
            [towers(X, labels, n_terms=60, seed=seed, folder=folder) for seed in range(arguments.towers)]
        )
        return found

    experiment("words", arguments, measure)


if __name__ == "__main__":
    main()
