"""Works that do not go with what the catalogue says."""

import numpy as np
import pytest
from scipy.stats import t as student

from artgraph.errors import InputError
from artgraph.interpret import (
    affinity,
    chance_of_nearness,
    date_gaps,
    departures,
    own_gaps,
    school_votes,
    stand_out,
)
from artgraph.interpret.evidence import quantiles_of_others, shared_traits


def the_long_way(X, artists, own_row, artist, n_works=3):
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    others = [j for j in range(len(X)) if artists[j] == artist and j != own_row]
    return np.mean(sorted((unit[own_row] @ unit[j] for j in others), reverse=True)[:n_works])


def test_affinity_is_that_of_the_long_way(monkeypatch):
    monkeypatch.setattr("artgraph.interpret.worklist._BLOCK", 7)
    rng = np.random.default_rng(0)
    X, artists = rng.normal(size=(40, 5)), [f"artist {i % 4}" for i in range(40)]
    X.flags.writeable = False
    found = affinity(X, artists)
    general = {artist: np.mean([the_long_way(X, artists, i, artist) for i in range(40)]) for artist in found.names}
    for i in (0, 1, 17, 39):
        assert found.own[i] == pytest.approx(the_long_way(X, artists, i, artists[i]) - general[artists[i]], abs=1e-5)
        best = found.names[found.nearest[i, 0]]
        assert best != artists[i]
        assert found.near[i, 0] == pytest.approx(the_long_way(X, artists, i, best) - general[best], abs=1e-5)
    assert (np.diff(found.near[:, :3], axis=1) <= 0).all()


def test_of_many_works_lists_tell_the_same_of_what_is_near(monkeypatch):
    rng = np.random.default_rng(3)
    artists = np.append(np.arange(360) // 12, np.arange(40) // 20 + 40)
    X = 2.0 * rng.normal(size=(50, 12))[artists % 15] + 0.6 * rng.normal(size=(400, 12))
    names = [None if i % 50 == 7 else f"artist {artist:02d}" for i, artist in enumerate(artists)]
    exact = affinity(X, names)
    monkeypatch.setattr("artgraph.interpret.worklist.EXACT_UP_TO", 100)
    monkeypatch.setattr("artgraph.interpret.worklist._LISTS", 77)
    found = affinity(X, names)
    np.testing.assert_allclose(found.own, exact.own, atol=1e-5)
    told = found.nearest[:, 0] >= 0
    assert told.mean() > 0.9
    same = found.nearest[told, 0] == exact.nearest[told, 0]
    assert same.mean() > 0.95
    np.testing.assert_allclose(found.near[told, 0][same], exact.near[told, 0][same], atol=1e-5)
    assert np.isnan(found.near[~told]).all()
    assert (np.diff(np.nan_to_num(found.near, nan=-9), axis=1) <= 0).all()


def test_swapped_names_come_first():
    rng = np.random.default_rng(1)
    artists = np.arange(300) // 10
    X = 2.0 * rng.normal(size=(30, 12))[artists] + 0.6 * rng.normal(size=(300, 12))
    names = [f"artist {artist}" for artist in artists]
    swapped = [5, 105, 205, 255]
    for i, j in (swapped[:2], swapped[2:]):
        names[i], names[j] = names[j], names[i]
    found = affinity(X, names)
    chance = departures(own_gaps(found, names))
    chance[found.near[:, 0] <= found.own] = 1
    rows, p = stand_out(chance)
    assert sorted(rows.tolist()) == swapped
    assert (p < 0.01).all()
    by_whom = {row: found.names[found.nearest[row, 0]] for row in swapped}
    assert by_whom == {5: "artist 0", 105: "artist 10", 205: "artist 20", 255: "artist 25"}


def test_few_works_and_no_artists():
    X = np.eye(5)
    found = affinity(X, ["a", "a", None, "b", None])
    assert np.isnan(found.own).all()
    assert (found.nearest == -1).all()
    assert affinity(X, [None] * 5).names == []
    one = affinity(X, ["a", "a", "a", None, None])
    assert one.names == ["a"]
    assert np.isnan(one.near[0]).all()
    assert np.isfinite(one.near[3, 0])
    with pytest.raises(InputError, match="2 artists for 5"):
        affinity(X, ["a", "b"])
    with pytest.raises(InputError, match="NaN"):
        affinity(np.full((1, 2), np.nan), ["a"])


def test_dates_by_hand():
    near = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [0, -1, -1]])
    years = np.array([1880.0, 1890.0, 1884.0, 1650.0, 1900.0])
    middle, gap = date_gaps(near, years, min_neighbors=3)
    assert middle[:4].tolist() == [1884, 1880, 1880, 1884]
    assert np.isnan(middle[4])
    # the neighbours of row 0 are of 1650, 1884 and 1890; those of row 3 all are later
    assert gap[[0, 3]].tolist() == [0, 234]
    nothing = date_gaps(near, np.full(5, np.nan))
    assert np.isnan(nothing[0]).all()


