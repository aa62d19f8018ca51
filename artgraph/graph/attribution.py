"""Which artist a catalogue says a painting is by, and how certain that is."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

__all__ = ["Attribution", "attributions", "linkable_artists"]

NOBODY = (
    r"unknown unidentified unrecorded anonymous anonyme?s? anonymus anon unbekannt\w* onbekend\w* anoniem inconnu\w* "
    r"desconocid\w* desconhecid\w* an[oó]nimo?s? ignot[oi] sconosciut[oi] неизвестн\w* неизв аноним\w* nezn[aá]m\w* "
    r"nieznany okänd ukjent 佚名 作者不詳 not\sknown not\srecorded various multiple\sartists diverse\skünstler"
)
QUALIFIERS = (
    # English
    r"after copy copies copied copyist follow(?:er|ers|ing)? school workshop studio ateliers? circle pupils? students? "
    r"manner style styled imitat(?:or|ors|ion|ed) attribu\w* attr attrib ascribed assign(?:ed)? assistants? forger\w* "
    r"fake formerly probably possibly perhaps entourage associate associates milieu derived based\son "
    # Italian, French, Spanish, Portuguese
    r"bottega scuola seguac[ei] cerchia maniera allievo ambito imitatore copia stile "
    r"d'après école ecole suiveurs? cercle manière élèves? copie imitateur genre\sde "
    r"taller escuela oficina escola seguidor(?:es)? círculo circulo discípulo atribuid\w* según estilo entorno "
    # German, Dutch
    r"schule werkstatt umkreis umfeld nachfolger? nachfolge nachahmer schüler zugeschrieben zuschreibung kopie manier "
    r"navolgers? navolging omgeving leerling\w* toegeschreven werkplaats kring trant "
    # Russian
    r"мастерск\w+ школ[аы] круг[а]? последовател\w+ ученик\w* копи[яи]\w* копиист\w* приписыва\w* приписан\w* "
    r"подражател\w* оригинал\w* атрибу\w*"
)
AT_THE_START = r"nach|naar|da un originale|circle|follow|imit|att"
NO_NAME = re.compile(
    r"\b\d{1,2}(st|nd|rd|th|\.)[ -]*(century|c\.|jh|jahrhundert)"  # "Venetian, 16th century"
    r"|\b(painters?|artists?|photographers?|maler|peintres?|художник|школа)$"  # "Netherlandish Painter"
    r"|^(n/?a|nan|none|null|s\.? ?n\.?|-+|—)$"
)


def _any(words: str) -> str:
    return "|".join(words.split())


NAMELESS = re.compile(rf"\b(?:{_any(NOBODY)})(?!\w)|{NO_NAME.pattern}", re.IGNORECASE)
QUALIFIER = re.compile(rf"\b(?:{_any(QUALIFIERS)})(?!\w)|^(?:{AT_THE_START})\b|\?", re.IGNORECASE)
# What stands between a qualifier and the name.
PARTICLE = r"(?:\s+(?:of|to|by|after|from|di|da|de|du|des|del|della|van|von|nach|à|a|aan|с)(?!\w)|d['’])?"
QUALIFIED = re.compile(rf"(?:(?:{QUALIFIER.pattern})\.?{PARTICLE}[\s,]*)+", re.IGNORECASE)
SEVERAL = re.compile(r";|\||&|/|\n| and | with | und | mit | et | avec | и | con | together ", re.IGNORECASE)
DATES = re.compile(
    r"[(\[][^()\[\]]*\d[^()\[\]]*[)\]]|,?\s*(?:(?:b|born|d|died|geb|active|act)\.? )?\d{4}\s*(?:-\s*(?:\d{2,4})?)?$"
)


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
    missing, empty, ``Unknown``, ``Anonymous``, ``Artist unknown``,             none
    ``Various``, ``n/a``, ``Inconnu``, ``неизвестный художник``
    ``Netherlandish Painter``, ``Venetian, 16th century``                       none: it names a place or a time
    ``after``, ``d'après``, ``nach``, ``naar``, ``copy of``, ``imitator of``    none: another artist
    ``follower of``, ``Nachfolger``, ``seguace di``, ``navolger van``           none: another artist
    ``school of``, ``circle of``, ``Umkreis``, ``cerchia di``, ``kring van``    none: another artist, nearby
    ``workshop of``, ``studio``, ``bottega di``, ``atelier de``, ``Werkstatt``, none: the master may not have painted it
    ``taller de``, ``мастерская``, ``pupil of``, ``assistant``
    ``manner of``, ``style of``                                                 none: only the manner is meant
    ``attributed to``, ``formerly attributed to``, ``attribué à``, ``possibly``, none: not certain
    ``zugeschrieben``, ``приписывается``, ``Rembrandt ?``
    several makers: ``A; B``, ``A and B``, ``A | B``, ``A / B``, ``A und B``    none: whose manner is it?
    ==========================================================================  ====================================

    The words are found before the name, after it and in brackets: ``Workshop of Rembrandt``, ``Rembrandt, workshop
    of``, ``Rembrandt (workshop of)``. Names are compared after Unicode NFKC, case folding and joining of white space,
    and in no other way: ``Hals, Frans`` and ``Frans Hals`` are two names, for nothing tells that they are one.

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
    found, first = [], {}
    for written, beside in zip(artists, qualifiers, strict=True):
        text, beside = _plain(written), _plain(beside)
        artist = None if QUALIFIER.search(beside) or NAMELESS.search(beside) else _linkable(text)
        if artist is not None:
            found.append(Attribution(artist, None, first.setdefault(artist, str(written).strip())))
            continue
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


def _linkable(text: str) -> str | None:
    if not text or QUALIFIER.search(text) or NAMELESS.search(text):
        return None
    name = DATES.sub("", text).strip(" ,;")
    return None if not name or SEVERAL.search(name) else name


def _beside_qualifier(written: object) -> str | None:
    """Return the name in what a catalogue wrote, without the words that qualify it; None where it names nobody."""
    text = _unified(written)
    if re.search(rf"\b(?:{_any(NOBODY)})(?!\w)|^[\W_]*$|^(?:n/?a|nan|none|null|s\.? ?n\.?)$", text, re.IGNORECASE):
        return None
    name = DATES.sub("", re.sub(r"[(\[]\s*[)\]]", "", QUALIFIED.sub(" ", text)))
    return re.sub(r"\s+(?:and|und|et|y|e|&)$", "", " ".join(name.split()).strip(" ,;()[]")) or None
