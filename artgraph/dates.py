"""The years in what catalogues say about dates."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

__all__ = ["decades", "parse_spans", "parse_years"]

YEAR = re.compile(r"(?<!\d)(?:(?<![\w.-])-)?\d{3,4}(?!\d)")
ISO = re.compile(r"(?<!\d)(\d{4})-\d{2}-\d{2}(?!\d)")
SPAN = re.compile(
    rf"({YEAR.pattern})\s*(?:-|/|to|until|and|or|bis|und|oder|à|et|a|al|e|до|и)\s*(?:c(?:a|irca)?\.?\s*)?(\d{{1,4}})(?!\d)"
)
DECADE = re.compile(r"(?<!\d)(\d{3})0(?:'?s|er|-х|-е| гг)(?!\w)")
CENTURY = re.compile(
    r"(?<!\w)(?:(\d{1,2})(?:st|nd|rd|th|e|ème|eme|º|o|\.|-й|-го)?|([ivx]+)(?:e|ème)?)[\s-]*"
    r"(?:centur(?:y|ies)|c\.|jh(?:dt)?\.?|jahrhunderts?|siècle|siecle|secolo|siglo|século|eeuw|век\w*|в\.)(?!\w)"
)
SECOND_CENTURY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s*(?:-|to|or|/)\s*(?=\d{1,2}(?:st|nd|rd|th)\s*centur)")
ROMAN = {"i": 1, "v": 5, "x": 10}
PARTS = tuple(  # words for a part of a century: where its middle lies, and how long it is, in centuries
    (re.compile(rf"\b(?:{words})(?!\w)"), middle, length)
    for words, middle, length in (
        ("early|beginning|first quarter|1st quarter|frühes|anfang|début|inizio|principios|начало", 0.125, 0.25),
        ("mid|middle|mitte|milieu|metà|середина", 0.5, 0.25),
        (r"first half|1st half|erste hälfte|1\. hälfte|первая половина", 0.25, 0.5),
        (r"second half|2nd half|zweite hälfte|2\. hälfte|вторая половина", 0.75, 0.5),
        ("second quarter", 0.375, 0.25),
        ("third quarter", 0.625, 0.25),
        ("late|end|last quarter|fourth quarter|spätes|ende|fin|fine|finales|конец", 0.875, 0.25),
    )
)
BEFORE_CHRIST = re.compile(r"\b(b\.? ?c\.?(?: ?e\.?)?|v\. ?chr|av\. ?j|a\. ?c\.)(?!\w)|до н")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
UNKNOWN = (np.nan, np.nan)


def parse_years(texts: Iterable) -> np.ndarray:
    """Read the year of each of some dates (texts): the middle of its span; (n,) float64, NaN for unknown.

    ============================  ========================================================================
    ``1889``, ``c. 1650``         1889, 1650
    ``1889-05-03``, ``May 1889``  1889
    ``1506-1507``, ``1890-95``   1506.5, 1892.5
    ``1870s``                     1875
    ``17th century``              1650
    ``late 19th century``         1887.5; early 12.5, first half 25, mid 50, second half 75 years into it
    ``500 BC``, ``-500``          -500
    ``unknown``, ``n.d.``         NaN
    ============================  ========================================================================

    Examples
    --------
    >>> parse_years(["c. 1650", "1506–1507", "1870s", "late 19th century", None]).tolist()
    [1650.0, 1506.5, 1875.0, 1887.5, nan]
    """
    return parse_spans(texts).mean(axis=1)


def parse_spans(texts: Iterable) -> np.ndarray:
    """Read the first and the last year of each of some dates (texts, each str, number or missing), (n, 2) float64.

    Both are the same for a year; NaN where there is none. Numbers of one or two digits are no years. A century counts
    100 years, its quarters (early, mid, late) 25, a decade 10.

    Examples
    --------
    >>> parse_spans(["1889", "1890-95", "17th century", "late 19th century", "100-50 BC"]).tolist()
    [[1889.0, 1889.0], [1890.0, 1895.0], [1600.0, 1700.0], [1875.0, 1900.0], [-100.0, -50.0]]
    """
    spans = [UNKNOWN if pd.isna(text) else _span(text) for text in texts]
    return np.array(spans, dtype=np.float64).reshape(-1, 2)


def decades(years: Sequence[float]) -> list[str | None]:
    """Name the decade of each of some years (n,): "1870s", before Christ "500s BC"; None where a year is NaN.

    Examples
    --------
    >>> decades([1875.0, -500.0, float("nan")])
    ['1870s', '500s BC', None]
    """
    return [None if np.isnan(year) else f"{int(abs(year) // 10) * 10}s{' BC' if year < 0 else ''}" for year in years]


def _span(text: object) -> tuple[float, float]:
    if isinstance(text, (int, float, np.integer, np.floating)):
        return (float(text), float(text)) if abs(text) < 10_000 else UNKNOWN
    text = " ".join(unicodedata.normalize("NFKC", str(text)).casefold().translate(DASHES).split())
    text = re.sub(r"(?<=\d)\.0$", "", text)  # a year that a spreadsheet made a decimal number
    sign = -1 if BEFORE_CHRIST.search(text) else 1
    if found := CENTURY.search(text):
        century = float(found[1]) if found[1] else _roman(found[2])
        share, length = next((part[1:] for part in PARTS if part[0].search(text)), (0.5, 1))
        if first := SECOND_CENTURY.search(text):
            length = abs(century - float(first[1])) + 1
            century, share = (float(first[1]) + century) / 2, 0.5
        middle = sign * (century - (1 - share if sign > 0 else share)) * 100
        return middle - 50 * length, middle + 50 * length
    if found := ISO.search(text):
        return float(found[1]), float(found[1])
    if found := DECADE.search(text):
        first = float(found[1]) * 10
        return (first, first + 10) if sign > 0 else (-first - 10, -first)
    if found := SPAN.search(text):
        first, last = float(found[1]), found[2]
        if sign > 0 and len(last) < len(found[1].lstrip("-")):
            last = found[1].lstrip("-")[: -len(last)] + last  # 1890-95
        # 1889-05 is a month, 1906-03 may be either: a span runs forward, and not for ever
        if (sign * float(last) >= sign * abs(first)) and abs(float(last) - abs(first)) <= 400:
            side = -1 if first < 0 else sign
            return tuple(sorted((side * abs(first), side * float(last))))
    if found := YEAR.search(text):
        year = -abs(float(found[0])) if sign < 0 else float(found[0])
    elif sign < 0 and (found := re.search(r"\d+", text)):
        year = -float(found[0])
    else:
        return UNKNOWN
    return year, year


def _roman(letters: str) -> float:
    values = [ROMAN[letter] for letter in letters]
    return float(sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)))
