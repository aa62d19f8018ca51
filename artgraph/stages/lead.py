"""Which partition is shown first."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from artgraph.lineage import Lineage, Ref

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["LEADS", "lead_of"]

LEADS = ("auto", "leiden", "vgae-leiden")


def lead_of(corpus: Corpus, lead: str = "auto") -> tuple[str, str]:
    """Choose between ``leiden`` on the features and ``vgae-leiden`` on the latents; no style label is read.

    The latents lead where artists' names taught them and artists that were held out are told apart better by the
    latents than by the features that went in; else the features.

    Parameters
    ----------
    corpus
    lead : {"auto", "leiden", "vgae-leiden"}; which to take, where it is there.

    Returns
    -------
    (partition, reason) : str, str
        The reason is one line that says how to see the other.
    """
    if not corpus.has("partitions", "vgae-leiden"):
        return "leiden", "Shown: leiden, the only partition (too few paintings, or links, for a VGAE)."
    taught = Lineage(corpus).taught_by_names(Ref("features", "vgae"))
    facts = corpus.label("models", "vgae")["facts"]
    before, after = facts.get("artist_precision_before"), facts.get("artist_precision")
    better = bool(taught) and before is not None and after is not None and after > before
    first = lead if lead != "auto" else "vgae-leiden" if better else "leiden"
    if lead != "auto":
        reason = "as asked by --lead"
    elif better:
        reason = f"artists' names taught the latents, and held-out artists are told apart better ({before} → {after})"
    elif not taught:
        reason = "no artists' names taught the latents"
    elif before is None or after is None:
        reason = "too few artists to hold any out, so nothing shows that the latents are better"
    else:
        reason = f"the latents tell held-out artists apart no better than the features ({before} → {after})"
    other = "leiden" if first == "vgae-leiden" else "vgae-leiden"
    command = f"artgraph atlas {shlex.quote(str(corpus.path))} --partition {other}"
    return first, f"Shown first: {first} ({reason}). The other: {command}"
