"""Take all pictures that a source names into a folder, with a table of what is said of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.addresses import is_address
from artgraph.atomic import atomic_path, locked, write_bytes
from artgraph.checks import check_choice
from artgraph.errors import FetchError, IngestError, InputError
from artgraph.harvest.client import Client
from artgraph.harvest.items import COLUMNS, Item, Lost
from artgraph.harvest.manifests import CANVASES
from artgraph.harvest.rights import allowed, rights_code
from artgraph.harvest.services import needs_info, picture_addresses, with_info
from artgraph.harvest.sources import Found, Reader, read_source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Harvest", "harvest"]

WORK = ".harvest"  # what a run needs to resume; folders with a dot are no pictures to anybody
PICTURES = "images"
FOLDERS = ("", PICTURES, WORK, f"{WORK}/manifests")
_ELSEWHERE = ("400", "404", "501")  # a size that a server does not give; then the whole picture is asked for
NO_FAILURE = ("other rights", "same picture", "beyond the limit", "no address", "no picture named")
FAILED = ("id", "title", "reason", "detail", "address", "manifest", "canvas")


@dataclass
class Harvest:
    """What was taken and what was not.

    Attributes
    ----------
    folder : With ``metadata.csv``, ``failed.csv`` and the pictures.
    found, taken, new : Number of pictures that the source names; that are there now; that this run took.
    lost : list of Lost; all others, and manifests that could not be read.
    requests : Number of requests.
    rights : Counter of what was taken, by the code of its rights statement.
    notes : Sentences.
    """

    folder: Path
    found: int = 0
    taken: int = 0
    new: int = 0
    lost: list[Lost] = field(default_factory=list)
    requests: int = 0
    rights: Counter = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many of the lost were wanted, and named with an address."""
        return sum(one.reason not in NO_FAILURE for one in self.lost)


