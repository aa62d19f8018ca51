"""Every system runs, goes on after a kill, and says no more than is so."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
import timm
import torch
from safetensors.torch import save_file

from artgraph.testing import toy_features
from data.painter import catalogue, write_demo
from experiments.__main__ import main
from experiments.artist_transfer import of_two, right
from experiments.classify_retrieve import self_retrieval
from experiments.clip_captions import sentence
from experiments.common import Keep, by_hash
from experiments.fused_features import read_clusters, soft_assignment
from experiments.local_global import published_vgae, same_artist_edges
from experiments.mobilenet import elbow
from experiments.study import Row, Study, measured, options
from experiments.table import SYSTEMS, best_rows, render
from experiments.training import Batches, Features, coded, fit, judge, probabilities

MANNERS = ("engraving", "ink wash", "woodblock")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A part of the demo, the same things in three manners, and networks with random weights."""
    folder = tmp_path_factory.mktemp("systems")
    works = [work for work in catalogue() if work.style in MANNERS]
    write_demo(folder / "paintings", works=works[::2][:36], processes=1)
    table = pd.read_csv(write_demo(folder / "domains", works=works[1::4][:18], processes=1))
    table = table.rename(columns={"style": "domain", "scene": "object"})
    table[["path", "domain", "object"]].to_csv(folder / "domains" / "metadata.csv", index=False)
    (folder / "weights").mkdir()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for name, options in (
            ("resnet18", {"features_only": True, "out_indices": (0, 1, 2, 3)}),
            ("vit_tiny_patch16_224", {}),
            ("mobilenetv2_100", {}),
        ):
            state = timm.create_model(name, pretrained=False, **options).state_dict()
            save_file(state, folder / "weights" / f"{name}.safetensors")
    return folder


def command(data, what, *more):
    """The words of the command line."""
    folders = [word for name in ("paintings", "domains", "weights", "work") for word in (f"--{name}", data / name)]
    folders += ["--results", data / "out" / "results", "--metadata", data / "paintings" / "metadata.csv"]
    return [str(word) for word in [what, *folders, "--quick", "--seeds", 1, "--threads", 1, *more]]


@pytest.fixture(scope="module")
def results(data):
    """What ``python -m experiments all`` leaves."""
    assert main(command(data, "all")) == 0
    return {name: json.loads((data / "out" / "results" / f"{name}.json").read_text("utf-8")) for name in SYSTEMS}


def study_of(data, **changes):
    """A study of the same folders."""
    arguments = options("").parse_args(command(data, "all")[1:])
    for name, value in changes.items():
        setattr(arguments, name, value)
    return Study(arguments)


def numbers(figures):
    """All figures of a row, nested ones too: name, value."""
    for key, value in figures.items():
        if isinstance(value, dict) and "values" in value:
            yield key, value["mean"]
        elif isinstance(value, dict):
            yield from numbers(value)


def test_every_row_is_filled(results):
    rows = {name: row for result in results.values() for name, row in result["figures"]["rows"].items()}
    assert len(rows) >= 35
    assert not any(result["figures"]["owed"] for result in results.values())
    for name, row in rows.items():
        found = dict(numbers(row["figures"]))
        assert found, name
        assert all(np.isfinite(value) for value in found.values()), name
        for key, value in found.items():
            if key in ("accuracy", "macro F1", "purity", "P@1", "hit@5", "MRR", "precision", "recall", "F1"):
                assert 0 <= value <= 1, (name, key)
            if "AMI" in key or key == "ARI":
                assert -0.6 <= value <= 1, (name, key)


def test_unsupervised_rows_are_judged_alike(results):
    judged = [
        row["figures"]
        for result in results.values()
        for row in result["figures"]["rows"].values()
        if row["kind"] == "unsupervised"
    ]
    assert len(judged) >= 22
    assert len({tuple(list(figures)[:8]) for figures in judged}) == 1


def test_a_row_says_which_network_stood_in(results):
    row = results["fused_features"]["figures"]["rows"]["colour, texture and deep features, k-means, k = 50"]
    assert row["networks"] == {"CLIP": "cnn:vit_tiny_patch16_224", "ResNet-50": "cnn:mobilenetv2_100"}


