"""Plots of what a corpus holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from artgraph.checks import check_choice, did_you_mean
from artgraph.errors import InputError
from artgraph.lineage import Ref
from artgraph.stages.base import Made, Progress, adjacency_of, progress_of
from artgraph.stages.build_graph import diagnose_graph
from artgraph.stages.train_vgae import diagnose_training
from artgraph.stages.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from artgraph.corpus import Corpus

__all__ = ["PLOTS", "plot"]

PLOTS = ("sheets", "confusion", "timeline", "resolution", "degree", "pca", "training")


def plot(
    corpus: Corpus,
    kind: str,
    *,
    partition: str = "leiden",
    against: str = "style",
    model: str = "vgae",
    graph: str | None = None,
    clusters: Sequence[int] | None = None,
    works: int = 40,
    seed: int = 0,
    form: str = "png",
    out: str | Path | None = None,
    progress: Progress = None,
) -> list[Made]:
    """Draw something that a corpus holds: PNG, SVG or PDF.

    Parameters
    ----------
    corpus
    kind : {"sheets", "confusion", "timeline", "resolution", "degree", "pca", "training"}
        The most typical works of each cluster, for print (A3, 300 dpi); a partition against a column or another
        partition; the decades of each cluster; how stable Leiden's clusters are at each resolution, beside those of
        rewired graphs; links and hubs of a graph; the variance that few directions of the features hold; how a VGAE
        learned.
    partition : Also says which graph and which features.
    against : "confusion": a column of the table, or the key of another partition.
    model : "training": key of the model.
    graph : "degree"; which, default: the one under the partition.
    clusters : "sheets": only these.
    works : "sheets": at most so many on one.
    seed : "resolution": of the subsamples and of the rewired graphs.
    form : {"png", "svg", "pdf"}; where ``out`` is not given.
    out : Default: ``plots`` in the corpus. For "sheets" a folder, in which there is a file for each cluster.
    progress : callable(stage, done, total)

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

    check_choice("plot", kind, PLOTS)
    check_choice("form", form, [name.removeprefix(".") for name in FORMATS])
    name = model if kind == "training" else partition
    if out is None:
        out = corpus.path / "plots" / (f"{name}-sheets" if kind == "sheets" else f"{name}-{kind}.{form}")
    out = Path(out)
    if kind == "training":
        return [diagnose_training(corpus, name=model, out=out)]
    if kind == "degree":
        return [diagnose_graph(corpus, graph=graph or View(corpus, partition).graph, out=out)]
    view, report = View(corpus, partition), progress_of(progress, "plot")
    if kind == "sheets":
        return _sheets(view, out, clusters=clusters, works=works, form=form, report=report)
    {
        "confusion": lambda: _confusion(view, against, out),
        "timeline": lambda: _timeline(view, out),
        "resolution": lambda: _resolution(view, out, seed=seed, report=report),
        "pca": lambda: _pca(view, out),
    }[kind]()
    return [Made("plot", str(out), True, {})]


def _sheets(
    view: View,
    folder: Path,
    *,
    clusters: Sequence[int] | None,
    works: int,
    form: str,
    report: Callable[[int, int], None] | None,
) -> list[Made]:
    from artgraph.plots import plot_sheet
    from artgraph.stages.pictures import caption, need_pictures, picture

    need_pictures(view.corpus, "plot sheets")
    corpus, partition, labels, typical = view.corpus, view.partition, view.labels, view.typicality
    there = np.unique(labels[labels >= 0])
    wanted = there if clusters is None else np.asarray(clusters)
    if missing := sorted(set(wanted.tolist()) - set(there.tolist())):
        raise InputError(f"'{partition}' has no cluster {missing[0]} (there are: 0 to {there.max(initial=-1)})")
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


def _confusion(view: View, against: str, out: Path) -> None:
    from artgraph.plots import plot_confusion

    corpus = view.corpus
    if against in corpus.paintings.columns:
        reference = corpus.paintings[against].to_numpy(dtype=object)
    elif corpus.has("partitions", against):
        other = corpus.get("partitions", against)
        reference = np.array([None if label < 0 else int(label) for label in other], dtype=object)
    else:
        columns = [name for name in corpus.paintings.columns if not name.startswith("image_")]
        partitions = corpus.keys("partitions")
        raise InputError(
            f"{corpus.path} has neither a column nor a partition '{against}' (columns: {', '.join(columns)}; "
            f"partitions: {', '.join(partitions)}).{did_you_mean(against, [*columns, *partitions])}"
        )
    plot_confusion(out, view.labels, reference, title=f"{view.partition} × {against}", against=against)


def _timeline(view: View, out: Path) -> None:
    from artgraph.plots import plot_timeline

    dated = "date" in view.lineage.columns_used(Ref("partitions", view.partition))
    title = f"{view.partition} (dates had a say in it)" if dated else view.partition
    plot_timeline(out, view.labels, view.catalogue.years, title=title)


def _resolution(view: View, out: Path, *, seed: int, report: Callable[[int, int], None] | None) -> None:
    from artgraph.communities.resolution import resolution_profile
    from artgraph.plots.clustering import plot_profile

    profile = resolution_profile(adjacency_of(view.corpus, view.graph), seed=seed, progress=report)
    plot_profile(out, profile, title=f"graph '{view.graph}'")


def _pca(view: View, out: Path) -> None:
    from artgraph.plots import explained_variance, plot_pca

    curves = {key: explained_variance(view.corpus.get("features", key)) for key in view.on}
    plot_pca(out, curves, title=f"features under '{view.partition}'")
