"""What the words beside an artist's name mean, and how name and words are put together and told apart."""

import re
import unicodedata
from functools import lru_cache

from artgraph.qualifierwords import KINDS, Kind

__all__ = ["kind_of", "kinds_in", "qualified", "unified", "without_qualifiers"]

PLACES = ("nobody", "group", "master")  # where several kinds are found, the first of these that is among them holds


def _any(text: str) -> str:
    return "|".join(text.split())


def _pattern(kind: Kind) -> str:
    parts = [rf"\b(?:{_any(kind.words)})(?!\w)"]
    parts += [rf"^\W*(?:{kind.start})\b"] if kind.start else []
    parts += [kind.cjk] if kind.cjk else []
    return "|".join(parts)


PATTERNS = {kind.name: re.compile(_pattern(kind), re.IGNORECASE) for kind in KINDS}
PLACE = {kind.name: kind.place for kind in KINDS}
EVERY = "|".join(f"(?:{_pattern(kind)})" for kind in KINDS)
QUALIFIER = re.compile(EVERY, re.IGNORECASE)
PARTICLES = (
    "of to by after from naar a an di da de du des del dell della dello van von nach aan à à la le der dem с к for the "
    "in im een al el"
)
# What stands between a qualifier and the name.
BETWEEN = rf"(?:\s+(?:d'après|{_any(PARTICLES)})(?!\w)|\s*(?:d|dell)['’](?!après))*"
QUALIFIED = re.compile(rf"(?:(?:{EVERY})\.?{BETWEEN}[\s,]*)+", re.IGNORECASE)
WORKSHOP = PATTERNS["workshop"].pattern
#: Where a word for a workshop makes a group of the name beside it: "Florentine workshop" names no master.
OF_A_MASTER = re.compile(
    rf"^\W*(?:{WORKSHOP}){BETWEEN}[\s,]*\w|[,(\[]\s*(?:the\s)?(?:{WORKSHOP})|'s\s+(?:{WORKSHOP})|"
    rf"(?<=\w)-(?:{WORKSHOP})|(?<=[\u3000-\u9fff])の?(?:工房|工作室|作坊|[画畫]室$)",
    re.IGNORECASE,
)
CJK = re.compile(r"[\u3000-\u9fff]")


def unified(text: str | None) -> str:
    """Return a ``text`` in Unicode form NFKC with single blanks and plain marks; empty for None."""
    if text is None:
        return ""
    text = unicodedata.normalize("NFKC", str(text)).replace("’", "'").replace("–", "-")
    return " ".join(text.split())


def kinds_in(text: str | None) -> list[str]:
    """Return the kinds of qualifier, by name, that a ``text`` holds, in the order of ``artgraph.qualifierwords``.

    Examples
    --------
    >>> kinds_in("Attributed to the workshop of Rembrandt"), kinds_in("Rembrandt")
    (['attributed', 'workshop'], [])
    """
    text = unified(text)
    return [name for name, pattern in PATTERNS.items() if pattern.search(text)]


@lru_cache(maxsize=65536)
def kind_of(text: str | None) -> tuple[str, str] | None:
    """Return the kind of what qualifies the name in a ``text``, and its place; None where nothing does.

    Of several kinds the one holds that says least: a work "attributed to the workshop of" somebody is nobody's. A
    workshop without the name of its master is nobody's, too.

    Examples
    --------
    >>> kind_of("Werkstatt Lucas Cranachs"), kind_of("Florentine workshop"), kind_of("Rembrandt (?)")
    (('workshop', 'group'), ('workshop', 'nobody'), ('doubtful', 'nobody'))
    """
    if not QUALIFIER.search(unified(text)):
        return None
    found = kinds_in(text)
    name = min(found, key=lambda one: PLACES.index(PLACE[one]))
    if PLACE[name] == "group" and not OF_A_MASTER.search(unified(text)):
        return name, "nobody"
    return name, PLACE[name]


def without_qualifiers(text: str) -> str:
    """Return the name in a ``text`` without the words that qualify it.

    Examples
    --------
    >>> without_qualifiers("Rembrandt (workshop of)"), without_qualifiers("École de Giotto")
    ('Rembrandt', 'Giotto')
    """
    text = re.sub(r"'s(?=\s)(?=\s+(?:workshop|studio|circle|school|pupil))", "", unified(text))
    name = re.sub(r"[(\[]\s*[)\]]", "", QUALIFIED.sub(" ", text))
    name = " ".join(name.split()).strip(" ,;-")
    if name.count("(") != name.count(")") or name.count("[") != name.count("]"):
        name = name.strip("()[] ,;")
    name = re.sub(r"^の|の$", "", name)
    return re.sub(r"\s+(?:and|und|et|y|e|en|og|och|&)$", "", name)


def qualified(name: str | None, before: str | None, after: str | None = None) -> str | None:
    """Put a name and the words that a museum keeps in columns of their own together, as one would write them.

    Words that are no qualifier, such as "Designed by", are left out; so are those that the name has already.

    Parameters
    ----------
    name : of the artist; without one there is nothing to qualify.
    before, after : what stands before the name and after it, such as "Workshop of" and "(?)".

    Examples
    --------
    >>> qualified("Rembrandt", "Workshop of"), qualified("Rembrandt", None, "and Workshop")
    ('Workshop of Rembrandt', 'Rembrandt and Workshop')
    >>> qualified("Rembrandt", "workshop"), qualified("Rembrandt", "Designed by")
    ('Rembrandt (workshop)', 'Rembrandt')
    """
    if name is None or not str(name).strip():
        return None if name is None else name
    said = str(name)
    known = unified(name).casefold()
    before, after = unified(before), unified(after)
    if before and before.casefold() not in known and QUALIFIER.search(before):
        last = before.split()[-1].casefold()
        if last in PARTICLES.split() or last.endswith("'") or last in ("d'après", "efter", "según", "по"):
            said = f"{before} {said}"
        elif CJK.search(before):
            said = f"{before}{said}"
        elif before.strip("()[] ") == "?":
            said = f"{said} (?)"
        else:
            said = f"{said} ({before.strip('()[] ')})"
    if after and after.casefold() not in known and QUALIFIER.search(after):
        bare = after.startswith(("(", "[", ",", "?", "and ", "or ", "& "))
        said = f"{said} {after}" if bare else f"{said}, {after}"
    return said
