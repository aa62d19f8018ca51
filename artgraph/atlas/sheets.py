"""Contact sheets: every thumbnail once more, very small, many to a file, so that the map can show all at a time."""

import io
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

__all__ = ["LEVELS", "SIDE", "Sheets", "decoded", "sheet_order", "tile_size", "tiles_of"]

SIDE = 2048  # of a sheet, in pixels: every browser can hold it
LEVELS = (64, 16)  # of a tile: near, and so far away that all paintings are seen at once


def tile_size(aspect: float, tile: int = LEVELS[0]) -> tuple[int, int]:
    """Compute width and height, in pixels, of a painting on a tile; ``aspect`` is its width over its height.

    The longer side is that of the ``tile``, the shorter at least a sixteenth. The page computes the same numbers.

    >>> tile_size(2), tile_size(0.5, 16)
    ((64, 32), (8, 16))
    """
    if aspect >= 1:
        return tile, max(tile // 16, int(tile / aspect + 0.5))
    return max(tile // 16, int(tile * aspect + 0.5)), tile


def sheet_order(column: np.ndarray, row: np.ndarray, *, part: int = 16) -> np.ndarray:
    """Return paintings, (n,) int64, so ordered that those that hang near each other lie on the same sheet.

    Parameters
    ----------
    column, row : (n,) int, cells as from ``hang``; they are visited in squares of ``part`` times ``part`` cells.
    """
    across, down = np.asarray(column) // part, np.asarray(row) // part
    # to and fro, so that the end of one band of squares lies beside the start of the next
    return np.lexsort((column, row, np.where(down % 2, -across, across), down))


def decoded(webp: bytes) -> Image.Image | None:
    """Decode a thumbnail (``webp``) to RGB; None where the bytes are not a picture."""
    try:
        with Image.open(io.BytesIO(webp)) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def tiles_of(picture: Image.Image, aspect: float, levels: Sequence[int]) -> tuple[list[Image.Image], str]:
    """Shrink a picture to its tiles, and compute its mean colour ("rrggbb").

    Parameters
    ----------
    picture : in RGB.
    aspect : width over height that the page will use.
    levels : sides of tiles in pixels, the largest first; each is made of the one before.
    """
    tiles, source = [], picture
    for tile in levels:
        # the gap lets Pillow halve large pictures first, which is twice as quick and looks the same
        source = source.resize(tile_size(aspect, tile), Image.Resampling.LANCZOS, reducing_gap=1.5)
        tiles.append(source)
    mean = np.asarray(tiles[0]).reshape(-1, 3).mean(0).round().astype(int)
    return tiles, "{:02x}{:02x}{:02x}".format(*mean)


class Sheets:
    """Lay the tiles of ``n`` paintings on sheets, one sheet of each level in memory at a time.

    ``put`` takes the name and the bytes of each finished sheet of ``side`` pixels. ``levels`` are the sides of the
    tiles in pixels, the largest first; ``names`` has the sheets of each side so far.
    """

    def __init__(self, n: int, put: Callable[[str, bytes], None], *, side: int = SIDE) -> None:
        self.n, self.put, self.side, self.count = n, put, side, 0
        # where everything fits on a few sheets, there is nothing that a far level would save
        self.levels = LEVELS if n > 4 * (side // LEVELS[0]) ** 2 else LEVELS[:1]
        self.names: dict[int, list[str]] = {tile: [] for tile in self.levels}
        self._open: dict[int, Image.Image] = {}

    def add(self, tiles: Sequence[Image.Image] | None) -> None:
        """Lay the tiles of the next painting, one for each level; None leaves its place empty."""
        for k, tile in enumerate(self.levels):
            side = self.side // tile
            if (at := self.count % side**2) == 0:
                left = min(side**2, self.n - self.count)
                size = (min(left, side) * tile, -(-left // side) * tile)
                self._open[tile] = Image.new("RGB", size, (128, 128, 128))
            if tiles is not None:
                self._open[tile].paste(tiles[k], (at % side * tile, at // side * tile))
            if at == side**2 - 1 or self.count == self.n - 1:
                self._finish(tile)
        self.count += 1

    def _finish(self, tile: int) -> None:
        out = io.BytesIO()
        self._open.pop(tile).save(out, "WEBP", quality=70, method=2)
        kind = "" if tile == LEVELS[0] else "far-"
        name = f"sheets/{kind}{len(self.names[tile]):03d}.webp"
        self.put(name, out.getvalue())
        self.names[tile].append(name)
