"""Works to look at again."""

import numpy as np

from artgraph.errors import InputError
from artgraph.stages.base import features_of, make
from artgraph.stages.judging import features_under, ground_of, hands_of, json_ready, unlearned

__all__ = ["KINDS", "worklist"]

KINDS = ("attribution", "date", "school", "anonymous")
SCHOOLS = ("school", "culture", "nationality")
NOTE = "Nothing here is an attribution or a date: a work may be listed for its subject, its state or its photograph."


def worklist(corpus, *, partition="leiden", kinds=KINDS, school=None, n_neighbors=8, share=0.05, seed=0):
    """List the works that do not go with what the catalogue says, each with its evidence.

    The features are those under the partition that were not learned from artists' names. "attribution": another hand's
    works are nearer than those of its own; "date": the neighbours are of another time; "school": they are of another
    school; "anonymous": works without a certain hand, with the hands that are nearest.

    Parameters
    ----------
    corpus : Corpus
    partition : str
        Says which features.
    kinds : sequence of str
    school : str, optional
        The column of schools; default: the first of "school", "culture" and "nationality" that is there.
    n_neighbors : int
        Works shown as evidence, of each descriptor.
    share : float in [0, 1]
        At most this share of the paintings, of each kind.
    seed : int

    Returns
    -------
    Made
        ``reports/<partition>-worklist``: facts ``works``, the most unusual first: ``id``, ``kind``, ``score`` (share of
        the works of this kind that are less unusual), ``sentence``, ``evidence`` (for each descriptor the nearest
        works), ``hands`` (the nearest ones, where it is about hands). ``exports/<partition>-worklist.csv`` is written
        beside it.

    Raises
    ------
    InputError
        An unknown kind or column.
    """
    kinds = tuple(kinds or KINDS)
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"The worklist knows no kind '{kind}' (there are: {', '.join(KINDS)})")
    if school is None:
        school = next((name for name in SCHOOLS if name in corpus.paintings), None)
    _, on = ground_of(corpus, partition)
    on = unlearned(corpus, on)
    columns = ["image_sha256", "artist", "date"] + ([school] if school else [])
    params = {"kinds": list(kinds), "school": school, "n_neighbors": n_neighbors, "share": share, "seed": seed}

    def compute():
        works = _works(corpus, partition, on, **params)
        counts = ", ".join(f"{sum(work['kind'] == kind for work in works)} {kind}" for kind in kinds)
        summary = f"{len(works)} works to look at again ({counts}). {NOTE}"
        return {}, json_ready({"partition": partition, "works": works, "summary": summary})

    made = make(
        corpus,
        "reports",
        f"{partition}-worklist",
        function="artgraph.interpret.affinity",
        params=params,
        refs=[f"partitions/{partition}", *(f"features/{key}" for key in on), *(f"paintings/{c}" for c in columns)],
        compute=compute,
    )
    _write_table(corpus, partition, made)
    return made


def _works(corpus, partition, on, *, kinds, school, n_neighbors, share, seed):
    from artgraph.graph import knn

    table, hands = corpus.paintings, hands_of(corpus)
    same = on == ground_of(corpus, partition).features
    X = features_under(corpus, partition) if same else features_of(corpus, on)
    near = knn(X, n_neighbors=15, duplicate_ids=table["image_sha256"], seed=seed).indices
    found = []
    if {"attribution", "anonymous"} & set(kinds):
        found += _about_hands(X, hands, table, kinds=kinds, share=share, seed=seed)
    if "date" in kinds:
        found += _about_dates(near, table, share=share)
    if "school" in kinds and school:
        found += _about_schools(near, table[school], hands, share=share)
    place = {kind: i for i, kind in enumerate(KINDS)}
    found.sort(key=lambda work: (-work["score"], place[work["kind"]], work["row"]))
    rows = sorted({work["row"] for work in found})
    ids = table["id"].to_numpy()
    beside = {key: _nearest(features_of(corpus, (key,)), rows, table, n_neighbors, seed) for key in on} if rows else {}
    for work in found:
        row = work.pop("row")
        work["id"] = ids[row]
        work["evidence"] = [{"descriptor": key, "neighbors": ids[lists[row]].tolist()} for key, lists in beside.items()]
    return found


