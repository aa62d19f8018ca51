"""Features become a graph."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.engine import opened
from artgraph.lineage import Lineage, Ref
from artgraph.settings import GraphSettings
from artgraph.shards import ShardStore
from artgraph.stages.base import (
    Made,
    Progress,
    catalogue_of,
    columns,
    confound_refs,
    drawing,
    features_of,
    make,
    picture_hashes,
    progress_of,
    thumbnails,
)
from artgraph.stages.preflight import check_artists, check_measured

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus
    from artgraph.engine import Engine
    from artgraph.graph import Neighbors

__all__ = ["build_graph", "diagnose_graph", "mended_graph"]

Search = Callable[[str, "np.ndarray", dict[str, Any]], "Neighbors"]  # part, features, arguments of ``knn``

NOT_SEARCH = ("kernel", "symmetry", "artist_edges", "artist_edge_weight", "max_years")  # neighbours do not depend on


def build_graph(
    corpus: Corpus,
    *,
    name: str = "style",
    engine: str | Engine = "process",
    ray_address: str | None = None,
    storage: str | Path | None = None,
    progress: Progress = None,
    **settings: Any,
) -> Made:
    """Link every painting to those that look most alike.

    Neighbours are searched in the features, and each edge is weighed by a kernel; when the kernel alone is changed, the
    search is not repeated. Artist edges are kept in a layer of their own.

    Parameters
    ----------
    corpus
    name : Key of the graph.
    engine, ray_address, storage : See ``describe``. Who compares the works of more than 10,000, and where shards of
        what is found lie until they are merged; the graph is the same, byte for byte.
    progress : callable(stage, done, total)
    **settings : Fields of ``artgraph.settings.GraphSettings``.

    Returns
    -------
    Made
        ``graphs/<name>``: (n, n) CSR; parts ``knn`` (neighbour lists), ``artists`` (artist edges) and, with ``merge``
        "layers", ``layer-<key>``.
    """
    chosen = GraphSettings.of(settings)
    check_measured(corpus, chosen.regress_out, option="--regress-out")
    if any(ref.kind == "features" for ref in confound_refs(chosen.regress_out)):
        thumbnails(corpus)
    check_artists(catalogue_of(corpus), str(corpus.home), chosen=chosen)
    by_artist = chosen.artist_edges or chosen.cross_artist
    read = (
        [name for name in ("image_sha256", "view_of") if name in corpus.paintings]
        + ["artist"] * by_artist
        + ["date"] * (chosen.max_years is not None)
    )
    inputs = [*(Ref("features", key) for key in chosen.on), *columns(*read), *confound_refs(chosen.regress_out)]

    def search(part: str, X: np.ndarray, wanted: dict[str, Any]) -> Neighbors:
        import numpy as np

        from artgraph.formats import content_sha256
        from artgraph.graph import Neighbors, knn
        from artgraph.graph.sharedcells import shared

        if stored := _stored(corpus, name, part, chosen):
            return Neighbors(**{field: stored[field] for field in Neighbors._fields})
        if not who.elsewhere:
            return knn(X, seed=chosen.seed, **wanted)
        made_of = content_sha256([*X.shape, hashlib.sha256(np.ascontiguousarray(X)).hexdigest(), chosen.params()])
        store = ShardStore(storage or corpus.path / "graphs", f".search-{name}{part}-", made_of)
        share = partial(shared, engine=who, store=store, progress=progress_of(progress, "search"))
        found = knn(X, seed=chosen.seed, share=share, **wanted)
        store.remove()
        return found

    with opened(engine, ray_address) as who:
        return make(
            corpus,
            "build_graph",
            Ref("graphs", name),
            params=chosen.params(),
            inputs=inputs,
            compute=lambda: _graph(corpus, chosen, search),
        )


def mended_graph(
    old: Corpus, new: Corpus, name: str, *, kept: np.ndarray
) -> tuple[dict[str, Any], dict[str, Any], np.ndarray]:
    """Return a graph for the works there are now, whose neighbour lists are searched only where they can be others.

    Parameters
    ----------
    old, new : The corpus as it was, with the graph, and as it is, with the features.
    name : Key of the graph.
    kept : (n,) int64, the row that each work had; -1 where its features are others, or it is new.

    Returns
    -------
    parts, facts : as of ``build_graph``
    mended : (n,) bool, works that were there and have another list now.
    """
    import numpy as np

    from artgraph.graph import Neighbors, mend

    chosen = GraphSettings.of(Lineage(old).params(Ref("graphs", name)))
    mended = np.zeros(len(new), dtype=bool)

    def search(part: str, X: np.ndarray, wanted: dict[str, Any]) -> Neighbors:
        stored = old.get("graphs", name, part)
        before = Neighbors(**{field: stored[field] for field in Neighbors._fields})
        before = before._replace(recall=float(before.recall))
        found, changed = mend(X, before, kept, **wanted)
        mended[:] |= changed
        return found

    parts, facts = _graph(new, chosen, search)
    return parts, facts, mended


def _graph(corpus: Corpus, chosen: GraphSettings, search: Search) -> tuple[dict, dict]:
    """Return the parts of a graph and figures on it; ``search`` finds the neighbours."""
    from artgraph.graph import similarity_graph

    return similarity_graph(
        lambda on: features_of(corpus, on, regress_out=chosen.regress_out),
        chosen,
        search=search,
        catalogue=catalogue_of(corpus),
        duplicate_ids=picture_hashes(corpus),
    )


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
