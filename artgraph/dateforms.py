"""The forms of dates: which years and periods a text names, and where in it, as `artgraph.dates` puts them together."""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from artgraph import datewords as words

__all__ = ["AFTER_CHRIST", "BEFORE_CHRIST", "BETWEEN", "CIRCA", "PRESENT", "Period", "periods_of"]

ROMAN = {"i": 1, "v": 5, "x": 10}


def _word(expression: str) -> str:
    return rf"(?<!\w)(?:{expression})(?!\w)"


CIRCA = rf"(?:(?:{words.CIRCA})\.?(?!\w)\s*)"
BETWEEN = rf"\s*(?:(?<!\w)(?:{words.BETWEEN})(?!\w)|[-/~〜])\s*"
BEFORE_CHRIST = re.compile(rf"{_word(words.BEFORE_CHRIST)}|紀元前|公元前|前(?=\d)|기원전")
AFTER_CHRIST = re.compile(rf"{_word(words.AFTER_CHRIST)}|公元|西元|紀元|기원")
MARK = rf"(?:{BEFORE_CHRIST.pattern}|{AFTER_CHRIST.pattern})"
BESIDE_MARK = re.compile(rf"{MARK}[\s.]*(?:\d{{1,6}}{BETWEEN})?$")
BEFORE_MARK = re.compile(rf"^(?:\s*年?{BETWEEN}{CIRCA}?\d{{1,6}})?\s?[年г]?\.?\s*{MARK}")
# A number of a century: Roman, or digits, with what may follow it ("17e", "19th", "17.", "XVII-й", "17ος").
ORDINAL = r"(?:st|nd|rd|th|er|ère|e|de|ste|-?е|è|ème|eme|º|ª|°|o|-?й|-?го|-?ый|οσ|-lea|\.)"
NUMBER = rf"(?:(?P<digits>\d{{1,2}})(?P<ordinal>{ORDINAL})?|(?P<roman>[ivx]+){ORDINAL}?)"
IN_WORDS = "|".join(f"(?P<n{number}>{text})" for number, text in words.CENTURIES_IN_WORDS.items())
ALONE = r"(?<![\d.])(?<![^\W\u3000-\u9fff\uac00-\ud7a3])"  # not within a word; Chinese, Japanese, Korean have no blanks
CENTURY = re.compile(
    rf"{ALONE}{NUMBER}(?:\s*-?\s*(?:{words.CENTURIES})(?!\w)|\s*(?:世紀|世纪|세기)|\s*(?P<short>{words.CENTURIES_SHORT})(?!\w))"
)
CENTURY_IN_WORDS = re.compile(rf"(?<!\w)(?:{IN_WORDS})[\s-]+(?:{words.CENTURIES})(?!\w)")
CENTURY_AFTER = re.compile(rf"(?<!\w)(?:{words.CENTURIES}|s\.)\s*(?:al\s)?{NUMBER}(?![\w])")
CENTURY_BY_NAME = re.compile("|".join(f"(?P<n{year}>{_word(text)})" for year, text in words.CENTURIES_BY_NAME.items()))
MILLENNIUM = re.compile(rf"(?<!\w){NUMBER}[\s-]*(?:{words.MILLENNIA})(?!\w)")
ONE_MORE_BEFORE = re.compile(rf"{ALONE}{NUMBER}(?!-[йя])[\s)?]*(?:{BETWEEN})(?P<gap>[^\d]{{0,40}})$")
ONE_MORE_AFTER = re.compile(rf"^{BETWEEN}{NUMBER}(?!\w)")
DECADE = re.compile(
    rf"(?<!\d)(?:(?P<a>\d{{3}}0)\s?(?:{words.DECADE_ENDINGS})|(?:{_word(words.DECADES_BEFORE)})\s?(?P<b>\d{{3}}0))(?!\w)"
)
SHORT_DECADES = re.compile(rf"(?<!\d)(\d{{3}}0){BETWEEN}(\d0)(?:{words.DECADE_ENDINGS})(?!\w)")
OF_A_CENTURY = re.compile(r"'?s$|-tal\w*$|-lu\w+$")  # the 1600s are a century; die 1600er, 1600-е a decade
DECADE_OF_A_CENTURY = re.compile(rf"(?<!\d)(\d0)(?:er|\.|-?е|-?х)?\s?(?:{words.DECADES})\D{{0,12}}$")
DECADE_GOES_ON = re.compile(rf"^{BETWEEN}(?:early |late |mid-?)?(\d0)(?:{words.DECADE_ENDINGS})(?!\w)")
GAP = r"[-_?xu*.]"
HIDDEN = re.compile(  # "189-?", "[18--]", "19xx": the last digits are not known
    rf"(?<![\w-])(?:(?P<century>1\d|20)(?:{GAP}{{2}}|-\?)|(?P<decade>(?:1[0-9]|20)\d)(?:[-_?xu*](?!\s*\d)))[?\])~%]*(?!\w)"
)
YEAR_FIRST = re.compile(
    r"(?<![\d.])[+]?(-?\d{4})(?P<s>[-./年])\s?(\d{1,2})[-./月]\s?(\d{1,2})(?!\d)(?:日|[t\s][\d:.]+z?)?"
)
YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})[-./]\s?(\d{1,2})[-./]\s?(\d{4})(?!\d)")
EIGHT = re.compile(r"(?<!\d)(1\d{3}|20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
SHORT_END = re.compile(rf"(?<!\d)(\d{{3,4}})[\s?)\]]*{BETWEEN}{CIRCA}?[(\[]?(\d{{1,2}})(?!\d|\w|\.\d)")
NO_UNIT = r"(?!\d|\s?(?:mm|cm|m|kg|in|px|x|×)(?!\w)|\s?[x×]\s?\d)"
YEAR = re.compile(rf"(?<!\d)\d{{3,4}}{NO_UNIT}")
ANY_YEAR = re.compile(rf"(?<!\d)(?<!\d\.)\d{{1,6}}{NO_UNIT}(?!st|nd|rd|th)")
MINUS = re.compile(rf"(?:^{CIRCA}?|(?<=/)|(?<=to )|(?<=\d-)|(?<=\d - ))-(?=\d{{3,6}}(?!\d))")
PRESENT = re.compile(r"(\d{3,6})\s*(?:b\.?\s?p\.?|years ago|before present|jahre alt)(?!\w)")


class Period(NamedTuple):
    """A year or a period found in a text.

    Attributes
    ----------
    begin, end : where it stands, in characters.
    year, length : its first year without a sign, and how many years it has; a year has length 0.
    sign : -1 before Christ; 0: the marks beside it decide.
    """

    begin: int
    end: int
    year: float
    length: int
    sign: int = 0


def periods_of(text: str) -> tuple[list[Period], list[tuple[float, float, bool]]]:
    """Return the years and periods that a ``text`` (lower case, NFKC) names, in its order.

    Beside them those reckoned from other calendars: (first year, last year, whether the end is outside).
    """
    found: list[Period] = []
    other: list[tuple[float, float, bool]] = []

    def take(begin: int, end: int, *period: float) -> None:
        nonlocal text
        if period:
            found.append(Period(begin, end, *period))
        text = text[:begin] + "\0" * (end - begin) + text[end:]

    for marks, factor, offset in words.CALENDARS:
        mark = rf"(?<!\w)(?:{marks})(?!\w)"
        for match in list(re.finditer(rf"{mark}[\s.]*(\d{{3,4}})(?:-\d+)?|(\d{{3,4}})\s?{mark}", text)):
            year = math.floor(float(match[1] or match[2]) * factor + offset)
            other.append((year, year + (factor != 1), False))
            take(*match.span())
    for match in list(PRESENT.finditer(text)):
        before = 1950 - int(match[1])
        take(*match.span(), abs(before), 0, 1 if before > 0 else -1)
    for expression, year in ((YEAR_FIRST, 1), (YEAR_LAST, 3), (EIGHT, 1)):
        for match in list(expression.finditer(text)):
            groups = [group for group in match.groups() if group.lstrip("-").isdigit()]
            month, day = (int(group) for index, group in enumerate(groups, 1) if index != year)
            if min(month, day) >= 1 and max(month, day) <= 31 and min(month, day) <= 12:
                number = int(groups[year - 1])
                take(*match.span(), abs(number), 0, -1 if number < 0 else 0)
    for period in _centuries(text):
        take(*period)
    for match in list(HIDDEN.finditer(text)):
        if match["century"]:
            take(*match.span(), int(match["century"]) * 100, 100)
        else:
            take(*match.span(), int(match["decade"]) * 10, 10)
    for match in list(SHORT_DECADES.finditer(text)):
        take(*match.span(1), int(match[1]), 10)
        take(match.start(2), match.end(), int(match[1]) // 100 * 100 + int(match[2]), 10)
    for match in list(DECADE.finditer(text)):
        year = int(match["a"] or match["b"])
        take(*match.span(), year, 100 if year % 100 == 0 and OF_A_CENTURY.search(match[0]) else 10)
        if more := DECADE_GOES_ON.match(text[match.end() :]):
            begin = match.end() + more.start(1)
            take(begin, match.end() + more.end(), year // 100 * 100 + int(more[1]), 10)
    for match in list(SHORT_END.finditer(text)):
        first, digits = int(match[1]), match[2]
        last = int(match[1][: -len(digits)] + digits)
        if last < first and not (len(digits) == 2 and 1 <= int(digits) <= 12):  # 1889-05 is a month
            last += 10 ** len(digits)
        if first <= last <= first + 99 and not BEFORE_CHRIST.search(text):
            take(match.start(1), match.end(1), first, 0)
            take(match.start(2), match.end(2), last, 0)
    for match in list(MINUS.finditer(text)):
        number = re.compile(r"\d+").match(text, match.end())
        take(match.end() - 1, number.end(), int(number[0]), 0, -1)
    marked = not found and (BEFORE_CHRIST.search(text) or AFTER_CHRIST.search(text))
    for match in list((ANY_YEAR if marked else YEAR).finditer(text)):
        if (
            len(match[0]) in (3, 4)
            or BESIDE_MARK.search(text[: match.start()])
            or BEFORE_MARK.match(text[match.end() :])
        ):
            take(*match.span(), int(match[0]), 0)
    return sorted(found), other


def _centuries(text: str) -> Iterator[tuple[int, int, float, int]]:
    """Yield begin, end, first year and length of each century and millennium; of 16th-17th century, both."""
    taken: list[range] = []

    def free(begin: int, end: int) -> bool:
        return not any(begin < span.stop and span.start < end for span in taken)

    for match in MILLENNIUM.finditer(text):
        number = _number(match)
        if 1 <= number <= 10:
            taken.append(range(*match.span()))
            yield *match.span(), (number - 1) * 1000, 1000
    for expression in (CENTURY_BY_NAME, CENTURY_IN_WORDS, CENTURY, CENTURY_AFTER):
        for match in expression.finditer(text):
            groups = match.groupdict()
            if groups.get("short") and not (groups["ordinal"] or groups["roman"]):
                continue  # "5 c." is no century
            named = next((int(name[1:]) for name, value in groups.items() if value and name[0] == "n"), 0)
            number = (named // 100 + 1 if named > 100 else named) or _number(match)
            if not 1 <= number <= 21 or not free(*match.span()):
                continue
            begin, end = match.span()
            decade = DECADE_OF_A_CENTURY.search(text[:begin])
            if decade:
                begin = decade.start()
            taken.append(range(begin, end))
            yield (
                (begin, end, (number - 1) * 100 + int(decade[1]), 10)
                if decade
                else (begin, end, (number - 1) * 100, 100)
            )
            more = ONE_MORE_AFTER.match(text[end:]) if expression is CENTURY_AFTER else None
            more = more or (ONE_MORE_BEFORE.search(text[:begin]) if expression is CENTURY else None)
            if more and 1 <= (other := _number(more)) <= 21:
                start = end if expression is CENTURY_AFTER else 0
                first = start + more.start("digits" if more["digits"] else "roman")
                last = start + more.end("digits" if more["digits"] else "roman") + len(more["ordinal"] or "")
                if free(first, last):
                    taken.append(range(first, last))
                    yield first, last, (other - 1) * 100, 100


def _number(match: re.Match) -> int:
    if match["digits"]:
        return int(match["digits"])
    values = [ROMAN[letter] for letter in match["roman"]]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
