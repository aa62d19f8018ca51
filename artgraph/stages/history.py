"""How a partition was made, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgraph.lineage import Lineage, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artgraph.corpus import Corpus

__all__ = ["history"]

MOST = 24  # parts of a list that are shown
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
    facts = corpus.head["facts"]
    rows = [("Pictures", f"{len(corpus):,} taken, {facts.get('images_refused', 0):,} refused")]
    if not corpus.has_pictures:
        rows = [("Works", f"{len(corpus):,}, without pictures; {facts.get('rows_refused', 0):,} rows refused")]
    for ref in lineage.ancestors(Ref("partitions", partition)):
        trained = {"train_vgae": "VGAE", "train_descriptor": "Network"}.get(lineage.stage(ref))
        title = trained if ref.kind == "models" else TITLES.get(ref.kind)
        if title is not None and ref != Ref("features", "thumbnails"):
            rows.append((f"{title} · {ref.key}", _shown(lineage.params(ref) | corpus.label(*ref)["facts"])))
    version = corpus.label("partitions", partition)["made_by"]["version"]
    return [*rows, ("artgraph", f"version {version}")]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _shown(params: Mapping[str, Any]) -> dict[str, str]:
    def show(key: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(show(key, part) for part in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:,}" if isinstance(value, int) else _short(str(value), 12 if key.endswith("sha256") else 64)

    def said(value: Any) -> bool:
        """Tell whether a value is for people: no curve of a training, and no number for each dimension."""
        if isinstance(value, list):
            return 0 < len(value) <= MOST and not any(isinstance(part, dict) for part in value)
        return value is not None and not isinstance(value, dict)

    kept = {key: value for key, value in params.items() if said(value)}
    return {key.replace("_", " "): show(key, value) for key, value in kept.items()}
