"""A page of many paintings comes in parts, files that it loads as it needs them: no browser should hold the texts and
thumbnails of a million works at a time."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from artgraph.atlas.pack import few_values, numbers
from artgraph.atlas.page import part_script

__all__ = ["EACH", "MANY", "PACK", "Packs", "fold", "id_part", "remove_parts", "shelf_order", "write_parts"]

MANY = 20_000  # paintings from which a page comes in parts
EACH = 512  # paintings whose texts and links are one part
PACK = 32  # thumbnails that are one part
_SEARCHED = 16_384  # paintings whose words are one part
_IDS = 4_096  # ids that are about one part
_FIRST = 256  # works of a cluster that a reader sees first
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: it cannot stand in an address
_MARK = re.compile("([a-zA-Z])[\u0300-\u036f]+")

Put = Callable[[str, bytes], None]


def remove_parts(out: Path) -> None:
    """Remove the parts of an older page from the folder of an atlas, ``out``."""
    for old in sorted((out / "parts").glob("*-" + "[0-9]" * 6 + ".js")):
        old.unlink(missing_ok=True)


def shelf_order(clusters: Sequence[Sequence[int]], nearby: np.ndarray | None) -> np.ndarray:
    """Return paintings, (n,) int64, in the order in which they are put into parts.

    Cluster by cluster; of each the 256 works that stand first, then the others as they hang on the map: what a reader
    sees at a time is in few parts.

    >>> shelf_order([[2, 0], [1]], None).tolist()
    [2, 0, 1]

    Parameters
    ----------
    clusters : rows of each cluster, the most typical first; each of n paintings is in one.
    nearby : (n,) int, rows so ordered that neighbours on the map are near each other, or None.
    """
    clusters = [np.asarray(works, dtype=np.int64) for works in clusters]
    rank = np.arange(sum(map(len, clusters)))
    if nearby is not None:
        rank[nearby] = np.arange(len(nearby))
    parts = [(works[:_FIRST], works[_FIRST:]) for works in clusters]
    shelf = [part for first, rest in parts for part in (first, rest[np.argsort(rank[rest], kind="stable")])]
    return np.concatenate([np.zeros(0, np.int64), *shelf])


def write_parts(
    put: Put,
    *,
    columns: Mapping[str, Sequence[str | None]],
    shelf: np.ndarray,
    details: Callable[[np.ndarray], dict],
    searched: Sequence[str | None],
) -> dict:
    """Write the texts and links of n paintings, and what finds them; return what the page must know of the parts.

    These are ``place`` (n,) of each row on the shelf, ``each`` and ``pack`` (paintings of a part, of a pack of
    thumbnails), ``columns`` (name; the part that has the values of all rows, where these are few, or None), ``ids`` and
    ``search`` (number of parts).

    Parameters
    ----------
    put : takes the name and the bytes of each file.
    columns : n texts or None, by name; one is ``id``.
    shelf : (n,) int, rows in the order of ``shelf_order``.
    details : gives what a part holds of some rows.
    searched : names of the columns in which the search looks, as far as there are such.
    """
    n, place = len(shelf), np.empty(len(shelf), np.int64)
    place[shelf] = np.arange(n)
    for k, start in enumerate(range(0, n, EACH)):
        _put(put, "works", k, details(shelf[start : start + EACH]))
    whole = []
    for name, values in columns.items():
        found = few_values(values)
        whole.append([name, None if found is None else sum(k is not None for _, k in whole)])
        if found is not None:
            values, codes = found
            _put(put, "column", whole[-1][1], {"values": values, "codes": numbers(codes, packed=True)})
    buckets = max(1, n // _IDS)
    held: list[list] = [[[], []] for _ in range(buckets)]
    for row, id_ in enumerate(columns["id"]):
        ids, rows = held[id_part(_HALF.sub("\ufffd", id_), buckets)]
        ids.append(id_)
        rows.append(row)
    for k, (ids, rows) in enumerate(held):
        _put(put, "ids", k, {"ids": ids, "rows": rows})
    texts = [columns[name] for name in dict.fromkeys(searched) if name in columns]
    starts = range(0, n, _SEARCHED)
    for k, start in enumerate(starts):
        lines = zip(*(values[start : start + _SEARCHED] for values in texts), strict=True)
        _put(put, "search", k, {"first": start, "text": "\n".join(map(_searched, lines))})
    return {
        "place": numbers(place, packed=True),
        "each": EACH,
        "pack": PACK,
        "columns": whole,
        "ids": buckets,
        "search": len(starts),
    }


def id_part(id_: str, parts: int) -> int:
    """Return which of some ``parts`` knows the row of an id: FNV-1a over its UTF-16 code units. The page computes it.

    >>> id_part("a", 1000), id_part("é", 7)
    (220, 0)
    """
    units = np.frombuffer(id_.encode("utf-16-le", "surrogatepass"), dtype="<u2").tolist()
    found = 2166136261
    for unit in units:
        found = ((found ^ unit) * 16777619) & 0xFFFFFFFF
    return found % parts


def fold(text: str) -> str:
    """Drop the accents and capitals of a ``text``, as the page's search does: "Dürer" is found as "durer", й is not и.

    >>> fold("Dürer Й")
    'durer й'
    """
    if text.isascii():
        return text.lower()
    plain = _MARK.sub(r"\1", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", plain).lower()


def _searched(values: Sequence[str | None]) -> str:
    # a line is a painting
    return fold("\t".join(" ".join((value or "").splitlines()) for value in values))


class Packs:
    """Thumbnails, 32 to a part, in the order in which they are added; ``put`` takes the name and bytes of each file."""

    def __init__(self, put: Put) -> None:
        self.put, self.count, self._open = put, 0, []

    def add(self, webp: bytes | None) -> None:
        """Add the thumbnail of the next painting; None leaves its place empty."""
        self._open.append(webp and b64encode(webp).decode("ascii"))
        if len(self._open) == PACK:
            self.close()

    def close(self) -> None:
        """Write what was added and is not written."""
        if self._open:
            _put(self.put, "thumbs", self.count, self._open)
            self.count, self._open = self.count + 1, []


def _put(put: Put, kind: str, k: int, value: object) -> None:
    put(f"parts/{kind}-{k:06d}.js", part_script(f"{kind}-{k:06d}", value))