def test_schools_ignore_votes_of_the_same_artist():
    near = np.array([[1, 2, 3], [0, 2, -1], [0, 1, 3], [0, 1, 2]])
    schools = ["Dutch", "French", "French", None]
    other, share, own = school_votes(near, schools, ["x", "x", "y", None])
    # row 0: 1 is by the same artist and 3 has no school; row 1: 0 is by the same artist, 2 agrees
    assert other == ["French", None, "Dutch", None]
    assert share[:3].tolist() == [1.0, 1.0, 0.5]
    assert own[:3].tolist() == [0.0, 1.0, 0.5]
    assert np.isnan(share[3])


def test_gaps_to_the_own_artist_by_hand():
    # cosines: 1 within a's first three, 0 to the fourth; so the fourth is 1 farther
    X = np.array([[1.0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    gaps = own_gaps(affinity(X, ["a"] * 4 + [None], n_works=1), ["a"] * 4 + [None])
    assert gaps[:4] == pytest.approx([0, 0, 0, 1])
    assert np.isnan(gaps[4])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.append(np.tile([0.0, 1, 2, 3], 10), 12.0), [40]),
        (np.append(np.tile([0.0, 1, 2, 3], 10), 4.0), []),  # within what is usual
        (np.append(np.tile([0.0, 1, 2, 3], 10), -12.0), []),  # the other way
        (np.append(np.tile([0.0, 1, 2, 3], 10), np.nan), []),
        (np.append(np.zeros(5), 90.0), []),  # too few to know what is usual
        (np.append(np.tile([0.0, 1, 2, 3], 10), [12.0, 12.5, 13]), [42, 41, 40]),  # as many as there are
        (np.append(np.tile([0.0, 1, 2, 12], 10), [14.0]), []),  # a long tail is usual here
    ],
)
def test_only_what_is_unusual_stands_out_and_all_of_it(values, expected):
    rows, p = stand_out(departures(values))
    assert rows.tolist() == expected
    assert (np.diff(p) >= 0).all()


def test_works_are_compared_with_works_like_them():
    # before 1600 a gap of 90 is usual, later it is not
    years = np.repeat([1500.0, 1900.0], 40)
    values = np.concatenate([90 + np.tile([-9.0, -3, 3, 9], 10), np.tile([-9.0, -3, 3, 9], 10)])
    values[79] = 90
    assert stand_out(departures(values, years, n_beside=30))[0].tolist() == [79]
    assert stand_out(departures(values))[0].tolist() == []
    # what is left out of the comparison is judged, and judges nobody
    usual = np.ones(80, dtype=bool)
    usual[:40] = False
    assert np.isfinite(departures(values, usual=usual)).all()
    assert (departures(values, usual=usual)[:40] < 0.001).all()
    with pytest.raises(InputError, match="the same works"):
        departures(values, years[:9])


def test_chance_alone_is_seldom_listed():
    rng = np.random.default_rng(0)
    listed = [len(stand_out(departures(rng.normal(size=200), rng.normal(size=200)))[0]) for _ in range(50)]
    assert sum(count > 0 for count in listed) <= 4


