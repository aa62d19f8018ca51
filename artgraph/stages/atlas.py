"""The page to look at."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from artgraph.atomic import locked
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, features_of
from artgraph.stages.history import history
from artgraph.stages.pictures import thumbnail
from artgraph.stages.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from artgraph.corpus import Corpus

__all__ = ["atlas"]


def _alone(write: Callable[..., Made]) -> Callable[..., Made]:
    """Let one process at a time write the page of a folder; in the corpus's own place, whatever stands there goes."""

    @functools.wraps(write)
    def held(corpus: Corpus, *, partition: str = "leiden", out: str | Path | None = None, **options: Any) -> Made:
        Lineage(corpus).inputs([Ref("partitions", partition)])
        folder = Path(out) if out else corpus.path / "atlas"
        if folder.exists() and not folder.is_dir():  # refused by who writes the page
            return write(corpus, partition=partition, out=out, **options)
        with locked(folder):
            if out is None:
                (folder / "index.html").unlink(missing_ok=True)
            return write(corpus, partition=partition, out=out, **options)

    return held


@_alone
def atlas(
    corpus: Corpus,
    *,
    partition: str = "leiden",
    compare: Sequence[str] | None = None,
    out: str | Path | None = None,
    images: bool = True,
) -> Made:
    """Write the page to look at: a folder whose index.html opens by double-click.

    What ``interpret`` and ``worklist`` have found, if they were run and are not stale, stands in it too.

    Parameters
    ----------
    corpus, partition
    compare : Other partitions, to be seen beside it; the column ``style``, if there is one, always is.
    out : Default: ``atlas`` in the corpus.
    images : False makes an atlas that carries no pictures.

    Returns
    -------
    Made
        ``key`` is the path of index.html.
    """
    from artgraph.atlas import About, Clusters, Links, Paintings, write_atlas

    view = View(corpus, partition)
    view.lineage.inputs(Ref("partitions", other) for other in compare or ())
    out = Path(out) if out else corpus.path / "atlas"
    rows = {id_: row for row, id_ in enumerate(corpus.paintings["id"])}
    report = _report(corpus, f"{partition}-clusters")
    clusters = _clusters(view, report=report, rows=rows, images=images)
    near = view.neighbors
    index = write_atlas(
        out,
        Paintings(
            table=corpus.paintings,
            thumbnails=lambda row: thumbnail(corpus, row),
            artists=view.catalogue.artist_names,
            years=view.catalogue.years,
            sources=lambda row: _href(corpus, row, out.resolve()),
            windows=_windows(corpus),
        ),
        Clusters(
            labels=view.labels,
            name=partition,
            typicality=view.typicality,
            membership=view.membership if view.has_membership else None,
            descriptions=clusters,
            compare={other: corpus.get("partitions", other) for other in compare or ()},
            reference="style" if corpus.paintings["style"].notna().any() else None,
        ),
        links=Links(
            neighbors=(near["indices"], np.clip(1 - near["distances"], 0, 1)),
            shares=_shares(view),
            artist_links=view.artist_edges,
            layout=view.layout,
        ),
        about=About(
            title=corpus.path.resolve().name,
            columns_used=view.lineage.columns_used(Ref("partitions", partition)),
            provenance=history(corpus, partition),
            methods=report.get("methods"),
            worklist=_worklist(corpus, partition, rows),
        ),
        images=images,
    )
    return Made("atlas", str(index), True, {"n": len(corpus), "clusters": len(clusters)})


def _href(corpus: Corpus, row: int, folder: Path) -> str | None:
    """Return the address of the original picture, relative to a folder; None where it lies on another drive."""
    try:
        relative = os.path.relpath(corpus.image_root / corpus.paintings["image"].iloc[row], folder)
    except ValueError:
        return None
    return quote(Path(relative).as_posix(), errors="surrogateescape")


def _report(corpus: Corpus, key: str) -> dict[str, Any]:
    """Return the facts of a report, or nothing where it was not made or has gone stale."""
    ref = Ref("reports", key)
    if not corpus.has(*ref) or Lineage(corpus).stale(ref):
        return {}
    return corpus.label(*ref)["facts"]


def _clusters(view: View, *, report: dict[str, Any], rows: dict[str, int], images: bool) -> list[dict[str, Any]]:
    from artgraph.interpret import palette

    corpus, labels, typical = view.corpus, view.labels, view.typicality
    found = {int(c["cluster"]): c for c in report.get("clusters", ())}
    clusters = []
    for label in range(int(labels.max(initial=-1)) + 1):
        about = found.get(label, {})
        colors = about.get("palette")
        if colors is None and images:
            members = np.flatnonzero(labels == label)
            exemplars = members[np.argsort(-typical[members], kind="stable")][:12]
            colors = palette([picture for row in exemplars if (picture := thumbnail(corpus, row))])
        near = [n | {"bridges": _rows(n.get("bridges"), rows)} for n in about.get("near", ())]
        clusters.append(
            {
                "label": label,
                "name": about.get("name"),
                "sentence": about.get("sentence"),
                "palette": colors,
                "exemplars": _rows(about.get("exemplars"), rows),
                "report": {key: about.get(key) for key in ("columns", "descriptors", "suspect")} | {"near": near}
                if about
                else None,
            }
        )
    return clusters


def _worklist(corpus: Corpus, partition: str, rows: dict[str, int]) -> list[dict[str, Any]] | None:
    works = _report(corpus, f"{partition}-worklist").get("works")
    if works is None:
        return None
    listed = []
    for work in works:
        if work["id"] in rows:
            evidence = [
                {"descriptor": e.get("descriptor"), "neighbors": _rows(e.get("neighbors"), rows)}
                for e in work.get("evidence", ())
            ]
            listed.append(
                {key: work.get(key) for key in ("kind", "score", "sentence")}
                | {"row": rows[work["id"]], "evidence": evidence}
            )
    return listed


def _rows(ids: Sequence[str] | None, rows: dict[str, int]) -> list[int]:
    return [rows[id_] for id_ in ids or () if id_ in rows]


def _shares(view: View) -> tuple[list[str], np.ndarray] | None:
    """Return the descriptors under the graph, and how far each says that neighbours are alike; None for one alone."""
    from artgraph.atlas.shares import similarity_shares

    corpus = view.corpus
    keys = [key for key in view.lineage.descriptors(view.graph_params["on"]) if corpus.has("features", key)]
    if len(keys) < 2:
        return None
    return keys, similarity_shares([features_of(corpus, (key,)) for key in keys], view.neighbors["indices"])


def _windows(corpus: Corpus) -> dict[str, np.ndarray] | None:
    lineage = Lineage(corpus)
    refs = (Ref("patches", key) for key in corpus.keys("patches"))
    return next((corpus.get(*ref) for ref in refs if not lineage.stale(ref)), None)
