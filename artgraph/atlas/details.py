"""What the page shows of single paintings: texts, addresses, nearest works; of all of them, or of those in a part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from artgraph.atlas.content import Links
from artgraph.atlas.iiif import iiif_hosts
from artgraph.atlas.pack import pack, packed_membership, packed_neighbors

__all__ = ["Details"]


@dataclass(frozen=True, eq=False)
class Details:
    """What is known of n paintings one by one.

    Attributes
    ----------
    columns : n texts or None, by name.
    sources : n addresses of originals or None; None where there are none.
    services : n addresses of IIIF services or None; None where there are none.
    neighbors : (n, m) int and (n, m) float, as from ``checked_neighbors``, or None twice.
    links : ``shares`` and ``artist_links`` are read.
    membership : that of ``Clusters``, with n rows, or None.
    windows : n lists, as from ``packed_windows``, or None.
    """

    columns: Mapping[str, Sequence[str | None]]
    sources: Sequence[str | None] | None
    services: Sequence[str | None] | None
    neighbors: tuple[np.ndarray | None, np.ndarray | None]
    links: Links
    membership: Mapping[str, Sequence] | None
    windows: Sequence[list] | None

    @cached_property
    def hosts(self) -> list[str]:
        """Hosts of the IIIF services."""
        return iiif_hosts(self.services)

    def of(self, rows: np.ndarray) -> dict:
        """Return what is known of the paintings in ``rows``, (m,) int, in the form in which the page reads it."""
        indices, similarity = self.neighbors
        some = rows.tolist()

        def of(values: Sequence | None) -> list | None:
            return None if values is None else [values[i] for i in some]

        return {
            "columns": [[name, pack(of(values))] for name, values in self.columns.items()],
            "sources": of(self.sources),
            "iiif": self.services and {"hosts": self.hosts, "services": of(self.services)},
            "neighbors": None if indices is None else packed_neighbors(indices[rows], similarity[rows]),
            "shares": self.links.shares
            and {
                "names": list(map(str, self.links.shares[0])),
                "percent": np.asarray(self.links.shares[1])[rows].ravel().tolist(),
            },
            "artist_links": self._linked(some),
            "membership": self.membership
            and packed_membership({key: of(values) for key, values in self.membership.items()}, len(some)),
            "windows": of(self.windows),
        }

    def outline(self) -> dict:
        """Return what the page must know of these things before it has any of them."""
        return {
            "iiif": self.services and {"hosts": self.hosts},
            "neighbors": self.neighbors[0] is not None,
            "artist_links": self.links.artist_links is not None,
        }

    def _linked(self, rows: list[int]) -> list[list[int]] | None:
        links = self.links.artist_links
        return None if links is None else [links.indices[links.indptr[i] : links.indptr[i + 1]].tolist() for i in rows]
