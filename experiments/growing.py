"""A corpus grows: what an addition costs, and how far its clusters are from those of a fresh run.

``python -m experiments.growing --paintings DIR --strangers DIR --weights DIR --work DIR --json``

A tenth of the paintings is drawn as new, several times: half of it works by artists whom the rest of the corpus knows,
half all works of some artists whom it does not. The rest becomes a corpus by the default walk (``eye``, artist edges,
VGAE, Leiden at resolution 1); then the new works are added. In the first two draws the corpus has reports, too, seconds
are counted, and the works are added once more in ten batches, and as two halves in either order. The fresh run is the
same walk on all paintings. Style labels are read for judging alone.

Works that fit nothing: the new works are judged by ``artgraph.graph.novelty``, in features of ``eye``, of a ViT, and of
three networks; so are photographs and cartoons. Stated is a chance of 0.05.
"""

import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score

from artgraph import Corpus, pipeline
from artgraph.graph.novelty import conformal_p, strangeness
from experiments.common import Keep, data_sha256, described, experiment, parser, spread

SHARE, ALPHA, BATCHES, FULL = 0.1, 0.05, 10, 2  # FULL: draws with batches, and with seconds
KINDS = ("photo", "cartoon")
NETWORKS = {"eye": "eye", "vit": "cnn:vit_tiny_patch16_224", "mobilenet": "cnn:mobilenetv2_100"}
KEYS = {name: spec.replace(":", "-") for name, spec in NETWORKS.items()}
BLOCKS = {"eye": ["eye"], "vit": ["vit"], "three networks": ["eye", "vit", "mobilenet"]}


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True, help="a folder with metadata.csv in it")
    arguments.add_argument("--strangers", type=Path, required=True, help="PACS: images/photo, images/cartoon")
    arguments.add_argument("--weights", type=Path, required=True, help="folder with weights of the networks")
    arguments.add_argument("--work", type=Path, required=True, help="for corpora; a run that was killed goes on there")
    arguments.add_argument("--draws", type=int, default=5)
    arguments = arguments.parse_args()

    def measure():
        keep = Keep(arguments.work / "kept")
        data = data_sha256(arguments.paintings)
        whole = described(arguments.paintings, arguments.work)
        fresh = keep("fresh", lambda: timed(walk, whole, describe=True), of=data)
        draws = [
            keep(f"draw {seed}", lambda seed=seed: grown(arguments, whole, seed), of=[data, seed])
            for seed in range(arguments.draws)
        ]
        return {
            "paintings": len(whole),
            "data_sha256": data,
            "fresh_seconds": fresh,
            "ratio": spread([draw["seconds"] / fresh for draw in draws[:FULL]]),
            **{name: spread([draw[name] for draw in draws if name in draw]) for name in draws[0]},
            "novelty": novelty(arguments, whole),
        }

    experiment("growing", arguments, measure)


def timed(function, *given, **settings):
    """Return the seconds that a call took."""
    started = time.perf_counter()
    function(*given, **settings)
    return round(time.perf_counter() - started, 1)


def walk(corpus, *, describe=False, reports=True):
    """Make what ``artgraph run`` makes, less exports and page; perhaps less reports."""
    if describe:
        shutil.rmtree(corpus.path / "features", ignore_errors=True)
        pipeline.describe(corpus)
    pipeline.build_graph(corpus, artist_edges=True)
    pipeline.communities(corpus)
    pipeline.train_vgae(corpus)
    weight = pipeline.ARTIST_EDGE_WEIGHT
    pipeline.build_graph(
        corpus, on=("vgae",), name="vgae", cross_artist=True, artist_edges=True, artist_edge_weight=weight
    )
    pipeline.communities(corpus, graph="vgae")
    pipeline.layout(corpus, graph="vgae")
    for partition in ("leiden", "vgae-leiden") if reports else ():
        pipeline.evaluate(corpus, partition=partition)
        pipeline.interpret(corpus, partition=partition)
        pipeline.worklist(corpus, partition=partition)


def drawn(table, seed):
    """Return the rows ((m,) int) of a tenth of the paintings: half by artists whom the rest knows, half by others."""
    rng, wanted = np.random.default_rng(seed), round(SHARE * len(table) / 2)
    artists = table["artist"].fillna("").to_numpy()
    unknown, count = set(), 0
    for name in rng.permutation(sorted(set(artists) - {""})):
        if count < wanted:
            unknown.add(name)
            count += int((artists == name).sum())
    strange = np.isin(artists, list(unknown))
    known = rng.choice(np.flatnonzero(~strange & (artists != "")), wanted, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(strange), known])), known


def pictures_of(arguments, folder, table):
    """Copy some paintings, and their rows of the spreadsheet, into a folder."""
    for image in table["path"]:
        (folder / image).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(arguments.paintings / image, folder / image)
    table.to_csv(folder / "metadata.csv", index=False)
    return folder


def base_of(arguments, whole, folder, table, *, reports):
    """Return the corpus of some paintings, with the features that the whole has, and all else made of them alone."""
    pictures_of(arguments, folder / "base", table)
    base = pipeline.ingest(folder / "base", folder / "corpus", metadata=folder / "base" / "metadata.csv")
    label = whole.label("features", "eye")
    rows = np.flatnonzero(whole.paintings["id"].isin(base.paintings["id"]))
    base.put(
        "features",
        "eye",
        {"": whole.get("features", "eye")[rows]},
        made_by={key: label["made_by"][key] for key in ("stage", "revision", "params")},
        inputs={"paintings/image_sha256": base.column_sha256("image_sha256")},
        facts={**label["facts"], "n": len(rows)},
    )
    walk(base, reports=reports)
    return base


