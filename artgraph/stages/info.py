"""What is in a corpus, how it was made, what is stale."""

from artgraph.corpus import KINDS
from artgraph.stages.judging import ground_of

__all__ = ["info", "provenance"]


def info(corpus):
    """Return what a corpus holds.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    dict
        ``path``, ``n``, ``columns`` (name to number of values), ``refused``, ``image_root``, and ``things``: a list of
        dicts with ``kind``, ``key``, ``made_by``, ``facts`` and ``stale`` (reasons, empty when up to date).
    """
    table = corpus.paintings
    things = [
        {
            "kind": kind,
            "key": key,
            "made_by": corpus.label(kind, key)["made_by"],
            "facts": corpus.label(kind, key)["facts"],
            "stale": corpus.stale(kind, key),
        }
        for kind in KINDS
        for key in corpus.keys(kind)
    ]
    return {
        "path": str(corpus.path),
        "n": len(corpus),
        "columns": {name: int(table[name].notna().sum()) for name in table.columns},
        "ingest": corpus.head["facts"],
        "image_root": str(corpus.image_root),
        "things": things,
    }


def provenance(corpus, partition):
    """Return how a partition of a corpus was made, from the pictures on: (stage, sentence or dict of str) pairs."""
    ground = ground_of(corpus, partition)
    rows = [("Pictures", f"{len(corpus):,} taken, {corpus.head['facts'].get('images_refused', 0):,} refused")]

    def features(keys):
        for key in keys:
            label = corpus.label("features", key)
            for ref in label["inputs"]:
                kind, _, name = ref.partition("/")
                if kind == "graphs":
                    links(name)
                elif (
                    kind == "models"
                    and name == key
                    and corpus.label(kind, name)["made_by"]["function"].endswith("vgae")
                ):
                    rows.append((f"VGAE · {name}", _shown(corpus.label(kind, name)["made_by"]["params"])))
            rows.append((f"Features · {key}", _shown(label["made_by"]["params"] | label["facts"])))

    def links(name):
        label = corpus.label("graphs", name)
        features(label["made_by"]["params"]["on"])
        rows.append((f"Graph · {name}", _shown(label["made_by"]["params"] | label["facts"])))

    if ground.graph is None:
        features(ground.features)
    else:
        links(ground.graph)
    label = corpus.label("partitions", partition)
    rows.append((f"Partition · {partition}", _shown(label["made_by"]["params"] | label["facts"])))
    rows.append(("artgraph", f"version {label['made_by']['version']}"))
    return rows


def _shown(params):
    def show(key, value):
        if isinstance(value, list):
            return ", ".join(show(key, part) for part in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:,}" if isinstance(value, int) else str(value)[: 12 if key.endswith("sha256") else 64]

    kept = {key: value for key, value in params.items() if value is not None and not isinstance(value, dict)}
    return {key.replace("_", " "): show(key, value) for key, value in kept.items()}
