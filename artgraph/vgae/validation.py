"""Held-out edges and artists, which decide which epoch is kept, never style; and what latents are like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.metrics import average_precision_score, roc_auc_score

from artgraph.graph import knn
from artgraph.learning.artists import fold_artists
from artgraph.learning.measures import active_units, artist_precision
from artgraph.vgae.config import Config
from artgraph.vgae.edges import hold_out_edges
from artgraph.vgae.losses import kl_divergence

__all__ = ["Validation", "describe_latents", "edge_scores", "hold_out", "neighbor_overlap"]

MOST_WORKS = 4000  # of held-out artists, compared with each other
MOST_ROWS = 20_000  # for the overlap of neighbourhoods

Decode = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def edge_scores(
    decode: Decode, mu: torch.Tensor, held: tuple[torch.Tensor, torch.Tensor] | list[torch.Tensor]
) -> tuple[float, float]:
    """Return the area under the ROC curve and the average precision of held-out edges among pairs that are none.

    Parameters
    ----------
    decode : latents (n, k), pairs (2, p) -> logits (p,).
    mu : (n, k) tensor.
    held : (positive, negative), of (2, p) and (2, q) int64 tensors.
    """
    logits = [decode(mu, pairs.to(mu.device)).cpu().numpy() for pairs in held]
    truth = np.repeat([1, 0], [len(part) for part in logits])
    if len(np.unique(truth)) < 2:
        return 0.5, 0.5
    scores = np.concatenate(logits)
    return float(roc_auc_score(truth, scores)), float(average_precision_score(truth, scores))


class Validation:
    """Measure latents on held-out edges, and each part of them on works by artists that it was not trained on.

    The latents that are needed are those of the paintings ``rows``, (j,) int64.

    Parameters
    ----------
    edges : (positive, negative), of (2, p) and (2, q) int64 tensors.
    works : per part of the latents, (r,) works by the artists of its own fold. Empty: edges alone.
    codes : (n,) int array, artist of each painting.
    device : str
    """

    def __init__(self, edges: list[torch.Tensor], works: list[np.ndarray], codes: np.ndarray, device: str) -> None:
        drawn = [torch.tensor(rows) for rows in works]
        needed = torch.cat([pairs.flatten() for pairs in edges] + drawn).unique()
        self.rows = needed.to(device)
        self.edges = [torch.searchsorted(needed, pairs.contiguous()) for pairs in edges]
        self.works = [torch.searchsorted(needed, rows).to(device) for rows in drawn]
        self.codes = [codes[rows] for rows in works]

    @torch.no_grad()
    def __call__(self, decode: Decode, mu: torch.Tensor, *, split: bool = True) -> dict[str, float]:
        """Return auc and ap, and where artists are held out, artist_precision and artist_precision_error.

        ``mu`` (j, k) is of ``rows``; each part of it is measured on the artists of its own fold, without ``split`` all
        of it on all.
        """
        auc, ap = edge_scores(decode, mu, self.edges)
        if not self.works:
            return {"auc": auc, "ap": ap}
        precision, error = self.artist_precision(mu, split=split)
        return {"auc": auc, "ap": ap, "artist_precision": precision, "artist_precision_error": error}

    def artist_precision(self, mu: torch.Tensor, *, split: bool = True) -> tuple[float, float]:
        """Return the mean precision among works by held-out artists, and its error; arguments as for a call."""
        parts = mu.tensor_split(len(self.works), dim=1) if split else [mu] * len(self.works)
        found = [
            (*artist_precision(part[rows], codes), len(rows))
            for part, rows, codes in zip(parts, self.works, self.codes, strict=True)
        ]
        share = np.array([count for *_, count in found]) / sum(count for *_, count in found)
        precision, error = np.array([row[:2] for row in found]).T
        return float(share @ precision), float(np.sqrt(np.square(share * error).sum()))


def hold_out(
    adjacency: csr_matrix, codes: np.ndarray, config: Config, *, device: str
) -> tuple[csr_matrix, np.ndarray, Validation]:
    """Hold out edges and artists, by the seed: the graph to train on (n, n), folds (n,) int, and what is measured.

    A painting's fold says from which part of the latents its artist is held out, -1 from none. By hand: torch-geometric
    splits edges (see ``hold_out_edges``) and nodes, but not artists with all their works.

    Parameters
    ----------
    adjacency, codes : (n, n) CSR, and (n,) int array, artist of each painting, -1 where none is known.
    config, device : of the model.
    """
    rng = np.random.default_rng([config.seed, 0])
    training, *edges = hold_out_edges(adjacency, config.validation_share, rng)
    parts = config.n_parts
    fold = fold_artists(codes, parts, rng) if parts > 1 else np.full(len(codes), -1)
    works = [
        np.sort(rng.permutation(np.flatnonzero(fold == part))[: MOST_WORKS // parts])
        for part in range(parts if (fold >= 0).any() else 0)
    ]
    return training, fold, Validation(edges, works, codes, device)


def neighbor_overlap(X: np.ndarray, Z: np.ndarray, *, n_neighbors: int = 15) -> float:
    """Return the share of a row's nearest neighbours in X that are among its nearest in Z, by cosine, on average.

    1 says that Z only echoes X. At most the first 20,000 rows are compared.

    Parameters
    ----------
    X, Z : (n, d) and (n, k) float arrays.
    n_neighbors : of each row.
    """
    before, after = (knn(values[:MOST_ROWS], n_neighbors=n_neighbors).indices for values in (X, Z))
    known = before >= 0
    found = (before[:, :, None] == after[:, None, :]).any(axis=2) & known
    return float(found.sum() / max(1, known.sum()))


def describe_latents(X: np.ndarray, mu: np.ndarray, logstd: np.ndarray | None, *, config: Config) -> dict[str, object]:
    """Return figures on latents: active units, KL per dimension, neighbour overlap, and a warning or None.

    Parameters
    ----------
    X : (n, d) array, the features that went in.
    mu, logstd : (n, k) arrays; logstd None where latents are no distributions.
    config : of the model.
    """
    active = active_units(mu)
    facts = {"active_units": active, "neighbor_overlap": round(neighbor_overlap(X, mu), 3), "warning": None}
    if logstd is not None and config.model == "vgae":
        kl = kl_divergence(torch.from_numpy(mu), torch.from_numpy(logstd)).mean(dim=0)
        facts["kl_per_dimension"] = [round(value, 3) for value in kl.tolist()]
    if config.learns and active < min(2, mu.shape[1]):
        facts["warning"] = (
            f"the latents collapsed: {active} of {mu.shape[1]} dimensions vary; lower kl_weight "
            f"({config.kl_weight:g}), or give each dimension free_bits"
        )
    return facts
