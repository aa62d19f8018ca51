"""From trained weights to latents: the encoder's, moved a little towards each other where an artist is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import csr_matrix

from artgraph.checks import check_adjacency
from artgraph.errors import InputError
from artgraph.graph.artists import SimilarityGate
from artgraph.graph.typed import hetero_data
from artgraph.learning.artists import ArtistSampler, artist_codes
from artgraph.learning.contrastive import contrastive_loss, same_group
from artgraph.learning.device import pick_device
from artgraph.learning.threads import THREADS, torch_threads
from artgraph.vgae.config import Config
from artgraph.vgae.encoders import prepare
from artgraph.vgae.losses import gate_weights
from artgraph.vgae.model import VGAE
from artgraph.vgae.propagation import hops

__all__ = ["ANSWERS", "checked", "encode", "latents", "refine", "threads_for"]

FEW = 2000  # paintings, below which a second thread costs more than it saves
ANSWERS = "answers.map"  # in a state: (k, k), what ``learning.answers`` learned; logstd stays the encoder's
VISITS = 12  # of each work, on average
AT_ONCE = 16  # batches of different artists
LEARNING_RATE = 0.05  # divided by the root of the dimensions: a step moves a latent of length 1 by about so much


def encode(
    state: dict[str, torch.Tensor],
    X: np.ndarray,
    adjacency: csr_matrix,
    *,
    artists: Sequence[str | None] | None = None,
    config: Config | None = None,
    device: str = "auto",
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the latents of paintings under trained weights; they need not be those that it was trained on.

    Parameters
    ----------
    state : as in ``Trained.state``.
    X, adjacency : (n, d) float array and (n, n) CSR, their graph; a painting may have no neighbours.
    artists : n names or None; where one is known, the latents are refined (see ``refine``).
    config : the one it was trained with.
    device : {"auto", "cpu", "cuda"}

    Returns
    -------
    (mu, logstd) : both (n, latent_dim) float32; logstd is None where the model has no distributions.
    """
    config, device = config or Config(), pick_device(device)
    X, adjacency = checked(X, adjacency, least=0)
    if config.model == "none":
        return X, None
    if config.model == "smooth":
        with torch_threads(1):
            return hops(X, adjacency, 1)[:, X.shape[1] :].numpy().copy(), None
    with torch_threads(threads_for(len(X))):
        return latents(state, X, adjacency, codes=artist_codes(artists, len(X)), config=config, device=device)


def threads_for(n: int) -> int:
    """Return with how many threads latents of ``n`` paintings are computed: it may not depend on the machine."""
    return 1 if n < FEW else THREADS


