"""Lists that are mended are those that a new search gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph.errors import InputError
from artgraph.graph import Neighbors, knn, mend


def grow(X, origin_rows, new, *, at=None):
    """Return kept rows of X followed by new ones, in an order (at), and the origin of each row."""
    table = np.concatenate([X[origin_rows], new]).astype(np.float32)
    origin = np.concatenate([origin_rows, np.full(len(new), -1)])
    order = np.arange(len(table)) if at is None else at
    return table[order], origin[order]


def agree(mended, fresh, metric):
    assert (mended.indices == fresh.indices).all()
    assert (mended.duplicate_of == fresh.duplicate_of).all()
    if metric == "cosine":
        assert mended.distances.tobytes() == fresh.distances.tobytes()
    else:
        np.testing.assert_allclose(mended.distances, fresh.distances, atol=1e-6)
    assert [part.dtype for part in mended[:3]] == [part.dtype for part in fresh[:3]]


def same_groups(values, origin):
    return None if values is None else [values[row] for row in origin]


def test_five_points_by_hand():
    X = np.array([[0.0], [1], [3], [7]])
    before = knn(X, n_neighbors=2, metric="euclidean")
    # row 3 went, 3.5 came: row 2 gained it, and row 1 keeps its list; row 0 too
    now, changed = mend(
        np.array([[0.0], [1], [3], [3.5]]), before, np.array([0, 1, 2, -1]), n_neighbors=2, metric="euclidean"
    )
    assert now.indices.tolist() == [[1, 2], [0, 2], [3, 1], [2, 1]]
    assert now.distances.tolist() == [[1, 3], [1, 2], [0.5, 2], [0.5, 2.5]]
    assert changed.tolist() == [False, False, True, False]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    "case", ["added", "removed", "changed", "all at once", "all new", "none", "moved", "one stays"]
)
def test_equals_a_new_search(metric, apart, case):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((240, 12)).astype(np.float32)
    X[200:204], X[210:212], X[230:232] = X[3], X[5], 0
    new = np.concatenate([rng.standard_normal((30, 12)), X[8:9], X[3:4], np.zeros((1, 12))]).astype(np.float32)
    everything, nothing = np.arange(240), np.zeros((0, 12), np.float32)
    fewer = np.delete(everything, [3, 5, 17, 60, 61, 200, 231])
    table, origin = {
        "added": lambda: grow(X, everything, new),
        "removed": lambda: grow(X, fewer, nothing),
        "changed": lambda: (np.where((everything % 9 == 0)[:, None], X[::-1] * 1.5 + 0.1, X), everything.copy()),
        "all at once": lambda: grow(X, fewer, new),
        "all new": lambda: grow(X, everything[:0], new),
        "none": lambda: grow(X, everything, nothing),
        "moved": lambda: grow(X, fewer, new, at=rng.permutation(len(fewer) + len(new))),
        "one stays": lambda: grow(X, everything[7:8], nothing),
    }[case]()
    if case == "changed":
        origin[everything % 9 == 0] = -1
    artists = rng.integers(6, size=240).astype(object) if apart else None
    now = None
    if apart:
        artists[::11] = None
        now = [artists[row] if row >= 0 else f"artist {i % 3}" for i, row in enumerate(origin)]
        if case == "changed":
            now = list(artists)
    before = knn(X, n_neighbors=6, metric=metric, exact=True, exclude_same=artists)
    mended, changed = mend(table, before, origin, n_neighbors=6, metric=metric, exclude_same=now)
    agree(mended, knn(table, n_neighbors=6, metric=metric, exact=True, exclude_same=now), metric)
    assert not changed[origin < 0].any()
    if case == "none":
        assert not changed.any()
        assert mended.distances.tobytes() == before.distances.tobytes()
    if case == "added":
        gained = (before.indices != mended.indices[:240]).any(axis=1)
        assert (changed[:240] == gained).all()
        assert gained.any()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_ties_copies_zeros_and_groups_of_small_tables(data):
    """On a coarse grid, where most distances are equal; so few rows that every search sees them all."""
    m, added = data.draw(st.integers(0, 9)), data.draw(st.integers(0, 5))
    cell = st.lists(st.sampled_from([0.0, 1.0, 2.0, -1.0]), min_size=2, max_size=2)
    X = np.array(data.draw(st.lists(cell, min_size=m, max_size=m)), np.float32).reshape(m, 2)
    new = np.array(data.draw(st.lists(cell, min_size=added, max_size=added)), np.float32).reshape(added, 2)
    stay = np.array(sorted(data.draw(st.sets(st.integers(0, m - 1))) if m else []), dtype=int)
    table, origin = grow(X, stay, new)
    if len(origin) and data.draw(st.booleans()):  # one more changes where it stands
        row = data.draw(st.integers(0, len(origin) - 1))
        table[row], origin[row] = data.draw(cell), -1
    value = st.sampled_from(["a", "b", None])
    ids, now_ids = (data.draw(st.none() | st.lists(value, min_size=k, max_size=k)) for k in (m, len(table)))
    groups = data.draw(st.none() | st.lists(value, min_size=m, max_size=m))
    now = None
    if groups is not None:
        now = [groups[row] if row >= 0 else data.draw(value) for row in origin]
    k = data.draw(st.integers(1, 6))
    before = knn(X, n_neighbors=k, exact=True, duplicate_ids=ids, exclude_same=groups)
    mended, _ = mend(table, before, origin, n_neighbors=k, duplicate_ids=now_ids, exclude_same=now)
    agree(mended, knn(table, n_neighbors=k, exact=True, duplicate_ids=now_ids, exclude_same=now), "cosine")


def test_a_first_row_that_goes_is_followed_by_its_copy():
    X = np.array([[1.0, 0], [1, 1], [1, 0.1], [1, 0], [0, 1]], dtype=np.float32)
    before = knn(X, n_neighbors=2, exact=True)
    assert before.duplicate_of.tolist() == [-1, -1, -1, 0, -1]
    mended, changed = mend(X[1:], before, np.array([1, 2, 3, 4]), n_neighbors=2)
    agree(mended, knn(X[1:], n_neighbors=2, exact=True), "cosine")
    assert mended.indices.tolist() == [[1, 2], [2, 0], [1, 0], [0, 1]]
    assert changed.tolist() == [True, True, False, False]  # two of them had row 0 as a neighbour


def test_a_group_with_most_rows_near_each_other():
    """The nearest hundred are all by the same artist: they are skipped, and all others compared."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(120, 4)) * 0.01 + 5, rng.normal(size=(30, 4))]).astype(np.float32)
    artists = ["a"] * 120 + list(range(30))
    before = knn(X[1:], n_neighbors=4, exact=True, exclude_same=artists[1:])
    origin = np.arange(-1, 149)
    mended, _ = mend(X, before, origin, n_neighbors=4, exclude_same=artists)
    agree(mended, knn(X, n_neighbors=4, exact=True, exclude_same=artists), "cosine")


