"""Works that do not go with what the catalogue says."""

import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.interpret import affinity, date_gaps, school_votes, unusual


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


def test_swapped_names_come_first():
    rng = np.random.default_rng(1)
    artists = np.arange(300) // 10
    X = 2.0 * rng.normal(size=(30, 12))[artists] + 0.6 * rng.normal(size=(300, 12))
    names = [f"artist {artist}" for artist in artists]
    swapped = [5, 105, 205, 255]
    for i, j in (swapped[:2], swapped[2:]):
        names[i], names[j] = names[j], names[i]
    found = affinity(X, names)
    rows, score = unusual(found.near[:, 0] - found.own)
    assert set(swapped) <= set(rows[:6].tolist())
    assert score[0] == pytest.approx(299 / 300)
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
    middle, unlikely = date_gaps(near, years, min_neighbors=3)
    assert middle[:4].tolist() == [1884, 1880, 1880, 1884]
    assert np.isnan(middle[4])
    # gaps 4, 10, 4, 234 with median 7; neighbours of row 3: deviations 4, 6, 0 around 1884, median 4
    assert unlikely[3] == pytest.approx(234 / np.sqrt((1.4826 * 4) ** 2 + (1.4826 * 7) ** 2 + 1))
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


def test_ranking():
    rows, score = unusual(np.array([3.0, 3.0, 1.0, -1.0, np.nan]), share=1.0)
    assert rows.tolist() == [0, 1, 2]
    assert score.tolist() == [0.5, 0.5, 0.25]
    assert unusual(np.full(3, np.nan))[0].tolist() == []
    assert len(unusual(np.arange(1.0, 101.0), share=0.02)[0]) == 2
