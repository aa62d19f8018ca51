"""Training a VGAE on one graph; which epoch to keep is decided by held-out edges, never by labels."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import torch
from scipy.sparse import csr_matrix, triu
from sklearn.metrics import average_precision_score, roc_auc_score

from artgraph.errors import InputError
from artgraph.vgae.losses import bernoulli_edge_loss, kl_divergence
from artgraph.vgae.model import VGAE, normalised_adjacency

__all__ = ["Config", "Trained", "encode", "pick_device", "train_vgae"]


@dataclass(frozen=True)
class Config:
    """Everything that the latents depend on besides the graph and the features."""

    hidden_dim: int = 128
    latent_dim: int = 64
    dropout: float = 0.0
    learning_rate: float = 0.01  # as published
    epochs: int = 200  # as published; the best by validation edges is kept
    patience: int = 40
    kl_weight: float = 1.0  # of the KL summed over dimensions, averaged over nodes, divided by n: the paper's 1 / n
    validation_share: float = 0.05  # of the edges, as published
    seed: int = 0


class Trained(NamedTuple):
    """What training leaves.

    Attributes
    ----------
    mu : (n, latent_dim) float32
        The latents: the mean of q(Z | X, A).
    state : dict of str to tensor
        The weights of the kept epoch.
    history : list of dict
        Per epoch: loss, reconstruction, kl, and auc and ap on held-out edges.
    facts : dict
        Kept epoch, its auc and ap, active units, KL per dimension, a warning if the latents collapsed.
    """

    mu: np.ndarray
    state: dict
    history: list
    facts: dict


def pick_device(device):
    """Return the torch device for 'auto', 'cpu' or 'cuda' (str); asking for a GPU that is not there is an error."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if str(device).startswith("cuda") and not torch.cuda.is_available():
        raise InputError("--device cuda: torch finds no GPU here; use --device auto or cpu")
    return device


