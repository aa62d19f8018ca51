"""What the page shows, in four parts: the paintings, their clusters, the links between them, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.atlas.words import Words

__all__ = ["About", "Clusters", "Links", "Paintings"]


@dataclass(frozen=True, eq=False)
class Paintings:
    """The paintings: row i is painting i in every part.

    Attributes
    ----------
    table : n rows of text, shown as it stands: ``id`` (unique), ``artist``, ``title``, ``date``, ``style``, any others;
        ``image_width`` and ``image_height`` (pixels) give the shape of a picture.
    thumbnails : the thumbnail of a row as WebP, or None.
    again : another thumbnail of a row whose first one is None or cannot be decoded.
    pictures : a larger picture of a row as WebP, or None; it goes into the atlas. Without: thumbnails only.
    artists : n names of the artist under which each painting is counted and listed, None where no artist is certain.
    years : (n,) float, by which paintings are counted, sorted and filtered; NaN where unknown, negative before Christ.
    sources : address of a row's original, relative to the atlas, or None.
    batch : (n,) int, with which batch each was added: 0 for the first day. Without: all on one day.
    days : day on which each batch was added ("2026-11-29"), None where it is not known.
    windows : ``painting``, ``x``, ``y``, ``scale`` (w,): squares that a descriptor was computed from, as shares of the
        short side.
    """

    table: pd.DataFrame
    thumbnails: Callable[[int], bytes | None]
    artists: Sequence[str | None] | None = None
    years: np.ndarray | None = None
    again: Callable[[int], bytes | None] | None = None
    pictures: Callable[[int], bytes | None] | None = None
    sources: Callable[[int], str | None] | None = None
    windows: Mapping[str, np.ndarray] | None = None
    batch: np.ndarray | None = None
    days: Sequence[str | None] = ()


@dataclass(frozen=True, eq=False)
class Clusters:
    """The partition that is shown, and what it is compared with.

    Attributes
    ----------
    labels : (n,) int, cluster of each painting: 0 is the largest, -1 is none.
    name : of the partition, such as its key.
    typicality : (n,) float; higher is more typical of its cluster.
    membership : ``confidence`` (n,) in 0 ... 1, ``second`` (n,) int (the second cluster, -1: none), ``role`` (n,) text.
    descriptions : ``label`` and any of ``name``, ``sentence``, ``palette`` (list of "#rrggbb"), ``exemplars`` (rows),
        ``report`` (``columns``, ``descriptors``, ``suspect``, ``near`` as from ``artgraph interpret``, rows for ids).
    new : (n,) bool, added since these clusters were found; they are marked.
    apart : (share, (n,) bool), works that are farther from everything than this share of the collection's own works.
    names : the name that people gave each cluster, by its number (a list, or a dict of some); None where there is none.
    compare : other partitions (n,) int, by name, shown beside this one.
    reference : column of the table that the clusters are compared with. It is shown, never used.
    """

    labels: np.ndarray
    name: str = "clusters"
    typicality: np.ndarray | None = None
    membership: Mapping[str, Sequence] | None = None
    descriptions: Sequence[Mapping] = ()
    new: np.ndarray | None = None
    apart: tuple[float, np.ndarray] | None = None
    names: Mapping[int, str] | Sequence[str | None] = ()
    compare: Mapping[str, np.ndarray] = field(default_factory=dict)
    reference: str | None = None


@dataclass(frozen=True, eq=False)
class Links:
    """How the paintings are connected, and where they stand on the map.

    Attributes
    ----------
    neighbors : (n, m) int, rows of the nearest works, nearest first, negative ones skipped; (n, m) float, similarities.
    shares : names of b descriptors; (n, m, b) int, their share in each neighbour in per cent (``similarity_shares``).
    artist_links : (n, n), links between works by the same artist; the map draws them apart from the others.
    layout : (n, 2) float, positions on the map; without them there is no map.
    """

    neighbors: tuple[np.ndarray, np.ndarray] | None = None
    shares: tuple[Sequence[str], np.ndarray] | None = None
    artist_links: sp.csr_matrix | None = None
    layout: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class About:
    """The title, how the clusters were made, and the works to look at again.

    Attributes
    ----------
    title : name of the atlas.
    columns_used : columns of the table that the clusters depend on, through links or through training.
    provenance : pairs of a stage and its parameters. Rows whose stage is "caveat" are printed as warnings.
    methods : a paragraph on the methods, ready to be quoted.
    corpus : a text that tells this collection from others and stays when works are added: decisions that are not yet
        saved are kept in the browser under it. Without: made from the ids.
    questions : (row, row, reason), pairs of paintings to ask people about: are they of one manner?
    decisions : rows of ``decisions.csv`` by its columns, those that the corpus has.
    worklist : ``row``, ``kind``, ``score``, ``sentence``, ``evidence`` (list of ``descriptor``, ``neighbors`` (rows)).
    words : terms that the page is searched by, and those that stand out in each cluster.
    """

    title: str
    columns_used: Sequence[str] = ()
    provenance: Sequence[tuple[str, str | Mapping]] = ()
    methods: str | None = None
    worklist: Sequence[Mapping] | None = None
    corpus: str | None = None
    questions: Sequence[tuple[int, int, str]] = ()
    decisions: Sequence[Mapping[str, str]] = ()
    words: Words | None = None
