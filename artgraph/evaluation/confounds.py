"""Does the partition follow something that is no style: greyscale, format, the scanner, the subject?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from artgraph.checks import check_at_least_one, check_labels, check_seed
from artgraph.errors import InputError
from artgraph.evaluation.contingency import (
    adjusted_mutual_information,
    compared,
    contingency,
    entropy,
    expected_information,
    is_missing,
)
from artgraph.evaluation.enrichment import over_represented
from artgraph.evaluation.uncertainty import null_of

__all__ = ["binned", "confound_caveats", "confound_table", "suspect_clusters"]

ABSENT = ("no", "none")
ALARM = 0.1  # AMI from which a confound is spoken of
_GREY = "Try describe --ignore-color, or build-graph --regress-out "
REMEDIES = {
    "greyscale": f"{_GREY}greyscale.",
    "one tone": f"{_GREY}'one tone'.",
    "brightness": "Brightness may be part of the style: look at the clusters before you take it out.",
    "aspect ratio": "Proportions may be part of the style: look at the clusters before you take them out.",
}


def binned(values: Sequence, *, n_bins: int = 5) -> list[str | None]:
    """Sort numbers into classes of about equal size, named by their ends; leave other values as they are.

    ``values`` are numbers or text, None or NaN where missing; None comes out for these. Numbers with no more distinct
    values than ``n_bins`` stay as they are. Equal values are never parted.

    Examples
    --------
    >>> binned([1, 2, 3, 4, 5, None], n_bins=2)
    ['1 to 3', '1 to 3', '1 to 3', '3 to 5', '3 to 5', None]
    """
    series = pd.Series(list(values), dtype=object)
    missing = is_missing(series)
    present = series[~missing]
    number = present.map(lambda v: isinstance(v, (int, float, np.integer, np.floating)) and not isinstance(v, bool))
    if not len(present) or not number.all() or present.nunique() <= n_bins:
        return [None if gone else _shown(value) for gone, value in zip(missing, series, strict=True)]
    numbers = present.astype(float)
    ends = np.unique(np.quantile(numbers, np.linspace(0, 1, n_bins + 1)))
    if len(ends) == 2:  # nearly all are equal
        ends = np.array([ends[0], np.nextafter(ends[0], np.inf), ends[1]])
    place = np.clip(np.searchsorted(ends[1:-1], numbers, side="left"), 0, len(ends) - 2)
    named = dict(zip(present.index, (f"{ends[i]:.4g} to {ends[i + 1]:.4g}" for i in place), strict=True))
    return [named.get(row) for row in series.index]


def _shown(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def confound_table(
    labels: ArrayLike, columns: Mapping[str, Sequence], *, n_permutations: int = 99, seed: int = 0
) -> pd.DataFrame:
    """Measure how far a partition and each column go together, in one row for each column of two values or more.

    The table has ``column``; ``values`` (classes); ``n`` (rows compared); ``ami`` (adjusted mutual information);
    ``explained``: the share of the partition that the column explains, (MI - E[MI]) / (H(clusters) - E[MI]); ``told``:
    the share of the column that the partition explains, the same over H(column): near 1 where clusters are pure in it,
    which AMI does not show for a column of few values; ``p_value``.

    Parameters
    ----------
    labels : (n,) int, negative for none.
    columns : n values each; numbers are sorted into five classes, see :func:`binned`.
    n_permutations : shuffles of the labels, for chance and p, at least 1.
    seed

    Examples
    --------
    >>> table = confound_table([0, 0, 1, 1, 2, 2], {"grey": [True, True, False, False, False, False]})
    >>> table[["column", "values", "told"]].values.tolist()
    [['grey', 2, 1.0]]
    """
    check_at_least_one("n_permutations", n_permutations)
    rng = np.random.default_rng(check_seed(seed))
    n = len(check_labels(labels))
    rows = []
    for name, values in columns.items():
        if len(values) != n:
            raise InputError(f"column '{name}' has {len(values)} values for {n} labels")
        named = binned(values)
        if len({value for value in named if value is not None}) < 2:
            continue
        try:
            clusters, classes, names, kept = compared(labels, named)
        except InputError:
            continue
        table = contingency(clusters, classes)
        expected = expected_information(table)
        ami = adjusted_mutual_information(table, expected=expected)
        shuffled = [contingency(rng.permutation(clusters), classes) for _ in range(n_permutations)]
        null = [adjusted_mutual_information(shuffle, expected=expected) for shuffle in shuffled]
        of_clusters, of_classes = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
        # AMI = (MI - E) / ((H + H') / 2 - E)
        above = ami * ((of_clusters + of_classes) / 2 - expected)
        explained, told = _share(above, of_clusters - expected), _share(above, of_classes - expected)
        rows.append([name, len(names), len(kept), ami, explained, told, null_of(ami, null)["p_value"]])
    return pd.DataFrame(rows, columns=["column", "values", "n", "ami", "explained", "told", "p_value"])


def suspect_clusters(
    labels: ArrayLike,
    columns: Mapping[str, Sequence],
    *,
    min_share: float = 0.5,
    min_lift: float = 2.0,
    max_p: float = 0.001,
) -> pd.DataFrame:
    """List the clusters that may be held together by something that is no style, the highest lift first.

    The table has ``cluster``, ``column``, ``value``, ``share`` (of the cluster), ``in_collection`` (share of the
    collection), ``lift``, ``p``. To lack a thing ("no", "none") is no value that holds a cluster together.

    Parameters
    ----------
    labels, columns : as for :func:`confound_table`.
    min_share, min_lift, max_p : a cluster is listed with a value that at least this share of it has, that is at least
        so many times as frequent as in the collection, with a p, corrected over all clusters and values of the column,
        of at most this.

    Examples
    --------
    >>> labels, grey = [0] * 10 + [1] * 30, [True] * 9 + [False] * 31  # 9 of 10, and 9 of 40 in the collection
    >>> suspect_clusters(labels, {"grey": grey})[["cluster", "column", "value", "share"]].values.tolist()
    [[0, 'grey', 'yes', 0.9]]
    """
    found = []
    for name, values in columns.items():
        named = binned(values)
        known = sum(value is not None for value, label in zip(named, labels, strict=True) if label >= 0)
        for row in over_represented(labels, named).itertuples():
            share = row.count / row.cluster_size
            if row.name not in ABSENT and share >= min_share and row.lift >= min_lift and row.p <= max_p:
                found.append([row.cluster, name, row.name, share, row.size / known, row.lift, row.p])
    frame = pd.DataFrame(found, columns=["cluster", "column", "value", "share", "in_collection", "lift", "p"])
    return frame.sort_values(["lift", "cluster"], ascending=[False, True], kind="stable").reset_index(drop=True)


def confound_caveats(table: pd.DataFrame, suspects: pd.DataFrame, *, against: str) -> list[str]:
    """Say in full sentences, perhaps none, which confounds to mind, and what can be done.

    Parameters
    ----------
    table, suspects : from :func:`confound_table` and :func:`suspect_clusters`.
    against : the reference column; its row of the table, if it is there, is what the others are compared with.

    Examples
    --------
    >>> labels, grey = [0] * 20 + [1] * 20, [True] * 20 + [False] * 20
    >>> table, suspects = confound_table(labels, {"greyscale": grey}), suspect_clusters(labels, {"greyscale": grey})
    >>> confound_caveats(table, suspects, against="style")[0][:68]
    'The clusters follow greyscale (AMI 1.00; 1 cluster is suspect). Try '
    """
    reference = table.loc[table["column"] == against, "ami"]
    sentences = []
    for row in table[table["column"] != against].itertuples():
        clusters = suspects.loc[suspects["column"] == row.column, "cluster"].nunique()
        strong = row.ami >= ALARM and (not len(reference) or row.ami >= reference.iloc[0] / 2)
        if row.p_value > 0.05 or not (strong or (clusters and row.told >= 2 * ALARM)):
            continue
        remedy = REMEDIES.get(row.column, f"Try build-graph --regress-out '{row.column}'.")
        many = f"{clusters} clusters are" if clusters != 1 else "1 cluster is"
        sentences.append(f"The clusters follow {row.column} (AMI {row.ami:.2f}; {many} suspect). {remedy}")
    return sentences


def _share(above: float, room: float) -> float:
    return float(np.clip(above / room, -1, 1)) if room > 1e-12 else 0.0
