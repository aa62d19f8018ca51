"""What is in a corpus, how it was made, what is stale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from artgraph.corpus import KINDS
from artgraph.lineage import Lineage, Ref
from artgraph.soundness import damage_beside
from artgraph.stages.generations import Generations, age
from artgraph.stages.ruling import overview, undecided

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["info"]


def info(corpus: Corpus) -> dict[str, Any]:
    """Return what a corpus holds.

    Parameters
    ----------
    corpus

    Returns
    -------
    dict
        ``path``, ``n``, ``columns`` (name to number of values), ``ingest`` (what it counted), ``image_root`` (None
        without pictures),
        ``damage`` (of refused.csv and thumbnails: pairs of what is wrong and the command that mends it), and
        ``things``: a list of dicts with ``kind``, ``key``, ``stage``, ``params``, ``facts``, ``stale`` (reasons, also
        damage; empty when up to date) and ``command``, which makes the thing again; of a partition that works were
        added to or taken from also ``drift`` (see ``artgraph.stages.generations.age``). ``batches``: how many ``works``
        each added, and on which day (``added``). A partition that does not obey the present decisions is ``undecided``,
        one that dates had a say in is ``dated``;
        ``decisions`` is what ``artgraph.stages.ruling.overview`` says of them.
    """
    table, lineage = corpus.paintings, Lineage(corpus)

    def about(ref: Ref) -> dict[str, Any]:
        known = {"kind": ref.kind, "key": ref.key, "stage": lineage.stage(ref), "params": lineage.params(ref)}
        stale = lineage.stale(ref)
        aged = age(corpus, ref.key) if ref.kind == "partitions" else None
        return known | {
            "facts": lineage.known(ref)["facts"],
            "stale": stale,
            "command": lineage.command(ref),
            **({} if aged is None else {"drift": aged}),
            **(
                {"dated": True}
                if ref.kind == "partitions" and not stale and "date" in lineage.columns_used(ref)
                else {}
            ),
            **({"undecided": True} if ref.kind == "partitions" and undecided(corpus, ref.key) else {}),
        }

    return {
        "path": str(corpus.path),
        "n": len(corpus),
        "batches": [
            {"works": works, "added": day} for works, day in zip(corpus.batches, Generations(corpus).days, strict=True)
        ],
        "columns": {name: int(table[name].notna().sum()) for name in table.columns},
        "ingest": corpus.head["facts"],
        "image_root": str(corpus.image_root) if corpus.has_pictures else None,
        "damage": damage_beside(corpus.path, corpus.head, table.get("image_sha256", ())),
        "decisions": overview(corpus),
        "things": [about(Ref(kind, key)) for kind in KINDS for key in corpus.keys(kind)],
    }
