"""The page to look at."""

from __future__ import annotations

import functools
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from artgraph.atomic import locked
from artgraph.checks import check_choice
from artgraph.errors import CorpusError, InputError
from artgraph.lineage import Lineage, Ref
from artgraph.settings import InterpretSettings, WorklistSettings
from artgraph.stages.base import Made, features_of
from artgraph.stages.decided import Decided, questions_of
from artgraph.stages.fitting import ALPHA
from artgraph.stages.generations import Generations
from artgraph.stages.history import history
from artgraph.stages.interpret import interpret
from artgraph.stages.lead import shown_first
from artgraph.stages.page_pictures import IMAGES, MEDIUM, Thumbnails, has_larger, larger_pictures
from artgraph.stages.pictures import need_pictures
from artgraph.stages.view import View
from artgraph.stages.words import page_words
from artgraph.stages.worklist import worklist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from artgraph.corpus import Corpus

__all__ = ["atlas"]


def _alone(write: Callable[..., Made]) -> Callable[..., Made]:
    """Let one process at a time write the page of a folder; in the corpus's own place, whatever stands there goes."""

    @functools.wraps(write)
    def held(corpus: Corpus, *, partition: str | None = None, out: str | Path | None = None, **options: Any) -> Made:
        partition = shown_first(corpus) if partition is None else partition
        Lineage(corpus).inputs(Ref("partitions", one) for one in (partition, *(options.get("compare") or ())))
        folder = Path(out) if out else corpus.path / "atlas"
        if folder.exists() and not folder.is_dir():  # refused by who writes the page
            return write(corpus, partition=partition, out=out, **options)
        existed = folder.exists()
        try:
            with locked(folder):
                if out is None:
                    (folder / "index.html").unlink(missing_ok=True)
                return write(corpus, partition=partition, out=out, **options)
        finally:
            if not existed and not any(file.name != ".lock" for file in folder.glob("*")):
                shutil.rmtree(folder, ignore_errors=True)  # what failed leaves no folder

    return held


@_alone
def atlas(
    corpus: Corpus,
    *,
    partition: str | None = None,
    compare: Sequence[str] | None = None,
    out: str | Path | None = None,
    images: str = "auto",
    title: str | None = None,
) -> Made:
    """Write the page to look at: a folder whose index.html opens by double-click, and that can be sent.

    What the page shows of a partition and is not there, or stale, is made first, with the settings it had: what
    ``interpret`` and ``worklist`` find, the map, thumbnails.

    Parameters
    ----------
    corpus
    partition : What is shown first; by default that of the page that stands in the corpus, else that which leads.
    compare : Other partitions, to be seen beside it; by default those of ``leiden`` and ``vgae-leiden`` that are there
        and not stale. The column ``style``, if there is one, always is.
    out : Default: ``atlas`` in the corpus.
    images : {"auto", "medium", "small", "none"}
        "medium" takes a picture of each painting along with a longest side of 1,200 pixels, "small" thumbnails alone,
        "none" no picture: names and titles in their place, as for a corpus without pictures. "auto" is "medium" where
        these pictures come to no more than 100 MB, as twelve of them let expect, otherwise "small".
    title : Of the page; by default the name of the corpus's folder.

    Returns
    -------
    Made
        ``key`` is the path of index.html; facts ``made`` (stages that were run for it), ``lacks`` (what could not be
        made, with the command), ``larger``, ``restored`` and ``lost`` (numbers of pictures), ``summary``.

    Raises
    ------
    InputError
        Unknown ``images``, or pictures of a corpus that has none; an empty ``title``, or ``out`` holds another page.
    """
    from artgraph.atlas import About, Clusters, Links, Paintings, write_atlas

    check_choice("images", images, IMAGES)
    if title is not None and not title.strip():
        raise InputError("The title is empty: give one, or leave it out to take the name of the corpus's folder.")
    if not corpus.has_pictures:
        if images in ("medium", "small"):
            need_pictures(corpus, f"--images {images}")
        images = "none"
    view = View(corpus, partition)
    compare = _beside(corpus, partition) if compare is None else compare
    view.lineage.inputs(Ref("partitions", other) for other in compare)
    out = Path(out) if out else corpus.path / "atlas"
    rows = {id_: row for row, id_ in enumerate(corpus.paintings["id"])}
    small = Thumbnails(corpus) if images != "none" else None
    larger, taken = larger_pictures(corpus, images), set()

    def picture(row: int) -> bytes | None:
        data = larger(row)
        if data:
            taken.add(row)
        return data

    made, lacks = _complete(corpus, partition)
    report = _report(corpus, f"{partition}-clusters")
    clusters = _clusters(view, report=report, rows=rows, thumbnail=small.whole if small else None)
    near, generations = view.neighbors, Generations(corpus)
    index = write_atlas(
        out,
        Paintings(
            table=corpus.paintings,
            thumbnails=small.stored if small else lambda row: None,
            again=small and small.again,
            artists=view.catalogue.artist_names,
            years=view.catalogue.years,
            pictures=picture if larger else None,
            sources=_sources(corpus, out.resolve()) if corpus.has_pictures else None,
            windows=_windows(corpus),
            batch=corpus.batch,
            days=generations.days,
        ),
        Clusters(
            labels=view.labels,
            name=partition,
            typicality=view.typicality,
            membership=view.membership if view.has_membership else None,
            descriptions=clusters,
            new=generations.new(partition),
            apart=(1 - ALPHA, generations.fits_nothing(partition)),
            names=view.names,
            compare={other: corpus.get("partitions", other) for other in compare},
            reference="style" if corpus.paintings["style"].notna().any() else None,
        ),
        links=Links(
            neighbors=(near["indices"], np.clip(1 - near["distances"], 0, 1)),
            shares=_shares(view),
            artist_links=view.artist_edges,
            layout=view.layout,
        ),
        about=About(
            title=title or corpus.path.resolve().name,
            columns_used=view.lineage.columns_used(Ref("partitions", partition)),
            provenance=history(corpus, partition),
            methods=report.get("methods"),
            worklist=_worklist(corpus, partition, rows),
            corpus=generations.origin,
            questions=questions_of(corpus, partition),
            decisions=Decided(corpus).read(),
            words=page_words(corpus, partition),
        ),
        images=images != "none",
    )
    facts = {"n": len(corpus), "clusters": len(clusters), "made": made, "lacks": lacks, "larger": len(taken)}
    lost = small.lost if small else []
    facts |= {"restored": small.restored if small else 0, "lost": len(lost)}
    return Made("atlas", str(index), True, facts | {"summary": _summary(corpus, facts, images=images, lost=lost)})


