"""The stages between features and clusters, in their order, as ``artgraph run`` calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from artgraph.stages.base import Made, Progress, catalogue_of
from artgraph.stages.build_graph import build_graph
from artgraph.stages.communities import communities
from artgraph.stages.lead import latent_edges, lead_of, wants_vgae
from artgraph.stages.train_vgae import train_vgae

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["find_clusters"]


def find_clusters(
    corpus: Corpus,
    *,
    on: Sequence[str],
    names: bool,
    lead: str = "auto",
    graph: Mapping[str, Any] | None = None,
    clusters: Mapping[str, Any] | None = None,
    seed: int = 0,
    device: str = "auto",
    where: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda text: None,
    made: Callable[[str, Made | None], None] = lambda stage, made: None,
    progress: Progress = None,
) -> tuple[str, str]:
    """Make ``leiden`` on the graph of features and, where it is wanted, ``vgae-leiden`` on the graph of latents.

    Parameters
    ----------
    corpus
    on : Keys of the features.
    names : Whether artists' names link works and teach the autoencoder.
    lead : See ``lead_of``.
    graph, clusters : More fields of ``GraphSettings`` and ``ClusterSettings``; the metric is that of the features.
    seed, device
    where : ``engine`` and ``storage`` of ``build_graph``.
    tell : callable(str); is given lines on why there is no autoencoder.
    made : callable(stage, Made or None); is called before (None) and after each stage.
    progress : callable(stage, done, total)

    Returns
    -------
    (partition, reason) : as of ``lead_of``
    """
    graph = {**(graph or {}), **(where or {}), "seed": seed, "progress": progress}
    clusters = {**(clusters or {}), "seed": seed, "progress": progress}

    def do(stage: str, function: Callable[..., Made], **given: Any) -> None:
        made(stage, None)
        made(stage, function(corpus, **given))

    do("build-graph", build_graph, on=on, artist_edges=names, **graph)
    do("communities", communities, **clusters)
    wanted, lines = wants_vgae(corpus, lead, names=names)
    for text in lines:
        tell(text)
    if wanted:
        do("train-vgae", train_vgae, seed=seed, device=device, progress=progress)
        graph.pop("metric", None)  # latents are compared by their cosines
        edges = latent_edges(catalogue_of(corpus), names=names)
        do("build-graph", build_graph, on=("vgae",), name="vgae", **graph, **edges)
        do("communities", communities, graph="vgae", **clusters)
    return lead_of(corpus, lead)
