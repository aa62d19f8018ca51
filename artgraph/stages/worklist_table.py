"""The worklist as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from artgraph.catalogue import Catalogue
    from artgraph.corpus import Corpus

__all__ = ["attributed_before", "write_worklist"]


def write_worklist(corpus: Corpus, name: str, works: Sequence[Mapping[str, Any]]) -> None:
    """Write works to look at again, with what is known of them, as a CSV file.

    Parameters
    ----------
    corpus
    name : Of the file in ``exports``, without its ending.
    works : As from ``worklist``.
    """
    import pandas as pd

    from artgraph.export import write_csv

    about = corpus.paintings.set_index("id")
    before = [name for name in ("previous_attribution",) if name in about]
    rows = []
    for work in works:
        said = {name: about.loc[work["id"], name] for name in ("artist", *before, "title", "date")}
        neighbors = {f"nearest by {one['descriptor']}": _named(one["neighbors"], about) for one in work["evidence"]}
        head = {"id": work["id"], "kind": " + ".join(work["kinds"]), "p": round(work["p"], 6)}
        rows.append({**head, "sentence": work["sentence"], **said, **neighbors})
    out = corpus.path / "exports" / f"{name}.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_csv(out, pd.DataFrame(rows, columns=None if rows else ["id", "kind", "p", "sentence"]))


def attributed_before(catalogue: Catalogue, row: int, nearest: str) -> str:
    """Return a sentence on what a work was attributed to before; empty where the table does not say.

    Parameters
    ----------
    catalogue, row : The work.
    nearest : The artist that it is near to; it is said where that is one of those it was attributed to.
    """
    from artgraph.graph import linkable_artists

    said = catalogue.previous[row]
    if not said:
        return ""
    names = [one.partition(" (")[0] for one in said.split("; ")]
    again = f", which names {nearest}" if linkable_artists([nearest])[0] in linkable_artists(names) else ""
    return f" Attributed before to: {said}{again}."


def _named(ids: list[str], about: pd.DataFrame) -> str:
    artists = about["artist"].reindex(ids)
    return "; ".join(f"{i} ({a})" if isinstance(a, str) else i for i, a in zip(ids, artists, strict=True))
