"""Positions of paintings in the plane: a map to look at."""

import numpy as np
import scipy.sparse as sp
from openTSNE import TSNEEmbedding
from openTSNE.affinity import PrecomputedAffinities
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from artgraph.checks import check_adjacency, check_seed
from artgraph.communities.laplacian import smooth_coordinates
from artgraph.errors import InputError

__all__ = ["graph_layout", "place_on_map", "spread"]

_FFT_FROM = 2000  # rows from which interpolation is quicker than the Barnes-Hut tree
_FEW = 12  # components up to this size are drawn as regular polygons
_GAP = 4.0  # between components, in units of the typical distance to the nearest neighbour
_GOLDEN = np.pi * (3 - np.sqrt(5))


def graph_layout(
    adjacency: sp.spmatrix, *, seed: int = 0, init: np.ndarray | None = None, n_iter: int = 400
) -> np.ndarray:
    """Place the rows of a graph in the plane, (n, 2) float32, so that linked rows are neighbours.

    Each component is laid out by t-SNE on the graph from its spectral coordinates, opened where rows would hide each
    other (:func:`spread`), and scaled so that the typical distance to the nearest row is the same everywhere;
    components of up to 12 rows are regular polygons. Components stand apart: the largest in the middle, the others
    around it by size, rows without links in a ring outside. The larger of the two extents is exactly -1 ... 1; a single
    row is at (0, 0).

    t-SNE with given affinities (van der Maaten and Hinton 2008), by openTSNE (Poličar et al. 2024,
    doi:10.18637/jss.v109.i03), because on nearest-neighbour graphs of paintings it kept more of the strongest links
    among the nearest rows of the layout than DrL, UMAP and Fruchterman-Reingold (igraph), and fills the plane evenly:
    room for pictures. Distances between clusters mean little: read neighbourhoods.

    Parameters
    ----------
    adjacency : (n, n) sparse; symmetric, weights at least 0, diagonal 0.
    seed : of a small disturbance of the start, without which rows with the same links would stay in one place.
    init : (n, 2) finite, positions to start from in place of the spectral ones, such as an older layout; they shape
        each component, not its place among the others.
    n_iter : steps of t-SNE, at least 1.
    """
    matrix = check_adjacency(adjacency)
    n = matrix.shape[0]
    rng = np.random.default_rng(check_seed(seed))
    if n_iter < 1:
        raise InputError(f"n_iter is {n_iter}; expected at least 1.")
    start = None if init is None else _positions(init, n, "init")
    jitter = rng.normal(size=(n, 2))
    result = np.zeros((n, 2))
    alone = np.diff(matrix.indptr) == 0
    pieces = _components(matrix, ~alone)
    shapes = [
        _component(matrix[rows][:, rows], None if start is None else start[rows], jitter[rows], n_iter)
        for rows in pieces
    ]
    for rows, shape, centre in zip(pieces, shapes, _pack(shapes), strict=True):
        result[rows] = shape + centre
    placed = result[~alone]
    middle = (placed.min(axis=0) + placed.max(axis=0)) / 2 if len(placed) else np.zeros(2)
    outer = np.linalg.norm(placed - middle, axis=1).max(initial=0.0)
    result[alone] = middle + _rings(int(alone.sum()), outer)
    return _unit(result)


