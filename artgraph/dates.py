"""The years in what catalogues say about dates."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from artgraph import datewords as words
from artgraph.dateforms import AFTER_CHRIST, BEFORE_CHRIST, BETWEEN, CIRCA, PRESENT, Period, periods_of

__all__ = ["decades", "parse_spans", "parse_years"]

EARLIEST, LATEST = -100_000, 2100  # what lies outside is no year
LONGEST = 500  # characters of a date that are read
UNKNOWN = (math.nan, math.nan, math.nan)
PLAIN = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), "’": "'", "`": "'", "ʼ": "'"})
THOUSANDS = re.compile(r"(?<!\d)(\d{1,3})[.,'](?=\d{3}(?!\d))|(?<!\d)(\d{1,2}) (?=\d(?:00|50)(?!\d))")
CENTURY_C = re.compile(r"(?<!\w)(?:c(\d\d)(?:th)?|(\d\d)c)(?![\w.])")  # "C17th", "17C"
NOISE = re.compile(rf"(?<!\w)(?:{words.NOT_THE_DATE})(?!\w)[^\d;]{{0,15}}[\d.]*\d|\d+\s?[x×]\s?\d+")
LINK = re.compile(rf"^[\s()\[\]?.]*(?:{BETWEEN})(?:[\s()\[\]?.]|{CIRCA}|the|der|des|dem|du|del|\w+)*$")
TURN = re.compile(rf"(?<!\w)(?:{words.TURN})(?!\w)")
PARTS = [(re.compile(rf"(?<!\w)(?:{text})(?!\w)"), first, last) for first, last, text in words.PARTS]
FRACTIONS = [
    (re.compile(rf"(?<!\w)(?:{which})[\s-]*(?:{what})(?!\w)"), (n - 1) / count if n > 0 else 1 - 1 / count, count)
    for count, what in words.UNITS.items()
    for n, which in words.ORDINALS.items()
    if n <= count
]


def parse_years(texts: Iterable) -> np.ndarray:
    """Read the year of each of some dates (texts): the middle of its span; (n,) float64, NaN for unknown.

    The table of forms is in ``parse_spans``. The middle of the 17th century is 1650, of the 1870s 1875, of 1506-1507
    1506.5.

    Examples
    --------
    >>> parse_years(["c. 1650", "1506–1507", "1870s", "late 19th century", None]).tolist()
    [1650.0, 1506.5, 1875.0, 1887.5, nan]
    """
    return np.array([read[2] for read in _each(texts)], dtype=np.float64)


def parse_spans(texts: Iterable) -> np.ndarray:
    """Read the first and the last year of each of some dates (texts, each str, number or missing), (n, 2) float64.

    ==============================================================  ====================
    ``1889``, ``c. 1650``, ``before 1650``, ``1889-05-03``          1889, 1650, 1650, 1889
    ``1506-1507``, ``1890-95``, ``between 1650 and 1660``           1506-1507, 1890-1895, 1650-1660
    ``1870s``, ``1870er``, ``1870-е``, ``années 1870``, ``189-?``   1870-1879; 1890-1899
    ``1900s``, ``19--``                                             1900-1999
    ``17th century``, ``XVIIe siècle``, ``siglo XVII``, ``17. Jh.``  1600-1699
    ``late 19th century``, ``Ende 19. Jh.``, ``конец XIX века``     1875-1899; early: the first quarter, mid: the middle
    ``2nd half of the 17th century``, ``1. H. 17. Jh.``             1650-1699; 1600-1649
    ``late 16th-early 17th century``                                1575-1624
    ``500 BC``, ``-500``, ``5th century BC``                        -500, -500, -500 to -401
    ``17,000 BC``, ``AD 79``, ``50 BC-AD 50``, ``20,000 BP``        -17000, 79, -50 to 50, -18050
    ``AH 1012``, ``AH 1012/AD 1603``                                1603-1604, 1603
    ``unknown``, ``n.d.``, ``acquired 1950``, ``No. 345``           NaN
    ==============================================================  ====================

    The words are known in some fifteen languages (``artgraph.datewords``). ``c.``, ``before`` and ``after`` change
    nothing. Of several dates that do not make a range the first counts (``1889, printed 1970``), or what they have in
    common (``Edo period (1615-1868), 18th century``: 1700-1799). Numbers of one or two digits are no years, except
    beside BC or AD; nor is what lies after 2100. A text that no form fits is unknown.

    Examples
    --------
    >>> parse_spans(["1889", "1890-95", "17th century", "late 19th century", "100-50 BC"]).tolist()
    [[1889.0, 1889.0], [1890.0, 1895.0], [1600.0, 1699.0], [1875.0, 1899.0], [-100.0, -50.0]]
    """
    return np.array([read[:2] for read in _each(texts)], dtype=np.float64).reshape(-1, 2)


def decades(years: Sequence[float]) -> list[str | None]:
    """Name the decade of each of some years (n,): "1870s", before Christ "500s BC"; None where a year is NaN.

    Examples
    --------
    >>> decades([1875.0, -500.0, float("nan")])
    ['1870s', '500s BC', None]
    """
    return [None if np.isnan(year) else f"{int(abs(year) // 10) * 10}s{' BC' if year < 0 else ''}" for year in years]


def _each(texts: Iterable) -> list[tuple[float, float, float]]:
    """Read each text once: a date mostly stands in many rows."""
    read = lru_cache(None, typed=True)(_read)
    return [read(text) for text in texts]


def _read(text: object) -> tuple[float, float, float]:
    """Return first year, last year and middle of what a text says."""
    if pd.isna(text):
        return UNKNOWN
    if isinstance(text, (int, float, np.integer, np.floating)):
        return (float(text),) * 3 if EARLIEST <= text <= LATEST else UNKNOWN
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", str(text)[:LONGEST]).casefold().translate(PLAIN))
    text = re.sub(r"(?<=\d)\.0$", "", " ".join(text.split()))  # a year that a spreadsheet made a decimal number
    # Cyrillic letters that look like Roman numbers.
    text = re.sub(
        r"(?<![\w-])[ivxхі]{1,6}(?=\s?(?:-|в|ст))", lambda found: found[0].translate({0x445: "x", 0x456: "i"}), text
    )
    text = CENTURY_C.sub(lambda found: f"{found[1] or found[2]}th century", text)
    text = re.sub(r"(?<=\d)(?=(?:b\.?c|a\.?d|c\.?e)\.?(?:e\.?)?(?!\w))", " ", text)  # "500BC"
    if BEFORE_CHRIST.search(text) or PRESENT.search(THOUSANDS.sub(r"\1\2", text)):
        text = THOUSANDS.sub(r"\1\2", text)
    text = NOISE.sub(lambda found: " " * len(found[0]), text)
    periods, other = periods_of(text)
    spans = _spans(text, periods) or other
    spans = [span for span in spans if EARLIEST <= span[0] <= span[1] <= LATEST + 1]
    if not spans:
        return UNKNOWN
    low, high = max(span[0] for span in spans), min(span[1] for span in spans)
    outside = any(span[2] for span in spans if span[1] == high)
    if low > high or (low == high and outside):  # nothing in common
        low, high, outside = spans[0]
    return float(math.floor(low)), float(math.ceil(high) - 1 if outside else high), (low + high) / 2


def _spans(text: str, periods: list[Period]) -> list[tuple[float, float, bool]]:
    """Return begin, end and whether the end is outside, of each date; periods that make a range are one."""
    signs = _signs(text, periods)
    found, linked = [], False
    for index, (period, sign) in enumerate(zip(periods, signs, strict=True)):
        before = text[periods[index - 1].end if index else 0 : period.begin]
        after = text[period.end : periods[index + 1].begin] if index + 1 < len(periods) else text[period.end :]
        start = period.year if sign > 0 else -period.year - period.length
        low, high = start, start + period.length
        if period.length:
            share = _part(before) or (_part(after) if index + 1 == len(periods) or "," in after else None)
            if share:
                low, high = start + share[0] * period.length, start + share[1] * period.length
        span = (low, high, period.length > 0)
        if linked and found and high >= found[-1][0]:
            # At the turn of two centuries, what counts is their border.
            if TURN.search(text) and period.length == 100 and found[-1][1] == low:
                found[-1] = (low - 10, low + 10, True)
            else:
                found[-1] = (found[-1][0], max(found[-1][1], high), span[2] if high >= found[-1][1] else found[-1][2])
        else:
            found.append(span)
        linked = bool(LINK.match(AFTER_CHRIST.sub("", BEFORE_CHRIST.sub("", after))))
    if len(periods) == 1 and periods[0].length == 100 and TURN.search(text):
        start = found[0][0]
        found = [(start - 10, start + 10, True)]
    return found


def _part(text: str) -> tuple[float, float] | None:
    for expression, begin, count in FRACTIONS:
        if expression.search(text):
            return begin, begin + 1 / count
    # The last word counts: "end of the 16th - beginning of" belongs to what follows it.
    found = [(match.start(), low, high) for part, low, high in PARTS for match in part.finditer(text)]
    return max(found)[1:] if found else None


def _signs(text: str, periods: list[Period]) -> list[int]:
    """Return -1 for each period before Christ, else 1: its own mark, or that of the period it makes a range with."""
    marks = [(found.start(), found.end(), -1) for found in BEFORE_CHRIST.finditer(text)]
    taken = [range(begin, end) for begin, end, _ in marks]
    marks += [
        (found.start(), found.end(), 1)
        for found in AFTER_CHRIST.finditer(text)
        if not any(found.start() in span or found.end() - 1 in span for span in taken)
    ]
    marks.sort()
    signs = []
    for index, period in enumerate(periods):
        until = periods[index + 1].begin if index + 1 < len(periods) else len(text)
        since = periods[index - 1].end if index else 0
        before = [mark for mark in marks if since <= mark[0] and mark[1] <= period.begin]
        before = [mark for mark in before if not text[mark[1] : period.begin].strip(" .")]
        after = [mark for mark in marks if period.end <= mark[0] < until]
        # A mark between two numbers belongs to the second where it stands right before it: "100-AD 50".
        if index + 1 < len(periods):
            after = [mark for mark in after if text[mark[1] : until].strip(" .") or len(after) > 1]
        signs.append(period.sign or (before or after or [(0, 0, 0)])[0][2])
    for index in reversed(range(len(signs) - 1)):
        signs[index] = signs[index] or signs[index + 1]
    for index in range(1, len(signs)):
        signs[index] = signs[index] or signs[index - 1]
    return [sign or 1 for sign in signs]