def test_two_batches_in_either_order_and_both_at_once():
    rng = np.random.default_rng(1)
    X, first, second = (rng.standard_normal((k, 8)).astype(np.float32) for k in (150, 20, 30))
    before = knn(X, n_neighbors=5, exact=True)

    def added(one, other):
        table, origin = grow(X, np.arange(150), one)
        once = mend(table, before, origin, n_neighbors=5)[0]
        table, origin = grow(table, np.arange(len(table)), other)
        return mend(table, once, origin, n_neighbors=5)[0]

    ab, ba = added(first, second), added(second, first)
    name = np.concatenate([np.arange(150), 150 + 30 + np.arange(20), 150 + np.arange(30)])  # of a row of ab in ba
    assert (name[ab.indices] == ba.indices[name]).all()
    assert (ab.distances == ba.distances[name]).all()
    agree(ab, knn(np.concatenate([X, first, second]), n_neighbors=5, exact=True), "cosine")


def test_pieces_change_nothing(monkeypatch):
    from artgraph.graph import mending

    rng = np.random.default_rng(2)
    X = rng.standard_normal((90, 6)).astype(np.float32)
    before = knn(X[:70], n_neighbors=3, exact=True)
    origin = np.concatenate([np.arange(70), np.full(20, -1)])
    whole = mend(X, before, origin, n_neighbors=3)[0]
    monkeypatch.setattr(mending, "PIECE", 50)
    agree(mend(X, before, origin, n_neighbors=3)[0], whole, "cosine")


def test_lists_that_are_known_are_not_searched_again():
    """Wrong distances far away would be found out by a new search: they stay, and the recall stays."""
    X = np.random.default_rng(3).standard_normal((50, 4)).astype(np.float32)
    before = knn(X, n_neighbors=3, exact=True)
    odd = Neighbors(before.indices[:, ::-1].copy(), before.distances, before.duplicate_of, 0.9)
    mended, changed = mend(X, odd, np.arange(50), n_neighbors=3)
    assert (mended.indices == odd.indices).all()
    assert not changed.any()
    assert mended.recall == 0.9


@pytest.mark.parametrize(
    ("origin", "n_neighbors", "message"),
    [
        ([0, 1], 2, "one whole number for 3 rows"),
        ([0, 0, 1], 2, "the earlier row 0 twice"),
        ([0, 1, 9], 2, "the earlier row 9; there are 3"),
        ([0.0, 1, 2], 2, "whole number"),
        ([0, 1, 2], 5, "have 2 neighbours; expected n_neighbors, 5"),
    ],
)
def test_arguments_that_do_not_fit(origin, n_neighbors, message):
    X = np.eye(3)
    with pytest.raises(InputError, match=message):
        mend(X, knn(X, n_neighbors=2), np.array(origin), n_neighbors=n_neighbors)
