"""Whose hand a catalogue says a painting is by."""

import re
import unicodedata

import pandas as pd

__all__ = ["linkable_artists"]

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


def _words(words):
    return "|".join(words.split())


REFUSED = re.compile(
    rf"\b(?:{_words(NOBODY)}|{_words(QUALIFIERS)})(?!\w)|^(?:{AT_THE_START})\b|\?|{NO_NAME.pattern}", re.IGNORECASE
)
SEVERAL = re.compile(r";|\||&|/|\n| and | with | und | mit | et | avec | и | con | together ", re.IGNORECASE)
DATES = re.compile(
    r"[(\[][^()\[\]]*\d[^()\[\]]*[)\]]|,?\s*(?:(?:b|born|d|died|geb|active|act)\.? )?\d{4}\s*(?:-\s*(?:\d{2,4})?)?$"
)


def linkable_artists(artists, *, qualifiers=None):
    """Return, for each painting, the name under which its hand may be linked to others, or None.

    ==========================================================================  ====================================
    what the file says                                                          link
    ==========================================================================  ====================================
    ``Rembrandt``, ``Rembrandt (1606-1669)``,                                   to other works by Rembrandt; dates
    ``Rembrandt (Dutch, Leiden 1606-1669 Amsterdam)``, ``Rembrandt, 1606-1669``   are no part of the name
    ``Master of Frankfurt``                                                     to other works: a hand, if nameless
    missing, empty, ``Unknown``, ``Anonymous``, ``Artist unknown``,             none
    ``Various``, ``n/a``, ``Inconnu``, ``неизвестный художник``
    ``Netherlandish Painter``, ``Venetian, 16th century``                       none: it names a place or a time
    ``after``, ``d'après``, ``nach``, ``naar``, ``copy of``, ``imitator of``    none: another hand
    ``follower of``, ``Nachfolger``, ``seguace di``, ``navolger van``           none: another hand
    ``school of``, ``circle of``, ``Umkreis``, ``cerchia di``, ``kring van``    none: another hand, nearby
    ``workshop of``, ``studio``, ``bottega di``, ``atelier de``, ``Werkstatt``, none: the master's hand is not certain
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
    artists : sequence of str or missing, length n
    qualifiers : sequence of str or missing, length n, optional
        Words that the file keeps in a column of their own, such as a museum's prefix of the artist ("Workshop of").

    Returns
    -------
    list of str or None, length n

    Examples
    --------
    >>> linkable_artists(["Rembrandt", "workshop of Rembrandt", "REMBRANDT (1606-1669)", "Unknown", None])
    ['rembrandt', None, 'rembrandt', None, None]
    """
    artists = list(artists)
    qualifiers = [None] * len(artists) if qualifiers is None else list(qualifiers)
    return [
        None if REFUSED.search(_plain(qualifier)) else _hand(_plain(artist))
        for artist, qualifier in zip(artists, qualifiers, strict=True)
    ]


def _plain(text):
    if pd.isna(text):
        return ""
    text = unicodedata.normalize("NFKC", str(text)).casefold().replace("’", "'").replace("–", "-")
    return " ".join(text.split())


def _hand(text):
    if not text or REFUSED.search(text):
        return None
    name = DATES.sub("", text).strip(" ,;")
    return None if not name or SEVERAL.search(name) else name
