"""Whether artists' names are used, whether an autoencoder is trained, and which partition is shown first."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import catalogue_of

if TYPE_CHECKING:
    from artgraph.catalogue import Catalogue
    from artgraph.corpus import Corpus

__all__ = [
    "ARTIST_EDGE_WEIGHT", "LEADS", "MIN_EDGES_FOR_VGAE", "MIN_PAINTINGS_FOR_VGAE", "latent_edges", "lead_of",
    "names_for", "shown_first", "wants_vgae", "which_leads",
]  # fmt: skip

LEADS = ("auto", "leiden", "vgae-leiden")
MIN_PAINTINGS_FOR_VGAE = 50
MIN_EDGES_FOR_VGAE = 10
ARTIST_EDGE_WEIGHT = 2.0  # beside neighbours by other artists; 8 agrees with style more and joins an artist's manners
STYLE = Ref("graphs", "style")


def names_for(corpus: Corpus, asked: bool | None = None) -> tuple[bool, list[str]]:
    """Decide whether artists' names link works and teach the autoencoder; return that, and lines that say so.

    Names are used where 30 artists have two works: so many are needed to hold some out and see whether names help.
    A corpus that has a graph stays with what that was made with, so that a collection that grows, or is given names
    later, gets no other clusters unasked.

    Parameters
    ----------
    corpus
    asked : What a person said; it is done, and no line says more.

    Returns
    -------
    (used, lines) : bool, list of str
    """
    if asked is not None:
        return asked, []
    from artgraph.learning.artists import MIN_ARTISTS

    catalogue = catalogue_of(corpus)
    several = sum(count > 1 for count in catalogue.works_by_artist.values())
    have = f"{several or 'no'} artist{' has' if several < 2 else 's have'} two works or more"
    before = bool(Lineage(corpus).params(STYLE)["artist_edges"]) if corpus.has(*STYLE) else None
    used = bool(several) and (catalogue.has_many_artists if before is None else before)
    if used:
        why = "as before" if before else f"because {have}"
        return True, [f"Artists' names link works and teach the autoencoder, {why}. Without them: --no-artist-edges"]
    if several >= MIN_ARTISTS:
        return False, [f"Artists' names are not used, as before, though {have}. To use them: --artist-edges"]
    if not any(map(catalogue.attribution, range(len(corpus)))):
        return False, []
    advice = " To use them all the same: --artist-edges" if several else ""
    return False, [f"Artists' names are not used: {have}, and {MIN_ARTISTS} show whether names help.{advice}"]


def wants_vgae(corpus: Corpus, lead: str, *, names: bool) -> tuple[bool, list[str]]:
    """Decide whether an autoencoder is trained; return that, and lines that say why not.

    Without names it agrees with style no better than the features that go in (``experiments/artgraph_itself.py``), so
    it is trained where names teach, where it is asked for, and where it is there already.

    Parameters
    ----------
    corpus, lead : As for ``lead_of``.
    names : Whether artists' names teach.
    """
    if len(corpus) < MIN_PAINTINGS_FOR_VGAE:
        return False, []
    edges = corpus.label(*STYLE)["facts"]["edges"]
    if not (names or lead == "vgae-leiden" or corpus.has("models", "vgae")):
        return False, [
            "No autoencoder is trained: without artists' names it finds style no better than the features do. "
            f"To train one: --lead vgae-leiden, or artgraph train-vgae {shlex.quote(str(corpus.path))}"
        ]
    if edges < MIN_EDGES_FOR_VGAE:
        return False, [
            f"No latents: {edges} links are too few to learn from ({MIN_EDGES_FOR_VGAE} are needed). "
            "Pictures that are copies of each other, or look the same, are not linked."
        ]
    return True, []


def latent_edges(catalogue: Catalogue, *, names: bool) -> dict[str, Any]:
    """Return how a graph of latents is built beyond the defaults, as keyword arguments of ``build_graph``.

    Names set an artist's works apart from all others, so neighbours are then sought among works by other artists, and
    works by one artist are linked in a layer of their own.

    Parameters
    ----------
    catalogue
    names : Whether artists' names taught the autoencoder.
    """
    if not (names and catalogue.has_many_artists):
        return {}
    return {"cross_artist": True, "artist_edges": True, "artist_edge_weight": ARTIST_EDGE_WEIGHT}


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
        if len(corpus) < MIN_PAINTINGS_FOR_VGAE:
            return "leiden", f"an autoencoder needs {MIN_PAINTINGS_FOR_VGAE} paintings"
        if corpus.has(*STYLE) and corpus.label(*STYLE)["facts"]["edges"] < MIN_EDGES_FOR_VGAE:
            return "leiden", "there are too few links"
        return "leiden", "no autoencoder was trained"
    taught = bool(Lineage(corpus).taught_by_names(Ref("features", "vgae")))
    return which_leads(corpus.label("models", "vgae")["facts"], lead=lead, taught=taught)


def which_leads(facts: Mapping[str, Any], *, lead: str = "auto", taught: bool) -> tuple[str, str]:
    """Return which partition leads, and why, where an autoencoder was trained; see ``lead_of``.

    Parameters
    ----------
    facts : Of its training.
    lead : As for ``lead_of``.
    taught : Whether artists' names taught it.
    """
    before, after = facts.get("artist_precision_before"), facts.get("artist_precision")
    known = before is not None and after is not None
    shares = f"{_apart(before, after)} of the nearest works are by the same artist" if known else ""
    better = taught and known and after > before
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


def _apart(before: float, after: float) -> str:
    """Write two shares with as many decimals as they need to differ, at most two."""
    texts = [(f"{before:.{decimals}%}", f"{after:.{decimals}%}") for decimals in range(3)]
    first, second = next((pair for pair in texts if pair[0] != pair[1]), texts[0])
    return f"{first} → {second}"


def shown_first(corpus: Corpus) -> str:
    """Return the partition that the page in a ``corpus`` shows first; without one, that which leads; else "leiden"."""
    from artgraph.atlas.page import data_of

    page = data_of(corpus.path / "atlas")
    if page is not None and corpus.has("partitions", page["name"]):
        return page["name"]
    return lead_of(corpus)[0] if corpus.has("partitions", "vgae-leiden") else "leiden"
