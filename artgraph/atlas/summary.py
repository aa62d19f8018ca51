"""What each cluster holds, in numbers that a page can print: artists, years, reference labels, neighbours."""

import re
from collections import Counter

import numpy as np

__all__ = ["first_year", "known_artist", "summarize"]

_YEAR = re.compile(r"(?<!\d)(\d{3,4})(?!\d)")
_NOBODY = {"", "unknown", "anonymous", "unknown artist", "anonymous artist", "n/a", "none", "-", "?"}


def first_year(date):
    """Find the first year that a date names.

    Parameters
    ----------
    date : str or None
        As catalogues write it: "1503", "c. 1503-1506", "12.4.1877".

    Returns
    -------
    int or None
        A number of three or four digits from 100 to 2100; None where there is none.

    Examples
    --------
    >>> first_year("c. 1503-1506")
    1503
    """
    for found in _YEAR.findall(date or ""):
        if 100 <= int(found) <= 2100:
            return int(found)
    return None


def known_artist(name):
    """Return the name of an artist (str), or None where it only says that nobody is known.

    Examples
    --------
    >>> known_artist("Berthe Morisot"), known_artist("Unknown")
    ('Berthe Morisot', None)
    """
    return None if name is None or name.strip().lower() in _NOBODY else name


def summarize(labels, columns, *, typicality=None, neighbors=None, reference=None, given=None):
    """Count, for every cluster, what the page shows of it.

    Parameters
    ----------
    labels : array, shape (n,), int
        Cluster of each painting; negative for none.
    columns : dict of str to list, length n
        Text of each painting, None where missing; "artist", "date" and ``reference`` are read.
    typicality : array, shape (n,), float, optional
        Higher is more typical; works are listed by it, NaN last. By default in row order.
    neighbors : array, shape (n, m), int, optional
        Nearest paintings of each; negative for none.
    reference : str, optional
        Column whose values are counted in each cluster.
    given : list of dict, optional
        ``label`` and any of ``name``, ``sentence``, ``palette``, ``exemplars`` (rows shown first), ``report`` (handed
        on as it is).

    Returns
    -------
    list of dict
        One for each cluster in ascending label, "none" (-1) last: ``label``, ``name``, ``sentence``, ``palette``,
        ``works`` (rows), ``artists`` (name, works here, works in all), ``artists_in_all``, ``years`` (first, median,
        last), ``decades`` (decade, works), ``reference`` (value, works) and ``near`` (label, share of the links that
        leave the cluster), ``report``.
    """
    labels = np.asarray(labels)
    n = len(labels)
    artists = [known_artist(a) for a in columns.get("artist", [None] * n)]
    everywhere = Counter(a for a in artists if a)
    years = [first_year(d) for d in columns.get("date", [None] * n)]
    rank = np.zeros(n) if typicality is None else -np.nan_to_num(np.asarray(typicality, float), nan=-np.inf)
    words = {int(g["label"]): g for g in given or ()}
    near = _near(labels, neighbors)

    found = []
    for label in sorted({int(v) for v in labels}, key=lambda v: (v < 0, v)):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(rank[rows], kind="stable")].tolist()
        extra = words.get(label, {})
        first = [int(r) for r in extra.get("exemplars") or () if 0 <= int(r) < n and labels[int(r)] == label]
        rows = list(dict.fromkeys(first + rows))
        counts = Counter(artists[r] for r in rows if artists[r])
        dated = sorted(years[r] for r in rows if years[r] is not None)
        found.append(
            {
                "label": label,
                "name": _text(extra.get("name")),
                "sentence": _text(extra.get("sentence")),
                "palette": [c for c in map(str, extra.get("palette") or ()) if re.fullmatch(r"#[0-9a-fA-F]{6}", c)],
                "works": rows,
                "artists": [[a, c, everywhere[a]] for a, c in _ranked(counts)[:100]],
                "artists_in_all": len(counts),
                "years": [dated[0], dated[(len(dated) - 1) // 2], dated[-1]] if dated else None,
                "decades": sorted(Counter(y // 10 * 10 for y in dated).items()),
                "reference": _ranked(Counter(columns[reference][r] or None for r in rows)) if reference else [],
                "near": near.get(label, []),
                "report": extra.get("report"),
            }
        )
    return found


def _ranked(counts):
    return [list(pair) for pair in sorted(counts.items(), key=lambda p: (p[0] is None, -p[1], str(p[0])))]


def _text(value):
    return None if value is None or not str(value).strip() else str(value)


def _near(labels, neighbors):
    if neighbors is None or not np.size(neighbors):
        return {}
    ends = np.asarray(neighbors)
    start = np.repeat(labels, ends.shape[1])
    ends = ends.reshape(-1)
    start, end = start[ends >= 0], labels[ends[ends >= 0]]
    leaves = (start != end) & (start >= 0) & (end >= 0)
    near = {}
    for a in np.unique(start[leaves]):
        to, count = np.unique(end[leaves & (start == a)], return_counts=True)
        best = np.lexsort((to, -count))[:6]
        near[int(a)] = [[int(to[b]), round(float(count[b] / count.sum()), 3)] for b in best]
    return near
