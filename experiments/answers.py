"""What answers of a person are worth: agreement with style against the number of answers.

``python -m experiments.answers --paintings DIR --domains DIR --weights DIR --work DIR --json``

The names of half of the artists are hidden, as in ``artgraph_itself``, whose features, latents and graph these are. A
curator is simulated by the column of styles, one answer in ten wrong: the only place where styles are read. Pairs are
asked about in rounds, as ``artgraph ask`` chooses them, or drawn at random; after each round clusters are found again,
with answers used for the clusters (``communities.obey``), for the latents (``learning.answers``), or for both. Judged
is the AMI with style on works of unnamed artists that no answer touched, those of the artists drawn by a hash for
``DEV`` left out: on these, and on no others, choices were made.

Beside it, what answers of other kinds, and more of them, could give: ``named``: the manner of single works is asked
(typical works of as many groups as there are questions), and spread over the graph; ``oracle``: every group of works
gets its most frequent style; ``all named artists``: a ridge classifier that was told the styles of all works of
unhidden artists, without an error. The last two are no curator: they say how much these latents can give at all.
"""

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import adjusted_mutual_info_score

from artgraph.checks import unit_rows
from artgraph.communities import leiden_n_clusters
from artgraph.interpret import questions, typicality
from artgraph.learning.answers import STRENGTHS, learn_answers
from experiments.artgraph_itself import latents, linked, names
from experiments.common import by_hash, experiment, spread
from experiments.study import Study, options

COUNTS = (0, 10, 25, 50, 100, 200, 400)
WRONG = 0.1  # of the answers
DEV = "answers: choices"  # salt of the hash by which artists for choices are drawn: half of them
USES = ("clusters", "latents", "both")
NAMED = (100, 200, 400)
STAY = 0.02  # of a named work's share at each step of spreading; chosen among 0.005, 0.02 and 0.1 on artists of DEV


class Curator:
    """Answers by style, a tenth of them wrong; the same question is always answered alike."""

    def __init__(self, style, seed):
        self.codes = np.unique(style, return_inverse=True)[1]
        self.seed = seed

    def same(self, first, second):
        """Return whether two works (rows) are of one manner (bool)."""
        rng = np.random.default_rng([self.seed, *sorted((int(first), int(second)))])
        return bool((self.codes[first] == self.codes[second]) != (rng.random() < WRONG))

    def manner(self, row):
        """Return the manner (int) of a work."""
        rng = np.random.default_rng([self.seed, int(row)])
        others = self.codes.max()
        wrong = rng.random() < WRONG
        return int((self.codes[row] + wrong * (1 + rng.integers(others))) % (others + 1))


def judge(study, seed, labels, touched=()):
    """Return the AMI (float) with style on works of unnamed artists that are not for choices and were not touched."""
    held = study.hidden(seed) & ~by_hash(study.artist, DEV)
    held[np.asarray(touched, dtype=int).ravel()] = False
    return float(adjusted_mutual_info_score(study.style[held], labels[held]))


def obeyed(adjacency, pairs, same, *, resolution, seed):
    """Return clusters (n,) that hold to answers, at the resolution that gave as many clusters as styles without any."""
    from artgraph.communities.obey import obey

    settings = {"must": pairs[same], "cannot": pairs[~same], "resolution": resolution, "seed": seed}
    return obey(adjacency, **settings)[0]


def answered(study, seed, *, asked, use):
    """Return {number of answers: AMI} for one way of asking and one use of answers (dict), and what was learned."""
    given, curator = names(study, study.hidden(seed)), Curator(study.style, seed)
    start = np.asarray(latents(study, seed, artists=given))
    Z, rng, found, learned = start, np.random.default_rng([seed, 7]), {}, {}
    adjacency = linked(Z, given)
    labels, resolution = leiden_n_clusters(adjacency, study.n_styles, seed=seed)
    pairs, same = np.empty((0, 2), dtype=int), np.empty(0, dtype=bool)
    for count in COUNTS:
        more = count - len(pairs)
        if asked and more:
            chosen = questions(
                adjacency, labels, X=Z, budget=more, artists=given.tolist(), answered=pairs.tolist(), seed=seed
            )
            new = np.array([one[:2] for one in chosen], dtype=int).reshape(-1, 2)
        else:
            new = np.array([rng.choice(len(Z), 2, replace=False) for _ in range(more)], dtype=int).reshape(-1, 2)
        pairs = np.concatenate([pairs, new])
        same = np.concatenate([same, [curator.same(*pair) for pair in new]]).astype(bool)
        if count and use != "clusters":
            taught = learn_answers(start, pairs, same, seed=seed)
            Z = start if taught.map is None else start @ taught.map
            learned[count], adjacency = taught.facts, linked(Z, given)
        if count:
            if use == "latents":
                labels = leiden_n_clusters(adjacency, study.n_styles, seed=seed)[0]
            else:
                labels = obeyed(adjacency, pairs, same, resolution=resolution, seed=seed)
        found[str(count)] = judge(study, seed, labels, pairs)
    return {"ami": found, "asked": len(pairs), "same": round(float(same.mean()), 4), "learned": learned}


