"""Which files of a folder are pictures, by name or by content, and what is passed over and why."""

import os
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from artgraph.errors import IngestError
from artgraph.imagefiles import EXTENSIONS, is_picture

__all__ = ["Listing", "list_folder"]

#: Folders (in small letters) that computers and storage devices keep for themselves.
_SYSTEM = frozenset(
    (
        *("@eadir", "@recently-snapshot", "@recycle", "@sharebin", "@tmp", "#recycle", "#snapshot"),
        *("$recycle.bin", "recycled", "recycler", "system volume information", "lost+found", "__macosx"),
        *("network trash folder", "temporary items"),
    )
)
# Pictures by their ending that are passed over where a picture of the same name lies beside them.
_WORKING = frozenset(
    (
        *(".3fr", ".arw", ".cr2", ".cr3", ".dng", ".fff", ".iiq", ".nef", ".orf", ".pef", ".raf", ".rw2", ".srw"),
        *(".psb", ".psd", ".tga", ".xcf"),
    )
)
# ".jpg_large", ".jpg?w=800": an ending, and something that is no letter behind it
_NEARLY = re.compile(rf"({'|'.join(map(re.escape, sorted(EXTENSIONS, key=len, reverse=True)))})[^a-z0-9].*")


@dataclass
class Listing:
    """What is found in a folder.

    Attributes
    ----------
    pictures : list of str; paths relative to the folder, with "/", in code-point order.
    passed_over : list of (path, kind, reason, detail): files beside a picture of the same name, folders that cannot be
        read, corpora, and links that lead back or are not to be followed; kind is "file" or "folder".
    others : Counter; files that are no pictures, by ending.
    system_folders : Counter; folders that computers keep for themselves, by name.
    """

    pictures: list[str] = field(default_factory=list)
    passed_over: list[tuple[str, str, str, str]] = field(default_factory=list)
    others: Counter = field(default_factory=Counter)
    system_folders: Counter = field(default_factory=Counter)


def list_folder(root: str | Path, *, leave_out: Collection[str | Path] = (), follow_links: bool = True) -> Listing:
    """List the pictures in a folder and the folders within it.

    A picture is a file whose ending is in `artgraph.images.EXTENSIONS`, whatever its case, or whose first bytes are
    those of a picture, whatever its name. Hidden files and folders (".name", with them macOS's "._name") are passed
    over, and so are the recycle bins and thumbnails of storage devices, and every corpus of artgraph. A link to a file
    is that file. A link to a folder is followed once, unless the folder lies in ``root`` or holds it.

    Raises IngestError where `root` is not a folder, cannot be read, or is itself a corpus. A folder within it that
    cannot be read is passed over.

    Parameters
    ----------
    root
    leave_out : files and folders that are not looked at, nor counted.
    follow_links : False: every symbolic link in it is passed over; ``root`` itself may be one.
    """
    if not os.path.isdir(root):
        raise IngestError(f"There is no folder {root}. Expected the folder that holds the pictures.")
    home = os.path.realpath(root)
    listing, links, seen = Listing(), [], set()
    unwanted = {os.path.realpath(path) for path in leave_out}
    try:
        names = os.listdir(home)
    except OSError as error:
        raise IngestError(f"Cannot read the folder {root}: {error.strerror}.") from error
    if _is_corpus(names):
        raise IngestError(
            f"{root} is a corpus of artgraph, not a folder of pictures. Give the folder of the originals."
        )
    _walk("", home, listing, links if follow_links else None, seen, unwanted)
    for path, target in iter(lambda: links.pop(0) if links else None, None):
        if _is_within(home, target):
            listing.passed_over.append((path, "folder", "link to a folder above", "It holds the folder of pictures."))
        elif not _is_within(target, home) and target not in unwanted:
            _walk(path, target, listing, links, seen, unwanted)
    listing.pictures.sort()
    listing.passed_over.sort()
    return listing


def _walk(
    start: str,
    folder: str,
    listing: Listing,
    links: list[tuple[str, str]] | None,
    seen: set[tuple[int, int]],
    unwanted: set[str],
) -> None:
    todo, unwanted_names = [(start, folder)], {os.path.basename(path) for path in unwanted}
    while todo:
        here, place = todo.pop()
        try:
            status = os.stat(place)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(place) as entries:
                entries = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            detail = f"{error.strerror}. What it holds was not looked at."
            listing.passed_over.append((here, "folder", "unreadable folder", detail))
            continue
        if _is_corpus([entry.name for entry in entries]):
            detail = "It is a corpus of artgraph: its pictures are copies."
            listing.passed_over.append((here, "folder", "corpus", detail))
            continue
        files = []
        for entry in entries:
            path, place_of = posixpath.join(here, entry.name), os.path.join(place, entry.name)
            if entry.name.startswith(".") or (entry.name in unwanted_names and os.path.realpath(place_of) in unwanted):
                continue
            if links is None and entry.is_symlink():
                kind = "folder" if _is_folder(entry) else "file"
                listing.passed_over.append((path, kind, "link", "Symbolic links are not followed: --no-follow-links."))
            elif _is_folder(entry):
                if entry.name.casefold() in _SYSTEM:
                    listing.system_folders[entry.name] += 1
                elif entry.is_symlink():
                    links.append((path, os.path.realpath(place_of)))
                else:
                    todo.append((path, place_of))
            else:
                files.append((path, place_of))
        _sort_files(files, listing)


def _sort_files(files: list[tuple[str, str]], listing: Listing) -> None:
    """Give each file of one folder its place in a listing."""
    plain = [path for path, _ in files if _ending(path) in EXTENSIONS]
    listing.pictures += plain
    stems = {posixpath.splitext(path)[0] for path in plain} | set(plain)
    for path, place in files:
        ending = _ending(path)
        if ending in EXTENSIONS:
            continue
        named = ending in _WORKING or bool(_NEARLY.fullmatch(ending))
        if not named and not _looks_like_a_picture(place):
            listing.others[ending or "no ending"] += 1
        elif path in stems or posixpath.splitext(path)[0] in stems:
            detail = "A picture of the same name lies beside it, and is taken."
            listing.passed_over.append((path, "file", "beside a picture", detail))
        else:
            listing.pictures.append(path)


def _ending(path: str) -> str:
    return unicodedata.normalize("NFC", posixpath.splitext(path)[1]).lower()


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _looks_like_a_picture(place: str) -> bool:
    try:
        if not os.path.isfile(place):  # opening a pipe would wait
            return False
        with open(place, "rb") as file:
            return is_picture(file.read(512))
    except OSError:
        return False


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_corpus(names: list[str]) -> bool:
    there = set(names)
    if "corpus.json" in there and there & {"paintings.parquet", "thumbs", "journal.jsonl"}:
        return True
    # one that was killed while it was made
    return "thumbs" in there and (".lock" in there or any(name.startswith(".ingest-") for name in there))
