"""Which descriptors set a cluster apart, which clusters lie next to it, and which works lie between the two."""

import numpy as np

__all__ = ["descriptor_shares", "neighboring_clusters"]


def descriptor_shares(blocks, labels):
    """Say how far each descriptor sets each cluster apart from the rest.

    For a descriptor, the separation of a cluster is the mean cosine of its rows with each other less that with all
    other rows, in units of the standard deviation of the cosine over all pairs of rows. So descriptors of other
    dimensions and spreads can be compared.

    Parameters
    ----------
    blocks : dict of str to (n, d) float array
        Features of each descriptor.
    labels : (n,) int
        Negative: no cluster; such rows count among the others.

    Returns
    -------
    dict of int to list of dict
        For each cluster, the strongest descriptor first: ``name``; ``separation``; ``share`` of the separations above
        0 (0 for others). All 0 where a cluster has fewer than two rows or there are no other rows.

    Examples
    --------
    >>> blocks = {"sees it": np.array([[1, 0], [1, 0], [0, 1], [0, 1]]), "blind": np.ones((4, 2))}
    >>> [(one["name"], one["share"]) for one in descriptor_shares(blocks, np.array([0, 0, 1, 1]))[0]]
    [('sees it', 1.0), ('blind', 0.0)]
    """
    labels = np.asarray(labels)
    clusters = np.unique(labels[labels >= 0]).tolist()
    found = {label: [] for label in clusters}
    for name, X in blocks.items():
        unit = unit_rows(np.asarray(X, dtype=np.float32))
        n, total = len(unit), unit.sum(axis=0, dtype=np.float64)
        own = float((unit**2).sum())  # cosines of rows with themselves, which are no pairs
        pairs = max(n * (n - 1), 1)
        mean = (float(total @ total) - own) / pairs
        # The sum of all squared cosines is the squared norm of the Gram matrix, the smaller of its two forms.
        gram = unit.T @ unit if unit.shape[1] <= n else unit @ unit.T
        square = (float((gram.astype(np.float64) ** 2).sum()) - own) / pairs
        spread = np.sqrt(max(square - mean**2, 0))
        for label in clusters:
            members = labels == label
            m = int(members.sum())
            inner = unit[members].sum(axis=0, dtype=np.float64)
            separation = 0.0
            if m > 1 and m < n and spread > 1e-6:
                within = (float(inner @ inner) - float((unit[members] ** 2).sum())) / (m * (m - 1))
                outside = float(inner @ (total - inner)) / (m * (n - m))
                separation = (within - outside) / spread
            found[label].append({"name": name, "separation": float(separation)})
    for rows in found.values():
        above = sum(max(row["separation"], 0) for row in rows)
        for row in rows:
            row["share"] = max(row["separation"], 0) / above if above > 0 else 0.0
        rows.sort(key=lambda row: (-row["separation"], row["name"]))
    return found


def neighboring_clusters(adjacency, labels, *, n_clusters=3, n_bridges=4):
    """Find the clusters that each cluster is linked with, and the works that make the bridge.

    Parameters
    ----------
    adjacency : (n, n) CSR, symmetric
        Weights at least 0.
    labels : (n,) int
        Negative: no cluster.
    n_clusters, n_bridges : int
        At most so many neighbours of a cluster, and works for each.

    Returns
    -------
    dict of int to list of dict
        For each cluster, the nearest first: ``cluster``; ``share`` of the link weight that leaves the first for any
        other; ``bridges``: rows of either cluster, by the link weight that they have into the other one.

    Examples
    --------
    >>> from artgraph.testing import toy_adjacency
    >>> neighboring_clusters(toy_adjacency("two triangles"), np.array([0, 0, 0, 1, 1, 1]))[0]
    [{'cluster': 1, 'share': 1.0, 'bridges': [2, 3]}]
    """
    labels = np.asarray(labels)
    k = int(labels.max(initial=-1)) + 1
    near = {label: [] for label in np.unique(labels[labels >= 0]).tolist()}
    links = adjacency.tocoo()
    start, end = labels[links.row], labels[links.col]
    across = (start >= 0) & (end >= 0) & (start != end)
    rows, start, end, weight = links.row[across], start[across], end[across], links.data[across].astype(np.float64)
    between = np.bincount(start * k + end, weights=weight, minlength=k * k).reshape(k, k)
    for label in near:
        leaving = between[label].sum()
        for other in np.lexsort((np.arange(k), -between[label]))[:n_clusters].tolist():
            if between[label, other] <= 0:
                break
            pair = ((start == label) & (end == other)) | ((start == other) & (end == label))
            works, place = np.unique(rows[pair], return_inverse=True)
            into = np.bincount(place, weights=weight[pair])
            best = works[np.lexsort((works, -into))][:n_bridges].tolist()
            near[label].append({"cluster": other, "share": float(between[label, other] / leaving), "bridges": best})
    return near
