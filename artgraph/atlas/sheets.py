"""Contact sheets: every thumbnail once more, very small, many to a file, so that the map can show all at a time."""

import io

import numpy as np
from PIL import Image

__all__ = ["SIDE", "TILE", "Sheets", "look", "tile_size"]

TILE = 64
SIDE = 32  # tiles along a side: a sheet of 2048 x 2048 pixels, which every browser can hold


def tile_size(aspect):
    """Compute the size of a painting on its tile: the longer side is TILE pixels, the shorter at least 4.

    Parameters
    ----------
    aspect : float, > 0
        Width over height.

    Returns
    -------
    width, height : int
        In pixels. The page computes the same numbers.
    """
    if aspect >= 1:
        return TILE, max(4, int(TILE / aspect + 0.5))
    return max(4, int(TILE * aspect + 0.5)), TILE


def look(webp):
    """Decode a thumbnail.

    Parameters
    ----------
    webp : bytes

    Returns
    -------
    PIL.Image.Image or None
        In RGB; None where the bytes are not a picture.
    """
    try:
        with Image.open(io.BytesIO(webp)) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


class Sheets:
    """Lay tiles on sheets, one sheet in memory at a time; row i is tile i.

    Parameters
    ----------
    n : int
        Number of tiles.
    put : callable (name, bytes)
        Takes each finished sheet.
    """

    def __init__(self, n, put):
        self.n, self.put = n, put
        self.names = []
        self.tints = []
        self._sheet = None

    def add(self, picture, aspect):
        """Lay the next tile.

        Parameters
        ----------
        picture : PIL.Image.Image or None
            None leaves the tile empty.
        aspect : float
            Width over height that the page will use.
        """
        at = len(self.tints) % SIDE**2
        if self._sheet is None:
            left = min(SIDE**2, self.n - len(self.tints))
            size = (min(left, SIDE) * TILE, -(-left // SIDE) * TILE)
            self._sheet = Image.new("RGB", size, (128, 128, 128))
        if picture is None:
            self.tints.append(None)
        else:
            tile = picture.resize(tile_size(aspect), Image.Resampling.LANCZOS, reducing_gap=3.0)
            self._sheet.paste(tile, (at % SIDE * TILE, at // SIDE * TILE))
            r, g, b = np.asarray(tile).reshape(-1, 3).mean(0).round().astype(int)
            self.tints.append(f"{r:02x}{g:02x}{b:02x}")
        if at == SIDE**2 - 1 or len(self.tints) == self.n:
            self._flush()

    def _flush(self):
        out = io.BytesIO()
        self._sheet.save(out, "WEBP", quality=78, method=4)
        name = f"sheets/{len(self.names):03d}.webp"
        self.put(name, out.getvalue())
        self.names.append(name)
        self._sheet = None
