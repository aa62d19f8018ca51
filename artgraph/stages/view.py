"""A partition and everything that is shown with it, on the page, in exports and on sheets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.catalogue import Catalogue
from artgraph.lineage import Lineage, Ref
from artgraph.soundness import parts_of
from artgraph.stages.base import adjacency_of, catalogue_of, features_under
from artgraph.stages.generations import generation_columns
from artgraph.stages.layout import layout
from artgraph.stages.ruling import names_of

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp

    from artgraph.corpus import Corpus

__all__ = ["View", "with_free_names"]

_SPACE = 20.0  # units of Gephi between neighbours on the map, where a painting has a radius of 4 to 10


@dataclass(frozen=True)
class View:
    """A partition of a corpus with its graph, features, map and catalogue, none of them stale; read when asked for.

    Parameters
    ----------
    corpus, partition

    Raises
    ------
    MissingError, StaleError
        The partition, its graph or its features cannot be shown; with the command to run.
    """

    corpus: Corpus
    partition: str

    def __post_init__(self) -> None:
        self.lineage.inputs([Ref("partitions", self.partition)])
        self.lineage.inputs([Ref("graphs", self.graph), *(Ref("features", key) for key in self.on)])

    @cached_property
    def lineage(self) -> Lineage:
        return Lineage(self.corpus)

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.corpus)

    @cached_property
    def graph(self) -> str:
        """Key of the graph whose links and map are shown."""
        return self.lineage.shown_graph(self.partition)

    @cached_property
    def on(self) -> tuple[str, ...]:
        """Keys of the features under the partition, or else under the graph that is shown."""
        return self.lineage.basis(self.partition).features or tuple(self.graph_params["on"])

    @cached_property
    def graph_params(self) -> dict[str, Any]:
        return self.lineage.params(Ref("graphs", self.graph))

    @cached_property
    def labels(self) -> np.ndarray:
        """Cluster of each painting, (n,) int32."""
        return self.corpus.get("partitions", self.partition)

    @cached_property
    def names(self) -> dict[int, str]:
        """The names that people gave to clusters, by number."""
        return names_of(self.corpus, self.partition)

    @cached_property
    def X(self) -> np.ndarray:
        """Features under the partition, (n, d) float32."""
        return features_under(self.corpus, self.partition)

    @cached_property
    def typicality(self) -> np.ndarray:
        """How typical each painting is of its cluster, (n,) float."""
        from artgraph.interpret import typicality

        return typicality(self.X, self.labels)

    @cached_property
    def style(self) -> sp.csr_matrix:
        """The similarity edges, (n, n) CSR."""
        return self.corpus.get("graphs", self.graph)

    @cached_property
    def artist_edges(self) -> sp.csr_matrix | None:
        """The layer of artist edges, (n, n) CSR; None where the graph has none."""
        return self.corpus.get("graphs", self.graph, "artists") if self.graph_params["artist_edges"] else None

    @cached_property
    def neighbors(self) -> dict[str, np.ndarray]:
        """Neighbour lists: ``indices`` and ``distances``, (n, k)."""
        return self.corpus.get("graphs", self.graph, "knn")

    @cached_property
    def layout(self) -> np.ndarray:
        """Place of each painting on the map, (n, 2) float32."""
        ref = Ref("layouts", self.graph)
        if not self.corpus.has(*ref) or self.lineage.stale(ref) or self.corpus.damage(*ref, whole=True):
            layout(self.corpus, graph=self.graph)
        return self.corpus.get("layouts", self.graph)

    @cached_property
    def membership(self) -> dict[str, np.ndarray]:
        """Confidence (n,), second cluster (n,), -1 none, and role (n,) of each painting.

        Where the partition stores none, the confidence is the share of a painting's links, by weight, that stay in its
        cluster.
        """
        from artgraph.communities.membership import ROLES, assign_roles, graph_membership

        if not (stored := self.stored_membership):
            shares = graph_membership(adjacency_of(self.corpus, self.graph), self.labels)
            stored = assign_roles(shares, self.labels)._asdict()
        roles = np.array(ROLES, dtype=object)[stored["role"]]
        return {"confidence": stored["confidence"], "second": stored["second"], "role": roles}

    @property
    def has_membership(self) -> bool:
        """Whether the partition stores a soft membership."""
        return "membership" in parts_of(self.corpus.label("partitions", self.partition))

    @cached_property
    def stored_membership(self) -> dict[str, np.ndarray]:
        """The soft membership that the partition stores; empty where it stores none."""
        return self.corpus.get("partitions", self.partition, "membership") if self.has_membership else {}

    @cached_property
    def beside(self) -> list[str]:
        """Keys of the features under the partition, of those that latents among them rest on, and of those imported
        from the same file; without what ``X`` is already."""
        found = dict.fromkeys([*self.on, *self.lineage.descriptors(self.on)])
        known = {key: self.lineage.params(Ref("features", key)) for key in self.corpus.keys("features")}
        files = {known[key].get("file_sha256") for key in found} - {None}
        found |= dict.fromkeys(key for key, params in known.items() if params.get("file_sha256") in files)
        return [key for key in found if not known[key].get("joined")]

    # ---- as exports show it

    @cached_property
    def table(self) -> pd.DataFrame:
        """id, cluster, typicality, confidence, second, role and year of each painting, then the corpus's columns.

        Where words qualify artists, also ``attribution_kind``; where people named clusters, ``cluster_name``; where
        works were added after the first day, ``added``, ``new`` and ``fits_nothing``, before these.
        """
        from artgraph.export import paintings_table

        named = {"cluster_name": [self.names.get(label) for label in self.labels.tolist()]} if self.names else {}
        scores = {**named, "typicality": self.typicality, **self.membership, "year": np.floor(self.catalogue.years)}
        if any(kinds := self.catalogue.kinds) and "attribution_kind" not in self.corpus.paintings:
            scores["attribution_kind"] = kinds
        scores |= generation_columns(self.corpus, self.partition)
        table = paintings_table(self.corpus.paintings, self.labels, scores=scores)
        table["year"] = table["year"].astype("Int64")
        table["second"] = table["second"].astype("Int64").mask(table["second"] < 0)
        return table

    @cached_property
    def sizes(self) -> np.ndarray:
        """Radius of each painting in Gephi, (n,) float: 4 to 10, by the weight of its links."""
        degree = np.asarray(self.style.sum(axis=1)).ravel()
        return 4 + 6 * degree / max(degree.max(initial=0), 1e-9)

    @cached_property
    def colors(self) -> list[str]:
        """Colour of each painting's cluster."""
        from artgraph.colors import cluster_color

        named = {label: cluster_color(label) for label in np.unique(self.labels).tolist()}
        return [named[label] for label in self.labels.tolist()]

    @cached_property
    def scale(self) -> float:
        """Units of Gephi in a unit of the layout: 20 to the median nearest painting; 100 where there is none."""
        from scipy.spatial import cKDTree

        if len(self.layout) < 2:
            return 100.0
        nearest = float(np.median(cKDTree(self.layout).query(self.layout, 2)[0][:, 1]))
        return _SPACE / nearest if nearest > 0 else 100.0

    def placed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table of the paintings with columns x, y, size and color, in Gephi's units."""
        xy, table = self.layout * self.scale, with_free_names(table, ("x", "y", "size", "color"))
        return table.assign(x=xy[:, 0].astype(float), y=xy[:, 1].astype(float), size=self.sizes, color=self.colors)


def with_free_names(table: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return a table whose columns have none of these names; those that had are called name_2."""
    from artgraph.export.cells import free_names

    return table.set_axis(free_names(table.columns, names), axis=1)
