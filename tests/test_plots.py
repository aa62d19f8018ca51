"""Plots: what they are drawn from, and that every kind comes out whole, in every form, whatever the titles hold."""

import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import ArtgraphError, InputError
from artgraph.plots import (
    explained_variance,
    figure,
    plot_confusion,
    plot_influence,
    plot_pca,
    plot_sheet,
    plot_timeline,
    save,
)
from artgraph.plots.sheets import hang_rows
from artgraph.plots.style import words
from artgraph.stages.plot import PLOTS

HOSTILE = ("$x^{", "<script>&\x00\x07]]>", "星月夜 🎨 مرحبا", "a" * 10_000, "line\nbreak")


def boxes_overlap(a, b):
    return (
        a[0] < b[0] + b[2] - 1e-9
        and b[0] < a[0] + a[2] - 1e-9
        and a[1] < b[1] + b[3] - 1e-9
        and b[1] < a[1] + a[3] - 1e-9
    )


def test_hanging_by_hand():
    # two rows of two: side (4 - 1) / 2 = 1.5 would need a width of 1.5 + 1 + 3 = 5.5; the wall has 6
    hung = hang_rows([1, 2, 1, 2], width=6, height=4, gap=1, below=0)
    assert np.allclose(hung, [(0, 2.5, 1.5, 1.5), (2.5, 2.5, 3, 1.5), (0, 0, 1.5, 1.5), (2.5, 0, 3, 1.5)])


@pytest.mark.parametrize("n", [0, 1, 2, 7, 40, 200])
def test_pictures_hang_apart_and_on_the_wall(n):
    aspects = np.random.default_rng(n).uniform(0.2, 6, n)
    hung = hang_rows(aspects, width=10, height=6, gap=0.1, below=0.2)
    assert len(hung) == n
    for i, (x, y, w, h) in enumerate(hung):
        assert x >= -1e-9
        assert x + w <= 10 + 1e-6
        assert y - 0.2 >= -1e-6
        assert y + h <= 6 + 1e-6
        assert w / h == pytest.approx(aspects[i])
        assert not any(boxes_overlap((x, y, w, h), other) for other in hung[:i])


def test_hanging_refuses():
    with pytest.raises(InputError, match="above 0"):
        hang_rows([0], width=1, height=1, gap=0, below=0)
    with pytest.raises(InputError, match="room"):
        hang_rows([1], width=1, height=1, gap=0, below=1)


def test_explained_variance_agrees_with_scikit_learn(features):
    from sklearn.decomposition import PCA

    X, _ = features
    expected = np.cumsum(PCA().fit(X).explained_variance_ratio_)
    assert np.allclose(explained_variance(X), expected, atol=1e-6)
    assert np.allclose(explained_variance(X[:5]), np.cumsum(PCA().fit(X[:5]).explained_variance_ratio_), atol=1e-6)
    assert explained_variance(np.ones((4, 2))).tolist() == [1, 1]


def test_words():
    assert words("a\x00b\u2028c \t d") == "a b c d"
    assert words("x" * 50, 10) == "x" * 9 + "…"
    assert words("$5", 3) == r"\$5"


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_same_figure_same_bytes_and_hostile_text(tmp_path, ending):
    picture = np.zeros((30, 40, 3), dtype=np.uint8)
    for name in ("a", "b"):
        plot_sheet(
            tmp_path / f"{name}.{ending}",
            [picture, None],
            [HOSTILE[:3], HOSTILE[2:]],
            title=HOSTILE[0],
            note=HOSTILE[3],
            framed=1,
            page=(4, 3),
            dpi=50,
        )
    first = (tmp_path / f"a.{ending}").read_bytes()
    assert first == (tmp_path / f"b.{ending}").read_bytes()
    if ending == "svg":
        ElementTree.fromstring(first)
    elif ending == "png":
        with Image.open(tmp_path / "a.png") as sheet:
            assert sheet.size == (200, 150)
    else:
        assert first[:5] == b"%PDF-"
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


