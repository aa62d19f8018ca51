"""Pictures given along, as files that every program reads."""

import io
from pathlib import Path

from PIL import Image

from artgraph.atomic import write_bytes

__all__ = ["write_jpegs"]


def write_jpegs(folder, names, read, *, report=None) -> list:
    """Write pictures as JPEGs; those that are there already stay as they are.

    Parameters
    ----------
    folder : str or Path
        Made where it is missing.
    names : sequence of str, length n
        Of the files, without ending.
    read : callable(row)
        Returns the picture of a row, uint8 (h, w, 3) in sRGB, or None where there is none.
    report : callable(done, n), optional

    Returns
    -------
    list, length n
        File names (str), None where there is no picture.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for row, name in enumerate(names):
        file = folder / f"{name}.jpg"
        if not file.is_file() and (pixels := read(row)) is not None:
            encoded = io.BytesIO()
            Image.fromarray(pixels).save(encoded, "JPEG", quality=88)
            write_bytes(file, encoded.getvalue())
        written.append(file.name if file.is_file() else None)
        if report:
            report(row + 1, len(names))
    return written
