"""A graph, or features, become a partition."""

import contextlib
from pathlib import Path

from artgraph.errors import ArtgraphError, InputError
from artgraph.stages.base import Made, adjacency_of, features_of, make

__all__ = ["communities", "levels_of"]


def communities(
    corpus,
    *,
    graph="style",
    on=None,
    name=None,
    method="leiden",
    resolution=1.0,
    n_clusters=None,
    quality="modularity",
    layers=None,
    fixed=None,
    max_size=None,
    levels=1,
    membership=True,
    keep_names_of=None,
    seed=0,
    progress=None,
):
    """Find the style clusters of a graph, or of features without one.

    Parameters
    ----------
    corpus : Corpus
    graph : str
        The graph to cluster, or, for a method on features, the one that the clusters are shown and measured in.
    on : sequence of str, optional
        Features, for a method that takes them; default: those that the graph was built on.
    name : str, optional
        Key of the partition; default: the method, with the graph before it where that is not 'style'.
    method : str
        A key of ``artgraph.communities.METHODS``: leiden, spectral (of a graph); kmeans, agglomerative, gmm,
        bayesian-gmm, hdbscan, dec (of features).
    resolution : float or "auto"
        Leiden's; higher gives more clusters. "auto": where clusters are stable and chance has none, see
        ``artgraph.communities.resolution_profile``; without community structure all works are in one cluster.
    n_clusters : int, optional
        Leiden: search for the resolution that gives this many. Spectral: default by the eigengap.
    quality : {"modularity", "cpm", "rb-er", "surprise", "significance"}
        What Leiden maximises.
    layers : sequence of str, optional
        Leiden on several graphs at once, such as ``("style=1", "artists=0.5")``: keys of graphs, or parts of ``graph``
        ('artists', 'layer-color'), with their weights (default 1).
    fixed : str, optional
        A column: works with one value stay together, works with different values apart, the others are free.
    max_size : int, optional
        No cluster gets more works.
    levels : int
        Above 1: also join clusters into clusters of clusters, kept as partitions <name>-2, <name>-3 ...
    membership : bool
        Also keep the soft membership, confidence, second cluster and role of every work, calibrated on subsamples.
    keep_names_of : str, optional
        An earlier partition, or another corpus (its partition of the same name is meant): clusters that overlap get
        its numbers. Works are matched by id.
    seed : int
    progress : callable(stage, done, total), optional

    Returns
    -------
    Made

    Raises
    ------
    InputError
        An unknown method; settings that the method does not have.
    """
    from artgraph.communities.methods import METHODS, check_settings

    beyond = {"quality": quality if quality != "modularity" else None}
    beyond |= {"layers": list(layers) if layers else None, "fixed": fixed, "max_size": max_size}
    beyond = {key: value for key, value in beyond.items() if value is not None}
    check_settings(method, resolution=resolution, n_clusters=n_clusters, beyond=beyond)
    takes = METHODS[method].takes
    if on and takes == "graph":
        raise InputError(f"'{method}' clusters a graph. Make one of these features: artgraph build-graph --on {on[0]}")
    name = name or (method if graph == "style" else f"{graph}-{method}")
    refs = [f"graphs/{graph}"]
    params = {"method": method, "n_clusters": n_clusters, "seed": seed, "membership": membership} | beyond
    if takes == "features":
        params["on"] = list(on or corpus.label("graphs", graph)["made_by"]["params"]["on"])
        refs += [f"features/{key}" for key in params["on"]]
    if method == "leiden" and n_clusters is None:
        params["resolution"] = resolution
    if fixed:
        refs.append(f"paintings/{fixed}")
    weights = {}
    if layers:
        weights = dict(_layer(text) for text in layers)
        refs += [f"graphs/{layer}" for layer in weights if corpus.has("graphs", layer) and layer != graph]
        params["graph"] = graph
    earlier = _earlier(corpus, keep_names_of, name)
    if earlier is not None:
        params["keep_names_of"] = earlier.sha256
    drawn = []

    def compute():
        from artgraph.communities import keep_names, modularity
        from artgraph.communities.clustering import cluster, soft_membership

        adjacency = adjacency_of(corpus, graph)
        data = features_of(corpus, params["on"]) if takes == "features" else adjacency
        if layers:
            data = [_layer_of(corpus, graph, layer) for layer in weights]
        codes, classes = _classes(corpus, fixed)
        report = None if progress is None else lambda done, total: progress("resolutions", done, total)
        found = cluster(
            data,
            method,
            resolution=resolution,
            n_clusters=n_clusters,
            quality=quality,
            layer_weights=list(weights.values()) or None,
            fixed=codes,
            max_size=max_size,
            seed=seed,
            progress=report,
        )
        labels, facts = found.labels, dict(found.facts)
        if earlier is not None:
            labels = keep_names(labels, earlier.labels)
        facts["n_clusters"] = len(set(labels[labels >= 0].tolist()))
        facts["unassigned"] = int((labels < 0).sum())
        facts["modularity"] = round(float(modularity(adjacency, labels)), 4)
        if classes is not None:
            facts["fixed"] = {value: int(labels[codes == code][0]) for code, value in enumerate(classes)}
        drawn.append(found.profile)
        parts = {"": labels}
        if membership:
            soft, facts["membership"] = soft_membership(found, data, adjacency=adjacency, labels=labels, seed=seed)
            parts["membership"] = soft._asdict()
        return parts, facts

    made = make(
        corpus,
        "partitions",
        name,
        function=f"artgraph.communities.{METHODS[method].function}",
        params=params,
        refs=refs,
        compute=compute,
    )
    if drawn and drawn[0] is not None:
        _draw(corpus, name, drawn[0])
    _join(corpus, graph, name, levels=levels, seed=seed)
    return made


