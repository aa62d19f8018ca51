"""The years in what catalogues say about dates."""

import re
import unicodedata

import numpy as np
import pandas as pd

__all__ = ["parse_years"]

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
PARTS = (
    (
        re.compile(r"\b(early|beginning|first quarter|1st quarter|frühes|anfang|début|inizio|principios|начало)\b"),
        0.125,
    ),
    (re.compile(r"\b(mid|middle|mitte|milieu|metà|середина)\b"), 0.5),
    (re.compile(r"\b(first half|1st half|erste hälfte|1\. hälfte|первая половина)\b"), 0.25),
    (re.compile(r"\b(second half|2nd half|zweite hälfte|2\. hälfte|вторая половина)\b"), 0.75),
    (re.compile(r"\b(second quarter)\b"), 0.375),
    (re.compile(r"\b(third quarter)\b"), 0.625),
    (re.compile(r"\b(late|end|last quarter|fourth quarter|spätes|ende|fin|fine|finales|конец)\b"), 0.875),
)
BEFORE_CHRIST = re.compile(r"\b(b\.? ?c\.?(?: ?e\.?)?|v\. ?chr|av\. ?j|a\. ?c\.)(?!\w)|до н")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def parse_years(texts):
    """Read the year of each date; of a span of years, the middle.

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

    Parameters
    ----------
    texts : sequence of str, number or missing, length n

    Returns
    -------
    (n,) float64
        NaN where there is no year. Numbers of one or two digits are no years.

    Examples
    --------
    >>> parse_years(["c. 1650", "1506–1507", "1870s", "late 19th century", None]).tolist()
    [1650.0, 1506.5, 1875.0, 1887.5, nan]
    """
    return np.array([np.nan if _missing(text) else _year(text) for text in texts], dtype=np.float64)


def _missing(text):
    return bool(pd.isna(text))


def _year(text):
    if isinstance(text, (int, float, np.integer, np.floating)):
        return float(text) if abs(text) < 10_000 else np.nan
    text = " ".join(unicodedata.normalize("NFKC", str(text)).casefold().translate(DASHES).split())
    text = re.sub(r"(?<=\d)\.0$", "", text)  # a year that a spreadsheet made a decimal number
    sign = -1 if BEFORE_CHRIST.search(text) else 1
    if found := CENTURY.search(text):
        century = float(found[1]) if found[1] else _roman(found[2])
        share = next((share for pattern, share in PARTS if pattern.search(text)), 0.5)
        if first := SECOND_CENTURY.search(text):
            century, share = (float(first[1]) + century) / 2, 0.5
        return sign * (century - (1 - share if sign > 0 else share)) * 100
    if found := ISO.search(text):
        return float(found[1])
    if found := DECADE.search(text):
        return sign * (float(found[1]) * 10 + 5)
    if found := SPAN.search(text):
        first, last = float(found[1]), found[2]
        if sign > 0 and len(last) < len(found[1].lstrip("-")):
            last = found[1].lstrip("-")[: -len(last)] + last  # 1890-95
        middle = (abs(first) + float(last)) / 2
        # 1889-05 is a month, 1906-03 may be either: a span runs forward, and not for ever
        if (sign * float(last) >= sign * abs(first)) and abs(float(last) - abs(first)) <= 400:
            return (-1 if first < 0 else sign) * middle
    if found := YEAR.search(text):
        return -abs(float(found[0])) if sign < 0 else float(found[0])
    if sign < 0 and (found := re.search(r"\d+", text)):
        return -float(found[0])
    return np.nan


def _roman(letters):
    values = [ROMAN[letter] for letter in letters]
    return float(sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)))
