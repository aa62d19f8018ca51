"""A reviewer's report on a partition, as one page of HTML and one PDF."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.atomic import write_bytes
from artgraph.errors import CorpusError, InputError
from artgraph.lineage import Lineage, Ref
from artgraph.settings import EvaluateSettings, InterpretSettings
from artgraph.stages.base import Made, Progress, catalogue_of
from artgraph.stages.evaluate import evaluate
from artgraph.stages.generations import age
from artgraph.stages.growing_report import changes_lines, drift_lines
from artgraph.stages.info import info
from artgraph.stages.interpret import interpret
from artgraph.stages.reviewing import measure_review
from artgraph.stages.ruling import names_of

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.review import Figure

__all__ = ["review"]

CAPTIONS = {
    "stability": "How surely each cluster is found again in subsamples, beside chance.",
    "cuts": "Minimum cut of each cluster against its size; clusters on or below the line are not well connected.",
    "history": "Clusters in the works up to each year: the size of a dot is that of the cluster, dotted lines are "
    "splits and joins. At the bottom, clusters that are gone by the last year.",
}


def review(
    corpus: Corpus,
    *,
    partition: str = "leiden",
    out: str | Path | None = None,
    progress: Progress = None,
    **settings: Any,
) -> Made:
    """Write what a reviewer asks about a partition, as one page of HTML and one PDF.

    How reliable each cluster is, how well connected, what chance and confounds explain, when clusters came up and
    split, what is out of date, which decisions are not met, and what was not checked. What it rests on and is not
    there, or stale, is made first with the settings it had: ``evaluate`` and ``interpret``.

    Parameters
    ----------
    corpus, partition
    out : Of the page; the PDF has its name and the ending .pdf. Default: ``exports/<partition>-review.html``.
    progress : callable(stage, done, total)
    **settings : Fields of ``artgraph.settings.ReviewSettings``.

    Returns
    -------
    Made
        ``key`` is the path of the page; facts those of ``reports/<partition>-review``, with ``pdf``.

    Raises
    ------
    InputError
        The page is to have another ending than .html.
    """
    from artgraph.review import Document, sections, to_html, to_pdf

    out = Path(out) if out else corpus.path / "exports" / f"{partition}-review.html"
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"The page is HTML, and '{out.name}' ends otherwise; write it as {out.stem}.html")
    lacks = _complete(corpus, partition)
    made = measure_review(corpus, partition=partition, **settings)
    known = _reviewed(corpus, partition, made.facts, lacks)
    subtitle = f"Reviewer's report, by artgraph {known.version}. The commands in it make every figure again."
    document = Document(f"{known.name}: {partition}", subtitle, sections(known))
    out.parent.mkdir(parents=True, exist_ok=True)
    pdf = out.with_suffix(".pdf")
    write_bytes(out, to_html(document).encode("utf-8", "backslashreplace"))
    write_bytes(pdf, to_pdf(document))
    return Made("review", str(out), True, made.facts | {"pdf": str(pdf)})


def _complete(corpus: Corpus, partition: str) -> list[str]:
    """Make what the report rests on and is not there, or stale; return what could not be made, and why."""
    lacks = []
    for key, stage, settings, what in (
        (partition, evaluate, EvaluateSettings, "Agreement, chance and confounds"),
        (f"{partition}-clusters", interpret, InterpretSettings, "What each cluster is"),
    ):
        lineage, ref = Lineage(corpus), Ref("reports", key)
        if corpus.has(*ref) and not lineage.stale(ref):
            continue
        names = {one.name for one in fields(settings)}
        given = lineage.params(ref) if corpus.has(*ref) else {}
        try:
            stage(corpus, partition=partition, **{name: value for name, value in given.items() if name in names})
        except (CorpusError, InputError) as error:
            lacks.append(f"{what}: {error}")
    return lacks


def _reviewed(corpus: Corpus, partition: str, facts: dict[str, Any], lacks: list[str]) -> Any:
    from artgraph.interpret import cluster_times
    from artgraph.review import Reviewed

    lineage, ref, catalogue = Lineage(corpus), Ref("partitions", partition), catalogue_of(corpus)
    about, labels, label = info(corpus), corpus.get(*ref), corpus.label(*ref)
    dated = "date" in lineage.columns_used(ref)
    evaluated, described = (_facts(corpus, key) for key in (partition, f"{partition}-clusters"))
    decided = about["decisions"]
    mine = label["facts"].get("decisions") or {}
    missing = [*facts["missing"], *lacks]
    if evaluated and not evaluated.get("scores"):
        missing.append(f"Agreement with a column: no work in a cluster has a '{evaluated['against']}'.")
    if dated:
        missing.append("When clusters were painted: dates had a say in them, so that this would show what was put in.")
    if not evaluated or not evaluated.get("duplicates"):
        missing.append("Whether pictures that look the same are in one cluster: there are no pictures to compare.")
    made = [*lineage.ancestors(ref), *(Ref("reports", f"{partition}{end}") for end in ("", "-clusters", "-review"))]
    commands = [lineage.command(one).replace(shlex.quote(str(corpus.home)), "CORPUS") for one in made]
    return Reviewed(
        name=corpus.path.resolve().name,
        partition=partition,
        version=label["made_by"]["version"],
        n=len(corpus),
        artists=len(catalogue.works_by_artist),
        dated=int(np.isfinite(catalogue.years).sum()),
        facts=label["facts"],
        names=names_of(corpus, partition),
        evaluation=evaluated,
        stability=facts["stability"],
        cuts=facts["cuts"],
        history=facts["history"],
        runs=lineage.params(Ref("reports", f"{partition}-review"))["runs"],
        times=None if dated or not np.isfinite(catalogue.years).any() else cluster_times(labels, catalogue.years),
        methods=(described or {}).get("methods", ""),
        commands=list(dict.fromkeys(commands)),
        growth=_growth(corpus, partition, label["facts"]),
        stale=[
            (f"{one['kind']}/{one['key']}", one["stale"][0], one["command"]) for one in about["things"] if one["stale"]
        ],
        decided=decided["n"] if decided else 0,
        decisions=_unmet(corpus, partition, about, mine),
        missing=missing,
        figures=_figures(facts),
    )


def _facts(corpus: Corpus, key: str) -> dict[str, Any] | None:
    ref = Ref("reports", key)
    if not corpus.has(*ref) or Lineage(corpus).stale(ref):
        return None
    return corpus.label(*ref)["facts"]


def _growth(corpus: Corpus, partition: str, facts: dict[str, Any]) -> list[str]:
    """Return the lines that ``info`` has on how the partition has aged, and how it changed when it was made again."""
    aged = age(corpus, partition)
    lines = drift_lines(aged, str(corpus.home)) if aged else []
    if facts.get("changes"):
        lines += changes_lines({f"partitions/{partition}": facts})
    return lines


def _unmet(corpus: Corpus, partition: str, about: dict[str, Any], mine: dict[str, Any]) -> list[str]:
    said = [*mine.get("unmet", ()), *mine.get("open", ())]
    said += [text for text in (about["decisions"] or {}).get("problems", ()) if text not in said]
    here = next(one for one in about["things"] if (one["kind"], one["key"]) == ("partitions", partition))
    if "undecided" in here:
        said.append(f"Decisions have changed since the clusters were found. Obey them: {here['command']}")
    return said


def _figures(facts: dict[str, Any]) -> dict[str, Figure]:
    from artgraph.plots.review import plot_cuts, plot_over_time, plot_stability
    from artgraph.review import Figure

    drawn: dict[str, Callable[[Path], None]] = {}
    if facts["stability"]:
        drawn["stability"] = lambda file: plot_stability(file, facts["stability"])
    if any(one["cut"] is not None for one in facts["cuts"] or ()):
        drawn["cuts"] = lambda file: plot_cuts(file, facts["cuts"])
    if len(facts["history"] or ()) > 1:
        drawn["history"] = lambda file: plot_over_time(file, facts["history"])
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, draw in drawn.items():
            files = [Path(folder) / f"{name}.{kind}" for kind in ("svg", "png")]
            for file in files:
                draw(file)
            found[name] = Figure(*(file.read_bytes() for file in files), CAPTIONS[name])
    return found
