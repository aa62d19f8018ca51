"""What all exports share: values of one kind, names, labels, and each link once."""

import datetime
import numbers
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.checks import check_adjacency
from artgraph.errors import InputError

__all__ = [
    "BLOCK", "Column", "column_values", "edge_layers", "free_names", "labels_by_block", "node_columns", "node_ids",
    "node_labels", "upper_triangle", "xml_text",
]  # fmt: skip

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT32, _INT64 = 2**31, 2**63
BLOCK = 8192  # rows that are written at once


def xml_text(text: str) -> str:
    """Remove from a text what XML 1.0 cannot hold: most control characters, lone surrogates, U+FFFE, U+FFFF."""
    return _NOT_XML.sub("", text)


@dataclass(frozen=True)
class Column:
    """The values of a column as plain Python values of one kind, a block at a time.

    Attributes
    ----------
    name : under which they are written.
    series : (n,) as pandas has them.
    kind : GEXF's name of the type: boolean, integer, long, double or string.
    """

    name: str
    series: pd.Series
    kind: str

    @classmethod
    def of(cls, name: str, series: pd.Series) -> Self:
        """Look through a column, ``series`` (n,), to see of which kind its values are; ``name`` is that to write."""
        kinds, least, most, gaps, whole = set(), 0, 0, False, True
        for start in range(0, len(series), BLOCK):
            values = _block(series, start, start + BLOCK)
            present = [value for value in values if value is not None]
            kinds |= set(map(type, present))
            gaps |= len(present) < len(values)
            numbers_ = [value for value in present if isinstance(value, (int, float))] if kinds <= {int, float} else []
            if numbers_:
                least, most = min(least, min(numbers_)), max(most, max(numbers_))
                whole &= all(float(value).is_integer() for value in numbers_ if isinstance(value, float))
        if kinds == {bool}:
            return cls(name, series, "boolean")
        within = least >= -_INT64 and most < _INT64
        if (kinds == {int} and within) or (float in kinds <= {int, float} and gaps and whole and _exact(least, most)):
            # Gephi's integer is 32 bits wide
            return cls(name, series, "integer" if least >= -_INT32 and most < _INT32 else "long")
        return cls(name, series, "double" if float in kinds <= {int, float} else "string")

    def block(self, start: int, stop: int) -> list:
        """Return the values of some rows; None where there is none.

        Parameters
        ----------
        start, stop
        """
        values = _block(self.series, start, stop)
        if self.kind == "boolean":
            return values
        change = {"double": float, "string": str}.get(self.kind, int)
        return [None if value is None else change(value) for value in values]


def column_values(column: pd.Series) -> list:
    """Turn a ``column``, a Series of length n, into plain Python values of one kind: bool, int, float or str.

    Missing ones (None, NaN, NaT, infinity, blank text) are None. Columns of floats with gaps that hold only whole
    numbers are the integers they were before pandas met the gap. Lists become text joined by "; ". Columns of several
    kinds become text.
    """
    return Column.of("", column).block(0, len(column))


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


def node_columns(frame: pd.DataFrame, *, taken: Iterable[str] = ()) -> list[Column]:
    """Return every column of a ``frame`` but ``id``, under names that are free and not ``taken``."""
    places = [i for i, name in enumerate(frame.columns) if name != "id"]
    names = free_names([frame.columns[i] for i in places], taken)
    return [Column.of(name, frame.iloc[:, i]) for name, i in zip(names, places, strict=True)]


def node_labels(frame: pd.DataFrame) -> list[str]:
    """Name each painting of a ``frame`` of n rows in one line: "title (artist)", one of the two, or its id."""
    return labels_by_block(frame)(0, len(frame))


def labels_by_block(frame: pd.DataFrame) -> Callable[[int, int], list[str]]:
    """Return what gives the names of the paintings of a ``frame``, as of ``node_labels``, from one row to another."""
    known = [Column.of(name, frame[name]) if name in frame.columns else None for name in ("title", "artist")]

    def block(start: int, stop: int) -> list[str]:
        nodes = frame["id"].iloc[start:stop]
        titles, artists = (one.block(start, stop) if one else [None] * len(nodes) for one in known)
        return [_label(str(node), title, artist) for node, title, artist in zip(nodes, titles, artists, strict=True)]

    return block


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


def _label(node: str, title: object, artist: object) -> str:
    title, artist = (" ".join(xml_text(str(text)).split()) if text is not None else "" for text in (title, artist))
    return (f"{title} ({artist})" if title and artist else title or artist) or node


def _block(series: pd.Series, start: int, stop: int) -> list:
    """Return plain values of some rows, each of its own kind."""
    part = series.iloc[start:stop]
    if part.dtype in (np.float16, np.float32):
        part = pd.Series(part.to_numpy().astype(str).astype(np.float64))  # 0.1, not 0.10000000149011612
    return [_plain(value) for value in part.astype(object)]


def _exact(least: float, most: float) -> bool:
    return max(abs(least), abs(most)) < 2**53


def _plain(value: object) -> bool | int | float | str | None:
    if type(value) is str:
        return value if value.strip() else None
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
