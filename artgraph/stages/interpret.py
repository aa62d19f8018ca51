"""What each cluster is: its works, artists, decades, colours and neighbours."""

import numpy as np

from artgraph.stages.base import Made, adjacency_of, features_of, make
from artgraph.stages.judging import (
    columns_used,
    confound_columns,
    features_under,
    ground_of,
    hands_of,
    json_ready,
    looks,
    unlearned,
)
from artgraph.stages.pictures import thumbnail

__all__ = ["decades_of", "described_columns", "interpret"]

RIGHTS = ("rights", "licen", "domain", "copyright", "credit", "url")  # in names of columns that say nothing of works
OURS = ("id", "image", "artist", "title", "date", "metadata_line")


def interpret(corpus, *, partition="leiden", columns=(), n_exemplars=12, seed=0):
    """Say what each cluster of a partition is.

    Per cluster: exemplars (at most two by one hand), artists, decades and values of other columns that are
    over-represented (hypergeometric, corrected), palette, the descriptors that set it apart, the nearest clusters with
    the works that bridge them, and a sentence. Also a table for Excel and a paragraph of methods text.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    columns : sequence of str
        Columns of the table to look at besides artist and date; default: all whose values recur.
    n_exemplars : int
    seed : int
        Of the palettes.

    Returns
    -------
    Made
        ``reports/<partition>-clusters``: facts ``clusters`` and ``methods``. ``exports/<partition>-clusters.csv`` is
        written beside it.
    """
    looks(corpus)
    graph, on = ground_of(corpus, partition)
    columns = tuple(columns or described_columns(corpus.paintings))
    key = f"{partition}-clusters"
    names = ["artist", "date", *columns]
    refs = [f"partitions/{partition}", *([f"graphs/{graph}"] if graph else []), *(f"features/{name}" for name in on)]

    def compute():
        found = _clusters(corpus, partition, columns, n_exemplars=n_exemplars, seed=seed)
        facts = {"partition": partition, "clusters": found, "methods": _methods(corpus, partition)}
        return {}, json_ready(facts | {"summary": f"{len(found)} clusters described"})

    made = make(
        corpus,
        "reports",
        key,
        function="artgraph.interpret",
        params={"columns": list(columns), "n_exemplars": n_exemplars, "seed": seed},
        refs=[*refs, "features/looks", *(f"paintings/{name}" for name in dict.fromkeys(names))],
        compute=compute,
    )
    _write_table(corpus, partition, made)
    return made


def described_columns(table):
    """Return the columns (tuple of str) of a table of paintings whose values recur, ours and long text left out."""
    found = []
    for name in table.columns:
        if name in OURS or name.startswith("image_") or any(word in name.casefold() for word in RIGHTS):
            continue
        values = table[name].dropna().astype(str)
        if 2 <= values.nunique() <= max(2, len(values) / 3) and values.str.len().max() <= 80:
            found.append(name)
    return tuple(found)


def decades_of(dates):
    """Return the decades (list of str such as '1870s', or None) of dates."""
    from artgraph.dates import decades, parse_years

    return decades(parse_years(dates))


