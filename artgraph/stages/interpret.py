"""What each cluster is: its works, artists, decades, colours and neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.formats import json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import InterpretSettings
from artgraph.stages.base import (
    Made,
    adjacency_of,
    catalogue_of,
    columns,
    features_of,
    features_under,
    make,
    picture_refs,
)
from artgraph.stages.pictures import thumbnail
from artgraph.stages.ruling import names_of
from artgraph.stages.words import words_for

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.catalogue import Catalogue
    from artgraph.corpus import Corpus
    from artgraph.interpret import MethodsDescription

__all__ = ["describe_methods", "interpret"]

SAID_OF_VGAE = ("model", "encoder", "hops", "latent_dim", "kl_weight", "neighbor_artist_weight", "seed")
DATE = "date"  # among the measures of what one sees
SUSPECTS = ("greyscale", "one tone", "margin", "folder")  # what is worth a word where a cluster is mostly of one value


def interpret(corpus: Corpus, *, partition: str = "leiden", **settings: Any) -> Made:
    """Say what each cluster of a partition is.

    Per cluster: exemplars (at most two by one artist), what one sees in its works more or less than in the others
    (``visual``: light, colour, line, composition, format, and date), artists, decades and values of other columns that
    are over-represented (hypergeometric, corrected), palette, the descriptors that distinguish it, the nearest clusters
    with the works between them, and a sentence. Of works without pictures there is no palette, and of what one sees
    only the date. Also a table for Excel and a paragraph for a methods section.

    Parameters
    ----------
    corpus, partition
    **settings : Fields of ``artgraph.settings.InterpretSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-clusters``: facts ``clusters`` and ``methods``. ``exports/<partition>-clusters.csv`` is
        written beside it.
    """
    from artgraph.interpret import methods_text

    chosen, lineage = InterpretSettings.of(settings), Lineage(corpus)
    # what is not there is refused before anything is measured
    lineage.inputs([Ref("partitions", partition), *columns(*chosen.columns)])
    catalogue = catalogue_of(corpus, measured=True)
    basis = lineage.basis(partition)
    names = chosen.columns or catalogue.described_columns
    inputs = [Ref("partitions", partition), *([Ref("graphs", basis.graph)] if basis.graph else [])]
    inputs += [*(Ref("features", key) for key in basis.features), *picture_refs(corpus)]

    def compute() -> tuple[dict, dict]:
        found = _clusters(corpus, catalogue, partition, names, chosen)
        methods = methods_text(describe_methods(corpus, partition, names))
        facts = {"partition": partition, "clusters": found, "methods": methods}
        return {}, json_ready(facts | {"summary": f"{len(found)} clusters described"})

    made = make(
        corpus,
        "interpret",
        Ref("reports", f"{partition}-clusters"),
        params=chosen.params(),
        inputs=[*inputs, *columns("artist", "date", *names)],
        compute=compute,
    )
    _write_table(corpus, partition, made)
    return made


def _clusters(
    corpus: Corpus, catalogue: Catalogue, partition: str, columns: tuple[str, ...], chosen: InterpretSettings
) -> list[dict[str, Any]]:
    from artgraph import interpret as reading
    from artgraph.evaluation import over_represented, suspect_clusters

    lineage = Lineage(corpus)
    graph, on, _ = lineage.basis(partition)
    labels, table = corpus.get("partitions", partition), corpus.paintings
    ids, X = table["id"].to_numpy(), features_under(corpus, partition)
    best = reading.exemplars(reading.typicality(X, labels), labels, catalogue.artists, n_works=chosen.n_exemplars)
    dated = "date" in lineage.columns_used(Ref("partitions", partition))  # then clusters follow dates by construction
    named = {"artists": catalogue.artist_names, "decades": [None] * len(corpus) if dated else catalogue.decades}
    over = {name: over_represented(labels, values) for name, values in named.items()}
    beside = {name: over_represented(labels, table[name]) for name in columns}
    blocks = {key: features_of(corpus, (key,)) for key in lineage.descriptors(on)}
    shares = reading.descriptor_shares(blocks, labels)
    near = reading.neighboring_clusters(adjacency_of(corpus, graph), labels) if graph else {}
    suspects = suspect_clusters(labels, catalogue.confounds(SUSPECTS if corpus.has_pictures else ()))
    seen = _seen(corpus, catalogue, labels, dated=dated)
    found = []
    for label, rows in best.items():
        members = np.flatnonzero(labels == label)
        pictures = [picture for row in rows if corpus.has_pictures and (picture := thumbnail(corpus, row))]
        facts = {
            "cluster": label,
            "size": len(members),
            "exemplars": ids[rows].tolist(),
            "artists": _rows(over["artists"], label),
            "decades": _rows(over["decades"], label),
            "columns": {name: _rows(frame, label) for name, frame in beside.items()},
            "visual": seen.get(label, []),
            "palette": reading.palette(pictures, seed=chosen.seed),
            "descriptors": shares[label],
            "near": [{**one, "bridges": ids[one["bridges"]].tolist()} for one in near.get(label, [])],
            "known": {name: sum(values[row] is not None for row in members) for name, values in named.items()},
            "suspect": suspects[suspects["cluster"] == label].to_dict("records"),
        }
        facts["sentence"] = reading.cluster_sentence(facts, n_works=int((labels >= 0).sum()), suspect=facts["suspect"])
        found.append(facts)
    return found


def _seen(corpus: Corpus, catalogue: Catalogue, labels: np.ndarray, *, dated: bool) -> dict[int, list[dict[str, Any]]]:
    """Return for each cluster in what its works differ from the others to the eye, and in date, in words."""
    from artgraph.evaluation.visual import VISUAL_MEASURES
    from artgraph.interpret import distinctions, distinctive
    from artgraph.interpret.distinctions import correlations

    known = {one.name: one for one in VISUAL_MEASURES}
    measured = [corpus.get(*ref, "visual") for ref in picture_refs(corpus)]
    names = [*(known if measured else ()), *(() if dated else [DATE])]
    values = np.column_stack([*measured, *(() if dated else [catalogue.years])])
    together = correlations(values, names)
    found: dict[int, list[dict[str, Any]]] = {}
    for label, rows in distinctions(values, labels, catalogue.artists, names=names).items():
        found[label] = []
        for row in distinctive(rows, together):
            one, more = known.get(row["name"]), row["effect"] > 0
            if one is None:
                dates = {"half": labels == label, "half_rest": (labels != label) & (labels >= 0)}
                halves = {
                    key: np.nanquantile(catalogue.years[side], (0.25, 0.75)).tolist() for key, side in dates.items()
                }
                row |= {
                    "family": "date",
                    "unit": "year",
                    "words": "later" if more else "earlier",
                    "adjective": True,
                } | halves
            else:
                row |= {"family": one.family, "unit": one.unit, "words": one.high if more else one.low}
                row["adjective"] = one.adjective
            found[label].append(row)
    return found


def _rows(frame: pd.DataFrame, label: int, *, most: int = 8, max_p: float = 0.05) -> list[dict[str, Any]]:
    rows = frame[(frame["cluster"] == label) & (frame["p"] <= max_p)].head(most)
    return [{**row, "name": str(row["name"])} for row in rows.drop(columns="cluster").to_dict("records")]


def describe_methods(corpus: Corpus, partition: str, columns_read: Sequence[str] = ()) -> MethodsDescription:
    """Return how a partition of a corpus was made, as its lineage says, for the methods section of a paper.

    Parameters
    ----------
    corpus, partition
    columns_read : columns of the table that only describe the clusters.
    """
    from artgraph.interpret import MethodsDescription

    lineage, ref = Lineage(corpus), Ref("partitions", partition)
    graph, _, removed = lineage.basis(partition)
    made = [one for one in lineage.ancestors(ref, measured=False) if one.kind == "features" and one.key != "thumbnails"]
    stages = {one: lineage.stage(one) for one in made}
    params = {one.key: lineage.params(one) for one in made}
    described = [one for one in made if stages[one] in ("describe", "describe_dates")]
    fused = [one for one in made if stages[one] == "fuse_features"]
    latents = next((one for one in made if stages[one] == "train_vgae"), None)
    taught = lineage.taught_by_names(ref)
    tuned = [one.key for one in described if any(model in taught for model in lineage.inputs_of(one, "models"))]
    learned = lineage.inputs_of(latents, "graphs") if latents else []
    clustered = lineage.inputs_of(ref, "features")  # of a method that clusters features, whatever graph shows them
    label, found_by = corpus.label(*ref), lineage.params(ref)
    unsaid = {"levels", *(("resolution",) if found_by.get("n_clusters") else ())}
    if found_by.get("method") != "leiden":
        unsaid |= {"resolution", "quality"}
    return MethodsDescription(
        n=len(corpus),
        version=label["made_by"]["version"],
        partition={key: value for key, value in found_by.items() if key not in unsaid},
        facts=label["facts"],
        descriptors={one.key: params[one.key] for one in described},
        tuned_by_names=tuned,
        imported=[one.key for one in made if stages[one] in ("import_vectors", None)],
        fusion=params[fused[0].key] if fused else None,
        vgae={key: params[latents.key].get(key) for key in SAID_OF_VGAE} if latents else None,
        vgae_graph=lineage.params(learned[0]) if learned else None,
        taught_by_names=latents in taught,
        graph=None if clustered or graph is None else lineage.params(Ref("graphs", graph)),
        regress_out=removed if clustered else (),
        columns_used=lineage.columns_used(ref),
        columns_read=columns_read,
        has_pictures=corpus.has_pictures,
    )


def _differences(rows: list[dict[str, Any]]) -> str:
    said = "{words} ({name} {median:.3g}, elsewhere {rest:.3g}; effect {effect:+.2f}, p {p:.1g})"
    dated = "{words} (about {median:.0f}, elsewhere {rest:.0f}; effect {effect:+.2f}, p {p:.1g})"
    return "; ".join((dated if row["name"] == DATE else said).format(**row, rest=row["median_rest"]) for row in rows)


def _write_table(corpus: Corpus, partition: str, made: Made) -> None:
    import pandas as pd

    from artgraph.export import write_csv

    def named(rows: list[dict[str, Any]]) -> str:
        return "; ".join(f"{row['name']} ({row['count']} of {row['size']})" for row in rows)

    rows, names, words = [], names_of(corpus, partition), words_for(corpus, partition)
    for one in made.facts["clusters"]:
        rows.append(
            {
                "cluster": one["cluster"],
                **({"name": names.get(one["cluster"], "")} if names else {}),
                "size": one["size"],
                "sentence": one["sentence"],
                "compared with the rest": _differences(one["visual"]),
                **({"words": "; ".join(word["term"] for word in words[one["cluster"]])} if words else {}),
                "artists": named(one["artists"]),
                "decades": named(one["decades"]),
                **{name: named(found) for name, found in one["columns"].items()},
                "exemplars": "; ".join(one["exemplars"]),
                **({"palette": " ".join(one["palette"])} if corpus.has_pictures else {}),
                "nearest clusters": "; ".join(f"{other['cluster']} ({other['share']:.0%})" for other in one["near"]),
            }
        )
    out = corpus.path / "exports" / f"{partition}-clusters.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_csv(out, pd.DataFrame(rows, columns=None if rows else ["cluster", "size", "sentence"]))
