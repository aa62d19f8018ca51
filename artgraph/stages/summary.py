"""What was made, in plain words; measures are for ``artgraph info`` and ``--diagnose``."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, catalogue_of
from artgraph.stages.dates import DATED
from artgraph.stages.spreadsheet import FLAGS, said_of

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["closing", "cut", "ingest_lines", "line", "work_names"]

NOUNS = {"graphs": "graph", "models": "model", "partitions": "partition", "reports": "report", "layouts": "map"}


def line(made: Made) -> str:
    """Return one line on what a stage made."""
    about = ABOUT.get(made.kind, lambda facts: "")(made.facts)
    return f"{NOUNS.get(made.kind, made.kind)} {made.key}: {about}".rstrip(": ") + (
        "" if made.fresh else " (up to date)"
    )


def _graph(facts: Mapping[str, Any]) -> str:
    links = f", and {facts['artist_links']:,} between works by one artist" if "artist_links" in facts else ""
    return f"{facts['edges']:,} links between paintings that look alike{links}"


def _model(facts: Mapping[str, Any]) -> str:
    before, after = facts.get("artist_precision_before"), facts.get("artist_precision")
    if before is not None and after is not None:
        return (
            "of the works nearest to one by an artist whose name was held out, "
            f"{after:.0%} are by the same artist; before, {before:.0%}"
        )
    if "artist_precision" in facts and "auc" not in facts:
        return "trained; too few artists to hold any out, so whether it helps is unknown"
    return "trained" + (f"; warning: {facts['warning']}" if facts.get("warning") else "")


def _partition(facts: Mapping[str, Any]) -> str:
    return _many(facts["n_clusters"], "cluster") + (
        f"; {_many(facts['unassigned'], 'painting')} in none" if facts.get("unassigned") else ""
    )


def _report(facts: Mapping[str, Any]) -> str:
    if "scores" in facts:
        score, chance = facts["scores"]["ami"], round(facts["chance"]["ami"]["mean"], 2) + 0.0
        return f"agreement with '{facts['against']}': AMI {score:.2f} (1: the same; by chance {chance:.2f})"
    if "against" in facts:
        return f"no painting has a {facts['against']} to compare with"
    return facts.get("summary", "").partition(". ")[0].rstrip(".")


def _export(facts: Mapping[str, Any]) -> str:
    if "rights_unknown" in facts:
        unknown = f"; the rights in {_many(facts['rights_unknown'], 'work')} are not known" * bool(
            facts["rights_unknown"]
        )
        pictures = f", {_many(facts['pictures'], 'picture')} among them" * bool(facts["pictures"])
        return f"{_many(facts['files'], 'file')}, {facts['bytes'] / 1e6:,.1f} MB{pictures}{unknown}"
    if "links" in facts:
        return _for_gephi(facts["nodes"], facts["links"])
    if "left_out" not in facts:
        return ""
    left_out = f"; {_many(facts['left_out'], 'work')} without an address left out" if facts["left_out"] else ""
    return (
        f"{_many(facts['manifests'], 'manifest')} of {_many(facts['works'], 'work')}, {facts['canvases']:,} on their "
        f"museum's canvas{left_out}. Put the folder where {facts['address']} is its collection"
    )


def _for_gephi(n: int, links: int) -> str:
    from artgraph.export.clusters import GEPHI_ELEMENTS, too_large_for_gephi

    if not too_large_for_gephi(n, links):
        return ""
    return (
        f"{_many(n, 'painting')} and {_many(links, 'link')}, and Gephi says that it shows {GEPHI_ELEMENTS:,} together. "
        "artgraph export --to gexf-clusters writes the clusters and their typical works"
    )


def _features(facts: Mapping[str, Any]) -> str:
    said = f"{facts['n']:,} paintings, {facts['dimensions']} numbers each"
    if "imputed" in facts:
        said += f"; {facts['imputed']:,} without a year were given that of works that look alike (off by "
        said += f"{facts['error']:.0f} years in the median)"
    return said


ABOUT = {
    "features": _features,
    "graphs": _graph,
    "models": _model,
    "partitions": _partition,
    "atlas": lambda facts: facts.get("summary", ""),
    "reports": _report,
    "export": _export,
    "review": lambda facts: f"{facts['summary']}; the same as {facts['pdf']}",
}


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _reasons(corpus: Corpus) -> str:
    """Return in brackets why pictures were refused, the most frequent first, as refused.csv says."""
    import pandas as pd

    try:
        table = pd.read_csv(corpus.path / "refused.csv", dtype=str, keep_default_na=False)
        counts = table.loc[table["kind"] == "image", "reason"].value_counts()
    except (OSError, ValueError, KeyError):  # it is for people; where it is gone, the count stands alone
        return ""
    named = [f"{count} {reason}" for reason, count in counts.items()]
    return f" ({', '.join(named[:4])}{', …' if len(named) > 4 else ''})" if named else ""


def _passed_over(facts: Mapping[str, Any]) -> list[str]:
    """Return lines on what lay in the folder and is no painting, and on pictures that are not whole."""
    lines = []
    if count := facts.get("images_noted"):
        lines.append(f"{_many(count, 'picture')} taken with something missing; the column image_note says what")
    if others := facts.get("other_files"):
        lines.append(f"not pictures that artgraph reads: {_listed(others)}")
    if folders := facts.get("folders_passed_over"):
        lines.append(f"folders passed over: {_listed(folders)}")
    if count := facts.get("folders_unreadable"):
        lines.append(f"{_many(count, 'folder')} could not be read")
    if count := facts.get("other_views"):
        lines.append(f"{_many(count, 'further picture')} of works left out")
    if count := facts.get("links_passed_over"):
        lines.append(f"{_many(count, 'symbolic link')} not followed")
    if count := facts.get("files_beside_a_picture"):
        lines.append(f"{_many(count, 'file')} beside a picture passed over")
    return lines


def _listed(counts: Mapping[str, int]) -> str:
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count:,} {name}" for name, count in most[:6]) + (", …" if len(most) > 6 else "")


def ingest_lines(corpus: Corpus) -> list[str]:
    """Return lines on what came into a corpus: pictures, rows, what is known of the paintings, what was not taken."""
    facts, catalogue, n = corpus.head["facts"], catalogue_of(corpus), len(corpus)
    found, taken, refused = (facts.get(f"images_{what}", n) for what in ("found", "taken", "refused"))
    refused = refused if "images_refused" in facts else 0
    lines = [f"{found} pictures found = {taken} taken + {refused} refused{_reasons(corpus) if refused else ''}"]
    lines = [*lines, *_passed_over(facts)] if corpus.has_pictures else [f"{_many(n, 'work')} without pictures"]
    if facts.get("rows"):
        rest = {"refused": facts.get("rows_refused", 0), "repeated": facts.get("rows_merged", 0)}
        more = "".join(f", {count:,} {what}" for what, count in rest.items() if count)
        joined = "matched a picture" if corpus.has_pictures else "taken"
        lines.append(f"{facts['rows']:,} rows of {_sheet(facts)}: {facts.get('rows_joined', 0):,} {joined}{more}")
        if bare := facts.get("images_without_row", 0):
            lines.append(f"{_many(bare, 'picture')} without a row of the spreadsheet")
    artists, years = len(catalogue.works_by_artist), int(np.isfinite(catalogue.years).sum())
    named = sum(artist is not None for artist in catalogue.artists)
    titles = int(corpus.paintings["title"].notna().sum())
    if named or years or titles or facts.get("rows"):
        lines.append(
            f"known: the artist of {named:,} of {n:,} paintings ({_many(artists, 'artist')}), "
            f"the date of {years:,}, the title of {titles:,}"
        )
        lines += [facts["read_as"]] if facts.get("read_as") else []
        lines += _reading(facts)
    else:
        lines.append("no artists, dates or titles are known; a spreadsheet with them, given with --metadata, says more")
    lines += [f"note: {note}" for note in facts.get("notes", ())]
    if facts.get("images_refused") or facts.get("rows_refused"):
        lines.append(f"{corpus.path / 'refused.csv'} says which were refused and why")
    return lines


def closing(corpus: Corpus, first: str, why: str) -> list[str]:
    """Return the last lines of a run: what came in, which partition is shown and why, and what to do next.

    Parameters
    ----------
    corpus
    first, why : The partition that leads, and the reason, as from ``lead_of``.
    """
    here = shlex.quote(str(corpus.path))
    other = next((name for name in ("leiden", "vgae-leiden") if name != first and corpus.has("partitions", name)), None)
    found = {"leiden": "the features", "vgae-leiden": "what the autoencoder made of the features"}

    def about(name: str) -> str:
        return f"{name}, {_partition(corpus.label('partitions', name)['facts'])}, found in {found[name]}"

    lines = ["", *ingest_lines(corpus), ""]
    if other is None:
        lines.append(f"Shown: {about(first)}; the only one, because {why}.")
    else:
        lines.append(f"Shown first: {about(first)}, because {why}.")
        lines.append(f"The other: {about(other)}. To show it first:")
        lines.append(f"  artgraph atlas {here} --partition {other} --compare {first}")
    if "date" in Lineage(corpus).columns_used(Ref("partitions", first)):
        lines.append(DATED)
    catalogue = catalogue_of(corpus)
    if any(catalogue.artists) or np.isfinite(catalogue.years).any():
        second = (
            f"Look again at works that do not fit their artist or date: artgraph worklist {here} --partition {first}"
        )
    else:
        second = (
            "Say who painted what and when, and run it again: --metadata FILE, with columns path, artist, title, date."
        )
    return [
        *lines,
        "",
        "What to do next:",
        f"1. Open {corpus.path / 'atlas' / 'index.html'} (double-click); to share it, zip the folder atlas.",
        f"2. {second}",
        f"3. Open {corpus.path / 'exports' / f'{first}.csv'} in Excel, {first}.gexf beside it in Gephi.",
        f"4. Name clusters and say where works belong: artgraph serve {here}",
        f"Everything that is there, and how it was made: artgraph info {here}",
    ]


def _reading(facts: Mapping[str, Any]) -> list[str]:
    """Return a line on how the spreadsheet was read, where a person said how: now, or at an earlier ingest."""
    given = facts.get("reading") or {}
    said = [f"--column {ours}={theirs}" for ours, theirs in sorted((given.get("columns") or {}).items())]
    said += [said_of(flag, given[name]) for name, flag in FLAGS.items() if name != "columns" and given.get(name)]
    return [f"the spreadsheet was read with {' '.join(said)}"] if said else []


def _sheet(facts: Mapping[str, Any]) -> str:
    """Return the spreadsheet as people call it: where it was not given, it is that of the last ingest."""
    name = str(facts.get("spreadsheet", "")).rpartition("/")[2]
    return f"the spreadsheet {name}" if name else "the spreadsheet"


def work_names(corpus: Corpus, ids: Iterable[str]) -> list[str]:
    """Return the works with some ids as people call them: "The Gale, Diego de Valdecañas, 1619 (images/0007.jpg)".

    Parameters
    ----------
    corpus, ids
    """
    about = corpus.paintings.set_index("id")[["title", "artist", "date"]]
    found = []
    for key in ids:
        said = [cut(" ".join(text.split()), 80) for text in about.loc[key] if isinstance(text, str) and text.strip()]
        found.append(f"{', '.join(said)} ({key})" if said else key)
    return found


def cut(text: str, width: int) -> str:
    """Return a text of at most ``width`` characters; "…" stands for what is left out.

    Examples
    --------
    >>> cut("Impression, Sunrise", 12), cut("The Gale", 12)
    ('Impression,…', 'The Gale')
    """
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"
