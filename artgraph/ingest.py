"""A folder of pictures and a spreadsheet become a plan: which paintings there are, and what was refused and why.

Nothing is guessed and nothing is dropped without a word: every picture found is a painting or stands in `refused`, and
so does every row of the spreadsheet that could not be given to exactly one picture.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from artgraph.errors import ImageError, IngestError
from artgraph.folders import Listing, list_folder
from artgraph.images import MAX_PIXELS, ImageRecord, inspect_image
from artgraph.joining import Joined, join_rows, normal, path_finder
from artgraph.metadata import STANDARD, Metadata, read_metadata, read_names
from artgraph.objectviews import one_picture_each

__all__ = [
    "Metadata", "Plan", "Refusal", "check_matched", "find_images", "inspect_chunk", "passed_over", "plan",
    "plan_table", "read_metadata", "read_names", "refusals_table",
]  # fmt: skip

CONTROLS = "[\x00-\x1f\x7f-\x9f]"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One input that was not taken.

    Attributes
    ----------
    input : the picture's relative path, or the spreadsheet's name and line; printable.
    kind : "image", "row", or what was passed over: "file", "folder".
    reason, detail : a short fixed code, and a sentence.
    """

    input: str
    kind: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Plan:
    """What a folder and a spreadsheet amount to, before any picture is opened.

    Attributes
    ----------
    paintings : text columns ``id`` (sorted), ``image`` (relative path), ``artist``, ``title``, ``date``, ``style``
        (always there), the user's other columns, and ``metadata_line`` (Int64); null where nothing is known.
    refused : columns ``input``, ``kind``, ``reason``, ``detail``, as in `Refusal`.
    counts : ``images`` found = ``paintings`` + ``images_refused``; ``rows`` of the spreadsheet = ``rows_joined`` +
        ``rows_merged`` (repeats of a joined row, or rows of other pictures of its work) + ``rows_refused``;
        ``without_row``: paintings that have no row. ``other_views``: pictures left out for another of the same work.
    notes : how rows were matched where they are not written like the names of the pictures, in sentences.
    read_as : how the spreadsheet was read, as `artgraph.metadata.Metadata` says it, with the ids that were taken.
    """

    paintings: pd.DataFrame
    refused: pd.DataFrame
    counts: dict
    notes: list = field(default_factory=list)
    read_as: str = ""


def find_images(root: str | Path) -> list[str]:
    """List the pictures in a folder and the folders within it, in code-point order.

    Paths are relative to `root`, with "/"; see `artgraph.folders.list_folder`, also for the errors. Bytes of a name
    that are no UTF-8 are lone surrogates (PEP 383); `plan` refuses such names.
    """
    return list_folder(root).pictures


