"""How ingest reads a spreadsheet: as it was read before, whom it names, and whether it fits the pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.atomic import write_bytes
from artgraph.catalogue import Catalogue
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, IngestError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_before", "list_artists", "refuse_unmatched", "relative", "spellings_note"]


def as_before(
    out: Path, metadata: str | Path | None, reading: dict[str, Any]
) -> tuple[str | Path | None, dict[str, Any], list[str]]:
    """Return the spreadsheet and how to read it: as at the last ingest where they are not given, with notes on that.

    Parameters
    ----------
    out : The corpus, if it is there already.
    metadata : The spreadsheet that is given, or None.
    reading : What is given of "columns" and "encoding"; empty or None: nothing.

    Raises
    ------
    IngestError
        Where no spreadsheet is given and that of the last ingest is gone.
    """
    try:
        facts = Corpus(out).head["facts"]
        before, read = facts["spreadsheet"], facts["reading"]
    except (OSError, ValueError, KeyError, TypeError, CorpusError):
        return metadata, reading, []
    file, notes = Path(os.path.normpath(out / before)), []
    if metadata is None:
        if not file.is_file():
            raise IngestError(
                f"{out} was made with the spreadsheet {file}, which is not there any more. Give it with --metadata; "
                f"for a corpus without one, choose another folder with -o."
            )
        metadata = file
        notes.append(f"the spreadsheet {file.name} of the last ingest was used again.")
    same = os.path.realpath(metadata) == os.path.realpath(file)
    for name, flag in (("columns", "--column"), ("encoding", "--encoding")) if same else ():
        if not reading[name] and read.get(name):
            reading = reading | {name: read[name]}
            said = read[name] if name == "encoding" else ", ".join(f"{a}={b}" for a, b in sorted(read[name].items()))
            notes.append(f"{flag} {said} of the last ingest was used again.")
    return metadata, reading, notes


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
