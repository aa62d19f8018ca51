"""What the stages share that judge a partition: what it was made from, what the pictures look like, whose they are."""

import math
from collections import Counter
from typing import NamedTuple

from artgraph.errors import InputError
from artgraph.stages.base import features_of, make
from artgraph.stages.pictures import thumbnail

__all__ = [
    "SEEN",
    "Ground",
    "columns_used",
    "confound_columns",
    "features_under",
    "features_without",
    "ground_of",
    "hands_of",
    "has_many_hands",
    "json_ready",
    "looks",
    "regressed_refs",
    "unlearned",
]


class Ground(NamedTuple):
    """What a partition was found in.

    Attributes
    ----------
    graph : str or None
        Key of the (first) graph; for a partition of features the graph that it is shown on.
    features : tuple of str
        Keys of the features that the graph, or the partition itself, was made from.
    """

    graph: str | None
    features: tuple


USED = ("graphs", "features")


def ground_of(corpus, partition):
    """Return the graph and features (Ground) under a partition of a corpus."""
    label = corpus.label("partitions", partition)
    named = {kind: [ref.partition("/")[2] for ref in label["inputs"] if ref.startswith(f"{kind}/")] for kind in USED}
    graph = label["made_by"]["params"].get("graph") or next(iter(named["graphs"]), None)
    if named["features"] or graph is None:
        return Ground(graph, tuple(named["features"]))
    return Ground(graph, tuple(corpus.label("graphs", graph)["made_by"]["params"]["on"]))


def features_without(corpus, features, removed=()):
    """Return fused features, columns regressed out.

    Parameters
    ----------
    corpus : Corpus
    features : sequence of str
        Keys.
    removed : sequence of str, optional
        Names, as in ``confound_columns``.

    Returns
    -------
    (n, d) float32
    """
    from artgraph.graph import regress_out

    X = features_of(corpus, features)
    return regress_out(X, confound_columns(corpus, removed, only=True)) if removed else X


def features_under(corpus, partition):
    """Return the features ((n, d) float32) of a corpus as a partition, or the graph under it, saw them."""
    graph, features = ground_of(corpus, partition)
    params = corpus.label("graphs", graph)["made_by"]["params"] if graph else {}
    removed = params.get("regress_out") if list(features) == params.get("on") else None
    return features_without(corpus, features, removed)


def columns_used(corpus, partition):
    """Return the columns (sorted list of str) of a corpus whose values made links, or fixed works, under a partition.

    Dates that only hindered links, and columns that were regressed out, are not among them.
    """
    found, todo, done = set(), [("partitions", partition)], set()
    while todo:
        kind, key = todo.pop()
        if (kind, key) in done or not corpus.has(kind, key):
            continue
        done.add((kind, key))
        label = corpus.label(kind, key)
        removed = label["made_by"]["params"].get("regress_out") or ()
        for ref in label["inputs"]:
            source, _, name = ref.partition("/")
            if source != "paintings":
                todo.append((source, name))
            elif not name.startswith("image") and name != "date" and name not in removed:
                found.add(name)
    return sorted(found)


def unlearned(corpus, features):
    """Return the features (tuple of keys) of a corpus that stand under some features and were learned on no graph."""
    found = []
    for key in features:
        inputs = corpus.label("features", key)["inputs"]
        graphs = [ref.partition("/")[2] for ref in inputs if ref.startswith("graphs/")]
        under = [on for graph in graphs for on in corpus.label("graphs", graph)["made_by"]["params"]["on"]]
        parts = [ref.partition("/")[2] for ref in inputs if ref.startswith("features/")]
        found += unlearned(corpus, under or parts) if under or parts else [key]
    return tuple(dict.fromkeys(found))


def hands_of(corpus):
    """Return the hand (list of str or None) that each painting of a corpus is by, as far as its name tells."""
    from artgraph.graph import linkable_artists

    return linkable_artists(corpus.paintings["artist"])


def has_many_hands(corpus):
    """Return whether 30 artists of a ``corpus`` have two works (bool): enough to teach what hands have in common."""
    from artgraph.vgae.validation import FEWEST_ARTISTS

    works = Counter(name for name in hands_of(corpus) if name is not None)
    return sum(count > 1 for count in works.values()) >= FEWEST_ARTISTS


