"""A short document: sections of paragraphs, lists, tables and figures, whatever it is written as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgraph.evaluation.report import figure_text, score_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Document", "Figure", "Items", "Section", "Table"]


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    head, rows : as many texts in every row as there are columns.
    title : over it.
    words : columns, from 0, that hold words and stand at the left; the others hold numbers.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    words: Sequence[int] = (0,)

    @classmethod
    def of(cls, frame: pd.DataFrame, title: str = "") -> Table:
        """Make a table of a ``frame``, with the words that the terminal has, under a ``title``."""
        numeric = [
            frame.iloc[:, at].map(lambda value: not isinstance(value, str)).all() for at in range(frame.shape[1])
        ]
        rows = [[figure_text(value) for value in row] for row in frame.itertuples(index=False)]
        words = tuple(at for at, is_number in enumerate(numeric) if not is_number)
        return cls([score_name(name) for name in frame.columns], rows, title, words)


@dataclass(frozen=True)
class Figure:
    """A drawing.

    Attributes
    ----------
    svg, png : bytes; the first for the screen, the second for print.
    caption : what it shows; for those who do not see it, too.
    """

    svg: bytes
    png: bytes
    caption: str


@dataclass(frozen=True)
class Items:
    """A list of sentences, or of commands.

    Attributes
    ----------
    texts
    commands : whether they are commands.
    """

    texts: Sequence[str]
    commands: bool = False


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, in order: paragraphs (str), lists, tables, figures."""

    title: str
    blocks: Sequence[str | Items | Table | Figure]


@dataclass(frozen=True)
class Document:
    """A title, a line under it, and sections."""

    title: str
    subtitle: str
    sections: Sequence[Section]
