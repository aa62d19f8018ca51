"""A table with a column of addresses of pictures, as a list of pictures."""

from __future__ import annotations

import re
from pathlib import Path

from artgraph.addresses import image_request, is_address
from artgraph.errors import IngestError
from artgraph.harvest.items import Item, Lost, item_id
from artgraph.harvest.services import Service
from artgraph.harvest.texts import may_be_read_as
from artgraph.metadata import STANDARD, read_metadata

__all__ = ["address_column", "items_of_table"]

_PICTURE = re.compile(r"\.(jpe?g|png|tiff?|webp|gif|bmp|jp2)([?!#].*)?$", re.IGNORECASE)
_WORDS = re.compile(r"image|img|iiif|picture|photo|foto|bild|media|thumb", re.IGNORECASE)


def address_column(columns: dict[str, list[str]]) -> str:
    """Return the name of the column that holds the addresses of pictures.

    That is the one with most addresses that end as pictures do or are requests to a IIIF image service; or else the
    only one whose name speaks of pictures. Nothing is asked for to find out.

    Parameters
    ----------
    columns : Name to its n texts.

    Raises
    ------
    IngestError
        No column has addresses, or it is not clear which has those of pictures.
    """
    filled = {name: [one for one in values if is_address(one)] for name, values in columns.items()}
    filled = {name: values for name, values in filled.items() if values}
    if not filled:
        raise IngestError(f"No column of the table holds addresses. It has: {', '.join(columns)}.")
    sure = {name: sum(bool(_is_picture(one)) for one in values) for name, values in filled.items()}
    best = max(sure.values())
    meant = [name for name in filled if sure[name] == best]
    if "picture_url" in meant:  # as `artgraph.metadata` may call it
        return "picture_url"
    if len(meant) > 1 or not best:
        meant = [name for name in meant if _WORDS.search(name)]
    if len(meant) != 1:
        which = ", ".join(filled)
        raise IngestError(
            f"Which column has the addresses of pictures is not clear: {which}. Say it with --column NAME."
        )
    return meant[0]


def items_of_table(
    path: Path, *, column: str | None = None, encoding: str | None = None
) -> tuple[list[Item], list[Lost], list[str]]:
    """Return the pictures that a table names, one a row, what names none, and notes.

    A request to a IIIF image service, or its info.json, is taken in the size asked for. Every column is kept under the
    name that ``read_metadata`` gives it; one that would be read as the name of a file gets "table_" before it.

    Parameters
    ----------
    path : CSV or parquet.
    column : That with the addresses; default: see ``address_column``.
    encoding : Of a CSV file; default: found out.

    Raises
    ------
    IngestError
        The table cannot be read, has no such column, or several that may be meant.
    """
    read = read_metadata(path, encoding=encoding)
    columns = {str(name): read.table[name].fillna("").tolist() for name in read.table}
    named = read.columns.get(column, column) if column is not None else address_column(columns)
    if named not in columns:
        raise IngestError(f"{path.name} has no column '{column}'. It has: {', '.join(read.columns)}.")
    theirs = next((theirs for theirs, own in read.columns.items() if own == named), named)
    notes = [f"Addresses of pictures are those in the column '{theirs}' of {path.name}."]
    items = []
    lost = [Lost("", "", "ragged row", detail, f"{path.name} line {line}") for line, detail in read.refused]
    for row, line in enumerate(read.lines):
        said = {_free(name): texts[row] for name, texts in columns.items() if texts[row]}
        address = columns[named][row].strip()
        if not is_address(address):
            shown = f"'{address[:100]}' is no address on the web." if address else f"Its field '{theirs}' is empty."
            lost.append(Lost(said.get("id", ""), said.get("title", ""), "no address", f"Line {line}: {shown}"))
            continue
        service = image_request(address)
        own = item_id(said.get("id") or address, service or address)
        picture = "" if address.endswith("/info.json") else address
        said |= {"iiif_image": service} if service else {}
        items.append(Item(own, picture, Service(service) if service else None, said))
    return items, lost, notes


def _is_picture(address: str) -> bool:
    return bool(_PICTURE.search(address) or image_request(address))


def _free(name: str) -> str:
    """Return the name of a column of ``metadata.csv``: there, "image" would say which file it is."""
    return f"table_{name}" if may_be_read_as(name, STANDARD["image"]) else name
