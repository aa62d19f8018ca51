"""The page to look at."""

import os
from pathlib import Path
from urllib.parse import quote

import numpy as np

from artgraph.errors import MissingError
from artgraph.stages.base import Made, features_of
from artgraph.stages.judging import columns_used
from artgraph.stages.layout import layout
from artgraph.stages.pictures import thumbnail

__all__ = ["atlas"]


def atlas(corpus, *, partition="leiden", compare=None, out=None, images=True):
    """Write the page to look at: a folder whose index.html opens by double-click.

    What ``interpret`` and ``worklist`` have found, if they were run and are not stale, stands in it too.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    compare : sequence of str, optional
        Other partitions, to be seen beside it; the column ``style``, if there is one, always is.
    out : str or Path, optional
        Default: ``atlas`` in the corpus.
    images : bool
        False makes an atlas that carries no pictures.

    Returns
    -------
    Made
        ``key`` is the path of index.html.
    """
    from artgraph.atlas import About, Clusters, Links, Paintings, write_atlas
    from artgraph.dates import parse_years
    from artgraph.graph import linkable_artists
    from artgraph.interpret import typicality
    from artgraph.stages.info import provenance

    compare = compare or ()
    corpus.inputs(*(f"partitions/{other}" for other in (partition, *compare)))
    labels = corpus.get("partitions", partition)
    graph, on = _ground(corpus, partition)
    X = features_of(corpus, on)
    layout(corpus, graph=graph)
    out = Path(out) if out else corpus.path / "atlas"
    typical = typicality(X, labels)
    near = corpus.get("graphs", graph, "knn")
    rows = {id_: row for row, id_ in enumerate(corpus.paintings["id"])}
    report = _report(corpus, f"{partition}-clusters")
    clusters = _clusters(corpus, labels, typical, report=report, rows=rows, images=images)
    styled = corpus.paintings["style"].notna().any()
    linked = corpus.label("graphs", graph)["made_by"]["params"].get("artist_edges")
    artists = linkable_artists(corpus.paintings["artist"])
    first = {
        key: str(name).strip() for key, name in reversed(list(zip(artists, corpus.paintings["artist"], strict=True)))
    }
    index = write_atlas(
        out,
        Paintings(
            table=corpus.paintings,
            thumbnails=lambda row: thumbnail(corpus, row),
            artists=[None if key is None else first[key] for key in artists],
            years=parse_years(corpus.paintings["date"]),
            sources=lambda row: _href(corpus, row, out.resolve()),
            windows=_windows(corpus),
        ),
        Clusters(
            labels=labels,
            name=partition,
            typicality=typical,
            membership=_membership(corpus, partition),
            descriptions=clusters,
            compare={other: corpus.get("partitions", other) for other in compare},
            reference="style" if styled else None,
        ),
        links=Links(
            neighbors=(near["indices"], np.clip(1 - near["distances"], 0, 1)),
            shares=_shares(corpus, graph, near["indices"]),
            artist_links=corpus.get("graphs", graph, "artists") if linked else None,
            layout=corpus.get("layouts", graph),
        ),
        about=About(
            title=corpus.path.resolve().name,
            columns_used=columns_used(corpus, partition),
            provenance=provenance(corpus, partition),
            methods=report.get("methods"),
            worklist=_worklist(corpus, partition, rows),
        ),
        images=images,
    )
    return Made("atlas", str(index), True, {"n": len(corpus), "clusters": len(clusters)})


def _href(corpus, row, folder):
    """Return the address of the original picture, relative to a folder; None where it lies on another drive."""
    try:
        relative = os.path.relpath(corpus.image_root / corpus.paintings["image"].iloc[row], folder)
    except ValueError:
        return None
    return quote(Path(relative).as_posix(), errors="surrogateescape")


def _report(corpus, key):
    """Return the facts of a report, or nothing where it was not made or has gone stale."""
    if not corpus.has("reports", key) or corpus.stale("reports", key):
        return {}
    return corpus.label("reports", key)["facts"]


