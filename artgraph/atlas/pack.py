"""Values in the form in which the page gets them: text, short lists, and nothing that JSON cannot hold."""

import hashlib
import math
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from artgraph.errors import InputError

__all__ = [
    "checked_neighbors", "few_values", "ids_stamp", "numbers", "pack", "packed_membership", "packed_neighbors",
    "packed_windows", "relative_address", "text", "unpacked", "year_number",
]  # fmt: skip

_KINDS = ("uint8", "int8", "uint16", "int16", "uint32", "int32")


def text(value: object) -> str | None:
    """Write one value of a table as text: 3.0 as "3", what is missing or empty as None."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)  # a column of whole numbers with a gap in it
    return str(value) or None


def year_number(year: float) -> int | float | None:
    """Write a year as a whole number where it is one; None where it is not known."""
    return None if not math.isfinite(year) else int(year) if float(year).is_integer() else float(year)


def pack(values: Sequence[str | None]) -> list | dict:
    """Write a column of few different ``values`` as these (each once) and ``codes`` (which one, for each row).

    >>> pack(["a", "b", "a", "a"])
    {'values': ['a', 'b'], 'codes': [0, 1, 0, 0]}
    """
    found = few_values(values)
    return list(values) if found is None else dict(zip(("values", "codes"), found, strict=True))


def few_values(values: Sequence[str | None]) -> tuple[list, list[int]] | None:
    """Return the different ``values`` and which of them each is; None where they are more than half as many."""
    code = {v: k for k, v in enumerate(dict.fromkeys(values))}
    return None if len(code) * 2 > len(values) else (list(code), [code[v] for v in values])


def numbers(values: Sequence | np.ndarray, *, packed: bool) -> list | dict:
    """Write ``values``, (m,) int or float with NaN for none, as a list, or ``packed`` as bytes that need no parsing.

    >>> numbers([1, 300], packed=True)
    {'type': 'Uint16Array', 'base64': 'AQAsAQ=='}
    """
    values = np.asarray(values)
    if not packed:
        return values.tolist() if values.dtype.kind in "iu" else [year_number(v) for v in values.tolist()]
    if values.dtype.kind == "f" and values.size:
        kind = "float32"
    else:
        low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
        kind = next(k for k in _KINDS if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    data = values.astype(np.dtype(kind).newbyteorder("<")).tobytes()
    return {"type": f"{kind.capitalize()}Array", "base64": b64encode(data).decode("ascii")}


def unpacked(written: list | dict) -> np.ndarray:
    """Read what ``numbers`` has ``written``, (m,)."""
    if isinstance(written, list):
        return np.array(written)
    kind = np.dtype(written["type"].removesuffix("Array").lower()).newbyteorder("<")
    return np.frombuffer(b64decode(written["base64"]), dtype=kind)


def packed_neighbors(indices: np.ndarray, similarity: np.ndarray) -> dict:
    """Write neighbours, ``indices`` and ``similarity`` (n, m), one after the other; the similarity in thousandths.

    >>> packed_neighbors(np.array([[1, -1]]), np.array([[0.5, np.nan]]))
    {'width': 2, 'rows': [1, -1], 'similarity': [500, None]}
    """
    near = [round(1000 * v) if math.isfinite(v) else None for v in similarity.ravel().tolist()]
    return {"width": indices.shape[1], "rows": indices.ravel().tolist(), "similarity": near}


def checked_neighbors(neighbors: tuple | None, n: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the ``neighbors`` of ``Links`` as two arrays (n, m), int64 (-1 for none) and float64, or None twice.

    Other shapes, or rows that are not there, are InputErrors.
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


def packed_membership(membership: Mapping[str, Sequence], n: int) -> dict:
    """Write how surely each of ``n`` paintings belongs to its cluster; ``membership`` is that of ``Clusters``."""
    confidence = np.asarray(membership["confidence"], dtype=float)
    second = np.asarray(membership["second"], dtype=np.int64)
    if len(confidence) != n or len(second) != n:
        raise InputError(f"membership has {len(confidence)} rows and there are {n} paintings.")
    role = membership.get("role")
    return {
        "confidence": [round(v, 3) if math.isfinite(v) else None for v in confidence.tolist()],
        "second": second.tolist(),
        "role": None if role is None else pack([str(r) for r in role]),
    }


def packed_windows(windows: Mapping[str, np.ndarray], n: int) -> list[list[list[int]]]:
    """Gather the ``windows`` of each of n paintings as [x, y, side] in thousandths of the picture's short side."""
    painting = np.asarray(windows["painting"], dtype=np.int64)
    if painting.size and (painting.min() < 0 or painting.max() >= n):
        raise InputError(f"A window lies on painting {painting.max()}, the last is row {n - 1}.")
    boxes = np.column_stack([np.asarray(windows[axis], dtype=float) for axis in ("x", "y", "scale")])
    found = [[] for _ in range(n)]
    for i, box in zip(painting.tolist(), np.round(1000 * boxes).astype(int).tolist(), strict=True):
        found[i].append(box)
    return found


def relative_address(url: str | None, row: int) -> str | None:
    """Return the address of the original of a ``row``; an InputError where ``url`` is not relative to the atlas."""
    if url is None:
        return None
    url = str(url)
    try:
        elsewhere = any(urlsplit(url)[:2])  # scheme, host
    except ValueError:
        elsewhere = True
    if elsewhere or url.startswith(("/", "\\")):
        raise InputError(f"The source of row {row} is {url!r}: expected an address relative to the atlas, or None.")
    return url


def ids_stamp(ids: Sequence[str]) -> str:
    """Return eight hex digits that tell one list of ``ids`` from another: addresses of a selection carry them."""
    return hashlib.sha256("\n".join(ids).encode("utf-8", "surrogatepass")).hexdigest()[:8]
