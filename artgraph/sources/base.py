"""What is known of a kind of table: by which columns it is recognised, and what they hold."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from artgraph.rawtables import RawTable
from artgraph.sources.makers import Maker

__all__ = ["ROLES", "Beside", "Source", "folded", "index_of", "works_in"]

Beside = Callable[[str], RawTable | None]  # from the name of a file to the table of that name beside the one given
Names = tuple[str, ...]

#: Our columns, and what each is called where it is said how a table was read.
ROLES = {
    "id": "id",
    "image": "picture",
    "artist": "artist",
    "qualifier": "qualifier",
    "title": "title",
    "date": "date",
    "style": "style",
    "previous_attribution": "previous attributions",
    "rights": "rights",
    "object_url": "address",
    "iiif_url": "IIIF",
    "picture_url": "address of the picture",
}


@dataclass(frozen=True)
class Source:
    """One kind of table. Names of columns are compared without regard to case, blanks and signs.

    Attributes
    ----------
    key, name : for ``--as``, and as people call it.
    signature : columns that few other tables have; ``least`` of them must be there for a table to be recognised.
    least
    like : recognises what the header alone does not tell: callable(header, first rows) -> bool.
    id : columns that may hold what names a work; the one that finds the pictures is taken.
    image : of files, or addresses that end in their names.
    artist, title, date, style, rights : in order of preference.
    prefix, suffix, role : beside the artist: "Workshop of", "(?)", "publisher".
    begin, end : years, for dates that are not written or cannot be read.
    previous : what the work was attributed to before.
    object_url, iiif_url, picture_url : addresses of the museum's page, the IIIF manifest or image, the picture.
    between : what stands between several makers in a cell, as "|".
    makers : what reads the makers of a row in another way: callable(text by folded column name) -> list of Maker.
    join : what brings the table into the form that the columns above describe: callable(table, beside) -> table.
    columns : what names alone do not tell: callable(header, rows) -> dict from our columns to those of the table.
    records : finds the works in a JSON file: callable(what it holds) -> list of dict of text, or None.
    """

    key: str
    name: str
    signature: Names = ()
    least: int = 3
    like: Callable[[Sequence[str], Sequence[Sequence[str]]], bool] | None = None
    id: Names = ()
    image: Names = ()
    artist: Names = ()
    prefix: Names = ()
    suffix: Names = ()
    role: Names = ()
    title: Names = ()
    date: Names = ()
    begin: Names = ()
    end: Names = ()
    style: Names = ()
    rights: Names = ()
    previous: Names = ()
    object_url: Names = ()
    iiif_url: Names = ()
    picture_url: Names = ()
    between: str = ""
    makers: Callable[[dict[str, str]], list[Maker]] | None = None
    join: Callable[[RawTable, Beside], RawTable] | None = None
    columns: Callable[[Sequence[str], Sequence[Sequence[str]]], dict[str, str]] | None = None
    records: Callable[[Any], list[dict[str, str]] | None] | None = None

    def found(self, header: Sequence[str], names: Names) -> list[str]:
        """Return the columns of a ``header`` that are called by one of some ``names``, in the order of the names."""
        index = index_of(header)
        places = [name if name in header else index.get(folded(name)) for name in names]
        return list(dict.fromkeys(place for place in places if place is not None))

    def fits(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
        """Return how well a table fits: the share of the signature that the ``header`` has, 0 where it is too little.

        Parameters
        ----------
        header, rows : of the table; for ``like`` the first rows are enough.
        """
        if self.like is not None and self.like(header, rows):
            return 1.0
        count = len(self.found(header, self.signature))
        return count / len(self.signature) if self.signature and count >= self.least else 0.0


def works_in(data: Any, *, under: str, having: Iterable[str]) -> list[dict[str, Any]] | None:
    """Return the works in what a JSON file holds: a list of objects, one object, or either under a name.

    None where the first has not the fields by which the source is known.

    Parameters
    ----------
    data
    under : the name, such as "items".
    having : the fields.

    Examples
    --------
    >>> works_in({"info": {}, "items": [{"id": 1}]}, under="items", having=("id",))
    [{'id': 1}]
    """
    found = data.get(under, data) if isinstance(data, dict) else data
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or not found or not isinstance(found[0], dict) or not set(having) <= set(found[0]):
        return None
    return found


def folded(name: str) -> str:
    """Return the name of a column as it is compared.

    Examples
    --------
    >>> folded("Artist Display Name"), folded("artistDisplayName"), folded("objectTitle[1]")
    ('artistdisplayname', 'artistdisplayname', 'objecttitle1')
    """
    return re.sub(r"[\W_]+", "", name.casefold())


def index_of(header: Iterable[str]) -> dict[str, str]:
    """Return the columns of a ``header`` by their folded names; of a name in two languages by either.

    Examples
    --------
    >>> index_of(["Künstler / Artist", "Titel (Title)"])["artist"]
    'Künstler / Artist'
    """
    found: dict[str, str] = {}
    header = list(header)
    for name in header:
        found.setdefault(folded(name), name)
    for name in header:
        for part in re.split(r"[/|()\n;]", name):
            if folded(part):
                found.setdefault(folded(part), name)
    return found
