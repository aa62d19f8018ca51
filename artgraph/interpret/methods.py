"""A paragraph on how a partition was made, for the methods section of a paper, with what to cite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CITATIONS", "MethodsDescription", "methods_text"]

KHOSLA = "Khosla et al. 2020, Supervised contrastive learning, arXiv 2004.11362"
CITATIONS = {  # kind of setting: its value: the work to cite
    "descriptor": {
        "gram": "Gatys, Ecker and Bethge 2016, Image style transfer using convolutional neural networks",
        "moments": "Huang and Belongie 2017, Arbitrary style transfer in real-time, arXiv 1703.06868",
        "csd": "Somepalli et al. 2024, Measuring style similarity in diffusion models, arXiv 2404.01292 (CSD)",
        **dict.fromkeys(
            ("clip", "openclip"),
            "Radford et al. 2021, Learning transferable visual models from natural language supervision (CLIP)",
        ),
        "eye": f"{KHOSLA} (how artgraph_eye was trained)",
        "patches": "Zhao, Song and Ermon 2019, InfoVAE, arXiv 1706.02262",
    },
    "backbone": {"tf_efficientnet_lite0": "Tan and Le 2019, EfficientNet, arXiv 1905.11946 (EfficientNet-Lite0)"},
    "search": {"knn": "Johnson, Douze and Jégou 2017, Billion-scale similarity search, arXiv 1702.08734 (FAISS)"},
    "kernel": {
        "jaccard": "Levine et al. 2015, doi:10.1016/j.cell.2015.05.047 (shared-neighbour graph)",
        "fuzzy": "McInnes, Healy and Melville 2018, UMAP, arXiv 1802.03426 (edge weights)",
        "gauss": "Haghverdi et al. 2016, doi:10.1038/nmeth.3971 (edge weights)",
    },
    "hubness": {
        "csls": "Lample et al. 2018, arXiv 1710.04087 (CSLS)",
        "mutual-proximity": "Schnitzer et al. 2012, JMLR 13: 2871 (mutual proximity)",
    },
    "merge": {"snf": "Wang et al. 2014, doi:10.1038/nmeth.2810 (similarity network fusion)"},
    "regress_out": {True: "Johnson, Li and Rabinovic 2007, doi:10.1093/biostatistics/kxj037 (ComBat)"},
    "model": dict.fromkeys(("gae", "vgae"), "Kipf and Welling 2016, Variational graph auto-encoders, arXiv 1611.07308"),
    "names": {True: f"{KHOSLA} (learning from artists' names)"},
    "method": {
        "leiden": "Traag, Waltman and van Eck 2019, From Louvain to Leiden, doi:10.1038/s41598-019-41695-z",
        "spectral": "von Luxburg 2007, A tutorial on spectral clustering, doi:10.1007/s11222-007-9033-z",
    },
    "consensus": {True: "Poulin and Théberge 2019, Ensemble clustering for graphs, doi:10.1007/s41109-019-0162-z"},
    "test": {
        "over-representation": "Benjamini and Hochberg 1995, Controlling the false discovery rate",
        "artists": "Hoffman, Sen and Weinberg 2001, Within-cluster resampling, doi:10.1093/biomet/88.4.1121",
    },
}
MODELS = {
    "vgae": "A variational graph autoencoder learned latents from them",
    "gae": "A graph autoencoder learned latents from them",
    "contrastive": "An encoder trained by a contrastive loss alone made latents of them",
    "smooth": "They were averaged over the neighbours of a graph",
    "none": "They were taken as latents as they are",
}
ELSEWHERE = {  # descriptors whose networks were taught by labels of other pictures
    "eye": "with artists' names, on works in the public domain, which may be among these",
    "csd": "by its authors, on pictures tagged with artists and styles",
}


@dataclass(frozen=True)
class MethodsDescription:
    """What ``methods_text`` needs to know of a partition; parameters as in the labels of a corpus.

    Attributes
    ----------
    n, version : paintings, and the version of artgraph.
    partition : ``method``, ``resolution``, ``seed``, ``graphs``, ``fixed``, ``keep_names_of``, ...
    facts : ``n_clusters``, ``modularity``, ``unassigned``; ``decisions``, of which ``held`` were obeyed.
    descriptors : key and parameters of each at the bottom; ``descriptor`` among them is what is cited.
    tuned_by_names : keys of those that artists' names of this collection have tuned.
    imported : keys of features that were made elsewhere.
    fusion : of the fused feature, if there is one: ``weights``, ``components``, ``whitening``.
    vgae, vgae_graph : the model whose latents were used, and the graph that it was trained on; None without one.
    taught_by_names : whether artists' names entered the loss of that model, or moved its latents.
    graph : the graph that was clustered; None where features were.
    columns_used : those whose values made links, taught features or latents, or fixed works, as the lineage says.
    regress_out : what was removed from features that were clustered without a graph.
    columns_read : those that were read once the clusters were there, to describe them.
    has_pictures : whether what one sees in the works was measured.
    """

    n: int
    version: str
    partition: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    descriptors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tuned_by_names: Sequence[str] = ()
    imported: Sequence[str] = ()
    fusion: Mapping[str, Any] | None = None
    vgae: Mapping[str, Any] | None = None
    vgae_graph: Mapping[str, Any] | None = None
    taught_by_names: bool = False
    graph: Mapping[str, Any] | None = None
    columns_used: Sequence[str] = ()
    regress_out: Sequence[str] = ()
    columns_read: Sequence[str] = ()
    has_pictures: bool = True


def methods_text(description: MethodsDescription) -> str:
    """Write the paragraph that follows from a ``description``: sentences, then "Cite: " and the works to cite.

    It says of every label that had a say before the clusters were found what it did, and that no style label had one
    only where that is so.

    Examples
    --------
    >>> made = {"descriptors": {"color": {}}, "graph": {"kernel": "jaccard"}, "partition": {"method": "leiden"}}
    >>> text = methods_text(MethodsDescription(n=50, version="0.1.0", **made)).partition(" Cite: ")[0]
    >>> text.split(". ")[0]
    '50 paintings were grouped by style with artgraph 0.1.0'
    >>> text.split(". ")[-1]
    'No style label was used before the clusters were found.'
    """
    one, graphs = description, [graph for graph in (description.vgae_graph, description.graph) if graph is not None]
    of_graph = _of_graph(one.graph, one.partition, "the latents" if one.vgae else "these features") if one.graph else ()
    sentences = [f"{one.n} paintings were grouped by style with artgraph {one.version}", *_of_features(one)]
    sentences += [*_of_latents(one), *of_graph, *_of_clusters(one), *_of_labels(one)]
    cited = [(kind, params.get(kind)) for params in one.descriptors.values() for kind in ("descriptor", "backbone")]
    cited += [("names", bool(one.tuned_by_names) or one.taught_by_names), ("model", (one.vgae or {}).get("model"))]
    for graph in graphs:
        cited += [("search", "knn"), ("regress_out", bool(graph.get("regress_out")))]
        cited += [(kind, graph.get(kind)) for kind in ("kernel", "hubness", "merge")]
    cited += [("consensus", bool(one.partition.get("consensus"))), ("method", one.partition.get("method"))]
    cited += [("test", "over-representation"), ("test", "artists")]
    works = [CITATIONS[kind][value] for kind, value in cited if value in CITATIONS[kind]]
    return ". ".join(sentences) + f". Cite: {'; '.join(dict.fromkeys(works))}."


def _of_features(one: MethodsDescription) -> list[str]:
    named = [f"{key}{_settings(params, skip=('descriptor',))}" for key, params in one.descriptors.items()]
    said = ["Features: " + "; ".join([*named, *(f"{key} (imported)" for key in one.imported)])]
    for params in one.descriptors.values():
        if how := ELSEWHERE.get(params.get("descriptor", "")):
            said.append(f"The network of {params['descriptor']} had been trained beforehand, {how}")
    if one.tuned_by_names:
        said.append(f"The network of {', '.join(one.tuned_by_names)} was tuned with the catalogue's names of artists")
    if one.imported:
        said.append(f"Which labels the imported features ({', '.join(one.imported)}) learned from is not recorded")
    if one.fusion is not None:
        said.append(f"They were fused into one{_settings(one.fusion, skip=('on',))}")
    if one.regress_out:
        said.append(f"What {', '.join(one.regress_out)} tells of the features had been regressed out of them")
    return said


def _of_latents(one: MethodsDescription) -> list[str]:
    if one.vgae is None:
        return []
    model = one.vgae.get("model", "vgae")
    said = [MODELS[model] + _settings(one.vgae, skip=("model",))]
    if one.vgae_graph is not None:
        said += _of_graph(one.vgae_graph, {"graphs": ["similarity"]}, "the features", of="For its graph every")
    if one.taught_by_names:
        said.append("Artists' names taught the latents: works by one artist were drawn together")
    else:
        said.append("No artist's name entered the latents")
    return said


def _of_graph(graph: Mapping, partition: Mapping, what: str, of: str = "Every") -> list[str]:
    """Return what is to be said of a graph; artist links only where the ``partition`` used them."""
    skip = ("on", "regress_out", "cross_artist", "artist_edges", "artist_edge_weight", "max_years")
    said = [f"{of} painting was linked to its nearest neighbours in {what}{_settings(graph, skip=skip)}"]
    if removed := graph.get("regress_out"):
        said.append(f"What {', '.join(removed)} tells of the features had been regressed out of them")
    if graph.get("cross_artist"):
        said.append("Artists' names were used to look for these neighbours among works by other artists only")
    if _links_artists(graph, partition):
        strength, years = graph.get("artist_edge_weight"), graph.get("max_years")
        weight = "" if strength is None or partition.get("graphs") else f" at {strength} of the weight"
        apart = "" if years is None else f", where their dates are at most {years:g} years apart"
        said.append(f"Works by the same artist were linked as well{weight}{apart}")
    return said


def _links_artists(graph: Mapping | None, partition: Mapping) -> bool:
    layers = [str(layer).partition("=")[0].strip() for layer in partition.get("graphs") or ["artists"]]
    return bool(graph and graph.get("artist_edges") and "artists" in layers)


def _of_clusters(one: MethodsDescription) -> list[str]:
    clusters = one.facts.get("n_clusters")
    skip = ["method", "membership", "decisions", "fixed", "keep_names_of", "graph", "on"]
    skip += ["pieces"] if one.partition.get("pieces") == 1 else []
    found = {None: "The clusters were", 1: "1 cluster was"}.get(clusters, f"{clusters} clusters were")
    within = " in the graph" if one.graph else " in the latents" if one.vgae else " in the features"
    said = [f"{found} found{within} by {one.partition.get('method', '')}{_settings(one.partition, skip=skip)}"]
    if column := one.partition.get("fixed"):
        said.append(f"Works with one value of the column '{column}' were held together, with different values apart")
    if one.partition.get("keep_names_of"):
        said.append("Clusters have the numbers of those of an earlier partition that they overlap with")
    if held := (one.facts.get("decisions") or {}).get("held"):
        decisions = "One decision of a person was obeyed" if held == 1 else f"{held} decisions of people were obeyed"
        said.append(f"{decisions}: which works belong together, apart or in a cluster, what was merged or split")
    if one.facts.get("modularity") is not None:
        said.append(f"Modularity is {one.facts['modularity']:.3f}")
    if one.facts.get("unassigned"):
        said.append(f"{one.facts['unassigned']} paintings without a link are in no cluster")
    return said


def _of_labels(one: MethodsDescription) -> list[str]:
    """Return which labels had a say before the clusters were found, in the last sentences."""
    said = [
        "Over-representation was tested by the hypergeometric distribution, p corrected for all clusters and values "
        "of a column (Benjamini and Hochberg)",
        ("What one sees in the pictures was measured on thumbnails" if one.has_pictures else "Dates were read")
        + " and compared with the other works by Mann and Whitney's test with one work by each artist on either side, "
        "p corrected likewise",
    ]
    graphs = [graph or {} for graph in (one.vgae_graph, one.graph)]
    artist = one.taught_by_names or bool(one.tuned_by_names) or _links_artists(one.graph, one.partition)
    artist = artist or any(graph.get("cross_artist") for graph in graphs)
    fixed = one.partition.get("fixed")
    explained = (["artist"] if artist else []) + ([fixed] if fixed else [])
    unexplained = [column for column in one.columns_used if column not in explained]
    if unexplained:
        said.append(f"Values of {', '.join(unexplained)} had a say in the features, the links or the clusters")
    used = sorted({*explained, *unexplained})
    if used:
        said.append(f"Scores of the clusters against {', '.join(used)} are therefore circular")
    removed = {name for graph in graphs for name in graph.get("regress_out") or ()} | set(one.regress_out)
    if "style" in used or "style" in removed:
        said.append("Style labels were used before the clusters were found")
        return said
    if not used and not removed and not one.imported:
        said.append("No column of the catalogue entered the features, the links or the clusters")
    elsewhere = one.imported or any(params.get("descriptor") == "csd" for params in one.descriptors.values())
    claim = "o style label was used before the clusters were found"
    if "style" in one.columns_read:
        claim += "; the column 'style' was read only afterwards, to describe them"
    said.append(f"Apart from what features learned elsewhere, n{claim}" if elsewhere else f"N{claim}")
    return said


def _settings(params: Mapping[str, Any], skip: Sequence[str] = ()) -> str:
    shown = []
    for name, value in params.items():
        too_long = isinstance(value, Mapping) or (isinstance(value, str) and len(value) > 40)
        if name not in skip and value not in (None, False, "", "none", [], (), {}) and not too_long:
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            shown.append(f"{name.replace('_', ' ')} {text}")
    return f" ({', '.join(shown)})" if shown else ""
