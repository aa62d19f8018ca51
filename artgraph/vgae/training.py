"""Training; which epoch to keep is decided by held-out edges and held-out hands, never by style."""

from dataclasses import asdict
from typing import NamedTuple

import numpy as np

from artgraph.graph.typed import hetero_data
from artgraph.vgae.checks import checked, codes_of, pick_device
from artgraph.vgae.config import Config
from artgraph.vgae.encoders import prepare
from artgraph.vgae.model import VGAE
from artgraph.vgae.propagation import hops
from artgraph.vgae.refine import refine
from artgraph.vgae.report import describe_latents
from artgraph.vgae.run import Run
from artgraph.vgae.sampling import Witnesses

__all__ = ["Trained", "encode", "train_vgae"]


class Trained(NamedTuple):
    """What training leaves.

    Attributes
    ----------
    mu : (n, latent_dim) float32
        The latents: the mean of q(Z | X, A).
    state : dict of str to tensor
        The weights of the kept epoch; empty where nothing is learned.
    history : list of dict
        Per epoch: the loss and its terms, auc and ap on held-out edges, hands on the artists of each part's own fold.
    facts : dict
        Settings, kept and last epoch, active units, KL per dimension, neighbour overlap, a warning on collapse.
    """

    mu: np.ndarray
    state: dict
    history: list
    facts: dict


def train_vgae(X, adjacency, *, artists=None, config=None, device="auto", progress=None, resume=None, checkpoint=None):
    """Learn latents from which the edges of a graph, and who made what, can be predicted.

    loss = - edge_weight · log p(similar | Z) - artist_weight · log p(same hand | Z)
           - kindred_weight · log p(kindred hand | Z) + kl_weight · KL(q(Z | X, A) || N(0, 1))

    Where no artist teaches, feature_weight · (how far the cosines of latents are from those of features) is added, and
    the latents begin as the principal components of the features. Where 30 artists or more teach, the latents have
    ``folds`` parts; each is taught by all artists but those of its own fold, and those tell how well it finds hands.
    There, from the second epoch on, artists whose works have come to lie near each other are kindred, and their works
    are drawn together too: names set all artists apart, and a style is what several have in common.

    Parameters
    ----------
    X : (n, d) float array
        Features.
    adjacency : (n, n) CSR
        The similarity graph: symmetric, non-negative weights, zero diagonal.
    artists : (n,) sequence of str or None, optional
        Names under which hands may be linked, from ``artgraph.graph.linkable_artists``. None: no artist relation.
    config : Config, optional
    device : {"auto", "cpu", "cuda"}
    progress : callable(epoch, epochs), optional
    resume : dict of str to tensor, optional
        A checkpoint to go on from.
    checkpoint : callable(dict of str to tensor), optional
        Is given all that is needed to go on, after every epoch.

    Returns
    -------
    Trained

    Raises
    ------
    InputError
        Shapes that disagree, values that are not finite, a graph with fewer than 10 edges, or a model that has nothing
        to learn from.

    Notes
    -----
    Kipf and Welling 2016 (arXiv 1611.07308). We differ: relations have types, similarity with a logit per pair and
    the artist a contrast (Khosla et al. 2020, arXiv 2004.11362), which kindred artists soften; edges have weights, in
    the propagation and in the loss; non-edges are drawn, instead of all n² pairs; propagation may be computed
    beforehand; a painting's latents need its features and neighbours and no artist, so what was learned from the works
    of some holds for others.
    """
    config, device = config or Config(), pick_device(device)
    X, adjacency = checked(X, adjacency)
    codes = codes_of(artists, len(X))
    run = Run(X, adjacency, codes, config, device)
    if resume is not None:
        run.load(resume)
    while not run.finished:
        run.one_epoch()
        if checkpoint is not None:
            checkpoint(run.dump())
        if progress is not None:
            progress(run.epoch, config.n_epochs)
    state = run.best_state
    mu, logstd = _latents(state, X, adjacency, codes=codes, config=config, device=device, gate=run.gate)
    facts = {"config": asdict(config), **run.facts(mu), **describe_latents(X, mu, logstd, config=config)}
    return Trained(mu, state, run.history, facts)


def encode(state, X, adjacency, *, artists=None, config=None, device="auto"):
    """Return the latents of paintings under trained weights; they need not be those that it was trained on.

    Parameters
    ----------
    state : dict of str to tensor
        As in ``Trained.state``.
    X : (n, d) float array
    adjacency : (n, n) CSR
        Their graph; a painting without neighbours hears itself alone.
    artists : (n,) sequence of str or None, optional
        Where an artist is known, the latents are refined: see ``refine``. None: features and neighbours alone.
    config : Config, optional
        The one it was trained with.
    device : {"auto", "cpu", "cuda"}

    Returns
    -------
    (mu, logstd) : both (n, latent_dim) float32
        logstd is None where the model has no distributions.
    """
    config, device = config or Config(), pick_device(device)
    X, adjacency = checked(X, adjacency, least=0)
    return _latents(state, X, adjacency, codes=codes_of(artists, len(X)), config=config, device=device)


def _latents(state, X, adjacency, *, codes, config, device, gate=None):
    """Return what ``encode`` does; the gate is made where none is given, and only where there are hands to refine."""
    if config.model == "none":
        return X, None
    if config.model == "smooth":
        return hops(X, adjacency, 1)[:, X.shape[1] :].numpy().copy(), None
    model = VGAE(config, X.shape[1])
    model.load_state_dict(state)
    model = model.to(device).eval()
    mu, logstd = model.encode(prepare(config, hetero_data(X, adjacency), device=device))
    mu = mu.cpu().numpy()
    if config.artist_strength > 0 and (codes >= 0).any():
        gate = gate or (Witnesses(X, device) if config.gated else None)
        mu = refine(mu, codes, config=config, gate=gate, device=device)
    return mu, logstd.cpu().numpy() if config.model == "vgae" else None
