"""Texts of IIIF manifests: language maps (version 3), values (version 2), simple HTML; pairs of label and value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

from artgraph.arranging import plain
from artgraph.metadata import STANDARD

__all__ = ["every_text", "may_be_read_as", "pair_columns", "text_of"]

_MARKUP = re.compile(r"</?(a|b|br|div|em|i|img|li|ol|p|small|span|strong|sub|sup|u|ul)\b[^<>]*>", re.IGNORECASE)
_BLOCKS = frozenset(("br", "div", "li", "p"))

# What labels of pairs mean, in the languages that museums write in: compared in small letters, without what is in
# brackets, and without a colon at the end.
_MEANT = {
    "artist": (
        *("artist", "artists", "artist/maker", "artist name", "creator", "creators", "maker", "makers", "painter"),
        *("author", "made by", "primary artist", "artiste", "peintre", "auteur", "créateur", "künstler", "künstlerin"),
        *("künstler/in", "maler", "malerin", "urheber", "autor", "autorin", "kunstenaar", "vervaardiger", "schilder"),
        *("artista", "artefice", "autore", "pittore", "pintor", "konstnär", "kunstner", "taiteilija", "tekijä"),
        *("художник", "автор", "作者", "作家", "画家", "畫家", "艺术家", "藝術家"),
    ),
    "date": (
        *("date", "dates", "date created", "creation date", "date of creation", "date made", "created", "dated"),
        *("object date", "production date", "date of production", "year", "datierung", "datum", "entstehungszeit"),
        *("entstehungsjahr", "jahr", "date de création", "datation", "année", "fecha", "año", "data", "datazione"),
        *("anno", "datering", "jaar", "tid", "ajoitus", "дата", "дата создания", "датировка", "年代", "时代", "制作年"),
    ),
    "rights": (
        *("rights", "rights statement", "license", "licence", "copyright", "usage", "terms of use", "droits"),
        *("licence", "lizenz", "rechte", "nutzungsrechte", "derechos", "licencia", "diritti", "licenza", "rechten"),
        *("licentie", "права", "лицензия", "权利", "権利"),
    ),
    "title": ("title", "titles", "titel", "titre", "título", "titolo", "название", "题名", "題名", "タイトル"),
}
_OWN = ("style",)  # a pair "Style" or "Movement" may be read as our column


class _Plain(HTMLParser):
    """The text of simple HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of(value: Any, language: str = "en") -> str:
    """Return one line of text of a label or value: in the language asked for, without HTML; several joined by "; ".

    Where the language is missing: text without a language, else English, else the first language there.

    Parameters
    ----------
    value : A language map (version 3); a string, {"@value", "@language"} or a list of these (version 2); or None.
    language : A tag such as "en" or "fr-CA".

    Examples
    --------
    >>> text_of({"fr": ["<b>La Vague</b>"], "en": ["The Wave"]}, "fr")
    'La Vague'
    >>> text_of([{"@value": "Die Woge", "@language": "de"}, {"@value": "The Wave", "@language": "en"}], "nl")
    'The Wave'
    """
    spoken = _by_language(value)
    for wanted in (language.casefold(), language.casefold().split("-")[0], "", "en"):
        near = [key for key in spoken if key == wanted or (wanted and key.split("-")[0] == wanted)]
        if near:
            return _joined(spoken[near[0]])
    return _joined(next(iter(spoken.values()), []))


def every_text(value: Any) -> list[str]:
    """Return the texts of a ``value`` in all its languages, each one line without HTML."""
    return [line for texts in _by_language(value).values() for line in map(_line, texts) if line]


def pair_columns(pairs: Iterable[Any], language: str, *, taken: Iterable[str] = ()) -> dict[str, str]:
    """Return columns of pairs of label and value: ``artist``, ``date``, ``title``, ``rights``, others by their label.

    A label is recognised in whichever of its languages; the first of several that mean the same is taken. Where
    another label would be read as one of our columns, "manifest_" is put before it.

    Parameters
    ----------
    pairs : {"label", "value"} each, as in ``metadata`` of a manifest.
    language : See ``text_of``.
    taken : Names of columns that no pair may have.

    Examples
    --------
    >>> pair_columns([{"label": "Maker", "value": "Jan Vos"}, {"label": "File", "value": "7"}], "en")
    {'artist': 'Jan Vos', 'manifest_File': '7'}
    """
    columns: dict[str, str] = {}
    own = (*taken, *_MEANT, *(word for words in _MEANT.values() for word in words))
    own += tuple(name for key, names in STANDARD.items() if key not in _OWN for name in names)
    for pair in pairs:
        if not isinstance(pair, Mapping):
            continue
        label, value = text_of(pair.get("label"), language), text_of(pair.get("value"), language)
        if not value:
            continue
        meant = next(
            (ours for text in every_text(pair.get("label")) for ours in _MEANT if _key(text) in _MEANT[ours]), ""
        )
        if meant and meant not in columns:
            columns[meant] = value
            continue
        name = label.rstrip(" :") or "metadata"
        if may_be_read_as(name, own):
            name = f"manifest_{name}"
        columns[name] = f"{columns[name]}; {value}" if name in columns else value
    return columns


def may_be_read_as(name: str, names: Iterable[str]) -> bool:
    """Return whether a column may be taken for one of ours by its name, or by a part of it: "Titel / Title".

    Parameters
    ----------
    name : Of the column.
    names : Of our columns, and others that mean them.
    """
    parts = {plain(part.strip()) for part in (name, *re.split(r"[/()\[\]|,;]", name))}
    own = {plain(one.strip()) for one in names}
    return bool(parts & own) or plain(name.strip()).startswith(("image_", "metadata_line"))


def _by_language(value: Any) -> dict[str, list[str]]:
    if isinstance(value, Mapping) and not any(key in value for key in ("@value", "@language", "value")):
        found = {}
        for key, texts in value.items():
            name = "" if key in ("none", "@none") else str(key).casefold()
            found[name] = [str(text) for text in (texts if isinstance(texts, list) else [texts]) if text is not None]
        return found
    found = {}
    for one in value if isinstance(value, list) else [value]:
        tag, text = "", one
        if isinstance(one, Mapping):
            tag, text = str(one.get("@language") or "").casefold(), one.get("@value", one.get("value"))
        if text is not None and not isinstance(text, (Mapping, list)):
            found.setdefault(tag, []).append(str(text))
    return found


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(line for line in map(_line, texts) if line))


def _line(text: str) -> str:
    if _MARKUP.search(text):
        parser = _Plain()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    elif re.search(r"&(#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp);", text, re.IGNORECASE):
        text = unescape(text)
    return " ".join(text.split())


def _key(label: str) -> str:
    return re.sub(r"\(.*?\)", "", label).strip(" :").casefold()
