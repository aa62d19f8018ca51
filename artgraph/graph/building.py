"""From settings to a graph: the calls behind ``artgraph build-graph``, for features from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from artgraph.graph.artists import artist_links
from artgraph.graph.hubness import correct_hubness, describe_graph
from artgraph.graph.hubness import hubness as hubness_of
from artgraph.graph.knn import Neighbors, knn
from artgraph.graph.merging import mean_graph, neighbors_in, similarity_network_fusion
from artgraph.graph.weights import edge_weights, merge_layers
from artgraph.settings import GraphSettings

if TYPE_CHECKING:
    from artgraph.catalogue import Catalogue

__all__ = ["similarity_graph", "with_artists"]

Features = Callable[[Sequence[str]], np.ndarray]  # keys to (n, d) float32
Search = Callable[[str, np.ndarray, dict[str, Any]], Neighbors]  # part, features, arguments of ``knn``

WIDER = 4  # a correction of hubness chooses from lists this many times as long


def similarity_graph(
    features: Features,
    chosen: GraphSettings,
    *,
    search: Search | None = None,
    catalogue: Catalogue | None = None,
    duplicate_ids: Sequence | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make a graph by its settings.

    Parameters
    ----------
    features : Returns the features of some keys of ``chosen.on``, (n, d) float32, joined as the graph is to see them.
    chosen
    search : Finds neighbours: is given the part that keeps them, features, and arguments of ``knn``. Default: ``knn``.
    catalogue : Of the n paintings; needed with ``cross_artist``, ``artist_edges``.
    duplicate_ids : As for ``knn``.

    Returns
    -------
    parts : "": (n, n) CSR, the similarity edges; "knn": the fields of ``Neighbors``; with ``artist_edges`` "artists":
        (n, n) CSR; with several features also the lists and graph of each.
    facts : figures, JSON values
    """

    def searched(part: str, X: np.ndarray, wanted: dict[str, Any]) -> Neighbors:
        return knn(X, seed=chosen.seed, **wanted) if search is None else search(part, X, wanted)

    apart = None if catalogue is None else catalogue.kept_apart(by_artist=chosen.cross_artist)
    given = {"duplicate_ids": duplicate_ids, "exclude_same": apart}
    groups = {"": chosen.on} if chosen.merge == "features" else {f"-{key}": (key,) for key in chosen.on}
    parts, facts, graphs, near = {}, {}, {}, None
    for suffix, on in groups.items():
        near, graphs[suffix], found, figures = _one_graph(features(on), chosen, searched, suffix=suffix, given=given)
        parts |= found
        facts |= {f"{fact}{suffix}": value for fact, value in figures.items()}
    adjacency = graphs.get("")
    if adjacency is None:
        merged = similarity_network_fusion if chosen.merge == "snf" else mean_graph
        adjacency = merged(list(graphs.values()))
        near = neighbors_in(adjacency, n_neighbors=chosen.n_neighbors)
    if chosen.merge == "layers":
        parts |= {f"layer{suffix}": graph for suffix, graph in graphs.items()}
    parts |= {"": adjacency, "knn": _arrays(near)}
    facts |= describe_graph(adjacency, near.indices)
    if chosen.artist_edges:
        parts["artists"] = artist_links(
            catalogue.table["artist"],
            [features((key,)) for key in chosen.on],
            years=None if chosen.max_years is None else catalogue.years,
            max_years=chosen.max_years,
        )
        facts["artist_links"] = int(parts["artists"].nnz // 2)
    return parts, facts


def with_artists(adjacency: sp.csr_matrix, artists: sp.csr_matrix | None, weight: float) -> sp.csr_matrix:
    """Return a graph as clusters are found in it: the similarity edges, plus artist edges at their weight.

    Parameters
    ----------
    adjacency, artists : (n, n) CSR; None: there are no artist edges.
    weight : 0 or more.
    """
    return adjacency if artists is None else merge_layers(adjacency, artists, strength=weight)


def _one_graph(
    X: np.ndarray, chosen: GraphSettings, search: Search, *, suffix: str, given: dict[str, Any]
) -> tuple[Neighbors, sp.csr_matrix, dict[str, Any], dict[str, Any]]:
    """Return neighbour lists, graph, the parts to keep for another time, and figures, for one set of features."""
    corrected = chosen.hubness != "none"
    part = f"search{suffix}" if corrected or suffix else "knn"
    wanted = {"n_neighbors": chosen.n_neighbors * (WIDER if corrected else 1), "metric": chosen.metric, **given}
    searched = search(part, X, wanted)
    near, figures = searched, {"recall": float(searched.recall), "duplicates": int((searched.duplicate_of >= 0).sum())}
    if corrected:
        near = correct_hubness(
            searched, X, n_neighbors=chosen.n_neighbors, method=chosen.hubness, metric=chosen.metric, seed=chosen.seed
        )
        figures["uncorrected"] = hubness_of(searched.indices[:, : chosen.n_neighbors])
    keep = {part: _arrays(searched)} if part != "knn" else {}
    return near, edge_weights(near, kernel=chosen.kernel, symmetry=chosen.symmetry), keep, figures


def _arrays(neighbors: Neighbors) -> dict[str, np.ndarray]:
    return {field: np.asarray(value) for field, value in neighbors._asdict().items()}
