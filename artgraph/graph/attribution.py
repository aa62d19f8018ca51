"""Which artist a catalogue says a painting is by, and how certain that is."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from artgraph.graph import artistwords as words

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
QUALIFIER = re.compile(
    rf"\b(?:{_any(words.QUALIFIERS)})(?!\w)|^\W*(?:{words.AT_THE_START})(?:\b|(?<=[伝傳传仿摹]))"
    r"|(?<=[\u3000-\u9fff])派$|工房|\?",
    re.IGNORECASE,
)
# What stands between a qualifier and the name.
PARTICLE = r"(?:\s+(?:of|to|by|after|from|di|da|de|du|des|del|della|van|von|nach|à|a|aan|с)(?!\w)|d['’])?"
QUALIFIED = re.compile(rf"(?:(?:{QUALIFIER.pattern})\.?{PARTICLE}[\s,]*)+", re.IGNORECASE)
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
GENERATION = re.compile(rf"(?<!\w)(?:{words.GENERATION})(?!\w)", re.IGNORECASE)


class Attribution(NamedTuple):
    """What a catalogue says of the artist of one painting.

    Attributes
    ----------
    artist : the key under which works may be linked as by one artist; none where the artist is unknown or not certain.
    qualifier : the words that make it uncertain, as they are found: "workshop of", "attributed to", "?".
    name : to show: the first spelling of the artist; without a certain artist the name beside the qualifier, or
        the several names; None where nobody is named.
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
    ``workshop of``, ``studio``, ``bottega di``, ``atelier de``, ``Werkstatt``, none: the master may not have painted it
    ``taller de``, ``мастерская``, ``pupil of``, ``assistant``
    ``manner of``, ``style of``                                                 none: only the manner is meant
    ``attributed to``, ``formerly attributed to``, ``attribué à``, ``possibly``, none: not certain
    ``zugeschrieben``, ``приписывается``, ``Rembrandt ?``
    several makers: ``A; B``, ``A and B``, ``A | B``, ``A / B``, ``A und B``,   none: whose manner is it?
    two lines, ``AA.VV.``, ``A et al.``
    ==========================================================================  ====================================

    The words are found before the name, after it and in brackets: ``Workshop of Rembrandt``, ``Rembrandt, workshop
    of``, ``Rembrandt (workshop of)``. Names are compared after Unicode NFKC, case folding, joining of white space and
    without years of life, and in no other way: ``Hals, Frans`` and ``Frans Hals`` are two names, for nothing tells that
    they are one. Where one name comes with years that contradict each other, ``John Smith (1606-1669)`` and ``John
    Smith (1850-1900)``, they are two artists, and ``John Smith`` alone is a third. Identifiers - one word with a digit
    in it, or an address - are never changed: two that differ in any character are two artists.

    Parameters
    ----------
    artists : length n, text or missing.
    qualifiers : length n, text or missing; a museum's prefix of the artist ("Workshop of") in a column of its own.

    Examples
    --------
    >>> for one in attributions(["Rembrandt", "workshop of Rubens", "REMBRANDT (1606-1669)", "Unknown"]):
    ...     print(tuple(one))
    ('rembrandt', None, 'Rembrandt')
    (None, 'workshop of', 'Rubens')
    ('rembrandt', None, 'Rembrandt')
    (None, None, None)
    """
    artists = list(artists)
    qualifiers = [None] * len(artists) if qualifiers is None else list(qualifiers)
    linkable = lru_cache(None, typed=True)(_linkable)  # a name mostly stands in many rows
    keys = [
        None if _qualifies(_plain(beside)) else linkable(written)
        for written, beside in zip(artists, qualifiers, strict=True)
    ]
    several = _of_several_lives(key for key in keys if key is not None)
    found, first = [], {}
    for written, beside, key in zip(artists, qualifiers, keys, strict=True):
        if key is not None:
            artist = key[1] if key[0] in several and key[2] else key[0]
            found.append(Attribution(artist, None, first.setdefault(artist, " ".join(str(written).split()))))
            continue
        text, beside = _plain(written), _plain(beside)
        inside = QUALIFIED.search(text)
        qualifier = (beside if QUALIFIER.search(beside) else "") or (inside[0] if inside else "")
        found.append(Attribution(None, qualifier.strip(" ,(") or None, _beside_qualifier(written)))
    return found


def linkable_artists(artists: Iterable, *, qualifiers: Iterable | None = None) -> list[str | None]:
    """Return the key under which each painting may be linked to works by the same artist, or None.

    As ``attributions`` reads ``artists`` and ``qualifiers``.

    Examples
    --------
    >>> linkable_artists(["Rembrandt", "workshop of Rembrandt", "REMBRANDT (1606-1669)", "Unknown", None])
    ['rembrandt', None, 'rembrandt', None, None]
    """
    return [one.artist for one in attributions(artists, qualifiers=qualifiers)]


def _unified(text: object) -> str:
    """Return a text in Unicode form NFKC with single spaces and plain marks; empty for missing."""
    if pd.isna(text):
        return ""
    text = unicodedata.normalize("NFKC", str(text)).replace("’", "'").replace("–", "-")
    return " ".join(text.split())


def _plain(text: object) -> str:
    return " ".join(_unified(text).casefold().split())


def _qualifies(beside: str) -> bool:
    return bool(beside and (QUALIFIER.search(beside) or NAMELESS.search(beside)))


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
    if not text or QUALIFIER.search(text) or NAMELESS.search(text):
        return None
    name = _without_years(text).strip(" ,;")
    if not name or SEVERAL.search(name) or _all_numbers(name):
        return None
    return name, text, frozenset(re.findall(YEAR, text)) - frozenset(re.findall(YEAR, name))


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
    text = _unified(written)
    if NOBODY_HERE.search(text):
        return None
    name = _without_years(re.sub(r"[(\[]\s*[)\]]", "", QUALIFIED.sub(" ", text)))
    return re.sub(r"\s+(?:and|und|et|y|e|en|og|och|&)$", "", " ".join(name.split()).strip(" ,;()[]")) or None