def harvest(
    source: str | Path,
    out: str | Path,
    *,
    size: int = 1200,
    delay: float = 1.0,
    rights: Sequence[str] = (),
    language: str = "en",
    canvases: str = "all",
    column: str | None = None,
    encoding: str | None = None,
    limit: int | None = None,
    retries: int = 4,
    refresh: bool = False,
    max_failed: float = 0.05,
    tell: Callable[[str], None] = lambda text: None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Harvest:
    """Take pictures and what is said of them from IIIF manifests and collections, or from a table of addresses.

    Only addresses are asked that the user gave, or that what stands there names. Run again, it goes on where it
    stopped: pictures that are there are not asked for again, those that failed are.

    Parameters
    ----------
    source : Address or file of a manifest or collection (IIIF Presentation 2 or 3), or a table (CSV, parquet) with a
        column of addresses of pictures.
    out : Folder: ``images/``, ``metadata.csv`` (with a column ``path``), ``failed.csv``, and ``.harvest`` with the
        manifests as they were read.
    size : Longest side, pixels. An image service of level 1 or 2 scales to it; one of level 0 gives the next larger
        size that it offers. A file without a service is taken as it is.
    delay : Seconds between two requests to one server, at least.
    rights : Codes or patterns; see ``artgraph.harvest.rights``. Other works, and those without a statement, are not
        taken.
    language : That texts are taken in where there are several.
    canvases : {"all", "first"}; of each manifest.
    column, encoding : Of a table; default: found out.
    limit : So many pictures at most, the first ones.
    retries : See ``Client``.
    refresh : Ask again for manifests that were read before, to find what is new in them.
    max_failed : Share of the pictures and manifests asked for that may fail before this is an error (everything is
        written all the same). Works for which no address is named do not count.
    tell : callable(str); is given sentences on what is going on.
    progress : callable(stage, done, total)

    Returns
    -------
    Harvest

    Raises
    ------
    InputError
        The folder has a harvest of something else, or in another size.
    IngestError
        The source cannot be read; nothing was taken; or more failed than ``max_failed``.
    """
    check_choice("canvases", canvases, CANVASES)
    if size < 1 or delay < 0 or retries < 0:
        raise InputError("size is at least 1, delay and retries are at least 0.")
    given = str(source) if is_address(str(source)) else os.path.realpath(source)
    wanted = sorted({one.strip().casefold() for one in rights})
    about = {"source": given, "size": size, "rights": wanted, "canvases": canvases}
    report = progress or (lambda stage, done, total: None)
    out = Path(out)
    _check_folder(out, about)
    with Client(delay=delay, retries=retries, tell=tell) as client, locked(out, folders=FOLDERS):
        reader = Reader(client, out / WORK / "manifests", refresh=refresh)
        reading = {"language": language, "canvases": canvases, "column": column, "encoding": encoding}
        enough = None if limit is None else _Enough(limit, wanted)
        found = read_source(given, reader, enough=enough, progress=report, **reading)
        write_bytes(out / WORK / "harvest.json", json.dumps(about, indent=1, ensure_ascii=False).encode())
        (out / PICTURES).mkdir(exist_ok=True)
        result = Harvest(out, found=len(found.items), lost=list(found.lost), notes=list(found.notes))
        items = _chosen(found, wanted, limit, result)
        _take_all(items, client, result, size=size, report=report)
        result.requests = client.asked
        for (host, other), times in sorted(client.moved.items()):
            result.notes.append(f"{times:,} pictures of {host} came from {other}, where it sent us.")
    _check_failed(result, max_failed)
    return result


def _check_failed(result: Harvest, max_failed: float) -> None:
    where = result.folder / "failed.csv"
    if not result.taken:
        why = Counter(one.reason for one in result.lost).most_common(1)
        said = f" ({len(result.lost):,} were not; most of all: {why[0][0]})" if why else ""
        raise IngestError(f"No picture was taken{said}. {where} says which and why.")
    asked = result.taken + result.failed
    if result.failed > max_failed * asked:
        raise IngestError(
            f"{result.failed:,} of {asked:,} pictures and manifests failed, more than --max-failed {max_failed:g} "
            f"allows. {where} says which and why; the same command tries them again."
        )


def _check_folder(out: Path, about: dict[str, Any]) -> None:
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; -o takes a folder, which need not exist yet.")
    try:
        there = json.loads((out / WORK / "harvest.json").read_bytes())
    except (OSError, ValueError):
        if out.is_dir() and any((out / name).exists() for name in ("metadata.csv", PICTURES, "corpus.json")):
            raise InputError(f"{out} has files that harvest did not write. Name a new folder with -o.") from None
        return
    for name, value in about.items():
        if there.get(name) != value:
            was = ", ".join(there[name]) if isinstance(there.get(name), list) else there.get(name)
            raise InputError(
                f"{out} was harvested with another {name} ({was or 'none'}). Give the same, or another folder with -o."
            )


class _Enough:
    """Says when as many pictures were named as are wanted: the rest of a collection is not read."""

    def __init__(self, limit: int, wanted: Sequence[str]) -> None:
        self.limit, self.wanted, self.looked, self.sources = limit, wanted, 0, set()

    def __call__(self, items: Sequence[Item]) -> bool:
        new, self.looked = items[self.looked :], len(items)
        self.sources |= {one.source for one in new if allowed(one.row.get("rights", ""), self.wanted)}
        return len(self.sources) >= self.limit


def _chosen(found: Found, wanted: Sequence[str], limit: int | None, result: Harvest) -> list[Item]:
    """Return each picture once, where its rights are wanted, the first ``limit``; the others are noted as lost."""
    chosen: dict[str, Item] = {}
    ids: set[str] = set()
    for item in found.items:
        statement = item.row.get("rights", "")
        if not allowed(statement, wanted):
            detail = f"Its rights statement is '{statement[:200]}'." if statement else "It has no rights statement."
            result.lost.append(Lost.of(item, "other rights", detail))
        elif item.source in chosen:
            detail = f"Its picture is that of {chosen[item.source].id}."
            result.lost.append(Lost.of(item, "same picture", detail))
        elif limit is not None and len(chosen) >= limit:
            result.lost.append(Lost.of(item, "beyond the limit", f"--limit is {limit}."))
        else:
            if item.id in ids:
                item = replace(item, id=f"{item.id}-{len(ids)}")
            ids.add(item.id)
            chosen[item.source] = item
    return list(chosen.values())


def _take_all(
    items: Sequence[Item], client: Client, result: Harvest, *, size: int, report: Callable[[str, int, int], None]
) -> None:
    """Take the pictures that are not there; write both tables, also where this is interrupted."""
    folder, part = result.folder / PICTURES, result.folder / WORK / "part"
    there = {name.rpartition(".")[0]: name for name in os.listdir(folder) if not name.startswith(".")}
    rows: list[dict[str, str]] = []
    places = _read_places(result.folder)
    before, done = len(result.lost), 0
    try:
        for done, item in enumerate(items):
            report("pictures", done, len(items))
            name = there.get(item.id)
            if name is None:
                try:
                    address, ending = _take(item, client, part, size)
                except FetchError as error:
                    result.lost.append(Lost.of(item, error.reason, error.detail))
                    continue
                name = item.id + ending
                places[item.id] = address
                _note_place(result.folder, item.id, address)
                with atomic_path(folder / name) as temporary:
                    os.replace(part, temporary)
                result.new += 1
            address = places.get(item.id, item.picture)
            rows.append({**item.row, "path": f"{PICTURES}/{name}", "id": _own_id(item), "picture_url": address})
            result.rights[rights_code(item.row.get("rights", "")) or item.row.get("rights", "")[:60] or "none"] += 1
        done = len(items)
        report("pictures", done, len(items))
    finally:
        result.taken = len(rows)
        rest = items[len(rows) + len(result.lost) - before :] if done < len(items) else ()
        lost = [
            *result.lost,
            *(Lost.of(item, "not reached", "The run ended before it was asked for.") for item in rest),
        ]
        part.unlink(missing_ok=True)
        _write_tables(result.folder, rows, lost)


def _take(item: Item, client: Client, part: Path, size: int) -> tuple[str, str]:
    """Write one picture to ``part``; return the address that gave it, and the ending for its format."""
    service, addresses = item.service, []
    if service is not None:
        if needs_info(service, size):
            try:
                info = json.loads(client.text(f"{service.address}/info.json"))
                service = with_info(service, info) if isinstance(info, dict) else service
            except (FetchError, ValueError) as error:
                if not item.picture:
                    if isinstance(error, FetchError):
                        raise
                    raise FetchError("no service", f"{service.address}/info.json is no JSON.") from error
        addresses = picture_addresses(service, size)
    addresses = list(dict.fromkeys([*addresses, *([item.picture] if item.picture else [])]))
    if not addresses and service is not None:
        whole = "max" if service.version == 3 else "full"
        addresses = [f"{service.address}/full/{whole}/0/default.jpg"]
    for last, address in enumerate(addresses, start=1):
        try:
            return address, client.picture(address, part)
        except FetchError as error:
            if last == len(addresses) or error.reason not in _ELSEWHERE:
                raise
    raise FetchError("no address", "It has no address.")


def _own_id(item: Item) -> str:
    return item.row.get("id") or item.id


def _read_places(folder: Path) -> dict[str, str]:
    """Return the address that each picture came from, as noted by this run and earlier ones."""
    places = {}
    try:
        lines = (folder / WORK / "addresses.jsonl").read_text("utf-8").splitlines()
    except OSError:
        return {}
    for line in lines:
        try:
            key, address = json.loads(line)
        except ValueError:  # the line that a killed run was writing
            continue
        places[key] = address
    return places


def _note_place(folder: Path, key: str, address: str) -> None:
    with (folder / WORK / "addresses.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps([key, address], ensure_ascii=False))


def _write_tables(folder: Path, rows: Sequence[dict[str, str]], lost: Sequence[Lost]) -> None:
    from artgraph.export.tables import write_csv

    write_csv(folder / "metadata.csv", _frame(rows, COLUMNS))
    write_csv(folder / "failed.csv", _frame([{name: getattr(one, name) for name in FAILED} for one in lost], FAILED))


def _frame(rows: Sequence[dict[str, str]], first: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    others = dict.fromkeys(name for row in rows for name in row if name not in first)
    used = [name for name in first if first is FAILED or name in ("path", "id") or any(name in row for row in rows)]
    return pd.DataFrame(
        {name: pd.Series([row.get(name) or None for row in rows], dtype=object) for name in [*used, *others]}
    )