def beyond(study, seed):
    """Return what answers of other kinds and more of them give (dict of str to AMI)."""
    hidden, curator = study.hidden(seed), Curator(study.style, seed)
    given = names(study, hidden)
    Z = np.asarray(latents(study, seed, artists=given))
    adjacency, unit = sp.csr_array(linked(Z, given)), unit_rows(Z)
    found, styles = {}, curator.codes
    for count in NAMED:
        groups, _ = leiden_n_clusters(adjacency, count, seed=seed, tolerance=count // 25)
        typical, told = typicality(Z, groups), np.zeros((len(Z), styles.max() + 1))
        works = [max(np.flatnonzero(groups == group), key=lambda row: typical[row]) for group in np.unique(groups)]
        told[works, [curator.manner(row) for row in works]] = 1
        found[f"named: {count}"] = judge(study, seed, spread_over(adjacency, told).argmax(axis=1), works)
        most = [np.bincount(styles[groups == group]).argmax() for group in range(groups.max() + 1)]
        found[f"oracle: {count} groups"] = judge(study, seed, np.array(most)[groups])
    told = RidgeClassifier().fit(unit[~hidden], styles[~hidden]).predict(unit)
    return found | {"all named artists": judge(study, seed, told)}


def spread_over(adjacency, told, *, steps=25):
    """Return shares (n, k) of what was told of some works, handed on along the links of a graph (n, n)."""
    along = sp.diags_array(1 / np.maximum(adjacency.sum(axis=1), 1e-12)) @ adjacency
    shares = told
    for _ in range(steps):
        shares = (1 - STAY) * (along @ shares) + STAY * told
    return shares


def fewest(curve, level):
    """Return the fewest answers (int) at which a curve, {number: AMI}, reaches a level; None where it does not."""
    return next((int(count) for count, ami in curve.items() if ami >= level), None)


def main():
    parse = options(__doc__)
    parse.set_defaults(seeds=5)
    arguments = parse.parse_args()

    def measure():
        study, rows = Study(arguments), {}
        for way in ("asked", "random"):
            for use in USES:
                pieces = [
                    study.keep(
                        f"{way} pairs for {use}, seed {seed}",
                        lambda seed=seed, asked=way == "asked", use=use: answered(study, seed, asked=asked, use=use),
                        of=[study.stamp, "answers", way, use, seed, *([STRENGTHS] if use != "clusters" else [])],
                    )
                    for seed in range(arguments.seeds)
                ]
                curve = {count: spread([piece["ami"][count] for piece in pieces]) for count in pieces[0]["ami"]}
                rows[f"{way} pairs for {use}"] = {"ami": curve, "pieces": pieces}
        others = [
            study.keep(f"beyond, seed {seed}", lambda seed=seed: beyond(study, seed), of=[study.stamp, "beyond", seed])
            for seed in range(arguments.seeds)
        ]
        means = {name: {count: one["mean"] for count, one in row["ami"].items()} for name, row in rows.items()}
        return {
            "paintings": len(study.paintings),
            "data_sha256": study.stamp[0],
            "wrong": WRONG,
            "rows": rows,
            "gain after 100 answers": {name: round(curve["100"] - curve["0"], 4) for name, curve in means.items()},
            "asked answers that reach what 100 random ones do": {
                use: fewest(means[f"asked pairs for {use}"], means[f"random pairs for {use}"]["100"]) for use in USES
            },
            "beyond": {name: spread([one[name] for one in others]) for name in others[0]},
        }

    experiment("answers", arguments, measure)


if __name__ == "__main__":
    main()
