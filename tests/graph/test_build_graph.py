import builtins

import numpy as np
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.errors import ArtgraphError, CircularError, InputError
from artgraph.graph import edge_weights, knn
from artgraph.plots import plot_graph
from artgraph.stages.base import features_of
from artgraph.stages.build_graph import diagnose_graph
from artgraph.testing import toy_adjacency, toy_corpus


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    made = toy_corpus(tmp_path_factory.mktemp("graphs"), n=30)
    pipeline.describe(made, descriptors=("color", "texture"))
    return made


def test_another_kernel_searches_no_more(described, monkeypatch):
    pipeline.build_graph(described, on=("color",), name="once", n_neighbors=5)
    before = described.get("graphs", "once", "knn")
    monkeypatch.setattr("artgraph.graph.knn", lambda *args, **settings: pytest.fail("searched again"))
    for kernel in ("fuzzy", "gauss", "cosine", "jaccard"):
        assert pipeline.build_graph(described, on=("color",), name="once", n_neighbors=5, kernel=kernel).fresh
        after = described.get("graphs", "once", "knn")
        assert all((before[name] == after[name]).all() for name in before)
    monkeypatch.undo()
    X = features_of(described, ("color",))
    expected = edge_weights(knn(X, n_neighbors=5, duplicate_ids=described.paintings["image_sha256"]))
    assert (described.get("graphs", "once") != expected).nnz == 0
    assert pipeline.build_graph(described, on=("color",), name="once", n_neighbors=6).fresh
    assert described.get("graphs", "once", "knn")["indices"].shape == (30, 6)


@pytest.mark.parametrize("hubness", ["csls", "mutual-proximity"])
def test_corrections_say_what_was_before(described, hubness, monkeypatch):
    settings = {"on": ("color", "texture"), "name": "corrected", "n_neighbors": 4, "hubness": hubness}
    facts = pipeline.build_graph(described, **settings).facts
    assert set(facts["uncorrected"]) == {"hubness", "antihubs", "largest_hub"} < set(facts)
    assert described.get("graphs", "corrected", "knn")["indices"].shape == (30, 4)
    monkeypatch.setattr("artgraph.graph.knn", lambda *args, **settings: pytest.fail("searched again"))
    assert pipeline.build_graph(described, **settings, kernel="gauss").fresh


@pytest.mark.parametrize("merge", ["weights", "snf", "layers"])
def test_graphs_of_several_descriptors(described, merge):
    made = pipeline.build_graph(described, on=("color", "texture"), name="merged", n_neighbors=4, merge=merge)
    adjacency = described.get("graphs", "merged")
    assert adjacency.nnz == 2 * made.facts["edges"] > 0
    assert abs(adjacency - adjacency.T).max() < 1e-6
    assert described.get("graphs", "merged", "knn")["indices"].shape == (30, 4)
    if merge == "layers":
        layers = [described.get("graphs", "merged", f"layer-{key}") for key in ("color", "texture")]
        assert abs(sum(layers) / 2 - adjacency).max() < 1e-6
    pipeline.communities(described, graph="merged")


def test_artist_links_have_a_layer_of_their_own(described):
    pipeline.build_graph(described, on=("color",), name="plain", n_neighbors=4)
    made = pipeline.build_graph(described, on=("color",), name="linked", n_neighbors=4, artist_edges=True)
    assert (described.get("graphs", "plain") != described.get("graphs", "linked")).nnz == 0
    links = described.get("graphs", "linked", "artists").tocoo()
    assert made.facts["artist_links"] == links.nnz // 2 > 0
    artist = described.paintings["artist"].to_numpy()
    assert (artist[links.row] == artist[links.col]).all()
    pipeline.build_graph(described, on=("color",), name="linked", n_neighbors=4, artist_edges=True, max_years=3)
    links = described.get("graphs", "linked", "artists").tocoo()
    year = described.paintings["date"].astype(float).to_numpy()
    assert links.nnz == 0 or np.abs(year[links.row] - year[links.col]).max() <= 3


@pytest.mark.parametrize("settings", [{}, {"hubness": "csls"}, {"merge": "snf", "on": ("color", "texture")}])
def test_across_artists_no_edge_joins_works_by_one_hand(described, settings):
    settings = {"on": ("color",), "name": "across", "n_neighbors": 4} | settings
    artist = described.paintings["artist"].to_numpy()

    def pairs_of_one_hand():
        edges = described.get("graphs", "across").tocoo()
        return int((artist[edges.row] == artist[edges.col]).sum())

    assert pipeline.build_graph(described, **settings).fresh
    assert pairs_of_one_hand() > 0
    assert pipeline.build_graph(described, **settings, cross_artist=True, artist_edges=True).fresh
    if settings.get("merge") != "snf":  # fusion spreads over neighbours' neighbours
        assert pairs_of_one_hand() == 0
    links = described.get("graphs", "across", "artists").tocoo()
    assert links.nnz > 0
    assert (artist[links.row] == artist[links.col]).all()
    near = described.get("graphs", "across", "knn" if "merge" not in settings else "search-color")["indices"]
    assert ((near < 0) | (artist[near] != artist[:, None])).all()


def test_across_artists_depends_on_names(tmp_path):
    corpus = toy_corpus(tmp_path, n=30)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), cross_artist=True)
    assert "paintings/artist" in corpus.label("graphs", "style")["inputs"]
    pipeline.communities(corpus)
    with pytest.raises(CircularError, match="artist"):
        pipeline.evaluate(corpus, against="artist")


def test_unknown_merge(described):
    with pytest.raises(InputError, match="'sum'"):
        pipeline.build_graph(described, on=("color", "texture"), merge="sum")


def test_diagnose_prints_figures_and_draws_the_same_plot_twice(described):
    pytest.importorskip("matplotlib")
    command = ["build-graph", str(described.path), "--on", "color", "--n-neighbors", "4", "--diagnose"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert "hubness: " in result.output
    plot = described.path / "plots" / "style.png"
    assert str(plot) in result.output
    first = plot.read_bytes()
    assert first.startswith(b"\x89PNG")
    assert diagnose_graph(described).key == str(plot)
    assert plot.read_bytes() == first


@pytest.mark.parametrize("name", ["empty", "single", "isolated"])
def test_plots_of_small_graphs(tmp_path, name):
    pytest.importorskip("matplotlib")
    graph = toy_adjacency(name)
    plot_graph(tmp_path / "plot.svg", graph, np.full((graph.shape[0], 2), -1), title=name)
    assert b"<svg" in (tmp_path / "plot.svg").read_bytes()


def test_without_matplotlib_the_error_says_what_to_install(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **settings):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **settings)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ArtgraphError, match=r"artgraph\[plot\]"):
        plot_graph(tmp_path / "plot.png", toy_adjacency("path"), np.zeros((4, 1), int))


def test_settings_of_artist_edges_make_no_other_graph_without_them(described):
    pipeline.build_graph(described, on=("color",), name="weighted")
    assert not pipeline.build_graph(
        described, on=("color",), name="weighted", artist_edge_weight=2.0, max_years=5
    ).fresh
