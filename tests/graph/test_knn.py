import sys

import faiss
import numpy as np
import pytest
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from artgraph.errors import InputError
from artgraph.graph import knn
from artgraph.graph.duplicates import duplicates
from artgraph.testing import toy_features


def test_four_points_by_hand():
    X = np.array([[0.0, 0], [1, 0], [3, 0], [7, 0]])
    near = knn(X, n_neighbors=2, metric="euclidean")
    assert near.indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert near.distances.tolist() == [[1, 3], [1, 2], [2, 3], [4, 6]]
    assert near.duplicate_of.tolist() == [-1] * 4
    assert near.recall == 1


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_agrees_with_scikit_learn(metric):
    X = np.random.default_rng(0).standard_normal((300, 12)).astype(np.float32)
    near = knn(X, n_neighbors=10, metric=metric)
    distances, indices = NearestNeighbors(n_neighbors=11, metric=metric).fit(X).kneighbors(X)
    assert (near.indices == indices[:, 1:]).mean() > 0.999
    np.testing.assert_allclose(near.distances, distances[:, 1:], atol=1e-5)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("exact", [True, False])
def test_copies_fill_no_slots(metric, exact):
    X = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float32)
    alone = knn(X, n_neighbors=5, metric=metric, exact=True)
    # 50 copies of row 3 and two of row 7 change nothing for the others, and have the list of the first.
    more = np.concatenate([X, np.repeat(X[3:4], 50, axis=0), X[7:8], X[7:8]])
    near = knn(more, n_neighbors=5, metric=metric, exact=exact, recall=1.0)
    assert (near.indices[:200] == alone.indices).all()
    assert (near.indices[200:250] == alone.indices[3]).all()
    assert near.duplicate_of[200:].tolist() == [3] * 50 + [7, 7]
    assert (near.duplicate_of[:200] == -1).all()


def test_nothing_but_copies():
    near = knn(np.ones((4, 2)), n_neighbors=2)
    assert (near.indices == -1).all()
    assert near.duplicate_of.tolist() == [-1, 0, 0, 0]


def test_one_work_described_twice():
    X = np.array([[1.0, 0], [1, 1e-6], [1, 1], [0, 1]])
    near = knn(X, n_neighbors=3, duplicate_ids=["a", "a", "b", None])
    assert near.duplicate_of.tolist() == [-1, 0, -1, -1]
    assert near.indices[1].tolist() == near.indices[0].tolist() == [2, 3, -1]


def test_duplicates_by_hand():
    X = np.array([[0.0], [1], [-0.0], [2], [1], [5]])
    assert duplicates(X).tolist() == [-1, -1, 0, -1, 1, -1]
    # 3 is 1 by name, and so is 5 by the name of 4, whose row is that of 1.
    assert duplicates(X, duplicate_ids=[None, "b", None, "b", "e", "e"]).tolist() == [-1, -1, 0, 1, 1, 1]
    assert duplicates(np.zeros((0, 3))).tolist() == []
    with pytest.raises(InputError, match="1 duplicate_ids"):
        duplicates(X, duplicate_ids=["a"])


def test_ties_are_ordered_by_row():
    X = np.array([[0.0, 0], [0, 1], [1, 0], [0, -1], [-1, 0]])
    assert knn(X, n_neighbors=4, metric="euclidean").indices[0].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("n", "expected"), [(0, []), (1, [[-1, -1]]), (2, [[1, -1], [0, -1]]), (3, [[1, 2], [2, 0], [1, 0]])]
)
def test_fewer_rows_than_neighbours(n, expected):
    for exact in (None, False):
        near = knn(np.array([[1.0, 0], [1, 1], [0.5, 1]])[:n], n_neighbors=2, exact=exact)
        assert near.indices.tolist() == expected
        assert np.isinf(near.distances[near.indices < 0]).all()


