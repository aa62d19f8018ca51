"""What all exports share: values of one kind, names, labels, and each link once."""

import datetime
import numbers
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.checks import check_adjacency
from artgraph.errors import InputError

__all__ = [
    "column_type", "column_values", "edge_layers", "free_names", "node_columns", "node_ids", "node_labels",
    "upper_triangle", "xml_text",
]  # fmt: skip

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT32, _INT64 = 2**31, 2**63


def xml_text(text: str) -> str:
    """Remove from a text what XML 1.0 cannot hold: most control characters, lone surrogates, U+FFFE, U+FFFF."""
    return _NOT_XML.sub("", text)


def column_values(column: pd.Series) -> list:
    """Turn a ``column``, a Series of length n, into plain Python values of one kind: bool, int, float or str.

    Missing ones (None, NaN, NaT, infinity, blank text) are None. Columns of floats with gaps that hold only whole
    numbers are the integers they were before pandas met the gap. Lists become text joined by "; ". Columns of several
    kinds become text.
    """
    if column.dtype in (np.float16, np.float32):
        column = pd.Series(column.to_numpy().astype(str).astype(np.float64))  # 0.1, not 0.10000000149011612
    values = [_plain(value) for value in column.astype(object)]
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} or kinds <= {str}:
        return values
    if kinds == {int}:
        return values if all(v is None or -_INT64 <= v < _INT64 for v in values) else _text(values)
    if kinds <= {int, float}:
        present = [v for v in values if v is not None]
        if len(present) < len(values) and all(float(v).is_integer() and abs(v) < 2**53 for v in present):
            return [None if v is None else int(v) for v in values]
        return [None if v is None else float(v) for v in values]
    return _text(values)


def column_type(values: list) -> str:
    """Name the GEXF type of values from :func:`column_values`: boolean, integer, long, double or string."""
    present = [v for v in values if v is not None]
    if not present or isinstance(present[0], str):
        return "string"
    if isinstance(present[0], bool):
        return "boolean"
    if isinstance(present[0], float):
        return "double"
    # Gephi's integer is 32 bits wide
    return "integer" if all(-_INT32 <= v < _INT32 for v in present) else "long"


def free_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Give each column a name that no other has and that is not ``taken``, upper and lower case being the same.

    That is the wanted one of ``names``, or the first free one of name_2, name_3 ...; "column" for an empty name.
    """
    used = {str(name).casefold() for name in taken}
    result = []
    for name in names:
        wanted = " ".join(xml_text(str(name)).split()) or "column"
        free, i = wanted, 2
        while free.casefold() in used:
            free, i = f"{wanted}_{i}", i + 1
        used.add(free.casefold())
        result.append(free)
    return result


def node_ids(frame: pd.DataFrame) -> list[str]:
    """Return the ids of the n paintings, all there and unique, from the column ``id`` of a ``frame``."""
    if list(frame.columns).count("id") != 1:
        raise InputError(f"attributes need one column 'id' (there are: {', '.join(map(str, frame.columns))}).")
    if frame["id"].isna().any():
        raise InputError(f"Painting {int(frame['id'].isna().to_numpy().argmax())} has no id.")
    ids = [str(value) for value in frame["id"]]
    if len(set(ids)) < len(ids):
        raise InputError("The ids are not unique; expected another for each painting.")
    return ids


def node_columns(frame: pd.DataFrame, *, taken: Iterable[str] = ()) -> dict[str, list]:
    """Return the values of every column of a ``frame`` but ``id``, under names that are free and not ``taken``."""
    places = [i for i, name in enumerate(frame.columns) if name != "id"]
    names = free_names([frame.columns[i] for i in places], taken)
    return {name: column_values(frame.iloc[:, i]) for name, i in zip(names, places, strict=True)}


def node_labels(frame: pd.DataFrame) -> list[str]:
    """Name each painting of a ``frame`` of n rows in one line: "title (artist)", one of the two, or its id."""
    titles, artists = (
        column_values(frame[name]) if name in frame.columns else [None] * len(frame) for name in ("title", "artist")
    )
    labels = []
    for node, title, artist in zip(frame["id"], titles, artists, strict=True):
        title, artist = (" ".join(xml_text(str(t)).split()) if t is not None else "" for t in (title, artist))
        labels.append((f"{title} ({artist})" if title and artist else title or artist) or str(node))
    return labels


def upper_triangle(adjacency: sp.spmatrix, n: int) -> sp.coo_array:
    """Return every link of ``n`` paintings once: the pairs i < j with a weight above 0, sorted.

    ``adjacency`` is (n, n), symmetric, with weights at least 0; the result float64, or float32 where adjacency is.
    """
    matrix = check_adjacency(adjacency)
    if matrix.shape[0] != n:
        raise InputError(f"adjacency has {matrix.shape[0]} rows, attributes have {n}; expected the same paintings.")
    upper = sp.triu(matrix, k=1, format="csr").tocoo()
    if adjacency.dtype == np.float32:
        upper.data = upper.data.astype(np.float32)  # the shorter text of the same number
    return upper


def edge_layers(adjacency: sp.spmatrix, artist_adjacency: sp.spmatrix | None, n: int) -> list[tuple[str, sp.coo_array]]:
    """Return the links of n paintings by kind, "style" and where given "artist", each as from ``upper_triangle``.

    Parameters
    ----------
    adjacency, artist_adjacency : (n, n), symmetric.
    n : paintings.
    """
    layers = {"style": adjacency} | ({} if artist_adjacency is None else {"artist": artist_adjacency})
    return [(kind, upper_triangle(layer, n)) for kind, layer in layers.items()]


def _plain(value: object) -> bool | int | float | str | None:
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else np.array(value, dtype=object).ravel()
        value = "; ".join(str(item) for item in map(_plain, items) if item is not None)
    elif isinstance(value, (bool, np.bool_)):
        return bool(value)
    elif isinstance(value, numbers.Integral):
        return int(value)
    elif isinstance(value, numbers.Real):
        return float(value) if np.isfinite(value) else None
    elif value is None or value is pd.NaT or value is pd.NA:
        return None
    elif isinstance(value, datetime.datetime):
        value = value.isoformat().removesuffix("T00:00:00")
    text = str(value)
    return text if text.strip() else None


def _text(values: list) -> list[str | None]:
    return [None if value is None else str(value) for value in values]
