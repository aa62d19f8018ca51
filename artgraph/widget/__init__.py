"""The map of a corpus in a cell of a notebook: what is selected there comes back as ids.

``map.js`` and ``map.css`` are what the cell runs, an anywidget module; a picture is sent when it is wanted.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.colors import cluster_color
from artgraph.errors import InputError, MissingPackageError
from artgraph.stages.lead import shown_first
from artgraph.stages.pictures import caption, thumbnail_pixels
from artgraph.stages.view import View

if TYPE_CHECKING:
    from anywidget import AnyWidget

    from artgraph.corpus import Corpus

__all__ = ["style_map"]

SIDE = 240  # pixels of a picture


def style_map(corpus: Corpus, partition: str | None = None, *, height: int = 480) -> AnyWidget:
    """Make the map as a widget.

    Drag to move, turn the wheel to come nearer; a click selects a work, a drag with Shift all works in a loop, and with
    Ctrl or Cmd they are added to what is selected. Escape selects nothing.

    Parameters
    ----------
    corpus
    partition : Whose clusters are shown; default: the partition that the page shows first.
    height : Of the cell, in pixels.

    Returns
    -------
    anywidget.AnyWidget
        ``selection``: ids, in the order of ``corpus.paintings``; to be read, set and observed.
        ``partition``: str

    Raises
    ------
    MissingPackageError
        anywidget is not installed.
    MissingError, StaleError
        The partition or its map cannot be shown; with the command to run.

    Examples
    --------
    >>> from artgraph.widget import style_map
    >>> map = style_map(corpus)  # doctest: +SKIP
    >>> map.selection  # doctest: +SKIP
    ['images/0001.jpg', 'images/0007.jpg']
    """
    made = _class()
    view = View(corpus, partition or shown_first(corpus))
    return made(view, height)


@cache
def _class() -> type:
    """Return the class of the widget: made when it is needed, for anywidget is an extra."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise MissingPackageError(
            "The map in a notebook needs anywidget. Install it with: pip install 'artgraph[notebook]'"
        ) from None

    class StyleMap(anywidget.AnyWidget):
        _esm = (files("artgraph.widget") / "map.js").read_text(encoding="utf-8")
        _css = (files("artgraph.widget") / "map.css").read_text(encoding="utf-8")
        _points = traitlets.Bytes().tag(sync=True)  # (n, 2) float32
        _clusters = traitlets.Bytes().tag(sync=True)  # (n,) int32
        _colors = traitlets.Dict().tag(sync=True)
        _names = traitlets.Dict().tag(sync=True)
        # (k,) int32, rows; the cell's come as a memoryview
        _selected = traitlets.Bytes().tag(sync=True, from_json=lambda value, widget: bytes(value))
        _height = traitlets.Int(480).tag(sync=True)
        selection = traitlets.List(traitlets.Unicode())
        partition = traitlets.Unicode(read_only=True)

        def __init__(self, view: View, height: int) -> None:
            labels, self._corpus = view.labels, view.corpus
            self._ids = view.corpus.paintings["id"].tolist()
            self._row = {key: row for row, key in enumerate(self._ids)}
            super().__init__(
                _points=np.ascontiguousarray(view.layout, dtype="<f4").tobytes(),
                _clusters=np.ascontiguousarray(labels, dtype="<i4").tobytes(),
                _colors={str(label): cluster_color(label) for label in np.unique(labels).tolist()},
                _names={str(label): name for label, name in view.names.items()},
                _height=height,
            )
            self.set_trait("partition", view.partition)
            self.on_msg(self._answer)

        @traitlets.validate("selection")
        def _known(self, proposal: dict[str, Any]) -> list[str]:
            if unknown := [key for key in proposal["value"] if key not in self._row]:
                raise InputError(f"{len(unknown)} ids are not in {self._corpus.path}, such as '{unknown[0]}'.")
            return [self._ids[row] for row in sorted({self._row[key] for key in proposal["value"]})]

        @traitlets.observe("selection")
        def _send_rows(self, change: dict[str, Any]) -> None:
            self._selected = np.array([self._row[key] for key in change["new"]], dtype="<i4").tobytes()

        @traitlets.observe("_selected")
        def _take_rows(self, change: dict[str, Any]) -> None:
            self.selection = [self._ids[row] for row in np.frombuffer(change["new"], dtype="<i4").tolist()]

        def _answer(self, widget: Any, content: dict[str, Any], buffers: Any) -> None:
            """Send the picture of a work, and what stands under it, when it is asked for."""
            row = content.get("row")
            if content.get("kind") != "picture" or not isinstance(row, int) or not 0 <= row < len(self._ids):
                return
            said = list(caption(self._corpus, row))
            self.send({"kind": "picture", "row": row, "caption": said}, buffers=_picture(self._corpus, row))

    return StyleMap


def _picture(corpus: Corpus, row: int) -> list[bytes]:
    """Return the thumbnail of a work as a JPEG, in a list; an empty list where there is none."""
    from PIL import Image

    from artgraph.images import resize_contain

    if not corpus.has_pictures or (pixels := thumbnail_pixels(corpus, row)) is None:
        return []
    data = io.BytesIO()
    Image.fromarray(resize_contain(pixels, SIDE)).save(data, "JPEG", quality=85)
    return [data.getvalue()]