def train_vgae(X, adjacency, *, config=None, device="auto", progress=None):
    """Learn latents from which the edges of a graph can be predicted.

    Parameters
    ----------
    X : (n, d) float array
        Features.
    adjacency : (n, n) CSR
        Symmetric, non-negative weights, zero diagonal.
    config : Config, optional
    device : {"auto", "cpu", "cuda"}
    progress : callable(epoch, epochs), optional

    Returns
    -------
    Trained

    Raises
    ------
    InputError
        Shapes that disagree, values that are not finite, or a graph with fewer than 10 edges.

    Notes
    -----
    Kipf and Welling 2016 (arXiv 1611.07308). We differ: edges have weights, in the propagation and in the loss; as
    many non-edges as edges are drawn afresh in every epoch, instead of all n² pairs; the hidden layer is wider.
    """
    config = config or Config()
    device = pick_device(device)
    X, adjacency = np.asarray(X, dtype=np.float32), csr_matrix(adjacency)
    if X.ndim != 2 or adjacency.shape != (len(X), len(X)):
        raise InputError(f"features {X.shape} and graph {adjacency.shape} are not of the same paintings")
    if not (np.isfinite(X).all() and np.isfinite(adjacency.data).all()):
        raise InputError("features and edge weights must be finite")
    upper = triu(adjacency, 1).tocoo()
    if upper.nnz < 10:
        raise InputError(f"a graph of {upper.nnz} edges is too small to learn from")

    n, generator = len(X), torch.Generator().manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    held = np.zeros(upper.nnz, dtype=bool)
    held[rng.permutation(upper.nnz)[: max(1, round(config.validation_share * upper.nnz))]] = True
    pairs = torch.from_numpy(np.stack([upper.row, upper.col]).astype(np.int64))
    weights = torch.from_numpy(upper.data.astype(np.float32))
    known = _edge_keys(pairs, n).sort().values
    validation = pairs[:, held], _sample_non_edges(held.sum(), n, known, generator)

    train_pairs, train_weights = pairs[:, ~held].to(device), weights[~held].to(device)
    both = torch.cat([train_pairs, train_pairs.flip(0)], dim=1)
    propagation = normalised_adjacency(both, train_weights.repeat(2), n)
    features = torch.tensor(X, device=device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model = VGAE(X.shape[1], config.hidden_dim, config.latent_dim, config.dropout).to(device)
        optimiser = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
        best, kept, history = (-1.0, -1.0), None, []
        for epoch in range(config.epochs):
            model.train()
            mu, logstd = model.encode(features, *propagation)
            Z = model.sample(mu, logstd, generator)
            negative = _sample_non_edges(train_pairs.shape[1], n, known, generator).to(device)
            reconstruction = bernoulli_edge_loss(model.decode(Z, train_pairs), model.decode(Z, negative), train_weights)
            kl = kl_divergence(mu, logstd).sum(dim=1).mean()
            loss = reconstruction + config.kl_weight / n * kl
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

            model.eval()
            with torch.no_grad():
                mu, _ = model.encode(features, *propagation)
            auc, ap = _edge_scores(mu, *validation)
            history.append(
                {
                    "epoch": epoch,
                    "loss": loss.item(),
                    "reconstruction": reconstruction.item(),
                    "kl": kl.item(),
                    "auc": auc,
                    "ap": ap,
                }
            )
            if (auc, ap) > best:
                best, kept = (
                    (auc, ap),
                    {name: value.detach().cpu().clone() for name, value in model.state_dict().items()},
                )
                best_epoch = epoch
            if progress:
                progress(epoch + 1, config.epochs)
            if epoch - best_epoch >= config.patience:
                break
    model.load_state_dict(kept)
    mu, logstd = encode(kept, X, adjacency, config=config, device=device)
    kl_per_dimension = kl_divergence(torch.from_numpy(mu), torch.from_numpy(logstd)).mean(dim=0)
    active = int((mu.var(axis=0) > 0.01).sum())
    facts = {
        "config": asdict(config),
        "epoch": best_epoch,
        "auc": round(best[0], 4),
        "ap": round(best[1], 4),
        "last_epoch": {"epoch": len(history) - 1, "auc": round(auc, 4), "ap": round(ap, 4)},
        "active_units": active,
        "kl_per_dimension": [round(value, 3) for value in kl_per_dimension.tolist()],
        "warning": f"the latents collapsed: {active} of {config.latent_dim} dimensions vary" if active < 2 else None,
    }
    return Trained(mu, kept, history, facts)


@torch.no_grad()
def encode(state, X, adjacency, *, config=None, device="auto"):
    """Return the latents of paintings under trained weights; they need not be those that it was trained on.

    Parameters
    ----------
    state : dict of str to tensor
        As in ``Trained.state``.
    X : (n, d) float array
    adjacency : (n, n) CSR
    config : Config, optional
        The one it was trained with.
    device : {"auto", "cpu", "cuda"}

    Returns
    -------
    (mu, logstd) : both (n, latent_dim) float32
    """
    config, device = config or Config(), pick_device(device)
    with torch.random.fork_rng(devices=[]):  # making layers draws numbers, though they are replaced at once
        model = VGAE(np.shape(X)[1], config.hidden_dim, config.latent_dim).to(device).eval()
    model.load_state_dict(state)
    coo = csr_matrix(adjacency).tocoo()
    edges = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64)).to(device)
    weight = torch.from_numpy(coo.data.astype(np.float32)).to(device)
    features = torch.tensor(np.asarray(X, dtype=np.float32), device=device)
    mu, logstd = model.encode(features, *normalised_adjacency(edges, weight, len(X)))
    return mu.cpu().numpy(), logstd.cpu().numpy()


def _edge_keys(pairs, n):
    return pairs.min(dim=0).values * n + pairs.max(dim=0).values


def _sample_non_edges(count, n, known, generator):
    """Draw (2, count) pairs that are no edges and no loops; fewer where a nearly complete graph has no more."""
    drawn = torch.empty((2, 0), dtype=torch.int64)
    for _ in range(20):
        pairs = torch.randint(n, (2, int(count) + 16), generator=generator)
        keys = _edge_keys(pairs, n)
        place = torch.searchsorted(known, keys).clamp_max(len(known) - 1)
        pairs = pairs[:, (known[place] != keys) & (pairs[0] != pairs[1])]
        drawn = torch.cat([drawn, pairs], dim=1)[:, : int(count)]
        if drawn.shape[1] == int(count):
            break
    return drawn


def _edge_scores(mu, positive, negative):
    logits = [VGAE.decode(mu.cpu(), pairs).numpy() for pairs in (positive, negative)]
    truth = np.repeat([1, 0], [len(part) for part in logits])
    if len(np.unique(truth)) < 2:
        return 0.5, 0.5
    scores = np.concatenate(logits)
    return float(roc_auc_score(truth, scores)), float(average_precision_score(truth, scores))
