"""Works to look at again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.catalogue import Catalogue
from artgraph.formats import json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import KINDS, WorklistSettings
from artgraph.stages.base import Made, catalogue_of, columns, features_of, make, picture_hashes, picture_refs
from artgraph.stages.dates import without_dates
from artgraph.stages.generations import works_since
from artgraph.stages.worklist_table import attributed_before, write_worklist

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.corpus import Corpus
    from artgraph.graph import Neighbors

__all__ = ["worklist"]

SCHOOLS = ("school", "culture", "nationality")
BATCHES = ("file format", "JPEG quality")  # the same for pictures that came from one place
FELLOWS = 5  # nearest works by which a work is alone
FAR, FARTHER = 0.8, 1.2  # alone: farther from them than this share of the works, and than so many times the median
LEAST_YEARS, LEAST_VOTES, LEAST_COSINE = 10.0, 0.15, 0.01  # spreads below these are taken for these
NOTE = "Nothing here is an attribution or a date: a work may be listed for its subject, its state or its photograph."


def worklist(corpus: Corpus, *, partition: str = "leiden", added_since: str | None = None, **settings: Any) -> Made:
    """List the works that do not go with what the catalogue says, each with its evidence: as many as there are.

    The features are those under the partition that were not learned from artists' names. "attribution": a work is
    farther from the others by its artist than such works usually are, and as near to works by another as these are to
    each other; "date": its neighbours are of another time, more so than those of works of its time; "school": they are
    of another school, likewise; "anonymous": works without a certain artist that are nearer to one than a wrong artist
    usually is; "alone": works that nothing here is like, so that their neighbours, whatever they are, say little of
    them. Every kind is tested against what chance gives (``artgraph.interpret.departures``, ``stand_out``); what is
    near its neighbours for a trait of the reproduction, such as a round picture or one in black and white, is left out
    and counted.

    Parameters
    ----------
    corpus
    partition : Says which features.
    added_since : List only works that were added on this day ('2026-11-29') or later, or with this batch ('1') or
        later ones. All works are tested nevertheless, and the report holds all.
    **settings : Fields of ``artgraph.settings.WorklistSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-worklist``: facts ``works``, the clearest first, each work once: ``id``, ``kind`` (that of
        the clearest evidence), ``kinds``, ``p`` (corrected over the works of the kind), ``score`` (share of the works
        looked at for this kind that are less unusual), ``sentence``, ``evidence`` (for each descriptor the nearest
        works), ``artists`` (the nearest ones, where it is about artists); ``left_out``: ``id``, ``kind``, ``trait``;
        ``counts``: works of each kind, which add to the number of works. ``exports/<partition>-worklist.csv`` is
        written beside it; with ``added_since`` ``exports/<partition>-worklist-since-<day>.csv``, and the facts given
        back hold what that does.

    Raises
    ------
    InputError
        An unknown kind or column, or no such day or batch.
    """
    wanted = None if added_since is None else set(corpus.paintings["id"][works_since(corpus, added_since)])
    chosen, lineage = WorklistSettings.of(settings), Lineage(corpus)
    school = chosen.school or next((name for name in SCHOOLS if name in corpus.paintings), None)
    if school:
        corpus.column_sha256(school)  # an unknown one is refused before anything is measured
    catalogue = catalogue_of(corpus, measured=True)
    basis = lineage.basis(partition)
    on = without_dates(corpus, lineage.descriptors(basis.features))  # evidence is what is seen
    inputs = [Ref("partitions", partition), *(Ref("features", key) for key in on), *picture_refs(corpus)]
    inputs += columns(*["image_sha256"] * corpus.has_pictures, "artist", "date", *([school] if school else []))
    inputs += columns(*(name for name in ("previous_attribution",) if name in corpus.paintings))

    def compute() -> tuple[dict, dict]:
        X = features_of(corpus, on, regress_out=basis.regress_out)
        works, left_out = _works(corpus, catalogue, X, on, school=school, chosen=chosen)
        return {}, json_ready(_facts(partition, works, left_out, chosen.kinds))

    report = Ref("reports", f"{partition}-worklist")
    made = make(corpus, "worklist", report, params=chosen.params(), inputs=inputs, compute=compute)
    if wanted is None:
        write_worklist(corpus, f"{partition}-worklist", made.facts["works"])
        return made
    listed = ([one for one in made.facts[name] if one["id"] in wanted] for name in ("works", "left_out"))
    facts, since = _facts(partition, *listed, chosen.kinds), added_since.strip()
    facts |= {"added_since": since, "summary": f"{len(wanted):,} works were added since {since}. {facts['summary']}"}
    write_worklist(corpus, f"{partition}-worklist-since-{since}", facts["works"])
    return made._replace(facts=json_ready(facts))


def _facts(
    partition: str, works: list[dict[str, Any]], left_out: list[dict[str, Any]], kinds: Sequence[str]
) -> dict[str, Any]:
    counts = {kind: sum(work["kind"] == kind for work in works) for kind in kinds}
    facts = {"partition": partition, "works": works, "left_out": left_out, "counts": counts}
    return facts | {"summary": _summary(counts, left_out)}


def _summary(counts: dict[str, int], left_out: list[dict[str, Any]]) -> str:
    n = sum(counts.values())
    found = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    text = f"{n} work{'' if n == 1 else 's'} to look at again ({found or 'nothing stands out'})."
    if left_out:
        traits = Counter(one["trait"] for one in left_out)
        why = ", ".join(f"{trait} {count}" for trait, count in sorted(traits.items()))
        its = "its" if len(left_out) == 1 else "their"
        text += f" {len(left_out)} left out, being near {its} neighbours for a trait of the reproduction ({why})."
    return f"{text} {NOTE}"


def _works(
    corpus: Corpus,
    catalogue: Catalogue,
    X: np.ndarray,
    on: Sequence[str],
    *,
    school: str | None,
    chosen: WorklistSettings,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the works that stand out, and those left out for a trait of the reproduction."""
    from artgraph.graph import knn
    from artgraph.interpret.evidence import shared_traits
    from artgraph.interpret.worklist import EXACT_UP_TO, LISTED

    table, kinds = corpus.paintings, chosen.kinds
    same = picture_hashes(corpus)
    many = len(X) > EXACT_UP_TO and {"attribution", "anonymous"} & set(kinds)
    lists = knn(X, n_neighbors=LISTED if many else 15, duplicate_ids=same, seed=chosen.seed)
    near, ids = lists.indices[:, :15], table["id"].to_numpy()
    distance = _distance(X, near)
    apart = {work["row"] for work in _alone(distance, [], max_fdr=chosen.max_fdr)}
    explained = shared_traits(near, _traits(corpus, catalogue))
    # What works usually are is learned from those that neither have a trait in common nor stand alone.
    usual = np.array([trait is None and row not in apart for row, trait in enumerate(explained)])
    found = []
    if {"attribution", "anonymous"} & set(kinds):
        found += _about_artists(X, catalogue, chosen, usual=usual, lists=lists if many else None)
    if "date" in kinds:
        found += _about_dates(near, catalogue, usual=usual, max_fdr=chosen.max_fdr)
    if "school" in kinds and school:
        found += _about_schools(near, table[school], catalogue.artists, usual=usual, max_fdr=chosen.max_fdr)
    kept = [work for work in found if explained[work["row"]] is None]
    left_out = [
        {"id": ids[work["row"]], "kind": work["kind"], "trait": explained[work["row"]]}
        for work in found
        if explained[work["row"]] is not None
    ]
    kept = _once_each(kept)
    alone = _alone(distance, kept, max_fdr=chosen.max_fdr)
    apart = {work["row"] for work in alone}
    works = [work for work in kept if work["row"] not in apart] + (alone if "alone" in kinds else [])
    rows = [work["row"] for work in works]
    seen = {key: _nearest(features_of(corpus, (key,)), rows, same, chosen) for key in on} if rows else {}
    for work in works:
        row = work.pop("row")
        work["id"] = ids[row]
        work["evidence"] = [{"descriptor": key, "neighbors": ids[one[row]].tolist()} for key, one in seen.items()]
    return works, left_out


