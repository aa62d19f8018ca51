"""How far persons agree who decided about the same pairs of works."""

from collections.abc import Iterable
from itertools import combinations

from artgraph.decisions.table import Decision

__all__ = ["kappas"]


def kappas(decisions: Iterable[Decision]) -> list[dict]:
    """Compare every two persons over the pairs of works that both called "same" or "different".

    Cohen's kappa (1960, doi:10.1177/001316446002000104), by scikit-learn: 1 for full agreement, 0 for as much as chance
    gives.

    Parameters
    ----------
    decisions : those in force for each person, as ``InForce.spoken``.

    Returns
    -------
    list of dict
        ``who`` (two names), ``n`` (pairs of works), ``agree`` (share), ``kappa`` (None where it is not defined: each of
        them gave one answer throughout).
    """
    from sklearn.metrics import cohen_kappa_score

    said: dict[str, dict[frozenset, str]] = {}
    for one in decisions:
        if one.kind in ("same", "different"):
            said.setdefault(one.who, {})[frozenset((one.work, one.other))] = one.kind
    found = []
    for first, second in combinations(sorted(said), 2):
        common = sorted(said[first].keys() & said[second].keys(), key=sorted)
        if not common:
            continue
        a, b = ([said[who][pair] for pair in common] for who in (first, second))
        agree = sum(x == y for x, y in zip(a, b, strict=True)) / len(common)
        kappa = float(cohen_kappa_score(a, b)) if len({*a, *b}) > 1 else None
        found.append({"who": [first, second], "n": len(common), "agree": agree, "kappa": kappa})
    return found
