"""Rights statements as short codes, and which of them were asked for."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

__all__ = ["allowed", "rights_code"]

_CC = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z0-9+-]+)", re.IGNORECASE)
_STATEMENT = re.compile(r"rightsstatements\.org/(vocab|page|data)/([A-Za-z-]+)")
_WORDS = (  # in the order in which they are looked for; text without an address
    ("cc0", r"\bcc[ -]?(0|zero)\b|creative commons zero"),
    ("pdm", r"public domain|domaine public|gemeinfrei|dominio p[úu]blico|pubblico dominio|publiek domein"),
)
_TEXT_LICENSE = re.compile(r"\bcc[ -]by((?:[ -](?:nc|nd|sa))*)\b", re.IGNORECASE)


def rights_code(statement: str) -> str:
    """Return a short code for a rights ``statement``, an address or text; "" where it is none that is known.

    Creative Commons: ``cc0``, ``pdm`` (public domain mark), ``cc-by``, ``cc-by-nc-sa``, ... RightsStatements.org: the
    last part of the address in small letters: ``inc``, ``noc-us``, ``und``, ``cne``, ...

    Examples
    --------
    >>> [rights_code(text) for text in ("http://creativecommons.org/licenses/by-sa/3.0/", "Public Domain", "ask us")]
    ['cc-by-sa', 'pdm', '']
    """
    if found := _CC.search(statement):
        name = found[2].lower()
        return {"zero": "cc0", "mark": "pdm"}.get(name, name if found[1] == "publicdomain" else f"cc-{name}")
    if found := _STATEMENT.search(statement):
        return found[2].lower()
    if found := _TEXT_LICENSE.search(statement):
        return "cc-by" + "".join(f"-{part.lower()}" for part in re.split(r"[ -]", found[1]) if part)
    return next((code for code, words in _WORDS if re.search(words, statement, re.IGNORECASE)), "")


def allowed(statement: str, wanted: Sequence[str]) -> bool:
    """Return whether a rights statement is one of those wanted; none wanted: every statement, and none.

    Parameters
    ----------
    statement : An address or text; "" where the work has none.
    wanted : Codes as from ``rights_code``, or patterns with ``*`` for code or statement; case does not count.

    Examples
    --------
    >>> allowed("https://creativecommons.org/publicdomain/zero/1.0/", ["cc0", "pdm"]), allowed("", ["cc0"])
    (True, False)
    >>> allowed("http://creativecommons.org/licenses/by/4.0/", ["cc-by*"])
    True
    """
    if not wanted:
        return True
    texts = [text for text in (rights_code(statement), statement.casefold().strip()) if text]
    return any(fnmatchcase(text, pattern.casefold().strip()) for text in texts for pattern in wanted)
