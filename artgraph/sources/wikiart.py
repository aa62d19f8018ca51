"""WikiArt: no table, but names of files that say who painted what, in a folder for each style."""

import re
from collections.abc import Sequence

from artgraph.rawtables import RawTable
from artgraph.sources.base import Source

__all__ = ["WIKIART", "is_named_so", "table_of_names"]

NAME = re.compile(r"(?:(?:.*/)?([^/]+)/)?([^/_]+)_([^/]+?)(?:-(1\d{3}|20\d\d))?(?:-\d{1,2}|\(\d\))?\.\w{3,4}")
SMALL = "of the at in on a an to with by for de la le du des di da del van der von and et y en e el"


def table_of_names(paths: Sequence[str]) -> RawTable:
    """Return what the names of pictures say: "Style_Name/artist-name_title-of-the-work-1889.jpg".

    Parameters
    ----------
    paths : of the pictures, relative to their folder.
    """
    rows = []
    for path in paths:
        found = NAME.fullmatch(path)
        style, artist, title, year = found.groups() if found else (None,) * 4
        rows.append([path, _words(artist), _words(title), year or "", (style or "").replace("_", " ") if found else ""])
    return RawTable(["image", "artist", "title", "date", "style"], rows, list(range(1, len(rows) + 1)))


def is_named_so(paths: Sequence[str]) -> bool:
    """Whether at least nine in ten of some ``paths``, and ten of them, are named as WikiArt names its pictures."""
    named = [NAME.fullmatch(path) for path in paths]
    slugs = [one for one in named if one and one[1] and re.fullmatch(r"[^\s]+", one[2]) and "-" in one[3]]
    artists = {one[2] for one in slugs}
    return len(paths) >= 10 and len(slugs) >= 0.9 * len(paths) and any("-" in artist for artist in artists)


def _words(slug: str | None) -> str:
    """Return "Vincent van Gogh" for "vincent-van-gogh"."""
    words = [word for word in re.split(r"[-_\s]+", slug or "") if word]
    return " ".join(w if i and w in SMALL.split() else w[:1].upper() + w[1:] for i, w in enumerate(words))


WIKIART = Source(key="wikiart", name="names of files as WikiArt's", id=(), image=("image",), artist=("artist",),
                 title=("title",), date=("date",), style=("style",))  # fmt: skip
