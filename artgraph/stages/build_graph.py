"""Features become a graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.lineage import Lineage, Ref
from artgraph.settings import GraphSettings
from artgraph.stages.base import Made, catalogue_of, columns, confound_refs, drawing, features_of, make, thumbnails

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    from artgraph.corpus import Corpus
    from artgraph.graph import Neighbors

__all__ = ["build_graph", "diagnose_graph"]

WIDER = 4  # a correction of hubness chooses from lists this many times as long
NOT_SEARCH = ("kernel", "symmetry", "artist_edges", "artist_edge_weight", "max_years")  # neighbours do not depend on


def build_graph(corpus: Corpus, *, name: str = "style", **settings: Any) -> Made:
    """Link every painting to those that look most alike.

    Neighbours are searched in the features, and each edge is weighed by a kernel; when the kernel alone is changed, the
    search is not repeated. Artist edges are kept in a layer of their own.

    Parameters
    ----------
    corpus
    name : Key of the graph.
    **settings : Fields of ``artgraph.settings.GraphSettings``.

    Returns
    -------
    Made
        ``graphs/<name>``: (n, n) CSR; parts ``knn`` (neighbour lists), ``artists`` (artist edges) and, with ``merge``
        "layers", ``layer-<key>``.
    """
    from artgraph.graph import artist_links, describe_graph, mean_graph, neighbors_in, similarity_network_fusion

    chosen = GraphSettings.of(settings)
    if any(ref.kind == "features" for ref in confound_refs(chosen.regress_out)):
        thumbnails(corpus)
    catalogue = catalogue_of(corpus)
    by_artist = chosen.artist_edges or chosen.cross_artist
    read = ["image_sha256"] + ["artist"] * by_artist + ["date"] * (chosen.max_years is not None)
    inputs = [*(Ref("features", key) for key in chosen.on), *columns(*read), *confound_refs(chosen.regress_out)]

    def compute() -> tuple[dict, dict]:
        groups = {"": chosen.on} if chosen.merge == "features" else {f"-{key}": (key,) for key in chosen.on}
        parts, facts, graphs, near = {}, {}, {}, None
        artists = catalogue.artists if chosen.cross_artist else None
        for suffix, on in groups.items():
            near, graphs[suffix], search, figures = _one_graph(corpus, name, on, chosen, suffix=suffix, artists=artists)
            parts |= search
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
                corpus.paintings["artist"],
                [features_of(corpus, (key,), regress_out=chosen.regress_out) for key in chosen.on],
                years=None if chosen.max_years is None else catalogue.years,
                max_years=chosen.max_years,
            )
            facts["artist_links"] = int(parts["artists"].nnz // 2)
        return parts, facts

    return make(corpus, "build_graph", Ref("graphs", name), params=chosen.params(), inputs=inputs, compute=compute)


def _one_graph(
    corpus: Corpus, name: str, on: Sequence[str], chosen: GraphSettings, *, suffix: str, artists: Sequence | None
) -> tuple[Neighbors, sp.csr_matrix, dict[str, Any], dict[str, Any]]:
    """Return neighbour lists, graph, the parts to keep for another time, and figures, for one set of features."""
    from artgraph.graph import Neighbors, correct_hubness, edge_weights, knn
    from artgraph.graph import hubness as hubness_of

    X, corrected = features_of(corpus, on, regress_out=chosen.regress_out), chosen.hubness != "none"
    common = {"metric": chosen.metric, "seed": chosen.seed}
    part = f"search{suffix}" if corrected or suffix else "knn"
    if stored := _stored(corpus, name, part, chosen):
        searched = Neighbors(**{field: stored[field] for field in Neighbors._fields})
    else:
        searched = knn(
            X,
            n_neighbors=chosen.n_neighbors * (WIDER if corrected else 1),
            duplicate_ids=corpus.paintings["image_sha256"],
            exclude_same=artists,
            **common,
        )
    near, figures = searched, {"recall": float(searched.recall), "duplicates": int((searched.duplicate_of >= 0).sum())}
    if corrected:
        near = correct_hubness(searched, X, n_neighbors=chosen.n_neighbors, method=chosen.hubness, **common)
        figures["uncorrected"] = hubness_of(searched.indices[:, : chosen.n_neighbors])
    keep = {part: _arrays(searched)} if part != "knn" else {}
    return near, edge_weights(near, kernel=chosen.kernel, symmetry=chosen.symmetry), keep, figures


def _arrays(neighbors: Neighbors) -> dict[str, np.ndarray]:
    import numpy as np

    return {field: np.asarray(value) for field, value in neighbors._asdict().items()}


def _stored(corpus: Corpus, name: str, part: str, chosen: GraphSettings) -> dict[str, np.ndarray] | None:
    """Return the neighbour lists of the graph that is there, when they are those that would be found again."""
    lineage, ref = Lineage(corpus), Ref("graphs", name)
    if not corpus.has(*ref) or lineage.stale(ref) or corpus.damage(*ref, whole=True):
        return None
    there, wanted = lineage.params(ref), chosen.params()
    same = all(there[key] == value for key, value in wanted.items() if key not in NOT_SEARCH)
    return corpus.get(*ref, part) if same else None


def diagnose_graph(corpus: Corpus, *, graph: str = "style", out: str | Path | None = None) -> Made:
    """Draw how many links the paintings of a graph have, and how often each is a neighbour.

    Parameters
    ----------
    corpus, graph
    out : Default: ``plots/<graph>.png`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the plot; the facts are those of the graph.
    """
    from artgraph.plots import plot_graph

    Lineage(corpus).inputs([Ref("graphs", graph)])
    out = drawing(corpus, out, graph)
    plot_graph(out, corpus.get("graphs", graph), corpus.get("graphs", graph, "knn")["indices"], title=graph)
    return Made("plot", str(out), True, corpus.label("graphs", graph)["facts"])
