"""The exhibition: counts, independence, determinism, sizes, distinct manners, and hanging it in a folder."""

import csv
import io
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import adjusted_mutual_info_score

from artgraph.errors import InputError
from data.painter import (
    MANNERS,
    MARKS,
    SCENES,
    Habits,
    catalogue,
    draw_habits,
    hard_catalogue,
    paint,
    paint_scene,
    sample_works,
    write_demo,
)
from data.painter.colors import from_oklab, key, limit_palette, to_oklab
from data.painter.motif import look
from data.painter.palettes import PALETTES
from data.painter.reproductions import REPRODUCTIONS
from data.painter.writing import COLUMNS

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "artgraph" / "demo"
HARD = DEMO / "hard"
SAMPLE = ROOT / "data" / "sample"


@pytest.fixture(scope="module")
def works():
    return catalogue()


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_counts(works):
    assert len(works) == 288
    assert len(SCENES) == 12
    assert len(MANNERS) == 10
    assert len({w.path for w in works}) == 288
    assert len({w.artist for w in works}) == 42
    painters = {style: {w.artist for w in works if w.style == style} for style in MANNERS}
    assert min(len(names) for names in painters.values()) >= 4


def test_scene_and_style_are_independent(works):
    table = Counter((w.scene, w.style) for w in works)
    for style in MANNERS:
        counts = {table[scene, style] for scene in SCENES}
        assert counts in ({2}, {3}), style


def test_two_painters_change_their_manner_once(works):
    styles = {a: {w.style for w in works if w.artist == a} for a in {w.artist for w in works}}
    changed = [a for a in styles if len(styles[a]) == 2]
    assert len(changed) == 2
    assert all(len(s) == 1 for a, s in styles.items() if a not in changed)
    for artist in changed:
        career = sorted((w.year, w.style) for w in works if w.artist == artist)
        assert len(career) == 24
        assert sum(a[1] != b[1] for a, b in pairwise(career)) == 1


def test_labels_are_complete(works):
    assert all(w.title and "{" not in w.title and w.artist and 1500 < w.year < 1950 for w in works)
    assert any(not w.artist.isascii() for w in works)
    assert len({w.title for w in works}) > 100
    assert [w.year for w in works] == sorted(w.year for w in works)


def test_catalogue_depends_on_the_seed_alone(works):
    assert catalogue() == works
    other = catalogue(seed=1)
    assert other != works
    assert Counter((w.artist, w.style) for w in other) == Counter((w.artist, w.style) for w in works)


@pytest.mark.parametrize("manner", MANNERS | MARKS)
def test_painting_is_repeatable_and_unlike_its_neighbours(manner):
    first = paint_scene("harbour", manner, seed=3, size=(120, 160))
    assert first.shape == (120, 160, 3)
    assert first.dtype == np.uint8
    assert first.std() > 10
    np.testing.assert_array_equal(first, paint_scene("harbour", manner, seed=3, size=(120, 160)))
    for other in (
        paint_scene("harbour", manner, seed=4, size=(120, 160)),
        paint_scene("orchard", manner, seed=3, size=(120, 160)),
        paint_scene("harbour", manner, habits=replace(Habits(), stroke=1.2, warmth=1.0), seed=3, size=(120, 160)),
    ):
        assert (first != other).mean() > 0.05


@pytest.mark.parametrize("size", [(64, 64), (64, 200), (200, 64), (97, 131)])
def test_every_manner_paints_at_any_size(size):
    for i, manner in enumerate(MANNERS | MARKS):
        picture = paint_scene(list(SCENES)[i % 12], manner, habits=draw_habits(seed=i), seed=i, size=size)
        assert picture.shape == (*size, 3)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_can_be_seen(scene):
    for seed in range(3):
        motif = look(scene, seed=seed, size=(90, 120))
        assert motif.labels.max() > 20
        assert np.isfinite(motif.color).all()
        assert motif.color.min() >= 0
        assert motif.color.max() <= 1
        assert motif.tones.std() > 0.02
        assert 0 < motif.focus[0] < 90
        assert 0 < motif.focus[1] < 120


def test_a_work_is_painted_in_its_own_size(works):
    assert {w.size[0] < w.size[1] for w in works} == {True, False}
    work = works[0]
    assert paint(work).shape == (*work.size, 3)
    assert max(work.size) <= 320


