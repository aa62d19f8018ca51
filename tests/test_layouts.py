import numpy as np
import pytest
import scipy.sparse as sp
from scipy.spatial import cKDTree

from artgraph.errors import InputError
from artgraph.layouts import graph_layout, place_on_map, spread
from artgraph.layouts.coarse import coarser, interpolated


def nearest_neighbor_graph(X, k):
    near = cKDTree(X).query(X, k + 1)[1][:, 1:]
    n = len(X)
    links = sp.csr_array((np.ones(n * k), near.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    return links.maximum(links.T).tocsr()


def blobs(n, k, centres=4, seed=0):
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % centres
    X = rng.normal(size=(n, 5)) + 4 * rng.normal(size=(centres, 5))[truth]
    return nearest_neighbor_graph(X, k), truth


def kept(adjacency, layout, k=15):
    """Share of links that lead to one of the k nearest rows of the layout."""
    near = cKDTree(layout).query(layout, k + 1)[1]
    links = adjacency.tocoo()
    return np.mean([j in near[i] for i, j in zip(links.row, links.col, strict=True)])


def extent(layout):
    return np.abs(layout).max()


@pytest.mark.parametrize(("n", "k"), [(60, 6), (700, 12)])
def test_linked_rows_become_neighbours(n, k):
    adjacency, truth = blobs(n, k)
    layout = graph_layout(adjacency)
    assert layout.shape == (n, 2)
    assert layout.dtype == np.float32
    assert extent(layout) == pytest.approx(1.0)
    random = np.random.default_rng(0).uniform(-1, 1, (n, 2))
    assert kept(adjacency, layout) > 0.5 > 2 * kept(adjacency, random)
    near = cKDTree(layout).query(layout, 6)[1][:, 1:]
    assert (truth[near] == truth[:, None]).mean() > 0.8


def test_a_string_of_rows_is_unrolled():
    n = 60
    string = sp.diags_array([np.ones(n - 1), np.ones(n - 1)], offsets=[1, -1], format="csr")
    assert kept(string, graph_layout(string), k=4) > 0.95


def test_same_seed_same_bytes_and_arguments_unchanged():
    adjacency, _ = blobs(150, 8)
    for array in (adjacency.data, adjacency.indices, adjacency.indptr):
        array.flags.writeable = False
    first = graph_layout(adjacency, seed=3, n_iter=100)
    assert first.tobytes() == graph_layout(adjacency, seed=3, n_iter=100).tobytes()
    assert first.tobytes() != graph_layout(adjacency, seed=4, n_iter=100).tobytes()


def test_rows_with_the_same_links_do_not_fall_together():
    clique = sp.csr_array(np.ones((40, 40)) - np.eye(40))
    layout = graph_layout(clique)
    assert len(np.unique(layout, axis=0)) == 40
    layout = spread(layout)
    assert cKDTree(layout).query(layout, 2)[0][:, 1].min() > 0.05


def test_start_from_an_older_layout():
    adjacency, _ = blobs(150, 8, centres=1)
    old = graph_layout(adjacency)
    turned = np.column_stack([-old[:, 1], old[:, 0]]) * 7 + 3
    turned.flags.writeable = False
    new = graph_layout(adjacency, init=turned)
    centred = turned - turned.mean(axis=0)
    correlation = (centred * (new - new.mean(axis=0))).sum() / np.linalg.norm(centred) / np.linalg.norm(new)
    assert correlation > 0.7


def test_components_do_not_overlap_and_rows_alone_stand_outside():
    alike = np.ones((24, 24)) - np.eye(24)  # t-SNE has these in one place
    parts = [blobs(120, 8, seed=1)[0], blobs(60, 8, centres=1, seed=2)[0], alike, *[np.ones((4, 4)) - np.eye(4)] * 5]
    pair = np.array([[0.0, 1.0], [1.0, 0.0]])
    adjacency = sp.block_diag([*parts, *[pair] * 20, sp.csr_array((15, 15))], format="csr")
    _, component = sp.csgraph.connected_components(adjacency)
    layout = graph_layout(adjacency).astype(float)
    alone = np.diff(adjacency.indptr) == 0
    assert alone.sum() == 15
    near = cKDTree(layout).query(layout, 2)[0][:, 1]
    assert near.min() > 0.5 * np.median(near), "a picture for each"
    discs = []
    for c in np.unique(component[~alone]):
        points = layout[component == c]
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        discs.append((middle, np.linalg.norm(points - middle, axis=1).max()))
    for i, (a, r) in enumerate(discs):
        for b, s in discs[:i]:
            assert np.linalg.norm(a - b) > r + s
    linked = layout[~alone]
    middle = (linked.min(axis=0) + linked.max(axis=0)) / 2
    assert np.linalg.norm(layout[alone] - middle, axis=1).min() > np.linalg.norm(linked - middle, axis=1).max()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 40])
def test_no_links(n):
    layout = graph_layout(sp.csr_array((n, n)))
    assert layout.shape == (n, 2)
    assert layout.dtype == np.float32
    assert np.isfinite(layout).all()
    assert len(np.unique(layout, axis=0)) == n


