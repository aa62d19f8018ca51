"""Works to look at again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.catalogue import Catalogue
from artgraph.formats import json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import KINDS, WorklistSettings
from artgraph.stages.base import Made, catalogue_of, columns, features_of, make

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.corpus import Corpus

__all__ = ["worklist"]

SCHOOLS = ("school", "culture", "nationality")
NOTE = "Nothing here is an attribution or a date: a work may be listed for its subject, its state or its photograph."


def worklist(corpus: Corpus, *, partition: str = "leiden", **settings: Any) -> Made:
    """List the works that do not go with what the catalogue says, each with its evidence.

    The features are those under the partition that were not learned from artists' names. "attribution": works by
    another artist are nearer than those by its own; "date": the neighbours are of another time; "school": they are of
    another school; "anonymous": works without a certain artist, with the artists whose works are nearest.

    Parameters
    ----------
    corpus
    partition : Says which features.
    **settings : Fields of ``artgraph.settings.WorklistSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-worklist``: facts ``works``, the most unusual first: ``id``, ``kind``, ``score`` (share of
        the works of this kind that are less unusual), ``sentence``, ``evidence`` (for each descriptor the nearest
        works), ``artists`` (the nearest ones, where it is about artists). ``exports/<partition>-worklist.csv`` is
        written beside it.

    Raises
    ------
    InputError
        An unknown kind or column.
    """
    chosen, lineage, catalogue = WorklistSettings.of(settings), Lineage(corpus), catalogue_of(corpus)
    school = chosen.school or next((name for name in SCHOOLS if name in corpus.paintings), None)
    basis = lineage.basis(partition)
    on = lineage.descriptors(basis.features)
    inputs = [Ref("partitions", partition), *(Ref("features", key) for key in on)]
    inputs += columns("image_sha256", "artist", "date", *([school] if school else []))

    def compute() -> tuple[dict, dict]:
        X = features_of(corpus, on, regress_out=basis.regress_out)
        works = _works(corpus, catalogue, X, on, school=school, chosen=chosen)
        counts = ", ".join(f"{sum(work['kind'] == kind for work in works)} {kind}" for kind in chosen.kinds)
        summary = f"{len(works)} works to look at again ({counts}). {NOTE}"
        return {}, json_ready({"partition": partition, "works": works, "summary": summary})

    report = Ref("reports", f"{partition}-worklist")
    made = make(corpus, "worklist", report, params=chosen.params(), inputs=inputs, compute=compute)
    _write_table(corpus, partition, made)
    return made


def _works(
    corpus: Corpus,
    catalogue: Catalogue,
    X: np.ndarray,
    on: Sequence[str],
    *,
    school: str | None,
    chosen: WorklistSettings,
) -> list[dict[str, Any]]:
    from artgraph.graph import knn

    table, kinds, seed = corpus.paintings, chosen.kinds, chosen.seed
    near = knn(X, n_neighbors=15, duplicate_ids=table["image_sha256"], seed=seed).indices
    found = []
    if {"attribution", "anonymous"} & set(kinds):
        found += _about_artists(X, catalogue, chosen)
    if "date" in kinds:
        found += _about_dates(near, catalogue, share=chosen.share)
    if "school" in kinds and school:
        found += _about_schools(near, table[school], catalogue.artists, share=chosen.share)
    found.sort(key=lambda work: (-work["score"], KINDS.index(work["kind"]), work["row"]))
    rows = sorted({work["row"] for work in found})
    ids = table["id"].to_numpy()
    lists = {key: _nearest(features_of(corpus, (key,)), rows, table, chosen) for key in on} if rows else {}
    for work in found:
        row = work.pop("row")
        work["id"] = ids[row]
        work["evidence"] = [{"descriptor": key, "neighbors": ids[one[row]].tolist()} for key, one in lists.items()]
    return found


def _nearest(X: np.ndarray, rows: list[int], table: pd.DataFrame, chosen: WorklistSettings) -> dict[int, np.ndarray]:
    from artgraph.graph import knn

    near = knn(X, n_neighbors=chosen.n_neighbors, duplicate_ids=table["image_sha256"], seed=chosen.seed).indices
    return {row: near[row][near[row] >= 0] for row in rows}


def _about_artists(X: np.ndarray, catalogue: Catalogue, chosen: WorklistSettings) -> list[dict[str, Any]]:
    from artgraph.interpret import affinity, unusual
    from artgraph.interpret.clusters import listed

    artists, names, count = catalogue.artists, catalogue.artist_names, catalogue.works_by_artist
    shown = dict(zip(artists, names, strict=True))
    found, works = affinity(X, artists, seed=chosen.seed), []

    def nearest(row: int) -> list[str]:
        return [shown[found.names[code]] for code in found.nearest[row] if code >= 0]

    if "attribution" in chosen.kinds:
        rows, scores = unusual(found.near[:, 0] - found.own, share=chosen.share)
        for row, score in zip(rows.tolist(), scores, strict=True):
            sentence = (
                f"Catalogued as {names[row]} ({count[artists[row]]} works here); "
                f"nearer to works by {' or '.join(nearest(row)[:2])} than to others by that artist."
            )
            works.append(_work(row, "attribution", score, sentence) | {"artists": nearest(row)})
    if "anonymous" in chosen.kinds:
        nobody = np.array([artist is None for artist in artists])
        rows, scores = unusual(np.where(nobody, found.near[:, 0], np.nan), at_least=-np.inf, share=chosen.share)
        for row, score in zip(rows.tolist(), scores, strict=True):
            said = catalogue.attribution(row)
            said = f"Catalogued as '{said}'" if said else "Without an artist"
            sentence = f"{said}; the nearest artists here are {listed(nearest(row)) or 'none with enough works'}."
            works.append(_work(row, "anonymous", score, sentence) | {"artists": nearest(row)})
    return works


def _about_dates(near: np.ndarray, catalogue: Catalogue, *, share: float) -> list[dict[str, Any]]:
    from artgraph.interpret import date_gaps, unusual

    middle, unlikely = date_gaps(near, catalogue.years)
    rows, scores = unusual(unlikely, at_least=2.0, share=share)
    dates = catalogue.table["date"]
    return [
        _work(row, "date", score, f"Dated {dates.iloc[row]}; the works nearest to it are of about {middle[row]:.0f}.")
        for row, score in zip(rows.tolist(), scores, strict=True)
    ]


def _about_schools(
    near: np.ndarray, column: pd.Series, artists: list[str | None], *, share: float
) -> list[dict[str, Any]]:
    from artgraph.interpret import school_votes, unusual

    schools = [str(value).strip() if isinstance(value, str) and value.strip() else None for value in column]
    other, votes, own = school_votes(near, schools, artists)
    away = np.array([np.nan if name is None else a - b for name, a, b in zip(other, votes, own, strict=True)])
    rows, scores = unusual(away, at_least=0.25, share=share)
    said = "{name} {school}; {votes:.0%} of its neighbours by others: {other}."
    return [
        _work(
            row, "school", score, said.format(name=column.name, school=schools[row], votes=votes[row], other=other[row])
        )
        for row, score in zip(rows.tolist(), scores, strict=True)
    ]


def _work(row: int, kind: str, score: float, sentence: str) -> dict[str, Any]:
    return {"row": row, "kind": kind, "score": score, "sentence": sentence}


def _write_table(corpus: Corpus, partition: str, made: Made) -> None:
    import pandas as pd

    from artgraph.export import write_csv

    about = corpus.paintings.set_index("id")
    rows = []
    for work in made.facts["works"]:
        said = {name: about.loc[work["id"], name] for name in ("artist", "title", "date")}
        neighbors = {f"nearest by {one['descriptor']}": _named(one["neighbors"], about) for one in work["evidence"]}
        head = {"id": work["id"], "kind": work["kind"], "score": round(work["score"], 4), "sentence": work["sentence"]}
        rows.append({**head, **said, **neighbors})
    out = corpus.path / "exports" / f"{partition}-worklist.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_csv(out, pd.DataFrame(rows, columns=None if rows else ["id", "kind", "score", "sentence"]))


def _named(ids: list[str], about: pd.DataFrame) -> str:
    artists = about["artist"].reindex(ids)
    return "; ".join(f"{i} ({a})" if isinstance(a, str) else i for i, a in zip(ids, artists, strict=True))
