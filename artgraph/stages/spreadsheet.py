"""How ingest reads a spreadsheet: as it was read before, whom it names, and whether it fits the pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.atomic import write_bytes
from artgraph.catalogue import Catalogue
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, IngestError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from artgraph.ingest import Metadata

__all__ = [
    "as_before",
    "list_artists",
    "read_table",
    "reading_of",
    "refuse_unmatched",
    "relative",
    "said_of",
    "spellings_note",
]


FLAGS = {
    "columns": "--column", "encoding": "--encoding", "source": "--as", "repair_text": "--repair-text",
    "views": "--views",
}  # fmt: skip


def as_before(
    out: Path, metadata: str | Path | None, reading: dict[str, Any]
) -> tuple[str | Path | None, dict[str, Any], list[str]]:
    """Return the spreadsheet and how to read it: as at the last ingest where they are not given, with notes on that.

    Parameters
    ----------
    out : The corpus, if it is there already.
    metadata : The spreadsheet that is given, or None.
    reading : What is given, as from ``reading_of``.

    Raises
    ------
    IngestError
        Where no spreadsheet is given and that of the last ingest is gone.
    """
    try:
        facts = Corpus(out).head["facts"]
        before, read = facts.get("spreadsheet"), facts["reading"]
    except (OSError, ValueError, KeyError, TypeError, CorpusError):
        return metadata, reading, []
    if before is None:  # what was known came from the names of the pictures
        return metadata, read | reading if metadata is None else reading, []
    file, notes = Path(os.path.normpath(out / before)), []
    if metadata is None:
        if not file.exists():
            raise IngestError(
                f"{out} was made with the spreadsheet {file}, which is not there any more. Give it with --metadata; "
                f"for a corpus without one, choose another folder with -o."
            )
        metadata = file
        notes.append(f"the spreadsheet {file.name} of the last ingest was used again.")
    same = os.path.realpath(metadata) == os.path.realpath(file)
    for name, flag in FLAGS.items() if same else ():
        if not reading.get(name) and read.get(name):
            reading = reading | {name: read[name]}
            notes.append(f"{said_of(flag, read[name])} of the last ingest was used again.")
    return metadata, reading, notes


def reading_of(
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    *,
    source: str | None = None,
    repair_text: bool = False,
    views: str | None = None,
) -> dict[str, Any]:
    """Return how a spreadsheet is read, as a corpus keeps it.

    Parameters
    ----------
    columns, encoding, source, repair_text : See ``artgraph.metadata.read_metadata``.
    views : See ``artgraph.ingest.plan``.
    """
    given = {"source": source} if source else {}
    given |= {"repair_text": True} if repair_text else {}
    given |= {"views": views} if views else {}
    return {"columns": dict(columns or {}), "encoding": encoding, **given}


def said_of(flag: str, value: Any) -> str:
    """Return an option (``flag``) and its ``value`` as they are typed."""
    if value is True:
        return flag
    pairs = sorted(value.items()) if isinstance(value, dict) else ()
    return f"{flag} {', '.join(f'{a}={b}' for a, b in pairs) or value}"


def read_table(metadata: str | Path | None, reading: Mapping[str, Any], paths: Sequence[str]) -> Metadata | None:
    """Read a spreadsheet, or the names of the pictures where ``reading`` says that they are those of WikiArt.

    Parameters
    ----------
    metadata : The spreadsheet; None: there is none.
    reading : As from ``reading_of``.
    paths : Of the pictures.

    Raises
    ------
    InputError
        A source that needs a spreadsheet, and there is none.
    """
    from artgraph.ingest import read_metadata, read_names
    from artgraph.sources import source_named

    source = reading.get("source")
    if metadata is not None:
        return read_metadata(metadata, **{name: value or None for name, value in reading.items() if name != "views"})
    if reading.get("views"):
        raise InputError("--views is about a spreadsheet's works, and there is none: give it with --metadata.")
    if source and source_named(source).key != "wikiart":
        raise InputError(f"--as {source} says how a spreadsheet is read, and there is none: give it with --metadata.")
    return read_names(paths) if source else None


def relative(path: str | Path, out: Path) -> str:
    """Return a ``path`` as it is seen from the corpus ``out``, with "/"."""
    try:
        return Path(os.path.relpath(path, out)).as_posix()
    except ValueError:  # another drive
        return str(Path(path).resolve())


def spellings_note(paintings: pd.DataFrame) -> list[str]:
    """Return a note on the spellings of artists in ``paintings`` that were taken for one, if there are any."""
    joined = Catalogue(paintings).joined_spellings
    if not joined:
        return []
    one, other, *_ = (repr(text[:60]) for text in next(iter(joined.values())))
    many = "1 artist is" if len(joined) == 1 else f"{len(joined)} artists are"
    return [
        f"{many} written in more than one way, such as {one} and {other}; artists.csv lists every spelling and whom it "
        "was taken for."
    ]


def list_artists(corpus: Corpus) -> None:
    """Write ``artists.csv`` into a ``corpus``: every spelling of an artist, whom it was taken for, and its works."""
    import pandas as pd

    rows = [(text, name or "", works) for text, name, works in Catalogue(corpus.paintings).spellings]
    file = corpus.path / "artists.csv"
    if not rows:
        file.unlink(missing_ok=True)
        return
    table = pd.DataFrame(rows, columns=["spelling", "taken for", "works"])
    write_bytes(file, table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def refuse_unmatched(corpus: Corpus, name: str, max_unmatched: float) -> None:
    """Raise IngestError where more pictures have no row than may be.

    Parameters
    ----------
    corpus
    name : Of the spreadsheet.
    max_unmatched : float in [0, 1]
    """
    bare = corpus.head["facts"]["images_without_row"]
    if bare > max_unmatched * len(corpus):
        without = corpus.paintings.loc[corpus.paintings["metadata_line"].isna(), "image"]
        raise IngestError(
            f"{bare} of {len(corpus)} pictures have no row in {name}, more than --max-unmatched "
            f"{max_unmatched:g} allows; the first: {', '.join(without[:3])}. {corpus.path / 'refused.csv'} lists the "
            f"rows without a picture."
        )
