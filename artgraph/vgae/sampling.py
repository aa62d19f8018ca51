"""Which edges and non-edges a step of training takes. Never n × n pairs."""

import numpy as np
import torch

__all__ = ["EdgeSampler", "edge_keys", "sample_non_edges"]


def edge_keys(pairs, n):
    """Return one number per unordered pair, the same for both directions.

    Parameters
    ----------
    pairs : (2, p) int64 tensor
        Rows, from 0 to n - 1.
    n : int

    Returns
    -------
    (p,) int64 tensor

    Examples
    --------
    >>> edge_keys(torch.tensor([[2, 1], [1, 2]]), 10)
    tensor([12, 12])
    """
    return pairs.min(dim=0).values * n + pairs.max(dim=0).values


def sample_non_edges(count, n, known, *, generator):
    """Draw pairs that are no edges and no loops, evenly.

    Parameters
    ----------
    count, n : int
        Pairs wanted; nodes.
    known : (m,) int64 tensor
        ``edge_keys`` of all edges, sorted.
    generator : torch.Generator

    Returns
    -------
    (2, count) int64 tensor
        Fewer where a nearly complete graph has no more.
    """
    drawn = torch.empty((2, 0), dtype=torch.int64, device=known.device)
    for _ in range(20):
        pairs = torch.randint(n, (2, int(count) + 16), generator=generator, device=known.device)
        drawn = torch.cat([drawn, pairs[:, _strangers(pairs, n, known)]], dim=1)[:, : int(count)]
        if drawn.shape[1] == int(count):
            break
    return drawn


def _strangers(pairs, n, known):
    keys = edge_keys(pairs, n)
    if not len(known):
        return pairs[0] != pairs[1]
    place = torch.searchsorted(known, keys).clamp_max(len(known) - 1)
    return (known[place] != keys) & (pairs[0] != pairs[1])


class EdgeSampler:
    """Edges in proportion to their weights: a painting, and one of its neighbours.

    Every painting with edges is asked once an epoch, so hubs have no more say than others, and an epoch costs the same
    whatever the degrees. Others' neighbours in the batch, where they are not its own, are the pairs that are no edges.

    Parameters
    ----------
    adjacency : (n, n) CSR
    device : str
    """

    def __init__(self, adjacency, device):
        total = np.concatenate([[0.0], np.cumsum(adjacency.data, dtype=np.float64)])
        first, last = total[adjacency.indptr[:-1]], total[adjacency.indptr[1:]]
        coo = adjacency.tocoo()
        pairs = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64)).to(device)
        self.n = adjacency.shape[0]
        self.known = edge_keys(pairs[:, pairs[0] < pairs[1]], self.n).sort().values
        self.source, self.column = pairs[0], pairs[1]
        self.total = torch.tensor(total[1:], device=device)
        self.first, self.width = torch.tensor(first, device=device), torch.tensor(last - first, device=device)
        self.rows = torch.from_numpy(np.flatnonzero(np.diff(adjacency.indptr))).to(device)

    def order(self, generator):
        """Return all rows that have edges, (r,) int64, shuffled."""
        return self.rows[torch.randperm(len(self.rows), generator=generator, device=self.rows.device)]

    def draw(self, anchors, generator):
        """Return positive and negative pairs, (2, b) and (2, at most b) int64, for anchors (b,)."""
        at = torch.rand(len(anchors), generator=generator, device=anchors.device, dtype=torch.float64)
        place = torch.searchsorted(self.total, self.first[anchors] + at * self.width[anchors], right=True)
        neighbor = self.column[place.clamp_max(len(self.column) - 1)]
        shift = int(torch.randint(1, max(2, len(anchors)), (1,), generator=generator, device=anchors.device))
        others = torch.stack([anchors, neighbor.roll(shift)])
        return torch.stack([anchors, neighbor]), others[:, _strangers(others, self.n, self.known)]
