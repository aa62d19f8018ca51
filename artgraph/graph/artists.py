"""Same-artist links: a layer of their own, never mixed invisibly with similarity."""

import re
import unicodedata

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from artgraph.errors import InputError

__all__ = ["artist_links", "linkable_artists"]

NOBODY = re.compile(
    r"^(unknown|anonymous|anonym(e|us)?|anon\.?|unidentified|various|unbekannt(er)?|inconnu|неизвестный)\b",
    re.IGNORECASE,
)
NOT_THE_HAND = re.compile(
    r"\b(after|copy|copies|copyist|follower|followers|school|workshop|studio|atelier|circle|pupil|student|manner|style|"
    r"imitator|attributed|attr|ascribed|assistant|forger)\b|\?|^(nach|schule|werkstatt|umkreis|d'après)\b|"
    r"^(follow|imit)\. ",
    re.IGNORECASE,
)
SEVERAL = re.compile(r";|\||&| and | with | und | et ", re.IGNORECASE)


def linkable_artists(artists):
    """Return, for each painting, the name under which its hand may be linked to others, or None.

    ============================================================  ==========================
    what the file says                                            link
    ============================================================  ==========================
    ``Rembrandt``                                                 to other works by Rembrandt
    missing, empty, ``Unknown``, ``Anonymous``, ``Various``       none
    ``after``, ``copy of``, ``follower of``, ``school of``,       none: it is not the hand
    ``workshop of``, ``pupil of``, ``attributed to``, ``Name ?``
    several makers (``A; B``, ``A and B``, ``A | B``)             none: whose manner is it?
    ============================================================  ==========================

    Names are compared after Unicode NFKC, case folding and joining of white space, and in no other way.

    Parameters
    ----------
    artists : sequence of str or missing, length n

    Returns
    -------
    list of str or None, length n

    Examples
    --------
    >>> linkable_artists(["Rembrandt", "workshop of Rembrandt", "REMBRANDT ", "Unknown", None])
    ['rembrandt', None, 'rembrandt', None, None]
    """
    names = []
    for artist in artists:
        text = "" if pd.isna(artist) else " ".join(unicodedata.normalize("NFKC", str(artist)).casefold().split())
        refused = not text or NOBODY.search(text) or NOT_THE_HAND.search(text) or SEVERAL.search(text)
        names.append(None if refused else text)
    return names


def artist_links(artists, X, *, links_per_painting=3):
    """Link each painting to the nearest works by the same hand.

    Parameters
    ----------
    artists : sequence of str or missing, length n
        Read by ``linkable_artists``.
    X : (n, d) float array
        Features; of the works by one hand the nearest (cosine) are linked, so that an artist who changed manner is
        linked within manners before across them.
    links_per_painting : int
        Links that each painting asks for; it may be asked for by others.

    Returns
    -------
    (n, n) float32 CSR
        Symmetric, zero diagonal. A link weighs max(0, cosine): between works that look nothing alike it weighs nothing
        and is left out.
    """
    names = np.array(linkable_artists(artists), dtype=object)
    X = np.asarray(X, dtype=np.float32)
    if len(names) != len(X):
        raise InputError(f"{len(names)} artists for {len(X)} rows of features")
    length = np.linalg.norm(X, axis=1, keepdims=True)
    unit = np.divide(X, length, out=np.zeros_like(X), where=length > 1e-12)
    groups = pd.Series(np.arange(len(names))).groupby(names).indices  # missing names are in no group
    sources, targets, weights = [], [], []
    for members in groups.values():
        k = min(links_per_painting, len(members) - 1)
        if k < 1:
            continue
        cosine = unit[members] @ unit[members].T
        np.fill_diagonal(cosine, -np.inf)
        near = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
        sources.append(np.repeat(members, k))
        targets.append(members[near].ravel())
        weights.append(np.take_along_axis(cosine, near, axis=1).ravel())
    n = len(names)
    if not sources:
        return csr_matrix((n, n), dtype=np.float32)
    weight = np.maximum(np.concatenate(weights), 0)
    links = csr_matrix((weight, (np.concatenate(sources), np.concatenate(targets))), shape=(n, n), dtype=np.float32)
    links.eliminate_zeros()
    return links.maximum(links.T).tocsr()
