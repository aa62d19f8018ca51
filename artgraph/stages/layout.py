"""A graph becomes a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgraph.lineage import Ref
from artgraph.settings import LayoutSettings
from artgraph.stages.base import Made, adjacency_of, make

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["layout"]


def layout(corpus: Corpus, *, graph: str = "style", **settings: Any) -> Made:
    """Place every painting on a plane, linked works near each other.

    Parameters
    ----------
    corpus, graph
    **settings : Fields of ``artgraph.settings.LayoutSettings``.

    Returns
    -------
    Made
        ``layouts/<graph>``: (n, 2) float32 in [-1, 1].
    """
    from artgraph.layouts import graph_layout

    chosen = LayoutSettings.of(settings)

    def compute() -> tuple[dict, dict]:
        return {"": graph_layout(adjacency_of(corpus, graph), seed=chosen.seed)}, {}

    return make(
        corpus,
        "layout",
        Ref("layouts", graph),
        params=chosen.params(),
        inputs=[Ref("graphs", graph)],
        compute=compute,
    )