def test_self_retrieval_is_one_and_retrieval_is_not(results):
    figures = results["classify_retrieve"]["figures"]["rows"]["retrieval by FAISS"]["figures"]
    assert figures["itself"]["hit@1"]["mean"] == figures["itself, by random vectors"]["hit@1"]["mean"] == 1
    assert figures["same artist"]["P@1"]["mean"] < 1


def test_the_table_holds_every_row_and_the_reported_figures(results, data):
    text = (data / "out" / "RESULTS.md").read_text("utf-8")
    assert text == render(results)
    for result in results.values():
        for name, row in result["figures"]["rows"].items():
            assert name in text
            for figure in row["reported"].values():
                assert str(figure) in text
    assert "vit_tiny_patch16_224 for CLIP" in text
    assert str(data) not in text


def test_nothing_is_measured_twice(results, data):
    before = {path: path.stat().st_mtime_ns for path in (data / "work" / "pieces").iterdir()}
    assert main(command(data, "mobilenet")) == 0
    assert {path: path.stat().st_mtime_ns for path in (data / "work" / "pieces").iterdir()} == before


def test_a_killed_run_goes_on_where_it_was(results, data, tmp_path):
    study, calls = study_of(data, seeds=3), []
    study.keep = Keep(tmp_path)

    def measure(study, seed):
        calls.append(seed)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return {"seed": seed}

    rows = [Row("one", measure, "reading")]
    with pytest.raises(KeyboardInterrupt):
        measured(study, "system", rows)
    assert measured(study, "system", rows)["one"]["figures"]["seed"]["values"] == [0, 1, 2]
    assert calls == [0, 1, 1, 2]


def test_a_row_alone_leaves_the_others_as_they_are_kept(results, data, tmp_path):
    study = study_of(data)
    study.keep = Keep(tmp_path)
    rows = [Row(name, lambda study, seed, name=name: {"figure": len(name)}, "reading") for name in ("a", "bb")]
    assert list(measured(study, "system", rows, wanted="bb")) == ["bb"]
    assert list(measured(study, "system", rows, wanted="a")) == ["a", "bb"]


@pytest.mark.parametrize("seed", range(3))
def test_the_split_by_artist_shares_no_artist(results, data, seed):
    study = study_of(data)
    train, test = study.split("by artist", seed)
    assert sorted([*train, *test]) == list(range(len(study.artist)))
    assert not set(study.artist[train]) & set(study.artist[test])
    assert len(test) > 0
    hidden = study.hidden(seed)
    assert not set(study.artist[hidden]) & set(study.artist[~hidden])


def test_half_of_the_names_by_hash():
    names = [f"artist {i % 500}" for i in range(2000)]
    drawn = by_hash(names, 0)
    assert 0.4 < drawn[:500].mean() < 0.6
    assert (drawn[:500] == drawn[500:1000]).all()
    assert (drawn != by_hash(names, 1)).any()
    assert 0.1 < by_hash(names, 0, share=0.2).mean() < 0.3


def test_keep_asks_once_for_one_thing_and_again_for_another(tmp_path):
    keep, asked = Keep(tmp_path), []
    for of in (1, 1, 2):
        keep("figure", lambda of=of: asked.append(of), of=of)
    assert asked == [1, 2]
    first = keep.array("array", lambda: np.arange(3))
    assert keep.array("array", cache(lambda: 1 / 0)).tolist() == first.tolist() == [0, 1, 2]


def test_how_clusters_are_read():
    artists = ["Monet", "Monet", "Sisley", "Rubens", "Monet", "Rubens", "Rubens", "Goya"]
    styles = ["imp", "imp", "imp", "bar", "imp", "bar", "bar", "rom"]
    found = read_clusters([0, 0, 0, 0, 1, 1, 2, 2], artists, styles)
    # 3 of 4 by impressionists; 1 of 2; 1 of 2
    assert found == {"clearly aligned": 1, "partly coherent": 2, "heterogeneous": 0}
    assert read_clusters([0] * 8, artists, styles)["partly coherent"] == 1  # 4 of 8


def test_soft_assignment_is_a_share_that_loose_clusters_pay_for():
    X = np.array([[0.0], [2.0], [10.0], [18.0]])  # middles 1 and 14, dispersions 1 and 4
    share = soft_assignment(X, np.array([0, 0, 1, 1]), penalty=0.5)
    assert share.sum(axis=1) == pytest.approx(1)
    # the first row: distances 1 and 14, penalties 0.5 and 2, in units of 2.5
    assert share[0, 1] / share[0, 0] == pytest.approx(np.exp(-(14 + 2 - 1 - 0.5) / 2.5))