def test_manner_tells_more_than_scene():
    """Between-group share of the variance of six plain statistics: large for manners, small for scenes."""
    rows, manners, scenes = [], [], []
    for manner in MANNERS:
        for i, scene in enumerate(list(SCENES)[::3]):
            x = paint_scene(scene, manner, habits=draw_habits(seed=i), seed=i, size=(120, 160)) / 255
            grey = x.mean(2)
            rows.append([grey.mean(), grey.std(), np.ptp(x, axis=2).mean(), np.ptp(x, axis=2).std(),
                         np.abs(np.diff(grey, axis=0)).mean(), np.abs(np.diff(grey, axis=1)).mean()])  # fmt: skip
            manners.append(manner)
            scenes.append(scene)
    rows = np.array(rows)
    rows = (rows - rows.mean(0)) / rows.std(0)

    def explained(groups):
        groups = np.array(groups)
        return (
            np.mean([(groups == g).sum() * rows[groups == g].mean(0) ** 2 for g in set(groups)], axis=0).sum()
            * len(set(groups))
            / rows.size
        )

    assert explained(manners) > 0.7
    assert explained(scenes) < 0.15


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("moon", "mosaic", (99, 99)), "No scene 'moon'"), (("bridge", "crayon", (99, 99)), "No manner 'crayon'"),
     (("bridge", "mosaic", (10, 99)), "at least 64")],
)  # fmt: skip
def test_unknown_names_and_tiny_sizes_are_refused(arguments, message):
    scene, manner, size = arguments
    with pytest.raises(InputError, match=message):
        paint_scene(scene, manner, size=size)


def test_writing_resumes_and_repairs(tmp_path):
    works = sample_works(per_style=1, long=100)[:4]
    calls = []
    table = write_demo(tmp_path, works=works, processes=1, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]
    rows = read_rows(table)
    assert tuple(rows[0]) == COLUMNS
    assert [r["path"] for r in rows] == [w.path for w in works]
    assert [r["artist"] for r in rows] == [w.artist for w in works]
    first = {w.path: (tmp_path / w.path).read_bytes() for w in works}
    for work in works:
        with Image.open(tmp_path / work.path) as picture:
            assert picture.size == work.size[::-1]

    (tmp_path / works[0].path).unlink()
    (tmp_path / works[1].path).write_bytes(b"not a picture")
    (tmp_path / works[2].path).write_bytes(first[works[2].path][:-200])
    calls.clear()
    write_demo(tmp_path, works=works, processes=1, progress=lambda done, total: calls.append(done))
    assert calls == [2, 3, 4]
    assert {w.path: (tmp_path / w.path).read_bytes() for w in works} == first

    calls.clear()
    write_demo(
        tmp_path,
        works=[replace(works[0], seed=99), *works[1:]],
        processes=1,
        progress=lambda done, total: calls.append(done),
    )
    assert calls == [4]
    assert (tmp_path / works[0].path).read_bytes() != first[works[0].path]
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith(".")]