def plan(
    paths: list[str],
    metadata: Metadata | None = None,
    *,
    root: str | Path = ".",
    metadata_dir: str | Path | None = None,
    views: str | None = None,
) -> Plan:
    """Give each row of a spreadsheet to its picture, and each picture its identity.

    Names meet exactly where they can. A row with an image column goes to the picture with exactly that path, relative
    to `root`; else relative to `metadata_dir`; else, where the row has a bare file name, to the one picture of that
    name. Paths may be absolute or contain "..", as long as they end inside `root`. A row without an image column goes
    to the picture whose relative path is its id; else whose path without its ending is; else to the one picture whose
    file name without its ending is. An ending is what follows the last dot. Names are compared in Unicode normal form
    C and with regard to case.

    A row that finds no picture so is given to the one that it means although it is written otherwise: case, blanks at
    either end of a name, percent-encoding and backslashes do not count, nor the ending of a picture's name (``001.tif``
    for ``001.jpg``). Of a path of another computer (``C:\\scans\\001.jpg``, ``/Volumes/scans/001.jpg``) or an address
    on the web, the end counts; where several pictures have that name, the one whose folders agree further. A row that
    names a picture better always comes first. Where no image of the table is found, its ids are tried.

    A painting's id is its row's, or else (no row, no id) the picture's relative path, in normal form C. Rows that are
    alike in every column count once. Rows that differ but name one picture, or have one id, are all refused, and their
    pictures are taken without metadata; so is a row whose id is another picture's path. A spreadsheet with neither an
    image nor an id column is an IngestError.

    Reasons of refusal: "unreadable name" for images; "ragged row", "no name", "no such image", "ambiguous name",
    "outside the folder", "conflicting rows", "id taken" for rows.

    Parameters
    ----------
    paths, metadata : from `find_images` and `read_metadata`.
    root, metadata_dir : the folder of the pictures, and that of the spreadsheet (`root` if not given).
    views : which picture is taken where a work has several: "first", "all" or a column, as in
        `artgraph.objectviews.choose_views`; those that are not taken are listed with the reason "another view". None:
        rows of such works are refused, and a note says how many there are.
    """
    names = {path: _bad_name(path) for path in sorted(paths)}
    refused = [Refusal(_printable(path), "image", "unreadable name", bad) for path, bad in names.items() if bad]
    pictures = [path for path, bad in names.items() if not bad]
    rows, lines, trouble, passed_over, n_rows, notes = {}, set(), [], {}, 0, []
    if metadata is not None:
        n_rows = len(metadata.table) + len(metadata.refused) + metadata.merged
        by_path = path_finder(pictures, root, metadata_dir)
        metadata, passed_over, several = one_picture_each(pictures, metadata, views, by_path=by_path)
        pictures = [path for path in pictures if path not in passed_over]
        refused += [
            Refusal(_printable(path), "file", "another view", _printable(f"Its work is shown by '{first}'."))
            for path, first in passed_over.items()
        ]
        metadata, joined, said = _joined(pictures, metadata, root=root, metadata_dir=metadata_dir)
        notes += [*several, *said]
        rows, lines = joined.rows, {metadata.lines[row] for row in joined.rows.values()}
        trouble = [(line, "ragged row", detail) for line, detail in metadata.refused]
        trouble += [(metadata.lines[row], reason, detail) for row, reason, detail in joined.refused]
        unit = "line" if metadata.delimiter else "row"
        if joined.key == "id" and "image" in metadata.table:
            notes.append(f"No image named in {metadata.name} is in the folder; its rows were matched by their ids.")
        if joined.loose:
            picture, written = min(joined.loose.items())
            notes.append(
                f"{len(joined.loose)} of {n_rows} rows of {metadata.name} write the names of pictures otherwise and "
                f"were matched all the same, such as '{_printable(written[:200])}' with '{picture}'."
            )
        refused += [
            Refusal(_printable(f"{metadata.name} {unit} {line}"), "row", reason, _printable(detail[:500]))
            for line, reason, detail in sorted(trouble)
        ]
    found = len(names) - len(passed_over)
    counts = {"images": found, "paintings": len(pictures), "images_refused": found - len(pictures)}
    counts |= {"rows": n_rows, "rows_joined": len(lines), "rows_merged": n_rows - len(lines) - len(trouble)}
    counts |= {"rows_refused": len(trouble), "without_row": len(pictures) - len(rows)}
    counts |= {"other_views": len(passed_over)} if passed_over else {}
    return Plan(
        _paintings(pictures, rows, metadata),
        refusals_table(refused),
        counts,
        notes,
        metadata.read_as if metadata else "",
    )