def spread(layout: np.ndarray, *, distance: float | None = None, n_iter: int = 100) -> np.ndarray:
    """Push rows apart that are so close that their pictures would hide each other.

    Rows nearer than ``distance`` move apart along the line between them, each by half of what is missing, all at once
    and again until none is too near or n_iter is reached. Where there is room nothing moves. The result is scaled to
    -1 ... 1 as by :func:`graph_layout`: where rows were pushed outward, all distances have shrunk.

    Parameters
    ----------
    layout : (n, 2) finite float.
    distance : wanted smallest distance, above 0, in units of the layout. None: 1.5 times the median distance to the
        nearest row, which opens crowded places and leaves the map as it is: of the links to the 15 strongest neighbours
        of 4,773 paintings 47 % were among the 15 nearest before and after. Where most rows fall together that is
        nothing (less than a twentieth of 1 / √n of half the extent, which is about an even spread); then it is half of
        1 / √n of half the extent.
    n_iter : at least 1.
    """
    xy = _positions(layout, len(layout), "layout")
    n = len(xy)
    if distance is not None and not (np.isfinite(distance) and distance > 0):
        raise InputError(f"distance is {distance!r}; expected a number above 0.")
    if n_iter < 1:
        raise InputError(f"n_iter is {n_iter}; expected at least 1.")
    if n < 2:
        return _unit(xy)
    even = float(np.ptp(xy, axis=0).max() / 2 or 2.0) / np.sqrt(n)
    typical = float(np.median(cKDTree(xy).query(xy, 2)[0][:, 1]))
    wanted = distance or (1.5 * typical if typical > 0.05 * even else 0.5 * even)
    # rows in one place have no line between them: each starts in a direction of its own
    turn = _GOLDEN * np.arange(n)
    xy = xy + 1e-3 * wanted * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(n_iter):
        pairs = cKDTree(xy).query_pairs(wanted * (1 - 1e-3), output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        line = xy[pairs[:, 0]] - xy[pairs[:, 1]]
        length = np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-12 * wanted)
        push = line / length * (wanted - length) / 2
        move = np.zeros_like(xy)
        np.add.at(move, pairs[:, 0], push)
        np.add.at(move, pairs[:, 1], -push)
        xy = xy + move
    return _unit(xy)


def _positions(values: np.ndarray, n: int, name: str) -> np.ndarray:
    xy = np.asarray(values, dtype=np.float64)
    if xy.shape != (n, 2) and not (n == 0 and xy.size == 0):
        raise InputError(f"{name} has shape {xy.shape}; expected two coordinates for each of {n} paintings, ({n}, 2).")
    if not np.isfinite(xy).all():
        raise InputError(f"{name} holds NaN or infinity in row {int((~np.isfinite(xy)).any(axis=1).argmax())}.")
    return xy.reshape(n, 2)


def _unit(xy: np.ndarray) -> np.ndarray:
    """Centre on 0 and scale the larger extent to -1 ... 1."""
    if not len(xy):
        return np.zeros((0, 2), dtype=np.float32)
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = (high - low).max() / 2
    return ((xy - (low + high) / 2) / (half if half > 0 else 1.0)).astype(np.float32)


def _components(matrix: sp.csr_array, linked: np.ndarray) -> list[np.ndarray]:
    """Rows of each component with links, the largest first, then by the first row."""
    _, component = connected_components(matrix, directed=False)
    order = np.argsort(component, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(component[order])) + 1) if order.size else []
    pieces = [rows for rows in pieces if linked[rows[0]]]
    return sorted(pieces, key=lambda rows: (-rows.size, rows[0]))


