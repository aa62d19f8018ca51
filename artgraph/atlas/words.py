"""Words on the page: the works nearest to each term, and the terms that stand out in each cluster."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from artgraph.errors import InputError

__all__ = ["FILE", "Words", "packed_words"]

FILE = "words.js"


@dataclass(frozen=True, eq=False)
class Words:
    """Terms that the page is searched by; their scores were computed before, so that it needs no model.

    Attributes
    ----------
    terms : t pairs of a term and its kind.
    rows : (t, m) int, the works nearest to each term, the nearest first.
    cosines : (t, m) float, how near they are.
    clusters : by the number of a cluster its words: ``term``, ``difference``, ``low``, ``high``, ``chance`` (what
        random phrases reach). Clusters where none stands out are left out.
    """

    terms: Sequence[tuple[str, str]]
    rows: np.ndarray
    cosines: np.ndarray
    clusters: Mapping[int, Sequence[Mapping]] = field(default_factory=dict)


def packed_words(words: Words, n: int) -> dict:
    """Write ``words`` for a page of n paintings: rows as 16 or 32 bits, cosines as 8 bits, both as base64.

    >>> packed = packed_words(Words([("night", "mood")], np.array([[2, 0]]), np.array([[0.3, 0.1]])), 3)
    >>> packed["bytes"], packed["rows"], packed["scores"], packed["from"], packed["to"]
    (2, 'AgAAAA==', '/wA=', 0.1, 0.3)
    """
    rows, cosines = np.asarray(words.rows), np.asarray(words.cosines, dtype=float)
    if rows.shape != cosines.shape or len(rows) != len(words.terms) or (rows.size and rows.max() >= n):
        raise InputError(
            f"rows and cosines of {len(words.terms)} terms have shapes {rows.shape} and {cosines.shape}; expected "
            f"twice (terms, m), and rows of {n} paintings."
        )
    low, high = (float(cosines.min()), float(cosines.max())) if cosines.size else (0.0, 0.0)
    score = np.round(255 * (cosines - low) / max(high - low, 1e-12)).astype(np.uint8)
    kind = np.dtype("<u2" if n <= 2**16 else "<u4")
    return {
        "terms": [[str(term), str(about)] for term, about in words.terms],
        "width": rows.shape[1],
        "bytes": kind.itemsize,
        "rows": base64.b64encode(rows.astype(kind).tobytes()).decode(),
        "scores": base64.b64encode(score.tobytes()).decode(),
        "from": round(low, 4),
        "to": round(high, 4),
        "clusters": {
            str(label): [
                [str(one["term"]), *(round(float(one[key]), 4) for key in ("difference", "low", "high", "chance"))]
                for one in listed
            ]
            for label, listed in words.clusters.items()
            if listed
        },
    }
