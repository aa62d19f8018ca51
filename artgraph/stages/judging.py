"""What the stages share that judge a partition: what it was made from, what the pictures look like, whose they are."""

import math
from typing import NamedTuple

from artgraph.stages.base import make

__all__ = [
    "Ground",
    "columns_used",
    "confound_columns",
    "ground_of",
    "hands_of",
    "json_ready",
    "looks",
    "thumbnail",
    "unlearned",
]


class Ground(NamedTuple):
    """What a partition was found in.

    Attributes
    ----------
    graph : str or None
        Key of the (first) graph.
    features : tuple of str
        Keys of the features that it shows.
    """

    graph: str | None
    features: tuple


def ground_of(corpus, partition):
    """Return the graph and features (Ground) under a partition of a corpus."""
    refs = corpus.label("partitions", partition)["inputs"]
    graph = next((ref.partition("/")[2] for ref in refs if ref.startswith("graphs/")), None)
    if graph is not None:
        return Ground(graph, tuple(corpus.label("graphs", graph)["made_by"]["params"]["on"]))
    return Ground(None, tuple(ref.partition("/")[2] for ref in refs if ref.startswith("features/")))


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
        removed = set(label["made_by"]["params"].get("regress_out") or ())
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


def thumbnail(corpus, row):
    """Return the thumbnail (bytes, or None where it is gone) of one row of a corpus."""
    file = corpus.path / "thumbs" / f"{corpus.paintings['image_sha256'].iloc[row]}.webp"
    return file.read_bytes() if file.is_file() else None


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

    from artgraph.evaluation.looks import TINY, hue_spread, margin, tiny_picture
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


def confound_columns(corpus, extra=()):
    """Return what a partition of a corpus might follow instead of style (dict of name to list of values).

    Parameters
    ----------
    corpus : Corpus
    extra : sequence of str
        Columns of the table to add, such as subject or museum.
    """
    import numpy as np

    looks(corpus)
    table, measured = corpus.paintings, corpus.get("features", "looks")
    width, height = table["image_width"].astype(float), table["image_height"].astype(float)
    bare = measured[:, 0]
    columns = {
        "greyscale": list(table["image_greyscale"]),
        "one tone": [None if np.isnan(value) else bool(value < ONE_TONE) for value in measured[:, 1]],
        "margin": [None if np.isnan(v) else "none" if v == 0 else "below 10 %" if v < 0.1 else "wide" for v in bare],
        "brightness": [round(float(value), 4) for value in table["image_brightness"]],
        "aspect ratio": list((width / height).round(3)),
        "pixels": list(width * height),
        "file format": list(table["image_format"] + " " + table["image_mode"]),
        "JPEG quality": [
            None if value is None else int(value)
            for value in table["image_jpeg_quality"].astype(object).where(table["image_jpeg_quality"].notna(), None)
        ],
        "folder": [str(image).rpartition("/")[0] or "." for image in table["image"]],
    }
    for name in extra:
        corpus.column_sha256(name)  # says which columns there are
        columns[name] = [
            None if value is None else value for value in table[name].astype(object).where(table[name].notna(), None)
        ]
    return columns


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
