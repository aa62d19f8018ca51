"""From a source to the list of its pictures: a manifest, a collection with all that it names, or a table."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgraph.addresses import is_address
from artgraph.atomic import write_bytes
from artgraph.errors import FetchError, IngestError
from artgraph.harvest.client import Client
from artgraph.harvest.items import Item, Lost
from artgraph.harvest.manifests import Member, kind_of, members_of, works_of
from artgraph.harvest.tables import items_of_table
from artgraph.harvest.texts import text_of
from artgraph.rawtables import begins_as_json

__all__ = ["Found", "Reader", "read_source"]

DEEPEST = 20  # collections within collections


@dataclass
class Found:
    """What a source names.

    Attributes
    ----------
    items, lost : Pictures, and what names none.
    notes : Sentences.
    """

    items: list[Item] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Reader:
    """Reads JSON at addresses, each once, and keeps what it read.

    Parameters
    ----------
    client
    keep : Folder for what was read, made where it is missing; what is there is not asked for again.
    refresh : Ask again for what an earlier run read.
    """

    def __init__(self, client: Client, keep: Path, *, refresh: bool = False) -> None:
        self.client, self.keep, self.refresh = client, keep, refresh
        keep.mkdir(parents=True, exist_ok=True)

    def read(self, address: str) -> Any:
        """Return the JSON at an ``address``; raise FetchError where there is none."""
        file = self.keep / f"{hashlib.sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"
        if not self.refresh and file.is_file():
            return json.loads(file.read_bytes())
        text = self.client.text(address)
        data = _parsed(text)
        write_bytes(file, text)
        return data


def read_source(
    source: str,
    reader: Reader,
    *,
    language: str = "en",
    canvases: str = "all",
    column: str | None = None,
    encoding: str | None = None,
    enough: Callable[[Sequence[Item]], bool] | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Found:
    """Return the pictures that a source names.

    Parameters
    ----------
    source : Address or file of a manifest or collection, or file of a table.
    reader
    language, canvases : See ``works_of``.
    column, encoding : See ``items_of_table``.
    enough : callable(items); where it says so, the rest of a collection is not read.
    progress : callable(stage, done, total)

    Raises
    ------
    IngestError
        The source cannot be read, or is none of these.
    """
    found = Found()
    if is_address(source):
        base = source
        try:
            data = reader.read(source)
        except FetchError as error:
            raise IngestError(
                f"{source} cannot be read as a IIIF manifest or collection ({error}) A table has to be a file."
            ) from error
    else:
        base, data = "", _json_in(Path(source))
    if not kind_of(data):
        what = f"{source} is no IIIF manifest or collection"
        if isinstance(data, dict):
            what += f" (it has: {', '.join(list(data)[:8]) or 'nothing'})"
        if base:
            raise IngestError(f"{what}. Expected JSON whose type is (sc:)Manifest or (sc:)Collection.")
        try:
            found.items, found.lost, found.notes = items_of_table(Path(source), column=column, encoding=encoding)
        except IngestError as error:
            raise IngestError(f"{what}, nor a table: {error}" if data is not None else str(error)) from error
        return found
    crawl = _Crawl(reader, found, language, canvases, progress, None if base else Path(source))
    crawl.take(Member(base, "", data), enough or (lambda items: False))
    return found


class _Crawl:
    """Goes through a collection, depth first, each address once."""

    def __init__(
        self,
        reader: Reader,
        found: Found,
        language: str,
        canvases: str,
        progress: Callable[[str, int, int], None],
        file: Path | None,
    ) -> None:
        self.reader, self.found, self.file = reader, found, file
        self.how = {"language": language, "canvases": canvases}
        self.progress, self.named, self.done = progress, 1, 0
        self.seen: set[str] = set()

    def take(self, first: Member, enough: Callable[[Sequence[Item]], bool]) -> None:
        todo: list[tuple[Member, tuple[str, ...]]] = [(first, ())]
        while todo:
            if enough(self.found.items):
                self.found.notes.append("The rest of the collection was not read: --limit.")
                return
            member, above = todo.pop()
            self.done += 1
            self.progress("manifests", self.done, self.named)
            if member.address:
                if member.address in self.seen:
                    continue
                self.seen.add(member.address)
            following = list(self._one(member, above))
            self.named += len(following)
            todo += reversed(following)

    def _one(self, member: Member, above: tuple[str, ...]) -> Iterator[tuple[Member, tuple[str, ...]]]:
        try:
            data = self._content(member)
        except FetchError as error:
            self.found.lost.append(Lost("", member.label, error.reason, error.detail, member.address, member.address))
            return
        base = member.address if is_address(member.address) else ""
        if kind_of(data) == "Manifest":
            items, lost = works_of(data, base=base, collection=" / ".join(above), **self.how)
            self.found.items += items
            self.found.lost += lost
            return
        label = text_of(data.get("label"), self.how["language"])
        below = (*above, label) if label and label not in above else above
        if len(above) >= DEEPEST:
            detail = f"More than {DEEPEST} collections lie within each other."
            self.found.lost.append(Lost("", label, "too deep", detail, member.address))
            return
        for one in members_of(data, base=base, language=self.how["language"]):
            yield one, below

    def _content(self, member: Member) -> Any:
        if member.content is not None:
            return member.content
        if is_address(member.address):
            data = self.reader.read(member.address)
        elif (near := self._beside(member.address)) is not None:
            data = _parsed(near.read_bytes())
        else:
            named = f"'{member.address[:200]}' is no address on the web." if member.address else "It has no address."
            raise FetchError("no address", named)
        if not kind_of(data):
            raise FetchError("no manifest", "What stands there is no IIIF manifest or collection.")
        return data

    def _beside(self, name: str) -> Path | None:
        """Return the file that a collection in a file names, where it lies in the same folder or below it."""
        if self.file is None or not name or "://" in name or "\0" in name:
            return None
        home = os.path.realpath(self.file.parent)
        place = os.path.realpath(os.path.join(home, name))
        return Path(place) if place.startswith(home + os.sep) and os.path.isfile(place) else None


def _json_in(path: Path) -> Any:
    """Return the JSON in a file; None where it holds something else, such as a table, or is a folder of tables."""
    try:
        text = b"" if path.is_dir() else path.read_bytes()
    except OSError as error:
        raise IngestError(
            f"There is no source {path} ({error.strerror or error}). Expected the address or file of a IIIF manifest "
            f"or collection, or a table with a column of addresses."
        ) from error
    if not begins_as_json(text):
        return None
    try:
        return _parsed(text)
    except FetchError as error:
        raise IngestError(f"{path} is no JSON that can be read: {error.detail}") from error


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        html = text.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
        raise FetchError("no manifest", "It is an HTML page." if html else f"It is no JSON: {error}.") from error
