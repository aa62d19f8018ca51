"""From vectors to clusters, in memory: the calls that the stages make, in the same order, without a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from artgraph.catalogue import Catalogue
from artgraph.descriptors import apply_fusion, fit_fusion
from artgraph.descriptors.period import impute_period, nearest_dated, period_features
from artgraph.descriptors.registry import WEIGHTS
from artgraph.errors import InputError
from artgraph.graph import Neighbors, similarity_graph, with_artists
from artgraph.learning.threads import single_threaded_algebra
from artgraph.settings import ClusterSettings, GraphSettings
from artgraph.stages.base import adjacency_of, features_of
from artgraph.stages.coordinates import fit_of
from artgraph.stages.lead import MIN_EDGES_FOR_VGAE, MIN_PAINTINGS_FOR_VGAE, latent_edges, which_leads
from artgraph.stages.preflight import check_artists

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["Clustered", "Fitted", "Latents", "fit_vectors", "read_fitted", "works"]


@dataclass(frozen=True)
class Clustered:
    """Features, their graph, and the clusters in it.

    Attributes
    ----------
    X : (n, d) float32, as the graph sees them.
    near : Their neighbour lists.
    style, adjacency : (n, n) CSR, the similarity edges, and these with artist edges.
    labels : (n,) int32, -1 for none.
    membership : (n, k) float32, shares of the clusters.
    resolution : Of Leiden.
    kernel, metric : Of the graph.
    """

    X: np.ndarray
    near: Neighbors
    style: sp.csr_matrix
    adjacency: sp.csr_matrix
    labels: np.ndarray
    membership: np.ndarray
    resolution: float
    kernel: str
    metric: str


@dataclass(frozen=True)
class Latents:
    """What the autoencoder learned, and the clusters of its latents.

    Attributes
    ----------
    mu : (n, latent_dim) float32
    state : Its weights.
    settings : Those that differ from the defaults of ``artgraph.vgae.Config``.
    fusion : How latents are brought into the coordinates of their graph.
    found : The clusters.
    """

    mu: np.ndarray
    state: dict[str, Any]
    settings: dict[str, Any]
    fusion: dict[str, np.ndarray]
    found: Clustered


@dataclass(frozen=True)
class Fitted:
    """Everything that is known after fitting.

    Attributes
    ----------
    blocks : Features (n, d_i), each as it was given.
    fusion : How they are joined.
    look : The clusters of the features.
    latents : None where no autoencoder was trained.
    lead, reason : The partition that leads, "leiden" or "vgae-leiden", and why; see ``artgraph.pipeline.lead_of``.
    dated : (n,) bool, works with a year, where dates are the last of the blocks; else None.
    """

    blocks: list[np.ndarray]
    fusion: dict[str, np.ndarray]
    look: Clustered
    latents: Latents | None = None
    lead: str = "leiden"
    reason: str = ""
    dated: np.ndarray | None = field(default=None)

    @property
    def leading(self) -> Clustered:
        """The clusters that lead."""
        return self.latents.found if self.latents is not None and self.lead == "vgae-leiden" else self.look


def works(n: int, artists: Sequence | None = None, dates: Sequence | None = None) -> Catalogue:
    """Return a catalogue of works of which no more is known than artists and dates.

    Parameters
    ----------
    n : How many works.
    artists, dates : n values each, text or missing.
    """
    columns = {"artist": artists, "date": dates}
    table = pd.DataFrame({"id": [str(row) for row in range(n)]})
    for name, values in columns.items():
        given = [None] * n if values is None else list(values)
        if len(given) != n:
            raise InputError(f"{len(given)} {name}s for {n} works; expected one for each, None where it is not known.")
        table[name] = pd.array([None if pd.isna(one) else str(one) for one in given], dtype="string")
    return Catalogue(table)


def fit_vectors(
    X: np.ndarray,
    catalogue: Catalogue,
    *,
    graph: Mapping[str, Any],
    clusters: Mapping[str, Any],
    names: bool | None = None,
    dates: bool = False,
    lead: str = "auto",
    seed: int = 0,
    device: str = "auto",
) -> Fitted:
    """Find the clusters of vectors as ``import``, ``build-graph``, ``communities`` and ``train-vgae`` do.

    Parameters
    ----------
    X : (n, d) float32
    catalogue : Of the n works.
    graph, clusters : Fields of ``GraphSettings`` and ``ClusterSettings``.
    names : Whether artists' names link works and teach the autoencoder; None: where 30 have two works.
    dates : Whether dates are joined with the vectors.
    lead : See ``artgraph.pipeline.lead_of``.
    seed, device
    """
    from artgraph.vgae import Config, train_vgae

    names = catalogue.has_many_artists if names is None else names
    keys = ("X", "date") if dates else ("X",)
    chosen = GraphSettings(on=keys, artist_edges=names, seed=seed, **graph)
    cut = ClusterSettings(seed=seed, **clusters)
    check_artists(catalogue, "fit(artists=...)", chosen=chosen, advice="Give the artists")
    with single_threaded_algebra():  # as the stages
        blocks, dated = (
            _with_dates(X, catalogue.years) if dates else [X],
            np.isfinite(catalogue.years) if dates else None,
        )
        fusion = _fusion(blocks, keys)
        features = {keys: apply_fusion(blocks, fusion)}
        if names and dates:  # artist edges look at each alone
            features |= {
                (key,): apply_fusion([one], _fusion([one], (key,))) for key, one in zip(keys, blocks, strict=True)
            }
        look, facts = _clustered(features, chosen, cut, catalogue)
        fitted = Fitted(blocks, fusion, look, reason="no autoencoder was trained", dated=dated)
        enough = len(X) >= MIN_PAINTINGS_FOR_VGAE and facts["edges"] >= MIN_EDGES_FOR_VGAE
        if not enough or not (names or lead == "vgae-leiden"):
            return fitted
        config = Config(seed=seed)
        trained = train_vgae(
            look.X, look.style, artists=catalogue.artists if names else None, config=config, device=device
        )
        beside = {name: value for name, value in graph.items() if name != "metric"}  # latents: by their cosines
        beside |= latent_edges(catalogue, names=names)
        fusion = fit_fusion([trained.mu], whitening=0)
        Z = {("vgae",): apply_fusion([trained.mu], fusion)}
        found, _ = _clustered(Z, GraphSettings(on=("vgae",), seed=seed, **beside), cut, catalogue)
    first, why = which_leads(trained.facts, lead=lead, taught=names)
    latents = Latents(trained.mu, trained.state, {"seed": seed}, fusion, found)
    return Fitted(blocks, fitted.fusion, look, latents, first, why, dated)


def _fusion(blocks: list[np.ndarray], keys: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return how features are joined: as ``artgraph.stages.coordinates.joining`` weighs them."""
    weights = [WEIGHTS.get(key, 1.0) if len(keys) > 1 else 1.0 for key in keys]
    return fit_fusion(blocks, weights=weights, whitening=[0.0 if key == "date" else 0.5 for key in keys])