def plan_table(metadata: Metadata) -> Plan:
    """Take each row of a table for a work, where there are no pictures.

    A row without an id, or whose id holds a line break or another control character, is refused, and so are rows that
    differ but have one id; rows that are alike in every column count once. Ids are brought to Unicode normal form C.
    A column that names pictures is kept as ``file``. Reasons of refusal: "ragged row", "no name", "unreadable name",
    "conflicting rows".

    Parameters
    ----------
    metadata : from `read_metadata`; without a column ``id`` it is an IngestError.

    Returns
    -------
    Plan
        Without a column ``image``; ``counts`` has ``images`` and ``without_row`` 0.
    """
    table = metadata.table
    if "id" not in table:
        raise IngestError(
            f"No column of {metadata.name} holds the ids of works. It has: {', '.join(metadata.columns)}. Expected one "
            f"of: {', '.join(STANDARD['id'])}. Say which it is with --column id=NAME."
        )
    table = table.rename(columns={"image": "file"}).assign(
        id=table["id"].map(normal, na_action="ignore"), metadata_line=pd.array(metadata.lines, dtype="Int64")
    )
    ids, values = table["id"], table.drop(columns="metadata_line")
    again = values.duplicated().to_numpy()
    bare = ids.isna().to_numpy()
    odd = ids.astype("string").str.contains(CONTROLS, na=False).to_numpy(dtype=bool)
    different = ids[~again & ~bare].value_counts()
    several = ids.isin(different[different > 1].index).to_numpy()
    taken = ~(again | bare | odd | several)
    trouble = [(line, "ragged row", detail) for line, detail in metadata.refused]
    for row in np.flatnonzero(bare | odd | several):
        line, key = metadata.lines[row], ids.iloc[row]
        if bare[row]:
            trouble.append((line, "no name", "Its id field is empty."))
        elif odd[row]:
            trouble.append(
                (line, "unreadable name", f"The id '{key}' holds a line break or another control character.")
            )
        else:
            trouble.append((line, "conflicting rows", f"{different[key]} different rows have the id '{key}'."))
    unit = "line" if metadata.delimiter else "row"
    refused = [
        Refusal(_printable(f"{metadata.name} {unit} {line}"), "row", reason, _printable(detail[:500]))
        for line, reason, detail in sorted(trouble)
    ]
    works = table[taken].sort_values("id", kind="stable").reset_index(drop=True).astype({"id": "string"})
    for name in STANDARD:
        if name not in works and name != "image":
            works[name] = pd.array([None] * len(works), dtype="string")
    standard = [name for name in STANDARD if name in works]
    others = [name for name in works if name not in (*standard, "metadata_line")]
    n, n_rows = len(works), len(table) + len(metadata.refused) + metadata.merged
    counts = {"images": 0, "paintings": n, "images_refused": 0, "without_row": 0}
    counts |= {"rows": n_rows, "rows_joined": n, "rows_merged": n_rows - n - len(refused), "rows_refused": len(refused)}
    return Plan(works[[*standard, *others, "metadata_line"]], refusals_table(refused), counts, read_as=metadata.read_as)


def _joined(
    pictures: list[str], metadata: Metadata, *, root: str | Path, metadata_dir: str | Path | None
) -> tuple[Metadata, Joined, list[str]]:
    """Give rows to pictures by the column of ids that finds most of them; say which, where it is not the first."""
    where = {"root": root, "metadata_dir": metadata_dir}
    first = join_rows(pictures, metadata.table, **where)
    best, key, counts = first, "id", {}
    others = [name for name in metadata.ids[1:] if name in metadata.table]
    if first.key == "id" and others and len(first.rows) < min(len(pictures), len(metadata.table)):
        for name in others:
            table = metadata.table.assign(id=metadata.table[name], **{name: metadata.table["id"]})
            joined = join_rows(pictures, table, **where)
            counts[name] = len(joined.rows)
            if joined.key == "id" and len(joined.rows) > len(best.rows):
                best, key = joined, name
    if not best.rows and "picture_url" in metadata.table and "image" not in metadata.table:
        joined = join_rows(pictures, metadata.table.rename(columns={"picture_url": "image"}), **where)
        if joined.rows:
            note = f"No id in {metadata.name} is the name of a picture; rows were matched by the pictures' addresses."
            return metadata, joined, [note]
    if key == "id":
        return metadata, best, []
    written = {ours: theirs for theirs, ours in metadata.columns.items()}
    table = metadata.table.assign(id=metadata.table[key], **{key: metadata.table["id"]})
    columns = {theirs: {"id": key, key: "id"}.get(ours, ours) for theirs, ours in metadata.columns.items()}
    note = (
        f"The ids are those in '{written.get(key, key)}': they find {len(best.rows):,} pictures, those in "
        f"'{written.get('id', 'id')}' {len(first.rows):,}."
    )
    said = metadata.read_as.replace(f"id from '{written.get('id')}'", f"id from '{written.get(key, key)}'")
    return replace(metadata, table=table, columns=columns, read_as=said), best, [note]


