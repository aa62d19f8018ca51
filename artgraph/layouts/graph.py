"""The rows of a graph in the plane, linked rows near each other."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from openTSNE import TSNEEmbedding
from openTSNE.affinity import PrecomputedAffinities
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from artgraph.checks import check_adjacency, check_seed
from artgraph.communities.laplacian import smooth_coordinates
from artgraph.errors import InputError
from artgraph.layouts.coarse import coarser, interpolated
from artgraph.layouts.plane import checked_positions, spread, to_unit

__all__ = ["graph_layout"]

LARGE = 10_000  # rows of a component up to which t-SNE starts from scratch
COARSE, EXTENT = 10_000, 100.0  # groups that a larger one starts from; width of 50,000 rows at the start
_FFT_FROM = 2000  # rows from which interpolation is quicker than the Barnes-Hut tree
_FEW = 12  # components up to this size are drawn as regular polygons
_GAP = 4.0  # between components, in units of the typical distance to the nearest neighbour


def graph_layout(
    adjacency: sp.spmatrix, *, seed: int = 0, init: np.ndarray | None = None, n_iter: int = 400
) -> np.ndarray:
    """Place the rows of a graph in the plane, (n, 2) float32, so that linked rows are neighbours.

    Each component is laid out by t-SNE on the graph from its spectral coordinates, opened where rows would hide each
    other (:func:`spread`), and scaled so that the typical distance to the nearest row is the same everywhere;
    components of up to 12 rows are regular polygons. Components stand apart: the largest in the middle, the others
    around it by size, rows without links in a ring outside. The larger of the two extents is exactly -1 ... 1; a single
    row is at (0, 0).

    A component of more than 10,000 rows is laid out from coarse to fine: t-SNE of at most 10,000 groups of strongly
    linked rows, then every row amid its own and its neighbours' groups, then a third of the steps. On a neighbour graph
    of 50,000 works that took 20 s in place of 110 and kept 0.275 of the strongest links in place of 0.277.

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
    start = None if init is None else checked_positions(init, n, "init")
    jitter = rng.normal(size=(n, 2))
    result = np.zeros((n, 2))
    alone = np.diff(matrix.indptr) == 0
    pieces = _components(matrix, ~alone)
    shapes = [
        _component(part, None if start is None else start[rows], jitter[rows], n_iter)
        for rows, part in zip(pieces, _parts(matrix, pieces), strict=True)
    ]
    for rows, shape, centre in zip(pieces, shapes, _pack(shapes), strict=True):
        result[rows] = shape + centre
    placed = result[~alone]
    middle = (placed.min(axis=0) + placed.max(axis=0)) / 2 if len(placed) else np.zeros(2)
    outer = np.linalg.norm(placed - middle, axis=1).max(initial=0.0)
    result[alone] = middle + _rings(int(alone.sum()), outer)
    return to_unit(result)


def _components(matrix: sp.csr_array, linked: np.ndarray) -> list[np.ndarray]:
    """Rows of each component with links, the largest first, then by the first row."""
    _, component = connected_components(matrix, directed=False)
    order = np.argsort(component, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(component[order])) + 1) if order.size else []
    pieces = [rows for rows in pieces if linked[rows[0]]]
    return sorted(pieces, key=lambda rows: (-rows.size, rows[0]))


def _parts(matrix: sp.csr_array, pieces: list[np.ndarray]) -> Iterator[sp.csr_array]:
    """Cut the graph into its components: rows of one stand together, so that each costs no more than its size."""
    ordered = np.concatenate([*pieces, np.zeros(0, dtype=np.int64)])
    together, start = matrix[ordered][:, ordered], 0
    for rows in pieces:
        part = together[start : start + rows.size, start : start + rows.size]
        part.sort_indices()
        yield part
        start += rows.size


def _component(matrix: sp.csr_array, start: np.ndarray | None, jitter: np.ndarray, n_iter: int) -> np.ndarray:
    """Lay out one component, centred on 0, with a typical distance of 1 to the nearest row."""
    n = matrix.shape[0]
    if n <= _FEW:
        start = smooth_coordinates(matrix, 2) if start is None else start - start.mean(axis=0)
        order = np.argsort(np.arctan2(start[:, 1], start[:, 0]), kind="stable")
        polygon = np.empty((n, 2))
        polygon[order] = _circle(n) / (2 * np.sin(np.pi / n))  # in the order of their angles
        return polygon
    if n > LARGE and start is None:
        small, group = coarser(matrix, COARSE)
        coarse = _embedded(small, None, jitter[: small.shape[0]], n_iter // 2, exaggeration=4)
        start = interpolated(matrix, group, coarse)
        start = EXTENT * (n / 50_000) ** 0.25 * start / np.ptp(start, axis=0).max()
        xy = _optimized(matrix, start, (max(1, n_iter // 20), max(1, n_iter // 4)))
    else:
        xy = _embedded(matrix, start, jitter, n_iter)
    # opened before components are packed: afterwards rows of one would be pushed among those of another; and where all
    # rows are linked alike, t-SNE has them in one place
    xy = spread(xy, n_iter=100 if n <= LARGE else 10)
    nearest = cKDTree(xy).query(xy, 2)[0][:, 1]
    xy = xy / max(float(np.median(nearest)), 1e-12)
    return xy - (xy.min(axis=0) + xy.max(axis=0)) / 2


def _embedded(
    matrix: sp.csr_array,
    start: np.ndarray | None,
    jitter: np.ndarray,
    n_iter: int,
    *,
    exaggeration: float | None = None,
) -> np.ndarray:
    """Place connected rows by t-SNE, from spectral coordinates or from positions that are there."""
    n, spectral = matrix.shape[0], start is None
    start = smooth_coordinates(matrix, 2) if spectral else start - start.mean(axis=0)
    start = start / max(float(start.std()), 1e-300)
    if spectral:
        # they can be a spike of a few rows and a point of all others: ranks open that up
        ranks = np.argsort(np.argsort(start + 1e-9 * jitter, axis=0, kind="stable"), axis=0, kind="stable") / n
        start = start + 2 * ranks
    start = start + 1e-3 * jitter
    start = (1e-4 if spectral else 10) * start / start.std(axis=0).max()  # small: free to unfold; large: as it was
    steps = (max(1, n_iter // 4) if spectral else 0, max(1, n_iter - n_iter // 4))
    return _optimized(matrix, start, steps, exaggeration=exaggeration)


def _optimized(
    matrix: sp.csr_array, start: np.ndarray, steps: tuple[int, int], *, exaggeration: float | None = None
) -> np.ndarray:
    """Make steps of t-SNE from these positions: some that draw links together, then others."""
    embedding = TSNEEmbedding(
        start,
        PrecomputedAffinities(matrix.astype(np.float64) / matrix.sum(), normalize=True),
        negative_gradient_method="bh" if len(start) < _FFT_FROM else "fft",
        n_jobs=1,  # several threads sum in another order each time
        random_state=0,
    )
    if steps[0]:
        embedding = embedding.optimize(n_iter=steps[0], exaggeration=12, momentum=0.5)
    return np.asarray(embedding.optimize(n_iter=steps[1], exaggeration=exaggeration, momentum=0.8))


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
