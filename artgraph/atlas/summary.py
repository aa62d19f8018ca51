"""What each cluster holds, in numbers that a page can print: artists, years, reference labels, neighbours."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from artgraph.atlas.pack import year_number

__all__ = ["summarize"]


def summarize(
    labels: np.ndarray,
    artists: Sequence[str | None],
    years: np.ndarray,
    *,
    typicality: np.ndarray | None = None,
    neighbors: np.ndarray | None = None,
    reference: Sequence[str | None] | None = None,
    descriptions: Sequence[Mapping] = (),
) -> list[dict]:
    """Count, for every cluster, what the page shows of it.

    In ascending label, "none" (-1) last: ``label``, ``name``, ``sentence``, ``palette``, ``works`` (rows), ``artists``
    (name, works here, works in all), ``artists_in_all``, ``years`` (first, median, last), ``decades`` (decade, works),
    ``reference`` (value, works), ``near`` (label, share of the links that leave the cluster) and ``report``.

    Parameters
    ----------
    labels : (n,) int, cluster of each painting; negative for none.
    artists : n names or None.
    years : (n,) float, NaN where unknown, negative before Christ.
    typicality : (n,) float; works are listed by it, highest first, NaN last. By default in row order.
    neighbors : (n, m) int, nearest paintings of each; negative for none.
    reference : n values, text or None, that are counted in each cluster.
    descriptions : as in ``Clusters``; ``exemplars`` are listed first, ``report`` is handed on as it is.
    """
    labels, years = np.asarray(labels), np.asarray(years, dtype=float)
    everywhere = Counter(a for a in artists if a)
    rank = np.zeros(len(labels)) if typicality is None else -np.nan_to_num(np.asarray(typicality, float), nan=-np.inf)
    described = {int(d["label"]): d for d in descriptions}
    near = _near(labels, neighbors)

    found = []
    for label in sorted(set(labels.tolist()), key=lambda v: (v < 0, v)):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(rank[rows], kind="stable")].tolist()
        about, members = described.get(label, {}), set(rows)
        rows = list(dict.fromkeys([int(r) for r in about.get("exemplars") or () if int(r) in members] + rows))
        counts = Counter(artists[r] for r in rows if artists[r])
        dated = np.sort(years[rows][np.isfinite(years[rows])])
        ends = dated[[0, (len(dated) - 1) // 2, -1]].tolist() if len(dated) else []
        found.append(
            {
                "label": label,
                "name": _text(about.get("name")),
                "sentence": _text(about.get("sentence")),
                "palette": [c for c in map(str, about.get("palette") or ()) if re.fullmatch(r"#[0-9a-fA-F]{6}", c)],
                "works": rows,
                "artists": [[a, c, everywhere[a]] for a, c in _ranked(counts)[:100]],
                "artists_in_all": len(counts),
                "years": [year_number(year) for year in ends] or None,
                "decades": sorted(Counter((dated // 10 * 10).astype(int).tolist()).items()),
                "reference": _ranked(Counter(reference[r] or None for r in rows)) if reference else [],
                "near": near.get(label, []),
                "report": about.get("report"),
            }
        )
    return found


def _ranked(counts: Counter) -> list[list]:
    return [list(pair) for pair in sorted(counts.items(), key=lambda p: (p[0] is None, -p[1], str(p[0])))]


def _text(value: object) -> str | None:
    return None if value is None or not str(value).strip() else str(value)


def _near(labels: np.ndarray, neighbors: np.ndarray | None) -> dict[int, list]:
    if neighbors is None or not np.size(neighbors):
        return {}
    start, ends = np.repeat(labels, np.shape(neighbors)[1]), np.ravel(neighbors)
    start, end = start[ends >= 0], labels[ends[ends >= 0]]
    leaves = (start != end) & (start >= 0) & (end >= 0)
    near = {}
    for a in np.unique(start[leaves]):
        to, count = np.unique(end[leaves & (start == a)], return_counts=True)
        best = np.lexsort((to, -count))[:6]
        near[int(a)] = [[int(to[b]), round(float(count[b] / count.sum()), 3)] for b in best]
    return near
