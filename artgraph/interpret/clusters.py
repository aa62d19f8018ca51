"""What a cluster is: its typical works, colours, descriptors and neighbours."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from skimage.color import lab2rgb, rgb2lab
from sklearn.cluster import KMeans

from artgraph.checks import unit_rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["descriptor_shares", "exemplars", "neighboring_clusters", "palette", "typicality"]


def typicality(X: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cosine of each painting to the mean of its cluster's unit rows, (n,) float32 in [-1, 1].

    ``X`` is (n, d) float, ``labels`` (n,) int, -1 for none; 0 where there is no cluster or the row is zero.
    """
    unit = unit_rows(np.asarray(X, dtype=np.float32))
    typical = np.zeros(len(unit), dtype=np.float32)
    for label in np.unique(labels[labels >= 0]):
        members = labels == label
        typical[members] = unit[members] @ unit_rows(unit[members].mean(axis=0))
    return np.clip(typical, -1, 1)


def exemplars(
    typical: np.ndarray, labels: np.ndarray, groups: Sequence | None = None, *, n_works: int = 12, per_group: int = 2
) -> dict[int, list[int]]:
    """Choose the works that stand for each cluster, as rows: the most typical, not too many by one artist.

    The most typical stand first; works passed over for their artist at the end.

    Parameters
    ----------
    typical : (n,) float, as from ``typicality``.
    labels : (n,) int; negative: no cluster.
    groups : length n, artist of each painting, None where unknown.
    n_works : at most so many of a cluster.
    per_group : at most so many by one artist, as long as there are other works.

    Examples
    --------
    >>> exemplars(np.array([0.9, 0.8, 0.7, 0.6]), np.zeros(4, int), ["a", "a", "a", "b"], n_works=3)
    {0: [0, 1, 3]}
    """
    labels = np.asarray(labels)
    artists = [None] * len(labels) if groups is None else list(groups)
    chosen = {}
    for label in np.unique(labels[labels >= 0]).tolist():
        members = np.flatnonzero(labels == label)
        members = members[np.argsort(-np.asarray(typical)[members], kind="stable")].tolist()
        taken, passed, count = [], [], {}
        for row in members:
            artist = artists[row]
            count[artist] = count.get(artist, 0) + 1
            (passed if artist is not None and count[artist] > per_group else taken).append(row)
            if len(taken) == n_works:
                break
        chosen[label] = (taken + passed)[:n_works]
    return chosen


def palette(pictures: Sequence[bytes], *, n_colors: int = 6, seed: int = 0) -> list[str]:
    """Return the main colours of some pictures as ``#rrggbb``, the most frequent first; none without pictures.

    k-means over CIELAB pixels, 24 × 24 from each picture.

    Parameters
    ----------
    pictures : encoded images.
    n_colors, seed : at most so many colours; of k-means.
    """
    if not pictures:
        return []
    opened = [Image.open(io.BytesIO(picture)).convert("RGB").resize((24, 24)) for picture in pictures]
    pixels = rgb2lab(np.stack([np.asarray(picture) for picture in opened])).reshape(-1, 3)
    k = min(n_colors, len(np.unique(pixels.round(3), axis=0)))
    means = KMeans(k, n_init=2, random_state=seed).fit(pixels)
    order = np.argsort(-np.bincount(means.labels_, minlength=k), kind="stable")
    colors = np.round(np.clip(lab2rgb(means.cluster_centers_[order]), 0, 1) * 255).astype(int)
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in colors]


def descriptor_shares(blocks: Mapping[str, np.ndarray], labels: np.ndarray) -> dict[int, list[dict]]:
    """Say for each cluster how far each descriptor sets it apart from the rest, the strongest descriptor first.

    For a descriptor, the ``separation`` of a cluster is the mean cosine of its rows with each other less that with all
    other rows, in units of the standard deviation of the cosine over all pairs of rows. So descriptors of other
    dimensions and spreads can be compared. ``share`` is its share of the separations above 0 (0 for others). Both are 0
    where a cluster has fewer than two rows or there are no other rows. ``blocks`` hold the features, (n, d), of each
    descriptor, ``labels`` are (n,) int; rows with a negative one are in no cluster and count among the others.

    Examples
    --------
    >>> blocks = {"telling": np.array([[1, 0], [1, 0], [0, 1], [0, 1]]), "blind": np.ones((4, 2))}
    >>> [(one["name"], one["share"]) for one in descriptor_shares(blocks, np.array([0, 0, 1, 1]))[0]]
    [('telling', 1.0), ('blind', 0.0)]
    """
    labels = np.asarray(labels)
    found = {label: [] for label in np.unique(labels[labels >= 0]).tolist()}
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
        for label in found:
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


def neighboring_clusters(
    adjacency: csr_matrix, labels: np.ndarray, *, n_clusters: int = 3, n_bridges: int = 4
) -> dict[int, list[dict]]:
    """Find the clusters that each cluster is linked with, the nearest first, and the works that make the bridge.

    ``share`` is that of the link weight that leaves the cluster for any other; ``bridges`` are rows of either cluster,
    by the link weight that they have into the other one.

    Parameters
    ----------
    adjacency : (n, n), symmetric, weights at least 0.
    labels : (n,) int; negative: no cluster.
    n_clusters, n_bridges : at most so many neighbours of a cluster, and works for each.

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
