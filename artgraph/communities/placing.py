"""New rows are put into the clusters that are there: nothing that was placed moves, and no number changes."""

import igraph
import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph.checks import check_adjacency, check_choice, check_features, check_labels, check_resolution, check_seed
from artgraph.communities.igraph_bridge import to_igraph
from artgraph.communities.labels import one_hot
from artgraph.communities.membership import Membership, assign_roles, feature_membership
from artgraph.communities.methods import QUALITIES
from artgraph.errors import InputError

__all__ = ["place", "place_by_features", "placed_membership"]


def place(
    adjacency: sp.sparray,
    labels: ArrayLike,
    *,
    resolution: float = 1.0,
    quality: str = "modularity",
    seed: int = 0,
) -> np.ndarray:
    """Put rows without a cluster into the clusters that are there, by Leiden's local moving with the others held.

    Every free row starts in the cluster with most weight of its links, and moves to another one as long as the quality
    of the whole partition rises (Traag, Waltman and van Eck 2019, doi:10.1038/s41598-019-41695-z; leidenalg's
    ``move_nodes``). No cluster is founded. Returns (n,) int32: held rows as given; -1 for free rows from which no
    links, over other free rows either, lead to a held one.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0, diagonal 0.
    labels : (n,) int, at least 0 where a row is held, negative where it is free; numbers may have gaps.
    resolution, quality, seed : as for :func:`~artgraph.communities.leiden_multiplex`.

    Raises
    ------
    InputError
        Where an argument is none of these.

    Examples
    --------
    Two triangles, 0 and 5, and a new row that has two links to the second and one to the first.

    >>> links = np.zeros((7, 7))
    >>> for i, j in [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (6, 0), (6, 3), (6, 4)]:
    ...     links[i, j] = links[j, i] = 1
    >>> place(sp.csr_array(links), [0, 0, 0, 5, 5, 5, -1]).tolist()
    [0, 0, 0, 5, 5, 5, 5]
    """
    import leidenalg

    matrix = check_adjacency(adjacency)
    given = check_labels(labels, matrix.shape[0])
    check_resolution(resolution)
    check_choice("quality function", quality, QUALITIES)
    check_seed(seed)
    start = _strongest(matrix, given)
    free = np.flatnonzero((given < 0) & (start >= 0))
    if not free.size:
        return start.astype(np.int32)
    kinds = {
        "modularity": leidenalg.RBConfigurationVertexPartition,
        "cpm": leidenalg.CPMVertexPartition,
        "rb-er": leidenalg.CPMVertexPartition,
        "surprise": leidenalg.SurpriseVertexPartition,
        "significance": leidenalg.SignificanceVertexPartition,
    }
    if quality == "rb-er":  # the constant Potts model at this density
        linked = np.count_nonzero(np.diff(matrix.indptr))
        resolution *= matrix.sum() / (linked * (linked - 1))
    if quality in ("surprise", "significance"):  # these count links, not only their weights
        node, settings = np.arange(len(start)), {}
        graph, weights = to_igraph(matrix)
    else:
        node, settings = _joined(given), {"resolution_parameter": resolution}
        graph, weights = _collapsed(matrix, node)
    if quality != "significance":
        settings["weights"] = weights
    if kinds[quality] is leidenalg.CPMVertexPartition:
        settings |= {"node_sizes": np.bincount(node).tolist(), "correct_self_loops": False}
    clusters = np.where(start >= 0, start, start.max() + 1 + np.arange(len(start)))  # those out of reach stay alone
    membership, held = np.zeros(graph.vcount(), dtype=np.int64), np.ones(graph.vcount(), dtype=bool)
    membership[node] = np.unique(clusters, return_inverse=True)[1]
    held[node[free]] = False
    partition = kinds[quality](graph, initial_membership=membership.tolist(), **settings)
    optimiser = leidenalg.Optimiser()
    optimiser.consider_empty_community = False
    optimiser.set_rng_seed(seed % 2**31)
    # one call visits the neighbours of what moved; modularity changes for others too
    while optimiser.move_nodes(partition, is_membership_fixed=held.tolist()) > 1e-9:
        pass
    found = np.asarray(partition.membership)[node]
    name = np.full(found.max() + 1, -1)
    name[found[given >= 0]] = given[given >= 0]
    start[free] = name[found[free]]
    return start.astype(np.int32)


