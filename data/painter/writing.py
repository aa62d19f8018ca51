"""Write the exhibition into a folder: pictures and their labels."""

import csv
import hashlib
import io
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from artgraph.atomic import write_bytes
from data.painter.exhibition import catalogue, paint
from data.painter.manners import MANNERS

__all__ = ["COLUMNS", "sample_works", "write_demo"]

COLUMNS = ("path", "artist", "style", "scene", "year", "title")

# Part of every picture's mark: raise it when a manner or a scene changes, and old pictures are painted anew.
_EDITION = 1


def sample_works(*, seed=0, per_style=2, long=180):
    """Choose a small sample: some works of every manner, at a reduced size.

    Parameters
    ----------
    seed : int
        Of the catalogue.
    per_style : int
        Works of each manner, of different scenes and painters.
    long : int
        Long side in pixels.

    Returns
    -------
    list of Work
    """
    chosen, seen = [], {"scene": {}, "artist": {}}
    works = catalogue(seed=seed)
    for _ in range(per_style):
        for style in MANNERS:
            left = [w for w in works if w.style == style and w not in chosen]
            work = min(left, key=lambda w: (seen["artist"].get(w.artist, 0), seen["scene"].get(w.scene, 0), w.path))
            chosen.append(work)
            for column in seen:
                name = getattr(work, column)
                seen[column][name] = seen[column].get(name, 0) + 1
    scale = long / 320
    return [replace(w, size=tuple(round(s * scale) for s in w.size)) for w in sorted(chosen, key=lambda w: w.path)]


def write_demo(directory, *, seed=0, works=None, quality=74, processes=None, progress=None):
    """Paint a catalogue into a folder, with ``metadata.csv``.

    A picture that is there already, whole and of the same work, stays as it is, so a run that was stopped goes on where
    it ended. Pictures and table get their names only when they are complete.

    Parameters
    ----------
    directory : str or pathlib.Path
        Made when it does not exist.
    seed : int
        Of the catalogue.
    works : list of Work or None
        What to paint; by default the whole catalogue.
    quality : int, 1 to 95
        Of the JPEG files; 74 keeps the whole exhibition below 6 MB.
    processes : int or None
        How many pictures are painted at once; by default one for each processor. 1 starts no other process.
    progress : callable or None
        Called with the number of pictures done and the number of all, after each.

    Returns
    -------
    pathlib.Path
        Of ``metadata.csv``: UTF-8, columns path, artist, style, scene, year, title; one row per picture.
    """
    directory = Path(directory)
    works = catalogue(seed=seed) if works is None else list(works)
    for parent in sorted({(directory / w.path).parent for w in works} | {directory}):
        parent.mkdir(parents=True, exist_ok=True)
    todo = [w for w in works if not _is_there(directory / w.path, _mark(w, quality))]
    done, total = len(works) - len(todo), len(works)
    count = min(processes or os.cpu_count() or 1, len(todo))
    with ExitStack() as stack:
        if count > 1:
            # spawned, not forked: the caller may hold threads
            pool = stack.enter_context(ProcessPoolExecutor(count, mp_context=get_context("spawn")))
            with _without_main():
                results = as_completed([pool.submit(_write_picture, directory, w, quality) for w in todo])
        else:
            results = (_write_picture(directory, w, quality) for w in todo)
        for result in results:
            if count > 1:
                result.result()
            done += 1
            if progress is not None:
                progress(done, total)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(w, column) for column in COLUMNS] for w in works)
    write_bytes(directory / "metadata.csv", table.getvalue().encode("utf-8"))
    return directory / "metadata.csv"


@contextmanager
def _without_main():
    """Keep new processes from running the caller's script once more: what they call stands in this module."""
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    main.__spec__ = None
    main.__dict__.pop("__file__", None)
    try:
        yield
    finally:
        main.__dict__.update(kept)


def _mark(work, quality):
    recipe = (work.style, work.scene, work.habits, work.seed, work.size, quality, _EDITION)
    recipe += tuple(part for part in (work.palette, work.finish, work.reproduction) if part)
    return b"artgraph painter " + hashlib.sha256(repr(recipe).encode()).hexdigest()[:16].encode()


def _is_there(path, mark):
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    # the comment stands near the front of a JPEG, the end-of-image marker last
    return mark in content[:1024] and content.endswith(b"\xff\xd9")


def _write_picture(directory, work, quality):
    buffer = io.BytesIO()
    Image.fromarray(paint(work)).save(buffer, "JPEG", quality=quality, optimize=True, comment=_mark(work, quality))
    write_bytes(directory / work.path, buffer.getvalue())
