"""The dates of works become a feature of their own: period, not look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import CircularError, InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, catalogue_of, columns, features_of, make

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["DATED", "check_dates", "describe_dates", "imputed", "period_rows", "refuse_dates", "without_dates"]

KEY, STAGE = "date", "describe_dates"
LEAST = 0.2  # share of works that need a year: with fewer, nearly all periods would be guesses
DATED = "Dates had a say in these features: clusters show period as well as look, and cannot be judged against dates."


def check_dates(corpus: Corpus) -> None:
    """Raise an InputError where too few works of a ``corpus`` have a year for dates to be a feature."""
    from artgraph.descriptors.period import NEAREST

    known, n = int(np.isfinite(catalogue_of(corpus).years).sum()), len(corpus)
    least = max(NEAREST, int(LEAST * n))
    if known < least:
        raise InputError(
            f"{known} of {n} works have a date that names a year. Dates are used where {least} have one, for those of "
            "the other works are guessed from them."
        )


def describe_dates(
    corpus: Corpus, *, near: Sequence[str], bandwidth: float | None = None, n_neighbors: int | None = None
) -> Made:
    """Make ``features/date`` of the years in the table; where there is none, from the works that look alike.

    Parameters
    ----------
    corpus
    near : Features of look; an undated work is given the mean of its nearest dated works in them.
    bandwidth : Years; see ``period_features``.
    n_neighbors : How many of them.

    Returns
    -------
    Made
        ``features/date``: (n, 95) float32; its facts hold ``dated`` and ``imputed``, and ``error``: by how many years
        such a guess misses the years of dated works, in the median.
    """
    from artgraph.descriptors.period import BANDWIDTH, NEAREST, period_error

    chosen = {"near": list(near), "bandwidth": bandwidth or BANDWIDTH, "n_neighbors": n_neighbors or NEAREST}
    inputs = [*columns("date"), *(Ref("features", key) for key in near)]

    def compute() -> tuple[dict, dict]:
        years = catalogue_of(corpus).years
        dated = np.flatnonzero(np.isfinite(years))
        made = period_rows(corpus, np.arange(len(corpus)), chosen)
        guessed = period_error(years[dated], years[_nearest(corpus, dated, chosen)])
        facts = {"n": len(made), "dimensions": made.shape[1], "dated": len(dated), "imputed": len(made) - len(dated)}
        return {"": made}, facts | {"error": round(guessed, 1)}

    check_dates(corpus)
    return make(corpus, STAGE, Ref("features", KEY), params=chosen, inputs=inputs, compute=compute)


def period_rows(corpus: Corpus, rows: np.ndarray, chosen: dict[str, Any]) -> np.ndarray:
    """Return the features of the dates of some works, (m, 95) float32.

    Parameters
    ----------
    corpus
    rows : (m,) int
    chosen : As in the label of ``features/date``.
    """
    from artgraph.descriptors.period import period_features

    period = period_features(catalogue_of(corpus).years, bandwidth=chosen["bandwidth"])
    found = period[rows]
    missing = np.isnan(found[:, 0])
    if missing.any():
        found[missing] = period[_nearest(corpus, rows[missing], chosen)].mean(axis=1)
    return found


def imputed(corpus: Corpus, near: np.ndarray, chosen: dict[str, Any]) -> np.ndarray:
    """Return the features of the dates of pictures from outside, (m, 95) float32: those of the dated works nearest.

    Parameters
    ----------
    corpus
    near : (m, d) floats, the pictures in the features of look.
    chosen : As for ``period_rows``.
    """
    from artgraph.descriptors.period import nearest_dated

    n, X = len(corpus), features_of(corpus, chosen["near"])
    dated = np.concatenate([np.isfinite(catalogue_of(corpus).years), np.zeros(len(near), dtype=bool)])
    rows = n + np.arange(len(near))
    found = nearest_dated(np.concatenate([X, near]), dated, rows, n_neighbors=chosen["n_neighbors"])
    return corpus.get("features", KEY)[found].mean(axis=1)


def _nearest(corpus: Corpus, rows: np.ndarray, chosen: dict[str, Any]) -> np.ndarray:
    from artgraph.descriptors.period import nearest_dated

    dated, X = np.isfinite(catalogue_of(corpus).years), features_of(corpus, chosen["near"])
    return nearest_dated(X, dated, rows, n_neighbors=chosen["n_neighbors"])


def without_dates(corpus: Corpus, keys: Sequence[str]) -> tuple[str, ...]:
    """Return those of some ``keys`` of features of a ``corpus`` that were not made of dates."""
    lineage = Lineage(corpus)
    return tuple(key for key in keys if lineage.stage(Ref("features", key)) != STAGE)


def refuse_dates(corpus: Corpus, partition: str, what: str) -> None:
    """Refuse, by a CircularError, what compares a partition with dates where these had a say in it.

    Parameters
    ----------
    corpus, partition
    what : The command, for the message.
    """
    if KEY in Lineage(corpus).columns_used(Ref("partitions", partition)):
        raise CircularError(
            f"Dates had a say in '{partition}', so {what} would show what was put in. Make a partition without them: "
            f"artgraph build-graph {corpus.path} --on {','.join(without_dates(corpus, corpus.keys('features')))}"
        )
