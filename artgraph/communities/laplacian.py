"""Spectral clustering: k-means on the smoothest functions over the graph."""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh
from sklearn.cluster import KMeans

from artgraph.checks import check_adjacency, check_at_least_one, check_n_clusters, check_seed
from artgraph.communities.labels import relabel_by_size
from artgraph.errors import InputError

__all__ = ["eigengap", "smooth_coordinates", "spectral"]

_DENSE = 256  # below this many rows LAPACK is quicker than ARPACK, and never fails to converge


def spectral(
    adjacency: sp.sparray, n_clusters: int | None = None, *, seed: int = 0, max_clusters: int = 30
) -> np.ndarray:
    """Cluster the rows of a graph by the eigenvectors of its normalised Laplacian: (n,) int32, -1 without links.

    The eigenvectors of the n_clusters smallest eigenvalues of L = I - D^-1/2 A D^-1/2, divided by D^1/2, are the
    coordinates; k-means groups them. A graph in several components has the eigenvalues of all its components together.
    Each component is clustered alone, into as many clusters as it has eigenvalues among the n_clusters smallest, so
    clusters never mix components, and there are never fewer clusters than components with links.

    Shi & Malik (2000), doi:10.1109/34.868688; von Luxburg, "A tutorial on spectral clustering" (2007),
    doi:10.1007/s11222-007-9033-z. Embedding and k-means are those of scikit-learn's ``SpectralClustering`` with a
    precomputed affinity, with two differences: components are clustered apart (scikit-learn warns and mixes them), and
    the largest eigenvalues of D^-1/2 A D^-1/2 are taken without inverting a matrix, which on 5,000 paintings takes 0.1
    s in place of 6 to 9 s.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    n_clusters : 1 ... number of rows with links; None: as :func:`eigengap` proposes.
    seed : for the start of k-means (best of 10).
    max_clusters : largest number that may be proposed, at least 1.
    """
    matrix = check_adjacency(adjacency)
    n = matrix.shape[0]
    seed = check_seed(seed)
    linked = np.flatnonzero(np.diff(matrix.indptr))
    if n_clusters is not None:
        check_n_clusters(n_clusters, n)
        if n_clusters > linked.size:
            raise InputError(f"n_clusters is {n_clusters}; only {linked.size} of {n} paintings have links.")
    labels = np.full(n, -1, dtype=np.int32)
    if not linked.size:
        return labels
    wanted = max_clusters + 1 if n_clusters is None else n_clusters
    spectra = _spectra(matrix[linked][:, linked], wanted, seed)
    if n_clusters is None:
        n_clusters = _largest_gap(_pool(spectra)[0], len(spectra), max_clusters)
    n_clusters = max(n_clusters, len(spectra))
    share = np.bincount(_pool(spectra)[1][:n_clusters], minlength=len(spectra))
    used = 0
    for (rows, _, vectors), k in zip(spectra, share, strict=True):
        found = 0
        if k > 1:
            found = KMeans(k, n_init=10, random_state=seed).fit_predict(vectors[:, :k])
        labels[linked[rows]] = used + found
        used += k
    return relabel_by_size(labels)


def eigengap(adjacency: sp.sparray, max_clusters: int = 30, *, seed: int = 0) -> tuple[np.ndarray, int]:
    """Propose a number of clusters from the largest gap between eigenvalues (von Luxburg 2007, section 8.3).

    n_clusters is the k that maximises lambda_(k+1) - lambda_k, for k from 2 (or the number of components with links,
    where that is more) to max_clusters; the smallest such k on ties. One cluster is never proposed for a graph that has
    more than two linked rows. Returns the min(max_clusters + 1, rows with links) smallest eigenvalues of the normalised
    Laplacian without the rows that have no links, ascending float64 in 0 ... 2, and n_clusters, 0 for a graph without
    links.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    max_clusters : at least 1.
    seed : for the start vector of the eigenvalue solver; the eigenvalues do not depend on it.
    """
    matrix = check_adjacency(adjacency)
    check_at_least_one("max_clusters", max_clusters)
    linked = np.flatnonzero(np.diff(matrix.indptr))
    if not linked.size:
        return np.zeros(0), 0
    spectra = _spectra(matrix[linked][:, linked], max_clusters + 1, check_seed(seed))
    values = _pool(spectra)[0]
    return values[: max_clusters + 1], _largest_gap(values, len(spectra), max_clusters)


def smooth_coordinates(adjacency: sp.csr_array, count: int) -> np.ndarray:
    """Return the coordinates in which a connected graph varies least, (n, count) float64.

    These are the eigenvectors 2 ... count + 1 of :func:`spectral` for a checked ``adjacency`` (n, n), the largest entry
    of each positive; zeros where the graph has too few rows.
    """
    vectors = _spectrum(adjacency, count + 1, 0)[1][:, 1:]
    return np.pad(vectors, ((0, 0), (0, count - vectors.shape[1])))


def _largest_gap(values: np.ndarray, n_components: int, max_clusters: int) -> int:
    first = max(2, n_components)
    if first >= values.size or first > max_clusters:
        return n_components
    gaps = np.diff(values[: max_clusters + 1])[first - 1 :]
    # rounding must not decide between equal gaps
    return first + int(np.flatnonzero(gaps >= gaps.max() - 1e-10)[0])


def _pool(spectra: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """All eigenvalues in ascending order, and the component that each belongs to; one zero of each comes first."""
    values = np.concatenate([values for _, values, _ in spectra])
    owner = np.repeat(np.arange(len(spectra)), [values.size for _, values, _ in spectra])
    order = np.argsort(np.round(values, 10), kind="stable")
    return values[order], owner[order]


def _spectra(matrix: sp.csr_array, count: int, seed: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For each component its rows, its smallest eigenvalues (at most count) and their scaled eigenvectors."""
    n_components, component = connected_components(matrix, directed=False)
    order = np.argsort(component, kind="stable")
    pieces = np.split(order, np.cumsum(np.bincount(component, minlength=n_components))[:-1])
    return [(rows, *_spectrum(matrix[rows][:, rows], count, seed)) for rows in pieces]


def _spectrum(matrix: sp.csr_array, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    n = matrix.shape[0]
    root = np.sqrt(np.asarray(matrix.sum(axis=1)).ravel())
    scale = sp.diags_array(1 / root)
    smooth = scale @ matrix @ scale
    if n <= _DENSE or count >= n // 2:
        values, vectors = np.linalg.eigh(smooth.toarray())
    else:
        start = np.random.default_rng(seed).uniform(-1, 1, n)
        try:
            values, vectors = eigsh(smooth, k=count, which="LA", v0=start, ncv=min(n, max(2 * count + 1, 40)))
        except ArpackNoConvergence:
            # many components that hang together by a thread: nearly equal eigenvalues need the inverse
            values, vectors = eigsh(sp.csc_array(smooth), k=count, sigma=1.0 + 1e-3, which="LM", v0=start)
    descending = np.argsort(-values, kind="stable")[:count]
    values, vectors = 1.0 - values[descending], vectors[:, descending] / root[:, None]
    values[0] = 0.0  # exact by theory: the component is connected
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(values.size)]
    return np.clip(values, 0.0, 2.0), vectors * np.where(largest < 0, -1.0, 1.0)