def test_nearness_by_chance_is_a_conformal_p():
    wrong = np.array([0.1, 0.2, 0.3, np.nan])
    assert chance_of_nearness(np.array([0.4, 0.3, 0.0, np.nan]), wrong)[:3].tolist() == [0.25, 0.5, 1.0]
    rng = np.random.default_rng(0)
    p = chance_of_nearness(rng.normal(size=2000), rng.normal(size=2000))
    assert np.quantile(p, (0.1, 0.5, 0.9)) == pytest.approx([0.1, 0.5, 0.9], abs=0.04)


@pytest.mark.parametrize(
    ("near", "values", "expected"),
    [
        ([1, 2, 3, 4], [True] * 5 + [False] * 45, "trait"),
        ([1, 2, 8, 9, 10], [True] * 3 + [False] * 47, "trait"),  # two of five, and there are no more
        ([1, 2, 8, 9], [True] * 5 + [False] * 45, None),  # two of four, by chance in 3 of 100
        ([1, 7, 8, 9], [True] * 5 + [False] * 45, None),
        ([5, 6, 7, 8], [True] * 5 + [False] * 45, None),  # among others: a tondo among rectangles
        ([1, 2, 3, 4], [True] * 30 + [False] * 20, None),  # common
        ([1, 2, 3, 4], [False] * 50, None),  # to lack it is no trait
        ([1, 2, 3, 4], ["wide"] * 5 + ["none"] * 45, "trait"),
        ([1, 2, 3, 4], ["none"] * 50, None),
        ([1, 2, 3, 4], [None] * 50, None),
        ([1, 2, -1, -1], [True] * 5 + [None] * 5 + [False] * 40, "trait"),
        ([], [True] * 5 + [False] * 45, None),
    ],
)
def test_a_trait_explains_only_where_it_is_rare_and_shared(near, values, expected):
    table = np.full((50, 6), -1)
    table[0, : len(near)] = near
    found = shared_traits(table, {"before": [None] * 50, "trait": values})
    assert found == [expected, *[None] * 49]


def departures_one_by_one(values, beside, usual, n_beside, min_beside, least):
    """As the docstring says, work by work."""
    p = np.full(len(values), np.nan)
    known = np.isfinite(values) & np.isfinite(beside)
    rows = np.flatnonzero(known & usual)
    rows = rows[np.argsort(beside[rows], kind="stable")]
    for row in np.flatnonzero(known):
        equal = rows[beside[rows] == beside[row]]
        below, above = rows[beside[rows] < beside[row]], rows[beside[rows] > beside[row]]
        window = np.concatenate([below[max(0, len(below) - n_beside) :], equal, above[:n_beside]])
        nearest = window[np.argsort(np.abs(beside[window] - beside[row]), kind="stable")][: n_beside + 1]
        others = np.setdiff1d(equal if len(equal) > n_beside else nearest, [row])
        if len(others) >= min_beside:
            low, middle, high, tail = np.quantile(values[others], (0.25, 0.5, 0.75, 0.9))
            spread = max((middle - low) / 0.6745, (high - middle) / 0.6745, (tail - middle) / 1.2816, least, 1e-9)
            p[row] = student.sf((values[row] - middle) / spread, min(len(others) / 6, 10))
    return p


@pytest.mark.parametrize("n_beside", [3, 12, 60, 1000])
@pytest.mark.parametrize("places", [1, 5, 40, 300])
@pytest.mark.parametrize("share_usual", [0.0, 0.02, 0.8, 1.0])
def test_departures_are_those_of_the_long_way(n_beside, places, share_usual):
    rng = np.random.default_rng([n_beside, places])
    values, beside = rng.normal(size=300), rng.integers(places, size=300).astype(float)
    values[rng.random(300) < 0.1], beside[rng.random(300) < 0.1] = np.nan, np.nan
    usual = rng.random(300) < share_usual
    found = departures(values, beside, usual=usual, n_beside=n_beside, min_beside=3, least=0.01)
    expected = departures_one_by_one(values, beside, usual, n_beside, 3, 0.01)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 7, 30])
def test_quantiles_of_others_are_those_of_the_long_way(n):
    values = np.random.default_rng(n).integers(6, size=n).astype(float)
    q = (0.0, 0.25, 0.5, 0.9, 1.0)
    expected = [np.quantile(np.delete(values, i), q) for i in range(n)]
    np.testing.assert_allclose(quantiles_of_others(values, q).T, expected, rtol=1e-12)
