"""Works that come later are placed in the clusters, each as if it alone had come."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
import scipy.sparse as sp

from artgraph.checks import unit_rows
from artgraph.descriptors import apply_fusion
from artgraph.estimator.fitting import Clustered, Fitted, Latents
from artgraph.graph import Neighbors, edge_weights
from artgraph.graph.novelty import conformal_p, strangeness
from artgraph.graph.ranking import KINDS, ranked
from artgraph.learning.threads import single_threaded_algebra
from artgraph.stages.fitting import ALPHA

__all__ = ["place_new"]

SPARE = 8  # candidates beyond those asked for, from which the exact distances choose


def place_new(fitted: Fitted, blocks: Sequence[np.ndarray], *, device: str = "auto") -> np.ndarray:
    """Give new works clusters; no work changes where another goes, and none that was fitted moves.

    A work goes to the cluster that the quality of the partition gains most by. One that is farther from everything than
    the fitted works are, or has no links, has no cluster; one whose vector was fitted has the cluster of that.
    ``artgraph add`` does the same with the works that come together also linked to each other.

    Parameters
    ----------
    fitted
    blocks : (m, d_i) float32, the features of the new works.
    device : Of the autoencoder.

    Returns
    -------
    (m,) int32, -1 for none
    """
    with single_threaded_algebra():
        found, X = fitted.look, apply_fusion(blocks, fitted.fusion)
        links = _links(found, X)
        if fitted.leading is not found:
            found = fitted.leading
            links = _links(found, _latents(fitted.latents, fitted.look, X, links, device))
        labels = _best(found, links)
        own, new = strangeness(fitted.blocks, blocks)
        if len(own):
            labels[conformal_p(new, own) < ALPHA] = -1
    known = {row.tobytes(): at for at, row in reversed(list(enumerate(np.concatenate(fitted.blocks, axis=1))))}
    same = np.array([known.get(row.tobytes(), -1) for row in np.concatenate(blocks, axis=1)], dtype=np.int64)
    labels[same >= 0] = found.labels[same[same >= 0]]
    return labels


def _links(found: Clustered, X: np.ndarray) -> sp.csr_matrix:
    """Return the weights of the links of new works to those that were fitted, (m, n) CSR."""
    n, k = found.near.indices.shape
    m, cosine = len(X), found.metric == "cosine"
    rows = np.flatnonzero((found.near.duplicate_of < 0) & (found.X.any(axis=1) if cosine else True))
    indices, distances = np.full((m, k), -1, dtype=np.int32), np.full((m, k), np.inf, dtype=np.float32)
    some = np.flatnonzero(X.any(axis=1)) if cosine else np.arange(m)
    if len(rows) and len(some):
        there, new = found.X[rows], X[some]
        if cosine:
            there, new = unit_rows(there), unit_rows(new)
        else:
            middle = there.mean(axis=0, dtype=np.float64).astype(np.float32)
            there, new = there - middle, new - middle
        near = faiss.knn(new, there, min(k + SPARE, len(rows)), metric=KINDS[found.metric])[1]
        joined, names = np.concatenate([there, new]), np.concatenate([rows, n + some])
        queries = len(rows) + np.arange(len(some))
        near, far = ranked(joined, names, near, metric=found.metric, n_neighbors=k, queries=queries)
        indices[some, : near.shape[1]], distances[some, : near.shape[1]] = near, far
    # of the lists that were there, only those of neighbours are compared
    others = np.setdiff1d(np.arange(n), indices)
    before = found.near.indices.copy()
    before[others] = -1
    lists = Neighbors(
        np.concatenate([before, indices]),
        np.concatenate([np.where(before < 0, np.float32(np.inf), found.near.distances), distances]),
        np.full(n + m, -1, dtype=np.int32),
        found.near.recall,
    )
    return edge_weights(lists, kernel=found.kernel)[n:, :n].tocsr()


def _latents(latents: Latents, look: Clustered, X: np.ndarray, links: sp.csr_matrix, device: str) -> np.ndarray:
    """Return the latents of new works in the coordinates of their graph, (m, k) float32."""
    from artgraph.vgae import Config, encode

    both = sp.block_array([[look.style, links.T], [links, None]], format="csr")
    config = Config.of(latents.settings)
    mu, _ = encode(latents.state, np.concatenate([look.X, X]), both, config=config, device=device)
    return apply_fusion([mu[len(look.X) :]], latents.fusion)


def _best(found: Clustered, links: sp.csr_matrix) -> np.ndarray:
    """Return for each new work the cluster whose modularity it raises most, (m,) int32; -1 without links."""
    labels, degree = found.labels, np.asarray(found.adjacency.sum(axis=1)).ravel()
    member = np.flatnonzero(labels >= 0)
    k = int(labels.max(initial=-1)) + 1
    if not k or not len(member):
        return np.full(links.shape[0], -1, dtype=np.int32)
    clusters = sp.csr_array((np.ones(len(member)), (member, labels[member])), shape=(len(labels), k))
    weight = (sp.csr_array(links) @ clusters).toarray()
    size = np.bincount(labels[member], weights=degree[member], minlength=k)
    own = weight.sum(axis=1, keepdims=True)
    gain = weight - found.resolution * own * size / max(degree.sum(), 1e-12)
    gain[weight <= 0] = -np.inf
    return np.where(own.ravel() > 0, gain.argmax(axis=1), -1).astype(np.int32)