def looks(corpus):
    """Measure every picture once: margin, spread of hues, and a tiny picture to tell copies by.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    Made
        ``features/looks``: (n, 2) float32, margin and hue spread; part ``tiny``: (n, 16, 16, 3) uint8. NaN and black
        where the thumbnail is gone.
    """
    import numpy as np

    from artgraph.evaluation.thumbnails import TINY, hue_spread, margin, tiny_picture
    from artgraph.images import load_image

    def compute():
        measured = np.full((len(corpus), 2), np.nan, dtype=np.float32)
        tiny = np.zeros((len(corpus), TINY, TINY, 3), dtype=np.uint8)
        for row in range(len(corpus)):
            if (data := thumbnail(corpus, row)) is not None:
                picture = load_image(data)
                measured[row] = margin(picture), hue_spread(picture)
                tiny[row] = tiny_picture(picture)
        return {"": measured, "tiny": tiny}, {"n": len(corpus), "dimensions": 2, "columns": ["margin", "hue spread"]}

    return make(
        corpus,
        "features",
        "looks",
        function="artgraph.evaluation.looks",
        params={},
        refs=["paintings/image_sha256"],
        compute=compute,
    )


ONE_TONE = 2.5  # hue spread, in units of CIELAB


SEEN = {  # name: the column or feature that it is read from
    "greyscale": "paintings/image_greyscale",
    "one tone": "features/looks",
    "margin": "features/looks",
    "brightness": "paintings/image_brightness",
    "aspect ratio": "paintings/image_width",
    "pixels": "paintings/image_width",
    "file format": "paintings/image_format",
    "JPEG quality": "paintings/image_jpeg_quality",
    "folder": "paintings/image",
}


def confound_columns(corpus, extra=(), *, only=False):
    """Return what a partition of a corpus might follow instead of style (dict of name to list of values).

    Parameters
    ----------
    corpus : Corpus
    extra : sequence of str
        Columns of the table to add, such as subject or museum.
    only : bool
        No others than ``extra``, which may then name those of ``SEEN``, too.
    """
    wanted = [name for name in ([] if only else SEEN) if name not in extra] + list(extra)
    return {name: _seen(corpus, name) if name in SEEN else _column(corpus, name) for name in wanted}


def regressed_refs(corpus, names):
    """Return what some columns (by their names) of a corpus are read from, as ``Corpus.inputs`` takes it."""
    refs = {SEEN.get(name, f"paintings/{name}") for name in names}
    if "features/looks" in refs:
        looks(corpus)
    return sorted(refs)


def _column(corpus, name):
    try:
        corpus.column_sha256(name)
    except InputError as error:
        raise InputError(f"{error}; and what is measured of every picture: {', '.join(SEEN)}") from None
    column = corpus.paintings[name].astype(object)
    return list(column.where(column.notna(), None))


def _seen(corpus, name):
    """Return the values (list, None where missing) of one of the things that are measured of every picture."""
    import numpy as np

    table = corpus.paintings
    if name in ("one tone", "margin"):
        looks(corpus)
        margin, hues = corpus.get("features", "looks").T
        if name == "one tone":
            return [None if np.isnan(value) else bool(value < ONE_TONE) for value in hues]
        return [None if np.isnan(v) else "none" if v == 0 else "narrow" if v < 0.1 else "wide" for v in margin]
    if name == "JPEG quality":
        return [None if value is None else int(value) for value in _column(corpus, "image_jpeg_quality")]
    if name == "folder":
        return [str(image).rpartition("/")[0] or "." for image in table["image"]]
    if name == "file format":
        return list(table["image_format"] + " " + table["image_mode"])
    if name in ("aspect ratio", "pixels"):
        width, height = table["image_width"].astype(float), table["image_height"].astype(float)
        return list((width / height).round(3) if name == "aspect ratio" else width * height)
    return [bool(v) if name == "greyscale" else round(float(v), 4) for v in table[SEEN[name].partition("/")[2]]]


def json_ready(value):
    """Return a value with NumPy numbers as Python's, DataFrames as lists of dicts, and what is not finite as None."""
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return json_ready(value.to_dict("records"))
    if isinstance(value, dict):
        return {str(key): json_ready(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [json_ready(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