def test_tiny_graphs():
    assert graph_layout(sp.csr_array((1, 1))).tolist() == [[0.0, 0.0]]
    pair = graph_layout(sp.csr_array([[0, 1.0], [1.0, 0]]))
    assert np.linalg.norm(pair[0] - pair[1]) == pytest.approx(2.0)
    triangle = graph_layout(sp.csr_array(np.ones((3, 3)) - np.eye(3)))
    sides = np.linalg.norm(triangle - np.roll(triangle, 1, axis=0), axis=1)
    assert sides == pytest.approx([sides[0]] * 3, rel=1e-5)
    square = graph_layout(sp.csr_array(np.roll(np.eye(4), 1, 0) + np.roll(np.eye(4), -1, 0)))
    assert kept(sp.csr_array(np.roll(np.eye(4), 1, 0)), square, k=2) == 1.0


def test_refusals():
    good = sp.csr_array((3, 3))
    with pytest.raises(InputError, match="init has shape"):
        graph_layout(good, init=np.zeros((2, 2)))
    with pytest.raises(InputError, match="row 1"):
        graph_layout(good, init=[[0, 0], [0, np.nan], [0, 0]])
    with pytest.raises(InputError, match="n_iter"):
        graph_layout(good, n_iter=0)
    with pytest.raises(InputError, match="seed"):
        graph_layout(good, seed=-1)
    with pytest.raises(InputError, match="symmetric"):
        graph_layout(sp.csr_array([[0, 1.0], [0, 0]]))
    with pytest.raises(InputError, match="layout"):
        spread([[0, 0, 0]])
    with pytest.raises(InputError, match="distance"):
        spread([[0, 0], [1, 1]], distance=0)
    with pytest.raises(InputError, match="n_iter"):
        spread([[0, 0], [1, 1]], n_iter=0)


def test_spread_by_hand():
    # three on a line, two of them too near: these two part, the third stays, and the whole is centred again
    line = np.array([[0.0, 0.0], [0.2, 0.0], [4.0, 0.0]])
    line.flags.writeable = False
    moved = spread(line, distance=1.0).astype(float)
    gaps = np.diff(moved[:, 0]) / 2 * 4.4
    assert gaps == pytest.approx([1.0, 3.4], abs=0.01)
    assert moved[:, 0].tolist() == pytest.approx([-1, -1 + 2 / 4.4, 1], abs=0.01)


def test_spread_parts_rows_and_keeps_neighbours():
    layout = np.random.default_rng(0).normal(size=(300, 2))
    adjacency = nearest_neighbor_graph(layout, 10)
    layout = (layout - layout.mean(axis=0)) / np.ptp(layout, axis=0).max()
    before = cKDTree(layout).query(layout, 2)[0][:, 1]
    moved = spread(layout)
    after = cKDTree(moved).query(moved, 2)[0][:, 1]
    assert moved.dtype == np.float32
    assert extent(moved) == pytest.approx(1.0)
    assert after.min() > 2 * before.min()
    assert after.min() > 0.8 * np.median(after)
    assert kept(adjacency, moved) > 0.95 * kept(adjacency, layout)
    assert np.array_equal(moved, spread(layout))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 50])
def test_spread_of_rows_in_one_place(n):
    moved = spread(np.zeros((n, 2)))
    assert moved.shape == (n, 2)
    assert np.isfinite(moved).all()
    assert len(np.unique(moved, axis=0)) == n
    if n > 1:
        assert cKDTree(moved).query(moved, 2)[0][:, 1].min() > 0.5 / np.sqrt(n)


def links_of(n, links):
    matrix = np.zeros((n, n))
    for i, j, weight in links:
        matrix[i, j] = matrix[j, i] = weight
    return sp.csr_array(matrix)


def with_new(layout, count):
    return np.concatenate([layout, np.full((count, 2), np.nan, layout.dtype)])


GRID = np.stack(np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9)), axis=-1).reshape(-1, 2).astype(np.float32)
# row 9 * i + j is at (-1 + j / 4, -1 + i / 4); the typical distance is 0.25


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        # amid the four corners of a cell there is room
        ([(81, 0, 1), (81, 1, 1), (81, 9, 1), (81, 10, 1)], [[-0.875, -0.875]]),
        # on a corner there is none: within two cells of it
        ([(81, 40, 1)], [None]),
        # two regions: the heavier one, and its own mean
        ([(81, 0, 2), (81, 1, 2), (81, 9, 2), (81, 10, 2), (81, 80, 1)], [[-0.875, -0.875]]),
        # a new row next to a new one: beside it
        ([(81, 0, 1), (81, 1, 1), (81, 9, 1), (81, 10, 1), (82, 81, 1)], [[-0.875, -0.875], None]),
    ],
)
def test_new_rows_stand_at_their_neighbours(links, expected, monkeypatch):
    n = 81 + len(expected)
    monkeypatch.setattr("artgraph.layouts.placing._REGION", 4.0)  # on this small map 8 typical distances reach across
    found = place_on_map(with_new(GRID, len(expected)), links_of(n, links))
    assert found[:81].tobytes() == GRID.tobytes()
    assert found.dtype == np.float32
    for i, place in enumerate(expected):
        if place is not None:
            assert found[81 + i] == pytest.approx(place, abs=1e-6)
        near = [other if other != 81 + i else row for row, other, _ in links if 81 + i in (row, other)]
        assert np.linalg.norm(found[near] - found[81 + i], axis=1).min() < 0.5
    assert cKDTree(found).query(found, 2)[0][:, 1].min() >= 0.125 - 1e-6
    assert np.abs(found).max() <= 1