def levels_of(corpus, partition):
    """List the partitions that join the clusters of a partition, from the finer to the coarser.

    Parameters
    ----------
    corpus : Corpus
    partition : str

    Returns
    -------
    list of Made
    """
    found, level = [], 2
    while corpus.has("partitions", key := f"{partition}-{level}"):
        label = corpus.label("partitions", key)
        if label["made_by"]["function"] != COARSEN:
            break
        found.append(Made("partitions", key, True, label["facts"]))
        level += 1
    return found


COARSEN = "artgraph.communities.coarsen"


def _join(corpus, graph, name, *, levels, seed):
    """Make the levels above a partition."""
    from artgraph.communities import hierarchy, modularity

    if levels < 1:
        raise InputError(f"levels is {levels}; expected at least 1.")
    if levels == 1:
        return
    adjacency = adjacency_of(corpus, graph)
    above = hierarchy(adjacency, corpus.get("partitions", name), levels=levels, seed=seed)
    for level, labels in enumerate(above, 2):
        below = name if level == 2 else f"{name}-{level - 1}"

        def compute(labels=labels):
            return {"": labels}, {
                "n_clusters": int(labels.max(initial=-1)) + 1,
                "unassigned": int((labels < 0).sum()),
                "modularity": round(float(modularity(adjacency, labels)), 4),
            }

        refs = [f"graphs/{graph}", f"partitions/{below}"]
        params = {"level": level, "seed": seed, "graph": graph}
        make(corpus, "partitions", f"{name}-{level}", function=COARSEN, params=params, refs=refs, compute=compute)


class _Earlier:
    def __init__(self, labels):
        from artgraph.formats import content_sha256

        self.labels, self.sha256 = labels, content_sha256(labels.tolist())


def _earlier(corpus, source, name):
    """Return the labels of an earlier partition, row for row; -1 where a work was not there."""
    import numpy as np

    from artgraph.corpus import Corpus

    if source is None:
        return None
    if not (Path(source) / "corpus.json").is_file():
        return _Earlier(corpus.get("partitions", source).astype(np.int64))
    other = Corpus(source)
    known = dict(zip(other.paintings["id"], other.get("partitions", name).tolist(), strict=True))
    return _Earlier(np.array([known.get(key, -1) for key in corpus.paintings["id"]], dtype=np.int64))


def _classes(corpus, fixed):
    """Return a code for the value of every work in a column, -1 where it has none, and the values."""
    import pandas as pd

    if not fixed:
        return None, None
    values = corpus.paintings[fixed].map(lambda value: None if pd.isna(value) or not str(value).strip() else str(value))
    codes, classes = pd.factorize(values, sort=True)
    return codes, [str(value) for value in classes]


def _layer(text):
    key, _, weight = text.partition("=")
    try:
        return key.strip(), float(weight) if weight else 1.0
    except ValueError:
        raise InputError(
            f"The layer '{text}' has a weight that is no number; expected such as 'artists=0.5'."
        ) from None


def _layer_of(corpus, graph, layer):
    """Return a graph by its key, or a part of the graph; without the artist links that would make it a mixture."""
    if corpus.has("graphs", layer):
        return corpus.get("graphs", layer)
    return corpus.get("graphs", graph, layer)


def _draw(corpus, name, profile):
    """Draw the profile beside the partition, for those who have matplotlib."""
    from artgraph.plots.clustering import plot_profile

    with contextlib.suppress(ArtgraphError):
        plot_profile(corpus.path / "plots" / f"{name}-resolution.png", profile, title=name)
