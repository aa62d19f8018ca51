"""The tables that museums publish: one file for each, with the columns by which it is recognised and what they hold.

A new source is one such file, and its name in ``SOURCES``.
"""

from collections.abc import Sequence
from typing import Any

from artgraph.checks import did_you_mean
from artgraph.errors import IngestError
from artgraph.sources.artic import ARTIC
from artgraph.sources.base import ROLES, Source, folded, index_of
from artgraph.sources.carnegie import CARNEGIE
from artgraph.sources.cleveland import CLEVELAND
from artgraph.sources.europeana import EUROPEANA
from artgraph.sources.harvard import HARVARD
from artgraph.sources.joconde import JOCONDE
from artgraph.sources.makers import one_maker, split_makers
from artgraph.sources.met import MET
from artgraph.sources.moma import MOMA
from artgraph.sources.nga import NGA, NGA_HISTORY
from artgraph.sources.rijksmuseum import RIJKSMUSEUM
from artgraph.sources.smk import SMK
from artgraph.sources.tate import TATE
from artgraph.sources.vikus import VIKUS
from artgraph.sources.wikiart import WIKIART, is_named_so, table_of_names
from artgraph.sources.wikidata import WIKIDATA

__all__ = [
    "ROLES", "SOURCES", "Source", "folded", "index_of", "is_named_so", "known_columns", "one_maker", "records_in",
    "source_named", "source_of", "split_makers", "table_of_names",
]  # fmt: skip

SOURCES = {
    one.key: one
    for one in (
        ARTIC, CARNEGIE, CLEVELAND, EUROPEANA, HARVARD, JOCONDE, MET, MOMA, NGA, NGA_HISTORY, RIJKSMUSEUM, SMK, TATE,
        VIKUS, WIKIART, WIKIDATA,
    )
}  # fmt: skip


def source_named(name: str) -> Source:
    """Return the source of a ``name``, as for ``--as``; an unknown one is an IngestError that lists all."""
    found = {folded(key): one for key, one in SOURCES.items()} | {folded(one.name): one for one in SOURCES.values()}
    if folded(name) not in found:
        raise IngestError(
            f"There is no source '{name}' (there are: {', '.join(SOURCES)}).{did_you_mean(name, SOURCES)}"
        )
    return found[folded(name)]


def source_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Source | None:
    """Return the source that a table is recognised as, the one that fits best; None where it is none of them.

    Parameters
    ----------
    header, rows : of the table; the first rows are enough.
    """
    fitting = [
        (source.fits(header, rows), len(source.found(header, source.signature)), one) for one, source in SOURCES.items()
    ]
    best = max(fitting)
    return SOURCES[best[2]] if best[0] > 0 else None


def records_in(data: Any) -> list[dict[str, str]] | None:
    """Return the works in what a JSON file holds (``data``) as dicts of text; None where no source knows its form."""
    for source in SOURCES.values():
        if source.records is not None and (found := source.records(data)) is not None:
            return found
    return None


def known_columns() -> set[str]:
    """Return the folded names of the columns by which sources are recognised."""
    return {folded(name) for source in SOURCES.values() for name in source.signature}