def test_the_elbow_of_planted_groups():
    assert elbow(toy_features(120, n_groups=5, spread=0.05)[0], range(2, 12)) == 5


def test_latents_of_the_published_vgae_tell_artists_apart():
    X, groups = toy_features(60)
    names = [f"artist {g}" for g in groups]
    edges = same_artist_edges(names)
    assert edges.shape == (2, 3 * 20 * 19)
    Z = published_vgae(X, edges, epochs=60)
    assert Z.shape == (60, 16)
    near = Z @ Z.T
    same = groups[:, None] == groups
    assert near[same].mean() > near[~same].mean()
    assert (published_vgae(X, edges, epochs=60) == Z).all()


def test_batches_are_balanced():
    classes = np.array([0] * 90 + [1] * 10)
    rows = np.arange(100)
    under = np.concatenate([batch.numpy() for batch in Batches(rows, classes, size=5, balance="undersampling")])
    assert np.bincount(classes[under]).tolist() == [10, 10]
    for batch in Batches(rows, classes, size=8, balance="batches"):
        assert np.bincount(classes[batch.numpy()]).tolist() == [4, 4]
    again = Batches(rows, classes, size=50)
    assert sorted(np.concatenate(list(again))) == list(range(100))


def test_a_network_learns_what_can_be_learned_and_skips_what_is_unknown():
    X, groups = toy_features(90)
    values, names = coded([f"g{g}" if i % 9 else "" for i, g in enumerate(groups)])
    assert (values == -1).sum() == 10
    network = torch.nn.Linear(X.shape[1], len(names))
    trained = fit(
        network, Features(X), [(values, len(names))], np.arange(60), epochs=80, rate=0.1, size=16, balance="weights"
    )
    (probability,) = probabilities(trained, np.arange(60, 90))
    assert probability.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert judge(probability, values, np.arange(60, 90))["accuracy"] > 0.8


def test_self_retrieval_says_nothing_of_the_features():
    noise = np.random.default_rng(0).standard_normal((50, 8))
    assert self_retrieval(noise) == {"hit@1": 1.0, "hit@5": 1.0, "MRR": 1.0}


def test_which_of_two_manners_a_cluster_is_home_to():
    # clusters 0 and 1: others' Cubism lies in 0, of others' Fauvism half in each
    labels = np.array([0, 0, 0, 1, 0, 1, 1, 2])
    styles = np.array(
        ["Cubism", "Cubism", "Fauvism", "Fauvism", "Cubism", "Fauvism", "Cubism", "Fauvism"], dtype=object
    )
    artists = np.array(["o", "o", "o", "o", "Herbin", "Herbin", "Herbin", "Herbin"], dtype=object)
    # right, right, wrong; and cluster 2 is home to neither
    assert of_two(labels, styles, artists, np.array([4, 5, 6, 7])) == (1 + 1 + 0 + 0.5) / 4
    assert right(labels, styles, np.array([4, 5, 6, 7])) == (1 + 1 + 0 + 1) / 4


def test_captions_say_what_is_known():
    assert sentence(artist="Paul Klee") == "a work by Paul Klee"


def test_the_best_of_the_five_is_not_one_of_ours():
    def row(kind, value, own):
        figures = {
            "hidden artists: AMI, as many clusters as styles": {"mean": value},
            "hidden artists: AMI": {"mean": own},
        }
        return {"kind": kind, "figures": figures, "published": own != 0.7}

    results = {
        "artgraph_itself": {
            "figures": {"rows": {"whole": row("unsupervised", 0.5, 0.5), "less": row("unsupervised", 0.9, 0)}}
        },
        "mobilenet": {"figures": {"rows": {"a": row("unsupervised", 0.2, 0.3), "b": row("supervised", 0.9, 0.9)}}},
    }
    assert best_rows(results) == (("whole", 0.5), ("a", 0.3))
    results["fused_features"] = {"figures": {"rows": {"ours": row("unsupervised", 0.1, 0.7)}}}
    assert best_rows(results)[1] == ("a", 0.3)
    assert best_rows(results, published=False)[1] == ("ours", 0.7)