def _once_each(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each work once, the clearest first, with all that is said of it."""
    found = sorted(found, key=lambda work: (work["p"], -work["score"], KINDS.index(work["kind"]), work["row"]))
    works: dict[int, dict[str, Any]] = {}
    for work in found:
        first = works.setdefault(work["row"], work)
        if first is not work:
            first["kinds"].append(work["kind"])
            first["sentence"] += f" {work['sentence']}"
            first.setdefault("artists", work.get("artists", []))
    return list(works.values())


def _traits(corpus: Corpus, catalogue: Catalogue) -> dict[str, list[Any]]:
    """Return what pictures may be alike in that is no style; folders are not among it: they often are the style."""
    from artgraph.evaluation.confounds import binned

    if not corpus.has_pictures:
        return {}
    width, height = (corpus.paintings[f"image_{side}"].to_numpy(float) for side in ("width", "height"))
    shape = np.where(width > 2.2 * height, "very wide", np.where(height > 2.2 * width, "very tall", None))
    found = {"round picture": [bool(value) for value in corpus.get("features", "thumbnails", "round")]}
    found |= {f"{name} reproduction": values for name, values in catalogue.confounds(("greyscale", "one tone")).items()}
    found |= {"margin": catalogue.confounds(("margin",))["margin"], "very long format": list(shape)}
    return found | {name: binned(values) for name, values in catalogue.confounds(BATCHES).items()}


def _distance(X: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return how far each work is from the five nearest: one less the mean cosine; NaN with fewer than three."""
    from artgraph.checks import unit_rows

    unit = unit_rows(np.asarray(X, dtype=np.float32))
    nearest = near[:, :FELLOWS]
    cosine = np.where(nearest >= 0, np.einsum("nd,nkd->nk", unit, unit[nearest]), 0.0)
    count = (nearest >= 0).sum(axis=1)
    return np.where(count >= 3, 1 - cosine.sum(axis=1) / np.maximum(count, 1), np.nan)


def _alone(distance: np.ndarray, found: list[dict[str, Any]], *, max_fdr: float) -> list[dict[str, Any]]:
    """Return the works that nothing is like, and of what else was found, those whose nearest works are far."""
    from artgraph.interpret import departures

    known = np.sort(distance[np.isfinite(distance)])
    share = np.searchsorted(known, distance) / max(len(known), 1)
    middle = np.median(known) if len(known) else np.inf
    far = (share >= FAR) & (distance >= FARTHER * middle)
    first = "Nothing here is very like it: its nearest works are farther away than those of {share:.0%} of the works."
    works = _chosen(departures(distance, n_beside=len(distance)), "alone", max_fdr, lambda row: "")
    rows = {work["row"] for work in works}
    lonely = [work for work in found if far[work["row"]] and work["row"] not in rows]
    works += [work | {"kind": "alone", "kinds": ["alone"]} for work in lonely]
    for work in works:
        said = [first.format(share=share[work["row"]])]
        if work["sentence"]:
            said += [work["sentence"], "For want of fellows in this corpus, that says little of it."]
        work["sentence"] = " ".join(said)
    return works


def _nearest(X: np.ndarray, rows: list[int], same: pd.Series | None, chosen: WorklistSettings) -> dict[int, np.ndarray]:
    from artgraph.graph import knn

    near = knn(X, n_neighbors=chosen.n_neighbors, duplicate_ids=same, seed=chosen.seed).indices
    return {row: near[row][near[row] >= 0] for row in rows}


def _about_artists(
    X: np.ndarray, catalogue: Catalogue, chosen: WorklistSettings, *, usual: np.ndarray, lists: Neighbors | None
) -> list[dict[str, Any]]:
    import pandas as pd

    from artgraph.interpret import affinity, chance_of_nearness, departures, own_gaps
    from artgraph.interpret.sentences import listed

    artists, names, count = catalogue.artists, catalogue.artist_names, catalogue.works_by_artist
    shown = dict(zip(artists, names, strict=True))
    found, works = affinity(X, artists, lists=lists, seed=chosen.seed), []
    first, best = found.near[:, 0], found.nearest[:, 0]

    def nearest(row: int) -> list[str]:
        return [shown[found.names[code]] for code in found.nearest[row] if code >= 0]

    if "attribution" in chosen.kinds:
        # It would not be unusual among works by the other artist: most of these are no nearer to each other.
        low = pd.Series(found.own).groupby(np.array(artists, dtype=object)).quantile(0.25)
        low = np.append(low.reindex(found.names).to_numpy(float), np.inf)  # the last is that of no artist
        fits = first >= low[best]
        many = np.log([count.get(artist, 1) for artist in artists])
        p = departures(own_gaps(found, artists), many, usual=usual, least=LEAST_COSINE)
        p[np.isfinite(p) & ~(fits & (first > found.own))] = 1.0

        def attributed(row: int) -> str:
            return (
                f"Catalogued as {names[row]} ({count[artists[row]]} works here); farther from the others by that "
                f"artist than most of these are from each other, and as near to works by {nearest(row)[0]} as most of "
                f"that artist's works are.{attributed_before(catalogue, row, nearest(row)[0])}"
            )

        works += [
            work | {"artists": nearest(work["row"])} for work in _chosen(p, "attribution", chosen.max_fdr, attributed)
        ]
    if "anonymous" in chosen.kinds:
        # a workshop of which this is the only work is compared with artists, as those without one are
        alone = [
            one is not None and count[artist] == 1 for one, artist in zip(catalogue.qualifiers, artists, strict=True)
        ]
        nobody = np.array([artist is None or single for artist, single in zip(artists, alone, strict=True)])
        p = chance_of_nearness(np.where(nobody, first, np.nan), first[~nobody & usual])

        def unnamed(row: int) -> str:
            said = catalogue.attribution(row)
            said = f"Catalogued as '{said}'" if said else "Without an artist"
            others = f"; next come {listed(nearest(row)[1:])}" if nearest(row)[1:] else ""
            said += f"; nearer to works by {nearest(row)[0]} than works by others usually are{others}."
            return f"{said}{attributed_before(catalogue, row, nearest(row)[0])}"

        works += [work | {"artists": nearest(work["row"])} for work in _chosen(p, "anonymous", chosen.max_fdr, unnamed)]
    return works


def _about_dates(near: np.ndarray, catalogue: Catalogue, *, usual: np.ndarray, max_fdr: float) -> list[dict[str, Any]]:
    from artgraph.interpret import date_gaps, departures

    years, dates = catalogue.years, catalogue.table["date"]
    middle, gap = date_gaps(near, years)
    # Twice the smaller of two tails: too late or too early. At 0 the year is one of its neighbours' years.
    signed = np.where(np.isfinite(middle), middle - years, np.nan)
    tails = [departures(side * signed, years, usual=usual, least=LEAST_YEARS) for side in (1, -1)]
    p = np.minimum(2 * np.fmin(*tails), 1.0)
    p[gap == 0] = np.where(np.isnan(p[gap == 0]), np.nan, 1.0)

    def dated(row: int) -> str:
        return (
            f"Dated {dates.iloc[row]}; the works nearest to it are of about {middle[row]:.0f}, while works of its time "
            "here mostly have works of nearer dates beside them."
        )

    return _chosen(p, "date", max_fdr, dated)


def _about_schools(
    near: np.ndarray, column: pd.Series, artists: list[str | None], *, usual: np.ndarray, max_fdr: float
) -> list[dict[str, Any]]:
    from artgraph.interpret import departures, school_votes

    schools = [str(value).strip() if isinstance(value, str) and value.strip() else None for value in column]
    other, votes, own = school_votes(near, schools, artists)
    p = np.full(len(schools), np.nan)
    for school in {name for name in schools if name is not None}:
        of_it = np.array([name == school for name in schools])
        tail = departures(np.where(of_it, votes - own, np.nan), usual=usual, n_beside=len(schools), least=LEAST_VOTES)
        p[of_it] = tail[of_it]
    p[[name is None for name in other]] = np.where(np.isnan(p[[name is None for name in other]]), np.nan, 1.0)

    def placed(row: int) -> str:
        return (
            f"{column.name} {schools[row]}; {votes[row]:.0%} of its neighbours by others are {other[row]}, "
            f"unlike those of most works that are {schools[row]}."
        )

    return _chosen(p, "school", max_fdr, placed)


def _chosen(p: np.ndarray, kind: str, max_fdr: float, said: Callable[[int], str]) -> list[dict[str, Any]]:
    """Return the works of a kind that stand out by their p, each with its sentence."""
    from artgraph.interpret import stand_out

    rows, corrected = stand_out(p, max_fdr=max_fdr)
    known = np.sort(p[np.isfinite(p)])
    works = []
    for row, q in zip(rows.tolist(), corrected.tolist(), strict=True):
        score = 1 - np.searchsorted(known, p[row], side="right") / len(known)
        works.append({"row": row, "kind": kind, "kinds": [kind], "p": q, "score": float(score), "sentence": said(row)})
    return works
