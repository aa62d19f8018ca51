"""Which clusters of a partition are new, gone, split or joined, beside an earlier partition of the same works."""

import numpy as np
from numpy.typing import ArrayLike

from artgraph.checks import check_labels
from artgraph.errors import InputError

__all__ = ["changes"]

PART = 0.25
"""A cluster has gone into another one where at least this share of its works is there now."""


def changes(earlier: ArrayLike, labels: ArrayLike) -> dict[str, list]:
    """Compare a partition with an earlier one whose numbers it keeps.

    Only works with a cluster in both are counted. A cluster is *born* when its number was not there and it is no piece
    of one that was split; *gone* when its number is not there any more and it was not joined with another; *split*
    when two or more clusters now have a quarter or more of its works each; *merged* when it has a quarter or more of
    the works of each of two or more earlier ones, and these make up most of it.

    Parameters
    ----------
    earlier, labels : (n,) int, negative for none.

    Returns
    -------
    dict of str to list
        ``born``, ``gone``: numbers; ``split``: {"from", "into"}; ``merged``: {"from", "into"}.

    Examples
    --------
    >>> changes([0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 3, 3, 1, 1, 1, 1])
    {'born': [], 'gone': [], 'split': [{'from': 0, 'into': [0, 3]}], 'merged': [{'from': [1, 2], 'into': 1}]}
    """
    old, new = check_labels(earlier), check_labels(labels)
    if old.size != new.size:
        raise InputError(f"labels have {new.size} rows, the earlier ones {old.size}; expected the same paintings.")
    both = (old >= 0) & (new >= 0)
    table = np.zeros((int(old.max(initial=-1)) + 1, int(new.max(initial=-1)) + 1), dtype=np.int64)
    np.add.at(table, (old[both], new[both]), 1)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    goes = share >= PART
    split = [
        {"from": int(one), "into": np.flatnonzero(goes[one]).tolist()} for one in np.flatnonzero(goes.sum(axis=1) > 1)
    ]
    merged = []
    for one in np.flatnonzero((share >= 0.5).sum(axis=0) > 1):
        merged.append({"from": np.flatnonzero(share[:, one] >= 0.5).tolist(), "into": int(one)})
    before, now = set(old[old >= 0].tolist()), set(new[new >= 0].tolist())
    pieces = {piece for entry in split for piece in entry["into"]}
    joined = {piece for entry in merged for piece in entry["from"]}
    apart = {entry["from"] for entry in split}
    return {
        "born": sorted(now - before - pieces),
        "gone": sorted(before - now - joined - apart),
        "split": split,
        "merged": merged,
    }