def _with_dates(X: np.ndarray, years: np.ndarray) -> list[np.ndarray]:
    """Return the features of look, and those of the years; where there is none, from the works that look alike."""
    period, dated = period_features(years), np.isfinite(years)
    missing = np.flatnonzero(~dated)
    if len(missing):
        look = apply_fusion([X], fit_fusion([X]))
        period = impute_period(period, nearest_dated(look, dated, missing))
    return [X, period]


def _clustered(
    features: Mapping[tuple[str, ...], np.ndarray], graph: GraphSettings, cut: ClusterSettings, catalogue: Catalogue
) -> tuple[Clustered, dict[str, Any]]:
    from artgraph.communities import cluster, soft_membership

    parts, facts = similarity_graph(lambda on: features[tuple(on)], graph, catalogue=catalogue)
    adjacency = with_artists(parts[""], parts.get("artists"), graph.artist_edge_weight)
    found = cluster(adjacency, cut.method, **cut.search)
    soft, _ = soft_membership(found, adjacency, adjacency=adjacency, seed=cut.seed)
    resolution = found.facts.get("resolution") or 1.0
    near = Neighbors(**parts["knn"])
    given = (found.labels, soft.membership, resolution, graph.kernel, graph.metric)
    return Clustered(features[graph.on], near, parts[""], adjacency, *given), facts


def read_fitted(corpus: Corpus, on: Sequence[str], *, lead: str, reason: str) -> Fitted:
    """Return what the stages found in a corpus.

    Parameters
    ----------
    corpus
    on : Keys of the features.
    lead, reason : As of ``artgraph.pipeline.lead_of``.
    """
    from artgraph.lineage import Lineage, Ref

    lineage = Lineage(corpus)

    def read(graph: str, partition: str) -> Clustered:
        params = lineage.params(Ref("graphs", graph))
        return Clustered(
            X=features_of(corpus, params["on"]),
            near=Neighbors(**corpus.get("graphs", graph, "knn")),
            style=corpus.get("graphs", graph),
            adjacency=adjacency_of(corpus, graph),
            labels=corpus.get("partitions", partition),
            membership=corpus.get("partitions", partition, "membership")["membership"],
            resolution=corpus.label("partitions", partition)["facts"].get("resolution") or 1.0,
            kernel=params["kernel"],
            metric=params["metric"],
        )

    latents = None
    if corpus.has("partitions", "vgae-leiden"):
        settings = lineage.params(Ref("models", "vgae"))
        mu, state = corpus.get("features", "vgae"), corpus.get("models", "vgae")
        latents = Latents(mu, state, settings, fit_of(corpus, ["vgae"])["fusion"], read("vgae", "vgae-leiden"))
    blocks = [corpus.get("features", key) for key in on]
    return Fitted(blocks, fit_of(corpus, on)["fusion"], read("style", "leiden"), latents, lead, reason)
