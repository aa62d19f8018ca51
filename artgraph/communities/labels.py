"""The conventions that every partition follows: 0 is the largest cluster, -1 is none."""

import numpy as np

from artgraph.checks import check_labels

__all__ = ["relabel_by_size"]


def relabel_by_size(labels) -> np.ndarray:
    """Renumber clusters so that 0 is the largest.

    Clusters of one size stand in the order of their first rows. Rows without a cluster (negative) get -1.

    Parameters
    ----------
    labels : array-like, shape (n,), integer

    Returns
    -------
    ndarray, shape (n,), int32
        -1, or 0 ... n_clusters - 1.

    Raises
    ------
    InputError
        As :func:`check_labels`.

    Examples
    --------
    >>> relabel_by_size([7, 7, -5, 3, 3, 3, 9, 9]).tolist()
    [1, 1, -1, 0, 0, 0, 2, 2]
    """
    array = check_labels(labels)
    result = np.full(array.size, -1, dtype=np.int32)
    member = array >= 0
    if member.any():
        _, first, inverse, counts = np.unique(array[member], return_index=True, return_inverse=True, return_counts=True)
        rank = np.empty(counts.size, dtype=np.int32)
        rank[np.lexsort((first, -counts))] = np.arange(counts.size, dtype=np.int32)
        result[member] = rank[inverse]
    return result
