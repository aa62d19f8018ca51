"""A change to a corpus that happens whole or not at all.

The change is made in a copy beside the things it changes (``.next-<stamp>`` in the corpus; files are linked, not
copied, where the file system can). When all is done, the copy is renamed to ``.commit``: from then on the change has
happened. Its files are moved into place, and a process that is killed while it moves them leaves the rest to whoever
opens the corpus next. Before that rename nothing in the corpus has changed.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artgraph.atomic import locked, write_bytes
from artgraph.errors import LockedError

__all__ = ["KINDS", "copied", "finish_change", "staged"]

KINDS = ("features", "graphs", "partitions", "layouts", "patches", "models", "reports")
NEXT, COMMIT, LIST = ".next-", ".commit", "commit.json"
TABLES = ("corpus.json", "paintings.parquet", "refused.csv", "journal.jsonl")
WAIT = 10.0  # seconds for which a reader waits while another process moves files into place


@contextmanager
def staged(home: str | Path, stamp: str, *, linked: bool = True) -> Iterator[Path]:
    """Hold a corpus for writing and yield a copy (Path) to be changed, which takes its place when the block ends well.

    A block that raises, or a process that is killed, leaves the corpus as it was; started again with the same
    ``stamp``, the copy is there as it was left. A copy with another stamp is removed.

    Parameters
    ----------
    home : A corpus.
    stamp : str of hexadecimal digits; what the change is made from.
    linked : The copy begins with everything that the corpus has; without it, with the table alone, and what is not
        put into it is gone afterwards.

    Raises
    ------
    LockedError
        Another process is writing to the corpus.
    """
    home = Path(home)
    copy = home / f"{NEXT}{stamp[:16]}"
    with locked(home, folders=("", "thumbs", *KINDS)):
        for other in home.glob(f"{NEXT}*"):
            if other != copy or not (copy / "corpus.json").is_file():
                shutil.rmtree(other)
        if not copy.exists():
            copied(home, copy, linked=linked)
        try:
            yield copy
        except Exception as error:
            # what is said about the copy is meant of the corpus
            error.args = tuple(one.replace(str(copy), str(home)) if isinstance(one, str) else one for one in error.args)
            raise
        files = [*TABLES, *(f"{kind}/{file.name}" for kind in KINDS for file in sorted((copy / kind).glob("[!.]*")))]
        write_bytes(copy / LIST, json.dumps([name for name in files if (copy / name).is_file()]).encode())
        os.replace(copy, home / COMMIT)
        _move(home)


def finish_change(home: str | Path) -> None:
    """Move the files of a change that has happened into place, if a killed process left some; wait while one does it.

    Parameters
    ----------
    home : A corpus.

    Raises
    ------
    LockedError
        Another process has been moving them for longer than 10 seconds.
    """
    home, started = Path(home), time.monotonic()
    while (home / COMMIT).is_dir():
        try:
            with locked(home):
                if (home / COMMIT).is_dir():
                    _move(home)
        except LockedError:
            if time.monotonic() - started > WAIT:
                raise
            time.sleep(0.05)


def copied(home: Path, copy: Path, *, linked: bool = True) -> None:
    """Copy a corpus; thumbnails, exports and plots stay where they are.

    Parameters
    ----------
    home, copy : The corpus and a new folder.
    linked : Without it, the table alone.
    """
    for kind in KINDS:
        (copy / kind).mkdir(parents=True)
        for file in sorted((home / kind).glob("[!.]*")):
            if linked and file.is_file():
                _link(file, copy / kind / file.name)
    for name in reversed(TABLES):  # corpus.json last: it says that the copy is whole
        if (home / name).is_file():
            shutil.copyfile(home / name, copy / name)


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:  # a file system without links, or one that allows no more of them
        shutil.copyfile(file, to)


def _move(home: Path) -> None:
    """Put the files of ``.commit`` in place; may be begun again at any point."""
    commit = home / COMMIT
    if (commit / LIST).is_file():  # without it all has been moved, and only the folder is left
        names = json.loads((commit / LIST).read_text("utf-8"))
        keep = set(names)
        for kind in KINDS:
            for file in (home / kind).glob("[!.]*"):
                if file.is_file() and f"{kind}/{file.name}" not in keep:
                    file.unlink()
        for name in names:
            new, old = commit / name, home / name
            if new.is_file():
                old.parent.mkdir(exist_ok=True)
                if old.is_file() and os.path.samefile(new, old):
                    new.unlink()  # a rename between two names of one file does nothing
                else:
                    os.replace(new, old)
        _sync(home)
        (commit / LIST).unlink()
    shutil.rmtree(commit)


def _sync(home: Path) -> None:
    if os.name == "nt":
        return
    for name in ("", *KINDS):
        if (home / name).is_dir():
            descriptor = os.open(home / name, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
