"""What is more frequent in a cluster than in the collection, and more than chance would make it."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control, hypergeom

from artgraph.checks import check_labels
from artgraph.errors import InputError
from artgraph.evaluation.contingency import encode

__all__ = ["over_represented"]


def over_represented(labels: ArrayLike, values: ArrayLike, *, min_count: int = 2) -> pd.DataFrame:
    """Compare each value's share of each cluster with its share of the collection.

    Only rows with a cluster and a value are counted. p is the chance that as many rows with the value, or more, would
    be in a cluster of this size drawn without replacement (hypergeometric); it is corrected for all pairs of cluster
    and value that were looked at (Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x).

    The table has a row for each pair that occurs and is over-represented (lift above 1): ``cluster``; ``name``;
    ``count`` (rows in both); ``size`` (rows with the value); ``cluster_size`` (rows of the cluster with any value);
    ``lift`` (share in the cluster over share in the collection); ``p`` (corrected). It is sorted by cluster, then p,
    then count.

    Parameters
    ----------
    labels : (n,) int, negative for none.
    values : (n,) text or numbers; None, NaN and empty text are missing.
    min_count : a value with fewer rows in the collection is left out: it cannot be over-represented.

    Examples
    --------
    >>> frame = over_represented([0, 0, 0, 1, 1, 1], ["a", "a", "a", "b", "b", "b"])
    >>> frame[["cluster", "name", "count", "lift"]].values.tolist()
    [[0, 'a', 3, 2.0], [1, 'b', 3, 2.0]]
    >>> frame["p"].round(6).tolist()  # 1 of the 20 ways to draw three of six; two of four pairs are as good
    [0.1, 0.1]
    """
    codes, names = encode(values)
    clusters = check_labels(labels)
    if len(clusters) != len(codes):
        raise InputError(f"labels have {len(clusters)} rows, values {len(codes)}; expected the same paintings in both.")
    rows = np.flatnonzero((clusters >= 0) & (codes >= 0))
    columns = ("cluster", "name", "count", "size", "cluster_size", "lift", "p")
    if not rows.size:
        return pd.DataFrame({name: [] for name in columns})
    total = len(rows)
    of_cluster = np.bincount(clusters[rows])
    of_value = np.bincount(codes[rows], minlength=len(names))
    pair, count = np.unique(clusters[rows] * len(names) + codes[rows], return_counts=True)
    cluster, value = pair // len(names), pair % len(names)
    keep = of_value[value] >= min_count
    cluster, value, count = cluster[keep], value[keep], count[keep]
    p = hypergeom.sf(count - 1, total, of_value[value], of_cluster[cluster])
    # Pairs that do not occur were looked at, too: their p is 1.
    looked_at = int((of_cluster > 0).sum() * (of_value >= min_count).sum())
    corrected = false_discovery_control(np.concatenate([p, np.ones(looked_at - len(p))]))[: len(p)] if len(p) else p
    name = pd.Series([names[v] for v in value], dtype=object)
    size, cluster_size = of_value[value], of_cluster[cluster]
    lift = (count / cluster_size) / (size / total)
    found = (cluster, name, count, size, cluster_size, lift, corrected)
    frame = pd.DataFrame(dict(zip(columns, found, strict=True)))
    # pairs come in the order of cluster and name, which a stable sort keeps
    sort = {"ascending": [True, True, False], "kind": "stable", "ignore_index": True}
    return frame[lift > 1].sort_values(["cluster", "p", "count"], **sort)
