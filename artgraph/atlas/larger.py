"""The larger pictures of an atlas, which go with it when it is sent."""

from collections.abc import Callable
from pathlib import Path

from artgraph.atlas.pictures import ahead

__all__ = ["write_larger"]

FOLDER = "pictures"


def write_larger(
    out: Path, put: Callable[[str, bytes], None], *, pictures: Callable[[int], bytes | None] | None, n: int
) -> list[int] | None:
    """Write a larger picture of each painting that has one; return the rows that have one, None where none is wanted.

    Parameters
    ----------
    out : the atlas; larger pictures of an older one are removed from it.
    put : takes the name and the bytes of each file.
    pictures : the larger picture of a row as WebP, or None.
    n : number of paintings.
    """
    for old in sorted((out / FOLDER).glob("[0-9]" * 6 + ".webp")):
        old.unlink(missing_ok=True)
    if pictures is None:
        return None
    found = []
    for row, webp in ahead(lambda row: (row, pictures(row)), range(n)):
        if webp:
            put(f"{FOLDER}/{row:06d}.webp", webp)
            found.append(row)
    return found
