"""One sentence about a cluster, that claims no more than its figures."""

__all__ = ["cluster_sentence", "listed"]


def cluster_sentence(facts, *, n_works, suspect=(), max_p=0.01):
    """Say in a sentence or two what a cluster is.

    Parameters
    ----------
    facts : dict
        ``size``, ``artists`` and ``decades`` (lists of dict with ``name``, ``count``, ``size``, ``lift``, ``p``),
        ``columns`` (dict of such lists), ``descriptors`` (list of dict with ``name`` and ``share``), ``known`` (dict:
        how many works of the cluster have an artist, a date).
    n_works : int
        Works in all clusters.
    suspect : sequence of dict
        ``column``, ``value``, ``share``, ``in_collection``: what the cluster may follow instead of style.
    max_p : float
        Nothing with a higher corrected p is named.

    Returns
    -------
    str

    Examples
    --------
    >>> one = {"name": "Claude Monet", "count": 8, "size": 10, "lift": 4.0, "p": 0.001}
    >>> facts = {"size": 20, "artists": [one], "decades": [], "columns": {}, "descriptors": [], "known": {"artists": 9}}
    >>> cluster_sentence(facts, n_works=100)
    '20 of 100 works; over-represented: Claude Monet (8 of 10 works).'
    """
    parts = []
    artists = [row for row in facts["artists"] if row["p"] <= max_p][:3]
    if artists:
        parts.append(listed(f"{row['name']} ({row['count']} of {row['size']} works)" for row in artists))
    for column, rows in facts["columns"].items():
        if best := [row for row in rows if row["p"] <= max_p][:1]:
            share = best[0]["count"] / max(best[0]["cluster_size"], 1)
            parts.append(f"{column} {best[0]['name']} ({share:.0%} of it, {best[0]['lift']:.1f} times the usual)")
    decades = sorted(row["name"] for row in facts["decades"] if row["p"] <= max_p)
    if decades:
        parts.append(f"the {decades[0]}" if len(decades) == 1 else f"the {decades[0]} to {decades[-1]}")
    text = f"{facts['size']:,} of {n_works:,} works"
    if parts:
        text += "; over-represented: " + "; ".join(parts)
    elif facts["known"].get("artists") or facts["known"].get("decades") or facts["columns"]:
        text += "; no artist, decade or other column is clearly over-represented"
    equal = 1 / max(len(facts["descriptors"]), 1)
    strong = [row["name"] for row in facts["descriptors"] if row["share"] > 1.2 * equal][:2]
    if strong and equal < 1:
        text += f"; set apart above all by {listed(strong)}"
    text += "."
    for row in list(suspect)[:2]:
        value = row["column"] if row["value"] == "yes" else f"{row['column']}: {row['value']}"
        of_all = f"{row['in_collection']:.0%} of all"
        text += f" Caution: {row['share']:.0%} of it share a trait of the reproduction ({value}; {of_all})."
    return text


def listed(parts):
    """Join parts (iterable of str) as in 'a, b and c'."""
    parts = list(parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""