def added(folder, corpus, batches):
    """Add batches of paintings (folders) to a copy of a corpus, and return it."""
    shutil.copytree(corpus, folder)
    for batch in batches:
        pipeline.add(Corpus(folder), batch, metadata=batch / "metadata.csv", max_refused=0)
    return Corpus(folder)


def grown(arguments, whole, seed):
    """Return the figures (dict) of one draw."""
    table = pd.read_csv(arguments.paintings / "metadata.csv", dtype=str)
    table = table[table["path"].isin(whole.paintings["image"])].reset_index(drop=True)
    rows, _ = drawn(table, seed)
    folder = arguments.work / f"draw{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    full = seed < FULL
    base = base_of(arguments, whole, folder, table.drop(index=rows), reports=full)
    held = {
        ref: base.get(*ref) for ref in (("partitions", "leiden"), ("partitions", "vgae-leiden"), ("layouts", "vgae"))
    }
    order = np.random.default_rng([seed, 1]).permutation(rows)
    parts = {"new": [order], "part": np.array_split(order, BATCHES), "half": np.array_split(order, 2)}
    folders = {
        name: [pictures_of(arguments, folder / f"{name}{at}", table.iloc[part]) for at, part in enumerate(several)]
        for name, several in parts.items()
    }
    started = time.perf_counter()
    one = added(folder / "one", base.path, folders["new"])
    seconds = time.perf_counter() - started
    n = len(base)
    kept = [bool(np.array_equal(one.get(*ref)[:n], array)) for ref, array in held.items()]
    kept.append(list(one.paintings["id"][:n]) == list(base.paintings["id"]))
    figures = {"kept": float(np.mean(kept))} | ({"seconds": round(seconds, 1)} if full else {})
    if full:
        ten = added(folder / "ten", base.path, folders["part"])
        first, second = (
            added(folder / f"order{at}", base.path, folders["half"][::step]) for at, step in ((0, 1), (1, -1))
        )
        figures["lists that are the same in either order"] = same_lists(first, second)
    for partition in ("leiden", "vgae-leiden"):
        labels = by_id(whole, partition)
        new = one.paintings["id"].iloc[n:]
        scores = {
            "fresh": style(whole, labels, new),
            "held": style(whole, by_id(one, partition), new),
        }
        if full:
            scores["ten batches"] = style(whole, by_id(ten, partition), new)
            same = (by_id(first, partition)[new] == by_id(second, partition)[new]).mean()
            figures[f"{partition}: same cluster in either order of two halves"] = float(same)
        figures |= {f"{partition}: AMI with style of new works, {name}": score for name, score in scores.items()}
        ids = whole.paintings["id"]
        together = by_id(one, partition)[ids]
        figures[f"{partition}: AMI of held and fresh partition, all works"] = adjusted_mutual_info_score(
            labels[ids], together
        )
        figures[f"{partition}: new works without a cluster"] = float((by_id(one, partition)[new] < 0).mean())
    shutil.rmtree(folder)
    return figures


def by_id(corpus, partition):
    """Return the clusters (Series by id) of a corpus."""
    return pd.Series(corpus.get("partitions", partition), index=list(corpus.paintings["id"]))


def style(whole, labels, ids):
    """Return the AMI of the clusters of some works with their styles; works without a cluster count as one."""
    styles = whole.paintings.set_index("id")["style"].fillna("").astype(str)
    return float(adjusted_mutual_info_score(styles[ids], labels[ids]))


def same_lists(first, second):
    """Return the share of works with the same neighbours in two corpora of the same works."""
    lists = []
    for corpus in (first, second):
        ids = np.array(corpus.paintings["id"], dtype=object)
        indices = corpus.get("graphs", "style", "knn")["indices"]
        lists.append({key: tuple(ids[row]) for key, row in zip(ids, indices, strict=True)})
    return float(np.mean([lists[0][key] == lists[1][key] for key in lists[0]]))


def novelty(arguments, whole):
    """Return how many works fit nothing: new ones by artists known and not known, photographs, cartoons."""
    weights = [str(arguments.weights)]
    specs = list(NETWORKS.values())
    pipeline.describe(whole, descriptors=specs, weights=weights)
    strange = {
        kind: described_strangers(arguments.strangers / "images" / kind, arguments.work / kind, specs, weights)
        for kind in KINDS
    }
    table, found = whole.paintings, {}
    for name, networks in BLOCKS.items():
        draws = []
        for seed in range(arguments.draws):
            rows, known = drawn(table, seed)
            own = np.setdiff1d(np.arange(len(table)), rows)
            X = [whole.get("features", KEYS[one]) for one in networks]
            given = {"known artists": known, "other artists": np.setdiff1d(rows, known)}
            blocks = {kind: [block[part] for block in X] for kind, part in given.items()}
            blocks |= {
                kind: [corpus.get("features", KEYS[one]) for one in networks] for kind, corpus in strange.items()
            }
            draw = {}
            for kind, new in blocks.items():
                ours, theirs = strangeness([block[own] for block in X], new, seed=seed)
                draw[kind] = float((conformal_p(theirs, ours) < ALPHA).mean())
            draw["photographs and cartoons"] = float(np.mean([draw[kind] for kind in KINDS]))
            draws.append(draw)
        found[name] = {kind: spread([draw[kind] for draw in draws]) for kind in draws[0]}
    return found


def described_strangers(folder, out, specs, weights):
    """Return the corpus (Corpus) of some pictures that are no paintings."""
    corpus = pipeline.ingest(folder, out, max_refused=0)
    pipeline.describe(corpus, descriptors=specs, weights=weights)
    return corpus


if __name__ == "__main__":
    main()