def _clusters(corpus, labels, typical, *, report, rows, images):
    from artgraph.interpret import palette

    found = {int(c["cluster"]): c for c in report.get("clusters", ())}
    clusters = []
    for label in range(int(labels.max(initial=-1)) + 1):
        about = found.get(label, {})
        colors = about.get("palette")
        if colors is None and images:
            members = np.flatnonzero(labels == label)
            exemplars = members[np.argsort(-typical[members], kind="stable")][:12]
            colors = palette([picture for row in exemplars if (picture := thumbnail(corpus, row))])
        near = [n | {"bridges": _rows(n.get("bridges"), rows)} for n in about.get("near", ())]
        clusters.append(
            {
                "label": label,
                "name": about.get("name"),
                "sentence": about.get("sentence"),
                "palette": colors,
                "exemplars": _rows(about.get("exemplars"), rows),
                "report": {key: about.get(key) for key in ("columns", "descriptors", "suspect")} | {"near": near}
                if about
                else None,
            }
        )
    return clusters


def _worklist(corpus, partition, rows):
    works = _report(corpus, f"{partition}-worklist").get("works")
    if works is None:
        return None
    listed = []
    for work in works:
        if work["id"] in rows:
            evidence = [
                {"descriptor": e.get("descriptor"), "neighbors": _rows(e.get("neighbors"), rows)}
                for e in work.get("evidence", ())
            ]
            listed.append(
                {key: work.get(key) for key in ("kind", "score", "sentence")}
                | {"row": rows[work["id"]], "evidence": evidence}
            )
    return listed


def _rows(ids, rows):
    return [rows[id_] for id_ in ids or () if id_ in rows]


def _ground(corpus, partition):
    """Return the graph whose links and map are shown, and the features: those that the partition was made of."""
    refs = [ref.split("/", 1) for ref in corpus.label("partitions", partition)["inputs"]]
    graphs = [name for kind, name in refs if kind == "graphs"]
    features = [name for kind, name in refs if kind == "features"]
    if not graphs:
        graphs = sorted(corpus.keys("graphs"), key=lambda name: name != "style")
        if not graphs:
            raise MissingError(
                f"The page shows links, and {corpus.path} has no graph. "
                f"Make one with: artgraph build-graph {corpus.path} --on {','.join(features)}"
            )
    corpus.inputs(f"graphs/{graphs[0]}")
    return graphs[0], features or corpus.label("graphs", graphs[0])["made_by"]["params"]["on"]


def _descriptors(corpus, graph):
    """Return the keys of the features that a graph rests on, those behind a VGAE or a fused feature for itself."""
    keys = []
    for key in corpus.label("graphs", graph)["made_by"]["params"]["on"]:
        inputs = [ref.split("/", 1) for ref in corpus.label("features", key)["inputs"]]
        fused = [name for kind, name in inputs if kind == "features"]
        graphs = [name for kind, name in inputs if kind == "graphs"]
        keys += fused or [found for name in graphs for found in _descriptors(corpus, name)] or [key]
    return list(dict.fromkeys(keys))


def _shares(corpus, graph, indices):
    from artgraph.atlas.shares import similarity_shares

    keys = [key for key in _descriptors(corpus, graph) if corpus.has("features", key)]
    if len(keys) < 2:
        return None
    return keys, similarity_shares([features_of(corpus, (key,)) for key in keys], indices)


def _membership(corpus, partition):
    files = corpus.label("partitions", partition)["files"]
    if f"{partition}.membership.npz" not in files:
        return None
    from artgraph.communities.membership import ROLES

    stored = corpus.get("partitions", partition, "membership")
    found = {key: stored[key] for key in ("confidence", "second")}
    return found | {"role": [ROLES[code] for code in stored["role"]]}


def _windows(corpus):
    for key in corpus.keys("patches"):
        if not corpus.stale("patches", key):
            return corpus.get("patches", key)
    return None