def test_a_row_of_zeros_has_no_direction():
    near = knn(np.array([[1.0, 0], [0, 0], [1, 1], [0, 0]]), n_neighbors=2)
    assert near.indices.tolist() == [[2, -1], [-1, -1], [0, -1], [-1, -1]]
    assert (near.duplicate_of == -1).all()
    assert knn(np.zeros((3, 2)), n_neighbors=2).indices.max() == -1


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("apart", [False, True])
def test_permuting_the_rows_permutes_the_result(metric, exact, apart):
    X = np.random.default_rng(0).standard_normal((1500, 8)).astype(np.float32)
    order = np.random.default_rng(1).permutation(len(X))
    place = np.argsort(order)
    hands = np.array([f"hand {row % 12 % 5}" for row in range(len(X))])
    near, moved = (
        knn(x, n_neighbors=5, metric=metric, exact=exact, recall=0.8, exclude_same=hand if apart else None)
        for x, hand in ((X, hands), (X[order], hands[order]))
    )
    assert (place[near.indices[order]] == moved.indices).all()
    assert (near.distances[order] == moved.distances).all()


def test_an_approximate_search_reaches_the_recall_it_says():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 32))[rng.integers(40, size=6000)] + 0.5 * rng.standard_normal((6000, 32))
    exact = knn(X, n_neighbors=10)
    for wanted in (0.8, 0.95):
        near = knn(X, n_neighbors=10, exact=False, recall=wanted)
        reached = (near.indices[:, :, None] == exact.indices[:, None, :]).any(axis=2).mean()
        assert reached >= wanted
        assert reached == pytest.approx(near.recall, abs=0.03)
        assert not (near.indices == np.arange(6000)[:, None]).any()


def test_same_seed_same_bytes_whatever_the_threads():
    X = np.random.default_rng(0).standard_normal((3000, 16)).astype(np.float32)
    first = knn(X, exact=False)
    threads = faiss.omp_get_max_threads()
    try:
        faiss.omp_set_num_threads(1)
        second = knn(X, exact=False)
    finally:
        faiss.omp_set_num_threads(threads)
    assert first.indices.tobytes() == second.indices.tobytes()
    assert first.distances.tobytes() == second.distances.tobytes()


def test_far_from_the_origin_and_of_any_size():
    X = np.random.default_rng(0).standard_normal((100, 3)).astype(np.float32)
    moved = X + np.float32(4096)  # by a power of 2: only the last bits are rounded
    near = knn(moved, n_neighbors=1, metric="euclidean").indices
    true = NearestNeighbors(n_neighbors=2).fit(moved.astype(float)).kneighbors(moved.astype(float))[1][:, 1:]
    assert (near == true).all()
    for scale in (1e-9, 1e30):
        assert (knn(X * np.float32(scale), n_neighbors=3).indices == knn(X, n_neighbors=3).indices).mean() > 0.99


