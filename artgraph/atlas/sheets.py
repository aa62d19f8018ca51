"""Contact sheets: every thumbnail once more, very small, many to a file, so that the map can show all at a time."""

import io

import numpy as np
from PIL import Image

__all__ = ["LEVELS", "SIDE", "Sheets", "look", "sheet_order", "tile_size"]

SIDE = 2048  # of a sheet, in pixels: every browser can hold it
LEVELS = (64, 16)  # of a tile: near, and so far away that all paintings are seen at once


def tile_size(aspect, tile=LEVELS[0]):
    """Compute the size of a painting on its tile: the longer side is the tile's, the shorter at least a sixteenth.

    Parameters
    ----------
    aspect : float, > 0
        Width over height.
    tile : int
        Side of the tile in pixels.

    Returns
    -------
    width, height : int
        In pixels. The page computes the same numbers.

    Examples
    --------
    >>> tile_size(2), tile_size(0.5, 16)
    ((64, 32), (8, 16))
    """
    if aspect >= 1:
        return tile, max(tile // 16, int(tile / aspect + 0.5))
    return max(tile // 16, int(tile * aspect + 0.5)), tile


def sheet_order(column, row, *, part=16):
    """Order paintings so that those that hang near each other lie on the same sheet.

    Parameters
    ----------
    column, row : array, shape (n,), int
        Cells, as from ``hang``.
    part : int
        The wall is gone through in squares of this many cells.

    Returns
    -------
    array, shape (n,), int64
        Rows: the first on the first sheet.
    """
    column, row = np.asarray(column), np.asarray(row)
    across = column // part
    # to and fro, so that the end of one band of squares lies beside the start of the next
    across = np.where(row // part % 2, -across, across)
    return np.lexsort((column, row, across, row // part))


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
    """Lay tiles on sheets, one sheet of each level in memory at a time.

    Parameters
    ----------
    n : int
        Number of tiles that will come.
    put : callable (name, bytes)
        Takes each finished sheet.

    Attributes
    ----------
    names : dict of int to list of str
        Side of a tile to the names of its sheets, so far.
    """

    def __init__(self, n, put):
        self.n, self.put, self.count = n, put, 0
        # where everything fits on a few sheets, there is nothing that a far level would save
        self.levels = LEVELS if n > 4 * (SIDE // LEVELS[0]) ** 2 else LEVELS[:1]
        self.names = {tile: [] for tile in self.levels}
        self._open = {}

    def add(self, picture, aspect):
        """Lay the next tile.

        Parameters
        ----------
        picture : PIL.Image.Image or None
            None leaves the tile empty.
        aspect : float
            Width over height that the page will use.

        Returns
        -------
        str or None
            The mean colour as "rrggbb".
        """
        tint, source = None, picture
        for tile in self.levels:
            side = SIDE // tile
            at = self.count % side**2
            if at == 0:
                left = min(side**2, self.n - self.count)
                size = (min(left, side) * tile, -(-left // side) * tile)
                self._open[tile] = Image.new("RGB", size, (128, 128, 128))
            if picture is not None:
                source = source.resize(tile_size(aspect, tile), Image.Resampling.LANCZOS, reducing_gap=3.0)
                self._open[tile].paste(source, (at % side * tile, at // side * tile))
                if tint is None:
                    tint = "{:02x}{:02x}{:02x}".format(*np.asarray(source).reshape(-1, 3).mean(0).round().astype(int))
            if at == side**2 - 1 or self.count == self.n - 1:
                self._finish(tile)
        self.count += 1
        return tint

    def _finish(self, tile):
        out = io.BytesIO()
        self._open.pop(tile).save(out, "WEBP", quality=70, method=2)
        kind = "" if tile == LEVELS[0] else "far-"
        name = f"sheets/{kind}{len(self.names[tile]):03d}.webp"
        self.put(name, out.getvalue())
        self.names[tile].append(name)