def _nearest(X, rows, table, n_neighbors, seed):
    from artgraph.graph import knn

    indices = knn(X, n_neighbors=n_neighbors, duplicate_ids=table["image_sha256"], seed=seed).indices
    return {row: indices[row][indices[row] >= 0] for row in rows}


def _about_hands(X, hands, table, *, kinds, share, seed):
    from artgraph.interpret import affinity, unusual

    shown, count = {}, {}
    for hand, artist in zip(hands, table["artist"], strict=True):
        if hand is not None:
            shown.setdefault(hand, str(artist).strip())
            count[hand] = count.get(hand, 0) + 1
    found = affinity(X, hands, seed=seed)

    def nearest(row):
        return [shown[found.names[code]] for code in found.nearest[row] if code >= 0]

    works = []
    if "attribution" in kinds:
        rows, scores = unusual(found.near[:, 0] - found.own, share=share)
        for row, score in zip(rows.tolist(), scores, strict=True):
            sentence = (
                f"Catalogued as {shown[hands[row]]} ({count[hands[row]]} works here); "
                f"nearer to works by {_or(nearest(row))} than to others by that hand."
            )
            works.append(
                {"row": row, "kind": "attribution", "score": score, "sentence": sentence, "hands": nearest(row)}
            )
    if "anonymous" in kinds:
        nobody = np.array([hand is None for hand in hands])
        rows, scores = unusual(np.where(nobody, found.near[:, 0], np.nan), at_least=-np.inf, share=share)
        for row, score in zip(rows.tolist(), scores, strict=True):
            said = table["artist"].iloc[row]
            said = "Without an artist" if not isinstance(said, str) or not said.strip() else f"Catalogued as '{said}'"
            sentence = f"{said}; the nearest hands here are {_and(nearest(row))}."
            works.append({"row": row, "kind": "anonymous", "score": score, "sentence": sentence, "hands": nearest(row)})
    return works


def _about_dates(near, table, *, share):
    from artgraph.dates import parse_years
    from artgraph.interpret import date_gaps, unusual

    middle, unlikely = date_gaps(near, parse_years(table["date"]))
    rows, scores = unusual(unlikely, at_least=2.0, share=share)
    return [
        {
            "row": row,
            "kind": "date",
            "score": score,
            "sentence": f"Dated {table['date'].iloc[row]}; the works nearest to it are of about {middle[row]:.0f}.",
        }
        for row, score in zip(rows.tolist(), scores, strict=True)
    ]


def _about_schools(near, column, hands, *, share):
    from artgraph.interpret import school_votes, unusual

    schools = [str(value).strip() if isinstance(value, str) and value.strip() else None for value in column]
    other, votes, own = school_votes(near, schools, hands)
    away = np.array([np.nan if name is None else a - b for name, a, b in zip(other, votes, own, strict=True)])
    rows, scores = unusual(away, at_least=0.25, share=share)
    return [
        {
            "row": row,
            "kind": "school",
            "score": score,
            "sentence": f"{column.name} {schools[row]}; {votes[row]:.0%} of its neighbours by others: {other[row]}.",
        }
        for row, score in zip(rows.tolist(), scores, strict=True)
    ]


def _or(names):
    return " or ".join(names[:2])


def _and(names):
    from artgraph.interpret.clusters import listed

    return listed(names) or "none with enough works"


def _write_table(corpus, partition, made):
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


def _named(ids, about):
    artists = about["artist"].reindex(ids)
    return "; ".join(f"{i} ({a})" if isinstance(a, str) else i for i, a in zip(ids, artists, strict=True))