def _component(matrix: sp.csr_array, start: np.ndarray | None, jitter: np.ndarray, n_iter: int) -> np.ndarray:
    """Lay out one component, centred on 0, with a typical distance of 1 to the nearest row."""
    n = matrix.shape[0]
    spectral = start is None
    start = smooth_coordinates(matrix, 2) if spectral else start - start.mean(axis=0)
    if n <= _FEW:
        order = np.argsort(np.arctan2(start[:, 1], start[:, 0]), kind="stable")
        polygon = np.empty((n, 2))
        polygon[order] = _circle(n) / (2 * np.sin(np.pi / n))  # in the order of their angles
        return polygon
    start = start / max(float(start.std()), 1e-300)
    if spectral:
        # they can be a spike of a few rows and a point of all others: ranks open that up
        ranks = np.argsort(np.argsort(start + 1e-9 * jitter, axis=0, kind="stable"), axis=0, kind="stable") / n
        start = start + 2 * ranks
    start = start + 1e-3 * jitter
    embedding = TSNEEmbedding(
        (1e-4 if spectral else 10) * start / start.std(axis=0).max(),  # small: free to unfold; large: stays as it was
        PrecomputedAffinities(matrix.astype(np.float64) / matrix.sum(), normalize=True),
        negative_gradient_method="bh" if n < _FFT_FROM else "fft",
        n_jobs=1,  # several threads sum in another order each time
        random_state=0,
    )
    if spectral:
        embedding = embedding.optimize(n_iter=max(1, n_iter // 4), exaggeration=12, momentum=0.5)
    # opened before components are packed: afterwards rows of one would be pushed among those of another; and where all
    # rows are linked alike, t-SNE has them in one place
    xy = spread(embedding.optimize(n_iter=max(1, n_iter - n_iter // 4), momentum=0.8))
    nearest = cKDTree(xy).query(xy, 2)[0][:, 1]
    xy = xy / max(float(np.median(nearest)), 1e-12)
    return xy - (xy.min(axis=0) + xy.max(axis=0)) / 2


def _pack(shapes: list[np.ndarray]) -> np.ndarray:
    """Give each shape a centre (number of shapes, 2), so that their discs stay apart."""
    radii = np.array([float(np.linalg.norm(shape, axis=1).max()) + _GAP / 2 for shape in shapes])
    rays = _circle(72)
    centres = np.zeros((len(shapes), 2))
    for j in range(1, len(shapes)):
        # along each ray, the distance from which on the disc clears all discs before it; then the closest ray
        along = rays @ centres[:j].T
        room = np.square(radii[j] + radii[:j]) - (np.square(centres[:j]).sum(axis=1) - np.square(along))
        clear = np.where(room > 0, along + np.sqrt(np.maximum(room, 0)), 0.0).max(axis=1)
        ray = int(np.round(clear, 9).argmin())
        centres[j] = clear[ray] * rays[ray]
    return centres


def _rings(count: int, inner: float) -> np.ndarray:
    """Positions on rings one unit apart around a disc."""
    rings, radius = [np.zeros((0, 2))], inner + _GAP / 2
    while count:
        here = min(count, max(1, int(2 * np.pi * radius)))
        rings.append(radius * _circle(here))
        count, radius = count - here, radius + 1.0
    return np.concatenate(rings)


def _circle(n: int) -> np.ndarray:
    angle = 2 * np.pi * np.arange(n) / n
    return np.column_stack([np.cos(angle), np.sin(angle)])


_REGION = 8.0  # around the middlemost neighbour, in typical distances to the nearest row
_STRONGEST = 64  # neighbours that count for the place of a new row
_TRIES = 2048  # places on the spiral; the last is 11 typical distances away


def place_on_map(layout: np.ndarray, adjacency: sp.sparray) -> np.ndarray:
    """Give new rows a place on a map near the rows that they are linked to; return (n, 2), in the map's own dtype.

    Rows that have a place keep it to the last bit. A new row stands at the weighted mean of its neighbours around the
    middlemost of them (the weighted medoid): where neighbours lie in two regions it goes to one, not between them.
    From there it moves along a spiral to the first place that is half the typical distance to the nearest row away from
    all others. Rows that are linked to new ones alone follow in rounds, in each the most strongly linked first. What no
    link joins to the map stands at the emptiest places of the border of -1 ... 1.

    Parameters
    ----------
    layout : (n, 2) float; NaN where a row is new. Where all are new, the map is made by :func:`graph_layout`.
    adjacency : (n, n) sparse; symmetric, weights at least 0, diagonal 0.

    Examples
    --------
    >>> links = sp.csr_array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    >>> place_on_map(np.array([[-1.0, 0.0], [1.0, 0.0], [np.nan, np.nan]]), links).tolist()
    [[-1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
    """
    matrix = check_adjacency(adjacency)
    result = np.array(layout, dtype=np.result_type(np.asarray(layout).dtype, np.float32))
    new = np.isnan(result).any(axis=1) if result.ndim == 2 else np.zeros(len(result), dtype=bool)
    xy = np.where(new[:, None], 0.0, result) if result.ndim == 2 else result
    xy = _positions(xy, matrix.shape[0], "layout")
    if new.all():
        return graph_layout(matrix).astype(result.dtype)
    crowd, placed = _Crowd(xy[~new]), ~new
    waiting = np.flatnonzero(new)
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    while waiting.size:
        known = matrix[waiting] @ placed.astype(float)
        ready = waiting[known > 0]
        if ready.size:
            ready = ready[np.argsort(-known[known > 0], kind="stable")]
            targets = [_amid(matrix, row, xy, placed, reach=_REGION * crowd.typical) for row in ready]
        else:  # rows with links first: what is linked to them follows
            ready = waiting[[int(np.argmax(strength[waiting]))]] if strength[waiting].any() else waiting
            targets = [None] * len(ready)
        for row, target in zip(ready, targets, strict=True):
            xy[row] = crowd.add(crowd.border() if target is None else target)
        placed[ready] = True
        waiting = waiting[~placed[waiting]]
    result[new] = xy[new]
    return result


def _amid(matrix: sp.csr_array, row: int, xy: np.ndarray, placed: np.ndarray, *, reach: float) -> np.ndarray:
    """Return the mean of a row's strongest neighbours around the middlemost of them, weighted by links."""
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    there = np.flatnonzero(placed[matrix.indices[part]])
    there = there[np.argsort(-matrix.data[part][there], kind="stable")[:_STRONGEST]]
    points, weights = xy[matrix.indices[part][there]], matrix.data[part][there]
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    middle = int(np.lexsort((-weights, np.round(apart @ weights / weights.sum(), 9)))[0])
    near = apart[middle] <= reach
    return np.average(points[near], axis=0, weights=weights[near])


class _Crowd:
    """Positions that are taken, and where there is room."""

    def __init__(self, xy: np.ndarray) -> None:
        self.old, self.new, self.recent = cKDTree(xy), None, []
        self.low, self.high = np.minimum(xy.min(axis=0), -1), np.maximum(xy.max(axis=0), 1)
        even = float((self.high - self.low).max() / 2) / np.sqrt(len(xy))
        typical = float(np.median(self.old.query(xy, 2)[0][:, 1])) if len(xy) > 1 else 0.0
        self.typical = typical if typical > 0.05 * even else 0.5 * even
        turn = _GOLDEN * np.arange(_TRIES)
        self.spiral = np.sqrt(np.arange(_TRIES))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        self.rim = self.room = None
        self.points: list[np.ndarray] = []

    def distance(self, xy: np.ndarray) -> np.ndarray:
        """Distance of each position to the nearest that is taken."""
        found = self.old.query(xy)[0]
        if self.new is not None:
            found = np.minimum(found, self.new.query(xy)[0])
        if self.recent:
            found = np.minimum(found, np.linalg.norm(xy[:, None] - np.array(self.recent)[None], axis=2).min(axis=1))
        return found

    def add(self, target: np.ndarray) -> np.ndarray:
        """Take the first free place on the spiral around a position."""
        target, wanted = np.clip(target, self.low, self.high), 0.5 * self.typical
        for stop in (1, 64, _TRIES):
            places = target + 0.25 * self.typical * self.spiral[:stop]
            places = places[((places >= self.low) & (places <= self.high)).all(axis=1)]
            room = self.distance(places)
            if room.max() >= wanted:
                break
        while room.max() < wanted:  # so full that rows must stand closer
            wanted *= 0.7
        spot = places[int(np.argmax(room >= wanted))]
        self.points.append(spot)
        self.recent.append(spot)
        if len(self.recent) >= 64:
            self.new, self.recent = cKDTree(np.array(self.points)), []
        if self.rim is not None:
            self.room = np.minimum(self.room, np.linalg.norm(self.rim - spot, axis=1))
        return spot

    def border(self) -> np.ndarray:
        """Return the place of the border that is farthest from all that are taken."""
        if self.rim is None:
            side = np.linspace(0, 1, 257)[:-1]
            ends = ((0, 0, 1, 0), (1, 0, 0, 1), (1, 1, -1, 0), (0, 1, 0, -1))
            unit = np.concatenate([np.column_stack([x + dx * side, y + dy * side]) for x, y, dx, dy in ends])
            self.rim = self.low + unit * (self.high - self.low)
            self.room = self.distance(self.rim)
        return self.rim[int(np.round(self.room, 9).argmax())]
