"""The nearest neighbours of every painting."""

from collections.abc import Sequence
from typing import NamedTuple

import faiss
import numpy as np
from faiss.contrib.ivf_tools import add_preassigned, search_preassigned

from artgraph.errors import InputError
from artgraph.graph.duplicates import row_keys
from artgraph.graph.ranking import KINDS, METRICS, checked_rows, coordinates, distinct, groups_of, other_groups, ranked

__all__ = ["EXACT_UP_TO", "METRICS", "Neighbors", "knn"]

EXACT_UP_TO = 10_000  # rows; up to here exact search takes a second or two
SAMPLE = 256  # rows on which the recall of an approximate search is measured
MOST_OWN = 64  # candidates of the same group that are skipped before a row is searched again
PROBES = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096)


class Neighbors(NamedTuple):
    """The result of a neighbour search.

    Attributes
    ----------
    indices : (n, n_neighbors) int32; row numbers, nearest first; -1 where there is no further neighbour.
    distances : (n, n_neighbors) float32; cosine, in [0, 2], or Euclidean; inf where there is no further neighbour.
    duplicate_of : (n,) int32; the first row that shows the same work; -1 where the row is that first one.
    recall : Share of the true neighbours that were found, measured on a sample; 1.0 for an exact search.
    """

    indices: np.ndarray
    distances: np.ndarray
    duplicate_of: np.ndarray
    recall: float


def knn(
    X: np.ndarray,
    *,
    n_neighbors: int = 15,
    metric: str = "cosine",
    duplicate_ids: Sequence | None = None,
    exclude_same: Sequence | None = None,
    recall: float = 0.95,
    exact: bool | None = None,
    seed: int = 0,
) -> Neighbors:
    """Find the nearest other works of every row.

    Up to ``EXACT_UP_TO`` works the search is exact. Beyond, works are sorted into cells around 1.5 √n centres, and each
    is compared with those in the nearest few cells (inverted file); on 256 works the result is compared with an exact
    search, and more cells are visited until the wanted recall is reached. These are FAISS's flat and IVF-flat indices
    (Johnson, Douze and Jégou 2017, arXiv 1702.08734). Distances are computed again from the differences, row by row:
    those of FAISS depend, in their last bits, on the number of threads, and are inexact for rows that nearly agree.

    Lists are of distinct paintings: duplicates (rows that are equal, or of the same ``duplicate_ids``) are no
    neighbours of each other; the first of them stands for all, and each has its list. A row is never its own
    neighbour; equal distances are ordered by row. The same rows in another order give the same lists, and the
    same seed the same bytes.

    Parameters
    ----------
    X : (n, d) float array, finite.
    n_neighbors : at least 1; where there are fewer works, the lists are filled up with -1.
    metric : {"cosine", "euclidean"}; under cosine a row of zeros has no neighbours and is nobody's neighbour.
    duplicate_ids : length n; rows with the same value show the same painting, as in ``duplicates``.
    exclude_same : length n; rows with the same value are no neighbours: given artists, neighbours are by other artists.
        Rows without a value may be neighbours of any row; a duplicate takes the value of the first of its rows.
    recall : in (0, 1], wanted share of true neighbours where the search is approximate.
    exact : by default, by the number of works.
    seed : of the cells and of the sample.

    Examples
    --------
    >>> knn(np.array([[0.0], [1.0], [3.0], [3.0]]), n_neighbors=2, metric="euclidean").indices
    array([[1, 2],
           [0, 2],
           [1, 0],
           [1, 0]], dtype=int32)
    >>> X, artists = np.array([[0.0], [1.0], [3.0]]), ["Anna", "Anna", "Berta"]
    >>> knn(X, n_neighbors=2, metric="euclidean", exclude_same=artists).indices
    array([[ 2, -1],
           [ 2, -1],
           [ 1,  0]], dtype=int32)
    """
    X = checked_rows(X, n_neighbors, metric=metric)
    if not 0 < recall <= 1:
        raise InputError(f"recall must be above 0 and at most 1; got {recall}")
    n = len(X)
    groups = groups_of(exclude_same, n)
    duplicate_of, rows = distinct(X, duplicate_ids, metric=metric)
    rows = rows[np.argsort(row_keys(X[rows]), kind="stable")]  # by content, so that the order given does not matter
    U = coordinates(X[rows], metric=metric)
    indices = np.full((n, n_neighbors), -1, dtype=np.int32)
    distances = np.full((n, n_neighbors), np.inf, dtype=np.float32)
    reached = 1.0
    if len(U) > 1:
        exact = len(U) <= EXACT_UP_TO if exact is None else exact
        # A few more than asked for: the row itself is among them, and ties at the end are to be broken by row.
        width = n_neighbors + (8 if exact else 1)
        wide = width if groups is None else width + MOST_OWN
        if exact:
            flat = faiss.IndexFlat(U.shape[1], KINDS[metric])
            flat.add(U)
            found = flat.search(U, min(wide, len(U)))[1]
        else:
            order, found, reached = _approximate(U, wide, metric=metric, recall=recall, seed=seed)
            U, rows = U[order], rows[order]
        if groups is not None:
            found = other_groups(U, groups[rows], found, width=width, metric=metric)
        near, distance = ranked(U, rows, found, metric=metric, n_neighbors=n_neighbors)
        indices[rows, : near.shape[1]] = near
        distances[rows, : near.shape[1]] = distance
        copies = np.flatnonzero(duplicate_of >= 0)
        indices[copies], distances[copies] = indices[duplicate_of[copies]], distances[duplicate_of[copies]]
    return Neighbors(indices, distances, duplicate_of, reached)


def _approximate(
    U: np.ndarray, k: int, *, metric: str, recall: float, seed: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return an order of the rows, the k nearest of each in that order (itself among them, -1 for none), the recall."""
    (n, d), kind = U.shape, KINDS[metric]
    n_cells = min(round(1.5 * n**0.5), n)
    quantizer = faiss.IndexFlat(d, kind)
    index = faiss.IndexIVFFlat(quantizer, d, n_cells, kind)
    index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = 4, 24, 1
    index.cp.seed = seed + 1
    index.train(U)
    closeness, cells = quantizer.search(U, min(PROBES[4], n_cells))
    order = np.argsort(cells[:, 0], kind="stable")  # a cell stays in the cache while its rows are compared with it
    U, cells, closeness = U[order], cells[order], closeness[order]
    add_preassigned(index, U, np.ascontiguousarray(cells[:, 0]))
    k = min(k, n)
    sample = np.sort(np.random.default_rng(seed).choice(n, min(SAMPLE, n), replace=False))
    truth = faiss.knn(U[sample], U, k, metric=kind)[1]
    for probes in (*(p for p in PROBES if p < n_cells), n_cells):
        if probes > cells.shape[1]:
            closeness, cells = quantizer.search(U, min(4 * probes, n_cells))
        index.nprobe = probes
        tried = _visit(index, U[sample], k, cells[sample], closeness[sample])
        hits = (truth[:, :, None] == tried[:, None, :]).any(axis=2) & (truth != sample[:, None])
        reached = float(hits.sum() / (truth != sample[:, None]).sum())
        if reached >= min(recall + 0.01, 1):  # the sample errs by about 0.005
            break
    return order, _visit(index, U, k, cells, closeness), round(reached, 4)


def _visit(index: faiss.IndexIVFFlat, U: np.ndarray, k: int, cells: np.ndarray, closeness: np.ndarray) -> np.ndarray:
    cells, closeness = (np.ascontiguousarray(part[:, : index.nprobe]) for part in (cells, closeness))
    return search_preassigned(index, U, k, cells, closeness)[1]
