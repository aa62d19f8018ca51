"""Several makers in one cell: who of them painted the picture."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from artgraph.qualifiers import kind_of, qualified

__all__ = ["Maker", "one_maker", "split_makers", "with_roles"]

#: Who had a part in a work without making its picture, in English, Dutch, German, French, Italian, Spanish.
OTHERS = re.compile(
    r"\b(?:publisher|printer|patron|sitter|subject|author|editor|translator|owner|collector|donor|lender|dealer|"
    r"commission\w*|manufactur\w*|founder|foundry|framer|frame maker|dedicatee|writer|bookseller|distributor|retailer|"
    r"uitgever|drukker|opdrachtgever|auteur|eigenaar|verleger|drucker|auftraggeber|éditeur|imprimeur|commanditaire|"
    r"editore|stampatore|committente|impresor|comitente|издатель|заказчик)\b",
    re.IGNORECASE,
)


class Maker(NamedTuple):
    """One of those who made a work.

    Attributes
    ----------
    name, before, after : the name, and what a museum writes before and after it.
    role : "artist", "publisher".
    """

    name: str
    before: str = ""
    after: str = ""
    role: str = ""


def one_maker(makers: Iterable[Maker]) -> tuple[str, str]:
    """Return the artist, and what qualifies the name ("before … after"), in two texts.

    Publishers, patrons and others who did not make the picture are left out where somebody else is named. Where
    several are left, all stand in the first text, with what qualifies each, and nothing in the second. A role that
    qualifies, such as "after", stands before the name.

    Parameters
    ----------
    makers : of one work.

    Examples
    --------
    >>> one_maker([Maker("Rembrandt", "Workshop of", role="Artist"), Maker("Clement de Jonghe", role="Publisher")])
    ('Rembrandt', 'Workshop of')
    >>> one_maker([Maker("Peter Paul Rubens"), Maker("Frans Snyders", "Possibly by")])
    ('Peter Paul Rubens; Possibly by Frans Snyders', '')
    """
    named = [one for one in makers if one.name]
    named = [one._replace(before=one.role) if not one.before and kind_of(one.role) else one for one in named]
    named = [one for one in named if not OTHERS.search(one.role)] or named
    named = list(dict.fromkeys(one._replace(role="") for one in named))
    if len(named) > 1:
        return "; ".join(qualified(one.name, one.before, one.after) or "" for one in named), ""
    if not named:
        return "", ""
    (one,) = named
    return one.name, f"{one.before} … {one.after}".strip() if one.after else one.before


def split_makers(between: str, **cells: str) -> list[Maker]:
    """Split cells in which several makers stand in the same order.

    Parameters
    ----------
    between : what stands between them, such as "|"; empty: there is one.
    **cells : fields of `Maker`, each a cell.

    Examples
    --------
    >>> split_makers("|", name="Hals|Steen", before="|After", role="Artist|Artist")[1]
    Maker(name='Steen', before='After', after='', role='Artist')
    """
    parts = {key: [one.strip() for one in text.split(between)] if between else [text] for key, text in cells.items()}
    count = len(parts["name"])
    # where one thing is said of several makers, it is said of the first
    return [
        Maker(**{key: (values[i] if i < len(values) else "") for key, values in parts.items()}) for i in range(count)
    ]


def with_roles(text: str) -> list[Maker]:
    """Read the makers of one cell with or without roles: "schilder: A", "A, artist; B, publisher", "A (printer)".

    Parameters
    ----------
    text : makers are separated by ";", "|" or line breaks; those in brackets do not count.

    Examples
    --------
    >>> with_roles("Frederic Church (American, 1826-1900), artist; Goupil & Co., publisher")[1]
    Maker(name='Goupil & Co.', before='', after='', role='publisher')
    >>> with_roles("schilder: Jan Steen")
    [Maker(name='Jan Steen', before='', after='', role='schilder')]
    """
    makers = []
    for part in re.split(r"\s*(?:[;|\n]|<br\s*/?>)\s*(?![^(]*\))", text):
        if first := re.match(r"([^\W\d_][^:()\d,]{2,40}):\s+(?=\S)", part):
            makers.append(Maker(part[first.end() :].strip(), role=first[1].strip()))
        elif last := re.search(r"\)\s*,\s*([^\W\d_][\w\s/-]*)$", part) or re.search(_ROLE_LAST, part, re.IGNORECASE):
            name = part[: last.start() + (part[last.start()] == ")")].strip(" ,(")
            makers.append(Maker(name, role=last[1].strip()))
        elif part.strip():
            makers.append(Maker(part.strip()))
    return makers


_ROLE_LAST = rf"[,(]\s*(artist|painter|maker|draughtsman|draftsman|engraver|etcher|{OTHERS.pattern[5:-3]})\)?$"
