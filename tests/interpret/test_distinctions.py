"""In what a cluster differs: artists count once, chance gives no sentence, what is planted is said."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from artgraph.errors import InputError
from artgraph.evaluation.visual import VISUAL_MEASURES, visual_measures
from artgraph.interpret import distinctions, distinctive, visual_sentence
from artgraph.interpret.distinctions import artist_weights, correlations


def test_one_work_by_each_artist_is_mann_and_whitney():
    rng = np.random.default_rng(0)
    values, labels = rng.integers(0, 9, (60, 1)).astype(float), np.repeat([0, 1], [20, 40])
    (found,) = distinctions(values, labels, names=["a"])[0]
    u = mannwhitneyu(values[:20, 0], values[20:, 0], method="asymptotic", use_continuity=False)
    assert found["effect"] == pytest.approx(2 * u.statistic / 800 - 1)
    assert found["p"] == pytest.approx(u.pvalue, rel=0.05)  # ties make the exact variance a little smaller
    assert (found["n"], found["n_rest"]) == (20, 40)
    assert found["median"] == np.median(values[:20])
    assert found["median_rest"] == np.median(values[20:])


def test_the_effect_is_the_mean_of_draws_of_one_work_by_each_artist():
    rng = np.random.default_rng(1)
    artists = rng.integers(0, 8, 40)
    values, labels = rng.normal(size=(40, 1)) + artists[:, None] / 4, rng.integers(0, 2, 40)
    (found,) = distinctions(values, labels, [f"a{a}" for a in artists], names=["x"])[0]
    effects = []
    for _ in range(1500):
        order = rng.permutation(40)
        one = [order[[(artists[i], labels[i]) == pair for i in order].index(True)] for pair in
               sorted(set(zip(artists.tolist(), labels.tolist(), strict=True)))]  # fmt: skip
        x, y = (values[[i for i in one if labels[i] == side], 0] for side in (0, 1))
        effects.append(np.sign(x[:, None] - y).mean())
    assert found["effect"] == pytest.approx(np.mean(effects), abs=0.03)
    assert found["n"] == len(set(artists[labels == 0]))


def test_weights_of_artists():
    assert artist_weights(["a", "b", "a", None], np.array([0, 2, 3])).tolist() == [0.5, 0.5, 1]
    assert artist_weights(None, np.array([5, 6])).tolist() == [1, 1]


@pytest.mark.parametrize("groups", [True, False])
def test_chance_is_not_spoken_of(groups):
    """Random clusters: of works, or of whole artists, each of whom has a way of his own."""
    rng, spoken, naive = np.random.default_rng(2), 0, 0
    names = [one.name for one in VISUAL_MEASURES[:8]]
    for _ in range(50):
        artists = np.arange(240) // 6
        values = (rng.normal(size=(40, 8))[artists] if groups else 0) + rng.normal(size=(240, 8)) / 2
        labels = rng.integers(0, 5, 40)[artists] if groups else rng.integers(0, 5, 240)
        keys = [f"artist {a}" for a in artists]
        spoken += any(distinctive(rows, {}) for rows in distinctions(values, labels, keys, names=names).values())
        naive += any(distinctive(rows, {}) for rows in distinctions(values, labels, names=names).values())
    assert spoken <= 2
    if groups:
        assert naive > 25  # what counting works would have said


def brightness(light, color=(1, 1, 1), *, seed, stripes=None, mirror=False):
    """A picture of 40 by 40 of soft spots, lighter or darker, in a colour, perhaps striped or mirrored."""
    rng = np.random.default_rng(seed)
    field = np.kron(rng.normal(0, 18, (10, 10)), np.ones((4, 4)))
    if stripes is not None:
        waves = np.broadcast_to(40 * np.sin(np.arange(40) * 1.2), (40, 40))
        field = field / 4 + (waves if stripes == "vertical" else waves.T)
    if mirror:
        field = np.concatenate([field[:, :20], field[:, :20][:, ::-1]], axis=1)
    return np.clip((light + field)[..., None] * np.array(color), 0, 255).astype(np.uint8)


PLANTED = {
    "darker": ({"light": 60}, {"light": 170}),
    "lighter": ({"light": 170}, {"light": 60}),
    "warmer in colour": ({"light": 150, "color": (1, 0.7, 0.4)}, {"light": 150, "color": (0.5, 0.75, 1)}),
    "cooler in colour": ({"light": 150, "color": (0.5, 0.75, 1)}, {"light": 150, "color": (1, 0.7, 0.4)}),
    "more vivid in colour": ({"light": 150, "color": (1, 0.5, 0.4)}, {"light": 120, "color": (1, 0.9, 0.85)}),
    "more horizontal lines and strokes": ({"light": 120, "stripes": "horizontal"}, {"light": 120}),
    "more vertical lines and strokes": ({"light": 120, "stripes": "vertical"}, {"light": 120}),
    "more symmetrical": ({"light": 120, "mirror": True}, {"light": 120}),
}


@pytest.mark.parametrize("words", PLANTED)
def test_what_is_planted_is_said(words):
    of_cluster, of_rest = PLANTED[words]
    pictures = [brightness(**(of_cluster if i < 16 else of_rest), seed=i) for i in range(48)]
    values, names = visual_measures(pictures), [one.name for one in VISUAL_MEASURES]
    found = distinctions(values, np.repeat([0, 1, 1], 16), names=names)
    said = [
        (one.high if row["effect"] > 0 else one.low)
        for row in distinctive(found[0], {})
        for one in VISUAL_MEASURES
        if one.name == row["name"]
    ]
    assert words in said
    # and of the same works by one artist, nothing
    one_hand = distinctions(values, np.repeat([0, 1, 1], 16), ["x"] * 16 + [None] * 32, names=names)
    assert distinctive(one_hand[0], {}) == []


def test_what_goes_together_is_said_once():
    rng = np.random.default_rng(3)
    base = rng.normal(size=80)
    values = np.column_stack([base, base + 0.1 * rng.normal(size=80), rng.normal(size=80)])
    together = correlations(values, ["a", "b", "c"])
    assert abs(together["b", "a"]) > 0.9 > 0.3 > abs(together["c", "a"])
    labels = (base > 0.5).astype(int)
    found = distinctions(values, labels, names=["a", "b", "c"])
    assert len([row for row in found[1] if row["p"] < 0.01]) == 2
    assert [row["name"] for row in distinctive(found[1], together)] == ["a"]
    assert correlations(np.ones((5, 2)), ["a", "b"]) == {}


def test_nothing_to_compare_with():
    assert distinctions(np.ones((3, 1)), [0, 0, 0], names=["a"]) == {0: []}
    assert distinctions(np.full((4, 1), np.nan), [0, 0, 1, 1], names=["a"]) == {0: [], 1: []}
    assert distinctions(np.ones((2, 1)), [-1, -1], names=["a"]) == {}
    (even,) = distinctions(np.ones((4, 1)), [0, 0, 1, 1], names=["a"])[0]
    assert (even["effect"], even["p"]) == (0, 1)
    with pytest.raises(InputError, match="paintings and measures"):
        distinctions(np.ones((3, 2)), [0, 0, 0], names=["a"])


def row(words, adjective, family, **more):
    return {"words": words, "adjective": adjective, "family": family, "effect": 0.7, **more}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ""),
        ([row("darker", True, "light")], "be darker."),
        ([row("more blues", False, "colour")], "have more blues."),
        (
            [row("more blues", False, "colour"), row("darker", True, "light"), row("finer detail", False, "line")],
            "be darker and to have more blues and finer detail.",
        ),
        (
            [row("earlier", True, "date", half=[-20.4, 80], half_rest=[1850.2, 1900])],
            "be earlier (half of them 20 BC to 80, half of the others 1850 to 1900).",
        ),
        (  # of five colours and one format, the format is not crowded out
            [row(f"more {c}", False, "colour") for c in "abcde"] + [row("wider in format", True, "format")],
            "be wider in format, and to have more a, more b, more c and more d.",
        ),
    ],
)
def test_sentences(rows, said):
    assert visual_sentence(rows) == (said and f"Compared with the rest, these works tend to {said}")


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ([0.0004], " (p < 0.001)."),
        ([0.0004, 0.0301], " (each p ≤ 0.031)."),
        ([0.02], " (p ≤ 0.020)."),
        ([0.02, None], "."),
    ],
)
def test_the_largest_chance_is_said_where_all_are_known(p, said):
    rows = [row("darker", True, "light") | ({} if one is None else {"p": one}) for one in p]
    assert visual_sentence(rows).endswith("darker" + said if len(p) == 1 else "darker and darker" + said)
