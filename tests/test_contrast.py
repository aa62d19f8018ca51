"""Collections in which nothing, or hardly anything, is told apart: ``run`` ends well, and says what cannot be made."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph.cli import main
from artgraph.corpus import Corpus

NOISE = np.random.default_rng(0).integers(0, 255, (60, 32, 32, 3)).astype(np.uint8)


def pictures(kind):
    """Yield pictures (h, w, 3) uint8 of a kind of collection."""
    for i in range(60):
        if kind == "copies":
            yield NOISE[0]
        elif kind == "black":
            yield np.zeros((32 + i, 32, 3), np.uint8)
        elif kind == "nearly equal":
            near = NOISE[0].copy()
            near[i // 32, i % 32] = 255 - near[i // 32, i % 32]
            yield near
        elif kind == "copies and three others":
            yield NOISE[max(0, i - 56)]
        elif kind == "two pictures, many times":
            yield NOISE[i % 2]


def collection(folder, several):
    folder.mkdir()
    for i, picture in enumerate(several):
        Image.fromarray(picture).save(folder / f"{i:02d}.png")
    return folder


OPTIONS = ["--n-clusters", "3"]
WITH_VGAE = ["--lead", "vgae-leiden"]


@pytest.mark.parametrize(
    ("kind", "options", "latents"),
    [
        ("copies", [], False),
        ("black", OPTIONS, False),
        ("nearly equal", [], True),
        ("copies and three others", OPTIONS, True),  # each copy is linked to the others
        ("two pictures, many times", [], True),
    ],
)
def test_a_collection_without_contrast(tmp_path, kind, options, latents):
    folder = collection(tmp_path / "p", pictures(kind))
    ended = CliRunner().invoke(
        main, ["run", str(folder), "-o", str(tmp_path / "c"), "--with", "color", *WITH_VGAE, *options]
    )
    assert ended.exit_code == 0, ended.output
    assert (tmp_path / "c" / "atlas" / "index.html").is_file()
    lead = "vgae-leiden" if latents else "leiden"
    assert (tmp_path / "c" / "exports" / f"{lead}.gexf").is_file()
    assert Corpus(tmp_path / "c").has("models", "vgae") == latents
    assert ("No latents: 0 links are too few to learn from (10 are needed)" in ended.output) != latents


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_pictures(tmp_path, n):
    folder = collection(tmp_path / "p", NOISE[:n])
    ended = CliRunner().invoke(main, ["run", str(folder), "-o", str(tmp_path / "c"), "--with", "color"])
    assert ended.exit_code == 0, ended.output
    assert (tmp_path / "c" / "atlas" / "index.html").is_file()