def _beside(corpus: Corpus, partition: str) -> list[str]:
    """Return those of the two partitions of ``run`` that can be shown beside this one."""
    lineage = Lineage(corpus)
    others = (Ref("partitions", key) for key in ("leiden", "vgae-leiden") if key != partition)
    return [ref.key for ref in others if corpus.has(*ref) and not lineage.stale(ref)]


def _complete(corpus: Corpus, partition: str) -> tuple[list[str], list[str]]:
    """Make what a page shows of a partition and is not there; return what was made, and what could not be and why."""
    made, lacks = [], []
    for name, stage, settings in (("clusters", interpret, InterpretSettings), ("worklist", worklist, WorklistSettings)):
        ref = Ref("reports", f"{partition}-{name}")
        lineage = Lineage(corpus)
        if corpus.has(*ref) and not lineage.stale(ref):
            continue
        known = {one.name for one in fields(settings)}
        given = lineage.params(ref) if corpus.has(*ref) else {}
        try:
            stage(corpus, partition=partition, **{key: value for key, value in given.items() if key in known})
            made.append(stage.__name__)
        except (CorpusError, InputError) as error:
            lacks.append(f"{lineage.command(ref)}: {error}")
    return made, lacks


def _summary(corpus: Corpus, facts: dict[str, Any], *, images: str, lost: list[int]) -> str:
    n, larger = facts["n"], facts["larger"]
    if images == "none":
        said = [f"{n:,} paintings, no pictures"]
    elif larger:
        rest = f"; {n - larger:,} by their thumbnail" if n > larger else ""
        said = [f"{n:,} paintings, {larger:,} with a picture of up to {MEDIUM:,} pixels{rest}"]
    else:
        hint = " (larger pictures: --images medium)" if has_larger(corpus) and images != "medium" else ""
        said = [f"{n:,} paintings with thumbnails{hint}"]
    if facts["made"]:
        said.append(f"made for it: {', '.join(facts['made'])}")
    if facts["restored"]:
        said.append(f"{facts['restored']:,} thumbnails were gone or broken and were made again")
    if lost:
        shown = ", ".join(str(corpus.paintings["image"].iloc[row]) for row in lost[:3])
        more = ", …" if len(lost) > 3 else ""
        said.append(
            f"{len(lost):,} have no thumbnail, and none could be made, because their original is not in "
            f"{corpus.image_root}, has changed or cannot be read ({shown}{more}): put the originals back and write the "
            "page again, or ingest again"
        )
    said += [f"the page lacks what this makes: {one}" for one in facts["lacks"]]
    return ". ".join(one[0].upper() + one[1:] for one in said)


def _sources(corpus: Corpus, folder: Path) -> Callable[[int], str | None]:
    """Return what gives the address of a row's original, relative to a folder; None where it is on another drive."""
    images = corpus.paintings["image"].tolist()

    def source(row: int) -> str | None:
        try:  # works that were added from elsewhere have a path of their own
            path = os.path.relpath(corpus.image_root / images[row], folder)
        except ValueError:
            return None
        return quote(Path(path).as_posix(), errors="surrogateescape")

    return source


def _report(corpus: Corpus, key: str) -> dict[str, Any]:
    """Return the facts of a report, or nothing where it was not made or has gone stale."""
    ref = Ref("reports", key)
    if not corpus.has(*ref) or Lineage(corpus).stale(ref):
        return {}
    return corpus.label(*ref)["facts"]


def _clusters(
    view: View, *, report: dict[str, Any], rows: dict[str, int], thumbnail: Callable[[int], bytes | None] | None
) -> list[dict[str, Any]]:
    from artgraph.interpret import palette

    labels, typical = view.labels, view.typicality
    found = {int(c["cluster"]): c for c in report.get("clusters", ())}
    clusters = []
    for label in range(int(labels.max(initial=-1)) + 1):
        about = found.get(label, {})
        colors = about.get("palette")
        if colors is None:
            members = np.flatnonzero(labels == label)
            exemplars = members[np.argsort(-typical[members], kind="stable")][:12]
            colors = palette([picture for row in exemplars if thumbnail and (picture := thumbnail(row))])
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
