"""Features become a graph."""

from artgraph.errors import InputError
from artgraph.stages.base import Made, make
from artgraph.stages.judging import features_without, hands_of, regressed_refs

__all__ = ["MERGES", "build_graph", "diagnose_graph"]

MERGES = ("features", "weights", "snf", "layers")
WIDER = 4  # a correction of hubness chooses from lists this many times as long
SEARCH = (
    "on",
    "n_neighbors",
    "metric",
    "hubness",
    "merge",
    "regress_out",
    "cross_artist",
    "seed",
)  # what the neighbour lists depend on


def build_graph(
    corpus,
    *,
    on=("eye",),
    name="style",
    n_neighbors=15,
    metric="cosine",
    weights="jaccard",
    symmetry="union",
    hubness="none",
    merge="features",
    regress_out=(),
    cross_artist=False,
    artist_edges=False,
    artist_strength=0.5,
    max_years=None,
    seed=0,
):
    """Link every painting to those that look most alike.

    Parameters
    ----------
    corpus : Corpus
    on : sequence of str
        Features.
    name : str
        Key of the graph.
    n_neighbors : int
    metric : {"cosine", "euclidean"}
    weights : {"jaccard", "fuzzy", "gauss", "cosine"}
        What an edge weighs: see ``artgraph.graph.edge_weights``. When it alone is changed, the search is not repeated.
    symmetry : {"union", "mutual"}
    hubness : {"none", "csls", "mutual-proximity"}
        Correction of the neighbour lists: see ``artgraph.graph.correct_hubness``.
    merge : {"features", "weights", "snf", "layers"}
        Several features: joined with equal say before the search; or a graph of each, and the mean of the graphs; or
        similarity network fusion of the graphs; or the mean, with the graph of each kept as a part 'layer-<key>'.
    regress_out : sequence of str
        Take out of the features what these tell of them: "greyscale", "one tone", "margin" or whatever ``evaluate``
        lists, or columns of the table. See ``artgraph.graph.regress_out``.
    cross_artist : bool
        Look for the neighbours of a work among works by other hands. Where names have taught the features, the nearest
        works are all by the same hand, and a graph of them is one of artists, whatever it is called; here similarity
        says what it has to say across hands, and works by one hand are linked by ``artist_edges`` or not at all.
    artist_edges : bool
        Also link works by the same hand, in a layer of their own.
    artist_strength : float
        Weight of that layer beside the style edges, where the two are used together.
    max_years : float, optional
        Works by the same hand that are dated further apart are not linked.
    seed : int
        Of approximate searches.

    Returns
    -------
    Made
    """
    from artgraph.dates import parse_years
    from artgraph.graph import artist_links, describe_graph, mean_graph, neighbors_in, similarity_network_fusion

    if merge not in MERGES:
        raise InputError(f"There is no way to merge called '{merge}' (there are: {', '.join(MERGES)})")
    if len(on) == 1:
        merge = "features"
    params = {"on": list(on), "n_neighbors": n_neighbors, "metric": metric, "weights": weights, "symmetry": symmetry}
    params |= {"hubness": hubness, "merge": merge, "seed": seed}
    if regress_out:
        params["regress_out"] = list(regress_out)
    if cross_artist:
        params["cross_artist"] = True
    if artist_edges:
        params |= {"artist_edges": True, "artist_strength": artist_strength, "max_years": max_years}
    columns = (
        ["image_sha256"]
        + (["artist"] if artist_edges or cross_artist else [])
        + (["date"] if max_years is not None else [])
    )
    refs = [f"features/{key}" for key in on] + [f"paintings/{column}" for column in columns]
    refs += regressed_refs(corpus, regress_out or ())

    def compute():
        together = {"": tuple(on)} if merge == "features" else {f"-{key}": (key,) for key in on}
        parts, facts, lists, graphs = {}, {}, {}, {}
        for key, features in together.items():
            lists[key], graphs[key], search, figures = _one_graph(corpus, key, features, name=name, params=params)
            parts |= search
            facts |= {f"{fact}{key}": value for fact, value in figures.items()}
        if merge == "features":
            adjacency, near = graphs[""], lists[""]
        else:
            adjacency = (
                similarity_network_fusion(list(graphs.values()))
                if merge == "snf"
                else mean_graph(list(graphs.values()))
            )
            near = neighbors_in(adjacency, n_neighbors=n_neighbors)
        if merge == "layers":
            parts |= {f"layer{key}": graph for key, graph in graphs.items()}
        parts |= {"": adjacency, "knn": _arrays(near)}
        facts |= describe_graph(adjacency, near.indices)
        if artist_edges:
            table = corpus.paintings
            parts["artists"] = artist_links(
                table["artist"],
                [features_without(corpus, (key,), regress_out) for key in on],
                years=None if max_years is None else parse_years(table["date"]),
                max_years=max_years,
            )
            facts["artist_links"] = int(parts["artists"].nnz // 2)
        return parts, facts

    return make(corpus, "graphs", name, function="artgraph.graph.knn", params=params, refs=refs, compute=compute)


def _one_graph(corpus, key, features, *, name, params):
    """Return neighbour lists, graph, the parts to keep for another time, and figures, for one set of features."""
    from artgraph.graph import Neighbors, correct_hubness, edge_weights, knn
    from artgraph.graph import hubness as hubness_of

    X, corrected = features_without(corpus, features, params.get("regress_out")), params["hubness"] != "none"
    common = {name: params[name] for name in ("n_neighbors", "metric", "seed")}
    part = f"search{key}" if corrected or key else "knn"
    if stored := _stored(corpus, name, part, params=params):
        searched = Neighbors(**{field: stored[field] for field in Neighbors._fields})
    else:
        wide = common | {"n_neighbors": params["n_neighbors"] * (WIDER if corrected else 1)}
        hands = hands_of(corpus) if params.get("cross_artist") else None
        searched = knn(X, duplicate_ids=corpus.paintings["image_sha256"], exclude_same=hands, **wide)
    near = correct_hubness(searched, X, method=params["hubness"], **common) if corrected else searched
    figures = {"recall": float(searched.recall), "duplicates": int((searched.duplicate_of >= 0).sum())}
    if corrected:
        figures["uncorrected"] = hubness_of(searched.indices[:, : params["n_neighbors"]])
    keep = {part: _arrays(searched)} if part != "knn" else {}
    return near, edge_weights(near, kernel=params["weights"], symmetry=params["symmetry"]), keep, figures


def _arrays(neighbors):
    import numpy as np

    return {field: np.asarray(value) for field, value in neighbors._asdict().items()}


def _stored(corpus, name, part, *, params):
    """Return the neighbour lists of the graph that is there, when they are those that would be found again."""
    if not corpus.has("graphs", name) or corpus.stale("graphs", name):
        return None
    label = corpus.label("graphs", name)
    same = all(label["made_by"]["params"].get(key) == params.get(key) for key in SEARCH)
    return corpus.get("graphs", name, part) if same else None


def diagnose_graph(corpus, *, graph="style", out=None):
    """Draw how many links the paintings of a graph have, and how often each is a neighbour.

    Parameters
    ----------
    corpus : Corpus
    graph : str
    out : str or Path, optional
        Default: ``plots/<graph>.png`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the plot; the facts are those of the graph.
    """
    from pathlib import Path

    from artgraph.plots import plot_graph

    corpus.inputs(f"graphs/{graph}")
    out = Path(out) if out else corpus.path / "plots" / f"{graph}.png"
    facts = corpus.label("graphs", graph)["facts"]
    plot_graph(out, corpus.get("graphs", graph), corpus.get("graphs", graph, "knn")["indices"], title=graph)
    return Made("plot", str(out), True, facts)
