"""What a cluster is, in a few sentences that claim no more than was tested."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["cluster_sentence", "listed", "visual_sentence", "words_sentence"]

TRAITS = {  # (column, value) of what a cluster may follow instead of style: how one says it
    ("greyscale", "yes"): "are reproduced in black and white",
    ("one tone", "yes"): "are pictures in a single hue",
    ("margin", "narrow"): "have a narrow even margin",
    ("margin", "wide"): "have a wide even margin",
}
MOST = 5  # differences named in a sentence


def visual_sentence(differences: Sequence[Mapping[str, Any]]) -> str:
    """Say how the works of a cluster look beside the others, in a sentence; "" where nothing sets them apart.

    Parameters
    ----------
    differences : the largest first. Five are named: the first of each ``family``, then second ones. ``words``
        ("darker", "more blues"), ``adjective`` (bool: whether the words follow "are", or else "have"), ``effect`` (-1
        ... 1); for dates also ``half`` and ``half_rest``, each two years between which half of the works lie. Where all
        have a ``p``, the largest of those named is said.

    Examples
    --------
    >>> dark = {"words": "darker", "adjective": True, "effect": -0.7}
    >>> centre = {"words": "a light middle on darker ground", "adjective": False, "effect": 0.6}
    >>> visual_sentence([dark, centre])
    'Compared with the rest, these works tend to be darker and to have a light middle on darker ground.'
    >>> visual_sentence([dark | {"p": 0.0204}])
    'Compared with the rest, these works tend to be darker (p ≤ 0.021).'
    """
    seen: dict[str, int] = {}
    turns = []
    for place, row in enumerate(differences):
        family = row.get("family", row["words"])
        seen[family] = seen.get(family, 0) + 1
        turns.append((seen[family], place))
    chosen = [differences[place] for _, place in sorted(turns)[:MOST]]
    how = [str(row["words"]) + _span(row) for row in chosen if row["adjective"]]
    what = [str(row["words"]) for row in chosen if not row["adjective"]]
    said = [f"{verb} {listed(words)}" for verb, words in (("to be", how), ("to have", what)) if words]
    if not said:
        return ""
    joined = (", and " if len(chosen) > 3 else " and ").join(said)
    return f"Compared with the rest, these works tend {joined}{_chance(chosen)}."


def words_sentence(words: Sequence[Mapping[str, Any]]) -> str:
    """Say which words fit the works of a cluster, in a sentence; "" where none stands out.

    Parameters
    ----------
    words : from ``cluster_words``: ``term``, ``margin`` above what random phrases reach.

    Examples
    --------
    >>> words_sentence([{"term": "thick impasto", "margin": 0.0123}, {"term": "night", "margin": 0.004}])
    'Words that fit these works better than the others: thick impasto (0.012 beyond random phrases) and night (0.004).'
    """
    said = [
        f"{one['term']} ({one['margin']:.3f}{'' if place else ' beyond random phrases'})"
        for place, one in enumerate(words)
    ]
    return f"Words that fit these works better than the others: {listed(said)}." if said else ""


def cluster_sentence(
    facts: Mapping[str, Any], *, n_works: int, suspect: Sequence[Mapping[str, Any]] = (), max_p: float = 0.01
) -> str:
    """Say in a few sentences what a cluster is: how it looks, and what the catalogue has more often there.

    Where nothing stands out, only the number of works is said.

    Parameters
    ----------
    facts : ``size``, ``artists`` and ``decades`` (lists of dict with ``name``, ``count``, ``size``, ``cluster_size``,
        ``lift``, ``p``), ``columns`` (dict of such lists), ``visual`` (see ``visual_sentence``).
    n_works : works in all clusters.
    suspect : ``column``, ``value``, ``share``, ``in_collection``: what the cluster may follow instead of style.
    max_p : nothing of the catalogue with a higher corrected p is named.

    Examples
    --------
    >>> one = {"name": "Claude Monet", "count": 8, "size": 10, "lift": 4.0, "p": 0.001}
    >>> dark = {"words": "lighter", "adjective": True, "effect": 0.7}
    >>> facts = {"size": 20, "artists": [one], "decades": [], "columns": {}, "visual": [dark]}
    >>> for sentence in cluster_sentence(facts, n_works=100).split(". "):
    ...     print(sentence)
    20 of 100 works
    Compared with the rest, these works tend to be lighter
    More frequent here: Claude Monet (8 of 10 works).
    """
    sentences = [f"{facts['size']:,} of {n_works:,} works."]
    if seen := visual_sentence(facts.get("visual", ())):
        sentences.append(seen)
    parts = []
    if artists := [row for row in facts["artists"] if row["p"] <= max_p][:3]:
        parts.append(listed(f"{row['name']} ({row['count']} of {row['size']} works)" for row in artists))
    for column, rows in facts["columns"].items():
        if best := [row for row in rows if row["p"] <= max_p][:1]:
            share = best[0]["count"] / max(best[0]["cluster_size"], 1)
            parts.append(
                f"the {column.replace('_', ' ')} {best[0]['name']} "
                f"({share:.0%} of the works here, {best[0]['lift']:.1f} times its share of all)"
            )
    if decades := sorted(row["name"] for row in facts["decades"] if row["p"] <= max_p):
        parts.append(f"the {decades[0]}" if len(decades) == 1 else f"the {decades[0]} to {decades[-1]}")
    if parts:
        sentences.append(f"More frequent here: {'; '.join(parts)}.")
    for row in list(suspect)[:2]:
        plain = TRAITS.get((row["column"], row["value"]), f"have {row['column'].replace('_', ' ')} '{row['value']}'")
        sentences.append(
            f"Caution: {row['share']:.0%} of them {plain} ({row['in_collection']:.0%} of all works), which may be what "
            "holds them together."
        )
    return " ".join(sentences)


def listed(parts: Iterable[str]) -> str:
    """Join ``parts`` as in 'a, b and c'."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def _chance(rows: Sequence[Mapping[str, Any]]) -> str:
    if not all("p" in row for row in rows):
        return ""
    largest = max(row["p"] for row in rows)
    said = "p < 0.001" if largest < 0.001 else f"p ≤ {math.ceil(1000 * largest - 1e-9) / 1000:.3f}"
    return f" ({'each ' if len(rows) > 1 else ''}{said})"


def _span(row: Mapping[str, Any]) -> str:
    if row.get("half") is None or row.get("half_rest") is None:
        return ""
    (start, end), (first, last) = ([_year(year) for year in row[key]] for key in ("half", "half_rest"))
    return f" (half of them {start} to {end}, half of the others {first} to {last})"


def _year(year: float) -> str:
    return f"{-year:.0f} BC" if year < 0 else f"{year:.0f}"
