"""A graph, or features, become a partition."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.checks import check_n_clusters, did_you_mean
from artgraph.errors import CorpusError, InputError
from artgraph.formats import content_sha256
from artgraph.lineage import Lineage, Ref
from artgraph.settings import ClusterSettings
from artgraph.stages.base import Made, Progress, adjacency_of, columns, drawing, features_of, make, progress_of
from artgraph.stages.ruling import expanded, obeyed, ruling

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    from artgraph.corpus import Corpus

__all__ = ["communities", "layer", "layer_of", "levels_of"]


def communities(corpus: Corpus, *, name: str | None = None, progress: Progress = None, **settings: Any) -> Made:
    """Find the style clusters of a graph, or of features without one.

    Parameters
    ----------
    corpus
    name : Key of the partition; default: the method, with the graph before it where that is not 'style'.
    progress : callable(stage, done, total)
    **settings : Fields of ``artgraph.settings.ClusterSettings``.

    Returns
    -------
    Made
        ``partitions/<name>``: (n,) int32, 0 the largest cluster, -1 none; part ``membership``: soft membership,
        confidence, second cluster and role of every work, calibrated on subsamples, or on the runs of a
        consensus. With ``levels`` above 1 also partitions ``<name>-2``, ``<name>-3`` ..., as long as there are clusters
        to join.

    Raises
    ------
    InputError
        An unknown method; settings that the method does not have, or that do not go together.
    """
    from artgraph.communities import METHODS

    chosen = ClusterSettings.of(settings)
    name = name or (chosen.method if chosen.graph == "style" else f"{chosen.graph}-{chosen.method}")
    lineage, graph = Lineage(corpus), Ref("graphs", chosen.graph)
    layers = dict(layer(text) for text in chosen.graphs or ())
    _check_layers(corpus, chosen.graph, layers)
    if chosen.n_clusters is not None:
        check_n_clusters(chosen.n_clusters, len(corpus))
    clusters_features = METHODS[chosen.method].takes == "features"
    basis = lineage.params(graph)
    on = tuple(chosen.on or basis["on"]) if clusters_features else ()
    removed = basis["regress_out"] if list(on) == basis["on"] else ()
    inputs = [graph, *(Ref("features", key) for key in on), *columns(*([chosen.fixed] if chosen.fixed else []))]
    inputs += [Ref("graphs", key) for key in layers if corpus.has("graphs", key) and key != chosen.graph]
    params, ref = chosen.params(), Ref("partitions", name)
    earlier = _earlier(corpus, chosen.keep_names_of, name)
    if earlier is not None and chosen.keep_names_of is not None:
        params["earlier_sha256"] = content_sha256(earlier.tolist())

    rule = ruling(corpus, name, earlier) if chosen.decisions else None
    if rule is not None:
        params["decisions_sha256"] = rule.sha256

    def compute() -> tuple[dict, dict]:
        import numpy as np

        from artgraph.communities import cluster, keep_names, modularity, soft_membership
        from artgraph.communities.changes import changes
        from artgraph.communities.obey import contracted, joined
        from artgraph.plots.clustering import plot_profile

        adjacency = adjacency_of(corpus, chosen.graph)
        data = features_of(corpus, on, regress_out=removed) if clusters_features else adjacency
        if layers:
            data = [layer_of(corpus, chosen.graph, key) for key in layers]
        codes, classes = _classes(corpus, chosen.fixed)
        node = joined(len(corpus), rule.constraints.must) if rule and chosen.method == "leiden" else None
        seen, fixed = data, codes
        if node is not None:
            seen = [contracted(one, node) for one in data] if layers else contracted(data, node)
            if codes is not None:
                fixed = np.full(node.max(initial=-1) + 1, -1)
                np.maximum.at(fixed, node, codes)
        found = cluster(
            seen,
            chosen.method,
            **chosen.search,
            layer_weights=list(layers.values()) or None,
            fixed=fixed,
            progress=progress_of(progress, "resolutions"),
        )
        found = found if node is None else expanded(found, node)
        labels = found.labels if earlier is None else keep_names(found.labels, earlier)
        said = {}
        if rule is not None:
            labels, said["decisions"] = obeyed(
                corpus, rule, labels, earlier=earlier, adjacency=adjacency, seed=chosen.seed
            )
        facts = (
            found.facts
            | said
            | {
                "n_clusters": len(set(labels[labels >= 0].tolist())),
                "unassigned": int((labels < 0).sum()),
                "modularity": round(float(modularity(adjacency, labels)), 4),
            }
        )
        if classes is not None:
            facts["fixed"] = {value: int(labels[codes == code][0]) for code, value in enumerate(classes)}
        if earlier is not None:
            changed = changes(earlier, labels)
            facts |= {"changes": changed} if any(changed.values()) else {}
        parts = {"": labels}
        if chosen.membership:
            soft, facts["membership"] = soft_membership(
                found, data, adjacency=adjacency, labels=labels, seed=chosen.seed
            )
            parts["membership"] = soft._asdict()
        if found.profile is not None:
            plot_profile(drawing(corpus, None, f"{name}-resolution"), found.profile, title=name)
        return parts, facts

    made = make(corpus, "communities", ref, params=params, inputs=inputs, compute=compute)
    _coarsen(corpus, chosen, name)
    return made


def _coarsen(corpus: Corpus, chosen: ClusterSettings, name: str) -> None:
    """Make the levels above a partition, as long as there are clusters to join; deeper ones of an earlier run go."""
    from artgraph.communities import hierarchy, modularity

    above = []
    if chosen.levels > 1:
        adjacency = adjacency_of(corpus, chosen.graph)
        above = hierarchy(adjacency, corpus.get("partitions", name), levels=chosen.levels, seed=chosen.seed)
    below = name
    for level, labels in enumerate(above, 2):

        def compute(labels: np.ndarray = labels) -> tuple[dict, dict]:
            return {"": labels}, {
                "n_clusters": int(labels.max(initial=-1)) + 1,
                "unassigned": int((labels < 0).sum()),
                "modularity": round(float(modularity(adjacency, labels)), 4),
            }

        key, inputs = f"{name}-{level}", [Ref("graphs", chosen.graph), Ref("partitions", below)]
        params = {"level": level, "seed": chosen.seed, "graph": chosen.graph}
        make(corpus, "coarsen", Ref("partitions", key), params=params, inputs=inputs, compute=compute)
        below = key
    for old in levels_of(corpus, name)[len(above) :]:
        corpus.remove(old.kind, old.key)


def levels_of(corpus: Corpus, partition: str) -> list[Made]:
    """List the partitions that join the clusters of a partition, from the finer to the coarser.

    Parameters
    ----------
    corpus, partition
    """
    found, level, lineage = [], 2, Lineage(corpus)
    while corpus.has(*(ref := Ref("partitions", f"{partition}-{level}"))) and lineage.stage(ref) == "coarsen":
        found.append(Made(*ref, True, corpus.label(*ref)["facts"]))
        level += 1
    return found


def _earlier(corpus: Corpus, source: str | None, name: str) -> np.ndarray | None:
    """Return the labels of an earlier partition, row for row; -1 where a work was not there."""
    import numpy as np

    from artgraph.corpus import Corpus

    if source == "none" or (source is None and not corpus.has("partitions", name)):
        return None
    chosen_by_nobody, source = source is None, name if source is None else source
    if chosen_by_nobody and not _sound(corpus, name):
        return None
    if source in corpus.keys("partitions"):
        return corpus.get("partitions", source).astype(np.int64)
    if not (Path(source) / "corpus.json").is_file():
        there = corpus.keys("partitions")
        raise InputError(
            f"--keep-names-of takes a partition of {corpus.path} (there are: {', '.join(there) or 'none'}) or another "
            f"corpus; '{source}' is neither.{did_you_mean(source, there)}"
        )
    other = Corpus(source)
    if name not in (there := other.keys("partitions")):
        raise InputError(
            f"--keep-names-of {source} takes the numbers of the partition '{name}' there, and there is none "
            f"(there are: {', '.join(there) or 'none'}). Give the new partition the name of the old one: --name NAME"
        )
    known = dict(zip(other.paintings["id"], other.get("partitions", name).tolist(), strict=True))
    return np.array([known.get(key, -1) for key in corpus.paintings["id"]], dtype=np.int64)


def _sound(corpus: Corpus, partition: str) -> bool:
    """Return whether the labels of a partition can be read: those of a damaged one name nothing."""
    try:
        corpus.get("partitions", partition)
    except CorpusError:
        return False
    return True


def _classes(corpus: Corpus, fixed: str | None) -> tuple[np.ndarray | None, list[str] | None]:
    """Return a code for the value of every work in a column, -1 where it has none, and the values."""
    import pandas as pd

    if not fixed:
        return None, None
    values = corpus.paintings[fixed].map(lambda value: None if pd.isna(value) or not str(value).strip() else str(value))
    codes, classes = pd.factorize(values, sort=True)
    return codes, [str(value) for value in classes]


def layer(text: str) -> tuple[str, float]:
    """Split 'key=weight' (``text``) of a layer; without a weight it is 1."""
    key, _, weight = text.partition("=")
    try:
        return key.strip(), float(weight) if weight else 1.0
    except ValueError:
        raise InputError(
            f"The graph '{text}' has a weight that is no number; expected such as 'artists=0.5'."
        ) from None


def _check_layers(corpus: Corpus, graph: str, layers: Mapping[str, float]) -> None:
    """Refuse layers that are neither graphs nor parts of the graph."""
    if not layers:
        return
    files = Lineage(corpus).label(Ref("graphs", graph))["files"]
    parts = [part for file in files if (part := file.removeprefix(f"{graph}.").rpartition(".")[0])]
    own = [part for part in parts if part == "artists" or part.startswith("layer-")]
    for layer in layers:
        made = "" if layer != "artists" else " Make the layer with: artgraph build-graph --artist-edges"
        known = [*corpus.keys("graphs"), *own]
        if layer not in known:
            raise InputError(
                f"There is no graph or layer '{layer}' (there are: {', '.join(known)})."
                f"{made or did_you_mean(layer, known)}"
            )


def layer_of(corpus: Corpus, graph: str, layer: str) -> sp.csr_matrix:
    """Return a graph by its key, or a part of the graph; without the artist edges that would make it a mixture.

    Parameters
    ----------
    corpus, graph, layer
    """
    return corpus.get("graphs", layer) if corpus.has("graphs", layer) else corpus.get("graphs", graph, layer)
