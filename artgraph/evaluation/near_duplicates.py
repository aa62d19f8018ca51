"""Pictures that show the same work again: they must not stand on both sides of a comparison."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from artgraph.checks import unit_rows
from artgraph.errors import InputError

__all__ = ["near_duplicates", "separated_duplicates"]


def near_duplicates(
    hashes: Sequence[str | None],
    tiny: np.ndarray | None = None,
    *,
    max_distance: int = 8,
    min_correlation: float = 0.97,
) -> np.ndarray:
    """Find pairs of pictures that look the same, in other files, sizes or colours: (m, 2) int64, rows i < j, in order.

    Hashes that differ in few bits make a candidate; two tiny pictures that agree pixel by pixel confirm it. Hashes
    alone are not enough: among paintings, plain compositions share them by the dozen.

    Parameters
    ----------
    hashes : n difference hashes of 64 bits, hexadecimal, as ``ingest`` stores them; None for a picture without.
    tiny : (n, s, s, 3) uint8, as from :func:`~artgraph.evaluation.thumbnails.tiny_picture`; None: candidates are
        returned.
    max_distance : bits that may differ.
    min_correlation : of the lightness of the tiny pictures, pixel by pixel.

    Examples
    --------
    >>> near_duplicates(["b5f16221192b3555", "b5f16221192b3557", "3333232331997130"]).tolist()
    [[0, 1]]
    """
    known = np.array([not pd.isna(value) for value in hashes], dtype=bool)
    rows = np.flatnonzero(known)
    try:
        bits = np.frombuffer(bytes.fromhex("".join(str(hashes[row]) for row in rows)), dtype=np.uint8)
        bits = bits.reshape(len(rows), 8)
    except ValueError:
        raise InputError("a perceptual hash is 16 hexadecimal digits, such as 'b5f16221192b3555'") from None
    if len(rows) < 2:
        return np.empty((0, 2), dtype=np.int64)
    import faiss

    index = faiss.IndexBinaryFlat(64)
    index.add(bits)
    found = []
    for start in range(0, len(rows), 4096):
        limits, _, near = index.range_search(bits[start : start + 4096], max_distance + 1)
        here = start + np.repeat(np.arange(len(limits) - 1), np.diff(limits.astype(np.int64)))
        found.append(np.column_stack([rows[here], rows[near]])[near > here])
    pairs = np.concatenate(found)
    if tiny is not None:
        light = np.asarray(tiny, dtype=np.float32).reshape(len(known), -1, 3).mean(axis=2)
        light = unit_rows(light - light.mean(axis=1, keepdims=True), least=1e-6)
        pairs = pairs[np.einsum("ij,ij->i", light[pairs[:, 0]], light[pairs[:, 1]]) >= min_correlation]
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int64)


def separated_duplicates(pairs: np.ndarray, columns: Mapping[str, Sequence]) -> dict[str, int]:
    """Count the ``pairs`` (m, 2) that are in two clusters, or have two values of a column.

    A pair with a missing value (None, NaN, -1) in one of the ``columns``, such as clusters, reference values or splits,
    is not counted there.

    Examples
    --------
    >>> separated_duplicates(np.array([[0, 1], [1, 2]]), {"cluster": [0, 0, 1], "style": ["a", None, "b"]})
    {'pairs': 2, 'cluster': 1, 'style': 0}
    """
    pairs = np.asarray(pairs).reshape(-1, 2)
    counts = {"pairs": len(pairs)}
    for name, values in columns.items():
        values = pd.Series(list(values), dtype=object)
        missing = values.isna() | values.isin([-1, ""])
        left, right = values.to_numpy()[pairs[:, 0]], values.to_numpy()[pairs[:, 1]]
        known = ~(missing.to_numpy()[pairs[:, 0]] | missing.to_numpy()[pairs[:, 1]])
        counts[name] = int(sum(a != b for a, b in zip(left[known], right[known], strict=True)))
    return counts
