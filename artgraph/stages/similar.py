"""The works nearest to a picture, a work, a cluster or words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.checks import did_you_mean
from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, features_of, picture_hashes
from artgraph.stages.generations import Generations
from artgraph.stages.pictures import need_pictures
from artgraph.stages.project import project
from artgraph.stages.summary import work_names
from artgraph.stages.words import described_for_words, phrase_vector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from artgraph.corpus import Corpus

__all__ = ["similar"]


def similar(
    corpus: Corpus,
    query: str | Path | None = None,
    *,
    text: str | None = None,
    without: str | None = None,
    on: Sequence[str] | None = None,
    graph: str = "style",
    partition: str = "leiden",
    n_neighbors: int = 15,
    sheet: str | Path | None = None,
    out: str | Path | None = None,
    weights: str | Path | Sequence[str | Path] | None = None,
    device: str = "auto",
) -> Made:
    """Find the works nearest to a query; what the query itself shows is never among them.

    Parameters
    ----------
    corpus
    query : The id of a painting; or "cluster:3", whose middle is the query and whose members are left out; or a picture
        file, which is described as the corpus was, unless it is one of the corpus. Where a file has the name of an id,
        write ``./name`` for the file. What is none of these may be the name of one painting's file, with or without
        folder and ending, or its title.
    text, without : Instead of a query, words that the works are to fit, and words that they are to avoid: the query is
        then the difference of the vectors of these phrases, in features that ``describe`` made with ``openclip``.
    on : Features; default: those that the graph was built on; for words, those of ``openclip``.
    graph, partition : Where the features are taken from, and the clusters.
    n_neighbors
    sheet : Draw query and hits: PNG, SVG or PDF.
    out : Write the hits as CSV.
    weights : Of networks, for a picture file or words; see ``describe``. Default: the files that the corpus was
        described with, where they are still there.
    device : {"auto", "cpu", "cuda"}

    Returns
    -------
    Made
        Its facts hold ``query`` (what it was taken for) and ``hits``: a list of dicts with ``rank``, ``id``,
        ``distance`` (cosine, 0 to 2), ``cluster`` (None without a partition), ``artist``, ``title``, ``date``, and,
        where works were added after the first day, ``added``: the day.

    Raises
    ------
    InputError
        The query is none of these, or may be several works, or has no features; or the features say nothing of other
        pictures, or of words; or there is neither a query nor a text, or both.
    MissingError
        The partition that was named is not there, or no works were described by ``openclip``.
    WeightsError
        A picture file or words need a network whose weights cannot be had, or are others than the works' own.
    ImageError
        The file is not a picture.
    """
    from artgraph.retrieval import middle, nearest

    if (query is None) == (text is None) or (without is not None and text is None):
        raise InputError(
            "Name one thing that the works are to be near to: a work, a cluster or a picture file; or words, with "
            "--text, and perhaps --without"
        )
    if sheet is not None:
        need_pictures(corpus, "--sheet")
    lineage = Lineage(corpus)
    if text is not None:
        on = (described_for_words(corpus, ",".join(on) if on else None),)
    on = tuple(on or lineage.params(Ref("graphs", graph))["on"])
    lineage.inputs(Ref("features", key) for key in on)
    labels = None
    if partition != "leiden" or corpus.has("partitions", partition):
        lineage.inputs([Ref("partitions", partition)])
        labels = corpus.get("partitions", partition)
    kind, value = ("text", text) if text is not None else _understood(corpus, str(query), labels, partition)
    X = corpus.get("features", on[0]) if kind == "text" else features_of(corpus, on)
    if kind == "text":
        vector = phrase_vector(corpus, text, without, on=on[0], weights=weights, device=device)
        own, about = np.array([], dtype=int), f"the words '{text}'" + (f" without '{without}'" if without else "")
    elif kind == "file":
        vector = project(corpus, on, [value], weights=weights, device=device)[0]
        own, about = np.array([], dtype=int), f"the picture {value.name}"
    elif kind == "cluster":
        own = np.flatnonzero(labels == value)
        vector, about = middle(X, own), f"cluster {value} of '{partition}', {len(own)} paintings"
    else:
        own, vector = np.array([value]), X[value]
        about = work_names(corpus, corpus.paintings["id"].iloc[[value]])[0]
    if not vector.any():
        raise InputError(f"Nothing is known of {about} in the features {', '.join(on)}, so nothing can be near it")
    same = picture_hashes(corpus)
    rows, distances = nearest(
        X, vector, n_neighbors=n_neighbors, exclude=own, duplicate_ids=None if same is None else same.to_numpy()
    )
    hits = _table(corpus, rows, distances, labels)
    if out is not None:
        from artgraph.export import write_csv

        write_csv(out, hits)
    if sheet is not None:
        _draw(corpus, sheet, (kind, value), rows, hits=hits, about=about)
    plain = hits.astype(object).where(hits.notna(), None).to_dict("records")
    return Made("similar", str(sheet or out or ""), True, {"query": about, "on": list(on), "hits": plain})


def _understood(corpus: Corpus, query: str, labels: np.ndarray | None, partition: str) -> tuple[str, Any]:
    """Return ("id", row), ("cluster", label) or ("file", Path)."""
    ids = corpus.paintings["id"]
    at = np.flatnonzero(ids == query)
    if len(at):
        return "id", int(at[0])
    if found := re.fullmatch(r"cluster[: ]?(\d+)", query.strip(), flags=re.IGNORECASE):
        if labels is None:
            Lineage(corpus).label(Ref("partitions", partition))  # says what there is, and how to make it
        if int(found[1]) not in labels:
            raise InputError(f"'{partition}' has no cluster {found[1]} (there are: 0 to {labels.max(initial=-1)})")
        return "cluster", int(found[1])
    if Path(query).is_file() and corpus.has_pictures:
        digest = hashlib.sha256(Path(query).read_bytes()).hexdigest()
        same = np.flatnonzero(corpus.paintings["image_sha256"] == digest)
        return ("id", int(same[0])) if len(same) else ("file", Path(query))
    for rows in _meant(corpus.paintings, query):
        if len(rows) == 1:
            return "id", rows[0]
        if len(rows) > 1:
            shown = "; ".join(work_names(corpus, ids.iloc[rows[:5]])) + ("; …" if len(rows) > 5 else "")
            raise InputError(f"'{query}' may be {len(rows)} works in {corpus.path}: {shown}. Write the id of one.")
    names = [*ids, *(_name(text) for text in ids), *corpus.paintings["title"].dropna()]
    if not corpus.has_pictures:
        beside = "; a picture file cannot be placed among works without pictures" if Path(query).is_file() else ""
        raise InputError(
            f"'{query}' is neither a work in {corpus.path} (by id, such as {', '.join(ids.iloc[:2])}, or by title), "
            f"nor a cluster (such as cluster:0){beside}.{did_you_mean(query, names)}"
        )
    raise InputError(
        f"'{query}' is neither a work in {corpus.path} (by id, such as {', '.join(ids.iloc[:2])}, by the name of its "
        f"file, or by title), nor a cluster (such as cluster:0), nor a picture file.{did_you_mean(query, names)}"
    )


def _meant(paintings: pd.DataFrame, query: str) -> Iterator[list[int]]:
    """Yield the rows that a query may mean, the strictest reading first: path, end of a path, name, title."""
    wanted = _plain(query).removeprefix("./")
    named = paintings[["id", *(name for name in ("image",) if name in paintings)]]
    paths = [{_plain(text) for text in pair if isinstance(text, str)} for pair in named.to_numpy()]
    titles = [_plain(text) if isinstance(text, str) else None for text in paintings["title"]]
    yield [row for row, one in enumerate(paths) if wanted in one]
    yield [row for row, one in enumerate(paths) if any(f"/{text}".endswith(f"/{wanted}") for text in one)]
    yield [row for row, one in enumerate(paths) if any(_stem(text) in (wanted, _stem(wanted)) for text in one)]
    yield [row for row, title in enumerate(titles) if title == wanted]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().replace("\\", "/").casefold()


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    """Return the name of a file without its ending; what follows a dot and a blank is none."""
    return re.sub(r"\.\w{1,5}$", "", _name(path))


def _table(corpus: Corpus, rows: np.ndarray, distances: np.ndarray, labels: np.ndarray | None) -> pd.DataFrame:
    import pandas as pd

    paintings = corpus.paintings.iloc[rows].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "rank": range(1, len(rows) + 1),
            "id": paintings["id"],
            "distance": [round(float(distance), 4) for distance in distances],
            "cluster": pd.array([pd.NA] * len(rows) if labels is None else labels[rows], dtype="Int64"),
        }
    )
    table.loc[table["cluster"] < 0, "cluster"] = pd.NA
    table = table.assign(**{name: paintings[name] for name in ("artist", "title", "date")})
    generations = Generations(corpus)
    return table.assign(added=[generations.added[row] for row in rows]) if generations.several else table


def _draw(
    corpus: Corpus,
    sheet: str | Path,
    query: tuple[str, Any],
    rows: np.ndarray,
    *,
    hits: pd.DataFrame,
    about: str,
) -> None:
    from artgraph.plots import plot_sheet
    from artgraph.stages.pictures import caption, picture

    kind, value = query
    pictures, captions = [], []
    if kind == "file":
        from artgraph.images import load_image

        pictures, captions = [load_image(value, min_side=400)], [("the query", Path(value).name)]
    elif kind == "id":
        pictures, captions = [picture(corpus, value, min_side=400)], [caption(corpus, value, first="the query")]
    pictures += [picture(corpus, row, min_side=400) for row in rows]
    captions += [
        caption(corpus, row, first=f"{rank} · {distance:.3f}")
        for rank, row, distance in zip(hits["rank"], rows, hits["distance"], strict=True)
    ]
    framed = 1 if kind in ("file", "id") else 0
    plot_sheet(sheet, pictures, captions, title=f"Nearest to {about}", framed=framed, trim=True)
