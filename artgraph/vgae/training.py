"""Training, to be read from top to bottom; held-out edges and artists decide which epoch is kept, never style."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from scipy.sparse import csr_matrix

from artgraph.errors import InputError
from artgraph.graph.artists import SimilarityGate
from artgraph.graph.typed import SIMILAR, hetero_data
from artgraph.learning.answers import answers_auc, learn_answers
from artgraph.learning.artists import ArtistSampler, artist_codes
from artgraph.learning.checkpoint import on_cpu, pack, unpack
from artgraph.learning.device import pick_device
from artgraph.learning.dropout import dropout
from artgraph.learning.ranks import Ranks, joined
from artgraph.learning.threads import torch_threads
from artgraph.vgae import losses
from artgraph.vgae.config import Config
from artgraph.vgae.edges import EdgeSampler, sample_non_edges
from artgraph.vgae.encoders import prepare
from artgraph.vgae.model import VGAE
from artgraph.vgae.refine import ANSWERS, checked, encode, latents, threads_for
from artgraph.vgae.validation import describe_latents, hold_out

__all__ = ["Run", "Trained", "train_vgae"]

FEWEST_EDGES = 10
FEWEST_STEPS, MOST_STEPS = 10, 50  # in an epoch; beyond, batches grow, for a step has costs that no painting causes
FULL = 512  # paintings whose features are compared where a step takes all paintings
SURVEYED = 8  # works by which an artist's neighbours are found


class Trained(NamedTuple):
    """What training leaves.

    Attributes
    ----------
    mu : (n, latent_dim) float32, the latents: the mean of q(Z | X, A).
    state : the weights of the kept epoch; empty where nothing is learned.
    history : per epoch the loss and its terms, auc and ap on held-out edges, artist_precision among held-out artists.
    facts : settings, kept and last epoch, active units, KL per dimension, neighbour overlap, a warning on collapse.
    """

    mu: np.ndarray
    state: dict[str, torch.Tensor]
    history: list[dict]
    facts: dict


def train_vgae(
    X: np.ndarray,
    adjacency: csr_matrix,
    *,
    artists: Sequence[str | None] | None = None,
    answers: tuple[np.ndarray, np.ndarray] | None = None,
    config: Config | None = None,
    device: str = "auto",
    progress: Callable[[int, int], object] | None = None,
    resume: dict[str, torch.Tensor] | None = None,
    checkpoint: Callable[[Callable[[], dict[str, torch.Tensor]]], object] | None = None,
) -> Trained:
    """Learn latents from which the edges of a graph, and who made what, can be predicted.

    loss = - edge_weight · log p(similar | Z) - artist_weight · log p(same artist | Z)
           - neighbor_artist_weight · log p(neighbouring artist | Z) + kl_weight · KL(q(Z | X, A) || N(0, 1))

    Where no artist is given, feature_weight · (how far the cosines of latents are from those of features) is added, and
    the latents begin as the principal components of the features. With 30 artists or more, the latents have ``folds``
    parts; each is trained on all artists but those of its own fold, which measure its artist retrieval. Then, from the
    second epoch on, artists whose works have come to lie near each other are neighbours, and their works are drawn
    together too: names set all artists apart, and a style is what several have in common.

    Kipf and Welling 2016 (arXiv 1611.07308). We differ: relations have types, similarity with a logit per pair and
    the artist a contrast (Khosla et al. 2020, arXiv 2004.11362), which neighbouring artists soften; edges have weights,
    in the propagation and in the loss; non-edges are drawn, instead of all n² pairs; propagation may be computed
    beforehand; a painting's latents need its features and neighbours and no artist, so what was learned from the works
    of some holds for others.

    Parameters
    ----------
    X : (n, d) float array, features.
    adjacency : (n, n) CSR, the similarity graph: symmetric, non-negative weights, zero diagonal, 10 edges at least.
    artists : n names or None, as from ``artgraph.graph.linkable_artists``. None: no artist relation.
    answers : pairs of rows (m, 2) int that people were asked about, and whether they are of one manner (m,) bool. The
        latents follow them where that helps (``artgraph.learning.answers``); a model that learns nothing ignores them.
    config : its model must have something to learn from, or an InputError says so.
    device : {"auto", "cpu", "cuda"}
    progress : is called with the epochs done and all epochs.
    resume : a checkpoint to go on from.
    checkpoint : is given, after every epoch, a function that returns all that is needed to go on: copies, which cost
        time, so it is to be called only where they are kept.

    Started by torchrun, or by Ray Train, all processes train one model: each takes a part of every batch, and gradients
    are averaged. The figures are like those of one process, the bytes are not.
    """
    config, device = config or Config(), pick_device(device)
    X, adjacency = checked(X, adjacency, least=FEWEST_EDGES)
    codes = artist_codes(artists, len(X))
    with torch_threads(threads_for(len(X))), joined(device) as (ranks, own):
        return _trained(X, adjacency, codes, answers, config, own, progress, resume, checkpoint, ranks)


def _trained(
    X: np.ndarray,
    adjacency: csr_matrix,
    codes: np.ndarray,
    answers: tuple[np.ndarray, np.ndarray] | None,
    config: Config,
    device: str,
    progress: Callable[[int, int], object] | None,
    resume: dict[str, torch.Tensor] | None,
    checkpoint: Callable[[Callable[[], dict[str, torch.Tensor]]], object] | None,
    ranks: Ranks,
) -> Trained:
    if not config.learns:
        mu, _ = encode({}, X, adjacency, config=config)
        _, _, validation = hold_out(adjacency, codes, config, device="cpu")
        unit = torch.nn.functional.normalize(torch.from_numpy(mu[validation.rows.numpy()]), dim=1)
        scores = validation(lambda Z, pairs: (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1), unit, split=False)
        facts = {"config": asdict(config), **_rounded(scores), **describe_latents(X, mu, None, config=config)}
        return Trained(mu, {}, [], facts)
    run = Run(X, adjacency, codes, config, device, ranks=ranks)
    if resume is not None:
        run.load(resume)
    while not run.finished:
        run.one_epoch()
        if checkpoint is not None:
            checkpoint(run.dump)
        if progress is not None:
            progress(run.epoch, config.n_epochs)
    state, taught, given = run.best_state, {}, {"config": config, "device": device, "gate": run.gate}
    if answers is not None:
        mu, _ = latents(state, X, adjacency, codes=np.full(len(X), -1), **given)
        learned = learn_answers(mu, *answers, seed=config.seed)
        taught = {"answers": learned.facts | {"auc_features": round(answers_auc(X, *answers), 4)}}
        state = state if learned.map is None else {**state, ANSWERS: torch.from_numpy(learned.map)}
    mu, logstd = latents(state, X, adjacency, codes=codes, **given)
    facts = {"config": asdict(config), **run.facts(), **describe_latents(X, mu, logstd, config=config), **taught}
    return Trained(mu, state, run.history, facts)


class Run:
    """A model in training. Every epoch draws from the seed and its number: a resumed run goes on as it would have.

    X is (n, d) float32, ``codes`` (n,) int is the artist of each painting or -1; the rest is as for ``train_vgae``.
    """

    def __init__(
        self,
        X: np.ndarray,
        adjacency: csr_matrix,
        codes: np.ndarray,
        config: Config,
        device: str,
        *,
        ranks: Ranks | None = None,
    ) -> None:
        self.config, self.device, self.X, self.n, self.ranks = config, device, X, len(X), ranks or Ranks()
        self.sampler = ArtistSampler(
            codes, artists_per_batch=config.artists_per_batch, works_per_artist=config.works_per_artist
        )
        self.weights = losses.loss_weights(config, len(self.sampler))  # of the terms of the loss that there are
        if not {"artist", "similarity"} & set(self.weights):
            raise InputError(
                f"The model '{config.model}' has nothing to learn from: it needs two artists with two works each "
                "(build the graph with artist edges; see that 'artist' is filled), or edges with a weight"
            )
        training, fold, self.validation = hold_out(adjacency, codes, config, device=device)
        self.fold, self.parts = torch.from_numpy(fold).to(device), max(1, len(self.validation.works))
        self.features = torch.tensor(X, device=device) if "features" in self.weights else None
        self.gate = SimilarityGate(X).to(device) if "artist" in self.weights and config.gated else None

        data = hetero_data(X, training)
        self.inputs = prepare(config, data, device=device)
        self.model = VGAE(config, X.shape[1])
        lengths = (self.inputs[0] if isinstance(self.inputs, tuple) else self.inputs).square().sum(dim=1)
        self.model.unit.fill_(max(float(lengths.mean().sqrt()), 1e-12))
        if "features" in self.weights and not config.full_batch:
            self.model.encoder.start_from(torch.tensor(X))
        self.model.to(device)
        decay, free = [], list(self.model.decoder.parameters())
        for name, parameter in self.model.encoder.named_parameters():
            (free if name.endswith("bias") else decay).append(parameter)
        groups = [{"params": decay, "weight_decay": config.weight_decay}, {"params": free, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=config.learning_rate)

        self.edges = EdgeSampler(data, device)
        self.edge_weights = data[SIMILAR].edge_weight.to(device)
        self.full = config.full_batch or config.batch_size == 0  # whether a step takes all paintings
        anchors = max(1, len(self.edges.rows))
        self.batch = max(config.batch_size, math.ceil(anchors / MOST_STEPS))
        self.steps = 1 if self.full else max(FEWEST_STEPS, math.ceil(anchors / self.batch))
        self.epoch, self.best_epoch, self.best, self.best_state, self.history = 0, 0, -math.inf, {}, []

    @property
    def selected_by(self) -> str:
        """The figure that decides which epoch is kept; nothing: the last is.

        Held-out artists do, unless neighbouring artists are in the loss: what artists have in common is learned at the
        cost of telling them apart. Held-out edges do where no artist is given, for the artist term costs edges; unless
        the latents begin as the features, in which the edges were found: nothing predicts them better.
        """
        if "artist" in self.weights:
            return "artist_precision" if self.parts > 1 and "neighbor_artists" not in self.weights else "nothing"
        return "nothing" if "features" in self.weights else "auc + ap"

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to do."""
        patience = self.config.patience or self.config.n_epochs
        return self.epoch >= self.config.n_epochs or self.epoch - self.best_epoch > patience

    def one_epoch(self) -> None:
        """Train for one epoch, measure it on what was held out, and keep its weights if it is the best so far."""
        config, rng = self.config, np.random.default_rng([self.config.seed, 1, self.epoch])
        generator = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        neighbors, means = self._neighbors(), {}
        order = self.edges.order(generator)
        if self.ranks.count > 1:  # the same order for all, and draws of their own
            rng = np.random.default_rng([config.seed, 1, self.epoch, self.ranks.number])
            generator = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        for step in range(self.steps):
            progress = (self.epoch + step / self.steps) / config.n_epochs
            for group in self.optimizer.param_groups:
                group["lr"] = config.learning_rate * min(1.0, 2 * (1 - progress))
            anchors = order if self.full else order[step * self.batch : (step + 1) * self.batch]
            anchors = anchors if self.full else self.ranks.share(anchors)
            if len(anchors) < 2 and not self.full:  # a small graph: its paintings come again
                anchors = self.edges.order(generator)[: self.batch]
            terms = self._loss(anchors, neighbors, rng, generator)
            self.optimizer.zero_grad()
            terms["loss"].backward()
            self.ranks.average_gradients(self.model)
            self.optimizer.step()
            for name, value in terms.items():
                means[name] = means.get(name, 0.0) + value.detach() / self.steps
        scores = self.validation(self.model.decode, self._means(self.validation.rows))
        figures = self.ranks.of_the_first(
            {**{name: float(value) for name, value in means.items()}, **scores}, device=self.device
        )
        figures = {"epoch": self.epoch, **figures}
        self.history.append(figures)
        if not math.isfinite(figures["loss"]):
            raise InputError(f"training diverged in epoch {self.epoch}: lower the learning rate")
        score = {"nothing": self.epoch, "auc + ap": figures["auc"] + figures["ap"]}
        score = score.get(self.selected_by, figures.get("artist_precision"))
        self.best = max(self.best, score)
        if score >= self.best - figures.get("artist_precision_error", 0.0):
            self.best_epoch, self.best_state = self.epoch, on_cpu(self.model.state_dict())
        self.epoch += 1

    def _loss(
        self,
        anchors: torch.Tensor,
        neighbors: losses.NeighborArtists | None,
        rng: np.random.Generator,
        generator: torch.Generator,
    ) -> dict[str, torch.Tensor]:
        """Return the loss and its terms for a step whose edges begin at the paintings ``anchors`` (b,)."""
        config, terms = self.config, {}
        positive = negative = anchors.new_empty((2, 0))
        compared = works = artists = anchors[:0]
        if "similarity" in self.weights and self.full:
            positive = torch.stack([self.edges.source, self.edges.column])  # (2, m)
            negative = sample_non_edges(positive.shape[1], self.n, self.edges.known, generator=generator)  # (2, m)
        elif "similarity" in self.weights and len(anchors):
            positive, negative = self.edges.draw(anchors, generator)  # (2, b), (2, at most b)
        if "features" in self.weights:
            compared = anchors[:FULL]
        if "artist" in self.weights:
            works, artists = (torch.from_numpy(part).to(self.device) for part in self.sampler.draw(rng))
        needed = [positive.flatten(), negative.flatten(), compared, works]
        rows, place = (None, torch.cat(needed)) if self.full else torch.cat(needed).unique(return_inverse=True)
        positive_at, negative_at, compared_at, works_at = place.split([len(part) for part in needed])

        mu, logstd = self.model(self.inputs, rows, partial(dropout, share=config.dropout, generator=generator))
        Z = mu  # (r, latent_dim)
        if config.model == "vgae":  # the reparametrisation trick
            Z = mu + logstd.exp() * torch.randn(mu.shape, generator=generator, device=self.device)
        if len(positive_at):
            logits = [self.model.decode(Z, ends.view(2, -1)) for ends in (positive_at, negative_at)]
            terms["similarity"] = losses.bernoulli_edge_loss(*logits, self.edge_weights if self.full else None)
        if len(compared):
            terms["features"] = losses.feature_loss(Z[compared_at], self.features[compared])
        if len(works):
            own = self.fold[works] == torch.arange(self.parts, device=self.device)[:, None]  # (parts, b)
            weight = None if self.gate is None else losses.gate_weights(self.gate, works)  # (b, b)
            given = {"weight": weight, "neighbors": neighbors, "temperature": config.temperature}
            terms |= losses.artist_terms(Z[works_at], artists, own, **given)
        loss = sum(self.weights[name] * value for name, value in terms.items())
        if config.model == "vgae":
            kl = losses.kl_divergence(mu, logstd).mean(dim=0)  # (latent_dim,)
            terms["kl"] = kl.sum()
            loss = loss + config.kl_weight * kl.clamp_min(config.free_bits).sum()
        return {"loss": loss, **terms}

    def _neighbors(self) -> losses.NeighborArtists | None:
        """Return which artists are neighbours by the latents so far."""
        if "neighbor_artists" not in self.weights or self.epoch == 0:
            return None
        rng = np.random.default_rng([self.config.seed, 3, self.epoch])
        rows, artists = (torch.from_numpy(part).to(self.device) for part in self.sampler.survey(rng, works=SURVEYED))
        generator = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        return losses.NeighborArtists(self._means(rows), artists, parts=self.parts, generator=generator)

    def _means(self, rows: torch.Tensor) -> torch.Tensor:
        """Return mu (r, latent_dim) of ``rows`` (r,), without gradients."""
        self.model.eval()
        mu, _ = self.model.encode(self.inputs, rows)
        self.model.train()
        return mu

    def facts(self) -> dict:
        """Return the figures of the kept and of the last epoch, and what decided."""
        validation, before = self.validation, None
        if validation.works:
            features = torch.tensor(self.X[validation.rows.cpu().numpy()], device=self.device)
            before = round(validation.artist_precision(features, split=False)[0], 4)
        return {
            **_rounded(self.history[self.best_epoch]),
            "last_epoch": _rounded(self.history[-1]),
            "artist_precision_before": before,
            "held_out": {"edges": validation.edges[0].shape[1], "works": sum(map(len, validation.works))},
            "selected_by": self.selected_by,
        }

    def dump(self) -> dict[str, torch.Tensor]:
        """Return all that is needed to go on from here, on the CPU."""
        progress = {name: getattr(self, name) for name in ("epoch", "best_epoch", "best", "history")}
        return pack(progress, {"model": self.model.state_dict(), "best": self.best_state}, self.optimizer)

    def load(self, tensors: dict[str, torch.Tensor]) -> None:
        """Go on from what ``dump`` returned."""
        progress, parts = unpack(tensors, self.optimizer)
        for name, value in progress.items():
            setattr(self, name, value)
        self.best_state = parts.get("best", {})
        self.model.load_state_dict(parts["model"])


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}
