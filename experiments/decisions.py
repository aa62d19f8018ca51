"""Do clusters obey? ``python -m experiments.decisions --paintings DIR --work DIR --json``

A person who knows a cluster for every work (a tenth of them another one than artgraph found, at random) makes 1,000
decisions: two works of one manner or not, a work belongs to a cluster or does not. They cannot contradict each other.
``artgraph decide`` takes them in, ``artgraph communities`` obeys, and every decision is looked up in the clusters.
Then, one contradiction: of a chain of works of one manner, first and last are said not to be. On WikiArt and on the
demo.
"""

import csv
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from artgraph import Corpus, pipeline
from artgraph.decisions import COLUMNS, Decision, new_key
from data.painter import write_demo
from experiments.common import described, experiment, parser, spread

MADE = 1000
OTHERWISE = 0.1  # of the works
KINDS = ("same", "different", "belongs", "not-here")
CHAIN = 4  # links of the contradiction
WHEN = "2026-01-01T12:00:00Z"


def made(ids, labels, rng):
    """Return decisions (list of Decision) of somebody who knows a cluster for every work."""
    found = np.unique(labels[labels >= 0])
    truth = np.where((rng.random(len(labels)) < OTHERWISE) | (labels < 0), rng.choice(found, len(labels)), labels)
    decisions = []
    while len(decisions) < MADE:
        kind = KINDS[len(decisions) % len(KINDS)]
        work, other = CHAIN + 1 + rng.choice(len(ids) - CHAIN - 1, 2, replace=False)  # the first are for the chain
        about = {"work": ids[work]}
        if kind in ("same", "different"):
            if (truth[work] == truth[other]) != (kind == "same"):
                continue
            about |= {"other": ids[other]}
        else:
            cluster = truth[work] if kind == "belongs" else rng.choice(found[found != truth[work]])
            about |= {"partition": "leiden", "cluster": str(cluster)}
        decisions.append(Decision(new_key(), WHEN, "A. Curator", kind, **about))
    return decisions


def broken(decisions, of):
    """Return how many decisions (int) do not hold in clusters, {id: cluster}."""
    holds = {
        "same": lambda one: of[one.work] == of[one.other] >= 0,
        "different": lambda one: of[one.work] != of[one.other],
        "belongs": lambda one: of[one.work] == int(one.cluster),
        "not-here": lambda one: of[one.work] != int(one.cluster),
    }
    return sum(not holds[one.kind](one) for one in decisions)


def decided(corpus, decisions, folder):
    """Take decisions in and find the clusters again; return what was taken (Taken), {id: cluster} and the facts."""
    with open(folder / "decisions-in.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *decisions])
    taken = pipeline.decide(corpus, folder / "decisions-in.csv")
    facts = pipeline.communities(corpus).facts
    return taken, dict(zip(corpus.paintings["id"], corpus.get("partitions", "leiden").tolist(), strict=True)), facts


def one(corpus, seed, folder):
    """Return the figures (dict) of one seed, in a copy of a corpus with a graph."""
    shutil.copytree(corpus.path, folder / "corpus", ignore=shutil.ignore_patterns("thumbs", "*.gexf"))
    corpus = Corpus(folder / "corpus")
    pipeline.communities(corpus, seed=seed)
    before, ids = corpus.get("partitions", "leiden"), corpus.paintings["id"].tolist()
    decisions, started = made(ids, before, np.random.default_rng(seed)), time.perf_counter()
    taken, of, facts = decided(corpus, decisions, folder)
    seconds = time.perf_counter() - started
    figures = {
        "taken": len(taken.taken),
        "refused": len(taken.refused),
        "held": facts["decisions"]["held"],
        "unmet": len(facts["decisions"]["unmet"]) + len(facts["decisions"]["open"]),
        "broken": broken(decisions, of),
        "clusters before": int(before.max()) + 1,
        "clusters after": len(set(of.values()) - {-1}),
        "works moved": float(np.mean(before != [of[id_] for id_ in ids])),
        "seconds": seconds,
    }
    chain = [Decision(new_key(), WHEN, "B. Curator", "same", work=ids[at], other=ids[at + 1]) for at in range(CHAIN)]
    chain += [Decision(new_key(), WHEN, "B. Curator", "different", work=ids[0], other=ids[CHAIN])]
    _, of, facts = decided(corpus, chain, folder)
    told = facts["decisions"]["open"]
    figures |= {
        "contradictions told": len(told),
        "of one, decisions named": sum(any(one.key in text for text in told) for one in chain),
        "decisions in it": len(chain),
        "broken after it": broken(decisions, of),
    }
    shutil.rmtree(corpus.path)
    return figures


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--work", type=Path, required=True)
    arguments.add_argument("--seeds", type=int, default=3)
    arguments = arguments.parse_args()

    def measure():
        figures = {}
        with tempfile.TemporaryDirectory() as place:
            place = Path(place)
            pictures = write_demo(place / "demo pictures", seed=0, processes=2).parent
            for name, folder, work in (
                ("wikiart", arguments.paintings, arguments.work),
                ("demo", pictures, place / "corpora"),
            ):
                corpus = described(folder, work, descriptors=("eye", "lite"))
                pipeline.build_graph(corpus, on=("eye", "lite"))
                runs = [one(corpus, seed, place) for seed in range(arguments.seeds)]
                figures[name] = {"paintings": len(corpus)} | {
                    key: spread([run[key] for run in runs]) for key in runs[0]
                }
        return figures

    experiment("decisions", arguments, measure)


if __name__ == "__main__":
    main()
