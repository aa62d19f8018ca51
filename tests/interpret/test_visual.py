"""What one sees: each measure on pictures painted to have more or less of one thing."""

import numpy as np
import pytest
from PIL import Image

from artgraph.errors import InputError
from artgraph.evaluation.thumbnails import is_round, painted
from artgraph.evaluation.visual import VISUAL_MEASURES, visual_measures

COLUMN = {one.name: column for column, one in enumerate(VISUAL_MEASURES)}
RNG = np.random.default_rng(0)
Y, X = np.mgrid[-1:1:96j, -1:1:96j]


def grey(light):
    return np.repeat(np.clip(light, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def flat(*color):
    return np.tile(np.array(color, np.uint8), (96, 96, 1))


def noise(size=(96, 96), low=0, high=256):
    return RNG.integers(low, high, (*size, 3)).astype(np.uint8)


def stripes(angle, width=6):
    """Lines that run at ``angle`` degrees: 0 lies, 90 stands."""
    turned = np.radians(angle)
    return grey(128 + 80 * np.sin(96 * (Y * np.cos(turned) + X * np.sin(turned)) / width))


def lines(spacing=16, breadth=2):
    image = np.full((96, 96), 230)
    for start in range(4, 96, spacing):
        image[:, start : start + breadth] = 20
    return grey(image)


HALVES = grey(np.where(Y < 0, 200, 60))
BLOCKS = grey(np.kron(RNG.integers(40, 220, (6, 6)), np.ones((16, 16))))
DISC = grey(40 + 180 * (np.hypot(X, Y) < 0.45))


CASES = [
    ("lightness", noise(low=150), noise(high=100)),
    ("contrast", grey(np.where(X < 0, 20, 230)), grey(np.where(X < 0, 110, 140))),
    ("chroma", flat(220, 40, 40), flat(140, 120, 120)),
    ("warmth", flat(220, 120, 40), flat(60, 110, 220)),
    ("warmth", flat(200, 60, 50), flat(40, 140, 120)),
    ("hues", np.concatenate([flat(220, 40, 40), flat(40, 160, 40), flat(40, 60, 220)]), flat(220, 40, 40)),
    ("reds and pinks", flat(220, 60, 70), flat(60, 60, 220)),
    ("browns and oranges", flat(140, 80, 30), flat(60, 60, 220)),
    ("yellows and ochres", flat(200, 170, 60), flat(220, 60, 70)),
    ("greens", flat(60, 140, 60), flat(200, 170, 60)),
    ("blues", flat(60, 110, 200), flat(60, 140, 60)),
    ("violets", flat(140, 60, 160), flat(60, 140, 60)),
    ("greys", flat(120, 120, 118), flat(60, 140, 60)),
    ("near-blacks", flat(20, 18, 16), flat(90, 90, 90)),
    ("edges", BLOCKS, grey(128 + 60 * X)),
    ("flat areas", BLOCKS, noise()),
    ("dark lines", lines(), grey(255 - lines()[..., 0].astype(int))),
    ("dark lines", lines(), HALVES),
    ("fineness", noise(), BLOCKS),
    ("parallels", stripes(30), noise()),
    ("horizontals", stripes(0), stripes(90)),
    ("horizontals", stripes(0), stripes(45)),
    ("verticals", stripes(90), stripes(0)),
    ("diagonals", stripes(45), stripes(90)),
    ("diagonals", stripes(-45), stripes(0)),
    ("horizon", HALVES, grey(np.where(X < 0, 200, 60))),
    ("sky", HALVES, HALVES[::-1]),
    ("light centre", DISC, grey(255 - DISC[..., 0].astype(int))),
    ("symmetry", DISC, grey(np.where(X < 0, 200, 60))),
    ("format", noise((48, 96)), noise((96, 48))),
]


@pytest.mark.parametrize(("name", "more", "less"), CASES, ids=[name for name, _, _ in CASES])
def test_every_measure_sees_what_it_is_named_after(name, more, less):
    high, low = visual_measures([more, less])[:, COLUMN[name]]
    assert high > low + 0.05


def test_all_measures_are_tried_above():
    assert {name for name, _, _ in CASES} == set(COLUMN)


def test_measures_by_hand():
    half, disc, up = visual_measures([HALVES, DISC, np.concatenate([noise(), noise()])])
    assert half[COLUMN["horizon"]] == pytest.approx(1, abs=0.02)
    assert half[COLUMN["symmetry"]] == pytest.approx(1)
    assert half[COLUMN["contrast"]] == pytest.approx((80.3 - 25.3) / 2, abs=1)  # L* of 200 and of 60
    assert disc[COLUMN["light centre"]] > 50
    assert up[COLUMN["format"]] == -1
    assert sum(half[COLUMN[name]] for name in ("horizontals", "verticals", "diagonals")) == pytest.approx(1)


def test_size_and_margin_change_little():
    picture = np.asarray(Image.fromarray(BLOCKS).resize((240, 240), Image.Resampling.NEAREST))
    framed = np.full((300, 280, 3), 250, np.uint8)
    framed[40:280, 20:260] = picture
    plain, paper = visual_measures([picture, framed])
    assert plain == pytest.approx(paper, nan_ok=True)
    assert painted(framed).shape == (240, 240, 3)


def test_what_is_not_there_is_not_measured():
    grey_one, none, even = visual_measures([HALVES, None, flat(90, 90, 90)])
    assert np.isnan(none).all()
    assert np.isnan(grey_one[[COLUMN["warmth"], COLUMN["hues"]]]).all()
    assert np.isnan(even[[COLUMN["symmetry"], COLUMN["horizon"], COLUMN["horizontals"]]]).all()
    assert even[COLUMN["flat areas"]] == 1
    assert visual_measures([]).shape == (0, len(VISUAL_MEASURES))
    for wrong in (np.zeros((4, 4)), np.zeros((0, 4, 3))):
        with pytest.raises(InputError, match=r"\(h, w, 3\)"):
            visual_measures([wrong])


def cut_out(picture, *, rx=1.0, ry=1.0, ground=250):
    return np.where((np.hypot(X / rx, Y / ry) > 1)[..., None], np.uint8(ground), picture)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (cut_out(noise()), True),
        (cut_out(noise(), ground=0), True),
        (cut_out(noise(), rx=0.7), True),  # an oval: once its margin is off, it fills the sheet
        (cut_out(noise(), rx=0.6, ry=0.6), True),
        (noise(), False),
        (flat(200, 190, 180), False),
        (HALVES, False),
        # a figure before a dark ground, as in a portrait: an egg and shoulders
        (
            np.where(((np.hypot(X / 0.3, (Y + 0.3) / 0.4) < 1) | (Y > 0.6 + X**2))[..., None], noise(), np.uint8(8)),
            False,
        ),
    ],
)
def test_a_round_picture_is_known_from_a_figure_before_a_ground(picture, expected):
    assert is_round(picture) is expected
