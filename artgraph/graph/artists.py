"""Same-artist links: a layer of their own, never mixed invisibly with similarity."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from artgraph.checks import unit_rows
from artgraph.errors import InputError
from artgraph.graph.attribution import linkable_artists
from artgraph.graph.knn import knn

if TYPE_CHECKING:
    import torch

__all__ = ["SimilarityGate", "artist_links"]


def artist_links(
    artists: Sequence[str | None],
    X: np.ndarray | Sequence[np.ndarray],
    *,
    links_per_painting: int = 3,
    n_neighbors: int = 15,
    balance: float = 0.5,
    years: np.ndarray | None = None,
    max_years: float | None = None,
    qualifiers: Sequence[str | None] | None = None,
) -> csr_matrix:
    """Link each painting to the nearest works by the same artist; return float32 weights in (0, 1], symmetric.

    A link weighs the similarity gate of the descriptor in which the two are nearest, damped for prolific artists:

        w(i, j) = max over descriptors of clip((M - d) / (M - S), 0, 1) · min(1, (m̃ / m)^balance)

    with d the cosine distance of i and j, S the mean of their distances to their ``n_neighbors``-th neighbour among all
    paintings, M the mean of their distances to all paintings, m the number of works by that artist, and m̃ its median
    over paintings. So a link weighs 1 between works as near as neighbours are, and nothing between works no nearer than
    any two paintings: an artist who changed manner is linked within manners before across them.

    Parameters
    ----------
    artists, qualifiers : length n, missing where unknown; read by ``linkable_artists``.
    X : (n, d) float array, or a list of such, features; one gate per descriptor.
    links_per_painting : from each painting; it may have more, from others.
    n_neighbors : at most an eighth of the paintings are counted.
    balance : in [0, 1]; 0: a painting by a prolific artist has links as heavy as any; 1: the links of an artist sum to
        no more than those of one with the median number of works.
    years : (n,) float, as from ``parse_years``; NaN where unknown.
    max_years : works further apart are not linked; works without a year are.
    """
    names = np.array(linkable_artists(artists, qualifiers=qualifiers), dtype=object)
    n = len(names)
    blocks = [np.asarray(block, dtype=np.float32) for block in (X if isinstance(X, (list, tuple)) else [X])]
    if any(len(block) != n for block in blocks):
        raise InputError(f"{n} artists for {[len(block) for block in blocks]} rows of features")
    if max_years is not None and (years is None or len(years) != n):
        raise InputError("max_years needs the year of every painting (NaN where it is unknown)")
    years = None if years is None else np.asarray(years, dtype=np.float64)
    gates = [SimilarityGate(block, n_neighbors=n_neighbors) for block in blocks]
    groups = pd.Series(np.arange(n)).groupby(names).indices  # missing names are in no group
    groups = [members for members in groups.values() if len(members) > 1]
    sizes = [len(members) for members in groups]
    typical = np.median(np.repeat(sizes, sizes)) if sizes else 1
    sources, targets, weights = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0, np.float32)]
    for members in groups:
        damping = min(1.0, (typical / len(members)) ** balance)
        k = min(links_per_painting, len(members) - 1)
        for start in range(0, len(members), 1024):
            rows = members[start : start + 1024]
            gate = np.max([similarity_gate(rows, members) for similarity_gate in gates], axis=0)
            if max_years is not None:
                gate[np.abs(np.subtract.outer(years[rows], years[members])) > max_years] = 0  # NaN compares as False
            gate[np.arange(len(rows)), start + np.arange(len(rows))] = 0
            best = np.argsort(-gate, axis=1, kind="stable")[:, :k]
            sources.append(np.repeat(rows, k))
            targets.append(members[best].ravel())
            weights.append(damping * np.clip(np.take_along_axis(gate, best, axis=1), 0, 1).ravel())
    weight = np.concatenate(weights).astype(np.float32)
    links = csr_matrix((weight, (np.concatenate(sources), np.concatenate(targets))), shape=(n, n))
    links.eliminate_zeros()
    links = links.maximum(links.T).tocsr()
    links.sort_indices()
    return links


class SimilarityGate:
    """How near works are to each other: 1 as near as neighbours are, 0 as far as any two paintings.

    g(i, j) = (M - d) / (M - S), with d, M and S as in ``artist_links``; to be clipped to [0, 1].

    Parameters
    ----------
    X : (n, d) float array, features of one descriptor.
    n_neighbors : at most an eighth of the paintings are counted.
    """

    def __init__(self, X: np.ndarray, *, n_neighbors: int = 15) -> None:
        X = np.asarray(X, dtype=np.float32)
        self.unit = unit_rows(X)
        distances = knn(X, n_neighbors=max(1, min(n_neighbors, len(X) // 8))).distances
        last = np.where(np.isfinite(distances), distances, -1).max(axis=1, initial=-1).astype(np.float32)
        known = last >= 0
        self.last = np.where(known, last, 0)  # S: to the last neighbour
        mean = self.unit[known].mean(axis=0) if known.any() else np.zeros(X.shape[1], dtype=np.float32)
        self.far = np.where(known, 1 - self.unit @ mean, -np.inf)  # M: to all paintings; a row of zeros is near nothing

    def to(self, device: str) -> SimilarityGate:
        """Return the gate as tensors on a torch ``device``; NumPy's threads cost more between two steps of training."""
        import torch

        moved = copy(self)
        for name, values in vars(self).items():
            setattr(moved, name, torch.tensor(values, device=device))
        return moved

    def __call__(self, rows: np.ndarray | torch.Tensor, others: np.ndarray | torch.Tensor) -> np.ndarray | torch.Tensor:
        """Return g, (..., r, o) float32, of ``rows`` (..., r) and ``others`` (..., o); minus infinity for zero rows."""
        away = (self.far[rows][..., :, None] + self.far[others][..., None, :]) / 2  # (..., r, o)
        near = (self.last[rows][..., :, None] + self.last[others][..., None, :]) / 2  # (..., r, o)
        return (away - 1 + self.unit[rows] @ self.unit[others].swapaxes(-1, -2)) / (away - near).clip(1e-6)
