"""A partition is judged: by a column, by itself, and by what it should not follow."""

from artgraph.stages.base import adjacency_of, make
from artgraph.stages.judging import (
    columns_used,
    confound_columns,
    features_under,
    ground_of,
    hands_of,
    json_ready,
    looks,
)

__all__ = ["evaluate"]


def evaluate(corpus, *, partition="leiden", against="style", confounds=(), n_neighbors=15, seed=0):
    """Judge a partition, and the features under it.

    Where no painting has a value in the reference column, only what needs none is judged.

    Parameters
    ----------
    corpus : Corpus
    partition : str
    against : str
        A column of the table; labels are for judging only, no stage before this one reads it.
    confounds : sequence of str
        Columns that the partition should not follow, such as subject or museum, besides what is measured of every
        picture: greyscale, margin, brightness, proportions, size, compression, folder.
    n_neighbors : int
        k of precision at k.
    seed : int
        Of permutations and bootstrap.

    Returns
    -------
    Made
        Its facts hold ``scores``, ``chance`` (permutation null), ``interval`` (95 %, bootstrap over artists) and
        ``per_class``, where there is a reference; ``internal``, ``retrieval``, ``duplicates``, ``confounds``,
        ``suspects`` and ``caveats``.

    Raises
    ------
    CircularError
        The column made links in the graph, or fixed works.
    """
    from artgraph import evaluation as ev

    confounds = tuple(confounds or ())
    graph, on = ground_of(corpus, partition)
    links = columns_used(corpus, partition)
    ev.check_not_circular(against, links)
    looks(corpus)
    own = ["paintings/artist", f"paintings/{against}", *(f"paintings/{name}" for name in confounds)]
    refs = [f"partitions/{partition}", *([f"graphs/{graph}"] if graph else []), *(f"features/{key}" for key in on)]

    def compute():
        labels, hands = corpus.get("partitions", partition), hands_of(corpus)
        column = corpus.paintings[against]
        reference = column.astype(object).where(column.notna(), None).to_numpy()
        judged = bool(((labels >= 0) & column.notna().to_numpy()).any())
        X = features_under(corpus, partition)
        facts = {"partition": partition, "against": against, "caveats": []}
        if judged:
            facts |= _agreement(labels, reference, hands, against=against, links=links, seed=seed)
        else:
            facts["caveats"] = [f"No painting in a cluster has a {against}: only what needs no reference is judged."]
        facts["internal"] = ev.internal_scores(
            labels, X, adjacency_of(corpus, graph) if graph else None, groups=hands, seed=seed
        )
        facts["retrieval"] = _retrieval(X, reference, hands, against=against, links=links, k=n_neighbors, seed=seed)
        facts["duplicates"] = _duplicates(corpus, labels, against)
        columns = confound_columns(corpus, [name for name in confounds if name != against])
        beside = {against: list(reference)} if judged else {}
        facts["confounds"] = ev.confound_table(labels, beside | columns, seed=seed)
        facts["suspects"] = ev.suspect_clusters(labels, columns)
        facts["caveats"] += ev.confound_caveats(facts["confounds"], facts["suspects"], against=against)
        return {}, json_ready(facts)

    return make(
        corpus,
        "reports",
        partition,
        function="artgraph.evaluation.partition_scores",
        params={"against": against, "confounds": list(confounds), "n_neighbors": n_neighbors, "seed": seed},
        refs=[*refs, "features/looks", *own],
        compute=compute,
    )


def _agreement(labels, reference, hands, *, against, links, seed):
    from artgraph import evaluation as ev

    scores = ev.partition_scores(labels, reference)
    sure = ev.per_class_uncertainty(labels, reference, groups=hands, seed=seed)
    return {
        "scores": scores,
        "chance": ev.permutation_null(labels, reference, seed=seed),
        "interval": ev.bootstrap_interval(labels, reference, groups=hands, seed=seed),
        "per_class": ev.per_class(labels, reference).merge(sure, on="reference"),
        "caveats": ev.caveats(against, links, scores=scores),
    }


def _retrieval(X, reference, hands, *, against, links, k, seed):
    """Return what each question to the features answers; a question that nobody can answer is left out."""
    from artgraph import evaluation as ev
    from artgraph.errors import InputError

    questions = {against: (reference, False), f"{against}, works of other artists": (reference, True)}
    if against == "artist":
        questions = {}
    if "artist" not in links:
        questions["artist"] = (hands, False)
    found = {}
    for question, (values, other) in questions.items():
        try:
            found[question] = ev.retrieval_scores(X, values, hands, other_groups=other, ks=(1, k), seed=seed)
        except InputError:
            continue
    return found


def _duplicates(corpus, labels, against):
    from artgraph import evaluation as ev

    table = corpus.paintings
    pairs = ev.near_duplicates(list(table["image_dhash"]), corpus.get("features", "looks", "tiny"))
    columns = {"cluster": labels.tolist(), against: list(table[against])}
    if "split" in table:
        columns["split"] = list(table["split"])
    ids = table["id"].to_numpy()
    return {**ev.separated_duplicates(pairs, columns), "works": ids[pairs[:50]].tolist()}
