"""Edges that training samples and holds out, and pairs that are no edges. Never n × n pairs."""

from __future__ import annotations

import numpy as np
import torch
from scipy.sparse import csr_matrix, triu

from artgraph.geometric import HeteroData
from artgraph.graph.typed import SIMILAR

__all__ = ["EdgeSampler", "edge_keys", "hold_out_edges", "sample_non_edges"]

MOST_EDGES = 10_000  # held out: enough to know the area under the curve to 0.002


def hold_out_edges(
    adjacency: csr_matrix, share: float, rng: np.random.Generator
) -> tuple[csr_matrix, torch.Tensor, torch.Tensor]:
    """Split edges into those to train on and those to test on, with as many pairs that are no edges.

    Returns an (n, n) CSR, and (2, p) and (2, at most p) int64 tensors. ``torch_geometric.transforms.RandomLinkSplit``
    makes the same split from the global random states of torch and Python, in more than ten times the time:
    ``experiments.bench_graph --only pyg``.

    Parameters
    ----------
    adjacency : (n, n) CSR, symmetric, zero diagonal.
    share : in (0, 1), of the edges, to test on; no more than 10,000 of them.
    rng : numpy.random.Generator
    """
    upper = triu(adjacency, 1).tocoo()
    held = np.zeros(upper.nnz, dtype=bool)
    held[rng.permutation(upper.nnz)[: min(MOST_EDGES, max(1, round(share * upper.nnz)))]] = True
    pairs = torch.from_numpy(np.stack([upper.row, upper.col]).astype(np.int64))
    n = adjacency.shape[0]
    kept = csr_matrix((upper.data[~held], (upper.row[~held], upper.col[~held])), shape=(n, n))
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    negative = sample_non_edges(int(held.sum()), n, edge_keys(pairs, n).sort().values, generator=generator)
    return (kept + kept.T).tocsr(), pairs[:, held], negative


def edge_keys(pairs: torch.Tensor, n: int) -> torch.Tensor:
    """Return one number per unordered pair, the same for both directions, (p,) int64, for ``pairs`` (2, p) below n.

    >>> edge_keys(torch.tensor([[2, 1], [1, 2]]), 10)
    tensor([12, 12])
    """
    return pairs.min(dim=0).values * n + pairs.max(dim=0).values


def sample_non_edges(count: int, n: int, known: torch.Tensor, *, generator: torch.Generator) -> torch.Tensor:
    """Draw pairs that are no edges and no loops, evenly: (2, count) int64.

    There are fewer where a nearly complete graph has no more. ``torch_geometric.utils.negative_sampling`` draws from
    Python's global random state, on the CPU, and for 10,000 pairs beside a million edges takes a hundred times the
    time: ``experiments.bench_graph --only pyg``.

    Parameters
    ----------
    count, n : pairs wanted, and nodes.
    known : (m,) int64 tensor, ``edge_keys`` of all edges, sorted.
    generator : on the device of ``known``.
    """
    drawn = torch.empty((2, 0), dtype=torch.int64, device=known.device)
    for _ in range(20):
        pairs = torch.randint(n, (2, count + 16), generator=generator, device=known.device)
        drawn = torch.cat([drawn, pairs[:, _non_edges(pairs, n, known)]], dim=1)[:, :count]
        if drawn.shape[1] == count:
            break
    return drawn


def _non_edges(pairs: torch.Tensor, n: int, known: torch.Tensor) -> torch.Tensor:
    """Return which pairs (2, p) are neither edges nor loops, (p,) bool."""
    keys = edge_keys(pairs, n)
    if not len(known):
        return pairs[0] != pairs[1]
    place = torch.searchsorted(known, keys).clamp_max(len(known) - 1)
    return (known[place] != keys) & (pairs[0] != pairs[1])


class EdgeSampler:
    """Edges of similarity in proportion to their weights: a painting, and one of its neighbours.

    Every painting with edges is drawn once an epoch, so hubs count no more than others, and an epoch costs the same
    whatever the degrees. Neighbours of other paintings in the batch, where they are not its own, are the non-edges.
    By hand, since torch-geometric's link loaders need pyg-lib or torch-sparse and draw edges, hubs most often.
    ``data`` is as from ``artgraph.graph.typed.hetero_data``.
    """

    def __init__(self, data: HeteroData, device: str) -> None:
        self.n = data["painting"].num_nodes
        self.source, self.column = data[SIMILAR].edge_index.to(device)
        forward = self.source < self.column
        self.known = edge_keys(torch.stack([self.source, self.column])[:, forward], self.n).sort().values
        self.total = data[SIMILAR].edge_weight.double().cumsum(0).to(device)
        ends = torch.bincount(self.source, minlength=self.n).cumsum(0)  # (n,): after the last edge of each row
        last = torch.nn.functional.pad(self.total, (1, 0))[ends]
        self.first = torch.nn.functional.pad(last, (1, 0))[:-1]
        self.width = last - self.first
        self.rows = torch.bincount(self.source, minlength=self.n).nonzero().flatten()

    def order(self, generator: torch.Generator) -> torch.Tensor:
        """Return all rows that have edges, (r,) int64, shuffled."""
        return self.rows[torch.randperm(len(self.rows), generator=generator, device=self.rows.device)]

    def draw(self, anchors: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Return positive and negative pairs, (2, b) and (2, at most b) int64, for anchors (b,)."""
        at = torch.rand(len(anchors), generator=generator, device=anchors.device, dtype=torch.float64)
        place = torch.searchsorted(self.total, self.first[anchors] + at * self.width[anchors], right=True)
        neighbor = self.column[place.clamp_max(len(self.column) - 1)]
        shift = int(torch.randint(1, max(2, len(anchors)), (1,), generator=generator, device=anchors.device))
        others = torch.stack([anchors, neighbor.roll(shift)])
        return torch.stack([anchors, neighbor]), others[:, _non_edges(others, self.n, self.known)]