def test_two_processes_write_the_same_bytes_also_from_a_script_without_a_guard(tmp_path):
    works = sample_works(per_style=1, long=100)[:3]
    write_demo(tmp_path / "one", works=works, processes=1)
    script = tmp_path / "script.py"
    script.write_text(
        "from data.painter import sample_works, write_demo\n"
        "works = sample_works(per_style=1, long=100)[:3]\n"
        f"write_demo({str(tmp_path / 'two')!r}, works=works, processes=2)\n"
        "print('painted', __file__.endswith('script.py'))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "painted True\n", "")
    for work in works:
        assert (tmp_path / "one" / work.path).read_bytes() == (tmp_path / "two" / work.path).read_bytes()


def test_the_sample_is_small(works):
    sample = sample_works()
    assert {w.path for w in sample} < {w.path for w in works}
    assert min(Counter(w.style for w in sample).values()) >= 2
    sizes = [(SAMPLE / w.path).stat().st_size for w in sample]
    assert max(sizes) <= 12_288
    assert sum(sizes) <= 350 * 1024


def test_the_demo_fits_into_a_package(works):
    assert sum((DEMO / w.path).stat().st_size for w in works) <= 6e6
    assert sum((HARD / w.path).stat().st_size for w in hard_catalogue()) <= 5e6


@pytest.mark.parametrize(
    ("folder", "works", "step"),
    [(SAMPLE, sample_works(), 5), (DEMO, catalogue(), 36), (HARD, hard_catalogue(), 37)],
    ids=["sample", "demo", "hard"],
)
def test_what_lies_here_is_what_the_painter_paints(folder, works, step, tmp_path):
    rows = read_rows(folder / "metadata.csv")
    assert rows == [{c: "" if getattr(w, c) is None else str(getattr(w, c)) for c in COLUMNS} for w in works]
    assert sorted(p.name for p in (folder / "images").iterdir()) == sorted(Path(w.path).name for w in works)
    copy, painted = tmp_path / "copy", []
    shutil.copytree(folder, copy)
    table = write_demo(copy, works=works, processes=1, progress=lambda done, total: painted.append(done))
    assert not painted  # every picture is marked as made by today's recipe
    assert table.read_bytes() == (folder / "metadata.csv").read_bytes()
    for work in works[::step]:
        with Image.open(folder / work.path) as picture:
            kept = np.asarray(picture.convert("RGB"), float)
        assert kept.shape == (*work.size, 3)
        again = io.BytesIO()
        Image.fromarray(paint(work)).save(again, "JPEG", quality=74)
        with Image.open(again) as picture:
            assert np.abs(kept - np.asarray(picture, float)).mean() < 3


def test_the_hard_catalogue_is_as_its_docstring_says():
    works = hard_catalogue()
    assert hard_catalogue() == works != hard_catalogue(seed=1)
    assert len(works) == len({w.path for w in works}) == 296
    assert {w.style for w in works} == set(MARKS)
    assert min(Counter(w.style for w in works).values()) >= 24
    names = Counter(w.artist for w in works if w.artist and not w.artist.startswith("Workshop"))
    assert sum(count > 1 for count in names.values()) == 34
    assert Counter(w.artist.startswith("Workshop of") for w in works)[True] == 12
    assert sum(w.artist == "" for w in works) == 16
    assert sum(w.year is None for w in works) == 30
    assert {w.reproduction for w in works} == {"", *REPRODUCTIONS}
    assert 0.32 < sum(bool(w.reproduction) for w in works) / len(works) < 0.35
    usual = {name: Counter(w.style for w in works if w.artist == name).most_common() for name in names}
    kept = [styles for name, styles in usual.items() if len(styles) < 2 or styles[1][1] < 5]
    assert len(kept) == 30
    assert sum(count for styles in kept for _, count in styles[1:]) == 8  # bear the wrong name


@pytest.mark.parametrize("seed", range(3))
def test_neither_palette_scene_year_nor_reproduction_gives_a_hard_manner_away(seed):
    works = hard_catalogue(seed=seed)
    style = [w.style for w in works]
    for column in ("palette", "scene", "reproduction"):
        assert adjusted_mutual_info_score(style, [getattr(w, column) for w in works]) < 0.08
    assert {w.palette for w in works} == set(PALETTES)
    years = {manner: [w.year for w in works if w.style == manner and w.year] for manner in MARKS}
    assert max(min(found) for found in years.values()) < min(max(found) for found in years.values())


@pytest.mark.parametrize("name", REPRODUCTIONS)
def test_a_reproduction_is_of_the_same_size_and_another_picture(name):
    picture = paint_scene("harbour", "knifed", seed=1, size=(96, 128))
    made = REPRODUCTIONS[name](picture, np.random.default_rng(0))
    assert made.shape == picture.shape
    assert made.dtype == np.uint8
    assert (made != picture).mean() > 0.5


def test_a_finished_share_hides_the_mark_there_alone():
    def painted(finish):
        return paint_scene("portrait", "hatched", seed=2, size=(160, 128), palette="north", finish=finish).astype(int)

    marked, whole, half = painted(0.0), painted(1.0), painted(0.5)
    assert np.abs(marked - whole).mean() > 5
    assert 0.3 < (np.abs(half - whole).max(-1) < 3).mean() < 0.8
    assert (half == marked).all(-1).mean() > 0.2


def test_oklab_round_trip_and_greys():
    rng = np.random.default_rng(0)
    colors = rng.random((50, 3)).astype(np.float32)
    np.testing.assert_allclose(from_oklab(to_oklab(colors)), colors, atol=2e-3)
    lab = to_oklab(np.full((1, 3), 0.5))
    np.testing.assert_allclose(lab[0, 1:], 0, atol=1e-3)


def test_limited_palette_of_two_tubes():
    tubes = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], np.float32)
    seen = np.array([[0.05, 0.05, 0.05], [0.9, 0.9, 0.9]], np.float32)
    np.testing.assert_allclose(limit_palette(seen, tubes, softness=0.02, keep=0.0), tubes, atol=1e-3)


def test_key_sets_the_range():
    tones = np.linspace(0.2, 0.4, 100, dtype=np.float32).reshape(10, 10)
    result = key(tones, equalize=0.5, low=0.1, high=0.9)
    assert result.min() == pytest.approx(0.1, abs=0.01)
    assert result.max() == pytest.approx(0.9, abs=0.01)
    assert (np.diff(result.ravel()) >= 0).all()
    assert np.isfinite(key(np.full((4, 4), 0.3), low=0.0, high=1.0)).all()