def latents(
    state: dict[str, torch.Tensor],
    X: np.ndarray,
    adjacency: csr_matrix,
    *,
    codes: np.ndarray,
    config: Config,
    device: str,
    gate: SimilarityGate | None = None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return what ``encode`` does, of a model that learns.

    Parameters
    ----------
    state, X, adjacency, config, device : as for ``encode``, but checked: X float32, device "cpu" or "cuda".
    codes : (n,) int array, artist of each painting, -1 where none is known.
    gate : made where none is given, and only where an artist is known.
    """
    model = VGAE(config, X.shape[1])
    model.load_state_dict({name: tensor for name, tensor in state.items() if name != ANSWERS})
    model = model.to(device).eval()
    mu, logstd = model.encode(prepare(config, hetero_data(X, adjacency), device=device))
    mu = mu.cpu().numpy()
    if ANSWERS in state:
        mu = mu @ state[ANSWERS].cpu().numpy()
    if config.refine_strength > 0 and (codes >= 0).any():
        gate = gate or (SimilarityGate(X).to(device) if config.gated else None)
        mu = refine(mu, codes, config=config, gate=gate, device=device)
    return mu, logstd.cpu().numpy() if config.model == "vgae" else None


def refine(
    mu: np.ndarray, codes: np.ndarray, *, config: Config, gate: SimilarityGate | None = None, device: str = "cpu"
) -> np.ndarray:
    """Move the latents of works by known artists towards agreement with the artist relation; each keeps its length.

    The encoder reads no artist. Where one is known, each painting gets an offset e_i of its own,

        min over e of  artist term of the loss (unit(mu) + e) + |e|² / refine_strength,

    so little strength leaves the encoder's latents, much draws an artist's works together. Works by one artist that
    look unlike each other stay apart: an offset costs its square. This is semi-amortised inference (Kim et al. 2018,
    arXiv 1802.02550): the encoder's mean is the start and the prior of a variational mean per painting. We optimise the
    artist term alone; similarity is in the encoder's latents already.

    Parameters
    ----------
    mu : (n, k) float32 array.
    codes : (n,) int array, artist of each painting, -1 where none is known: these rows stay where they are.
    config : ``refine_strength``, ``temperature``, ``artists_per_batch``, ``works_per_artist``, ``seed`` are read.
    gate : of the features, on the device; without it, all pairs of works by one artist count alike.
    device : str
    """
    sampler = ArtistSampler(codes, artists_per_batch=config.artists_per_batch, works_per_artist=config.works_per_artist)
    if len(sampler) < 2 or config.refine_strength == 0:
        return mu.copy()
    length = np.linalg.norm(mu, axis=1, keepdims=True)
    start = torch.from_numpy(np.divide(mu, length, out=np.zeros_like(mu), where=length > 0)).to(device)
    offset = torch.zeros_like(start)
    first, second, visits = torch.zeros_like(start), torch.zeros_like(start), torch.zeros(len(mu), 1, device=device)
    rate, rng = LEARNING_RATE / mu.shape[1] ** 0.5, np.random.default_rng([config.seed, 2])
    works = len(sampler.draw(rng)[0])  # of a batch, about
    batches = max(1, len(sampler) // config.artists_per_batch)
    for _ in range(math.ceil(max(50, VISITS * int(sampler.count.sum()) / works) / batches)):
        for drawn in sampler.rounds(rng, at_once=AT_ONCE):
            rows, artists = (torch.from_numpy(part).to(device) for part in drawn)  # (g, b)
            e, present = offset[rows].requires_grad_(True), artists >= 0  # (g, b, k), (g, b)
            loss = contrastive_loss(
                start[rows] + e,
                same_group(artists),
                excluded=~present[..., None, :],
                weight=None if gate is None else gate_weights(gate, rows),
                temperature=config.temperature,
            )  # (g,)
            size = (e.square().sum(dim=2) * present).sum(dim=1) / present.sum(dim=1)  # (g,)
            (gradient,) = torch.autograd.grad((loss + size / config.refine_strength).sum(), e)
            rows, gradient = rows[present], gradient[present]  # (r,), (r, k)
            # Adam (Kingma and Ba 2015, arXiv 1412.6980) on the rows of the step, each row with its own count of steps:
            # torch.optim.SparseAdam takes 4 times as long (2,000 rows of 256), torch.optim.Adam moves other rows too
            visits[rows] += 1
            first[rows] = 0.9 * first[rows] + 0.1 * gradient
            second[rows] = 0.999 * second[rows] + 0.001 * gradient.square()
            mean, spread = first[rows] / (1 - 0.9 ** visits[rows]), second[rows] / (1 - 0.999 ** visits[rows])
            offset[rows] -= rate * mean / (spread.sqrt() + 1e-8)
    return length * torch.nn.functional.normalize(start + offset, dim=1).cpu().numpy()


def checked(X: np.ndarray, adjacency: csr_matrix, *, least: int) -> tuple[np.ndarray, csr_matrix]:
    """Return features as float32 and the graph as float32 CSR; what is wrong with them is an InputError.

    Parameters
    ----------
    X, adjacency : (n, d) array, (n, n) sparse.
    least : undirected edges that there must be.
    """
    X, adjacency = np.asarray(X, dtype=np.float32), csr_matrix(check_adjacency(adjacency), dtype=np.float32)
    if X.ndim != 2 or len(X) != adjacency.shape[0]:
        raise InputError(f"features {X.shape} and graph {adjacency.shape} are not of the same paintings")
    if not np.isfinite(X).all():
        raise InputError("features must be finite")
    if adjacency.nnz < 2 * least:
        raise InputError(
            f"a graph of {adjacency.nnz // 2} edges is too small to learn from; {least} are needed. Copies of a "
            "picture are not linked with each other; cluster the graph itself: artgraph communities"
        )
    return X, adjacency
