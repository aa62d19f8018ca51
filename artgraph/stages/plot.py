"""Plots of what a corpus holds."""

from pathlib import Path

import numpy as np

from artgraph.errors import InputError
from artgraph.stages.base import Made, adjacency_of, features_of
from artgraph.stages.judging import ground_of

__all__ = ["PLOTS", "plot"]

PLOTS = ("sheets", "confusion", "timeline", "resolution", "degree", "pca", "training")


def plot(
    corpus,
    kind,
    *,
    partition="leiden",
    against="style",
    model="vgae",
    clusters=None,
    works=40,
    seed=0,
    form="png",
    out=None,
    progress=None,
):
    """Draw something that a corpus holds: PNG, SVG or PDF.

    Parameters
    ----------
    corpus : Corpus
    kind : {"sheets", "confusion", "timeline", "resolution", "degree", "pca", "training"}
        The most typical works of each cluster, for print (A3, 300 dpi); a partition against a column or another
        partition; the decades of each cluster; how stable Leiden's clusters are at each resolution, beside those of
        rewired graphs; links and hubs of a graph; the variance that few directions of the features hold; how a VGAE
        learned.
    partition : str
        Also says which graph and which features.
    against : str
        "confusion": a column of the table, or the key of another partition.
    model : str
        "training": key of the model.
    clusters : sequence of int, optional
        "sheets": only these.
    works : int
        "sheets": at most so many on one.
    seed : int
        "resolution": of the subsamples and of the rewired graphs.
    form : {"png", "svg", "pdf"}
        Where ``out`` is not given.
    out : str or Path, optional
        Default: ``plots`` in the corpus. For "sheets" a folder, in which there is a file for each cluster.
    progress : callable(stage, done, total), optional

    Returns
    -------
    list of Made
        ``key`` is the path of each file.

    Raises
    ------
    InputError
        There is no such plot, column or cluster; or nothing to draw.
    ArtgraphError
        matplotlib is not installed.
    """
    from artgraph.plots import FORMATS

    if kind not in PLOTS:
        raise InputError(f"There is no plot '{kind}' (there are: {', '.join(PLOTS)})")
    if f".{form}" not in FORMATS:
        raise InputError(f"There is no form '{form}' (there are: png, svg, pdf)")
    name = model if kind == "training" else partition
    if out is None:
        out = corpus.path / "plots" / (f"{name}-sheets" if kind == "sheets" else f"{name}-{kind}.{form}")
    out = Path(out)
    if kind == "training":
        from artgraph.stages.train_vgae import diagnose_training

        return [diagnose_training(corpus, name=model, out=out)]
    corpus.inputs(f"partitions/{partition}")
    graph, on = ground_of(corpus, partition)
    graph = graph or "style"
    if kind == "degree":
        from artgraph.stages.build_graph import diagnose_graph

        return [diagnose_graph(corpus, graph=graph, out=out)]
    report = None if progress is None else lambda done, n: progress("plot", done, n)
    if kind == "sheets":
        return _sheets(corpus, partition, out, clusters=clusters, works=works, form=form, report=report)
    {
        "confusion": lambda: _confusion(corpus, partition, against, out),
        "timeline": lambda: _timeline(corpus, partition, out),
        "resolution": lambda: _resolution(corpus, graph, out, seed=seed, report=report),
        "pca": lambda: _pca(corpus, on, out, title=f"features under '{partition}'"),
    }[kind]()
    return [Made("plot", str(out), True, {})]


def _sheets(corpus, partition, folder, *, clusters, works, form, report):
    from artgraph.interpret import typicality
    from artgraph.plots import plot_sheet
    from artgraph.stages.pictures import caption, picture

    labels = corpus.get("partitions", partition)
    there = np.unique(labels[labels >= 0])
    wanted = there if clusters is None else np.asarray(clusters)
    if missing := sorted(set(wanted.tolist()) - set(there.tolist())):
        raise InputError(f"'{partition}' has no cluster {missing[0]} (there are: 0 to {there.max(initial=-1)})")
    typical = typicality(features_of(corpus, ground_of(corpus, partition).features), labels)
    made = []
    for done, label in enumerate(wanted.tolist(), 1):
        members = np.flatnonzero(labels == label)
        shown = members[np.argsort(-typical[members], kind="stable")][:works]
        file = folder / f"cluster-{label:02d}.{form}"
        plot_sheet(
            file,
            [picture(corpus, row, min_side=480) for row in shown],
            [caption(corpus, row) for row in shown],
            title=f"Cluster {label}",
            note=f"{len(members)} works"
            + (f"; the {len(shown)} most typical, " if len(shown) < len(members) else ", ")
            + f"the most typical first · partition '{partition}' of {corpus.path.resolve().name}",
        )
        made.append(Made("plot", str(file), True, {}))
        if report:
            report(done, len(wanted))
    return made


def _confusion(corpus, partition, against, out):
    from artgraph.plots import plot_confusion

    labels = corpus.get("partitions", partition)
    if against in corpus.paintings.columns:
        reference = corpus.paintings[against].to_numpy(dtype=object)
    elif corpus.has("partitions", against):
        other = corpus.get("partitions", against)
        reference = np.array([None if label < 0 else int(label) for label in other], dtype=object)
    else:
        raise InputError(
            f"{corpus.path} has neither a column nor a partition '{against}' (columns: "
            f"{', '.join(corpus.paintings.columns)}; partitions: {', '.join(corpus.keys('partitions'))})"
        )
    plot_confusion(out, labels, reference, title=f"{partition} × {against}", against=against)


def _timeline(corpus, partition, out):
    from artgraph.dates import parse_years
    from artgraph.plots import plot_timeline

    years = parse_years(corpus.paintings["date"])
    plot_timeline(out, corpus.get("partitions", partition), years, title=partition)


def _resolution(corpus, graph, out, *, seed, report):
    from artgraph.communities.resolution import resolution_profile
    from artgraph.plots.clustering import plot_profile

    profile = resolution_profile(adjacency_of(corpus, graph), seed=seed, progress=report)
    plot_profile(out, profile, title=f"graph '{graph}'")


def _pca(corpus, on, out, *, title):
    from artgraph.plots import explained_variance, plot_pca

    curves = {key: explained_variance(corpus.get("features", key)) for key in on}
    plot_pca(out, curves, title=title)
