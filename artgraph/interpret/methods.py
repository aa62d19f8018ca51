"""A paragraph on how a partition was made, for the methods section of a paper, with what to cite."""

__all__ = ["CITATIONS", "methods_text"]

CITATIONS = {
    "gram": "Gatys, Ecker and Bethge 2016, Image style transfer using convolutional neural networks (Gram matrices)",
    "csd": "Somepalli et al. 2024, Measuring style similarity in diffusion models, arXiv 2404.01292 (CSD)",
    "clip": "Radford et al. 2021, Learning transferable visual models from natural language supervision (CLIP)",
    "eye": "Khosla et al. 2020, Supervised contrastive learning, arXiv 2004.11362 (how artgraph_eye was trained)",
    "faiss": "Johnson, Douze and Jégou 2017, Billion-scale similarity search with GPUs, arXiv 1702.08734 (FAISS)",
    "jaccard": "Levine et al. 2015, doi:10.1016/j.cell.2015.05.047 (shared-neighbour graph)",
    "fuzzy": "McInnes, Healy and Melville 2018, UMAP, arXiv 1802.03426 (edge weights)",
    "snf": "Wang et al. 2014, doi:10.1038/nmeth.2810 (similarity network fusion)",
    "vgae": "Kipf and Welling 2016, Variational graph auto-encoders, arXiv 1611.07308",
    "leiden": "Traag, Waltman and van Eck 2019, From Louvain to Leiden, doi:10.1038/s41598-019-41695-z",
    "spectral": "von Luxburg 2007, A tutorial on spectral clustering, doi:10.1007/s11222-007-9033-z",
    "ami": "Vinh, Epps and Bailey 2010, Information theoretic measures for clusterings comparison (AMI)",
    "fdr": "Benjamini and Hochberg 1995, Controlling the false discovery rate",
}


def methods_text(*, n, version, features, partition, graph=None, graph_params=None, facts=None):
    """Write the paragraph.

    Parameters
    ----------
    n : int
        Paintings.
    version : str
        Of artgraph.
    features : dict of str to dict
        Key of each feature under the partition, and its parameters.
    partition : dict
        Parameters of the partition: ``method``, ``seed``, ...
    graph : str, optional
        Key of the graph.
    graph_params : dict, optional
        Its parameters.
    facts : dict, optional
        ``n_clusters``, ``modularity``, ``unassigned``.

    Returns
    -------
    str
        Sentences, then "Cite: " and the works that these methods are from.

    Examples
    --------
    >>> text = methods_text(n=50, version="0.1.0", features={"color": {}}, partition={"method": "leiden", "seed": 0})
    >>> text.split(". ")[0]
    '50 paintings were grouped by style with artgraph 0.1.0'
    """
    graph_params, facts = graph_params or {}, facts or {}
    cited = []
    sentences = [f"{n} paintings were grouped by style with artgraph {version}"]
    named = []
    for key, params in features.items():
        named.append(f"{key}{_settings(params)}")
        cited += [name for name in ("gram", "csd", "clip", "eye", "vgae") if name in key]
    sentences.append(f"Features: {'; '.join(named)}")
    if graph is not None:
        rest = _settings(graph_params, skip=("on",))
        sentences.append(
            f"Every painting was linked to its nearest neighbours in these features (graph '{graph}'{rest})"
        )
        cited += ["faiss"] + [name for name in ("jaccard", "fuzzy") if graph_params.get("weights") == name]
        cited += ["snf"] if graph_params.get("merge") == "snf" and len(features) > 1 else []
        if removed := graph_params.get("regress_out"):
            sentences.append(f"What {', '.join(removed)} tells of the features had been regressed out of them")
        if graph_params.get("cross_artist"):
            sentences.append("Neighbours were looked for among works by other hands")
        if graph_params.get("artist_edges"):
            sentences.append("Works by the same hand were linked, too, so that scores against artists are circular")
    method = partition.get("method", "")
    clusters = facts.get("n_clusters")
    found = f"{clusters} clusters were" if clusters and clusters != 1 else "The clusters were"
    sentences.append(f"{found} found by {method}{_settings(partition, skip=('method',))}")
    if facts.get("modularity") is not None:
        sentences.append(f"Modularity is {facts['modularity']:.3f}")
    if facts.get("unassigned"):
        sentences.append(f"{facts['unassigned']} paintings without a link are in no cluster")
    sentences.append(
        "Over-representation was tested by the hypergeometric distribution, p corrected for all clusters and values "
        "of a column (Benjamini and Hochberg); no label was used before the clusters were found"
    )
    cited += [name for name in ("leiden", "spectral") if name in method] + ["fdr"]
    listing = "; ".join(CITATIONS[name] for name in dict.fromkeys(cited))
    return ". ".join(sentences) + f". Cite: {listing}."


def _settings(params, skip=()):
    plain = {
        name: value
        for name, value in params.items()
        if name not in skip and value not in (None, False, "", "none", [], {}) and not isinstance(value, dict)
    }
    shown = ", ".join(
        f"{name.replace('_', ' ')} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in plain.items()
        if not (isinstance(value, str) and len(value) > 40)
    )
    return f" ({shown})" if shown else ""
