"""Contact sheets: pictures hung in rows of one height, with their captions, for screen and print."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from artgraph.errors import InputError
from artgraph.plots.style import GRID, INK, MUTED, RUST, figure, fonts, save, words

__all__ = ["PAGE", "hang_rows", "plot_sheet"]

PAGE = (16.54, 11.69)  # A3, landscape, inches
_MARGIN, _GAP, _LINE, _HEAD = 0.6, 0.14, 0.125, 0.55  # inches
_LETTER = 0.051  # mean width of a letter of a caption, inches


def hang_rows(
    aspects: Sequence[float], *, width: float, height: float, gap: float, below: float
) -> list[tuple[float, float, float, float]]:
    """Hang pictures in rows of one height, as large as the wall allows.

    Return (x, y, w, h) of each picture: its lower left corner, from that of the wall, and its size, in the wall's unit.

    Parameters
    ----------
    aspects : length n, width over height of each picture.
    width, height : of the wall.
    gap : between pictures, sideways and downward.
    below : room under each picture for its caption.

    Examples
    --------
    >>> hang_rows([1, 1], width=2, height=1, gap=0, below=0)  # two squares on a wall of 2 × 1
    [(0.0, 0.0, 1.0, 1.0), (1.0, 0.0, 1.0, 1.0)]
    """
    aspects = [float(aspect) for aspect in aspects]
    if not all(aspect > 0 for aspect in aspects) or width <= 0 or height <= below:
        raise InputError(f"Pictures of aspects above 0 on a wall with room are expected, not {width} × {height}.")
    low, high = 0.0, float(height - below)
    if not aspects or _fits(aspects, high, width, height, gap, below):
        low = high
    for _ in range(50 if low < high else 0):
        tried = (low + high) / 2
        low, high = (tried, high) if _fits(aspects, tried, width, height, gap, below) else (low, tried)
    hung, top = [], height
    for row in _rows(aspects, low, width, gap):
        sizes = [(min(aspects[i] * low, width), min(low, width / aspects[i])) for i in row]
        tall, left = max(h for _, h in sizes), 0.0
        for w, h in sizes:
            hung.append((left, top - tall + (tall - h) / 2, w, h))
            left += w + gap
        top -= tall + below + gap
    return hung


def _rows(aspects: list[float], side: float, width: float, gap: float) -> list[list[int]]:
    rows, left = [], width + 1
    for i, aspect in enumerate(aspects):
        wide = min(aspect * side, width)
        if rows and left + wide <= width * (1 + 1e-9):
            rows[-1].append(i)
        else:
            rows.append([i])
            left = 0.0
        left += wide + gap
    return rows


def _fits(aspects: list[float], side: float, width: float, height: float, gap: float, below: float) -> bool:
    count = len(_rows(aspects, side, width, gap))
    return count * (side + below) + (count - 1) * gap <= height * (1 + 1e-9)


def plot_sheet(
    out: str | Path,
    pictures: Sequence[np.ndarray | None],
    captions: Sequence[Sequence[str]],
    *,
    title: str = "",
    note: str = "",
    framed: int = 0,
    page: tuple[float, float] = PAGE,
    trim: bool = False,
    dpi: int = 300,
) -> None:
    """Draw a contact sheet.

    Parameters
    ----------
    out : PNG, SVG or PDF.
    pictures : each uint8 (h, w, 3), or None, which leaves an empty frame.
    captions : lines under each picture; they are cut to its width.
    title, note : over the pictures; the note is smaller.
    framed : so many pictures at the front stand in a frame: the query.
    page : width and height, inches.
    trim : cut what is left empty off the foot of the page.
    dpi : resolution of print.
    """
    if len(pictures) != len(captions):
        raise InputError(f"{len(pictures)} pictures and {len(captions)} captions; expected one for each.")
    drawn, _ = figure(0)
    drawn.set_layout_engine("none")
    width, height = page[0] - 2 * _MARGIN, page[1] - 2 * _MARGIN - _HEAD
    lines = max((len(caption) for caption in captions), default=0)
    below = _LINE * lines + 0.07
    aspects = [1.0 if p is None else p.shape[1] / p.shape[0] for p in pictures]
    places = hang_rows(aspects, width=width, height=height, gap=_GAP, below=below)
    if trim and places:
        foot = min(y for _, y, _, _ in places) - below
        page = (page[0], page[1] - foot)
        places = [(x, y - foot, w, h) for x, y, w, h in places]
    drawn.set_size_inches(*page)
    top = page[1] - _MARGIN
    write = {"fontfamily": fonts(), "va": "top", "ha": "left"}
    drawn.text(_MARGIN / page[0], top / page[1], words(title, 110), fontsize=15, color=INK, **write)
    drawn.text(_MARGIN / page[0], (top - 0.28) / page[1], words(note, 190), fontsize=8.5, color=MUTED, **write)
    for i, (place, picture, caption) in enumerate(zip(places, pictures, captions, strict=True)):
        x, y, w, h = place[0] + _MARGIN, place[1] + _MARGIN, place[2], place[3]
        panel = drawn.add_axes((x / page[0], y / page[1], w / page[0], h / page[1]))
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set(visible=i < framed or picture is None, color=RUST if i < framed else GRID, linewidth=2.0)
        if picture is not None:
            panel.imshow(picture, aspect="auto")
        for k, line in enumerate(caption):
            at = (x / page[0], (y - 0.05 - k * _LINE) / page[1])
            text = words(line, max(3, int(w / _LETTER)))
            drawn.text(*at, text, fontsize=6.5, color=INK if k == 0 else MUTED, **write)
    save(drawn, out, dpi=dpi)
