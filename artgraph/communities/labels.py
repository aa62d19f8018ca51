"""The conventions that every partition follows: 0 is the largest cluster, -1 is none."""

import numpy as np

from artgraph.errors import InputError

__all__ = ["check_labels", "relabel_by_size"]


def check_labels(labels, n: int | None = None) -> np.ndarray:
    """Return labels as whole numbers, or say what is wrong with them.

    Parameters
    ----------
    labels : array-like, shape (n,), integer
        Cluster of each row; any negative number means none.
    n : int, optional
        Expected number of rows.

    Returns
    -------
    ndarray, shape (n,), int64
        A copy, with every negative number as -1.

    Raises
    ------
    InputError
        Not one-dimensional, not whole numbers, or not n rows.
    """
    array = np.asarray(labels)
    if array.ndim != 1:
        raise InputError(f"labels have shape {array.shape}; expected one number for each painting, (n,).")
    if array.size and array.dtype.kind not in "iu":
        raise InputError(f"labels have dtype {array.dtype}; expected whole numbers (-1 for none).")
    if n is not None and array.size != n:
        raise InputError(
            f"labels have {array.size} rows, the other input has {n}; expected the same paintings in both."
        )
    return np.maximum(array.astype(np.int64), -1)


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