def check_matched(planned: Plan, metadata: Metadata, root: str | Path) -> None:
    """Raise IngestError where not one row of the spreadsheet was given to a picture, with an example of each side.

    Parameters
    ----------
    planned, metadata : from `plan` and `read_metadata`.
    root : the folder of the pictures, for the message.
    """
    rows = planned.refused[planned.refused["kind"] == "row"]
    if planned.counts["rows_joined"] or rows.empty or planned.paintings.empty:
        return
    key = "image" if "image" in metadata.table else "id"
    theirs = next((name for name, ours in metadata.columns.items() if ours == key), key)
    values = metadata.table[key].dropna()
    example = f"'{_printable(values.iloc[0][:200])}'" if len(values) else "nothing"
    reason = rows["reason"].value_counts().index[0]
    raise IngestError(
        f"None of the {planned.counts['rows']} rows of {metadata.name} belongs to a picture in {root} ({reason}). The "
        f"column '{theirs}' says {example}; the folder has '{planned.paintings['image'].iloc[0]}'. Give the "
        f"spreadsheet of these pictures, or say which column names them with --column image=NAME or --column id=NAME; "
        f"without --metadata the pictures are taken alone."
    )


def inspect_chunk(
    root: str | Path, paths: list[str], *, thumbnail: int = 256, max_pixels: int = MAX_PIXELS
) -> list[ImageRecord | Refusal]:
    """Inspect some of the pictures of a folder, and return one record or refusal for each, in the same order.

    Picklable, for a pool of processes. Reasons of refusal: those of `artgraph.images.load_image`. A link is the file
    that it leads to, wherever that is.

    Parameters
    ----------
    root, paths : the folder, and paths relative to it.
    thumbnail, max_pixels : as in `artgraph.images.inspect_image`.
    """
    results = []
    for path in paths:
        try:
            results.append(inspect_image(os.path.join(root, path), thumbnail=thumbnail, max_pixels=max_pixels))
        except ImageError as error:
            results.append(Refusal(_printable(path), "image", error.reason, error.detail))
    return results


def passed_over(listing: Listing) -> list[Refusal]:
    """Return a refusal for each file or folder that a ``listing`` has passed over."""
    return [Refusal(_printable(path), *rest) for path, *rest in listing.passed_over]


def refusals_table(refusals: Iterable[Refusal]) -> pd.DataFrame:
    """Lay out ``refusals`` as in `Plan.refused`: text columns ``input``, ``kind``, ``reason``, ``detail``."""
    return pd.DataFrame(map(astuple, refusals), columns=[one.name for one in fields(Refusal)], dtype="string")


def _paintings(pictures: list[str], rows: dict[str, int], metadata: Metadata | None) -> pd.DataFrame:
    given = metadata.table if metadata is not None else pd.DataFrame()
    explicit = given["id"].tolist() if "id" in given else [None] * len(given)
    twins = Counter(map(normal, pictures))

    def identity(path: str) -> str:
        own = explicit[rows[path]] if path in rows else None
        if pd.notna(own):
            return normal(own)
        return normal(path) if twins[normal(path)] == 1 else path

    named = sorted((identity(path), path) for path in pictures)
    position = [rows.get(path) for _, path in named]
    table = pd.DataFrame({"id": [one for one, _ in named], "image": [path for _, path in named]}, dtype="string")
    others = [name for name in given.columns if name not in STANDARD]
    for name in [*(name for name in STANDARD if name not in ("id", "image")), *others]:
        values = given[name].tolist() if name in given else None
        column = [None if values is None or row is None else values[row] for row in position]
        table[name] = pd.array(column, dtype="string")
    lines = [pd.NA if row is None else metadata.lines[row] for row in position]
    return table.assign(metadata_line=pd.array(lines, dtype="Int64"))


def _bad_name(path: str) -> str | None:
    if re.search("[\ud800-\udfff]", path):
        return "The name is not valid UTF-8. Rename the file."
    if re.search(CONTROLS, path):
        return "The name holds a line break or another control character. Rename the file."
    return None


def _printable(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return re.sub("[\x00-\x1f\x7f-\x9f]", lambda found: found[0].encode("unicode_escape").decode(), text)
