"""Values of a corpus in the form in which the page gets them: text, short lists, and nothing that JSON cannot hold."""

from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from artgraph.errors import InputError

__all__ = ["checked_neighbors", "pack", "packed_neighbors", "packed_windows", "relative_address", "text"]


def text(value):
    """Write one value of a table as text: 3.0 as "3", what is missing or empty as None (str or None)."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)  # a column of whole numbers with a gap in it
    return str(value) or None


def pack(values):
    """Write a column of few different values as those values and numbers.

    Parameters
    ----------
    values : list of str or None

    Returns
    -------
    list or dict
        The values themselves where most differ; else ``values`` (each once) and ``codes`` (which one, for each row).

    Examples
    --------
    >>> pack(["a", "b", "a", "a"])
    {'values': ['a', 'b'], 'codes': [0, 1, 0, 0]}
    """
    different = list(dict.fromkeys(values))
    if len(different) * 2 > len(values):
        return values
    code = {v: k for k, v in enumerate(different)}
    return {"values": different, "codes": [code[v] for v in values]}


def packed_neighbors(indices, similarity):
    """Write lists of neighbours one after the other, the similarity in thousandths.

    Parameters
    ----------
    indices, similarity : arrays, shape (n, m)
        As from ``checked_neighbors``.

    Returns
    -------
    dict
        ``width`` (m), ``rows`` and ``similarity`` (lists of n · m; None for what is not finite).

    Examples
    --------
    >>> packed_neighbors(np.array([[1, -1]]), np.array([[0.5, np.nan]]))
    {'width': 2, 'rows': [1, -1], 'similarity': [500, None]}
    """
    near = [round(1000 * v) if np.isfinite(v) else None for v in similarity.ravel().tolist()]
    return {"width": indices.shape[1], "rows": indices.ravel().tolist(), "similarity": near}


def checked_neighbors(neighbors, n):
    """Check lists of neighbours.

    Parameters
    ----------
    neighbors : tuple of two arrays (n, m), or None
        Rows, and their similarity.
    n : int

    Returns
    -------
    indices, similarity : arrays (n, m), int64 and float64, or (None, None)
        Negative rows are -1.

    Raises
    ------
    InputError
        Other shapes, or rows that are not there.
    """
    if neighbors is None:
        return None, None
    indices, similarity = (np.asarray(a) for a in neighbors)
    if indices.ndim != 2 or indices.shape != similarity.shape or len(indices) != n:
        raise InputError(
            f"neighbors have shapes {indices.shape}, {similarity.shape}, expected twice ({n}, m): indices, similarity."
        )
    if indices.size and indices.max() >= n:
        raise InputError(f"neighbors name row {indices.max()}, the last painting is row {n - 1}.")
    return np.maximum(indices.astype(np.int64), -1), similarity.astype(float)


def packed_windows(windows, n):
    """Gather the windows of each painting.

    Parameters
    ----------
    windows : dict of arrays (w,)
        ``painting``, ``x``, ``y``, ``scale``.
    n : int

    Returns
    -------
    list of list of [x, y, side], length n
        In thousandths of the picture's short side.

    Raises
    ------
    InputError
        A painting that is not there.
    """
    painting = np.asarray(windows["painting"], dtype=np.int64)
    if painting.size and (painting.min() < 0 or painting.max() >= n):
        raise InputError(f"A window lies on painting {painting.max()}, the last is row {n - 1}.")
    boxes = np.column_stack([np.asarray(windows[axis], dtype=float) for axis in ("x", "y", "scale")])
    found = [[] for _ in range(n)]
    for i, box in zip(painting.tolist(), np.round(1000 * boxes).astype(int).tolist(), strict=True):
        found[i].append(box)
    return found


def relative_address(url, row):
    """Check that the address of an original lies beside the atlas.

    Parameters
    ----------
    url : str or None
    row : int
        For the message.

    Returns
    -------
    str or None

    Raises
    ------
    InputError
        An address with a scheme, a host, or from the root.
    """
    if url is None:
        return None
    url = str(url)
    try:
        parts = urlsplit(url)
        elsewhere = bool(parts.scheme or parts.netloc)
    except ValueError:
        elsewhere = True
    if elsewhere or url.startswith(("/", "\\")):
        raise InputError(f"The source of row {row} is {url!r}: expected an address relative to the atlas, or None.")
    return url