def test_a_trimmed_sheet_ends_under_its_pictures(tmp_path):
    plot_sheet(tmp_path / "a.png", [np.zeros((10, 100, 3), np.uint8)], [("x",)], page=(4, 6), trim=True, dpi=50)
    with Image.open(tmp_path / "a.png") as sheet:
        assert sheet.width == 200
        assert sheet.height < 150


def test_confusion_timeline_and_pca_of_hostile_names(tmp_path):
    labels = np.repeat([0, 1, -1], [6, 3, 1])
    reference = np.array([HOSTILE[i % 4] for i in range(10)], dtype=object)
    plot_confusion(tmp_path / "c.png", labels, reference, title=HOSTILE[0], against=HOSTILE[1])
    plot_confusion(tmp_path / "many.png", np.arange(100) % 50, np.arange(100), title="many")
    plot_timeline(tmp_path / "t.svg", labels, [1890, 1891, np.nan, 1500, 1890, -3000, 1, 2, 3, 4], title=HOSTILE[0])
    plot_pca(tmp_path / "p.pdf", {HOSTILE[0]: np.array([0.5, 1.0]), "one": np.array([1.0])}, title=HOSTILE[1])
    assert len(list(tmp_path.iterdir())) == 4
    with pytest.raises(InputError, match="no timeline"):
        plot_timeline(tmp_path / "t.png", [0, -1], [np.nan, 1900])


def test_other_endings_and_a_missing_matplotlib(tmp_path, monkeypatch):
    drawn, _ = figure(1)
    with pytest.raises(InputError, match=r"not as 'x\.jpg'"):
        save(drawn, tmp_path / "x.jpg")
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ArtgraphError, match=r"artgraph\[plot\]"):
        figure(1)


def test_every_drawing_says_what_to_install(tmp_path, monkeypatch):
    for name in ("", ".figure", ".patches", ".colors", ".font_manager"):
        monkeypatch.setitem(__import__("sys").modules, f"matplotlib{name}", None)
    cluster = {"cluster": 0, "dated": 1, "median": 1890.0, "decades": [(1890, 1)]}
    for draw in (
        lambda out: plot_influence(out, [cluster], [], title=""),
        lambda out: plot_confusion(out, [0, 1], ["a", "b"]),
        lambda out: plot_timeline(out, [0, 1], [1890, 1900]),
        lambda out: plot_pca(out, {"one": np.array([1.0])}),
    ):
        with pytest.raises(ArtgraphError, match=r"artgraph\[plot\]"):
            draw(tmp_path / "a.png")


@pytest.fixture(scope="module")
def corpus(described, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plots") / "corpus"
    shutil.copytree(described.path, folder)
    return Corpus(folder)


def test_the_command_offers_every_kind():
    argument = next(one for one in main.commands["plot"].params if one.name == "kind")
    assert tuple(argument.type.choices) == PLOTS


@pytest.mark.parametrize("kind", ["confusion", "timeline", "degree", "pca"])
def test_kinds(corpus, kind):
    (made,) = pipeline.plot(corpus, kind, form="svg")
    assert made.key == str(corpus.path / "plots" / f"leiden-{kind}.svg")
    ElementTree.parse(made.key)


def test_sheets(corpus, tmp_path):
    result = CliRunner().invoke(
        main,
        ["plot", str(corpus.path), "sheets", "--clusters", "0,2", "--works", "3", "--form", "pdf", "-o", str(tmp_path)],
    )
    assert result.exit_code == 0, result.output
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["cluster-00.pdf", "cluster-02.pdf"]
    assert CliRunner().invoke(main, ["plot", str(corpus.path), "sheets", "--clusters", "x"]).exit_code == 2


def test_refusals(corpus):
    for arguments, message in (
        ({"kind": "pie"}, "no plot 'pie'"),
        ({"kind": "pca", "form": "gif"}, "no form 'gif'"),
        ({"kind": "sheets", "clusters": [77]}, "no cluster 77"),
        ({"kind": "confusion", "against": "school"}, "neither a column nor a partition 'school'"),
    ):
        with pytest.raises(InputError, match=message):
            pipeline.plot(corpus, **arguments)
