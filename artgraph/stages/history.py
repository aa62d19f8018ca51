"""How a partition was made, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgraph.lineage import Lineage, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artgraph.corpus import Corpus

__all__ = ["history"]

TITLES = {"features": "Features", "graphs": "Graph", "partitions": "Partition"}


def history(corpus: Corpus, partition: str) -> list[tuple[str, str | dict[str, str]]]:
    """Return how a partition of a corpus was made, from the pictures on.

    Parameters
    ----------
    corpus, partition

    Returns
    -------
    list of (str, str or dict of str to str)
        A step, and a sentence or its settings and figures.
    """
    lineage = Lineage(corpus)
    rows = [("Pictures", f"{len(corpus):,} taken, {corpus.head['facts'].get('images_refused', 0):,} refused")]
    for ref in lineage.ancestors(Ref("partitions", partition)):
        trained = {"train_vgae": "VGAE", "train_descriptor": "Network"}.get(lineage.stage(ref))
        title = trained if ref.kind == "models" else TITLES.get(ref.kind)
        if title is not None and ref != Ref("features", "thumbnails"):
            rows.append((f"{title} · {ref.key}", _shown(lineage.params(ref) | corpus.label(*ref)["facts"])))
    version = corpus.label("partitions", partition)["made_by"]["version"]
    return [*rows, ("artgraph", f"version {version}")]


def _shown(params: Mapping[str, Any]) -> dict[str, str]:
    def show(key: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(show(key, part) for part in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:,}" if isinstance(value, int) else str(value)[: 12 if key.endswith("sha256") else 64]

    kept = {key: value for key, value in params.items() if value not in (None, []) and not isinstance(value, dict)}
    return {key.replace("_", " "): show(key, value) for key, value in kept.items()}
