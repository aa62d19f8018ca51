"""Which partition is shown first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artgraph.lineage import Lineage, Ref

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["LEADS", "MIN_PAINTINGS_FOR_VGAE", "lead_of"]

LEADS = ("auto", "leiden", "vgae-leiden")
MIN_PAINTINGS_FOR_VGAE = 50


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
        The reason is the rest of a sentence that begins with "because".
    """
    if not corpus.has("partitions", "vgae-leiden"):
        few = len(corpus) < MIN_PAINTINGS_FOR_VGAE
        return (
            "leiden",
            f"an autoencoder needs {MIN_PAINTINGS_FOR_VGAE} paintings" if few else "there are too few links",
        )
    taught = Lineage(corpus).taught_by_names(Ref("features", "vgae"))
    facts = corpus.label("models", "vgae")["facts"]
    before, after = facts.get("artist_precision_before"), facts.get("artist_precision")
    known = before is not None and after is not None
    shares = f"{before:.0%} → {after:.0%} of the nearest works are by the same artist" if known else ""
    better = bool(taught) and known and after > before
    first = lead if lead != "auto" else "vgae-leiden" if better else "leiden"
    if lead != "auto":
        reason = "--lead asks for it"
    elif better:
        reason = f"artists' names taught the autoencoder, and artists kept from it are told apart better ({shares})"
    elif not taught:
        reason = "no artists' names taught the autoencoder, and without them it adds little"
    elif not known:
        reason = "too few artists could be kept from the autoencoder to show that it helps"
    else:
        reason = f"the autoencoder tells artists kept from it apart no better than the features do ({shares})"
    return first, reason
