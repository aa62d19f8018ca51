"""Which artist a catalogue says a painting is by, and how certain that is."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from artgraph.graph import artistwords as words
from artgraph.qualifiers import QUALIFIED, kind_of, qualified, unified, without_qualifiers

__all__ = ["Attribution", "attributions", "linkable_artists"]

NO_NAME = (
    r"\b\d{1,2}(?:st|nd|rd|th|\.)[ -]*(?:century|c\.|jh|jahrhundert)"  # "Venetian, 16th century"
    # "Netherlandish Painter"
    r"|\b(?:painters?|artists?|photographers?|maler|peintres?|pittore|pintor|художник|школа)$"
)


def _any(text: str) -> str:
    return "|".join(text.split())


ALONE = rf"^[\W_]*(?:{_any(words.NOBODY_ALONE)})[\W_]*$"
NAMELESS = re.compile(rf"\b(?:{_any(words.NOBODY)})(?!\w)|{NO_NAME}|{ALONE}|{words.NOT_A_NAME}", re.IGNORECASE)
NOBODY_HERE = re.compile(rf"\b(?:{_any(words.NOBODY)})(?!\w)|{ALONE}|{words.NOT_A_NAME}", re.IGNORECASE)
SEVERAL = re.compile(words.SEVERAL, re.IGNORECASE)
LINES = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+|<br\s*/?>", re.IGNORECASE)
# What an authority file or a database calls an artist: one word with a digit in it, an address, numbers with commas.
IDENTIFIER = re.compile(r"(?:[a-z][a-z0-9+.-]*://\S+|[^\s;|,]*\d[^\s;|,]*)", re.IGNORECASE)
YEAR = r"(?<!\d)(?:1\d|20|[1-9])\d{2}(?!\d)"
IN_BRACKETS = re.compile(rf"\s*[(\[][^()\[\]]*{YEAR}[^()\[\]]*[)\]]")
AT_THE_END = re.compile(
    rf"(?:,\s*(?:(?:b|born|d|died|geb|gest|active|act|c|ca)\.? )*|\s+(?:b|born|d|died|geb|gest|active|act)\.? "
    rf"|\s+(?={YEAR}\s*-\s*\d)|(?<=\w)(?={YEAR}\s*-\s*{YEAR}$)(?<![a-z\d])){YEAR}\s*(?:-\s*(?:\d{{2,4}})?)?$"
)
GROUP = " (workshop)"  # of the key of a workshop, after the name of its master
GENERATION = re.compile(rf"(?<!\w)(?:{words.GENERATION})(?!\w)", re.IGNORECASE)


class Attribution(NamedTuple):
    """What a catalogue says of the artist of one painting.

    Attributes
    ----------
    artist : the key under which works may be linked as by one artist, or one workshop; none where the artist is unknown
        or not certain.
    qualifier : the words beside the name, as they are found: "workshop of", "attributed to", "?".
    name : to show: the first spelling of the artist, "Rembrandt (workshop)" for a workshop; without a certain artist
        the name beside the qualifier, or the several names; None where nobody is named.
    """

    artist: str | None
    qualifier: str | None
    name: str | None


def attributions(artists: Iterable, *, qualifiers: Iterable | None = None) -> list[Attribution]:
    """Read artist, qualifier and name of each painting.

    ==========================================================================  ====================================
    what the file says                                                          link
    ==========================================================================  ====================================
    ``Rembrandt``, ``Rembrandt (1606-1669)``,                                   to other works by Rembrandt; dates
    ``Rembrandt (Dutch, Leiden 1606-1669 Amsterdam)``, ``Rembrandt, 1606-1669``   are no part of the name
    ``Master of Frankfurt``                                                     to other works: one artist, if nameless
    ``Q5582``, ``500115493``, ``(2206)``, ``http://…/Q5582``                    to works with the same characters
    missing, empty, ``Unknown``, ``Anonymous``, ``Artist unknown``,             none
    ``Various``, ``n/a``, ``Inconnu``, ``неизвестный художник``, ``N.N.``
    ``Netherlandish Painter``, ``Venetian, 16th century``                       none: it names a place or a time
    ``after``, ``d'après``, ``nach``, ``naar``, ``copy of``, ``imitator of``    none: another artist
    ``follower of``, ``Nachfolger``, ``seguace di``, ``navolger van``           none: another artist
    ``school of``, ``circle of``, ``Umkreis``, ``cerchia di``, ``kring van``    none: another artist, nearby
    ``pupil of``, ``assistant``                                                 none: another artist
    ``workshop of``, ``studio``, ``bottega di``, ``atelier de``, ``Werkstatt``, to works of that workshop, not to those
    ``taller de``, ``мастерская``                                               of the master
    ``signed``, ``painted by``, ``eigenhändig``                                 to other works by the artist
    ``manner of``, ``style of``                                                 none: only the manner is meant
    ``attributed to``, ``formerly attributed to``, ``attribué à``, ``possibly``, none: not certain
    ``zugeschrieben``, ``приписывается``, ``Rembrandt ?``
    several makers: ``A; B``, ``A and B``, ``A | B``, ``A / B``, ``A und B``,   none: whose manner is it?
    two lines, ``AA.VV.``, ``A et al.``
    ==========================================================================  ====================================

    All words, and why each has its place: `artgraph.qualifierwords`.

    The words are found before the name, after it and in brackets: ``Workshop of Rembrandt``, ``Rembrandt, workshop
    of``, ``Rembrandt (workshop of)``. Names are compared after Unicode NFKC, case folding, joining of white space and
    without years of life, and in no other way: ``Hals, Frans`` and ``Frans Hals`` are two names, for nothing tells that
    they are one. Where one name comes with years that contradict each other, ``John Smith (1606-1669)`` and ``John
    Smith (1850-1900)``, they are two artists, and ``John Smith`` alone is a third. Identifiers - one word with a digit
    in it, or an address - are never changed: two that differ in any character are two artists.

    Parameters
    ----------
    artists : length n, text or missing.
    qualifiers : length n, text or missing; a museum's prefix of the artist ("Workshop of") in a column of its own. In
        a table that `artgraph.metadata` read, artist and prefix are one text already.

    Examples
    --------
    >>> for one in attributions(["Rembrandt", "workshop of Rubens", "REMBRANDT (1606-1669)", "Unknown"]):
    ...     print(tuple(one))
    ('rembrandt', None, 'Rembrandt')
    ('rubens (workshop)', 'workshop of', 'Rubens (workshop)')
    ('rembrandt', None, 'Rembrandt')
    (None, None, None)
    """
    artists = list(artists)
    if qualifiers is not None:
        artists = [
            None if _nobody(beside) else qualified(None if pd.isna(written) else written, beside)
            for written, beside in zip(artists, (None if pd.isna(one) else one for one in qualifiers), strict=True)
        ]
    read = lru_cache(None, typed=True)(_read)  # a name mostly stands in many rows
    each = [read(None if pd.isna(written) else written) for written in artists]
    several = _of_several_lives(key for key, _, _ in each if key is not None)
    found, first = [], {}
    for key, qualifier, name in each:
        artist = None if key is None else key[1] if key[0] in several and key[2] else key[0]
        found.append(Attribution(artist, qualifier, name if artist is None else first.setdefault(artist, name)))
    return found


def linkable_artists(artists: Iterable, *, qualifiers: Iterable | None = None) -> list[str | None]:
    """Return the key under which each painting may be linked to works by the same artist, or None.

    As ``attributions`` reads ``artists`` and ``qualifiers``.

    Examples
    --------
    >>> linkable_artists(["Rembrandt", "workshop of Rembrandt", "REMBRANDT (1606-1669)", "Unknown", None])
    ['rembrandt', 'rembrandt (workshop)', 'rembrandt', None, None]
    """
    return [one.artist for one in attributions(artists, qualifiers=qualifiers)]


def _plain(text: object) -> str:
    return "" if pd.isna(text) else " ".join(unified(str(text)).casefold().split())


def _nobody(beside: str | None) -> bool:
    return bool(beside and NAMELESS.search(_plain(beside)) and kind_of(beside) is None)


def _read(written: object) -> tuple[tuple[str, str, frozenset[str]] | None, str | None, str | None]:
    """Return the key with the years of life, as of ``_linkable``, what qualifies the name, and the name to show."""
    key = _linkable(written)
    if key is not None and IDENTIFIER.fullmatch(str(written).strip()):
        return key, None, str(written).strip()
    inside = QUALIFIED.search(_plain(written)) if kind_of(_plain(written)) else None
    qualifier = (inside[0].strip(" ,(") if inside else "") or None
    if key is None or qualifier:
        name = _beside_qualifier(written)
        return key, qualifier, name if key is None else f"{name}{GROUP if key[0].endswith(GROUP) else ''}"
    return key, None, " ".join(str(written).split())


def _linkable(written: object) -> tuple[str, str, frozenset[str]] | None:
    """Return the name without years of life, the same with them, and the years; None where works may not be linked."""
    if pd.isna(written):
        return None
    lines = [line.strip() for line in LINES.split(str(written)) if line.strip()]
    if len(lines) > 1 and any(re.search(r"[^\W\d_]", _without_years(_plain(line))) for line in lines[1:]):
        return None
    raw, text = str(written).strip(), _plain(" ".join(lines))
    if IDENTIFIER.fullmatch(raw) and not (IN_BRACKETS.search(text) and re.match(r"[^\W\d]", raw)):
        if NAMELESS.search(text) or text.endswith("?") or re.fullmatch(r"[a-z]*\d+(?:[/&+][a-z]*\d+)+", text):
            return None
        if not (AT_THE_END.search(text) and re.match(r"[\u0e00-\uffff]", text)):
            return raw, raw, frozenset()
    kind = kind_of(text)
    if not text or NAMELESS.search(text) or (kind and kind[1] == "nobody"):
        return None
    group = GROUP if kind and kind[1] == "group" else ""
    if kind:
        text = without_qualifiers(text)
    name = _without_years(text).strip(" ,;")
    if not name or SEVERAL.search(name) or _all_numbers(name) or (kind and NAMELESS.search(name)):
        return None
    return f"{name}{group}", f"{text}{group}", frozenset(re.findall(YEAR, text)) - frozenset(re.findall(YEAR, name))


def _without_years(text: str) -> str:
    """Remove years of life from a name: in brackets, unless these tell an elder from a younger, or at its end."""
    for bracket in IN_BRACKETS.findall(text):
        if not GENERATION.search(re.sub(r"\d{3,4}|\d+\s*-|-\s*\d+", " ", bracket)):
            text = text.replace(bracket, "")
    return AT_THE_END.sub("", text)


def _all_numbers(name: str) -> bool:
    """Tell whether this is a list of numbers, such as '(6210), (8470)': several makers."""
    return len(re.findall(r"\d+", name)) > 1 and not re.search(r"[^\W\d_]{2}", name)


def _of_several_lives(keys: Iterable[tuple[str, str, frozenset[str]]]) -> set[str]:
    """Return the names that come with years which contradict each other: no year in common."""
    lives: dict[str, set[frozenset[str]]] = defaultdict(set)
    for name, _, years in keys:
        if years:
            lives[name].add(years)
    return {name for name, each in lives.items() if any(not one & other for one in each for other in each)}


def _beside_qualifier(written: object) -> str | None:
    """Return the name in what a catalogue wrote, without the words that qualify it; None where it names nobody."""
    text = "" if pd.isna(written) else unified(str(written))
    if NOBODY_HERE.search(text):
        return None
    return _without_years(without_qualifiers(text)).strip(" ,;") or None