def _clusters(corpus, partition, columns, *, n_exemplars, seed):
    from artgraph import interpret as reading
    from artgraph.evaluation import over_represented, suspect_clusters

    graph, on = ground_of(corpus, partition)
    labels, table = corpus.get("partitions", partition), corpus.paintings
    hands, ids = hands_of(corpus), table["id"].to_numpy()
    X = features_under(corpus, partition)
    best = reading.exemplars(reading.typicality(X, labels), labels, hands, n_works=n_exemplars)
    named = {"artists": _shown_hands(table["artist"], hands), "decades": decades_of(table["date"])}
    over = {name: over_represented(labels, values) for name, values in named.items()}
    beside = {name: over_represented(labels, table[name]) for name in columns}
    blocks = {key: features_of(corpus, (key,)) for key in unlearned(corpus, on)}
    shares = reading.descriptor_shares(blocks, labels)
    near = reading.neighboring_clusters(adjacency_of(corpus, graph), labels) if graph else {}
    suspects = suspect_clusters(
        labels, confound_columns(corpus, ["greyscale", "one tone", "margin", "folder"], only=True)
    )
    found = []
    for label, rows in best.items():
        members = np.flatnonzero(labels == label)
        pictures = [picture for row in rows if (picture := thumbnail(corpus, row))]
        facts = {
            "cluster": label,
            "size": len(members),
            "exemplars": ids[rows].tolist(),
            "artists": _rows(over["artists"], label),
            "decades": _rows(over["decades"], label),
            "columns": {name: _rows(frame, label) for name, frame in beside.items()},
            "palette": reading.palette(pictures, seed=seed),
            "descriptors": shares[label],
            "near": [{**one, "bridges": ids[one["bridges"]].tolist()} for one in near.get(label, [])],
            "known": {name: sum(values[row] is not None for row in members) for name, values in named.items()},
            "suspect": suspects[suspects["cluster"] == label].to_dict("records"),
        }
        facts["sentence"] = reading.cluster_sentence(facts, n_works=int((labels >= 0).sum()), suspect=facts["suspect"])
        found.append(facts)
    return found


def _rows(frame, label, *, most=8, max_p=0.05):
    rows = frame[(frame["cluster"] == label) & (frame["p"] <= max_p)].head(most)
    return [{**row, "name": str(row["name"])} for row in rows.drop(columns="cluster").to_dict("records")]


def _shown_hands(artists, hands):
    """Return each hand as the table first writes it (list of str or None)."""
    first = {}
    for artist, hand in zip(artists, hands, strict=True):
        if hand is not None:
            first.setdefault(hand, str(artist).strip())
    return [first.get(hand) for hand in hands]


def _methods(corpus, partition):
    from artgraph.interpret import MethodsDescription, methods_text

    graph, on = ground_of(corpus, partition)
    label = corpus.label("partitions", partition)
    params = {key: corpus.label("features", key)["made_by"]["params"] for key in unlearned(corpus, on)}
    models = [corpus.label("models", key) for key in on if corpus.has("models", key)]
    vgae = next((model for model in models if "latent_dim" in model["made_by"]["params"]), None)
    under = next((ref[7:] for ref in (vgae or {"inputs": ()})["inputs"] if ref.startswith("graphs/")), None)
    graphs = {key: corpus.label("graphs", key)["made_by"]["params"] for key in (graph, under) if key}
    return methods_text(
        MethodsDescription(
            n=len(corpus),
            version=label["made_by"]["version"],
            partition=label["made_by"]["params"],
            facts=label["facts"],
            descriptors={key: one for key, one in params.items() if "file_sha256" not in one},
            imported=[key for key, one in params.items() if "file_sha256" in one],
            vgae=vgae and vgae["made_by"]["params"],
            vgae_graph=graphs.get(under),
            taught_by_names=bool(vgae and "paintings/artist" in vgae["inputs"]),
            graph=None if "on" in label["made_by"]["params"] else graphs.get(graph),
            columns_used=columns_used(corpus, partition),
        )
    )


def _write_table(corpus, partition, made):
    import pandas as pd

    from artgraph.export import write_csv

    def named(rows):
        return "; ".join(f"{row['name']} ({row['count']} of {row['size']})" for row in rows)

    rows = []
    for one in made.facts["clusters"]:
        rows.append(
            {
                "cluster": one["cluster"],
                "size": one["size"],
                "sentence": one["sentence"],
                "artists": named(one["artists"]),
                "decades": named(one["decades"]),
                **{name: named(found) for name, found in one["columns"].items()},
                "exemplars": "; ".join(one["exemplars"]),
                "palette": " ".join(one["palette"]),
                "nearest clusters": "; ".join(f"{other['cluster']} ({other['share']:.0%})" for other in one["near"]),
            }
        )
    out = corpus.path / "exports" / f"{partition}-clusters.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_csv(out, pd.DataFrame(rows, columns=None if rows else ["cluster", "size", "sentence"]))
    return Made("export", str(out), True, {})