def clumps(n=1200):
    """Rows in clumps, one hand to a clump; the first has a third of all, and every seventh row has no hand."""
    rng = np.random.default_rng(0)
    codes = rng.integers(1, 30, size=n)
    codes[: n // 3] = 0
    X = (rng.standard_normal((30, 8))[codes] + 0.3 * rng.standard_normal((n, 8))).astype(np.float32)
    hands = np.array([f"hand {code}" for code in codes], dtype=object)
    hands[::7] = None
    return X, hands


def test_neighbours_by_other_hands_by_hand():
    X = np.array([[0.0], [1], [3], [7]])
    near = knn(X, n_neighbors=2, metric="euclidean", exclude_same=["a", "a", None, None])
    assert near.indices.tolist() == [[2, 3], [2, 3], [1, 0], [2, 1]]
    assert near.distances.tolist() == [[3, 7], [2, 6], [2, 3], [4, 6]]


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_by_other_hands_are_the_nearest_of_these(metric, exact):
    X, hands = clumps()
    near = knn(X, n_neighbors=10, metric=metric, exclude_same=hands, exact=exact, recall=1.0)
    distances = pairwise_distances(X, metric=metric)
    codes = np.where(hands == None, -1 - np.arange(len(X)), np.unique(hands.astype(str), return_inverse=True)[1])  # noqa: E711
    distances[codes[:, None] == codes] = np.inf
    expected = np.sort(distances, axis=1)[:, :10]
    np.testing.assert_allclose(near.distances, expected, atol=1e-5)
    assert (codes[near.indices] != codes[:, None]).all()


@pytest.mark.parametrize("exact", [True, False])
def test_without_hands_nobody_is_kept_apart(exact):
    X, _ = clumps()
    plain = knn(X, n_neighbors=10, exact=exact, recall=1.0)
    assert (
        knn(X, n_neighbors=10, exclude_same=[None] * len(X), exact=exact, recall=1.0).indices == plain.indices
    ).all()


@pytest.mark.parametrize("exact", [True, False])
def test_one_hand_has_no_neighbours_by_others(exact):
    X, _ = clumps(100)
    assert (knn(X, n_neighbors=3, exclude_same=["the same"] * 100, exact=exact).indices == -1).all()
    near = knn(X, n_neighbors=3, exclude_same=["the same"] * 98 + ["another"] * 2, exact=exact).indices
    assert (np.sort(near[:98], axis=1) == [-1, 98, 99]).all()
    assert (near[98:] < 98).all()


def test_the_input_is_as_it_was(features):
    X = features[0]  # read-only
    before = X.copy()
    knn(X, n_neighbors=3, metric="euclidean")
    knn(X, n_neighbors=3)
    assert np.array_equal(X, before)


@pytest.mark.parametrize(
    ("X", "settings", "message"),
    [
        (np.ones(3), {}, r"\(n, d\)"),
        (np.array([[1.0], [np.nan]]), {}, "row 1"),
        (np.array([[1.0], [1e300]]), {}, "row 1"),
        (np.ones((3, 2)), {"n_neighbors": 0}, "at least 1"),
        (np.ones((3, 2)), {"metric": "hamming"}, "hamming"),
        (np.ones((3, 2)), {"recall": 0}, "recall"),
        (np.ones((3, 2)), {"duplicate_ids": ["a"]}, "1 duplicate_ids"),
        (np.ones((3, 2)), {"exclude_same": ["a"]}, "1 values"),
    ],
)
def test_what_cannot_be_searched(X, settings, message):
    with pytest.raises(InputError, match=message):
        knn(X, **settings)


def test_a_large_search_reads_a_file(tmp_path):
    """20,000 rows in 283 cells: the same lists from a file as from memory, and most of the true neighbours."""
    X, _ = toy_features(20_000, n_groups=40, d=48, spread=0.2)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    near = knn(mapped, n_neighbors=10, exact=False)
    again = knn(X, n_neighbors=10, exact=False)
    assert near.indices.tobytes() == again.indices.tobytes()
    true = knn(X, n_neighbors=10, exact=True).indices
    found = (true[:, :, None] == near.indices[:, None, :]).any(axis=2).mean()
    assert found >= 0.95
    assert abs(found - near.recall) < 0.02


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_an_artist_with_most_works_is_compared_with_others_and_not_with_all(metric, monkeypatch):
    """12,000 works by one artist, in regions of their own: none is searched again among all works."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((30, 16)) * 3
    group = np.concatenate([rng.integers(20, size=12_000), 20 + rng.integers(10, size=3000)])
    X = (centres[group] + 0.5 * rng.standard_normal((15_000, 16))).astype(np.float32)
    artists = ["Large"] * 12_000 + [f"artist {i % 300}" for i in range(3000)]
    exact = knn(X, n_neighbors=10, metric=metric, exclude_same=artists, exact=True)
    monkeypatch.setattr(sys.modules["artgraph.graph.knn"], "exact_in_blocks", None)
    near = knn(X, n_neighbors=10, metric=metric, exclude_same=artists, exact=False)
    found = (exact.indices[:, :, None] == near.indices[:, None, :]).any(axis=2)
    assert (near.indices >= 0).all()
    assert (near.indices[:12_000] >= 12_000).all()
    assert found[12_000:].mean() > 0.93
    assert found[:12_000].mean() > 0.9