def place_by_features(X: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Put rows without a cluster into the nearest of those that are there, by the score of ``feature_membership``.

    Returns (n,) int32: rows with a cluster as given, -1 where there is none at all.

    Parameters
    ----------
    X, labels : (n, d) float and (n,) int, negative where a row is to be placed.

    Examples
    --------
    >>> place_by_features([[0.0], [2.0], [9.0], [11.0], [7.0]], [0, 0, 3, 3, -1]).tolist()
    [0, 0, 3, 3, 3]
    """
    features = check_features(X)
    given = check_labels(labels, len(features))
    if not (given >= 0).any():
        return given.astype(np.int32)
    return np.where(given >= 0, given, feature_membership(features, given).argmax(axis=1)).astype(np.int32)


def placed_membership(
    raw: ArrayLike,
    labels: ArrayLike,
    *,
    earlier: Membership,
    earlier_raw: ArrayLike,
    earlier_labels: ArrayLike,
    origin: ArrayLike,
    power: float,
    mixture: float,
) -> Membership:
    """Give new rows a soft membership under the calibration of the earlier ones, which keep theirs to the last bit.

    ``calibrate`` raised a membership to a power and mixed it with what members of a cluster get on average. That
    average is not stored, but follows from every member; taken is the median of them, so that members whose links have
    changed since do not tell. A cluster without earlier members has the mean of its members' own memberships.

    Parameters
    ----------
    raw, labels : (n, k) float, of all rows now, by ``graph_membership`` or ``feature_membership``; (n,) int.
    earlier : of the m rows before; k columns, or as many as there were then.
    earlier_raw, earlier_labels : (m, k) float and (m,) int, from which ``earlier`` was calibrated.
    origin : (n,) int, the earlier number of every row, -1 for a new one. Rows that were there and have the same cluster
        keep what is stored.
    power, mixture : as ``calibrate`` returned them.

    Raises
    ------
    InputError
        Where shapes do not fit each other.
    """
    clusters, before = check_labels(labels), check_labels(earlier_labels, len(earlier.membership))
    origin = np.maximum(np.asarray(origin, dtype=np.int64), -1)
    if origin.shape != clusters.shape or origin.max(initial=-1) >= len(before):
        raise InputError(f"origin has shape {origin.shape}, its largest number is {origin.max(initial=-1)}; expected "
                         f"{clusters.shape} and less than {len(before)}")  # fmt: skip
    shares, stored, old = (np.asarray(part, dtype=np.float64) for part in (raw, earlier.membership, earlier_raw))
    if shares.ndim != 2 or len(shares) != len(clusters) or old.ndim != 2 or len(old) != len(before):
        raise InputError(
            f"memberships have shapes {shares.shape}, {old.shape}; expected {len(clusters)}, {len(before)} rows"
        )
    k = max(shares.shape[1], stored.shape[1], old.shape[1], int(clusters.max(initial=-1)) + 1)
    shares, stored, old = (np.pad(part, ((0, 0), (0, k - part.shape[1]))) for part in (shares, stored, old))
    sharp = _sharpened(shares, power)
    mixed = sharp.copy()
    moved = (clusters >= 0) & (sharp.sum(axis=1) > 0)
    if mixture > 0:
        typical = _typical(stored, _sharpened(old, power), before, mixture=mixture)
        for cluster in np.setdiff1d(clusters[moved], before[before >= 0]):
            typical[cluster] = sharp[moved & (clusters == cluster)].mean(axis=0)
        mixed[moved] += mixture * (typical[clusters[moved]] - sharp[moved])
    result = assign_roles(mixed, clusters)
    kept = np.flatnonzero((origin >= 0) & (np.append(before, -2)[origin] == clusters))
    result.membership[kept] = 0
    result.membership[kept, : earlier.membership.shape[1]] = earlier.membership[origin[kept]]
    for now, then in zip(result[1:], earlier[1:], strict=True):
        now[kept] = then[origin[kept]]
    return result


def _strongest(matrix: sp.csr_array, given: np.ndarray) -> np.ndarray:
    """Return labels in which free rows have the cluster with most weight, or -1: first those next to held ones."""
    labels = given.copy()
    waiting = np.flatnonzero((labels < 0) & (np.diff(matrix.indptr) > 0))
    while waiting.size and (labels >= 0).any():
        weight = matrix[waiting] @ one_hot(labels)
        reached = np.diff(weight.indptr) > 0
        if not reached.any():
            break
        weight = weight[np.flatnonzero(reached)].toarray()
        labels[waiting[reached]] = weight.argmax(axis=1)
        waiting = waiting[~reached]
    return labels


def _joined(given: np.ndarray) -> np.ndarray:
    """Number the nodes: one for all held rows of a cluster, one for each other row."""
    alone = given.max(initial=-1) + 1 + np.arange(len(given))
    return np.unique(np.where(given >= 0, given, alone), return_inverse=True)[1]


def _collapsed(matrix: sp.csr_array, node: np.ndarray) -> tuple[igraph.Graph, list[float]]:
    """Return the graph in which rows of one node are one, with their links to each other as a loop, and its weights."""
    member = one_hot(node)
    joined = sp.triu(member.T @ matrix @ member, format="coo")
    order = np.lexsort((joined.col, joined.row))
    first, second = joined.row[order], joined.col[order]
    weights = np.where(first == second, joined.data[order] / 2, joined.data[order])  # a loop stood there twice
    graph = igraph.Graph(n=joined.shape[0], edges=list(zip(first.tolist(), second.tolist(), strict=True)))
    return graph, weights.tolist()


def _sharpened(shares: np.ndarray, power: float) -> np.ndarray:
    raised = shares**power
    total = raised.sum(axis=1, keepdims=True)
    return np.divide(raised, total, out=np.zeros_like(raised), where=total > 0)


def _typical(stored: np.ndarray, sharp: np.ndarray, labels: np.ndarray, *, mixture: float) -> np.ndarray:
    """Return what the members of each cluster get on average, (k, k), from what calibration made of theirs."""
    typical = np.zeros((stored.shape[1],) * 2)
    used = (labels >= 0) & (sharp.sum(axis=1) > 0)
    for cluster in np.unique(labels[used]):
        rows = used & (labels == cluster)
        typical[cluster] = np.median(sharp[rows] + (stored[rows] - sharp[rows]) / mixture, axis=0)
    return _sharpened(np.maximum(typical, 0), 1)
