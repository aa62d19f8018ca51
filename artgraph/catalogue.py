"""What the table says of every painting: artist, attribution, year, rights, confounds. Read once, the same for all.

The graph, the page, the worklist, the evaluation and the exports read these columns; nobody else interprets the text of
the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.checks import did_you_mean
from artgraph.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.graph import Attribution

__all__ = ["CONFOUNDS", "Catalogue"]

ONE_TONE = 2.5  # hue spread, in units of CIELAB
THUMBNAILS = "features/thumbnails"
CONFOUNDS = {  # name: the column or feature that it is read from
    "greyscale": "paintings/image_greyscale",
    "one tone": THUMBNAILS,
    "margin": THUMBNAILS,
    "brightness": "paintings/image_brightness",
    "aspect ratio": "paintings/image_width",
    "pixels": "paintings/image_width",
    "file format": "paintings/image_format",
    "JPEG quality": "paintings/image_jpeg_quality",
    "folder": "paintings/image",
}
RIGHTS = ("rights", "licen", "domain", "copyright", "credit", "url")  # in names of columns that say nothing of style
OURS = ("id", "image", "artist", "qualifier", "previous_attribution", "title", "date", "metadata_line")


class Catalogue:
    """The paintings of a corpus as the table describes them.

    Parameters
    ----------
    table : ``Corpus.paintings``.
    thumbnails : (n, 2) float array, optional
        Margin and hue spread, ``features/thumbnails``; needed for the confounds that are measured on thumbnails.
    """

    def __init__(self, table: pd.DataFrame, thumbnails: np.ndarray | None = None) -> None:
        self.table = table
        self.thumbnails = thumbnails

    def __len__(self) -> int:
        return len(self.table)

    @property
    def has_pictures(self) -> bool:
        """Whether the table is of pictures: what ``CONFOUNDS`` names is measured on them."""
        return any(name == "image" or name.startswith("image_") for name in self.table.columns)

    # ---- artists

    @cached_property
    def attributions(self) -> list[Attribution]:
        """What the table's words say of the artist of each painting: key, qualifier and name."""
        from artgraph.graph import attributions

        return attributions(self.table["artist"])

    @cached_property
    def artists(self) -> list[str | None]:
        """The key under which works by one artist are linked; None where the table names no certain, single artist."""
        return [one.artist for one in self.attributions]

    def kept_apart(self, *, by_artist: bool) -> list[str | None] | None:
        """Return values (n) whose works are to be no neighbours of each other: pictures of one work; None: all may be.

        Parameters
        ----------
        by_artist : Also works by one artist.
        """
        views = self.column("view_of") if "view_of" in self.table.columns else [None] * len(self)
        if not by_artist and not any(views):
            return None
        artists = self.artists if by_artist else [None] * len(self)
        return [
            artist if artist is not None else view and f"\0{view}" for artist, view in zip(artists, views, strict=True)
        ]

    @cached_property
    def artist_names(self) -> list[str | None]:
        """The name to show for ``artists``: as the table first writes it."""
        return [one.name if one.artist is not None else None for one in self.attributions]

    @cached_property
    def qualifiers(self) -> list[str | None]:
        """The words beside the name of an artist, such as 'workshop of'; None where there are none."""
        return [one.qualifier for one in self.attributions]

    @cached_property
    def kinds(self) -> list[str | None]:
        """What kind of qualifier stands beside each artist, by the names of ``artgraph.qualifierwords``; None: none."""
        from artgraph.qualifiers import kind_of

        return [None if one is None else (kind_of(one) or (None,))[0] for one in self.qualifiers]

    @cached_property
    def previous(self) -> list[str | None]:
        """What each painting was attributed to before, as the museum writes it; None where the table does not say."""
        known = "previous_attribution" in self.table.columns
        return self.column("previous_attribution") if known else [None] * len(self)

    @cached_property
    def works_by_artist(self) -> Counter[str]:
        """How many works there are by each of ``artists``."""
        return Counter(artist for artist in self.artists if artist is not None)

    @cached_property
    def spellings(self) -> list[tuple[str, str | None, int]]:
        """Every spelling in the column of artists, the artist it was taken for (as first written) and its works.

        None where it links no works: the artist is unknown, not certain, or there are several. Sorted by artist.
        """
        written = [None if text is None else str(text).strip() for text in self.column("artist")]
        pairs = Counter((text, name) for text, name in zip(written, self.artist_names, strict=True) if text)
        return sorted(
            ((text, name, works) for (text, name), works in pairs.items()),
            key=lambda one: (one[1] is None, one[1] or "", -one[2], one[0]),
        )

    @cached_property
    def joined_spellings(self) -> dict[str, list[str]]:
        """The artists whom the table writes in more than one way, each with these spellings, most frequent first."""
        found: dict[str, list[str]] = {}
        for text, name, _ in self.spellings:
            if name is not None:
                found.setdefault(name, []).append(text)
        return {name: texts for name, texts in found.items() if len(texts) > 1}

    @property
    def has_many_artists(self) -> bool:
        """Whether 30 artists have two works: enough to learn what sets artists apart, and to hold some out."""
        from artgraph.learning.artists import MIN_ARTISTS

        return sum(count > 1 for count in self.works_by_artist.values()) >= MIN_ARTISTS

    def attribution(self, row: int) -> str | None:
        """Return what the table says of the artist of a row, word for word; None where it says nothing."""
        text = self.table["artist"].iloc[row]
        return text.strip() if isinstance(text, str) and text.strip() else None

    # ---- time

    @cached_property
    def spans(self) -> np.ndarray:
        """The first and the last year of each painting, (n, 2) float64: NaN unknown; negative before Christ."""
        from artgraph.dates import parse_spans

        return parse_spans(self.table["date"])

    @cached_property
    def years(self) -> np.ndarray:
        """The year of each painting, (n,) float64: the middle of its span, 1875 for the 1870s."""
        from artgraph.dates import parse_years

        return parse_years(self.table["date"])

    @cached_property
    def decades(self) -> list[str | None]:
        """The decade of each painting, such as '1870s' or '500s BC'; None unknown."""
        from artgraph.dates import decades

        return decades(self.years)

    # ---- other columns

    @cached_property
    def rights(self) -> list[str | None]:
        """What the table says of the rights in each picture: the first of its columns on rights that says something."""
        names = [name for name in self.table.columns if any(word in name.casefold() for word in RIGHTS[:4])]
        said = [self.column(name) for name in names]
        return [
            next((str(column[row]) for column in said if column[row] is not None), None) for row in range(len(self))
        ]

    @cached_property
    def described_columns(self) -> tuple[str, ...]:
        """The columns whose values recur, without ours, those on rights, and long text."""
        found = []
        for name in self.table.columns:
            if name in OURS or name.startswith("image_") or any(word in name.casefold() for word in RIGHTS):
                continue
            values = self.table[name].dropna().astype(str)
            if 2 <= values.nunique() <= max(2, len(values) / 3) and values.str.len().max() <= 80:
                found.append(name)
        return tuple(found)

    def column(self, name: str) -> list[Any]:
        """Return the values of a column, None where missing; an unknown one is an InputError that lists all."""
        if name not in self.table.columns:
            known = [one for one in self.table.columns if not one.startswith("image_")]
            also = list(CONFOUNDS) if self.has_pictures else []
            measured = f"; measured of every picture: {', '.join(also)}" if also else ""
            raise InputError(
                f"There is no column '{name}' (there are: {', '.join(known)}{measured})."
                f"{did_you_mean(name, [*known, *also])}"
            )
        column = self.table[name].astype(object)
        return list(column.where(column.notna(), None))

    # ---- confounds: what a partition might follow instead of style

    def confounds(self, names: Iterable[str] | None = None, *, also: Sequence[str] = ()) -> dict[str, list[Any]]:
        """Return what a partition might follow instead of style.

        Parameters
        ----------
        names : Of ``CONFOUNDS``, or columns of the table; default: all of ``CONFOUNDS``, where there are pictures.
        also : More of them.

        Returns
        -------
        dict of str to list, length n
        """
        all_measured = CONFOUNDS if self.has_pictures else ()
        wanted = [name for name in (all_measured if names is None else names) if name not in also] + list(also)
        return {name: self._measured(name) if name in CONFOUNDS else self.column(name) for name in wanted}

    def _measured(self, name: str) -> list[Any]:
        table = self.table
        if not self.has_pictures:
            raise InputError(f"'{name}' is measured on pictures, and there are none: leave it out.")
        if name in ("one tone", "margin"):
            if self.thumbnails is None:
                raise InputError(f"'{name}' is measured on thumbnails, which are not given")
            margin, hues = self.thumbnails.T
            if name == "one tone":
                return [None if np.isnan(value) else bool(value < ONE_TONE) for value in hues]
            return [None if np.isnan(v) else "none" if v == 0 else "narrow" if v < 0.1 else "wide" for v in margin]
        if name == "JPEG quality":
            return [None if value is None else int(value) for value in self.column("image_jpeg_quality")]
        if name == "folder":
            return [str(image).rpartition("/")[0] or "." for image in table["image"]]
        if name == "file format":
            return list(table["image_format"] + " " + table["image_mode"])
        if name in ("aspect ratio", "pixels"):
            width, height = table["image_width"].astype(float), table["image_height"].astype(float)
            return list((width / height).round(3) if name == "aspect ratio" else width * height)
        if name == "greyscale":
            return [bool(value) for value in table["image_greyscale"]]
        return [round(float(value), 4) for value in table["image_brightness"]]