def test_neighbours_in_two_far_regions_do_not_put_a_work_between_them():
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=(200, 2)) * 0.03 + [x, 0] for x in (-0.95, 0.95))
    old = np.concatenate([left, right]).astype(np.float32)
    even = [(400, row, 1) for row in (*range(5), *range(200, 205))]
    found = place_on_map(with_new(old, 1), links_of(401, even))
    assert abs(found[400, 0]) > 0.7


@pytest.mark.parametrize("unlinked", [1, 3, 40])
def test_rows_without_links_stand_at_the_empty_border(unlinked):
    disc = graph_layout(blobs(150, 8)[0], n_iter=60) * np.float32(0.9)
    n = 150 + unlinked
    found = place_on_map(with_new(disc, unlinked), sp.csr_array((n, n)))
    assert found[:150].tobytes() == disc.tobytes()
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1
    assert (np.abs(found[150 : 150 + min(unlinked, 3)]).max(axis=1) == 1).all()
    typical = np.median(cKDTree(disc).query(disc, 2)[0][:, 1])
    assert cKDTree(found).query(found[150:], 2)[0][:, 1].min() > 0.4 * typical


def test_new_rows_that_know_only_each_other_stand_together():
    found = place_on_map(with_new(GRID * np.float32(0.5), 4), links_of(85, [(81, 82, 1), (82, 83, 2), (81, 84, 1)]))
    assert cKDTree(found[81:]).query_pairs(0.5) >= {(0, 1), (1, 2), (0, 3)}
    assert np.abs(found[81:]).max(axis=1).min() > 0.6


def test_many_rows_at_one_place_find_room_and_the_same_place_again():
    links = [(row, 40, 1) for row in range(81, 281)]
    adjacency, layout = links_of(281, links), with_new(GRID, 200)
    layout.flags.writeable = False
    found = place_on_map(layout, adjacency)
    assert found.tobytes() == place_on_map(layout, adjacency).tobytes()
    assert np.abs(found).max() <= 1
    assert cKDTree(found).query(found, 2)[0][:, 1].min() > 0.08  # three times as many rows as before


@pytest.mark.parametrize("old", [[[0.0, 0.0]], [[0.5, 0.5]] * 30, [[-1.0, 0.0], [1.0, 0.0]]])
def test_maps_that_are_hardly_maps(old):
    old = np.array(old)
    n = len(old) + 2
    found = place_on_map(with_new(old, 2), links_of(n, [(n - 2, 0, 1)]))
    assert found[: len(old)].tolist() == old.tolist()
    assert np.isfinite(found).all()
    assert found.dtype == np.float64
    assert (cKDTree(old).query(found[len(old) :])[0] > 0.01).all() or len(old) == 2


def test_nothing_new_all_new_and_what_is_no_map():
    adjacency, _ = blobs(40, 5)
    layout = graph_layout(adjacency)
    assert place_on_map(layout, adjacency).tobytes() == layout.tobytes()
    assert place_on_map(np.full((40, 2), np.nan, np.float32), adjacency).tobytes() == layout.tobytes()
    with pytest.raises(InputError, match="layout has shape"):
        place_on_map(layout[:5], adjacency)
    with pytest.raises(InputError, match="layout holds NaN or infinity in row 3"):
        place_on_map(np.where(np.arange(40)[:, None] == 3, np.inf, layout), adjacency)


def test_a_large_map_from_coarse_to_fine_keeps_as_many_links_as_one_from_scratch(monkeypatch):
    adjacency, _ = blobs(3000, 12)
    whole = graph_layout(adjacency)
    monkeypatch.setattr("artgraph.layouts.graph.LARGE", 500)
    coarse = graph_layout(adjacency)
    assert extent(coarse) == pytest.approx(1.0)
    assert kept(adjacency, coarse) > 0.9 * kept(adjacency, whole)
    assert (coarse == graph_layout(adjacency)).all()


def test_strongly_linked_rows_are_joined_until_there_are_few():
    adjacency, truth = blobs(2000, 8)
    small, group = coarser(adjacency, 300)
    assert small.shape[0] == group.max() + 1 <= 300
    assert small.sum() <= adjacency.sum()
    assert (abs(small - small.T).data < 1e-9).all()
    for label in range(small.shape[0]):
        assert len(set(truth[group == label])) == 1
    layout = np.random.default_rng(0).normal(size=(small.shape[0], 2))
    placed = interpolated(adjacency, group, layout)
    assert np.isfinite(placed).all()
    assert len(np.unique(placed.round(12), axis=0)) == 2000
