"""How all plots look: plain axes, few colours, and the same bytes for the same data."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from artgraph.atomic import atomic_path
from artgraph.errors import InputError, MissingPackageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BLUE", "FORMATS", "GRID", "INK", "MUTED", "RUST", "figure", "fonts", "save", "titled", "words"]

INK, MUTED, GRID, BLUE, RUST = "#222222", "#6b6b68", "#e4e2dc", "#3b6ea5", "#b5482a"
FORMATS = (".pdf", ".png", ".svg")
# matplotlib's own font first; the others for scripts that it lacks
_FAMILIES = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Noto Sans Arabic")
_OTHERS = ("Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Arial Unicode MS", "Microsoft YaHei")


def figure(n_panels: int, *, width: float = 4.5, height: float = 3.4) -> tuple[Figure, list[Axes]]:
    """Return an empty figure and its panels, side by side; raise MissingPackageError where matplotlib is not installed.

    Parameters
    ----------
    n_panels : how many.
    width, height : of a panel, in inches.
    """
    try:
        from matplotlib.figure import Figure  # not pyplot: nothing global, no window
    except ImportError:
        raise MissingPackageError("Plots need matplotlib. Install it with: pip install 'artgraph[plot]'") from None
    drawn = Figure(figsize=(width * n_panels, height), layout="constrained")
    panels = list(drawn.subplots(1, n_panels, squeeze=False)[0]) if n_panels else []
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
        panel.spines[["left", "bottom"]].set_color(MUTED)
        panel.tick_params(which="both", colors=MUTED, labelcolor=INK, labelsize=8)
        panel.tick_params(which="major", length=3)
        panel.title.set(fontsize=10, color=INK)
        for axis in (panel.xaxis, panel.yaxis):
            axis.label.set(fontsize=9, color=INK)
    return drawn, panels


def titled(panel: Axes, text: str) -> None:
    """Write a ``text`` over a ``panel``, at the left."""
    panel.set_title(words(text), loc="left", fontsize=10, color=INK)


def save(drawn: Figure, out: str | Path, *, dpi: int = 150) -> None:
    """Write a figure to a file, whole or not at all; the same figure gives the same bytes.

    Parameters
    ----------
    drawn : the figure.
    out : PNG, SVG or PDF, by its ending.
    dpi : pixels per inch of a PNG, and of pictures in the others.
    """
    import matplotlib

    out = Path(out)
    kind = out.suffix.lower()
    if kind not in FORMATS:
        raise InputError(f"A plot is written as .png, .svg or .pdf, not as '{out.name}'")
    out.parent.mkdir(parents=True, exist_ok=True)
    # No clock times and no version of matplotlib in the file.
    metadata = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[kind]
    with matplotlib.rc_context({"svg.hashsalt": "artgraph", "font.family": fonts()}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from")  # a box is drawn instead
        with atomic_path(out) as temporary:
            drawn.savefig(temporary, dpi=dpi, metadata=metadata, facecolor="white")


@lru_cache(maxsize=1)
def fonts() -> list[str]:
    """Return the fonts that are there of those that can write titles, in the order in which they are tried."""
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    return [name for name in (*_FAMILIES, *_OTHERS) if name in there] or ["sans-serif"]


def words(text: object, length: int | None = None) -> str:
    """Return a ``text`` as matplotlib draws it in one line, with at most ``length`` letters.

    No formula, no control characters; a longer text ends with "…".

    Examples
    --------
    >>> words("price $5\\nand $6", 10)
    'price \\\\$5…'
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    if length is not None and len(plain) > length:
        plain = plain[: max(length - 1, 0)].rstrip() + "…"
    return plain.replace("$", r"\$")
